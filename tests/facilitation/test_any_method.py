"""Random methods, random moves, sensible and absurd: what must hold, holds, and nothing is seen before its time.

Secrecy is asked of the view itself: change what others answered, were dealt or gave in secret, and nobody else's screen
may change by a byte. Cards carry canaries, and who may read them is written here by hand.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from facilitation import (
    REFUSALS,
    Method,
    MethodError,
    Move,
    Refusal,
    State,
    TableSpec,
    apply,
    audience,
    load_method,
    replay,
    shipped_methods,
    start,
    touched,
    view,
    view_own,
)
from facilitation.register import Register
from facilitation.state import Answer, Card, Seat
from facilitation.vocabulary import LEADING

METHODS = shipped_methods()
SEATS = ["lise", "zed", "ana", "omar", "ines", "paul", "rosa", "ivan", "wall", "desk"]
PEOPLE = SEATS[2:8]
MANY = 10_000  # moves of the long run

HEAD = """
id = "hasard"
version = 1
title = "Hasard"
first = "e0"
people = {people}
tables = {{ clock = "{clock}" }}
[roles]
participant = "Joue"
facilitator = "Mène"
[roles.helper]
title = "Aide"
rule = "Aide"
max = 1
take = "J’aide"
[kinds.idea]
title = "Idées"
cloud = true
[kinds.one]
title = "Une"
single = true
[kinds.reply]
title = "Réponses"
parent = ["idea"]
[marks.vote]
label = "Je vote"
on = ["idea", "one"]
max = 2
[marks.secret]
label = "Pour moi"
on = ["idea"]
private = true
reveal = "Montrer"
[decks.jeu]
title = "Le jeu"
{draw}
cards = [{{ id = "a", text = "SECRET-A" }}, {{ id = "b", text = "SECRET-B" }}, {{ id = "c", text = "SECRET-C" }}]
[may]
facilitator = ["lead"]
participant = ["take_role:helper"]
helper = ["take_role:participant", "for", "late"]
"""
STAGE = {
    "cards": 'may = {{ participant = ["write", "edit", "remove", "mark:vote", "mark:secret", "reveal:secret"], '
    'helper = ["write", "edit", "mark:vote"] }}',
    "poll": 'question = "Alors ?"\noptions = {{ oui = "Oui", non = "Non", bof = "Bof" }}\nreveal = "{reveal}"\n'
    'may = {{ participant = ["answer"], helper = ["answer"{reveals}] }}',
    "form": 'reveal = "{reveal}"\nmay = {{ participant = ["answer"], helper = ["answer"{reveals}] }}',
    "pot": 'tokens = 10\nmultiplier = {multiplier}\nreveal = "{reveal}"\nmay = {{ participant = ["give"] }}',
    "deal": 'deck = "jeu"\ndeal = "{deal}"\nreveal = "{dealt}"',
}
QUESTIONS = """
[[stages.{id}.questions]]
id = "texte"
type = "text"
label = "Un texte"
[[stages.{id}.questions]]
id = "note"
type = "scale"
label = "Combien"
[[stages.{id}.questions]]
id = "choix"
type = "choices"
label = "Lesquels"
options = ["a", "b", "c"]
for = ["participant"]
"""


def make_stages(random: Random, count: int) -> str:
    """The stages of a method, one after the other, with rounds, groups and sources."""
    text = ""
    for number in range(count):
        activity = random.choice(["cards", "cards", "poll", "form", "pot", "deal"])
        group = random.choice([None, None, 2]) if activity == "cards" else None
        sees = random.choice(["group"] if group else ["own", "count", "table", "all"])
        if activity == "deal":
            sees = "own"
        lines = [
            f"[stages.e{number}]",
            f'title = "Étape {number}"',
            "minutes = 2",
            f'activity = "{activity}"',
            f'next = "{f"e{number + 1}" if number + 1 < count else "end"}"',
            f"optional = {'true' if number and random.randint(0, 3) == 0 else 'false'}",
            STAGE[activity].format(
                reveal=random.choice(["button", "everyone", "end", "now"]),
                reveals=random.choice(["", ', "reveal"']),
                multiplier=random.choice(["2", "1.5", "2.25"]),
                deal=random.choice(["one", "same", "spread"]),
                dealt=random.choice(["button", "end"]),
            ),
            f'sees = {{ participant = "{sees}", helper = "{random.choice(["table", "count", "all"])}", '
            f'facilitator = "{random.choice(["table", "all", "count"])}", '
            f'projector = "{random.choice(["count", "all"])}" }}',
        ]
        if group:
            lines.append(f"group = {group}")
        if number and random.random() < 0.5:
            lines.append(f"from = {json.dumps([f'e{random.randint(0, number - 1)}'])}")
        rounds = random.randint(0, 5)
        if rounds == 0:
            lines.append("repeat = 2")
        elif rounds == 1:
            back_to = random.randint(max(0, number - 2), number)
            lines.append(f'for_each = {{ deck = "jeu", back_to = "e{back_to}" }}')
        elif rounds == 2:
            lines.append(f'repeat = {{ times = 2, back_to = "e{random.randint(max(0, number - 1), number)}" }}')
        text += "\n".join(lines) + "\n" + (QUESTIONS.format(id=f"e{number}") if activity == "form" else "")
    return text


def make_method(random: Random) -> Method:
    if random.randint(0, 2) == 0:
        return METHODS[random.choice(sorted(METHODS))]
    head = HEAD.format(
        people=random.choice(["true", "true", "false"]),
        clock=random.choice(["shared", "shared", "shared", "own"]),
        draw=random.choice(["", "draw = 2"]),
    )
    text = head + make_stages(random, random.randint(1, 5))
    try:
        return load_method(text, name="hasard.toml")
    except MethodError:  # rounds that cross: the rest of the method is played without them
        kept = [line for line in text.splitlines() if not line.startswith(("repeat", "for_each"))]
        return load_method("\n".join(kept), name="hasard.toml")


# --------------------------------------------------------------------------------------------- who may see what


def place(seat: Seat) -> int | None:
    return seat.table if seat.table is not None else seat.looking_at


def may_read(state: State, viewer: str, card: Card) -> bool:
    """Who may read a card, from docs/methods.md and not from view.py."""
    seat = state.seats.get(viewer)
    if viewer in (card.author, card.typed_by):
        return True
    if seat is None:
        return False
    local = state.through(place(seat))
    if card.hidden:
        return "hide" in local.rights(seat.role) and card.table == place(seat)
    stage = local.rule
    sheet = state.method.sheet
    if (
        sheet
        and seat.role == sheet.role
        and (card.table == seat.table or any(card.id in c for c in seat.marks.values()))
    ):
        return True
    if stage is None:
        return False
    sees = stage.sees.get(seat.role, "nothing")
    reads = sees in ("table", "all", "group")
    if (
        reads
        and card.table == place(seat)
        and (state.method.kinds[card.kind].shown_as or state.chosen.get(card.table) == card.id)
    ):
        return True  # the headline, the request and what is chosen stay at the top of the screen
    if card.stage not in (stage.id, *stage.sources):
        return False
    if sees == "group":
        groups = state.groups.get(local.step or "", Register[str, int]())
        return card.table == place(seat) and viewer in groups and groups.get(card.author) == groups[viewer]
    return sees == "all" or (sees == "table" and card.table == place(seat))


def altered(state: State, viewer: str) -> Iterator[tuple[str, State]]:
    """The same session, had the others answered, given or been dealt otherwise where it is still secret."""
    for step, ballot in state.ballots.items():
        stage = state.method.stages[state.method.step(step).stage]
        shown = any(known == step for known, _table in state.shown)
        if stage.activity == "pot":
            yield f"gifts of {step}", replace(state, ballots={**state.ballots, step: _other_gifts(state, step, viewer)})
        elif stage.reveal != "now" and not shown:
            for seat, answer in ballot.answers.items():
                if seat != viewer:
                    ballot = ballot.put(seat, replace(answer, values=_other_values(answer)))
            yield f"answers of {step}", replace(state, ballots={**state.ballots, step: ballot})
    for step, dealt in state.dealt.items():
        stage = state.method.stages[state.method.step(step).stage]
        if any(known == step for known, _table in state.shown):
            continue
        deck = [card.id for card in state.method.decks[stage.deck or ""].cards]
        for seat, card in dealt.items():
            if seat != viewer:
                dealt = dealt.put(seat, deck[deck.index(card) - 1])
        yield f"secrets of {step}", replace(state, dealt={**state.dealt, step: dealt})


def _other_values(answer: Answer) -> dict[str, Any]:
    others = {"oui": "non", "non": "bof", "bof": "oui", "coop": "depend", "depend": "pas_coop", "pas_coop": "coop"}
    return {
        question: None if value is None else others.get(value, "3" if value in ("1", "2", "4", "5") else "1")
        for question, value in answer.values.items()
    }


def _other_gifts(state: State, step: str, viewer: str) -> Any:
    """Shared rounds keep their totals: the others exchange their gifts."""
    ballot = state.ballots[step]
    for table in {answer.table for answer in ballot.answers.values()}:
        givers = [
            seat
            for seat, answer in ballot.answers.items()
            if answer.table == table and seat != viewer and answer.values
        ]
        gifts = [ballot.answers[seat].values[""] for seat in givers]
        shared = table in state.shares.get(step, {})
        new = [*gifts[1:], *gifts[:1]] if shared else [10 - gift for gift in gifts]
        for seat, gift in zip(givers, new, strict=True):
            ballot = ballot.put(seat, replace(ballot.answers[seat], values={"": gift}))
    return ballot


def sent(state: State, seat: str) -> str:
    return json.dumps(view(state, seat), ensure_ascii=False)


# --------------------------------------------------------------------------------------------- the machine

# What is drawn by hypothesis is a seed: its own choices repeat themselves too much to walk far in a session.
chance = st.integers(0, 2**32)
junk = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.sampled_from(["ana", "c9", "1", "e0"])
)
LEAD = [
    *["advance"] * 4, "back", "back", "skip", "extend", "pause", "resume", "reveal", "reveal", "count", "pick",
    "pin", "hide", *["merge"] * 3, "split", "remove", "own_clock", "merge_tables", "seat_at", "give_role", "look_at",
    "add_person", "leave", "set_minutes", "choose", "transcribe", "transcribe",
]  # fmt: skip
DO = [*["write"] * 6, "mark", "mark", "edit", "edit", "remove", "take_role", "leave", "join", "reveal", "reveal_mark",
      "fill", "release"]  # fmt: skip
FIELDS = [
    "seat", "role", "table", "into", "from", "to", "step", "stage", "card", "kind", "text", "question", "value", "pass",
    "tokens", "on", "mark", "for", "by", "seconds", "count_oui", "cards",
]  # fmt: skip


def pick(items: Any, index: int) -> Any:
    known = list(items)
    return known[index % len(known)] if known else None


class AnySession(RuleBasedStateMachine):
    played = 0  # moves accepted, of all sessions
    spared = 0  # own views that were said to be what they were
    kinds: set[str] = set()
    activities: set[str] = set()

    @initialize(seed=chance)
    def begin(self, seed: int) -> None:
        random = Random(seed)
        method, tables = make_method(random), random.randint(1, 2)
        self.first = self.state = start(method, tables=tuple(TableSpec(id_) for id_ in range(1, tables + 1)))
        self.earlier = self.first
        self.log: list[Move] = []
        self.count = 0
        for seat, role in (("lise", "facilitator"), ("zed", "facilitator"), ("wall", "projector"), ("desk", "control")):
            self.move(seat, "join", {"name": seat, "role": role})
        for number, seat in enumerate(PEOPLE):
            self.move(seat, "join", {"name": seat, "table": 1 + number % tables if number < 4 else None})
        self.move("lise", "open", {})
        if later := self.state.path[1:]:  # else most sessions would stay where they begin
            self.move("lise", "skip", {"to": random.choice(later)})
        for seat in PEOPLE:
            self.act(seat, "write", random)

    def move(self, seat: str, kind: str, payload: Any) -> bool:
        self.count += 1
        before = self.state
        made = Move(before.number + 1, seat, kind, payload, 1_000_000 + 1_000 * self.count)
        after = apply(before, made)
        if isinstance(after, Refusal):
            assert after.sentence.startswith(REFUSALS[after.reason])
            return False
        self.log.append(made)
        self.state = after
        type(self).played += 1
        type(self).kinds.add(kind)
        if after.rule:
            type(self).activities.add(after.rule.activity)
        assert after.number == before.number + 1
        assert set(before.cards) <= set(after.cards)  # nothing written is lost
        assert before.shown <= after.shown  # what was revealed stays revealed
        for step, shares in before.shares.items():
            paper = kind == "transcribe"  # a total misread is corrected
            assert paper or all(after.shares[step][table] == share for table, share in shares.items())
        for step, dealt in before.dealt.items():
            assert all(after.dealt[step][known] == card for known, card in dealt.items())  # a secret never changes
        if kind in ("answer", "give"):  # what somebody answered themselves changes under no other hand
            for step, ballot in before.ballots.items():
                for known, answer in ballot.answers.items():
                    if known != seat and answer.values and answer.typed_by is None:
                        assert after.ballots[step].answers[known] == answer
        assert before.visited <= after.visited or after.clocks != before.clocks
        self.nobody_does_what_is_not_theirs(before, made)
        self.check_spared(before)
        if self.count % 7 == 0:  # and after several moves at once
            self.check_spared(self.earlier)
            self.earlier = after
        return True

    def nobody_does_what_is_not_theirs(self, before: State, made: Move) -> None:
        """What was accepted, held against the method's own words."""
        seat, after = before.seats.get(made.seat), self.state
        if seat is None:
            return
        tables = [None, *(table.id for table in before.tables)]
        rights = frozenset[str]().union(*(before.through(table).rights(seat.role) for table in tables))
        if made.kind in LEADING and made.kind != "reveal":
            assert made.kind in rights, made
        for id_, card in after.cards.items():
            known = before.cards.get(id_)
            if known is None or known.text != card.text:
                assert made.seat == card.author or "for" in rights or made.kind == "transcribe", made
            if known is not None and known.text != card.text and made.kind == "edit":
                assert made.seat in (known.author, known.typed_by), made
        for step, ballot in after.ballots.items():
            earlier = before.ballots[step].answers if step in before.ballots else Register[str, Answer]()
            for id_, answer in ballot.answers.items():
                if id_ != made.seat and made.kind in ("answer", "give") and earlier.get(id_) != answer:
                    assert "for" in rights, made

    def check_spared(self, before: State) -> None:
        """Whoever is not touched has the own view, and the audience, they had."""
        since = touched(before, self.state)
        for seat in [*self.state.seats, "ghost"]:
            if since.spares(seat):
                assert view_own(self.state, seat) == view_own(before, seat)
                assert audience(self.state, seat) == audience(before, seat)
                type(self).spared += 1

    @rule(seed=chance)
    def lead(self, seed: int) -> None:
        random = Random(seed + self.count)  # the same seed twice is not the same move twice
        seat, kind = random.choice([*["lise"] * 5, "zed", "ana"]), random.choice(LEAD)
        a, b, d = (random.randrange(40) for _number in range(3))
        state = self.state
        if state.status == "paused" and a % 2:
            kind = "resume"
        steps = [step.id for step in state.method.steps]
        local = state.through(place(state.seats[seat])) if seat in state.seats else state
        options = local.rule.options if local.rule else ()
        alike = [card.id for card in state.cards.values() if card.kind == "idea" and not card.into] or list(state.cards)
        payloads: dict[str, dict[str, Any]] = {
            "advance": {"from": local.step},
            "back": {"to": pick(steps, a)} if d % 2 else {},
            "skip": {"to": pick(steps, a)} if d % 3 == 0 else {},
            "extend": {"seconds": (a - 10) * 30},
            "reveal": {"step": pick(sorted(local.visited), a)} if d % 2 else {},
            "count": {f"count_{option.id}": b for option in options},
            "pick": {"card": pick([card.id for deck in state.method.decks.values() for card in deck.cards], a)},
            "pin": {"card": pick(state.cards, a), "on": bool(b % 3)},
            "hide": {"card": pick(state.cards, a), "on": bool(b % 2)},
            "merge": {"card": pick(alike, a), "into": pick(alike, b)},
            "split": {"card": pick([card.id for card in state.cards.values() if card.into], a)},
            "remove": {"card": pick(state.cards, a)},
            "choose": {"card": pick(state.cards, a)},
            "own_clock": {"table": 1 + a % 2, "on": bool(b % 3)},
            "merge_tables": {"table": 1 + a % 2, "into": 2 - a % 2, "cards": bool(b % 2)},
            "seat_at": {"seat": pick(PEOPLE, a), "table": 1 + b % 2},
            "give_role": {"seat": pick(state.seats, a), "role": pick(state.method.roles, b)},
            "look_at": {"table": 1 + a % 2},
            "add_person": {"name": f"prénom-{a}"},
            "leave": {"seat": pick(PEOPLE, a), "back": bool(b % 3 == 0)},
            "set_minutes": {"preset": pick(state.method.presets, a)}
            if d % 3 == 0
            else {"stage": pick(state.method.stages, a), "minutes": b % 5},
            "transcribe": self.paper(pick(steps, a), b, d),
        }
        self.move(seat, kind, payloads.get(kind, {}))

    def paper(self, step: str, a: int, b: int) -> dict[str, Any]:
        """What a sheet of paper says of a step; some of it cannot be."""
        state = self.state
        rule = state.method.stages[state.method.step(step).stage]
        typed: dict[str, Any] = {"step": step, "table": 1 + a % 2, "on": b % 5 > 0}
        typed |= {"kind": pick(state.method.kinds_of(rule.id), a), "text": f"papier-{self.count}"}
        typed |= {"card": pick([card.id for card in state.cards.values() if card.by == "paper"], a)}
        typed |= {f"count_{option.id}": b for option in rule.options} | {"players": a % 9, "total": b}
        typed |= {f"answer_{one.id}": one.options[0].id if one.options else "papier" for one in rule.questions}
        return typed

    @rule(seed=chance)
    def several_act(self, seed: int) -> None:
        random = Random(seed + self.count)
        for _time in range(random.randint(1, 6)):
            self.act(random.choice(PEOPLE), random.choice(DO), random)

    @rule(seed=chance)
    def type_for_somebody(self, seed: int) -> None:
        random = Random(seed + self.count)
        without_phone = [seat for seat in self.state.seats if seat.startswith("p") and seat[1:].isdecimal()]
        self.act(
            random.choice([*PEOPLE, *without_phone * 4]),
            "answer",
            random,
            typist=random.choice(["lise", "lise", "ana"]),
        )

    def act(self, seat: str, kind: str, random: Random, typist: str = "") -> None:
        a, b, c, d = (random.randrange(40) for _number in range(4))
        state = self.state
        known = state.seats[seat]
        stage = state.through(known.table).rule
        if stage and kind in ("write", "answer") and d % 8:  # most of the time, what the stage asks
            kind = {"poll": "answer", "form": "answer", "pot": "give"}.get(stage.activity, kind)
        kinds = state.method.kinds_for(stage.id, known.role) if stage else ()
        kind_of_card = pick(kinds, a)
        question = pick(stage.questions_for(known.role), a) if stage else None
        mine = [card.id for card in state.cards_of(seat)]
        text = f"canari-{self.count:05d}-"
        values = [text] if question is None or question.type == "text" else [option.id for option in question.options]
        if stage is not None and stage.activity == "poll":
            values = ["", *(option.id for option in stage.options)]
        payloads: dict[str, dict[str, Any]] = {
            "write": {"kind": kind_of_card, "text": text}
            | ({"parent": pick(state.cards, b)} if kind_of_card and state.method.kinds[kind_of_card].parents else {})
            | ({"for": pick(PEOPLE, c)} if d % 6 == 0 else {}),
            "answer": {"question": question.id if question else None, "value": pick(values, b)}
            | ({"pass": True} if d % 5 == 0 else {}),
            "give": {"tokens": b % 11},
            "mark": {"card": pick(state.cards, a), "mark": pick(state.method.marks, b), "on": bool(c % 4)},
            "edit": {"card": pick(mine if d % 3 else state.cards, a), "text": text},
            "remove": {"card": pick(mine, a)},
            "take_role": {"role": pick(state.method.roles, a)},
            "join": {"name": seat},
            "reveal_mark": {"mark": pick(state.method.marks, a), "on": bool(b % 2)},
            "fill": {
                "field": pick([f.id for f in state.method.sheet.fields], a) if state.method.sheet else "",
                "value": "x",
            },
            "release": {"sentence": "x", "card": pick(state.cards, a) if b % 2 else None},
        }
        payload = {key: value for key, value in payloads.get(kind, {}).items() if value is not None}
        if typist:
            payload["for"] = seat
        self.move(typist or seat, kind.removesuffix("_mark"), payload)

    @rule(
        seat=st.sampled_from([*SEATS, "ghost", ""]),
        kind=st.sampled_from([*LEAD, *DO, "open", "explode"]),
        payload=st.none() | st.dictionaries(st.sampled_from(FIELDS), junk, max_size=4),
    )
    def absurd(self, seat: str, kind: str, payload: Any) -> None:
        self.move(seat, kind, payload)

    @invariant()
    def nothing_is_seen_before_its_time(self) -> None:
        if not hasattr(self, "state") or self.count % 4:
            return
        state = self.state
        seen: dict[object, str] = {}
        for seat in [*state.seats, "ghost"]:
            bytes_ = sent(state, seat)
            shared = json.dumps(view(state, seat)["shared"], ensure_ascii=False)
            assert seen.setdefault(audience(state, seat), shared) == shared
            for card in state.cards.values():
                if not card.removed and card.text in bytes_:
                    assert may_read(state, seat, card), (seat, card)
            for what, other in altered(state, seat):
                assert sent(other, seat) == bytes_, (seat, what)

    def teardown(self) -> None:
        if not hasattr(self, "state"):
            return
        state = self.state
        assert replay(self.first, self.log) == state
        assert State.from_json(state.method, state.to_json()) == state
        erased = replay(self.first, [replace(move, payload=None) for move in self.log])
        assert erased.number == state.number
        assert "canari" not in erased.to_json()
        for seat in erased.seats:
            view(erased, seat)
        self.every_earlier_step_is_reached_by_back()
        self.those_who_are_gone_block_nobody()

    def every_earlier_step_is_reached_by_back(self) -> None:
        state = self.state
        local = state.through(place(state.seats["lise"]))  # the clock she leads
        if "lise" not in state.seats or state.seats["lise"].role != "facilitator" or not local.on:
            return
        for step in local.path[: local.path.index(local.step or "")]:
            after = apply(state, Move(state.number + 1, "lise", "back", {"to": step}, state.at))
            assert isinstance(after, State)
            assert after.through(place(state.seats["lise"])).step == step
            assert state.shown <= after.shown
            assert set(state.ballots) <= set(after.ballots)

    def those_who_are_gone_block_nobody(self) -> None:
        """Whoever leads, alone, takes the session to its end, whatever anybody did before they left."""
        self.move("leader", "join", {"name": "Neuve", "role": "facilitator"})
        for seat in list(self.state.seats):
            if seat != "leader":
                self.move("leader", "leave", {"seat": seat})
        for table in self.state.clocks:
            assert self.move("leader", "own_clock", {"table": table, "on": False})
        if self.state.status == "paused":
            assert self.move("leader", "resume", {})
        for step in self.state.path[self.state.path.index(self.state.step or "") :][:-1]:
            assert self.move("leader", "advance", {"from": step}), step
        assert self.move("leader", "close", {})


