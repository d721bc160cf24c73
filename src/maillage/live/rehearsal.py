"""A day played by robots, in sessions of its own that are marked, counted, and erased in one go.

The real sessions of the day are never opened here: a rehearsal has its own codes, its own key, its own rows.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import ngettext as _n

from facilitation import REFUSALS, Method, shipped_methods
from maillage.gatherings.models import Gathering
from maillage.lib.typography import grouped
from maillage.live import keys, log, signals
from maillage.live.counting import Ledger, percentiles
from maillage.live.models import Move, Session
from maillage.live.opening import open_gathering
from maillage.live.outcomes import SENTENCES
from maillage.live.playing import Play
from maillage.live.robots import BY_FORM, DOOR, Phone, Site, Unreachable
from maillage.live.rooms import method_of
from maillage.live.runtime import live
from maillage.live.scenes import ALONE, Scene
from maillage.live.seats import make_projection_token
from maillage.office.enums import JobStatus
from maillage.office.models import Job
from maillage.office.services import ReportProgress, record_activity, run_job
from maillage.plans.queries import seats_for_session

KIND = "rehearsal"  # of its job
SPEED = 300  # seconds of method in one second: an hour in twelve seconds
BUTTON_SPEED = 120  # gentler: robots and server share one process
MOST_AT_A_TABLE = 40  # a workshop without tables is one group, however many come


class NothingToRehearse(Exception):
    def __init__(self, gathering: Gathering) -> None:
        self.sentence = _(
            "« {gathering} » n’a aucun atelier dont la méthode puisse être jouée : "
            "choisissez une méthode dans le programme."
        ).format(gathering=gathering)
        super().__init__(self.sentence)


class RehearsalRunning(Exception):
    sentence = gettext_lazy("Une répétition est déjà en cours pour cette rencontre : attendez sa fin.")


@dataclass(frozen=True)
class Report:
    sessions: int
    seats: int
    accepted: int
    refused: dict[str, int]
    lost: int
    doubled: int
    leaks: int
    wrong: int  # accepted against the method, or refused although it allows it
    repeats: int
    bytes: int
    latency_ms: dict[str, float]
    seconds: float
    details: tuple[str, ...]

    @property
    def sound(self) -> bool:
        return not (self.lost or self.doubled or self.leaks or self.wrong) and self.accepted > 0

    def as_json(self) -> dict[str, Any]:
        return {
            "sessions": self.sessions,
            "seats": self.seats,
            "accepted": self.accepted,
            "refused": self.refused,
            "lost": self.lost,
            "doubled": self.doubled,
            "leaks": self.leaks,
            "wrong": self.wrong,
            "repeats": self.repeats,
            "bytes": self.bytes,
            "latency_ms": self.latency_ms,
            "seconds": self.seconds,
            "details": list(self.details),
        }


def rehearse(
    *,
    gathering: Gathering,
    by: str,
    url: str,
    name: str = "",
    speed: float = SPEED,
    seed: int = 0,
    on_progress: Callable[..., object] = lambda percent, sentence="": None,
) -> tuple[Ledger, list[Session], float]:
    """Fresh rehearsal sessions with the tables of the plan, played; those of an earlier rehearsal are erased first.

    A server that is not there, or goes away, leaves no session behind.
    """
    asyncio.run(Site.of(url, name=name).reach())
    sessions = open_rehearsal(gathering=gathering, by=by)
    try:
        ledger, seconds = play(scenes_of(sessions), url=url, name=name, speed=speed, seed=seed, on_progress=on_progress)
    except Unreachable:
        wipe_rehearsal(gathering=gathering, by=by)
        raise
    count_log(ledger)
    return ledger, sessions, seconds


def refuse_while_running(gathering: Gathering) -> None:
    if running_rehearsal(gathering) is not None:
        raise RehearsalRunning


def open_rehearsal(*, gathering: Gathering, by: str) -> list[Session]:
    wipe_rehearsal(gathering=gathering, by=by)
    sessions = open_gathering(gathering=gathering, by=by, rehearsal=True)
    if not sessions:
        raise NothingToRehearse(gathering)
    return sessions


def erase_rehearsal(*, gathering: Gathering, by: str) -> int:
    """Keys, moves, seats, and what the robots let out of the room: nothing stays. Says how many sessions it was."""
    refuse_while_running(gathering)
    return wipe_rehearsal(gathering=gathering, by=by)


def wipe_rehearsal(*, gathering: Gathering, by: str) -> int:
    """erase_rehearsal, even while robots play."""
    with transaction.atomic():
        rehearsed = Session.objects.select_for_update().filter(gathering=gathering, rehearsal=True)
        ids = list(rehearsed.values_list("id", flat=True))
        if not ids:
            return 0
        signals.rehearsal_erased.send(sender=Session, gathering_id=gathering.pk, session_ids=ids)
        for id_ in ids:
            keys.destroy_key(id_)
        Session.objects.filter(id__in=ids, rehearsal=True).delete()
        record_activity(
            space=gathering.space.slug,
            by=by,
            verb="a effacé la répétition",
            about=str(gathering),
            about_id=gathering.pk,
        )
    here = live()
    for id_ in ids:
        here.rooms.drop(id_)
        here.end_streams(id_)
    return len(ids)


def start_rehearsal(*, gathering: Gathering, by: str, url: str, name: str = "", speed: float | None = None) -> Job:
    """The button: robots play inside the running server, against its own address on loopback."""
    refuse_while_running(gathering)

    def work(report_progress: ReportProgress) -> dict[str, Any]:
        ledger, sessions, seconds = rehearse(
            gathering=gathering,
            by=by,
            url=url,
            name=name,
            speed=speed or BUTTON_SPEED,
            on_progress=report_progress,
        )
        report = make_report(ledger, len(sessions), seconds)
        return {
            "url": reverse("live:rehearsal", args=[gathering.pk]),
            "report": report.as_json(),
            "sound": report.sound,
        }

    return run_job(kind=KIND, about=gathering.pk, by=by, work=work)


def in_words(report: dict[str, Any]) -> list[str]:
    """A report's figures for a person."""
    latency = report["latency_ms"]
    seconds = f"{report['seconds']:.1f}".replace(".", ",")
    megabytes = f"{report['bytes'] / 1_000_000:.1f}".replace(".", ",")
    counted = {
        "sessions": _n("{n} séance", "{n} séances", report["sessions"]),
        "seats": _n("{n} place", "{n} places", report["seats"]),
        "accepted": _n("{n} geste confirmé", "{n} gestes confirmés", report["accepted"]),
        "repeats": _n("{n} envoi répété", "{n} envois répétés", report["repeats"]),
        "lost": _n("{n} perdu", "{n} perdus", report["lost"]),
        "doubled": _n("{n} doublé", "{n} doublés", report["doubled"]),
        "leaks": _n("{n} vu par qui ne devait pas", "{n} vus par qui ne devait pas", report["leaks"]),
        "wrong": _n("{n} contraire à la méthode", "{n} contraires à la méthode", report["wrong"]),
    }
    said = {name: words.format(n=grouped(report[name])) for name, words in counted.items()}
    refused = sum(report["refused"].values())
    times = {name: f"{latency[name]:.0f}" for name in ("p50", "p95", "max")}
    return [
        _("{sessions}, {seats}, {seconds} s.").format(seconds=seconds, **said),
        _("{accepted} ; {repeats}, une seule fois compté.").format(**said),
        _n("{n} geste refusé, avec ces mots :", "{n} gestes refusés, avec ces mots :", refused).format(n=refused),
        *refusals_in_words(report["refused"]),
        _("{lost}, {doubled}, {leaks}, {wrong}.").format(**said),
        _(
            "Vu sur un autre téléphone en {p50} ms (médiane), {p95} ms (19 fois sur 20), {max} ms au plus ; "
            "{megabytes} Mo reçus."
        ).format(megabytes=megabytes, **times),
    ]


