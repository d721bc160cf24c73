"""`{% alike VALUES %}…{% endalike %}`: a part of a screen, made once for all the audiences that see it alike.

A hundred tables share their steps, their clock and their rule, and differ by who sits there: a move of the clock makes
one part again, not a hundred screens. What is inside may read the values named, what never changes in a session
(`moves_url`), and nothing else: tests/live/test_pieces.py reads the templates for it, and holds every screen made of
pieces against the same made without.
"""

import marshal
from hashlib import blake2b
from typing import Any

from django import template
from django.template import Context, NodeList
from django.template.base import FilterExpression, Node, Parser, Token
from django.utils.safestring import SafeString

from maillage.live.fragments import PIECES, Pieces, without_indents

register = template.Library()

DIGEST = 16  # bytes: two different parts are never taken for one another


class Alike(Node):
    def __init__(self, place: str, values: list[FilterExpression], nodelist: NodeList) -> None:
        self.place = place
        self.values = values
        self.paths = [str(value.var).split(".") for value in values]  # read as they stand: no filter, no call
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        pieces: Pieces | None = context.get(PIECES)
        if pieces is None:
            return self.nodelist.render(context)
        values = tuple(_read(context, path) for path in self.paths)
        key = blake2b(marshal.dumps((self.place, values), 2), digest_size=DIGEST).digest()
        made = pieces.get(key)
        if made is None:
            made = SafeString(without_indents(self.nodelist.render(context)))
            pieces.put(key, made)
        return made


def _read(context: Context, path: list[str]) -> Any:
    value = context.get(path[0])
    for name in path[1:]:
        value = value[name] if value is not None else None
    return value


@register.tag
def alike(parser: Parser, token: Token) -> Alike:
    _name, *values = token.split_contents()
    nodelist = parser.parse(("endalike",))
    parser.delete_first_token()
    place = f"{parser.origin}:{token.lineno}:{token.contents}"
    return Alike(place, [parser.compile_filter(value) for value in values], nodelist)
