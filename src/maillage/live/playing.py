"""How robots play one session, whatever its method: what they do is read from the method's file and their screens.

A facilitator opens, adds time, pauses, goes back once, hands over, closes. The others write, answer, mark, correct,
fill their sheet, lose their line, send twice; some try what is forbidden. After each stage the counter looks.
"""

import asyncio
import random
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from facilitation import Method
from maillage.live.counting import Ledger, MethodRules, Written, new_token
from maillage.live.playing_answers import Answers
from maillage.live.playing_checks import Checks
from maillage.live.robots import BY_FORM, Phone, Site, Unreachable
from maillage.live.scenes import Scene

FIRST_WAVE, SECOND_WAVE = 0.4, 0.85  # of a stage: cards first, then what is done with cards
OVERLOADED = ("too-many", "busy", "not-stored", "429", "503")  # said to be tried again
TRIES = 8
RETRY_AFTER = 0.5  # seconds
EXTENSION = 120  # seconds of method
CLOCKED = ("advance", "back", "extend", "pause", "resume")  # moves of a clock: of each, where tables have their own


@dataclass(eq=False, repr=False)
class Play:
    scene: Scene
    site: Site
    ledger: Ledger
    speed: float
    random: random.Random
    known_methods: Mapping[str, Method] = field(default_factory=dict)
    phones: list[Phone] = field(default_factory=list)  # of participants
    screens: list[Phone] = field(default_factory=list)  # of facilitators and the room
    made: list[Phone] = field(default_factory=list)  # all, those the door refused included
    done: list[str] = field(default_factory=list)  # stages
    method: Method = field(init=False)
    rules: MethodRules = field(init=False)
    lead: Phone = field(init=False)
    answers: Answers = field(init=False)
    checks: Checks = field(init=False)

    async def run(self) -> None:
        self.checks = Checks(self)
        try:
            await self._come_in()
            self.answers = Answers(self)
            await self._lead("open")
            while stage := await self._current_stage():
                await self._play_stage(stage)
                self.done.append(stage)
                await self.lead.refresh()
                step = self.lead.step
                if not self.lead.offers("advance"):
                    break
                if len(self.done) == 3:
                    await self._go_back(step)
                await self._lead("advance", {"from": step})
            await self._lead("close")
            await self._after_the_end()
        finally:
            await asyncio.gather(*(phone.put_away() for phone in self.made))

    # coming in

    async def _come_in(self) -> None:
        self.lead = await self._facilitator("Lise")
        method = self.scene.method or self._recognise()
        if method is None:
            raise Unreachable(
                f"La méthode de la séance « {self.scene.title} » n’est pas de celles que l’on sait jouer."
            )
        self.method, self.rules = method, MethodRules(method.source)
        self.ledger.rules[self.lead.session] = self.rules
        if self.scene.projection:
            projector = self._phone("Écran", None, "projector", "stream")
            if await projector.open_screen(f"/projection/{self.scene.projection}/"):
                self._seated(projector, self.screens)
        people = [
            (table, position) for table, size in self.scene.tables for position in range(size - 1 if size > 2 else size)
        ]
        await asyncio.gather(*(self._newcomer(table, position) for table, position in people))
        if not self.phones:
            raise Unreachable(
                f"Personne n’a pu entrer dans « {self.scene.title} » avec son code : la séance est fermée, ou trop de "
                "codes faux ont été essayés depuis cette machine ; attendez dix minutes."
            )
        await self.checks.must_refuse(self.anybody(), "write", {"kind": self.any_kind, "text": "Trop tôt."})

    def _recognise(self) -> Method | None:
        steps = set(self.lead.steps)
        found = [method for method in self.known_methods.values() if steps and steps <= set(method.stages)]
        return found[0] if len(found) == 1 else None

    async def _facilitator(self, name: str) -> Phone:
        phone = self._phone(name, None, "facilitator", "stream")
        if not await phone.enter(f"/animer/{self.scene.facilitator_code}/"):
            raise Unreachable(f"Le code d’animation de « {self.scene.title} » n’ouvre aucune séance.")
        self._seated(phone, self.screens)
        return phone

    async def _newcomer(self, table: int | None, position: int) -> None:
        """Most follow the stream; behind some proxies one asks, and some phones have no JavaScript."""
        eyes = "reload" if position == 5 else "poll" if position % 6 == 3 else "stream"
        phone = self._phone(f"R{position}", table, "participant", eyes)
        offered = [role.id for role in self.method.join_roles]
        role = offered[position] if 0 < position < len(offered) else offered[0]
        if await phone.enter(f"/s/{self.scene.join_code}/", role=role, table=table):
            self._seated(phone, self.phones)
        else:
            self.ledger.wrong[phone.name] = "quelqu’un n’a pas pu entrer avec le bon code"

    def _phone(self, name: str, table: int | None, kind: str, eyes: str) -> Phone:
        token = new_token()
        phone = Phone("", table, kind, site=self.site, ledger=self.ledger, name=f"{name} {token}", eyes=eyes)
        self.made.append(phone)
        if kind != "projector":
            self.ledger.note(Written(token, "", table, phone, "name", key="join"))
        return phone

    def _seated(self, phone: Phone, among: list[Phone]) -> None:
        token = phone.name.rpartition(" ")[2]
        if token in self.ledger.written:
            written = self.ledger.written[token]
            written.session, written.acknowledged = phone.session, True
        among.append(phone)
        self.ledger.watchers.append(phone)
        phone.watch()

    # a stage

    async def _current_stage(self) -> str:
        await self.lead.refresh()
        return self.lead.stage if self.lead.status in ("running", "paused") else ""

    async def _play_stage(self, stage: str) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        length = self._seconds(stage)
        step = self.lead.step
        await asyncio.gather(
            *(self.answers.answer(phone, stage, step, length * FIRST_WAVE) for phone in self.phones),
            *(self._first_wave(phone, stage, length * FIRST_WAVE) for phone in self.phones),
            *self._lines_cut(length * SECOND_WAVE),
            self._lead_during(stage, length * FIRST_WAVE),
        )
        await asyncio.gather(
            *(self._second_wave(phone, stage, length * (SECOND_WAVE - FIRST_WAVE)) for phone in self.phones),
            self.checks.try_forbidden(stage),
        )
        await self._choose(stage)
        await self.answers.check_and_reveal(stage, step)
        await asyncio.sleep(max(0.0, began + length - loop.time()))
        await self.checks.check(stage)

    def _seconds(self, stage: str) -> float:
        preset = self.method.presets.get(self.method.preset or "")
        minutes = preset.minutes.get(stage) if preset else None
        return (self.method.stages[stage].minutes if minutes is None else minutes) * 60 / self.speed

    async def _lead_during(self, stage: str, length: float) -> None:
        """Twice two minutes more, a pause, a late person, a second facilitator who takes over: each once a session."""
        turn = len(self.done)
        await asyncio.sleep(length / 2)
        if turn in (1, 3):
            await self._lead("extend", {"seconds": EXTENSION})
            await asyncio.sleep(EXTENSION / self.speed)
        if turn == 1:
            for table, size in self.scene.tables:
                if size > 2:
                    await self._newcomer(table, size - 1)
        if turn == 2:
            await self._lead("pause")
            await self._lead("resume")
            self.lead = await self._facilitator("Omar")
        if self.method.stages[stage].allows(self.lead.role, "for"):
            await self._type_for_somebody(stage)

    async def _type_for_somebody(self, stage: str) -> None:
        phone = self.anybody()
        for kind in self._kinds(stage, phone, answers=False):
            written = self.written(phone, "card", stage, kind)
            payload = {"kind": kind, "text": self.text(written), "for": phone.seat}
            if await self.do(self.lead, "write", payload, written, but=("answered_already",)):  # their own words stay
                self._replace_single(written)
            return

    def _lines_cut(self, length: float) -> Iterable[Coroutine[Any, Any, None]]:
        for phone in self.phones:
            if phone.eyes == "stream" and self.random.random() < 0.25:
                yield self._cut(phone, self.random.random() * length)

    async def _cut(self, phone: Phone, after: float) -> None:
        await asyncio.sleep(after)
        phone.drop()

    async def _first_wave(self, phone: Phone, stage: str, length: float) -> None:
        rule = self.method.stages[stage]
        if not self.done and phone.name.startswith("R1 "):
            await self._take_role(phone, stage)
        for kind in self._kinds(stage, phone, answers=False):
            for _time in range(1 if self.method.kinds[kind].single else self.random.randint(1, 2)):
                await asyncio.sleep(self.random.random() * length / 2)
                await self._write(phone, stage, kind, {})
        sheet = self.method.sheet
        if sheet and sheet.role == phone.role:
            for line in sheet.fields:
                if rule.allows(phone.role, "fill", line.id):
                    await self._fill(phone, stage, line.id, line.type)
        if rule.keep and rule.keep.release == phone.role and "sheet" in rule.keep.what:
            written = self.written(phone, "release", stage)
            self._supersede(written)
            await self.do(phone, "release", {"sentence": self.text(written)}, written)

    async def _take_role(self, phone: Phone, stage: str) -> None:
        """A role one takes oneself, other than the one this stage gives: the note taker's."""
        assign = self.method.stages[stage].assign
        for role in self.method.roles:
            free = role not in (phone.role, assign.role if assign else "")
            if free and self.method.stages[stage].allows(phone.role, "take_role", role):
                await self.do(phone, "take_role", {"role": role}, self.written(phone, "other", stage))
                await phone.refresh()
                return

    async def _second_wave(self, phone: Phone, stage: str, length: float) -> None:
        rule = self.method.stages[stage]
        await asyncio.sleep(self.random.random() * length)
        if phone.eyes != "stream":
            await phone.refresh()
        for kind in self._kinds(stage, phone, answers=True):
            parent = self._pick(phone, stage, self.method.kinds[kind].parents)
            if parent:
                await self._write(phone, stage, kind, {"parent": parent})
        for mark in self.method.marks.values():
            card = self._pick(phone, stage, mark.on) if rule.allows(phone.role, "mark", mark.id) else None
            if card:
                written = self.written(phone, "other", stage, "mark")
                payload = {"card": card, "mark": mark.id, "on": True}
                await self.do(phone, "mark", payload, written, but=("unknown_card", BY_FORM))  # taken away meanwhile
        mine = [written for written in self.standing(stage) if written.author is phone]
        own = [written for written in mine if written.step == self.lead.step and phone.card_of(written.token)]
        if own and rule.allows(phone.role, "edit") and self.random.random() < 0.3:
            await self._edit(phone, self.random.choice(own))
        elif own and rule.allows(phone.role, "remove") and self.random.random() < 0.1:
            await self._remove(phone, self.random.choice(own))

    async def _choose(self, stage: str) -> None:
        """Whoever may retains one card a table: the first of the first person's, who then takes the role."""
        assign = self.method.stages[stage].assign
        if assign is None:
            return
        for table, _size in self.scene.tables:
            chooser = next((phone for phone in self._with_right(stage, "choose", table)), None)
            cards = [
                card
                for card in self.standing(stage, table)
                if card.kind == (assign.kind or card.kind) and isinstance(card.author, Phone)
            ]
            if chooser is None or not cards:
                continue
            if chooser is self.lead:
                await self.look_at(table)
            else:
                await chooser.refresh()
            found = [card for card in (chooser.card_of(written.token) for written in cards) if card]
            if found:
                await self.do(chooser, "choose", {"card": found[0]}, self.written(chooser, "other", stage))

    async def _go_back(self, step: str) -> None:
        """One step back: what was written there is there again; then on."""
        await self._lead("back", {"from": step})
        earlier = await self._current_stage()
        await self.checks.check(earlier)
        await self._lead("advance", {"from": self.lead.step})

    async def _after_the_end(self) -> None:
        phone = self.anybody()
        await self.checks.must_refuse(phone, "write", {"kind": self.any_kind, "text": "Trop tard."})
        await self.checks.must_refuse(self.lead, "advance", {})
        late = self._phone("Retard", None, "participant", "poll")
        if await late.enter(f"/s/{self.scene.join_code}/"):
            self.ledger.wrong[late.name] = "quelqu’un est entré dans une séance close"
        await self.checks.check_sheets()

    # what stands

    def standing(self, stage: str, table: int | None = None) -> list[Written]:
        return [
            card
            for card in self.ledger.cards.get((self.lead.session, stage), ())
            if card.acknowledged and card.standing and (table is None or card.table == table)
        ]

    def on_boards(self, stage: str, table: int | None) -> list[Written]:
        """A headline or a request is above the boards, the latest only: its author's own screen answers for it."""
        return [card for card in self.standing(stage, table) if card.kind not in self.rules.shown_alone]

    @property
    def tables_led(self) -> tuple[int | None, ...]:
        """The clocks whoever leads moves on, one after the other: None is the one of the whole room."""
        return tuple(table for table, _size in self.scene.tables) if self.method.own_clocks else (None,)

    async def look_at(self, table: int | None) -> None:
        if table is not None and len(self.scene.tables) > 1:
            await self._lead("look_at", {"table": table})
        await self.lead.refresh()

    # what is done

    async def _lead(self, kind: str, payload: dict[str, Any] | None = None) -> None:
        for table in self.tables_led if kind in CLOCKED else (None,):
            if table is not None:
                await self.look_at(table)
            await self.do(self.lead, kind, payload or {}, self.written(self.lead, "other", self.lead.stage))

    async def _write(self, phone: Phone, stage: str, kind: str, payload: dict[str, Any]) -> None:
        written = self.written(phone, "card", stage, kind)
        payload = {"kind": kind, "text": self.text(written)[-self.method.kinds[kind].max_length :], **payload}
        await self.do(phone, "write", payload, written)
        self._replace_single(written)

    async def _fill(self, phone: Phone, stage: str, line: str, type_: str) -> None:
        written = self.written(phone, "other" if type_ == "date" else "sheet", stage, line)
        self._supersede(written)
        value = "2025-11-20" if type_ == "date" else written.token
        await self.do(phone, "fill", {"field": line, "value": value}, written)

    async def _edit(self, phone: Phone, card: Written) -> None:
        written = self.written(phone, "card", card.stage, card.kind)
        text = self.text(written)[-self.method.kinds[card.kind].max_length :]
        if await self.do(phone, "edit", {"card": phone.card_of(card.token), "text": text}, written):
            card.standing = False

    async def _remove(self, phone: Phone, card: Written) -> None:
        """Only what nobody may answer: an answer would leave the screen with it."""
        if any(card.kind in kind.parents for kind in self.method.kinds.values()):
            return
        payload = {"card": phone.card_of(card.token)}
        if await self.do(phone, "remove", payload, self.written(phone, "other", card.stage)):
            card.standing = False

    async def do(
        self, phone: Phone, kind: str, payload: dict[str, Any], written: Written, *, but: tuple[str, ...] = ()
    ) -> bool:
        """A move the method allows. Some send it three times, some lose the answer; a busy server is asked again."""
        chance = self.random.random()
        if chance < 0.05 and phone.eyes != "reload":
            await phone.send_and_vanish(kind, payload, written)
        else:
            await phone.move(kind, payload, written, times=3 if chance < 0.2 else 1)
        for _attempt in range(TRIES):
            if written.acknowledged or written.reason not in OVERLOADED:
                break
            await asyncio.sleep(RETRY_AFTER)
            await phone.move(kind, payload, written)
        if written.reason not in but:
            self.ledger.expect_accepted(written)
        return written.acknowledged

    def written(self, phone: Phone, what: str, stage: str, kind: str = "") -> Written:
        token = new_token()
        return Written(
            token,
            phone.session,
            phone.table,
            phone,
            what,
            key=f"r-{token}",
            stage=stage,
            kind=kind,
            step=self.lead.step,
        )

    def _replace_single(self, written: Written) -> None:
        if written.acknowledged and self.method.kinds[written.kind].single:
            self._supersede(written)

    def _supersede(self, written: Written) -> None:
        """What the same person wrote in the same place before is no longer there."""
        for earlier in self.ledger.written.values():
            same = (earlier.author, earlier.what, earlier.kind) == (written.author, written.what, written.kind)
            if same and earlier is not written:
                earlier.standing = False

    def text(self, written: Written) -> str:
        opening = self.random.choice(("Chez nous,", "Et si on <b>essayait</b> :", "À l’école & au marché,", "D’abord"))
        return f"{opening} {written.token}"

    # who may

    def _kinds(self, stage: str, phone: Phone, *, answers: bool) -> list[str]:
        kinds = self.method.kinds_for(stage, phone.role)
        return [kind for kind in kinds if bool(self.method.kinds[kind].parents) == answers]

    def _pick(self, phone: Phone, stage: str, kinds: Iterable[str]) -> str | None:
        """A card of one of these kinds that this phone has before its eyes."""
        stages = (stage, *self.method.stages[stage].sources)
        wanted = [card for id_ in stages for card in self.standing(id_, phone.table) if card.kind in tuple(kinds)]
        self.random.shuffle(wanted)
        return next((id_ for id_ in (phone.card_of(card.token) for card in wanted) if id_), None)

    def _with_right(self, stage: str, right: str, table: int | None) -> list[Phone]:
        rule = self.method.stages[stage]
        seated = [phone for phone in self.phones if phone.table == table]
        return [phone for phone in (self.lead, *seated) if rule.allows(phone.role, right)]

    @property
    def any_kind(self) -> str:
        return next(iter(self.method.kinds), "idee")

    def anybody(self) -> Phone:
        return self.random.choice(self.phones)
