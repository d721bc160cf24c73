"""Make the fonts of the PDF from the pinned npm package. Run by hand: python -P frontend/fonts.py

-P keeps this folder off the import path, where copy.py would hide the standard library’s `copy`. Needs npm.

typst reads no woff2, and takes one file of a face for the whole of it: with « latin » and « latin-ext » apart, œ, Œ
and № fall back to a serif face. So the two subsets of each face are merged into one TTF.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont

FRONTEND = Path(__file__).resolve().parent
FONTS = FRONTEND.parent / "src/maillage/lib/fonts"
PACKAGE = "@fontsource/atkinson-hyperlegible-next"
FACES = {"Regular": "400-normal", "Bold": "700-normal", "Italic": "400-italic", "BoldItalic": "700-italic"}
SUBSETS = ("latin", "latin-ext")
# What French pages print; a renewed package that lost one of them must not pass unseen.
NEEDED = "éèêëàâçîïôûùüÿœŒæÆÉÈÀÇ«»’‘“”–—…·€°\u00a0"


def merge_face(files: Path, face: str, folder: Path) -> TTFont:
    parts = []
    for subset in SUBSETS:
        part = TTFont(files / f"atkinson-hyperlegible-next-{subset}-{face}.woff2", recalcTimestamp=False)
        part.flavor = None
        path = folder / f"{subset}-{face}.ttf"
        part.save(path)
        parts.append(str(path))
    font = Merger().merge(parts)
    # No date of today in it: the same pins give the same bytes.
    font.recalcTimestamp = False
    font["head"].created = font["head"].modified = TTFont(parts[0])["head"].created
    return font


def main() -> None:
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is needed to renew the fonts (and only for that): install Node, then run this again.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(FRONTEND / "package.json", folder)
        subprocess.run([npm, "install", "--silent"], cwd=folder, check=True)
        package = folder / "node_modules" / PACKAGE
        FONTS.mkdir(parents=True, exist_ok=True)
        for style, face in FACES.items():
            font = merge_face(package / "files", face, folder)
            missing = [c for c in NEEDED if ord(c) not in font.getBestCmap()]
            if missing:
                sys.exit(f"{style} lacks {' '.join(f'U+{ord(c):04X}' for c in missing)}")
            path = FONTS / f"AtkinsonHyperlegibleNext-{style}.ttf"
            font.save(path, reorderTables=False)
            print(f"{path.name:40} {path.stat().st_size:>8} bytes  {len(font.getBestCmap())} characters")
        shutil.copy(package / "LICENSE", FONTS / "OFL.txt")


if __name__ == "__main__":
    main()
