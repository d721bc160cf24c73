"""What a rehearsal believes: every text sent carries a token nobody else has, and what is true is where tokens are.

Nothing here knows the engine: a method's file is read as plain TOML, a screen as plain HTML, a line as plain bytes.
"""

import re
import secrets
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

TOKEN = re.compile(r"jeton[0-9a-z]{12}")
TOKEN_BYTES = re.compile(rb"jeton[0-9a-z]{12}")
SIGNS = "0123456789abcdefghijklmnopqrstuvwxyz"
LONGEST_DETAILS = 20  # sentences of a report: the first say what is wrong, the rest repeats it
WIDE = ("table", "all", "group")  # `sees` that shows the cards of others
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
TYPED = frozenset({"textarea", "option", "script", "style", "title"})  # a text there is an offer, not something shown


def new_token() -> str:
    return "jeton" + "".join(secrets.choice(SIGNS) for _ in range(12))


@dataclass(frozen=True)
class Place:
    """Where a token is shown: the ids around it, outermost first."""

    ids: tuple[str, ...]

    @property
    def card(self) -> str | None:
        """The card it is written on, if it is on a card of a board."""
        return next((id_[len("card-") :] for id_ in reversed(self.ids) if id_.startswith("card-")), None)


class _Tokens(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, list[Place]] = {}
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self._open.append((tag, dict(attrs).get("id") or ""))

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self._open) - 1, -1, -1):
            if self._open[depth][0] == tag:
                del self._open[depth:]
                return

    def handle_data(self, data: str) -> None:
        if "jeton" not in data or any(tag in TYPED for tag, _id in self._open):
            return
        place = Place(tuple(id_ for _tag, id_ in self._open if id_))
        for token in TOKEN.findall(data):
            self.found.setdefault(token, []).append(place)


def tokens_on(html: bytes) -> dict[str, list[Place]]:
    """Every token a person would read in this HTML, and where; what waits in a field to be sent is not shown."""
    parser = _Tokens()
    parser.feed(html.decode(errors="replace"))
    parser.close()
    return parser.found


class MethodRules:
    """Who may see what, as the method's file says it, read without the engine."""

    def __init__(self, source: str) -> None:
        declared = tomllib.loads(source)
        uses = {id_: kind.get("shown_as") for id_, kind in declared.get("kinds", {}).items()}
        self.shown_as = {id_ for id_, use in uses.items() if use}
        self.shown_alone = {id_ for id_, use in uses.items() if use in ("headline", "request")}  # on no board
        self._general: dict[str, str] = declared.get("sees", {})
        self._stages: dict[str, dict[str, Any]] = declared["stages"]

    def sees(self, stage: str, role: str) -> str:
        return str({**self._general, **self._stages[stage].get("sees", {})}.get(role, ""))

    def may_read(self, role: str, stage: str, kind: str) -> bool:
        """Somebody else's card written at `stage` may be shown to this role: there, or where it is shown again."""
        return kind in self.shown_as or any(self.sees(id_, role) in WIDE for id_ in self._showing(stage))

    def reads_everywhere(self, role: str, stage: str | None = None) -> bool:
        """The cards of all tables are shown to this role: those of a stage, or those of some stage."""
        return any(self.sees(id_, role) == "all" for id_ in (self._showing(stage) if stage else self._stages))

    def _showing(self, stage: str) -> list[str]:
        return [id_ for id_, declared in self._stages.items() if id_ == stage or stage in declared.get("from", [])]


@dataclass(eq=False)
class Watcher:
    """A seat as the counter knows it. `seen`: every token in any byte it ever received."""

    session: str
    table: int | None
    kind: str  # participant, facilitator, projector
    roles: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)

    def scan(self, data: bytes) -> list[str]:
        """Notes the tokens of received bytes; gives those never seen before here."""
        fresh = [token for token in {found.decode() for found in TOKEN_BYTES.findall(data)} if token not in self.seen]
        self.seen.update(fresh)
        return fresh


@dataclass(eq=False)
class Written:
    """A move that somebody sent, and what is known of it from the answers alone."""

    token: str
    session: str
    table: int | None
    author: Watcher
    what: str  # name, card, sheet, release, answer (the text of a questionnaire), other
    key: str
    stage: str = ""
    step: str = ""  # the stage at its round: what was written in another is over
    kind: str = ""  # of the card
    sent_at: float = 0.0
    numbers: set[int] = field(default_factory=set)  # given in acknowledgements: one, or the server contradicts itself
    created: int = 0  # how many times it was answered « created »
    acknowledged: bool = False
    refused: bool = False
    reason: str = ""  # of the last refusal
    public: bool = False  # an answer that whoever leads has shown
    standing: bool = True  # not replaced or taken away since: it must be on screen


