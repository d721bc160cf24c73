"""What is long to make is made once a run, by whichever of pytest's processes asks first; the others wait for it."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder that `make` filled. Nobody writes in it afterwards: copy it."""
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent  # each process has a folder of its own in the run's
    folder = root / f"once-{name}"
    with (root / f"once-{name}.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not (folder / ".made").exists():  # absent too where a first process failed half-way
            folder.mkdir(exist_ok=True)
            make(folder)
            (folder / ".made").touch()
    return folder
