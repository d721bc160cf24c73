"""Needs, names, letters and files of registrations: how long each is kept, and how it goes.

Names go by the rule of the space. What is counted stays (category, commune, structure, presence): a day that is over
keeps its figures, and nobody in them. A person who also came to a later day is kept until that one's turn.
"""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Min, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maillage.gatherings.models import Gathering
from maillage.office import ledger
from maillage.office.enums import MailStatus
from maillage.office.models import Activity, Mail
from maillage.office.retention import BY, Due, Rule, months_after, names_months
from maillage.office.services import drop_mail, forget_sentences, record_activity
from maillage.people.models import Person, Space
from maillage.people.presence import forget_remembered
from maillage.registrations.activity import OWN_VERBS, THE_PERSON
from maillage.registrations.enums import ImportStatus
from maillage.registrations.imports import KEEP_IMPORTS, drop_old_imports
from maillage.registrations.models import Answer, Listing, Registration, RegistrationImport
from maillage.registrations.queries import WITH_NEEDS
from maillage.registrations.services import erase_needs
from maillage.registrations.signals import names_erased

NAMELESS = "Nom effacé"  # in the first name's place; a list shows it as any other
KEEP_LATE_NEEDS = dt.timedelta(days=1)  # said once the day is over: typed late, or a past day that is rehearsed
KEEP_LETTERS = dt.timedelta(days=30)  # once sent, or given up
A_DAY = dt.timedelta(days=1)
TABLES = {  # rule → where it erases what can be read
    "needs": ("registrations_registration", "office_job", "django_session"),
    "names": (
        "people_person",
        "registrations_registration",
        "registrations_answer",
        "registrations_listing",
        "registrations_registrationimport",
        "office_mail",
        "office_activity",
        "office_job",
        "django_session",
    ),
    "listings": ("registrations_listing",),
    "letters": ("office_mail",),
    "imports": ("registrations_registrationimport",),
}


def _midnight(gathering: Gathering, day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), ZoneInfo(gathering.timezone))


# Needs


def needs_over(gathering: Gathering) -> dt.datetime | None:
    if gathering.date is None or gathering.date == dt.date.max:
        return None
    return _midnight(gathering, gathering.date + dt.timedelta(days=1))


def erase_past_needs(*, now: dt.datetime) -> int:
    """Needs serve the day; the day after, nobody keeps them. Those said once the day is over serve one day more."""
    erased = 0
    with_needs = Registration.objects.filter(WITH_NEEDS).values("gathering")  # one person's is enough
    with_undo = RegistrationImport.objects.exclude(record={}).values("gathering")
    for gathering in Gathering.objects.filter(Q(pk__in=with_needs) | Q(pk__in=with_undo), date__lt=now.date()):
        over = needs_over(gathering)
        if over is not None and now >= over:
            erased += erase_needs(gathering=gathering, by=BY, said_before=max(over, now - KEEP_LATE_NEEDS))
    return erased


def _due_needs(space: UUID, now: dt.datetime) -> list[Due]:
    rows = Registration.objects.filter(WITH_NEEDS, gathering__space=space, gathering__trial=False)
    found = []
    for gathering, number, last in _by_gathering(rows, "needs_at"):
        over = needs_over(gathering)
        if over is not None:
            words = ngettext("{gathering} : besoins d’{n} personne", "{gathering} : besoins de {n} personnes", number)
            found.append(Due(words.format(gathering=gathering, n=number), max(over, last + KEEP_LATE_NEEDS)))
    return found


def _by_gathering(rows: "QuerySet[Registration]", earliest: str) -> Iterable[tuple[Gathering, int, dt.datetime]]:
    told = {pk: (number, first) for pk, number, first in _counted(rows, earliest)}
    for gathering in Gathering.objects.filter(pk__in=told).order_by("date", "pk"):
        yield gathering, *told[gathering.pk]


def _counted(rows: "QuerySet[Registration]", earliest: str) -> Iterable[tuple[UUID, int, dt.datetime]]:
    return rows.order_by().values_list("gathering").annotate(Count("pk"), Min(earliest))


# Names


def names_over(gathering: Gathering, months: int) -> dt.datetime:
    """A gathering without a date counts from the day it was written down."""
    day = gathering.date or gathering.created_at.astimezone(ZoneInfo(gathering.timezone)).date()
    return _midnight(gathering, months_after(day, months))


