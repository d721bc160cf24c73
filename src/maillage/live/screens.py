"""What the templates of a screen are given: all that is decided is decided here, the templates only place it."""

import json
import marshal
import math
import re
import secrets
from collections import Counter
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from facilitation import audience, forms, view_audience, view_own
from maillage.lib.clock import now_ms
from maillage.lib.codes import spaced_code
from maillage.lib.dates import time_words
from maillage.lib.languages import current
from maillage.lib.qr import qr_svg
from maillage.lib.typography import NO_BREAK, grouped, join_words
from maillage.live.answering import asked_of, counts_of, form_ids, inputs_of
from maillage.live.drawings import curve, rivers
from maillage.live.fragments import PIECES, Fragments, Pieces, readers, without_indents
from maillage.live.kept import NO, PUBLIC, READ, YES, Kept
from maillage.live.links import links_for
from maillage.live.rooms import Room

RELOAD = 10  # seconds between two reloads of a page without JavaScript
# the session's buttons: label, pictogram, look; in the order of a hand that learned them
CONTROLS: dict[str, tuple[Any, str, str]] = {
    "open": (_("Commencer"), "play", "wide"),
    "reveal": ("", "eye", "wide"),  # the engine says what is shown
    "reopen": (_("Rouvrir la séance"), "play", "quiet"),
    "pause": (_("Pause"), "pause", "quiet"),
    "resume": (_("Reprendre"), "play", "quiet"),
    "extend": (_("2 min de plus"), "plus", "quiet"),
    "back": (_("Revenir"), "arrow-left", "quiet"),
    "advance": (_("Étape suivante"), "arrow-right", ""),
    "close": (_("Terminer la séance"), "close", "quiet end"),
}
ONLY_STOPS = (_("Stop"), "pause", "")  # who may pause and not lead: the word the room was told
CONFIRM = {"close": _("Terminer la séance pour tout le monde ?")}
EXTEND_SECONDS = "120"
# the move of a form → the name of what is typed, and the hidden fields with where the engine's form says them
INPUTS: dict[str, tuple[str, dict[str, str]]] = {
    "write": ("text", {"kind_of_card": "kind", "stage": "stage"}),
    "fill": ("value", {"field": "field"}),
    "release": ("sentence", {}),
}
CLOCK = re.compile(
    rb'(<span class="clock" data-ends-at="(\d*)" data-remaining="(-?\d*)" data-running="([01])">)([^<]*)(?=</span>)'
)
KEY_PLACE = "-key-of-this-page-"
NAME_PLACE = secrets.token_hex(16)  # nobody types it


def render_shared(room: Room, view: dict[str, Any], pieces: Pieces | None = None) -> bytes:
    """`#shared` for an audience: the same bytes for everybody in it. `pieces`: what its session's screens share."""
    step = view["stage"]["step"] if view["stage"] else ""
    poll, pot, closed = view["poll"], view["pot"], view["status"] == "closed"
    shown = _shown(view)
    led = "advance" in view["controls"] or "back" in view["controls"]
    more = _after_the_end(room) if "close" in view["controls"] else ""
    controls = _controls(view, secret=bool(step) and _is_secret(room, step), more=more)
    say = view["prompts"]
    middle = (any(shown.values()), led, view["group"], view["cut"], view["notices"], say["watch"], say["avoid"])
    context = {
        "shared": view,
        "controls": controls,
        "last_step": any(control["kind"] == "close" and control["in_bar"] for control in controls),
        "clock_words": clock_words(view["clock"]),
        "debrief_words": debrief_words(view["clock"]) if led else "",
        "rivers": rivers(poll["options"], poll["movement"]["flows"]) if poll and poll["movement"] else None,
        "first_to_speak": first_to_speak(poll) if poll else "",
        "curve": curve(pot["curve"], {id_: rule.title for id_, rule in room.method.stages.items()}) if pot else None,
        "shown": shown,
        "any_shown": any(shown.values()),
        "on_its_own": ((view["table"] or {}).get("name") or str(_("Cette table"))) if view["own_clock"] else "",
        "middle": any(middle) or view["headline"] or view["request"],  # most screens have nothing there
        "boards": [board for place, board in enumerate(view["boards"]) if board["cards"] or not (place or closed)],
        "below": shown["form"] or len(view["tables"]) > 1,
        **_played(pot),
        "led": led,
        "arrived": _arrived(view),
        "keeps_sheet": _keeps_sheet(room),
        "empty_tables": _empty_tables(view),
        "reveals": [
            {**reveal, "secret": _is_secret(room, reveal["step"])}
            for reveal in view["reveals"]
            if reveal["step"] != step or _is_secret(room, step)
        ],
        "earlier_json": json.dumps(view["earlier"], ensure_ascii=False) if view["earlier"] else "[]",
        "later_json": json.dumps(view["later"], ensure_ascii=False) if view["later"] else "[]",
        PIECES: pieces,
        **_addresses(room),
    }
    return _render("live/_shared.html", context)


