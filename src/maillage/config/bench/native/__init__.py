"""The two programs in C of the bench, compiled on the spot; without a compiler, the same in Python, slower."""

import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

COMPILERS = ("cc", "gcc", "clang")
SLOW = {"floor": "maillage.config.bench.broadcast", "crowd": "maillage.config.bench.slow_crowd"}
HERE = Path(__file__).parent


@cache
def command(name: str) -> tuple[str, ...]:
    """What runs `floor` or `crowd` here."""
    compiler = next((found for one in COMPILERS if (found := shutil.which(one))), None)
    if compiler is not None and not os.environ.get("MAILLAGE_BENCH_WITHOUT_COMPILER"):
        binary = Path(_folder()) / name
        done = subprocess.run(  # noqa: S603 - our own file
            [compiler, "-O2", "-o", str(binary), str(HERE / f"{name}.c")], capture_output=True, check=False
        )
        if done.returncode == 0:
            return (str(binary),)
    return (sys.executable, "-m", SLOW[name])


def is_compiled() -> bool:
    return len(command("floor")) == 1


@cache
def _folder() -> str:
    folder = tempfile.TemporaryDirectory(prefix="maillage-mesure-c-")
    _kept.append(folder)  # removed when the process ends
    return folder.name


_kept: list["tempfile.TemporaryDirectory[str]"] = []
