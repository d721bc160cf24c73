"""Damage that keeps the shape of a file: one value of a JSON, one cell of a table, one line of a TOML, one part of a zip or
of a picture, told again with its sizes and sums. A byte changed anywhere is refused at the door; this goes further in."""

import csv
import hashlib
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from copy import deepcopy
from random import Random
from typing import Any

from tests.fuzz.drawing import WORDS, Chance, damaged, junk, pick, word

PNG = b"\x89PNG\r\n\x1a\n"
BOM = "\ufeff"
# Values that TOML takes.
LITERALS = [
    '""', '"x"', '"é ’ « »"', "'''\na\n'''", "0", "-1", "1", "3", "240", "9223372036854775807", "9223372036854775808", "1.5", "-0.0",
    "inf", "nan", "1e400", "true", "false", "[]", "[1]", '["a", "a"]', '[1, "a", [true]]', "{}", '{ a = "b" }', "[{}]", "2025-10-02",
    "08:30:00", "2025-10-02T08:30:00Z", "9999-12-31T23:59:60Z", '"\\u0000"', '"participant"', '"facilitator"', '"all"', '"end"',
]  # fmt: skip
HEAD = re.compile(r"[\w-]+: ")
KEY = re.compile(r"^\s*([\w.\"-]+)\s*=\s*(.*?)\s*$")
KEYS = re.compile(r"^\s*[\w.\"-]+ = ", re.MULTILINE)
TEXT = re.compile(rb">([^<>]{1,200})<|=\"([^\"<>]{0,200})\"")


