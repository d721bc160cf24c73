"""The cards an audience may read or count, laid out on boards: one a kind."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from facilitation.activities.cards import is_seen
from facilitation.definition import Kind, Method, Stage
from facilitation.register import Register
from facilitation.state import Card, Seat, State, card_order
from facilitation.vocabulary import SCREENS, SHOWN_ALONE
from facilitation.words import speak, speak_of

if TYPE_CHECKING:
    from facilitation.view import Audience

VOTE = "vote"  # a mark of this name is counted in « voix »
TOP = 5  # cards named as the most marked
MOST_NAMED = 60  # people at a table, beyond which their names say nothing and would weigh on every phone
MOST_WORDS = 40  # of a cloud: more cannot be read from the back of a room
SIZES = 5  # of the words of a cloud, from 1
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)[’']", re.IGNORECASE)
SMALL_WORDS = frozenset({
    "a", "ai", "ainsi", "alors", "après", "as", "au", "aucun", "aujourd’hui", "aussi", "autre", "autres", "aux",
    "avant", "avec", "avoir", "c", "car", "ce", "ceci", "cela", "celle", "celles", "celui", "ces", "cet", "cette",
    "ceux", "chaque", "chez", "ci", "comme", "comment", "d", "dans", "de", "depuis", "des", "donc", "dont", "du",
    "elle", "elles", "en", "encore", "entre", "es", "est", "et", "eu", "eux", "faire", "fait", "faut", "fois",
    "font", "il", "ils", "j", "je", "l", "la", "le", "les", "leur", "leurs", "lui", "là", "m", "ma", "mais", "me",
    "mes", "moi", "moins", "mon", "même", "n", "ne", "ni", "nos", "notre", "nous", "on", "ont", "ou", "où", "par",
    "parce", "pas", "peu", "peut", "peut-être", "plus", "pour", "pourquoi", "qu", "quand", "que", "quel", "quelle",
    "quelles", "quels", "qui", "quoi", "s", "sa", "sans", "se", "sera", "ses", "si", "soi", "son", "sont", "sous",
    "sur", "t", "ta", "te", "tes", "toi", "ton", "tous", "tout", "toute", "toutes", "trop", "très", "tu", "un",
    "une", "va", "vers", "voici", "voilà", "vos", "votre", "vous", "y", "à", "étaient", "était", "être",
})  # fmt: skip


def visible(state: State, rule: Stage, group: "Audience", sees: str) -> Iterable[Card]:
    """The cards on the table at this stage that this audience may read, or count."""
    stages = (rule.id, *rule.sources)
    everywhere = sees == "all" or (group.role in SCREENS and group.table is None)
    cards = state.cards.values() if everywhere else state.cards_at(group.table)
    found = (card for card in cards if card.stage in stages and not card.removed and not card.hidden)
    if sees != "group":
        return found
    groups = state.groups.get(state.step or "", Register[str, int]())
    return (card for card in found if group.group is not None and groups.get(card.author) == group.group)


def boards(state: State, rule: Stage, group: "Audience", cards: list[Card]) -> list[dict[str, Any]]:
    """One board a kind: those of this stage, then those of the stages it takes `from`."""
    method = state.method
    kinds = [kind for stage in (rule.id, *rule.sources) for kind in method.kinds_of(stage)]
    kinds += [card.kind for card in cards]
    by_kind: dict[str, list[Card]] = {}
    under: dict[str, list[Card]] = {}  # replies, and cards merged into another
    for card in cards:
        if is_seen(card):
            by_kind.setdefault(card.kind, []).append(card)
        for other in (card.parent, card.into):
            if other is not None:
                under.setdefault(other, []).append(card)
    found = []
    for kind_id in dict.fromkeys(kinds):
        kind = method.kinds.get(kind_id)
        if kind is None or kind.parents or (kind.shown_as in SHOWN_ALONE and not _is_marked_here(method, rule, kind)):
            continue
        there = sorted(by_kind.get(kind_id, []), key=lambda card: not card.pinned)
        found.append(
            {
                "id": kind_id,
                "title": kind.title,
                "empty": kind.empty,
                "cards": [_card(state, rule, group, card, under) for card in there],
                "words": _cloud(kind, [card.text for card in cards if card.kind == kind_id]),
                "top": _top(state, there),
                "may_merge": state.on and "merge" in state.rights(group.role),
            }
        )
    return found


def _is_marked_here(method: Method, rule: Stage, kind: Kind) -> bool:
    """A headline is above the boards; at a stage that marks headlines, all are laid out to be marked."""
    return any(
        kind.id in mark.on and rule.allows(role, "mark", mark.id)
        for mark in method.marks.values()
        for role in method.roles
    )


def _card(state: State, rule: Stage, group: "Audience", card: Card, under: dict[str, list[Card]]) -> dict[str, Any]:
    hidden = state.method.stages[card.stage].hidden_authors
    typist = state.seats.get(card.typed_by or "") if _is_named(state, group, card) else None
    return {
        "id": card.id,
        "kind": card.kind,
        "step": card.step,
        "text": card.text,
        "author": _author(state, group, card),
        "typed_by": typist.name if typist and not hidden else None,
        "chosen": state.chosen.get(card.table) == card.id,
        "pinned": card.pinned,
        "marks": public_marks(state, card),
        "marked": marked(state, card),
        "replies": [
            _card(state, rule, group, other, under)
            for other in under.get(card.id, ())
            if other.parent == card.id and is_seen(other)
        ],
        "alike": [
            {"id": other.id, "text": other.text, "author": _author(state, group, other)}
            for other in under.get(card.id, ())
            if other.into == card.id
        ],
        "actions": _mark_actions(state, rule, group, card),
        "controls": _card_controls(state, rule, group, card),
    }


def _author(state: State, group: "Audience", card: Card) -> str | None:
    author = state.seats.get(card.author)
    shown = not state.method.stages[card.stage].hidden_authors and _is_named(state, group, card)
    return author.name if author and shown else None


def _is_named(state: State, group: "Audience", card: Card) -> bool:
    """« Seul votre groupe le verra », says the door: the people of the card's table, and who leads the room."""
    role = state.method.roles.get(group.role)
    if role is None:  # a screen on a wall
        return False
    if not role.table:
        return "advance" in state.rights(group.role) or card.table == group.table
    return state.method.people_shown and card.table == group.table


