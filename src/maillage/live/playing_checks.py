"""Whether the screens of a session show what was acknowledged, and whether what is forbidden is refused."""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from maillage.live.counting import Written
from maillage.live.robots import Phone

if TYPE_CHECKING:
    from maillage.live.playing import Play

SETTLE = 3.0  # seconds a screen has to become right, as the acceptance of a restart says
LOOK_EVERY = 0.1  # seconds between two looks at it
MEGABYTE = 1_000_000
EXPECTED = ("table", "all")  # `sees` that shows all the cards of one’s table


class Checks:
    def __init__(self, play: "Play") -> None:
        self.play = play

    async def check(self, stage: str) -> None:
        """Every acknowledged card of this stage is on the screens of those who see it, once."""
        sees = self.play.rules.sees(stage, self.play.lead.role)
        if sees in EXPECTED:
            for table, _size in self.play.scene.tables:
                wanted = self.play.on_boards(stage, table)
                await self.play.look_at(table)
                missing = self.play.ledger.expect_shown(wanted, self.play.lead.shared, where="l’écran d’animation")
                if missing:
                    await asyncio.sleep(SETTLE)
                    await self.play.look_at(table)
                    missing = self.play.ledger.expect_shown(missing, self.play.lead.shared, where="l’écran d’animation")
                self.play.ledger.lose(missing, "l’écran d’animation")
        for phone in self.play.phones:
            if phone.eyes == "reload":
                await phone.reload()
        until = asyncio.get_running_loop().time() + SETTLE
        behind = self._behind(stage, self.play.phones)
        while behind and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(LOOK_EVERY)
            behind = self._behind(stage, behind)
        for phone, missing in behind.items():
            self.play.ledger.lose(missing, f"l’écran d’une place ({phone.eyes})")
        for table, _size in self.play.scene.tables:
            for phone in [phone for phone in self.play.phones if phone.table == table][:1]:
                self.play.ledger.expect_shown(
                    self.play.on_boards(stage, table), phone.shared, where="un écran de la table"
                )

    def _behind(self, stage: str, phones: Iterable[Phone]) -> dict[Phone, list[Written]]:
        """Those whose screen lacks something by now, and what."""
        found = {}
        for phone in phones:
            missing = [
                written
                for written in self.play.standing(stage)
                if written.author is phone and written.token.encode() not in phone.own
            ]
            if self.play.rules.sees(stage, phone.role) in EXPECTED:
                cards = self.play.on_boards(stage, phone.table)
                missing += [written for written in cards if written.token.encode() not in phone.shared]
            if missing:
                found[phone] = missing
        return found

    async def check_sheets(self) -> None:
        """The porteur finds what they noted on their own screen, after the end too."""
        for phone in self.play.phones:
            kept = [
                written
                for written in self.play.ledger.written.values()
                if written.author is phone and written.what in ("sheet", "release")
                if written.acknowledged and written.standing
            ]
            if kept:
                page = await phone.ask("GET", f"/seance/{phone.session}/{phone.which}")
                lacking = [written for written in kept if written.token.encode() not in page.body]
                self.play.ledger.lose(lacking, "la fiche de la personne qui l’a remplie")

    async def try_forbidden(self, stage: str) -> None:
        rule = self.play.method.stages[stage]
        phone = self.play.anybody()
        if "advance" not in rule.rights(phone.role) and not self.play.method.own_clocks:
            await self.must_refuse(phone, "advance", {})
        await self.must_refuse(self.play.lead, "advance", {"from": "une-autre"})
        await self.must_refuse(phone, "danser", {})
        await self.must_refuse(phone, "join", {"name": "Encore moi", "role": "facilitator"})
        mine = self.play.method.kinds_for(stage, phone.role)
        for kind in [kind for kind in self.play.method.kinds if kind not in mine][:1]:
            await self.must_refuse(phone, "write", {"kind": kind})
        for kind in mine[:1]:
            await self.must_refuse(
                phone, "write", {"kind": kind, "text": "a" * (self.play.method.kinds[kind].max_length + 1)}
            )
            await self.must_refuse(phone, "write", {"kind": kind}, forged=True)
            over = next((earlier for earlier in self.play.done if earlier != stage), None)
            if over:
                await self.must_refuse(phone, "write", {"kind": kind, "stage": over})
        if not self.play.done:
            await self.must_refuse(phone, "write", {"text": "x" * MEGABYTE})
        readers = [
            (reader, id_)
            for card in self.play.standing(stage)
            for reader in self.play.phones
            if reader.table == card.table and card.author is not reader
            if (id_ := reader.card_of(card.token))
        ]
        for reader, id_ in readers[:1]:
            await self.must_refuse(reader, "edit", {"card": id_})
        sheet = self.play.method.sheet
        if sheet and sheet.fields and phone.role != sheet.role:
            await self.must_refuse(phone, "fill", {"field": sheet.fields[0].id, "value": "Je regarde"})

    async def must_refuse(self, phone: Phone, kind: str, payload: dict[str, Any], *, forged: bool = False) -> None:
        written = self.play.written(phone, "card" if kind in ("write", "edit") else "other", phone.stage)
        if kind in ("write", "edit"):
            payload = {**payload, "text": f"{payload.get('text', 'Interdit')} {written.token}"}
        eyes, phone.eyes = phone.eyes, "stream" if phone.eyes == "reload" else phone.eyes  # the reason is in the answer
        try:
            await phone.move(kind, payload, written, forged=forged)
        finally:
            phone.eyes = eyes
        self.play.ledger.expect_refused(written)