def refusals_in_words(refused: Mapping[str, int]) -> list[str]:
    """What the person who did it would have read, the most frequent first."""
    said: Counter[str] = Counter()
    for reason, number in refused.items():
        said[_sentence_of(reason)] += number
    return [
        _n("{n} fois : « {words} »", "{n} fois : « {words} »", number).format(n=number, words=sentence)
        for sentence, number in said.most_common()
    ]


def _sentence_of(reason: str) -> str:
    if reason in REFUSALS:
        return REFUSALS[reason]
    if reason in SENTENCES:
        return str(SENTENCES[reason][1])
    if reason.startswith(DOOR):
        status = reason.removeprefix(DOOR)
        closed = status == str(SENTENCES["closed"][0])
        return (
            str(SENTENCES["closed"][1])
            if closed
            else _("La porte de la séance a répondu {status}.").format(status=status)
        )
    if reason == BY_FORM:
        return _("Une page sans JavaScript est revenue avec le texte et la raison.")
    return _("Le serveur a répondu {reason}.").format(reason=reason)


def page_of_job(job: Job) -> str:
    return reverse("live:rehearsal", args=[job.about])


def latest_rehearsal(gathering: Gathering) -> Job | None:
    return latest_job(KIND, gathering.pk)


def running_rehearsal(gathering: Gathering) -> Job | None:
    return running_job(KIND, gathering.pk)


