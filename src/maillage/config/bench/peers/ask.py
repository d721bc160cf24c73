"""Asks a peer: its script, run by the Python of its own environment."""

import json
import subprocess
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from maillage.config.bench.missing import NoPeer


def ask(python: Path, script: str, work: dict[str, Any]) -> dict[str, Any]:
    """What the script answers. NoPeer: this Python is not there, or lacks the script's library."""
    with as_file(files(__package__) / script) as path:
        command = [str(python), str(path)]
        try:
            done = subprocess.run(command, input=json.dumps(work).encode(), stdout=subprocess.PIPE, check=True)  # noqa: S603 - the project's own script
        except (OSError, subprocess.CalledProcessError) as error:
            raise NoPeer(python) from error
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