def public_marks(state: State, card: Card) -> dict[str, int]:
    return {
        id_: count
        for id_, count in sorted(card.marks.items())
        if not state.method.marks[id_].private or (card.table, id_) in state.revealed
    }


def marked(state: State, card: Card) -> list[str]:
    """What the marks say under the card, whatever the method calls them."""
    found = []
    for id_, count in public_marks(state, card).items():
        mark = state.method.marks[id_]
        if id_ == VOTE:
            found.append(speak_of(count, "{number} voix", "{number} voix"))
        elif mark.private:  # one person's choice, shown to the others
            found.append(mark.label_on if count == 1 else speak("{label} : {count}", label=mark.label_on, count=count))
        else:
            found.append(speak("{label} : {count}", label=mark.label, count=count))
    return found


def _top(state: State, cards: list[Card]) -> list[str]:
    """The most marked first, by marks everybody sees; a card without any is not among them."""
    counted = [(sum(public_marks(state, card).values()), card) for card in cards]
    best = sorted((pair for pair in counted if pair[0]), key=lambda pair: (-pair[0], card_order(pair[1].id)))
    return [card.id for _count, card in best[:TOP]]


def _cloud(kind: Kind, texts: list[str]) -> list[dict[str, Any]] | None:
    """The words said most: in how many cards, and how big. A card that says a word twice says it once."""
    if not kind.cloud:
        return None
    said: Counter[str] = Counter()
    for text in texts:
        words = (_ELISION.sub("", word.replace("'", "’").lower()) for word in _WORD.findall(text))
        said.update({word for word in words if len(word) > 1 and word not in SMALL_WORDS})
    most = max(said.values(), default=1)
    best = sorted(said.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_WORDS]
    return [{"word": word, "count": count, "size": -(-SIZES * count // most)} for word, count in best]


def _mark_actions(state: State, rule: Stage, group: "Audience", card: Card) -> list[dict[str, str]]:
    if not state.on or card.stage not in (rule.id, *rule.sources):
        return []
    return [
        {"mark": mark.id, "label": mark.label, "label_on": mark.label_on}
        for mark in state.method.marks.values()
        if card.kind in mark.on and rule.allows(group.role, "mark", mark.id)
    ]


def _card_controls(state: State, rule: Stage, group: "Audience", card: Card) -> list[dict[str, Any]]:
    """The moves on this card that lead the session: to retain it, to pin it, to hide it."""
    if not state.on:
        return []
    found: list[dict[str, Any]] = []
    rights = state.rights(group.role)
    assign = rule.assign
    if assign and card.kind == (assign.kind or card.kind) and rule.allows(group.role, "choose"):
        found.append({"kind": "choose", "label": speak("Retenir"), "fields": {}})
    if "pin" in rights:
        fields = {"on": "false"} if card.pinned else {}
        found.append(
            {"kind": "pin", "label": speak("Ne plus épingler") if card.pinned else speak("Épingler"), "fields": fields}
        )
    if "hide" in rights:
        found.append({"kind": "hide", "label": speak("Retirer de l’écran"), "fields": {}})
    return found


def counts(cards: list[Card]) -> dict[str, int]:
    return dict(sorted(Counter(card.kind for card in cards).items()))


def hidden(state: State, group: "Audience") -> list[dict[str, str]]:
    """The cards hidden at the table looked at, for whoever may give them back."""
    if "hide" not in state.rights(group.role):
        return []
    return [{"id": card.id, "text": card.text} for card in state.cards_at(group.table) if card.hidden]


def shown_as(state: State, cards: list[Card], use: str) -> str | None:
    if not cards:
        return None
    kinds = {kind.id for kind in state.method.kinds.values() if kind.shown_as == use}
    found = [card for card in cards if card.kind in kinds and is_seen(card)]
    return max(found, key=lambda card: card.number).text if found else None


def people_there(state: State, table: int | None) -> int:
    return sum(state.present(role, table) for role in state.method.roles)


def is_crowd(state: State, table: int | None) -> bool:
    return people_there(state, table) > MOST_NAMED


def picture(state: State, group: "Audience", cards: list[Card], people: list[Seat], *, reads: bool) -> dict[str, Any]:
    """Le système des acteurs: the porteur, what they bring, those around, the solutions that come out."""
    sheet = state.method.sheet
    counted = [line.kind for line in sheet.lines if line.mark] if sheet else []
    screens = group.role in SCREENS
    there = (card for card in state.cards.values() if not card.removed) if screens else iter(cards)
    solutions = sum(card.kind in counted and not card.hidden for card in there)
    if sheet is None or screens or not (cards or reads):
        return {"porteur": None, "action": None, "contributors": [], "solutions": solutions if screens else 0}
    named = people if state.method.people_shown and len(people) <= MOST_NAMED else []
    holder = state.holder(sheet.role, group.table) if state.method.people_shown else None
    chosen = state.cards.get(state.chosen.get(group.table, "")) if reads and group.table is not None else None
    chosen = chosen if chosen and is_seen(chosen) else None  # whoever leads took it off the screens
    return {
        "porteur": holder.name if holder else None,
        "action": shown_as(state, cards, "headline") or (chosen.text if chosen else None),
        "contributors": [seat.name for seat in named if seat.role != sheet.role],
        "solutions": solutions,
    }


def own_cards(state: State, rule: Stage | None, seat: Seat) -> list[dict[str, Any]]:
    found = []
    for card in state.cards_of(seat.id):
        open_ = rule is not None and card.step == state.step and card.table == seat.table
        rights = rule.rights(seat.role) if rule and open_ else frozenset()
        may = [verb for verb in ("edit", "remove") if verb in rights]
        found.append(
            {
                "id": card.id,
                "stage": card.stage,
                "step": card.step,
                "kind": card.kind,
                "text": card.text,
                "hidden": card.hidden,
                "may": may,
            }
        )
    return found
