"""Catalogues as text: what gettext's .po files hold, read and written without its tools, for checks and extraction."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_LINE = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?)\s+"(.*)"\Z|"(.*)"\Z')
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "r": "\r"}
HEADER = "".join(
    f'"{line}\\n"\n'
    for line in (
        "Project-Id-Version: maillage",
        "Language: fr",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
        "Plural-Forms: nplurals=2; plural=(n > 1);",
    )
)
BRACES = re.compile(r"{\w*[:}]")


@dataclass
class Entry:
    one: str
    many: str = ""
    said: list[str] = field(default_factory=list)  # the translations: one, or one a plural form
    places: list[str] = field(default_factory=list)
    context: str = ""
    flags: set[str] = field(default_factory=set)


def read(text: str) -> Iterator[Entry]:
    """All entries, the header (whose `one` is "") first; obsolete ones are left out."""
    for block in re.split(r"\n{2,}", text.strip()):
        entry, key = Entry(""), ""
        parts: dict[str, str] = {}
        for line in block.splitlines():
            if line.startswith("#:"):
                entry.places += [re.sub(r":\d+\Z", "", place) for place in line[2:].split()]
            elif line.startswith("#,"):
                entry.flags |= {flag.strip() for flag in line[2:].split(",")}
            elif found := _LINE.match(line):
                key = found[1] or key
                parts[key] = parts.get(key, "") + _plain(found[2] if found[1] else found[3])
        if "msgid" in parts:
            entry.one, entry.many = parts["msgid"], parts.get("msgid_plural", "")
            entry.context = parts.get("msgctxt", "")
            entry.said = [parts[name] for name in sorted(parts) if name.startswith("msgstr")]
            yield entry


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text)


def quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\n", "\\n")
    return f'"{plain}"'


def written(entries: Iterable[Entry]) -> str:
    """A template of catalogue: no sentence has its translation yet."""
    blocks = [f'msgid ""\nmsgstr ""\n{HEADER}']
    for entry in entries:
        lines = [f"#: {' '.join(entry.places)}"]
        flags = {flag for flag in entry.flags if flag.startswith("python")}
        if BRACES.search(entry.one) and "python-format" not in flags:
            flags.add("python-brace-format")
        lines += [f"#, {', '.join(sorted(flags))}"] if flags else []
        lines += [f"msgctxt {quoted(entry.context)}"] if entry.context else []
        lines.append(f"msgid {quoted(entry.one)}")
        if entry.many:
            lines += [f"msgid_plural {quoted(entry.many)}", 'msgstr[0] ""', 'msgstr[1] ""']
        else:
            lines.append('msgstr ""')
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)
