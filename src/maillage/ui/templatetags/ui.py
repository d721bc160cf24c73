"""The components, as template tags. Their list and how to use them: ui/README.md."""

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from django import template
from django.forms import BoundField
from django.http import HttpRequest
from django.template import Context
from django.template.defaultfilters import date as dated
from django.templatetags.static import static
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from maillage.lib.dates import day_format, time_words, typed_day_words
from maillage.lib.languages import FRENCH, current, direction, tongue
from maillage.lib.languages import said as say_shipped
from maillage.lib.typography import NO_BREAK
from maillage.lib.typography import count as count_words
from maillage.lib.typography import grouped as in_groups
from maillage.lib.typography import typo as set_type
from maillage.ui.comfort import wants_comfort
from maillage.ui.icons import ICONS, LOGO, SHAPES
from maillage.ui.languages import choices, not_here, offer
from maillage.ui.rgaa import audit

register = template.Library()

ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"  # of Unicode: the side of what is between is its own

STYLES = {
    "bare": ("base",),  # what another site frames: its own sheet says the rest
    "office": ("base", "components", "office"),
    "live": ("base", "components", "live", "activities"),
}
NO_MARKUP = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
POINTING = {"arrow-left", "arrow-right"}
NO_CHOICE = ">---------</option>"
COLOURS = {"bleu": _("Bleu"), "rouge": _("Rouge"), "jaune": _("Jaune"), "vert": _("Vert")}


@register.simple_tag(takes_context=True)
def styles(context: Context, name: str) -> SafeString:
    """The style sheets of a family of pages: few, side by side, no chain of imports; the comfort letters if chosen."""
    request: HttpRequest | None = context.get("request")
    sheets = STYLES[name] + (("comfort",) if request is not None and wants_comfort(request) else ())
    links = ((static(f"ui/css/{sheet}.css"),) for sheet in sheets)
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', links)


@register.simple_tag
def page_language() -> SafeString:
    """The attributes of `html`: what is spoken, and from which side it is read."""
    language = tongue()
    side = ' dir="rtl"' if direction(language) == "rtl" else ""
    return mark_safe(f' lang="{language}"{side}')  # noqa: S308 - our own codes


@register.inclusion_tag("ui/_languages.html", takes_context=True)
def language_choices(context: Context) -> dict[str, Any]:
    request: HttpRequest | None = context.get("request")
    here = request.get_full_path() if request is not None and request.method == "GET" else ""
    return {"choices": choices(request) if request is not None else [], "next": here}


@register.inclusion_tag("ui/_language_offer.html", takes_context=True)
def language_offer(context: Context) -> dict[str, Any]:
    request: HttpRequest | None = context.get("request")
    if request is None:
        return {}
    here = request.get_full_path() if request.method == "GET" else ""
    return {"offer": offer(request), "not_here": not_here(request), "next": here}


@register.simple_tag
def logo() -> SafeString:
    """The mark: a small mesh of five nodes. Decorative: the name stands beside it."""
    return mark_safe(LOGO)  # noqa: S308 - ours, constant


@register.simple_tag
def json_ld(data: dict[str, Any]) -> SafeString:
    """What search engines read of a page (schema.org). A data block, no script: the content policy lets it be."""
    said = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(NO_MARKUP)
    return mark_safe(f'<script type="application/ld+json">{said}</script>')  # noqa: S308 - no « < » is left in it


