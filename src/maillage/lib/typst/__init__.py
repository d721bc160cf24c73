"""PDF by typst: a template of the package, data as JSON, our fonts, nothing from the network.

A template lives beside its noun (`reports/typst/report.typ`) and begins with `#import "/lib/typst/house.typ": *`: the
root of every compilation is the package `maillage`. Data never become code: they travel as one JSON text in
`sys.inputs.data`, which house.typ reads as `data`. Pictures (a QR, a map) travel in it too, as SVG text:
`image(bytes(data.qr), format: "svg", alt: "…")`; PDF/UA refuses a picture without `alt`.

Compiling releases the GIL: call it from a worker thread, others go on.
"""

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

PACKAGE = Path(__file__).resolve().parents[2]
OUR_FONTS = PACKAGE / "lib/fonts"

# PDF/UA-1, and PDF/A-2a for the archives of an administration: typst 0.15.2 takes both at once (PDF 1.7).
DEFAULT_STANDARDS = ("ua-1",)
ACCESSIBLE_AND_ARCHIVED = ("ua-1", "a-2a")

# PDF/UA forbids a character without a glyph, and people type emoji: one in a hundred cards must not cost the
# evening's report. Each pass replaces all those typst named; a new one only appears where a fallback face changed.
_PASSES = 4
_NO_GLYPH = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_RUST_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")
_SUBSTITUTE = "▫"
# Control characters have no glyph either and no meaning on paper; joiners and variation selectors only serve emoji.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufe00-\ufe0f\ufeff\ufff9-\uffff]"
)


class TypstError(Exception):
    """The template and its data make no PDF. `message` is typst's, `diagnostic` shows the place."""

    def __init__(self, message: str, *, diagnostic: str = "", hints: Sequence[str] = ()) -> None:
        self.message = message
        self.diagnostic = diagnostic
        self.hints = tuple(hints)
        super().__init__("\n".join([message, *hints]))


@lru_cache(maxsize=8)
def _fonts(folders: tuple[Path, ...]) -> typst.Fonts:
    # No system font: the same PDF on every machine. The faces inside typst are the fallback (arrows, Greek, Arabic).
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder) for folder in folders]
    )


def compile_pdf(
    template: str | Path,
    data: Mapping[str, object],
    *,
    fonts: Sequence[Path] = (),
    pdf_standards: Sequence[str] = DEFAULT_STANDARDS,
    made_at: dt.datetime | None = None,
) -> bytes:
    """The PDF of `template` filled with `data` (anything JSON can say).

    `template` is a path, absolute inside the package or relative to it ("reports/typst/report.typ"). `fonts` are
    folders to add to ours. The same data and `made_at` (aware) give the same bytes; None is now.

    Raises `TypstError` when typst refuses (a missing alt text, an unknown key), `ValueError` when `template` lies
    outside the package or `made_at` is naive.
    """
    if made_at is not None and made_at.tzinfo is None:
        raise ValueError("made_at must carry a time zone")
    moment = int((made_at or dt.datetime.now(dt.UTC)).timestamp())
    return _compile(template, data, fonts, pdf_standards=list(pdf_standards), timestamp=moment)


def compile_png(
    template: str | Path, data: Mapping[str, object], *, fonts: Sequence[Path] = (), dots_per_inch: int = 144
) -> bytes:
    """The one page of `template`, as a picture: for a slide, or a site. Raises as `compile_pdf` does."""
    return _compile(template, data, fonts, format="png", ppi=float(dots_per_inch))


def compile_pictures(
    template: str | Path, data: Mapping[str, object], *, fonts: Sequence[Path] = (), dots_per_inch: int = 144
) -> list[bytes]:
    """The pages of `template`, a picture each. Raises as `compile_pdf` does."""
    made = _made(template, data, fonts, format="png", ppi=float(dots_per_inch))
    return [bytes(page) for page in made] if isinstance(made, list) else [bytes(made)]


def _compile(template: str | Path, data: Mapping[str, object], fonts: Sequence[Path], **options: Any) -> bytes:
    return bytes(_made(template, data, fonts, **options))


def _made(template: str | Path, data: Mapping[str, object], fonts: Sequence[Path], **options: Any) -> Any:
    path = (PACKAGE / template).resolve()
    if not path.is_relative_to(PACKAGE):
        raise ValueError(f"a template lives inside the package: {template}")
    content = json.dumps(data, ensure_ascii=False)
    content = json.dumps(_without(json.loads(content), _INVISIBLE, ""), ensure_ascii=False)
    for last in [*[False] * (_PASSES - 1), True]:
        try:
            made = typst.compile(
                str(path),
                root=str(PACKAGE),
                font_paths=_fonts((OUR_FONTS, *fonts)),
                ignore_system_fonts=True,
                sys_inputs={"data": content},
                **options,  # typst checks the names of its standards and says which
            )
        except typst.TypstError as error:
            unknown = _missing_glyphs(error.diagnostic)
            cleaned = _without(json.loads(content), _any_of(unknown), _SUBSTITUTE) if unknown else None
            text = json.dumps(cleaned, ensure_ascii=False)
            if last or cleaned is None or text == content:
                raise TypstError(error.message, diagnostic=error.diagnostic, hints=error.hints) from error
            content = text
        else:
            return made
    raise AssertionError("the last pass returns or raises")


def _missing_glyphs(diagnostic: str) -> set[str]:
    found = set()
    for quoted in _NO_GLYPH.findall(diagnostic):
        found.add(_RUST_ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], quoted))
    return found - {""}


def _any_of(texts: set[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(texts, key=len, reverse=True))))


def _without(value: object, pattern: re.Pattern[str], new: str) -> object:
    """A JSON value with `pattern` replaced in its texts; keys are ours and stay."""
    if isinstance(value, str):
        return pattern.sub(new, value)
    if isinstance(value, dict):
        return {key: _without(each, pattern, new) for key, each in value.items()}
    if isinstance(value, list):
        return [_without(each, pattern, new) for each in value]
    return value
