"""From the command to /healthz, and what an idle server holds, beside Django alone with the same settings."""

import os
import subprocess
import sys
import time
from statistics import median

from maillage.config.bench.processes import served
from maillage.config.bench.rows import Row

MEMORY_GOAL = 100  # MB (DESIGN §8)
# it reads its own memory by itself: importing our server for that would be part of what is compared
PLAIN = """
import django
django.setup()
print(next(line for line in open("/proc/self/status") if line.startswith("VmRSS:")).split()[1])
"""


def measure(*, repeat: int) -> list[Row]:
    with served():
        pass  # the first start makes the tables and gathers the static files
    begun, held, plain, plain_held = [], [], [], []
    for _time in range(repeat):
        began = time.perf_counter()
        output = subprocess.run([sys.executable, "-c", PLAIN], env=os.environ, check=True, capture_output=True).stdout  # noqa: S603 - our own command
        plain.append(time.perf_counter() - began)
        plain_held.append(int(output) / 1000)
        began = time.perf_counter()
        with served() as server:
            begun.append(time.perf_counter() - began)
            server.settle()
            held.append(server.resident())
    note = "données prêtes ; référence : python -c « import django; django.setup() », mêmes réglages"
    return [
        Row("start", median(begun), "s", median(plain), note=note),
        Row("idle-memory", median(held), "Mo", median(plain_held), MEMORY_GOAL, note="mémoire résidente, au repos"),
    ]
