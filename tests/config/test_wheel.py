"""What is built is what is needed: the day runs from the wheel alone, without the repository."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = "from setuptools import build_meta; print(build_meta.build_wheel('dist'))"


def test_the_wheel_holds_every_file_and_runs_the_day(tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "ATTRIBUTION.md"):
        shutil.copy(ROOT / name, copy / name)
    subprocess.run([sys.executable, "-c", BUILD], cwd=copy, check=True, capture_output=True)
    installed = tmp_path / "installed"
    with zipfile.ZipFile(next((copy / "dist").glob("*.whl"))) as wheel:
        wheel.extractall(installed)

    source = {path.relative_to(copy / "src") for path in (copy / "src").rglob("*") if path.is_file()}
    source = {path for path in source if "__pycache__" not in path.parts and ".egg-info" not in path.parts[0]}
    assert {path for path in source if not (installed / path).is_file()} == set()

    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAILLAGE_", "DJANGO_"))}
    ran = subprocess.run(
        [sys.executable, "-m", "maillage", "demo", "--no-serve", "--data", str(tmp_path / "data")],
        cwd=tmp_path,
        env=environment | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "Co-développement – Salle Chardon" in ran.stdout
    where = subprocess.run(
        [sys.executable, "-c", "import maillage; print(maillage.__file__)"],
        cwd=tmp_path,
        env=environment | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(installed))
