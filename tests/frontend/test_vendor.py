"""The committed copies are the pinned ones, whole, and name no package registry."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [ROOT / "src/maillage/ui/static/ui/vendor", ROOT / "tests/vendor"]
ENTRIES = [(folder, entry) for folder in FOLDERS for entry in json.loads((folder / "vendor.json").read_text())]
REGISTRY_HOST = re.compile(rb"npm\w*\.(?:org|com)|\b(?:unpkg|yarnpkg|jsdelivr|esm)\.\w+", re.IGNORECASE)


def pins() -> dict[str, str]:
    package = json.loads((ROOT / "frontend/package.json").read_text())
    pinned: dict[str, str] = package["dependencies"] | package["devDependencies"]
    return pinned


@pytest.mark.parametrize(("folder", "entry"), ENTRIES, ids=[entry["file"] for _, entry in ENTRIES])
def test_copy_is_the_file_that_was_pinned(folder: Path, entry: dict[str, str]) -> None:
    digest = hashlib.sha384((folder / entry["file"]).read_bytes()).digest()

    assert entry["sha384"] == "sha384-" + base64.b64encode(digest).decode()
    assert entry["version"] == pins()[entry["name"]]
    assert entry["licence"] in {"0BSD", "OFL-1.1", "MPL-2.0"}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_file_of_the_folder_is_declared(folder: Path) -> None:
    declared = {entry["file"] for entry in json.loads((folder / "vendor.json").read_text())}

    assert {path.name for path in folder.iterdir()} == declared | {"vendor.json"}


def test_pins_are_exact() -> None:
    assert pins()
    assert [version for version in pins().values() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


def test_no_committed_copy_names_a_registry() -> None:
    assert REGISTRY_HOST.search(b".".join([b"npmjs", b"org"]))  # built here: no file may hold the host itself
    files = [path for folder in [*FOLDERS, ROOT / "frontend"] for path in folder.rglob("*") if path.is_file()]

    assert [path.name for path in files if REGISTRY_HOST.search(path.read_bytes()) and path.name != "copy.py"] == []
    assert not list((ROOT / "frontend").rglob("package-lock.json"))
