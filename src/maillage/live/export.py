"""What a seat may see, as a table and as data. Both are made from the seat's view: what is not in it cannot leave."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from facilitation import view
from maillage.lib.spreadsheets import write_csv
from maillage.live.rooms import Room

QUOTED = 60  # characters of a card that another one answers


class Line(NamedTuple):
    """A card, an answer or a count."""

    part: str
    text: str
    who: str = ""
    number: int | None = None
    share: int | None = None  # %
    more: str = ""


def export_csv(room: Room, seat: str) -> bytes:
    """One line a card, an answer, a count: `;`, UTF-8 with its mark, no cell a spreadsheet would run."""
    seen = view(room.state, seat)
    table = seen["shared"]["table"]["name"] if seen["shared"]["table"] else ""  # this seat's, or the one it looks at
    headers = [_("Table"), _("Partie"), _("Texte"), _("Qui"), _("Nombre"), _("Part (%)"), _("En plus")]
    return write_csv(
        headers,
        (
            [table, *("" if cell is None else str(cell) for cell in line)]
            for line in lines_of(room, seen["shared"], seen["own"])
        ),
    )


def export_json(room: Room, seat: str) -> bytes:
    """The view itself: its shape is in docs/architecture.md."""
    data = {"room": room.title, "at": timezone.localtime().isoformat(timespec="seconds"), **view(room.state, seat)}
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def export_name(room: Room, seat: str) -> str:
    """Of the file, without its ending."""
    table = view(room.state, seat)["shared"]["table"]
    return "-".join(filter(None, ["seance", slugify(room.title), slugify(table["name"]) if table else ""]))


def lines_of(room: Room, shared: dict[str, Any], own: dict[str, Any]) -> Iterator[Line]:
    """In the order of the screen."""
    for part in (_session, _cards, _poll, _form, _deal, _pot, _counts):
        yield from part(room, shared)
    yield from _own(room, shared, own)


def _session(room: Room, shared: dict[str, Any]) -> Iterator[Line]:
    yield Line(_("Séance"), room.title, more=shared["title"])
    if shared["stage"]:
        yield Line(_("Étape"), shared["stage"]["title"], more=shared["round"]["words"] if shared["round"] else "")
    if shared["subject"]:
        yield Line(shared["subject"]["title"], shared["subject"]["text"])
    for part, name in ((_("Le sujet"), "headline"), (_("La demande"), "request")):
        if shared[name]:
            yield Line(part, shared[name])
    for person in shared["table"]["people"] if shared["table"] else ():
        yield Line(_("À la table"), person["name"], more=person["role_name"])


def _cards(room: Room, shared: dict[str, Any]) -> Iterator[Line]:
    for board in shared["boards"]:
        for card in board["cards"]:
            yield from _card(room, board["title"], card, "")
    for card in shared["hidden"]:
        yield Line(_("Retiré de l’écran"), card["text"])


def _card(room: Room, part: str, card: dict[str, Any], answers: str) -> Iterator[Line]:
    more = [
        answers,
        _("écrit par {name}").format(name=card["typed_by"]) if card["typed_by"] else "",
        _("retenu") if card["chosen"] else "",
        *(f"{room.method.marks[mark].label} : {number}" for mark, number in card["marks"].items() if number),
    ]
    yield Line(part, card["text"], card["author"] or "", more=", ".join(filter(None, more)))
    quoted = card["text"] if len(card["text"]) <= QUOTED else card["text"][: QUOTED - 1] + "…"
    for other in card["alike"]:
        yield Line(part, other["text"], other["author"] or "", more=_("rapproché de « {text} »").format(text=quoted))
    for reply in card["replies"]:
        title = room.method.kinds[reply["kind"]].title
        yield from _card(room, title, reply, _("répond à « {text} »").format(text=quoted))


def _poll(room: Room, shared: dict[str, Any]) -> Iterator[Line]:
    poll = shared["poll"]
    if poll is None:
        return
    yield Line(poll["question"], poll["words"], number=poll["answered"])
    for option in poll["options"] if poll["revealed"] else ():
        yield Line(poll["question"], option["label"], number=option["count"], share=option["share"])
    for flow in poll["movement"]["flows"] if poll["movement"] else ():
        words = f"{flow['from_label']} → {flow['to_label']}"
        yield Line(poll["question"], words, number=flow["count"], more=_("d’un vote à l’autre"))


def _form(room: Room, shared: dict[str, Any]) -> Iterator[Line]:
    form = shared["form"]
    if form is None:
        return
    yield Line(form["title"], form["words"], number=form["answered"])
    for question in form["questions"]:
        for option in question["options"]:
            if option["count"] is not None:
                yield Line(question["label"], option["label"], number=option["count"], share=option["share"])
        for text in question["texts"]:
            yield Line(question["label"], text)


def _deal(room: Room, shared: dict[str, Any]) -> Iterator[Line]:
    deal = shared["deal"]
    if deal is None:
        return
    yield Line(deal["title"], deal["words"], number=deal["dealt"])
    for card in deal["cards"]:
        yield Line(card["title"], card["text"], number=card["people"])


def _pot(room: Room, shared: dict[str, Any]) -> Iterator[Line]:
    """Totals of a table, as the screen has them; never a gift."""
    pot = shared["pot"]
    if pot is None:
        return
    title = room.method.stages[room.method.step(pot["step"]).stage].title
    yield Line(title, pot["words"], number=pot["given"])
    for step in pot["curve"]:
        for table in step["tables"]:
            yield Line(
                step["title"], table["name"], number=table["total"], share=table["share"], more=_("jetons donnés")
            )


def _counts(room: Room, shared: dict[str, Any]) -> Iterator[Line]:
    """For a seat that counts and does not read; then the tables, for who leads and for screens."""
    for kind, number in shared["counts"].items() if not shared["boards"] else ():
        yield Line(_("Nombre de cartes"), room.method.kinds[kind].title, number=number)
    for table in shared["tables"]:
        yield Line(_("Personnes à la table"), table["name"], number=table["people"])


def _own(room: Room, shared: dict[str, Any], own: dict[str, Any]) -> Iterator[Line]:
    """What is this seat's alone: its cards that no board shows, its sheet."""
    mine = own["name"] or own["role_name"]
    shown = {id_ for board in shared["boards"] for card in board["cards"] for id_ in _ids(card)}
    for card in own["cards"]:
        if card["id"] not in shown:
            yield Line(room.method.kinds[card["kind"]].title, card["text"], mine, more=_("votre carte"))
    sheet = own["sheet"]
    if sheet is None:
        return
    for line in sheet["lines"]:
        for item in line["items"]:
            yield Line(sheet["title"], item["text"], mine, more=line["label"])
    for field in sheet["fields"]:
        if field["value"]:
            yield Line(sheet["title"], field["value"], mine, more=field["label"])


def _ids(card: dict[str, Any]) -> Iterator[str]:
    yield card["id"]
    yield from (other["id"] for other in card["alike"])
    for reply in card["replies"]:
        yield from _ids(reply)