def due_names(space: UUID, months: int) -> list[Due]:
    rows = Registration.objects.filter(gathering__space=space, gathering__trial=False)
    found = []
    for gathering, number, _first in _by_gathering(rows.exclude(person__first_name=NAMELESS), "needs_at"):
        words = ngettext("{gathering} : nom d’{n} personne", "{gathering} : noms de {n} personnes", number)
        found.append(Due(words.format(gathering=gathering, n=number), names_over(gathering, months)))
    return found


def erase_past_names(*, now: dt.datetime) -> int:
    """How many people have no name any more."""
    number = 0
    for space in Space.objects.order_by("pk"):
        months = names_months(space.pk)
        by_term: dict[bool, list[Gathering]] = {True: [], False: []}
        for gathering in Gathering.objects.filter(space=space).order_by("pk"):
            by_term[names_over(gathering, months) <= now].append(gathering)
        later = [gathering.pk for gathering in by_term[False]]
        for gathering in by_term[True]:
            people = Person.objects.filter(registrations__gathering=gathering).exclude(first_name=NAMELESS)
            number += _erase_names(gathering, people.exclude(registrations__gathering__in=later))
        number += _drop_strays(space, months, now)
    return number


def _drop_strays(space: Space, months: int, now: dt.datetime) -> int:
    """Who is registered nowhere any more: their own identifier says since when they are known (UUIDv7)."""
    since = now - dt.timedelta(days=31 * months)
    born_before = UUID(int=max(0, int(since.timestamp() * 1000)) << 80)
    return Person.objects.filter(space=space, registrations=None, pk__lt=born_before).delete()[0]


@transaction.atomic
def _erase_names(gathering: Gathering, people: "QuerySet[Person]") -> int:
    """Nothing left to erase writes nothing, not even in the log."""
    here = Registration.objects.filter(gathering=gathering)
    known = list(people.distinct())
    traces = (
        Answer.objects.filter(registration__in=here).exists()
        or here.exclude(porteur_subject="").exists()
        or RegistrationImport.objects.filter(gathering=gathering).exists()
    )
    if not known and not traces:
        return 0
    ids = [person.pk for person in known]
    acts = Activity.objects.filter(about_id__in=here.filter(person__in=ids).values("pk"))
    acts.filter(Q(by__in={person.full_name for person in known}) | Q(verb__in=OWN_VERBS)).exclude(by=THE_PERSON).update(
        by=NAMELESS
    )
    forget_people(ids)
    forget_words(here)
    RegistrationImport.objects.filter(gathering=gathering).delete()
    drop_mail(about=gathering.pk)
    forget_sentences([gathering.pk])
    forget_remembered()
    names_erased.send(Gathering, gathering=gathering)
    ledger.record_erasures(ledger.PERSON, ids)
    record_activity(space=gathering.space.slug, by=BY, verb="erase-names", about=str(gathering), about_id=gathering.pk)
    return len(ids)


def forget_people(ids: Iterable[UUID]) -> int:
    known = list(ids)
    Listing.objects.filter(person__in=known).delete()
    return Person.objects.filter(pk__in=known).update(
        first_name=NAMELESS, last_name="", email="", phone="", commune_text="", territory_text=""
    )


def forget_words(rows: "QuerySet[Registration]") -> None:
    """What people wrote themselves; and their links open nothing more."""
    Answer.objects.filter(registration__in=rows).delete()
    rows.update(
        porteur_subject="",
        form_key=None,
        newsletter=False,
        remember_encounters=False,
        token_version=F("token_version") + 1,
    )


@transaction.atomic
def erase_names_again() -> int:
    """A gathering all of whose people were erased loses what is said of them all; else each person loses their own:
    somebody who asked takes nothing of the others with them."""
    from maillage.registrations.erasure import forget_everywhere  # which reads this module

    gone = ledger.erased(ledger.PERSON)
    named = Person.objects.exclude(first_name=NAMELESS)
    ids = [pk for pk in named.values_list("pk", flat=True) if pk in gone]
    if not ids:
        return 0
    rows = Registration.objects.filter(person__in=ids).select_related("gathering", "person")
    others = Registration.objects.exclude(person__first_name=NAMELESS).exclude(person__in=ids)
    for gathering in Gathering.with_trials.filter(pk__in=rows.values("gathering")):
        if not others.filter(gathering=gathering).exists():
            drop_mail(about=gathering.pk)
            names_erased.send(Gathering, gathering=gathering)
    for person in named.filter(pk__in=ids):
        forget_everywhere(person, [row for row in rows if row.person_id == person.pk])
    return len(ids)


# The directory of persons


