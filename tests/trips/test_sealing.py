"""The bytes of a trip's file: read whole with the right words, or not at all."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.trips import sealing
from maillage.trips.sealing import (
    Damaged,
    FileRefused,
    Unfinished,
    WeakPassphrase,
    Writer,
    WrongPassphrase,
    clean_passphrase,
    make_passphrase,
    read_lines,
)

PHRASE = "kavu-deme-tiru-pola"
SERVED = dict(sealing.WORK)  # read before a test lightens it


def test_a_passphrase_is_slow_to_try():
    assert 128 * SERVED["n"] * SERVED["r"] >= 64 * 1024 * 1024  # octets that each try must hold


@pytest.fixture(autouse=True)
def _light_work(monkeypatch):
    monkeypatch.setattr(sealing, "WORK", {"n": 2, "r": 8, "p": 1})
    monkeypatch.setattr(sealing, "FRAME", 200)


def written(path, lines):
    writer = Writer(path, PHRASE)
    for line in lines:
        writer.line(line)
    writer.flush()
    return writer


def read(path, phrase=PHRASE):
    with path.open("rb") as file:
        return list(read_lines(file, phrase))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=300), max_size=3), max_size=12))
def test_lines_come_back(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("seal") / "file"
    written(path, lines).finish()
    assert read(path) == lines


def test_file_opens_for_nobody_before_it_is_finished(tmp_path):
    writer = written(tmp_path / "file", [{"a": "x" * 3_000}])
    with pytest.raises(Unfinished):
        read(tmp_path / "file")
    writer.finish()
    assert read(tmp_path / "file") == [{"a": "x" * 3_000}]


def test_every_cut_and_every_changed_byte_is_refused(tmp_path):
    path = tmp_path / "file"
    written(path, [{"n": n, "text": hashlib.sha256(bytes([n])).hexdigest()} for n in range(16)]).finish()
    content = path.read_bytes()
    assert len(content) > 3 * 200  # several frames
    for place in range(len(content)):
        path.write_bytes(content[:place])
        with pytest.raises(FileRefused):
            read(path)
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x40]) + content[place + 1 :])
        with pytest.raises(FileRefused):
            read(path)


def test_frames_do_not_change_places(tmp_path):
    path = tmp_path / "file"
    written(path, [{"n": n, "text": hashlib.sha256(bytes([n])).hexdigest()} for n in range(16)]).finish()
    content = path.read_bytes()
    head, frame = len(sealing.MAGIC) + 16 + 8 + 7, 200 + 16
    first, second = content[head : head + frame], content[head + frame : head + 2 * frame]
    path.write_bytes(content[:head] + second + first + content[head + 2 * frame :])
    with pytest.raises(Damaged):
        read(path)
    path.write_bytes(content[: head + frame])  # a whole frame, and no end
    with pytest.raises(Unfinished):
        read(path)


def test_passphrase(tmp_path):
    written(tmp_path / "file", [{}]).finish()
    with pytest.raises(WrongPassphrase):
        read(tmp_path / "file", "kavu-deme-tiru-polu")
    assert clean_passphrase("  KAVU deme  Tiru-pola ") == PHRASE
    with pytest.raises(WeakPassphrase):
        clean_passphrase("court")
    made = {make_passphrase() for _ in range(50)}
    assert len(made) == 50
    assert all(len(phrase.split("-")) == 6 and clean_passphrase(phrase) == phrase for phrase in made)