def render_own(room: Room, view: dict[str, Any], alike: dict[bytes, bytes] | None = None) -> bytes:
    """`#own` for one seat. `alike`: what was made at this moment for seats that differ by their name alone."""
    if alike is None:
        return _render_own(room, view)
    key = marshal.dumps({**view, "seat": "", "name": NAME_PLACE if view["name"] else ""}, 2)
    html = alike.get(key)
    if html is None:
        html = alike[key] = _render_own(room, {**view, "name": NAME_PLACE if view["name"] else ""})
    return html.replace(NAME_PLACE.encode(), escape(view["name"]).encode())


def _render_own(room: Room, view: dict[str, Any]) -> bytes:
    leads = room.leads(view["role"])
    links = links_for(room.session_id, sheet=view["sheet"] is not None, facilitator=leads)
    asked = asked_of(view)
    tables = room.state.open_tables
    context = {
        "own": view,
        "place": next((table.name for table in tables if table.id == view["table"]), "") if len(tables) > 1 else "",
        "marks_json": json.dumps(view["marks"]),
        "asked_json": json.dumps(asked, ensure_ascii=False) if asked else "",
        "asked_forms": " ".join(form_ids(room, view)),
        "links": links,
        **_addresses(room),
    }
    return _render("live/_own.html", context)


def screen(
    room: Room,
    seat: str,
    *,
    which: str = "",
    refusal: str = "",
    host: str = "",
    kept: Kept | None = None,
    fragments: Fragments | None = None,
) -> dict[str, Any]:
    """The context of live/screen.html: both fragments as a push would send them, and the forms that stay.

    `host` is the address this server was asked under: what the projector tells phones to open. `kept`: what was typed
    in one of the forms, and goes back there. `fragments`: where the bytes of its audience may be already.
    """
    group = audience(room.state, seat)
    html = (fragments or Fragments(render_shared)).html(room, readers(group, current()))
    room = room.in_words()  # what follows is for this page alone
    own = view_own(room.state, seat)
    now = {form["id"]: form for form in own["forms"]}
    values = _on_the_sheet(own["sheet"]) if own["sheet"] else {}
    query = f"?siege={which}" if which else ""
    addresses = _addresses(room)
    leads = room.leads(own["role"])
    role = own["role"]
    made = [
        _form(now.get(form["id"], form), now=form["id"] in now, value=values.get(form["field"] or form["move"], ""))
        for form in forms(room.method, role)
    ]
    asked = inputs_of(room, own)
    shared = view_audience(room.state, group) if leads else {}
    lead = _lead(room, shared) if leads else None
    held = _put_back(kept, made, asked, lead) if kept else ""
    moves_url = addresses["moves_url"] + query
    for form in made:
        if not (form["value"] or form.get("parents") or form.get("held") or form.get("error")):  # nobody's own words
            form["html"] = _empty_form(form, moves_url)
    for one in asked:
        if one["value"] == "" and not (one["state"] or one.get("held") or one.get("error")):
            one["html"] = _empty_form(one, moves_url, "input")
    typing = now or any(one["now"] and one["activity"] != "poll" for one in asked)
    return {
        "room": room,
        "role": role,
        "screen_class": "prompter" if leads else role if role in ("projector", "control") else "phone",
        "shared_html": mark_safe(tell_time(html).decode()),  # noqa: S308 - a template's own output
        "own_html": mark_safe(render_own(room, own).decode()),  # noqa: S308 - a template's own output
        "forms": made,
        "inputs": asked,
        "all_hands": counts_of(room, shared) if leads else [],
        "arrange": _arrange(shared) if leads else None,
        "answers": bool(asked or leads) or any(rule.activity == "deal" for rule in room.method.stages.values()),
        "leads": leads,
        "lead": lead,
        "held": held,  # the id of the form the words are back in
        "spare": kept.text if kept and not held else "",  # words that have no form any more
        "number": room.number,
        "now": now_ms(),
        "stream_url": f"/live/{room.session_id}/stream{query}",
        "refusal": refusal,
        # without JavaScript, a reload would take what is being typed
        "reload": 0 if kept or (typing and not leads) else RELOAD,
        "screen_url": reverse("live:screen", args=[room.session_id]) + query,
        **(_joining(room, host) if role == "projector" and room.state.status != "closed" else {}),
        **addresses,
        "moves_url": moves_url,
    }