@register.simple_tag
def accessibility_mention() -> str:
    """Of every foot of page: the words of the law, as the grid counts them."""
    return str(_("Accessibilité : %(state)s")) % {"state": audit().state}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A pictogram, always beside its word."""
    kind = "icon points" if name in POINTING else "icon"  # turned round where one reads from the right
    return mark_safe(f'<svg class="{kind}" viewBox="0 0 24 24" aria-hidden="true">{ICONS[name]}</svg>')  # noqa: S308 - ours


@register.simple_tag
def mark(colour: str, name: str = "") -> SafeString:
    """A group colour: its shape and its name, never the colour alone. Nothing when there is none."""
    if colour not in SHAPES:
        return SafeString("")
    shape = mark_safe(SHAPES[colour])  # noqa: S308 - ours, constant
    svg = '<svg class="shape shape-{}" viewBox="0 0 20 20" aria-hidden="true">{}</svg>'
    return format_html('<span class="mark">' + svg + "{}</span>", colour, shape, name or COLOURS[colour])


@register.simple_tag
def meter(value: int, maximum: int) -> SafeString:
    """How full: a bar beside words that say the same."""
    share = min(100, round(100 * value / maximum)) if maximum else 0
    return format_html(
        '<svg class="meter" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="6"/><rect class="{}" width="{}" height="6"/></svg>',
        "over" if maximum and value > maximum else "fill",
        share,
    )


@register.simple_tag
def count(number: int, singular: str, plural: str, zero: str) -> str:
    """The words are written in French: another language finds its own, by its own rule of plurals."""
    if current() == FRENCH:
        return count_words(number, singular, plural, zero=zero)
    if number == 0:
        return gettext(zero) if zero else ""
    return in_groups(number) + NO_BREAK + ngettext(singular, plural, number)


@register.filter
def grouped(number: int) -> str:
    return in_groups(number)


@register.filter
def typo(text: object) -> str:
    """French spaces and signs; the result is text, escaped as any other.

    In a page read from the right, what somebody wrote in French keeps its own side, and its full stop at its end.
    """
    words = set_type(str(text), medium="plain")
    return f"{ISOLATE}{words}{END_OF_ISOLATE}" if words and direction(current()) == "rtl" else words


@register.filter
def said(text: object) -> str:
    """A text we ship that people may have changed: in the language of the page, where it is still ours."""
    return say_shipped(str(text))


@register.filter(expects_localtime=True)
def date(value: Any, format_: str) -> str:
    """Django's, with the first of the month in French and the ordinals of German."""
    return str(dated(value, day_format(format_, value) if isinstance(value, dt.date) else format_))


@register.filter(expects_localtime=True)
def hour(value: dt.datetime) -> str:
    return time_words(value)


@register.filter
def typed_day(value: object) -> str:
    return typed_day_words(str(value))


@register.inclusion_tag("ui/_steps.html")
def steps(items: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"steps": items}


@register.inclusion_tag("ui/_field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A field with its label, help and faults, tied together for a screen reader."""
    described = [f"{bound.auto_id}_help"] if bound.help_text else []
    attributes: dict[str, str | bool] = {}
    if bound.errors:
        described.append(f"{bound.auto_id}_fault")
        attributes["aria-invalid"] = "true"
    if described:
        attributes["aria-describedby"] = " ".join(described)
    kind = getattr(bound.field.widget, "input_type", "")
    widget = bound.as_widget(attrs=attributes)
    if kind == "select":  # Django's own empty choice is a line of dashes, which a screen reader spells
        nothing = _("À choisir") if bound.field.required else _("Aucun choix")
        widget = mark_safe(widget.replace(NO_CHOICE, f">{escape(nothing)}</option>"))  # noqa: S308 - escaped on this line
    alone = not (bound.field.widget.use_fieldset or kind == "checkbox")  # one box: it says so when it may stay empty
    optional = getattr(bound.field, "says_optional", alone and not bound.field.required)
    return {"bound": bound, "widget": widget, "kind": kind, "optional": optional, "faults": _sentences(bound.errors)}


@register.inclusion_tag("ui/_form_errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """What is to be corrected, at the top, each with a way to its field; and what the page showed (`ui.seen`)."""
    faults = [
        {"id": bound.id_for_label or bound.auto_id, "label": bound.label, "sentence": _sentences(bound.errors)}
        for bound in form
        if bound.errors
    ]
    return {"faults": faults, "general": form.non_field_errors(), "seen": getattr(form, "seen", "")}


def _sentences(errors: Iterable[object]) -> str:
    """As text: a template sets its type, then escapes it."""
    return " ".join(str(error) for error in errors)