def run(sessions: int, moves: int) -> None:
    AnySession.played, AnySession.spared, AnySession.kinds, AnySession.activities = 0, 0, set(), set()
    run_state_machine_as_test(
        AnySession,
        settings=settings(
            max_examples=sessions,
            stateful_step_count=moves,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],  # shrinking a session takes minutes; the failing one is printed whole
            suppress_health_check=list(HealthCheck),
        ),
    )


def walk(sessions: int, moves: int) -> None:
    """The same machine, each session from its own number. Hypothesis repeats its choices: it met no gift in a pot."""
    AnySession.played = 0
    for number in range(sessions):
        random = Random(number)
        session = AnySession()
        session.begin(seed=random.getrandbits(32))
        for _time in range(moves):
            act = random.choice([session.lead, session.several_act, session.several_act, session.type_for_somebody])
            act(seed=random.getrandbits(32))
            session.nothing_is_seen_before_its_time()
        session.teardown()


def test_each_session_of_its_own_number_holds() -> None:
    walk(16, 25)
    assert AnySession.played > 600


def test_any_session_of_any_method_holds() -> None:
    run(80, 20)
    assert AnySession.played > 1_000
    assert AnySession.spared > AnySession.played
    assert AnySession.activities == {"cards", "poll", "form", "pot", "deal"}  # one never met would prove nothing


@pytest.mark.long
def test_ten_thousand_moves_of_any_method_hold() -> None:
    walk(200, 60)
    assert AnySession.played > MANY
    run(250, 60)
    assert AnySession.played > MANY
    assert AnySession.kinds >= {*LEAD, *DO, "open"} - {"reveal_mark", "choose", "pick", "fill", "release"}
