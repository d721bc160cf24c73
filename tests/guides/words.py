"""What the screens say, read from the sources: the texts a guide may quote.

Every text of a template, every string of the Python and JavaScript code and of the methods shipped. Where a value is
put in (`{{ name }}`, `%(n)s`, `{n}`), anything may stand. A quoted text must be one of them whole, or a whole sentence
or start of one that a « … » cuts: « Entrer » is not found in « Rentrer ».
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "src"
HOLE = "\0"  # where a value is put in
BLOCK = re.compile(r"{%-?\s*blocktrans\w*(.*?)%}(.*?){%-?\s*endblocktrans\w*\s*%}", re.DOTALL)
PLURAL = re.compile(r"{%\s*plural\s*%}")
LITERAL = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'|`([^`]*)`")
TAG_OF_DJANGO = re.compile(r"{%.*?%}|{#.*?#}", re.DOTALL)
VALUE = re.compile(r"{{.*?}}", re.DOTALL)
TAG_OF_HTML = re.compile(r"<[^>]*>")
PUT_IN = re.compile(r"%\(\w+\)[sd]|%[sd]|{\w*}")
MARK_OF_LINE = "\1"
COUNTED = re.compile(rf" \({HOLE}\)$")  # « Ce que j’ai écrit (2) » is quoted without its number


def plain(text: str) -> str:
    """One kind of space, one apostrophe, no space that French typography alone asks."""
    text = re.sub(r"&nbsp;|[\s\u00a0\u202f]+", " ", text).replace("'", "’")
    text = re.sub(r" ?([;:!?»])", r"\1", text)
    return re.sub(r"(«) ?", r"\1", text).strip(" .…:,;")


@cache
def screen_texts() -> frozenset[str]:
    texts: set[str] = set()
    for path in SOURCES.rglob("*"):
        reader = READERS.get(path.suffix)
        if reader and "/migrations/" not in path.as_posix() and "/vendor/" not in path.as_posix():
            texts.update(plain(PUT_IN.sub(HOLE, text)) for text in reader(path.read_text(encoding="utf-8")))
    texts |= {COUNTED.sub("", text) for text in texts}
    return frozenset(texts - {"", HOLE})


@cache
def setting_names() -> tuple[re.Pattern[str], ...]:
    texts = {text for path in SOURCES.rglob("*.py") for text in _python(path.read_text(encoding="utf-8"))}
    names = {text for text in texts if re.fullmatch(rf"MAILLAGE_[A-Z_{HOLE}]+", text)}
    return tuple(re.compile(name.replace(HOLE, "[A-Z]+")) for name in names)


@cache
def _with_holes() -> tuple[re.Pattern[str], ...]:
    """A text that values complete, as a pattern; one that is all values would match anything."""
    held = [text for text in screen_texts() if HOLE in text and len(re.findall(r"\w", text)) >= 4]
    return tuple(re.compile(".+?".join(re.escape(part) for part in text.split(HOLE))) for text in held)


def is_on_a_screen(quoted: str) -> bool:
    words = plain(quoted)
    if quoted.strip().rstrip(".").endswith("…") and any(text.startswith(words) for text in screen_texts()):
        return True
    return words in screen_texts() or any(pattern.fullmatch(words) for pattern in _with_holes())


def _template(source: str) -> Iterator[str]:
    def whole(match: re.Match[str]) -> str:
        return MARK_OF_LINE + VALUE.sub(HOLE, PLURAL.sub(MARK_OF_LINE, match[2])) + MARK_OF_LINE

    source = BLOCK.sub(whole, source)
    for tag in TAG_OF_DJANGO.findall(source):
        yield from _literals(tag)
    for tag in TAG_OF_HTML.findall(source):
        yield from _literals(TAG_OF_DJANGO.sub(HOLE, tag))
    # a tag inside a sentence may be a choice of words, or nothing: the text is read cut there, and read through
    bare = TAG_OF_HTML.sub(MARK_OF_LINE, source)
    yield from TAG_OF_DJANGO.sub(MARK_OF_LINE, VALUE.sub(HOLE, bare)).split(MARK_OF_LINE)
    kept = re.sub(r"{%\s*translate\s+([\"'])(.*?)\1[^%]*%}", r"\2", bare)
    yield from TAG_OF_DJANGO.sub(HOLE, VALUE.sub(HOLE, kept)).split(MARK_OF_LINE)


def _literals(source: str) -> Iterator[str]:
    for match in LITERAL.finditer(source):
        yield re.sub(r"\\(.)", r"\1", next(part for part in match.groups() if part is not None))


def _python(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr.endswith("Field"):
            for said in ast.walk(node.args[0]) if node.args else ():  # Django writes a field's name with a capital
                if isinstance(said, ast.Constant) and isinstance(said.value, str):
                    yield said.value[:1].upper() + said.value[1:]
        elif isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith("TextChoices") for base in node.bases):
            for said in ast.walk(node):  # a template says the name of a choice with a capital: `|capfirst`
                if isinstance(said, ast.Constant) and isinstance(said.value, str):
                    yield said.value[:1].upper() + said.value[1:]
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else HOLE for part in node.values)


def _toml(source: str) -> Iterator[str]:
    def texts(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            for one in value.values() if isinstance(value, dict) else value:
                yield from texts(one)

    yield from texts(tomllib.loads(source))


READERS = {".html": _template, ".txt": _template, ".py": _python, ".js": _literals, ".toml": _toml}
