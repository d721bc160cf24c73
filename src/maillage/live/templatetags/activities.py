"""A shape for each answer, and a bar as long as its share: beside words and numbers that say the same."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from maillage.lib.typography import duration_words

register = template.Library()

register.filter("duration", duration_words)

SHAPES = (
    '<circle cx="10" cy="10" r="8.5"/>',
    '<path d="M2 2h16v16H2z"/>',
    '<path d="M10 1.5 19 18H1z"/>',
    '<path d="M10 .5 19.5 10 10 19.5.5 10z"/>',
    '<path d="M7 1h6v6h6v6h-6v6H7v-6H1V7h6z"/>',
    '<path d="M10 .5 18.5 5.3v9.4L10 19.5 1.5 14.7V5.3z"/>',
)


@register.simple_tag
def tone_shape(position: int) -> SafeString:
    """The shape of the answer at this place, from 0."""
    which = position % len(SHAPES)
    drawn = mark_safe(SHAPES[which])  # noqa: S308 - ours, constant
    return format_html('<svg class="tone tone-{}" viewBox="0 0 20 20" aria-hidden="true">{}</svg>', which, drawn)


@register.simple_tag
def marker(position: int) -> SafeString:
    """The same shape inside another drawing, around its origin."""
    return mark_safe(f'<g transform="scale(.55) translate(-10 -10)">{SHAPES[position % len(SHAPES)]}</g>')  # noqa: S308


@register.simple_tag
def bar(share: int | None, position: int = 0) -> SafeString:
    """As long as its share, in per cent."""
    return format_html(
        '<svg class="bar-line" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="6"/><rect class="tone-{}" width="{}" height="6"/></svg>',
        position % len(SHAPES),
        share or 0,
    )


@register.simple_tag
def same_answers(questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The answers all choices have in common, said once for a wall; empty when they differ or are too many."""
    choices = [question["options"] for question in questions if question["type"] != "text"]
    words = {tuple(option["label"] for option in options) for options in choices}
    return choices[0] if len(words) == 1 and len(choices) > 1 and len(choices[0]) <= len(SHAPES) else []