def _on_the_sheet(sheet: dict[str, Any]) -> dict[str, str]:
    """What was saved, by field; under « release » the sentence that was let out."""
    return {field["id"]: field["value"] for field in sheet["fields"]} | {"release": sheet["released"] or ""}


def read_again(room: Room, kept: Kept, *, which: str = "") -> dict[str, Any]:
    """The context of live/read_again.html: the words that would leave the room, before they do."""
    return {
        "room": room,
        "words": kept.text,
        "fields": {"kind": kept.move.kind, PUBLIC[kept.move.kind]: kept.text, "key": kept.move.key},
        "answer": {"name": READ, "yes": YES, "no": NO},
        "moves_url": _addresses(room)["moves_url"] + (f"?siege={which}" if which else ""),
    }


def clock_words(clock: dict[str, Any]) -> str:
    """« 8:12 », for a page without JavaScript; with it the phone counts by itself."""
    if clock["running"] and clock["ends_at"] is not None:
        left = clock["ends_at"] - now_ms()
    else:
        left = clock["remaining"] if clock["remaining"] is not None else clock["total"]
    seconds = math.ceil(abs(left) / 1000)
    return f"{'+' if left < 0 and seconds else ''}{seconds // 60}:{seconds % 60:02}"


def debrief_words(clock: dict[str, Any]) -> str:
    """The time kept for the debrief, and when it should begin: said while there is time to keep it."""
    if clock["debrief_at"] is None:
        return ""
    at = timezone.localtime(datetime.fromtimestamp(clock["debrief_at"] / 1000, UTC))
    minutes = math.ceil(clock["reserved"] / 60_000)
    words = _now("Le retour garde {minutes} min : à commencer à {time} au plus tard.")
    return words.format(minutes=minutes, time=time_words(at))


def tell_time(html: bytes) -> bytes:
    """The time left now, in a fragment that may have been made a while ago."""
    return CLOCK.sub(lambda found: found[1] + _words_of(found), html)


def _words_of(clock: re.Match[bytes]) -> bytes:
    ends_at, remaining, running = clock[2], clock[3], clock[4] == b"1"
    if not (ends_at if running else remaining):
        return clock[5]
    told = {"running": running, "ends_at": int(ends_at or 0), "remaining": int(remaining or 0), "total": 0}
    return clock_words(told).encode()


def _shown(view: dict[str, Any]) -> dict[str, bool]:
    """What is asked now, and of earlier steps only what everybody may see."""
    now = view["stage"]["activity"] if view["stage"] else ""
    shown = {name: view[name] is not None and view[name]["revealed"] for name in ("poll", "form", "deal")}
    shown["pot"] = view["pot"] is not None and bool(view["pot"]["curve"])
    return {name: view[name] is not None and (name == now or known) for name, known in shown.items()}


def _played(pot: dict[str, Any] | None) -> dict[str, Any]:
    """The tables where somebody plays; when there is only one, its round is the room's."""
    if pot is None:
        return {}
    tables = [table for table in pot["tables"] if table["asked"] or table["settled"]]
    settled = bool(tables) and all(table["settled"] for table in tables)
    only = tables[0] if len(tables) == 1 and settled else None
    return {"pot_tables": tables, "pot_settled": settled, "pot_round": pot["round"] or only}


def first_to_speak(poll: dict[str, Any]) -> str:
    """The sides with the fewest voices, before they may change; when all are as many, nobody goes first."""
    sides = [option for option in poll["options"] if option["count"]]
    fewest = [option["label"] for option in sides if option["id"] in poll["smallest"]]
    return join_words(fewest) if len(fewest) < len(sides) and poll["movement"] is None else ""


