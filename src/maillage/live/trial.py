"""A method tried at once with robots: a gathering nobody sees, one rehearsal session, a report, one click to erase.

One trial a method and space: its gathering has an identity made of both, so a second one takes the place of the first.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from facilitation import Method, Move, start
from facilitation import replay as replay_moves
from maillage.gatherings.enums import GatheringKind, SlotKind
from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.lib.typography import count
from maillage.live import log
from maillage.live.models import Session
from maillage.live.rehearsal import (
    BUTTON_SPEED,
    count_log,
    latest_job,
    make_report,
    play,
    running_job,
    scenes_of,
    wipe_rehearsal,
)
from maillage.live.rooms import method_of, start_state
from maillage.live.scenes import ALONE, Scene
from maillage.live.services import open_session
from maillage.methods.services import keep_shipped_versions
from maillage.office.models import Job
from maillage.office.services import ReportProgress, run_job
from maillage.people.models import Space
from maillage.people.queries import Visitor, can_facilitate

KIND = "trial"  # of its job
WORDS = {
    "write": gettext_lazy("cartes écrites"),
    "edit": gettext_lazy("cartes corrigées"),
    "remove": gettext_lazy("cartes retirées"),
    "mark": gettext_lazy("marques"),
    "choose": gettext_lazy("cartes retenues"),
    "fill": gettext_lazy("lignes de fiche"),
    "release": gettext_lazy("phrases rendues publiques"),
    "answer": gettext_lazy("réponses"),
    "give": gettext_lazy("dons au pot"),
    "reveal": gettext_lazy("révélations"),
    "take_role": gettext_lazy("rôles pris"),
    "give_role": gettext_lazy("rôles donnés"),
}
LEADING = gettext_lazy("conduite, entrées et sorties")
TABLES = 2  # where a method has tables: enough to see that one does not read the other


class TrialRunning(Exception):
    sentence = gettext_lazy("Un essai de cette méthode est déjà en cours : attendez sa fin.")


@dataclass(frozen=True)
class Played:
    """What robots did at one stage, as the log has it. `moves`: how many of each kind."""

    title: str
    moves: dict[str, int]

    @property
    def words(self) -> str:
        done = sum(self.moves.values())
        if not done:
            return _("jamais atteinte, ou rien n’y a été fait")
        said: Counter[str] = Counter()
        for kind, number in self.moves.items():
            said[str(WORDS.get(kind, LEADING))] += number
        which = "\u202f; ".join(f"{words} : {number}" for words, number in said.most_common())
        return f"{count(done, _('geste'), _('gestes'), zero='')} ({which})"


def start_trial(*, space: Space, method: Method, by: str, url: str, name: str = "", speed: float | None = None) -> Job:
    """Opens the trial's session, then plays it in a job. Raises TrialRunning, NoMethod, UnplayableMethod."""
    if running_trial(space, method.id):
        raise TrialRunning
    start(method)  # what cannot be played is said before the last trial is erased
    with transaction.atomic():
        _wipe(space, method.id, by)
        session = _open(space, method, by)

        def work(report_progress: ReportProgress) -> dict[str, Any]:
            scenes = [_scene(session, method)]
            ledger, seconds = play(scenes, url=url, name=name, speed=speed or BUTTON_SPEED, on_progress=report_progress)
            count_log(ledger)
            report = make_report(ledger, 1, seconds)
            return {
                "url": trial_url(space, method.id),
                "report": report.as_json(),
                "sound": report.sound,
                "played": [{"title": one.title, "moves": one.moves} for one in stages_played(session)],
            }

        return run_job(kind=KIND, about=trial_id(space, method.id), by=by, work=work)


def erase_trial(*, space: Space, method: str, by: str) -> int:
    """Key, moves, seats and the gathering that held them. Says how many sessions it was."""
    if running_trial(space, method):
        raise TrialRunning
    return _wipe(space, method, by)


def trial_id(space: Space, method: str) -> UUID:
    return uuid5(space.pk, f"essai/{method}")


def trial_url(space: Space, method: str) -> str:
    return reverse("live:trial", args=[space.slug, method])


def trial_session(space: Space, method: str) -> Session | None:
    return Session.objects.filter(gathering=trial_id(space, method), gathering__trial=True).first()


def latest_trial(space: Space, method: str) -> Job | None:
    return latest_job(KIND, trial_id(space, method))


def running_trial(space: Space, method: str) -> Job | None:
    return running_job(KIND, trial_id(space, method))


def may_see_trial(user: Visitor, job: Job) -> bool:
    if job.about is None:
        return False
    gathering = Gathering.with_trials.filter(pk=job.about, trial=True).select_related("space").first()
    return gathering is not None and can_facilitate(user, gathering.space)


def page_of_trial(job: Job) -> str:
    session = Session.objects.select_related("gathering__space", "workshop").get(gathering_id=str(job.about))
    return trial_url(session.gathering.space, session.workshop.method)


def stages_played(session: Session) -> list[Played]:
    """Every stage of the method, those never reached included, with the moves the log has for it."""
    method = method_of(session.method_version)
    state = start_state(method, session.options)
    done: dict[str, Counter[str]] = {id_: Counter() for id_ in method.stages}
    for move in _moves(session):
        if state.stage in done and state.status in ("running", "paused"):
            done[state.stage][move.kind] += 1
        state = replay_moves(state, [move])
    return [Played(stage.title, dict(done[id_])) for id_, stage in method.stages.items()]


def _moves(session: Session) -> Iterable[Move]:
    return (Move(one.number, one.seat, one.kind, one.payload, one.at) for one in log.read(session.pk))


def _open(space: Space, method: Method, by: str) -> Session:
    keep_shipped_versions()
    id_ = trial_id(space, method.id)
    title = _("Essai : {title}").format(title=method.title)[:200]
    gathering = Gathering.with_trials.create(
        id=id_, space=space, slug=f"essai-{id_.hex}", kind=GatheringKind.OTHER, title=title, trial=True, public=False
    )
    slot = Slot.objects.create(gathering=gathering, position=1, kind=SlotKind.WORKSHOPS, title=title)
    workshop = Workshop.objects.create(slot=slot, position=1, title=title, method=method.id)
    tables = [{"id": n, "name": f"Table {n}"} for n in range(1, TABLES + 1)] if method.table_size else []
    return open_session(workshop=workshop, by=by, tables=tables, rehearsal=True)


def _scene(session: Session, method: Method) -> Scene:
    (scene,) = scenes_of([session])
    most = min(method.people_max or ALONE, method.table_size or ALONE, ALONE) if method.table_size else ALONE
    return replace(scene, tables=tuple((id_, min(size, max(most, 3))) for id_, size in scene.tables))


def _wipe(space: Space, method: str, by: str) -> int:
    gathering = Gathering.with_trials.filter(pk=trial_id(space, method), trial=True).first()
    if gathering is None:
        return 0
    erased = wipe_rehearsal(gathering=gathering, by=by)
    gathering.delete()
    return erased