def hurt(random: Random, data: bytes, others: Sequence[bytes] = ()) -> bytes:
    """`data` with some of what it says changed; bytes changed anywhere, where no shape of ours is seen in it."""
    if data.startswith(b"PK\x03\x04"):
        return _zip(random, data)
    if data.startswith(PNG):
        return _png(random, data)
    if data[:4] in (b"RIFF", b"GIF8", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe1"):
        return _picture(random, data)
    for encoding in ("utf-8", "utf-16"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return _text(random, text, others).encode(encoding, "replace")
    return damaged(random, [data])


def _text(random: Random, text: str, others: Sequence[bytes]) -> str:
    start, first = text.lstrip(BOM + " \r\n")[:1], text.partition("\n")[0]
    if start in ("{", "["):
        try:
            return _json(random, text)
        except (ValueError, RecursionError):
            if first.startswith("{"):
                return _json_lines(random, text)
    if start == "<":
        return _markup(random, text.encode()).decode("utf-8", "replace")
    if "=" in text and "&" in text and "\n" not in text:
        return _form(random, text)
    if len(KEYS.findall(text)) > 2 and not first.startswith(("\ufeff", '"')) and ";" not in first:
        return _lines(random, text, others)
    if "\n" in text and any(sign in first for sign in ";\t") and "=" not in first:
        return _cells(random, text, ";" if ";" in first else "\t")
    if "\n" in text and "," in first and "=" not in first:
        return _cells(random, text, ",")
    if HEAD.match(first):
        return _head(random, text)
    if KEY.search(text) or "\n" in text:
        return _lines(random, text, others)
    return _words(random, text)


# --- JSON ---


def _places(value: Any) -> list[tuple[Any, Any]]:
    found, waiting = [], [value]
    while waiting:
        each = waiting.pop()
        pairs = each.items() if isinstance(each, dict) else enumerate(each) if isinstance(each, list) else ()
        for key, inner in pairs:
            found.append((each, key))
            if isinstance(inner, (dict, list)):
                waiting.append(inner)
    return found


def hurt_value(random: Random, value: Any) -> Any:
    """Changed where it stands: replaced, taken out, doubled, renamed, wrapped, exchanged, cut."""
    chance = Chance(random)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        places = _places(value)
        if not places:
            return junk(chance)
        holder, key = random.choice(places)
        match random.randrange(8):
            case 0 | 1:
                holder[key] = junk(chance)
            case 2:
                del holder[key]
            case 3:
                other, name = random.choice(places)
                holder[key] = deepcopy(other[name])
            case 4 if isinstance(holder, list):
                holder.insert(key, deepcopy(holder[key]))
            case 4:
                holder[word(chance)[:40]] = holder.pop(key)
            case 5:
                holder[key] = random.choice(([holder[key]], {"x": holder[key]}, str(holder[key]), None))
            case _ if isinstance(holder[key], str):
                holder[key] = _words(random, holder[key])
            case _ if isinstance(holder[key], (int, float)):
                holder[key] = random.choice((-holder[key], holder[key] + 1, holder[key] * 10**18, holder[key] // 7))
            case _:
                holder[key] = random.choice(([], {}, "", 0))
    return value


def _json(random: Random, text: str) -> str:
    value = hurt_value(random, json.loads(text.lstrip(BOM)))
    said = json.dumps(value, ensure_ascii=False)
    return said if said.isascii() or _whole(said) else json.dumps(value)  # half of a pair goes as \\ud800


def _whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _json_lines(random: Random, text: str) -> str:
    """One line changed, out of its place, said twice or left out; the last still says how many there are."""
    lines = text.split("\n")
    place = random.randrange(max(1, len(lines) - 1))
    kind = random.randrange(8)
    if kind == 0 and len(lines) > 2:
        del lines[place]
    elif kind == 1:
        lines.insert(place, lines[random.randrange(len(lines))])
    elif kind == 2:
        other = random.randrange(len(lines))
        lines[place], lines[other] = lines[other], lines[place]
    else:
        try:
            lines[place] = _json(random, lines[place])
        except ValueError:
            lines[place] = json.dumps(junk(Chance(random)))
    return "\n".join(lines)


# --- tables, forms, TOML ---


def _cells(random: Random, text: str, separator: str) -> str:
    try:
        rows = list(csv.reader(io.StringIO(text.lstrip(BOM), newline=""), delimiter=separator))
    except csv.Error:
        return _words(random, text)
    chance = Chance(random)
    for _ in range(random.choice((1, 1, 2, 3, 4))):
        row = random.choice([row for row in rows if row] or [[""]])
        place = random.randrange(len(row)) if row else 0
        match random.randrange(10):
            case 0:
                rows.append(list(row))
            case 1 if len(rows) > 2:
                rows.remove(row)
            case 2:
                other = random.choice(rows)
                row[place:] = other[place:]
            case 3:
                del row[place:]
            case 4:
                row.insert(place, word(chance))
            case 5 if rows:
                name = random.choice(rows[0] or [""])
                rows[0].append(name)  # a column said twice
            case 6 if row:
                row[place] = _words(random, row[place])
            case _ if row:
                row[place] = word(chance) if random.random() < 0.6 else random.choice(random.choice(rows) or [""])
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return (BOM if text.startswith(BOM) else "") + out.getvalue()


def _form(random: Random, text: str) -> str:
    pairs = text.split("&")
    for _ in range(random.randint(1, 3)):
        place = random.randrange(len(pairs))
        name, _sign, value = pairs[place].partition("=")
        said = _words(random, value).replace("&", "%26")
        pairs[place] = random.choice((f"{name}={said}", f"{said}={value}", f"{name}={value}&{name}={said}", name))
    return "&".join(pairs)


def _head(random: Random, text: str) -> str:
    """The lines of a request's head."""
    lines = text.split("\n")
    for _ in range(random.choice((1, 1, 2, 3))):
        place = random.randrange(len(lines))
        name, sign, value = lines[place].partition(": ")
        match random.randrange(5):
            case 0:
                lines[place] = f"{name}: {_said(random)}"
            case 1 if len(lines) > 1:
                del lines[place]
            case 2:
                lines.append(lines[place] + _said(random))
            case _:
                lines[place] = f"{name}{sign}{_words(random, value)}"
    return "\n".join(lines)


def _lines(random: Random, text: str, others: Sequence[bytes]) -> str:
    """Keys and values of TOML given to one another, lines of another file of the same sort."""
    lines = text.split("\n")
    for _ in range(random.choice((1, 1, 1, 2))):
        places = [number for number, line in enumerate(lines) if KEY.match(line)] or [0]
        place = random.choice(places)
        name, _sign, value = lines[place].partition("=")
        _name, _sign, other = lines[random.choice(places)].partition("=")
        match random.randrange(9):
            case 0 | 1:
                lines[place] = f"{name}= {random.choice(LITERALS)}"
            case 2:
                lines[place] = f"{name}= {json.dumps(_said(random), ensure_ascii=False)}"
            case 3:
                lines[place] = f"{name}={other or ' 1'}"
            case 4:
                lines[place] = f"{_name or 'x'}={value or ' 1'}"
            case 5:
                del lines[place]
                lines = lines or [""]
            case 6:
                lines.insert(random.randrange(len(lines)), lines[place])
            case 7 if others:
                theirs = random.choice(others).decode("utf-8", "replace").split("\n")
                lines.insert(place, random.choice(theirs))
            case _:
                lines[place] = _words(random, lines[place])
    return "\n".join(lines)


def _said(random: Random) -> str:
    return pick(Chance(random), WORDS).encode("utf-8", "replace").decode()


def _words(random: Random, text: str) -> str:
    """A text with something put in, taken out, said again, or another in its place."""
    place = random.randrange(len(text) + 1)
    size = random.choice((0, 1, 2, 8))
    match random.randrange(6):
        case 0:
            return _said(random)
        case 1:
            return text[:place] + text[place + 1 + size :]
        case 2:
            return text + text
        case 3:
            return text.swapcase()
        case _:
            return text[:place] + _said(random) + text[place + size :]


# --- what is packed ---


def _markup(random: Random, data: bytes) -> bytes:
    found = list(TEXT.finditer(data))
    if not found or random.random() < 0.2:
        return damaged(random, [data])
    for _ in range(random.randint(1, 3)):
        hit = random.choice(found)
        group = 1 if hit[1] is not None else 2
        said = random.choice((_said(random)[:200].encode(), hit[group] * 2, b"-1", b"999999999", b"A1:XFD1048576", b""))
        said = said.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b'"', b"&quot;").replace(b"\0", b"")
        data = data[: hit.start(group)] + said + data[hit.end(group) :]
        found = list(TEXT.finditer(data)) or found
    return data


def _zip(random: Random, data: bytes) -> bytes:
    """One of its files changed and packed again. An archive's package is told so: what is read is hurt, not its sum."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            content = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, EOFError, LookupError):
        return damaged(random, [data])
    if not content:
        return damaged(random, [data])
    name = random.choice(sorted(content))
    kind = random.randrange(12)
    if kind == 0:
        del content[name]
    elif kind == 1:
        content[_said(random).replace("\0", "")[:60] or "x"] = content[name]
    elif kind == 2:
        content[name] = damaged(random, [content[name]])
    else:
        content[name] = hurt(random, content[name])
    retell(content)
    out = io.BytesIO()
    how = random.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
    with zipfile.ZipFile(out, "w", how) as archive:
        for each, part in content.items():
            archive.writestr(each.encode("utf-8", "replace").decode(), part)
    packed = out.getvalue()
    return damaged(random, [packed]) if random.random() < 0.05 else packed


def retell(content: dict[str, bytes]) -> None:
    """`datapackage.json`, where there is one, says the sums of what stands beside it."""
    try:
        package = json.loads(content["datapackage.json"])
        for resource in package["resources"]:
            part = content.get(resource.get("path"))
            if part is not None:
                resource["bytes"], resource["hash"] = len(part), f"sha256:{hashlib.sha256(part).hexdigest()}"
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return  # it is the part that was hurt
    content["datapackage.json"] = json.dumps(package).encode()


def _picture(random: Random, data: bytes) -> bytes:
    """Bytes changed where they stand, beyond what says that it is a picture; one time in four, anywhere after it."""
    if random.random() < 0.25:
        return data[:12] + damaged(random, [data[12:]])
    hurt_data = bytearray(data)
    for _ in range(random.randint(1, 4)):
        hurt_data[random.randrange(min(12, len(data) - 1), len(data))] = random.randrange(256)
    return bytes(hurt_data)


def _png(random: Random, data: bytes) -> bytes:
    """Chunks changed, each with the sum of what it holds."""
    chunks, place = [], len(PNG)
    while place + 12 <= len(data):
        (size,) = struct.unpack(">I", data[place : place + 4])
        chunks.append((data[place + 4 : place + 8], data[place + 8 : place + 8 + size]))
        place += 12 + size
    if not chunks:
        return damaged(random, [data])
    where = random.randrange(len(chunks))
    kind, part = chunks[where]
    match random.randrange(6):
        case 0:
            chunks.insert(where, random.choice(chunks))
        case 1 if len(chunks) > 1:
            del chunks[where]
        case 2:
            chunks[where] = (
                random.choice((b"iCCP", b"tEXt", b"zTXt", b"eXIf", b"PLTE", b"tRNS", b"acTL", b"IDAT")),
                part,
            )
        case 3 if kind == b"IDAT":
            chunks[where] = kind, zlib.compress(damaged(random, [bytes(300)]))
        case _:
            chunks[where] = kind, damaged(random, [part])
    told = b"".join(
        struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part)) for kind, part in chunks
    )
    return PNG + told


def drawn(random: Random, seeds: Sequence[bytes], words: Sequence[bytes] = ()) -> bytes:
    """Four in five keep their shape; the others are hurt anywhere, or both."""
    kind = random.random()
    if kind > 0.9:
        return damaged(random, seeds, words)
    data = hurt(random, random.choice(seeds), seeds)
    return damaged(random, [data], words) if kind > 0.8 else data