@dataclass
class Ledger:
    """All that was sent in a rehearsal, and what was found wrong."""

    written: dict[str, Written] = field(default_factory=dict)
    cards: dict[tuple[str, str], list[Written]] = field(default_factory=dict)  # by session and stage
    watchers: list[Watcher] = field(default_factory=list)
    rules: dict[str, MethodRules] = field(default_factory=dict)  # by session
    refused: Counter[str] = field(default_factory=Counter)
    lost: dict[str, str] = field(default_factory=dict)  # token → sentence
    doubled: dict[str, str] = field(default_factory=dict)
    leaked: dict[tuple[str, int], str] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)  # accepted against the rules, or answered what is no answer
    latencies: list[float] = field(default_factory=list)  # seconds
    received: int = 0  # bytes
    repeats: int = 0

    def note(self, written: Written) -> Written:
        if written.token not in self.written and written.what == "card":
            self.cards.setdefault((written.session, written.stage), []).append(written)
        self.written[written.token] = written
        return written

    @property
    def accepted(self) -> int:
        return sum(1 for written in self.written.values() if written.acknowledged)

    def answered(self, written: Written, status: int, reason: str, number: int | None) -> None:
        if status in (200, 201):
            if written.acknowledged:
                self.repeats += 1
            written.acknowledged = True
            written.created += status == 201
            if number is not None:
                written.numbers.add(number)
            if written.created > 1 or len(written.numbers) > 1:
                self.doubled[written.token] = f"{written.what} : la même clé a été enregistrée plusieurs fois"
        else:
            written.refused, written.reason = True, reason or str(status)
            self.refused[reason or str(status)] += 1

    def expect_refused(self, written: Written) -> None:
        if written.acknowledged:
            self.wrong[written.token] = (
                f"accepté alors que la méthode l’interdit : {written.what} {written.kind}".strip()
            )

    def expect_accepted(self, written: Written) -> None:
        if not written.acknowledged:
            what = f"{written.what} {written.kind}".strip()
            self.wrong[written.token] = f"refusé alors que la méthode le permet : {what} ({written.reason})"

    def expect_shown(self, wanted: Iterable[Written], html: bytes, *, where: str) -> list[Written]:
        """Which of these are not on this screen. Twice on its boards is said at once: waiting would not mend it."""
        found = tokens_on(html)
        missing = []
        for written in wanted:
            places = found.get(written.token, [])
            cards = [place.card for place in places if place.card is not None]
            if len(cards) > 1:
                self.doubled[written.token] = f"une carte est {len(cards)} fois sur {where}"
            if not places:
                missing.append(written)
        return missing

    def lose(self, missing: Iterable[Written], where: str) -> None:
        for written in missing:
            self.lost.setdefault(written.token, f"{written.what} {written.kind} ({written.stage}) absent de {where}")

    def count_log(self, session: str, rows: Iterable[tuple[str, str, str]]) -> None:
        """`rows`: (seat, key, the opened payload as text) of every move the database holds for this session."""
        keys: Counter[str] = Counter()
        tokens: Counter[str] = Counter()
        for _seat, key, text in rows:
            keys[key] += 1
            tokens.update(set(TOKEN.findall(text)))
        for written in self.written.values():
            if written.session != session:
                continue
            typed = written.what != "other"
            times = max(tokens[written.token], 0 if written.what == "name" else keys[written.key])
            if written.acknowledged and (not times or (typed and not tokens[written.token])):
                self.lost.setdefault(written.token, f"{written.what} {written.kind} : confirmé, absent du journal")
            elif written.acknowledged and times > 1:
                self.doubled.setdefault(written.token, f"{written.what} {written.kind} : {times} fois dans le journal")
            elif written.refused and not written.acknowledged and times:
                self.wrong.setdefault(written.token, f"{written.what} {written.kind} : refusé, et pourtant au journal")

    def count_early(self, answers: Iterable[Written]) -> None:
        """Answers that are still hidden: received by somebody else, they leaked, whatever is shown later."""
        for written in answers:
            for position, watcher in enumerate(self.watchers):
                if written.token in watcher.seen and watcher is not written.author and not written.public:
                    self.leaked[written.token, position] = f"réponse à {written.kind} reçue avant d’être montrée"

    def count_leaks(self) -> None:
        """Every token a seat received although nothing lets it: another table's, another session's, the porteur's."""
        for position, watcher in enumerate(self.watchers):
            for token in watcher.seen:
                written = self.written.get(token)
                if written is not None and not self.may_read(watcher, written):
                    self.leaked[token, position] = (
                        f"{written.what} {written.kind} de la table {written.table} reçu par {watcher.kind} "
                        f"({', '.join(sorted(watcher.roles)) or 'sans rôle'}) de la table {watcher.table}"
                    )

    def may_read(self, watcher: Watcher, written: Written) -> bool:
        if watcher is written.author:
            return True
        if watcher.session != written.session or written.what in ("sheet", "release", "other"):
            return False
        if written.what == "answer":
            return written.public
        rules = self.rules[written.session]
        leads = watcher.kind == "facilitator"
        named = written.what == "name" and written.author.kind == "facilitator"  # known to the whole session
        stage = written.stage or None
        everywhere = any(rules.reads_everywhere(role, stage) for role in watcher.roles)
        if not leads and not named and not everywhere and watcher.table != written.table:
            return False
        if written.what == "name":
            return everywhere or watcher.kind != "projector"
        return any(rules.may_read(role, written.stage, written.kind) for role in watcher.roles)

    @property
    def details(self) -> list[str]:
        sentences: Counter[str] = Counter()
        for title, found in (
            ("perdu", self.lost.values()),
            ("doublé", self.doubled.values()),
            ("vu par qui ne devait pas", self.leaked.values()),
            ("contraire aux règles", self.wrong.values()),
        ):
            sentences.update(f"{title} : {sentence}" for sentence in found)
        return [f"{sentence} (× {times})" if times > 1 else sentence for sentence, times in sentences.items()][
            :LONGEST_DETAILS
        ]


def percentiles(seconds: list[float]) -> dict[str, float]:
    """p50, p95 and max in milliseconds; zeros when nothing was measured."""
    ordered = sorted(seconds)
    if not ordered:
        return {"p50": 0.0, "p95": 0.0, "max": 0.0}

    def at(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 1)

    return {"p50": at(0.5), "p95": at(0.95), "max": round(ordered[-1] * 1000, 1)}
