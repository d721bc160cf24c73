"""What robots vote, answer and give at a stage that asks for it; and whether what is then shown is what they sent."""

import asyncio
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from facilitation.definition import Question, Stage
from maillage.live.counting import Written
from maillage.live.robots import Phone

if TYPE_CHECKING:
    from maillage.live.playing import Play

FEWEST = 3  # answers below which nothing is shown
SURE = 6  # so many at one table who answered, and enough did by themselves
CHANGE, TAKE_BACK, PASS = 0.2, 0.1, 0.2  # how often one votes again, takes one's vote back, passes a question
SETTLE = 3.0  # seconds a wall has to show a result
EARLY = 0.3  # seconds a server that shows answers too early has to be caught at it
LOOK_EVERY = 0.1


class Answers:
    def __init__(self, play: "Play") -> None:
        self.play = play
        self.votes: dict[str, dict[Phone, str]] = {}  # step → who stands for what, as acknowledged
        self.said: dict[str, dict[Phone, list[Written]]] = {}  # step → who answered, and their texts

    async def answer(self, phone: Phone, stage: str, step: str, length: float) -> None:
        """All that this stage asks of this phone, in some disorder."""
        rule = self.play.method.stages[stage]
        if not rule.asks(phone.role):
            return
        await asyncio.sleep(self.play.random.random() * length / 2)
        if rule.activity == "poll":
            await self._vote(phone, rule, step)
        elif rule.activity == "form":
            asked = rule.questions_for(phone.role)
            for question in asked:
                if question is asked[-1] and rule.reveal == "everyone":  # this phone still waits, so all is hidden
                    await asyncio.sleep(EARLY)
                    self.play.ledger.count_early(self._texts(step, phone.table))
                await self._answer_question(phone, question, stage, step)
        elif rule.activity == "pot":
            tokens = self.play.random.randint(0, rule.tokens)
            if await self._send(phone, "give", {"stage": step, "tokens": tokens}, stage):
                self.said.setdefault(step, {}).setdefault(phone, [])

    async def _vote(self, phone: Phone, rule: Stage, step: str) -> None:
        chance = self.play.random.random()
        values = [self.play.random.choice(rule.options).id]
        values += [self.play.random.choice(rule.options).id] if chance < CHANGE else []
        values += [""] if chance < TAKE_BACK else []
        for value in values:
            written = self.play.written(phone, "other", rule.id, "answer")
            shown = ("already_shown",) if rule.reveal == "everyone" else ()  # all have voted: one no longer changes
            if await self.play.do(phone, "answer", {"stage": step, "value": value}, written, but=shown):
                self.votes.setdefault(step, {})[phone] = value

    async def _answer_question(self, phone: Phone, question: Question, stage: str, step: str) -> None:
        payload: dict[str, Any] = {"stage": step, "question": question.id}
        written = self.play.written(phone, "answer" if question.type == "text" else "other", stage, question.id)
        if question.type == "text":
            payload["value"] = self.play.text(written)[-question.max_length :]
        elif not question.required and self.play.random.random() < PASS:
            payload["pass"] = True
        else:
            known = [option.id for option in question.options]
            most = min(3, len(known)) if question.type == "choices" else 1
            payload["value"] = ",".join(self.play.random.sample(known, self.play.random.randint(1, most)))
        if await self.play.do(phone, "answer", payload, written):
            texts = self.said.setdefault(step, {}).setdefault(phone, [])
            texts += [written] if question.type == "text" else []

    async def _send(self, phone: Phone, kind: str, payload: dict[str, Any], stage: str) -> bool:
        return await self.play.do(phone, kind, payload, self.play.written(phone, "other", stage, kind))

    async def check_and_reveal(self, stage: str, step: str) -> None:
        """Everybody finds their own texts and nobody another's; then whoever leads shows the answers."""
        rule = self.play.method.stages[stage]
        await self._find_own(self._texts(step))
        enough = rule.activity == "poll" or len(self.said.get(step, {})) >= FEWEST
        for table in self.play.tables_led:
            texts = self._texts(step, table)
            await self.play.look_at(table)
            hidden = self.play.lead.offers("reveal")
            secret = hidden or rule.reveal in ("button", "end")  # else all have answered, and all is shown
            if secret:
                self.play.ledger.count_early(texts)
            if not secret or (hidden and enough):
                for written in texts:
                    written.public = True
            if hidden and enough and rule.activity in ("poll", "form", "pot"):
                written = self.play.written(self.play.lead, "other", stage)
                await self.play.do(
                    self.play.lead, "reveal", {"step": step}, written, but=self._may_be_too_few(step, table)
                )
        if rule.activity == "poll":
            await self._check_votes(stage, step)

    def _may_be_too_few(self, step: str, table: int | None) -> tuple[str, ...]:
        """Some of a small group passed, or were typed for: whether enough are left is the server's to say."""
        answered = self.said.get(step, {}) | self.votes.get(step, {})
        tables = Counter(phone.table for phone in answered if table is None or phone.table == table)
        return () if max(tables.values(), default=0) >= SURE else ("too_few",)

    def _texts(self, step: str, table: int | None = None) -> list[Written]:
        said = self.said.get(step, {})
        return [written for phone, found in said.items() if table in (None, phone.table) for written in found]

    async def _find_own(self, texts: list[Written]) -> None:
        until = asyncio.get_running_loop().time() + SETTLE
        lacking = texts
        while lacking:
            lacking = [text for text in lacking if not self._is_back(text)]
            if not lacking or asyncio.get_running_loop().time() > until:
                break
            await asyncio.sleep(LOOK_EVERY)
        self.play.ledger.lose(lacking, "l’écran de la personne qui a répondu")

    def _is_back(self, text: Written) -> bool:
        return isinstance(text.author, Phone) and text.token.encode() in text.author.own

    async def _check_votes(self, stage: str, step: str) -> None:
        """What the wall shows is what was acknowledged, option by option."""
        wall = next((screen for screen in self.play.screens if screen.kind == "projector"), None)
        expected = Counter(value for value in self.votes.get(step, {}).values() if value)
        if wall is None or not self.play.rules.sees(stage, wall.role) or not expected:
            return
        until = asyncio.get_running_loop().time() + SETTLE
        while (shown := _shown_votes(wall, self.play.method.stages[stage])) != expected:
            if asyncio.get_running_loop().time() > until:
                words = f"{dict(shown)} au lieu de {dict(expected)}"
                self.play.ledger.wrong[f"{wall.session} {step}"] = f"le mur montre d’autres votes ({step}) : {words}"
                return
            await asyncio.sleep(LOOK_EVERY)


def _shown_votes(wall: Phone, rule: Stage) -> Counter[str]:
    found: Counter[str] = Counter()
    for option in rule.options:
        shown = re.search(rb'id="bar-poll-%b"[^>]*>.*?<strong>(\d+)</strong>' % option.id.encode(), wall.shared, re.S)
        found[option.id] = int(shown[1]) if shown else 0
    return +found
