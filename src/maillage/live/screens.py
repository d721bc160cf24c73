"""What the templates of a screen are given: all that is decided is decided here, the templates only place it."""

import re
import secrets
from typing import Any

from django.template.loader import get_template
from django.utils.translation import gettext_lazy as _

from facilitation import audience, forms, view_audience, view_own
from maillage.lib.codes import spaced_code
from maillage.live.rooms import Room

RELOAD = 10  # seconds between two reloads of a page without JavaScript
CONTROLS = {
    "open": _("Commencer"),
    "advance": _("Étape suivante"),
    "back": _("Étape précédente"),
    "extend": _("+ 2 minutes"),
    "pause": _("Pause"),
    "resume": _("Reprendre"),
    "close": _("Terminer la séance"),
    "reopen": _("Rouvrir la séance"),
}
EXTEND_SECONDS = "120"
# the move of a form → the name of what is typed, and the hidden fields with where the engine's form says them
INPUTS: dict[str, tuple[str, dict[str, str]]] = {
    "write": ("text", {"kind_of_card": "kind", "stage": "stage"}),
    "fill": ("value", {"field": "field"}),
    "release": ("sentence", {}),
}
BETWEEN_TAGS = re.compile(r">\s*\n\s*<")  # a template's indentation: a fifth of what a push would weigh


def render_shared(room: Room, view: dict[str, Any]) -> bytes:
    """`#shared` for an audience: the same bytes for everybody in it."""
    return _render("live/_shared.html", {"shared": view, "controls": _controls(view), **_addresses(room)})


def render_own(room: Room, view: dict[str, Any]) -> bytes:
    """`#own` for one seat."""
    return _render("live/_own.html", {"own": view, **_addresses(room)})


def screen(room: Room, seat: str, *, which: str = "", refusal: str = "") -> dict[str, Any]:
    """The context of live/screen.html: both fragments as a push would send them, and the forms that stay."""
    group = audience(room.state, seat)
    shared = view_audience(room.state, group)
    own = view_own(room.state, seat)
    now = {form["id"]: form for form in own["forms"]}
    query = f"?siege={which}" if which else ""
    addresses = _addresses(room)
    return {
        "room": room,
        "role": own["role"],
        "shared": shared,
        "own": own,
        "controls": _controls(shared),
        "forms": [_form(now.get(form["id"], form), now=form["id"] in now) for form in forms(room.method, own["role"])],
        "number": room.number,
        "stream_url": f"/live/{room.session_id}/stream{query}",
        "join_code": spaced_code(room.join_code),
        "refusal": refusal,
        "reload": RELOAD,
        **addresses,
        "moves_url": addresses["moves_url"] + query,
    }


def _addresses(room: Room) -> dict[str, Any]:
    return {"moves_url": f"/live/{room.session_id}/moves", "session_id": str(room.session_id)}


def _form(form: dict[str, Any], *, now: bool) -> dict[str, Any]:
    """A form of the engine, with what its HTML needs: `input` is the name of what is typed, `fields` go hidden."""
    name, fields = INPUTS[form["move"]]
    hidden = {field: form[given] for field, given in fields.items()}
    # a key a form and a page: sending it twice writes once
    return {**form, "input": name, "fields": hidden, "now": now, "key": secrets.token_urlsafe(12)}


def _controls(view: dict[str, Any]) -> list[dict[str, Any]]:
    """The session's buttons this audience may press, in the order of a hand that learned them."""
    stage = view["stage"]["id"] if view["stage"] else ""
    return [
        {"kind": kind, "label": label, "fields": _control_fields(kind, stage)}
        for kind, label in CONTROLS.items()
        if kind in view["controls"]
    ]


def _control_fields(kind: str, stage: str) -> dict[str, str]:
    if kind == "extend":
        return {"seconds": EXTEND_SECONDS}
    if kind in ("advance", "back"):
        return {"from": stage}  # two hands that press together go one stage further, not two
    return {}


def _render(name: str, context: dict[str, Any]) -> bytes:
    return BETWEEN_TAGS.sub("><", get_template(name).render(context)).strip().encode()
