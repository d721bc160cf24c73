"""The activity log, and what is left of sessions that are over: how long each is kept, and how it goes."""

import datetime as dt
from uuid import UUID

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.office.models import Activity
from maillage.office.retention import Due, Rule, months_after
from maillage.people.models import Space
from maillage.people.presence import erase_over

ENTRY_MONTHS = 12  # who came in, and their codes: as long as a log of accesses is useful
LOG_MONTHS = 36  # what was done: as long as names at most
ENTRIES = ("sign-in", "end-sessions", "use-recovery-code", "renew-recovery-codes")
KINDS = ((ENTRY_MONTHS, Q(verb__in=ENTRIES)), (LOG_MONTHS, ~Q(verb__in=ENTRIES)))


def _goes(at: dt.datetime, months: int) -> dt.datetime:
    """The first of a month: erasing makes the database's files be written anew, once a month and not each hour."""
    after = months_after(timezone.localtime(at).date(), months + 1).replace(day=1)
    return timezone.make_aware(dt.datetime.combine(after, dt.time()))


def _kept_since(now: dt.datetime, months: int) -> dt.datetime:
    """Lines from then on stay."""
    return timezone.make_aware(
        dt.datetime.combine(months_after(timezone.localtime(now).date().replace(day=1), -months), dt.time())
    )


def due_lines(space: UUID, now: dt.datetime) -> list[Due]:
    slug = Space.objects.filter(pk=space).values_list("slug", flat=True).first()
    found = []
    for months, lines in KINDS:
        said = Activity.objects.filter(lines, space=slug).order_by().aggregate(n=Count("pk"), oldest=Min("at"))
        if said["n"]:
            words = _("les plus anciennes lignes du journal de l’espace, qui en a %s")
            found.append(Due(words % said["n"], _goes(said["oldest"], months)))
    return found


def erase_lines(now: dt.datetime) -> int:
    return sum(Activity.objects.filter(lines, at__lt=_kept_since(now, months)).delete()[0] for months, lines in KINDS)


LOG = Rule(
    "log",
    gettext_lazy("Journal de l’espace"),
    term=lambda space: str(
        gettext_lazy("les entrées et les codes, douze mois ; le reste, trente-six mois ; le premier de chaque mois")
    ),
    stays="",
    due=due_lines,
    erase=erase_lines,
)
SESSIONS = Rule(
    "presences",
    gettext_lazy("Où l’équipe est connectée"),
    term=lambda space: str(gettext_lazy("quatorze jours après l’entrée, ou dès que l’on se déconnecte")),
    stays="",
    due=lambda space, now: [],
    erase=erase_over,
    in_clear=False,
)