def _joining(room: Room, host: str) -> dict[str, Any]:
    base = settings.PUBLIC_URL or host
    address = base + reverse("live:join", args=[room.join_code])
    qr = qr_svg(address, title=str(_("Code à scanner pour rejoindre l’atelier")))
    return {
        "join_code": spaced_code(room.join_code),
        "join_host": base.split("//")[-1] + reverse("live:code"),
        "join_qr": mark_safe(qr),  # noqa: S308 - segno's drawing of our own address
    }


def _lead(room: Room, shared: dict[str, Any]) -> dict[str, Any]:
    """What who leads may choose among: people of the table looked at, kinds of cards, roles, tables."""
    people = shared["table"]["people"] if shared["table"] else []
    return {
        "people": [{**one, "told_apart": name} for one, name in zip(people, _told_apart(people), strict=True)],
        "kinds": [
            {"id": kind, "title": known.title, "stages": stages, "now": room.state.stage in stages}
            for kind, known in room.method.kinds.items()
            if (stages := [stage for stage in room.method.stages if kind in room.method.kinds_of(stage)])
        ],
        "roles": [{"id": role.id, "title": role.title} for role in room.method.roles.values()],
        "tables": shared["tables"] if len(shared["tables"]) > 1 else [],
        "keys": [secrets.token_urlsafe(12) for _number in range(5)],
    }


def _told_apart(people: list[dict[str, Any]]) -> list[str]:
    """Two people of one name, in the order they came in: « Ana », « Ana (2) ». screen.js does the same."""
    seen: Counter[str] = Counter()
    names = []
    for person in people:
        seen[person["name"]] += 1
        names.append(person["name"] + (f" ({seen[person['name']]})" if seen[person["name"]] > 1 else ""))
    return names


def _arrange(shared: dict[str, Any]) -> dict[str, Any]:
    """What the page of who leads offers before any push: later, its script follows `#shared`."""
    mergeable = [board for board in shared["boards"] if board["may_merge"]]
    return {
        "step": shared["stage"]["step"] if shared["stage"] else "",
        "earlier": shared["earlier"],
        "later": shared["later"],
        "cards": [card for board in mergeable for card in board["cards"]],
        "tables": shared["tables"] if len(shared["tables"]) > 1 else [],
        "plan": shared["plan"],
    }


def _addresses(room: Room) -> dict[str, Any]:
    return {"moves_url": f"/live/{room.session_id}/moves", "session_id": str(room.session_id)}


def _form(form: dict[str, Any], *, now: bool, value: str) -> dict[str, Any]:
    """A form of the engine, with what its HTML needs: `input` is the name of what is typed, `fields` go hidden."""
    name, fields = INPUTS[form["move"]]
    return {
        **form,
        "input": name,
        "fields": {field: form[given] for field, given in fields.items()},
        "now": now,
        "value": value or "",
        "hint_words_json": json.dumps(form["hint_words"], ensure_ascii=False),
        "key": secrets.token_urlsafe(12),  # a key a form and a page: sending it twice writes once
    }


def _empty_form(form: dict[str, Any], moves_url: str, name: str = "form") -> SafeString:
    """A form that holds nothing: rendered once for all the pages that have it, but for its key."""
    html = _render_empty_form(name, marshal.dumps({**form, "key": KEY_PLACE}, 2), moves_url, current()).replace(
        KEY_PLACE, form["key"]
    )
    return mark_safe(html)  # noqa: S308 - a template's own output, and a key of ours


@lru_cache(maxsize=2_000)
def _render_empty_form(name: str, form: bytes, moves_url: str, _language: str) -> str:
    return _render(f"live/_{name}.html", {name: marshal.loads(form), "moves_url": moves_url}).decode()  # noqa: S302 - ours