def drop_listings_again() -> int:
    """Taken back by the person since this copy was made."""
    gone = ledger.erased(ledger.LISTING)
    found = [pk for pk in Listing.objects.values_list("pk", flat=True) if pk in gone]
    return Listing.objects.filter(pk__in=found).delete()[0]


# Letters


def drop_old_letters(*, before: dt.datetime) -> int:
    """Sent, or given up. Without a mail server letters are files: those go too.

    All at once when the oldest is a day late: the database's files are written anew once a day at most for them.
    """
    files = sum(_drop_file(path, before) for path in _letter_files())
    rows = Mail.objects.filter(created_at__lt=before).exclude(status=MailStatus.QUEUED)
    if not rows.filter(created_at__lt=before - A_DAY).exists():
        return files
    return rows.delete()[0] + files


def _letter_files() -> list[Path]:
    folder = Path(settings.EMAIL_FILE_PATH)
    if not settings.EMAIL_BACKEND.endswith("filebased.EmailBackend") or not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if path.suffix == ".log" and path.is_file()]


def _drop_file(path: Path, before: dt.datetime) -> int:
    try:
        if path.stat().st_mtime >= before.timestamp():
            return 0
        path.unlink()
    except FileNotFoundError:  # another process did it
        return 0
    return 1


def _due_letters(space: UUID, _now: dt.datetime) -> list[Due]:
    rows = Mail.objects.filter(about__in=Gathering.objects.filter(space=space).values("pk"))
    told = rows.exclude(status=MailStatus.QUEUED).order_by().values_list("about")
    numbers = {about: (number, first) for about, number, first in told.annotate(Count("pk"), Min("created_at"))}
    found = []
    for gathering in Gathering.objects.filter(pk__in=numbers):
        number, first = numbers[gathering.pk]
        words = ngettext("{gathering} : {n} lettre envoyée", "{gathering} : {n} lettres envoyées", number)
        found.append(Due(words.format(gathering=gathering, n=number), first + KEEP_LETTERS + A_DAY))
    return found


# Files


def _due_imports(space: UUID, _now: dt.datetime) -> list[Due]:
    kept = Q(status=ImportStatus.DRAFT) | ~Q(record={})
    rows = RegistrationImport.objects.filter(kept, gathering__space=space).defer("content", "record")
    return [
        Due(f"{row.gathering} : {row.filename}", row.created_at + KEEP_IMPORTS)
        for row in rows.select_related("gathering")
    ]


def _months_words(space: UUID) -> str:
    return _("{n} mois après la rencontre").format(n=names_months(space))


RULES = (
    Rule(
        key="needs",
        title=gettext_lazy("Les besoins (repas, accès, garde d’enfants, interprète)"),
        term=lambda _space: _("le lendemain de la rencontre"),
        stays="",
        due=_due_needs,
        erase=lambda now: erase_past_needs(now=now),
    ),
    Rule(
        key="names",
        title=gettext_lazy("Les noms, adresses et téléphones, et ce que chaque personne a écrit à l’inscription"),
        term=_months_words,
        stays=gettext_lazy(
            "Les nombres restent : catégorie, commune, structure, présence. Qui est aussi inscrit à une rencontre plus "
            "récente garde son nom jusqu’au tour de celle-ci."
        ),
        due=lambda space, _now: due_names(space, names_months(space)),
        erase=lambda now: erase_past_names(now=now),
        again=erase_names_again,
    ),
    Rule(
        key="listings",
        title=gettext_lazy("Ce que des personnes montrent d’elles dans l’annuaire des personnes"),
        term=lambda _space: _("jusqu’à ce qu’elles le retirent, et pas plus longtemps que leur nom"),
        stays="",
        due=lambda _space, _now: [],  # goes with the names, by the rule above
        erase=lambda _now: 0,
        again=drop_listings_again,
    ),
    Rule(
        key="letters",
        title=gettext_lazy("Les lettres envoyées"),
        term=lambda _space: _("{n} jours après leur envoi").format(n=KEEP_LETTERS.days),
        stays="",
        due=_due_letters,
        erase=lambda now: drop_old_letters(before=now - KEEP_LETTERS),
    ),
    Rule(
        key="imports",
        title=gettext_lazy("Les fichiers d’inscriptions que personne n’a confirmés, et de quoi annuler un import"),
        term=lambda _space: _("{n} jours après leur envoi").format(n=KEEP_IMPORTS.days),
        stays="",
        due=_due_imports,
        erase=lambda now: drop_old_imports(before=now - KEEP_IMPORTS),
    ),
)
