"""A mapping that grows and never forgets: each version shares nearly all of the one before.

A plain dict copied at each move makes a log of n moves cost n² copies; this one copies a chunk and the list of chunks.
"""

from collections.abc import ItemsView, Iterable, Iterator, Mapping, ValuesView
from threading import Lock
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")

_BITS = 6
_CHUNK = 1 << _BITS  # entries copied when one changes; the list of chunks is copied too, n/64 long
_MASK = _CHUNK - 1
# Versions share their index of keys. A version sees the keys whose place is below its own length; two threads that
# replay the same log from the same version must not give one place to two keys.
_growing = Lock()


class Register(Mapping[K, V]):
    """Keys in the order they came. `put` gives the next version; the former stays as it was."""

    __slots__ = ("_chunks", "_index", "_size")

    def __init__(self, entries: Iterable[tuple[K, V]] = ()) -> None:
        known = dict(entries)
        pairs = list(known.items())
        self._size = len(pairs)
        self._index = {key: place for place, key in enumerate(known)}
        self._chunks = tuple(tuple(pairs[start : start + _CHUNK]) for start in range(0, len(pairs), _CHUNK))

    def put(self, key: K, value: V) -> "Register[K, V]":
        place = self._index.get(key, self._size)
        after: Register[K, V] = Register.__new__(Register)
        if place < self._size:
            chunk = self._chunks[place >> _BITS]
            at = place & _MASK
            after._index, after._size = self._index, self._size
            after._chunks = (
                *self._chunks[: place >> _BITS],
                (*chunk[:at], (key, value), *chunk[at + 1 :]),
                *self._chunks[(place >> _BITS) + 1 :],
            )
            return after
        after._size = self._size + 1
        after._index = self._grown(key)
        full = self._size & _MASK == 0
        last = () if full else self._chunks[-1]
        after._chunks = (*(self._chunks if full else self._chunks[:-1]), (*last, (key, value)))
        return after

    def _grown(self, key: K) -> dict[K, int]:
        """The index with one key more: the same dict, unless another version already grew from here."""
        with _growing:
            if len(self._index) == self._size:
                self._index[key] = self._size
                return self._index
        index = {known: place for place, (known, _value) in enumerate(self._pairs())}
        index[key] = self._size
        return index

    def differing(self, before: "Register[K, V]") -> Iterator[K]:
        """The keys whose value is another object than it was, or was not there. `before`: an earlier version."""
        if self._index is not before._index or self._size < before._size:  # they branched: each is looked at
            yield from (key for key, value in self._pairs() if before.get(key) is not value)
            yield from (key for key in before if key not in self)
            return
        for place, chunk in enumerate(self._chunks):
            known = before._chunks[place] if place < len(before._chunks) else ()
            if chunk is not known:
                for at, pair in enumerate(chunk):
                    if at >= len(known) or pair[1] is not known[at][1]:
                        yield pair[0]

    def _pairs(self) -> Iterator[tuple[K, V]]:
        return (pair for chunk in self._chunks for pair in chunk)

    def __getitem__(self, key: K) -> V:
        place = self._index[key]
        if place >= self._size:
            raise KeyError(key)
        return self._chunks[place >> _BITS][place & _MASK][1]

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[K]:
        return (key for key, _value in self._pairs())

    def items(self) -> ItemsView[K, V]:
        return _Items(self)

    def values(self) -> ValuesView[V]:
        return _Values(self)

    def __repr__(self) -> str:
        return f"Register({dict(self.items())!r})"


class _Items(ItemsView[K, V]):
    """Read from the chunks: looking each key up again would cost three times as much."""

    _mapping: Register[K, V]

    def __iter__(self) -> Iterator[tuple[K, V]]:
        return self._mapping._pairs()


class _Values(ValuesView[V]):
    _mapping: Register[object, V]

    def __iter__(self) -> Iterator[V]:
        return (value for _key, value in self._mapping._pairs())
