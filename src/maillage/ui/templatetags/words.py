"""`{% translate %}` and `{% blocktranslate %}` for the screens that are made at each move, under their usual names.

In French nothing is looked up: the sentence is set in type once, when the template is read. In another language each is
looked up once a process. `{% load words %}` in place of `i18n`; makemessages finds the same sentences.
"""

from typing import Any

from django import template
from django.template import Context, Node
from django.template.base import Parser, Token, TokenType
from django.templatetags.i18n import BlockTranslateNode, do_block_translate
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from maillage.lib.languages import FRENCH, current
from maillage.lib.typography import typo

register = template.Library()

PLACE = "\ue100"  # of a variable, while the sentence around it is set in type


class Words(Node):
    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        self.said: dict[str, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        language = current()
        said = self.said.get(language)
        if said is None:
            words = typo(self.sentence) if language == FRENCH else gettext(self.sentence)
            said = self.said[language] = mark_safe(words)  # noqa: S308 - a template's words, or our catalogue's
        return said


class Phrase(Node):
    """A sentence with places: in French, its own words around them."""

    def __init__(self, block: BlockTranslateNode) -> None:
        self.block = block
        self.one, self.many = _pieces(block.singular), _pieces(block.plural)

    def render(self, context: Context) -> str:
        if current() != FRENCH:
            return self.block.render(context)
        given = {name: value.resolve(context) for name, value in self.block.extra_context.items()}
        pieces = self.one
        if self.block.countervar and self.block.counter:
            number = given[self.block.countervar] = self.block.counter.resolve(context)
            pieces = self.one if number < 2 else self.many
        with context.push(**given):
            return "".join([piece if isinstance(piece, str) else piece.render(context) for piece in pieces])


def _pieces(tokens: list[Token]) -> list[Any]:
    """Texts, and the variables between them; set in type as one sentence."""
    parser = Parser([])
    variables = [
        template.base.VariableNode(parser.compile_filter(token.contents))
        for token in tokens
        if token.token_type == TokenType.VAR
    ]
    whole = "".join(PLACE if token.token_type == TokenType.VAR else token.contents for token in tokens)
    texts = typo(whole).split(PLACE)
    found: list[Any] = [texts[0]]
    for variable, text in zip(variables, texts[1:], strict=True):
        found += [variable, text]
    return [piece for piece in found if piece != ""]


@register.tag
def translate(parser: Parser, token: Token) -> Words:
    _name, sentence = token.split_contents()
    return Words(str(parser.compile_filter(sentence).var))


@register.tag
def blocktranslate(parser: Parser, token: Token) -> Phrase:
    return Phrase(do_block_translate(parser, token))
