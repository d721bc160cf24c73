"""A method as it reads in the language that is spoken: its author's words where no catalogue holds them."""

from facilitation import Method
from facilitation.spoken import spoken_method
from maillage.lib.languages import FRENCH, catalogue, current

MOST = 300  # methods kept, each in one language

_kept: dict[tuple[int, str], tuple[Method, Method]] = {}  # by the very object, which is held so that its number stays


def in_words(method: Method) -> Method:
    language = current()
    found = catalogue()
    if language == FRENCH or found is None:
        return method
    known = _kept.get((id(method), language))
    if known is not None and known[0] is method:
        return known[1]
    said = spoken_method(method, found.one)
    if len(_kept) >= MOST:
        _kept.clear()
    _kept[id(method), language] = (method, said)
    return said