def _put_back(kept: Kept, made: list[dict[str, Any]], asked: list[dict[str, Any]], lead: dict[str, Any] | None) -> str:
    """Puts the words back in the form they were typed in, with why; says its id, "" when the page has it no more."""
    typed = kept.move.payload
    back = {"value": kept.text, "error": kept.sentence, "key": kept.move.key}
    if lead is not None and ("for" in typed or kept.move.kind == "add_person"):
        id_ = "for" if "for" in typed else "add"
        lead["held"] = {**back, "form": id_, "seat": typed.get("for"), "kind": typed.get("kind_of_card")}
        lead["held"]["table"] = typed.get("table")
        return id_
    if kept.move.kind == "answer":
        return _put_answer_back(kept, asked)
    same = [
        form
        for form in made
        if form["move"] == kept.move.kind and all(typed.get(name) == value for name, value in form["fields"].items())
    ]
    for form in sorted(same, key=lambda form: not form["now"])[:1]:
        form |= {**back, "held": True, "parent": typed.get("parent"), "declined": "decline" in typed}
        return str(form["id"])
    return ""


def _put_answer_back(kept: Kept, asked: list[dict[str, Any]]) -> str:
    typed = kept.move.payload
    stage = str(typed.get("stage", "")).partition(".")[0]
    for one in asked:
        if one["stage"] == stage and one["question"] == typed.get("question", ""):
            one |= {"error": kept.sentence, "key": kept.move.key, "held": one["type"] == "text" or one["now"]}
            if one["type"] == "text":
                one["value"] = kept.text
            return str(one["id"])
    return ""


def _is_secret(room: Room, step: str) -> bool:
    """Secrets dealt are not shown by the thumb that leads: their button is apart, and asks."""
    return room.method.stages[room.method.step(step).stage].activity == "deal"


def _empty_tables(view: dict[str, Any]) -> list[dict[str, Any]]:
    """Where nobody sits and nothing was written: folded, unless it is the one looked at."""
    here = view["table"]["id"] if view["table"] else None
    return [one for one in view["tables"] if not (one["people"] or one["cards"] or one["id"] == here)]


def _arrived(view: dict[str, Any]) -> str:
    """How many came in, for a wall that waits; whoever has a table sees its people."""
    if view["status"] != "waiting" or view["table"] is not None:
        return ""
    people = sum(table["people"] for table in view["tables"])
    if not people:
        return str(_("Personne n’est encore là"))
    return grouped(people) + NO_BREAK + ngettext("personne est là", "personnes sont là", people)


def _keeps_sheet(room: Room) -> str:
    return room.method.role_name(room.method.sheet.role) if room.method.sheet else ""


def _after_the_end(room: Room) -> str:
    """What ending the session now means for the holder of the sheet."""
    sheet, rule = room.method.sheet, room.state.rule
    if sheet is None or rule is None:
        return ""
    who = room.method.role_name(sheet.role)
    if rule.allows(sheet.role, "fill", sheet.fields[0].id if sheet.fields else ""):
        return str(_("{role} pourra encore remplir sa fiche et choisir ce qui sort de la salle.")).format(role=who)
    return str(_("La fiche n’est pas à remplir à cette étape : {role} ne pourra plus l’écrire.")).format(role=who)


def _controls(view: dict[str, Any], *, secret: bool, more: str) -> list[dict[str, Any]]:
    """The session's buttons this audience may press, in the order of a hand that learned them."""
    step = view["stage"]["step"] if view["stage"] else ""
    now = next((reveal for reveal in view["reveals"] if reveal["step"] == step), None)
    offered = [*view["controls"], *(["reveal"] if now and not secret else [])]
    leads = any(kind in offered for kind in ("advance", "back", "resume"))
    last = (
        bool(step) and "advance" not in offered and not view["own_clock"]
    )  # the room's last step: what is left is to end
    return [
        {
            "kind": kind,
            "label": now["label"] if now and kind == "reveal" else str(label),
            "icon": icon,
            "style": "end" if last and kind == "close" else style,
            "in_bar": last or kind != "close",
            "confirm": str(CONFIRM.get(kind, "")),
            "more": more if kind == "close" else "",
            "fields": _control_fields(kind, step),
        }
        for kind, (label, icon, style) in (CONTROLS if leads else {**CONTROLS, "pause": ONLY_STOPS}).items()
        if kind in offered
    ]


def _control_fields(kind: str, step: str) -> dict[str, str]:
    if kind == "extend":
        return {"seconds": EXTEND_SECONDS}
    if kind == "reveal":
        return {"step": step}
    if kind in ("advance", "back"):
        return {"from": step}  # two hands that press together go one stage further, not two
    return {}


def _render(name: str, context: dict[str, Any]) -> bytes:
    return without_indents(get_template(name).render(context)).strip().encode()
