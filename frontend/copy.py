"""Copy the pinned npm files into the tree, with their version, licence and sha384. Run by hand: make vendor.

Call it as `python -P frontend/copy.py`: -P keeps this folder off the import path, where this file's name
would hide the standard library's `copy`.
"""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FRONTEND = Path(__file__).resolve().parent
ROOT = FRONTEND.parent
SHIPPED = ROOT / "src/maillage/ui/static/ui/vendor"
FOR_TESTS = ROOT / "tests/vendor"

FONT = "@fontsource/atkinson-hyperlegible-next"
FACES = [f"{subset}-{weight}" for subset in ("latin", "latin-ext") for weight in (400, 700)]

# folder -> [(package, file in the package, name of the copy)]
WANTED: dict[Path, list[tuple[str, str, str]]] = {
    SHIPPED: [
        *((FONT, f"files/atkinson-hyperlegible-next-{face}-normal.woff2", f"atkinson-{face}.woff2") for face in FACES),
        (FONT, "LICENSE", "atkinson.LICENSE"),  # the OFL asks that its text travel with the fonts
    ],
    FOR_TESTS: [("axe-core", "axe.min.js", "axe.min.js")],  # carries its MPL notice in its first lines
}

# No commit may name a package registry or a CDN that mirrors one.
REGISTRY_HOST = re.compile(rb"npm\w*\.(?:org|com)|\b(?:unpkg|yarnpkg|jsdelivr|esm)\.\w+", re.IGNORECASE)
# npm's own spelling -> the SPDX identifier
SPDX = {"BSD-0-Clause": "0BSD"}


def sha384(content: bytes) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def copy_all(modules: Path) -> None:
    for folder, files in WANTED.items():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        entries = []
        for package, source, name in files:
            about = json.loads((modules / package / "package.json").read_text())
            content = (modules / package / source).read_bytes()
            if found := REGISTRY_HOST.search(content):
                raise SystemExit(f"{package}/{source} names a registry: {found.group().decode()}")
            (folder / name).write_bytes(content)
            entries.append(
                {
                    "name": package,
                    "version": about["version"],
                    "licence": SPDX.get(about["license"], about["license"]),
                    "file": name,
                    "sha384": sha384(content),
                }
            )
            print(f"{name:32} {len(content):>8} bytes  {package} {about['version']}")
        (folder / "vendor.json").write_text(json.dumps(entries, indent=2) + "\n")


def main() -> None:
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is needed to renew the copies (and only for that): install Node, then run make vendor again.")
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", ".npmrc"):
            shutil.copy(FRONTEND / name, folder)
        subprocess.run([npm, "install", "--silent"], cwd=folder, check=True)
        copy_all(Path(folder) / "node_modules")


if __name__ == "__main__":
    main()