def latest_job(kind: str, about: UUID) -> Job | None:
    return Job.objects.filter(kind=kind, about=about).order_by("-created_at", "-pk").first()


def running_job(kind: str, about: UUID) -> Job | None:
    return Job.objects.filter(kind=kind, about=about, status__in=[JobStatus.QUEUED, JobStatus.RUNNING]).first()


def scenes_of(sessions: Sequence[Session]) -> list[Scene]:
    """As many people at each table as the plan expects there."""
    scenes = []
    for session in sessions:
        expected = {table.number: len(table.registrations) for table in seats_for_session(session.workshop)}
        declared = [table["id"] for table in session.options.get("tables", ())]
        if declared:
            tables = tuple((id_, expected.get(id_) or ALONE) for id_ in declared)
        else:
            tables = ((None, min(sum(expected.values()) or ALONE, MOST_AT_A_TABLE)),)
        scenes.append(
            Scene(
                title=str(session),
                join_code=session.join_code,
                facilitator_code=session.facilitator_code,
                tables=tables,
                method=method_of(session.method_version),
                projection=make_projection_token(session.id),
                slot=session.workshop.slot.position,
            )
        )
    return scenes


def play(
    scenes: Sequence[Scene],
    *,
    url: str,
    name: str = "",
    speed: float = SPEED,
    seed: int = 0,
    on_progress: Callable[..., object] = lambda percent, sentence="": None,
) -> tuple[Ledger, float]:
    """Plays the sessions, slot after slot as the day does. No database: only the server's own pages."""
    ledger = Ledger()
    began = time.monotonic()
    known: dict[str, Method] = shipped_methods()
    site = Site.of(url, name=name)

    async def together(plays: Sequence[Play]) -> None:
        async with asyncio.TaskGroup() as group:
            for one in plays:
                group.create_task(one.run())

    slots = sorted({scene.slot for scene in scenes})
    for done, slot in enumerate(slots):
        now = [scene for scene in scenes if scene.slot == slot]
        on_progress(100 * done / len(slots), " · ".join(scene.title for scene in now))
        plays = [
            Play(scene, site, ledger, speed, random.Random(f"{seed} {slot} {number}"), known)  # noqa: S311 - repeatable
            for number, scene in enumerate(now)
        ]
        try:
            asyncio.run(together(plays))
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None
    ledger.count_leaks()
    return ledger, time.monotonic() - began


def count_log(ledger: Ledger) -> None:
    """When the database is ours: every acknowledged move is in the log, once, under its key."""
    for session_id in {watcher.session for watcher in ledger.watchers}:
        key_of = dict(Move.objects.filter(session_id=session_id).values_list("number", "key"))
        rows = ((move.seat, key_of[move.number], str(move.payload)) for move in log.read(UUID(session_id)))
        ledger.count_log(session_id, rows)


def make_report(ledger: Ledger, sessions: int, seconds: float) -> Report:
    people = [watcher for watcher in ledger.watchers if isinstance(watcher, Phone)]
    return Report(
        sessions=sessions,
        seats=len(people),
        accepted=ledger.accepted,
        refused=dict(sorted(ledger.refused.items())),
        lost=len(ledger.lost),
        doubled=len(ledger.doubled),
        leaks=len(ledger.leaked),
        wrong=len(ledger.wrong),
        repeats=ledger.repeats,
        bytes=ledger.received,
        latency_ms=percentiles(ledger.latencies),
        seconds=round(seconds, 1),
        details=tuple(ledger.details),
    )
