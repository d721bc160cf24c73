"""All that is held of one person in their space, for themselves: a page, and a file (RGPD, articles 15, 20).

A later noun adds what it holds of them (`register_holder`). Nothing about anybody else: what says something of two
people is counted, never told. Nor what only another link of theirs opens: organisers can open this one.
"""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Manager, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.gatherings.models import Gathering
from maillage.lib.dates import short_day
from maillage.lib.matching import fold
from maillage.lib.typography import typo
from maillage.office.models import Activity, Mail
from maillage.people.models import Person, User
from maillage.registrations.activity import THE_PERSON
from maillage.registrations.enums import ImportStatus
from maillage.registrations.models import CertificateLetter, Listing, Registration, RegistrationImport
from maillage.registrations.own import link_name

WITH_AT = re.compile(r"\S+@\S+")  # of mail: its letters are no name


@dataclass(frozen=True)
class Held:
    """A part of it, line by line. Organisers read it too: they hold the link, and may write to the address."""

    key: str
    title: str
    lines: list[tuple[str, str]]


Holder = Callable[[Person, Sequence[Registration]], list[Held]]
_holders: list[Holder] = []


def register_holder(holder: Holder) -> None:
    """Called from a later noun's AppConfig.ready()."""
    if holder not in _holders:
        _holders.append(holder)


_things: list["Manager[Any]"] = []


def register_letters(things: "Manager[Any]") -> None:
    """Called from a later noun's AppConfig.ready(): rows with a `gathering`, that letters are about."""
    if things not in _things:
        _things.append(things)


def letters_to(person: Person) -> "QuerySet[Mail]":
    """About this space's things alone: a link to sign in, an invitation, another space's letter are not its own."""
    if not person.email:
        return Mail.objects.none()
    about = Q(about__in=Gathering.with_trials.filter(space=person.space_id).values("pk"))
    for things in _things:
        about |= Q(about__in=things.filter(gathering__space=person.space_id).values("pk"))
    found = Mail.objects.filter(about, to__iexact=person.email)
    others = sharing_address(person)
    if not others:
        return found
    return found.filter(pk__in=[letter.pk for letter in found if _is_to(letter, person, others)])


def sharing_address(person: Person) -> list[Person]:
    """A household, an association: what says of none of them which it is for is of the last one alone."""
    if not person.email:
        return []
    return list(Person.objects.filter(space=person.space_id, email__iexact=person.email).exclude(pk=person.pk))


def _is_to(letter: Mail, person: Person, others: Sequence[Person]) -> bool:
    """By the personal link it carries, else by the name it says."""
    said = f"{letter.subject}\n{letter.body}"
    links = {each.pk: [link_name(row) for row in each.registrations.all()] for each in (person, *others)}
    if any(link in said for link in links[person.pk]):
        return True
    if any(link in said for other in others for link in links[other.pk]):
        return False
    return says_name(said, person) and not any(says_name(said, other) for other in others)


def says_name(text: str, person: Person) -> bool:
    """« Jeanne_MARTIN.xlsx » says Jeanne Martin, whole and in either order; a first name alone is many people's."""
    folded = fold(WITH_AT.sub(" ", text))
    first, last = fold(person.first_name), fold(person.last_name)
    whole = {f"{first} {last}".strip(), f"{last} {first}".strip()} - {""}
    return any(f" {name} " in f" {folded} " for name in whole)


def is_of_the_team(person: Person) -> bool:
    """Of this space: what an address is elsewhere, nobody learns here."""
    team = User.objects.filter(rights__space=person.space_id)
    return bool(person.email) and team.filter(email__iexact=person.email).exists()


def elsewhere() -> str:
    """What the link of a registration does not show, since organisers can open it."""
    return typo(
        _(
            "Un noyau dont vous êtes, « Où en êtes-vous ? », votre fiche : chacun se lit et se retire par son propre "
            "lien, reçu à part. « Tout effacer » retire aussi votre nom et votre adresse des deux premiers."
        )
    )


def held_on(person: Person) -> list[Held]:
    rows = list(_registrations(person))
    parts = [_person(person), *(_registration(row) for row in rows), *_around(person, rows)]
    parts += [part for holder in _holders for part in holder(person, rows)]
    return [part for part in parts if part.lines]


def as_json(parts: Sequence[Held], *, person: Person) -> dict[str, Any]:
    return {
        "person": str(person.pk),
        "space": person.space.name,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "elsewhere": elsewhere(),
        "parts": [
            {
                "key": part.key,
                "title": part.title,
                "lines": [{"what": what, "value": said} for what, said in part.lines],
            }
            for part in parts
        ],
    }


def _registrations(person: Person) -> "QuerySet[Registration]":
    return (
        person.registrations.select_related("gathering")
        .prefetch_related("wishes__workshop", "wishes__slot", "answers__question")
        .order_by("gathering__date", "pk")
    )


def said(*lines: tuple[str, object]) -> list[tuple[str, str]]:
    """What is empty is not held."""
    return [(what, typo(str(value))) for what, value in lines if value not in ("", None, 0, False)]


def _person(person: Person) -> Held:
    lines = said(
        (_("Prénom"), person.first_name),
        (_("Nom"), person.last_name),
        (_("Courriel"), person.email),
        (_("Téléphone"), person.phone),
        (_("Vous êtes"), person.get_category_display()),
        (_("Structure"), person.organisation),
        (_("Commune"), person.commune),
        (_("Commune, comme elle a été écrite"), person.commune_text),
        (_("Territoire, comme il a été écrit"), person.territory_text),
    )
    return Held("person", _("Qui vous êtes"), lines)


def _registration(row: Registration) -> Held:
    yes = _("oui")
    lines = said(
        (_("Date de la rencontre"), _day(row.gathering.date)),
        (_("Inscription"), row.get_status_display()),
        (_("Inscription reçue le"), _moment(row.registered_at)),
        (_("Inscription faite"), row.get_source_display()),
        (_("Rang dans la file d’attente"), row.waiting_rank),
        (_("Présence"), row.get_presence_display()),
        (_("Présence notée le"), _moment(row.presence_at)),
        (_("Vous avez dit votre arrivée vous-même"), row.self_arrived and yes),
        (_("Inscription faite à l’accueil"), row.walk_in and yes),
        (_("Volontaire pour apporter un sujet"), row.volunteer_porteur and yes),
        (_("Sujet proposé"), row.porteur_subject),
        (_("Besoins"), row.needs),
        (_("Repas"), row.get_meal_display()),
        (_("Enfants à garder"), row.children),
        (_("Interprète"), row.interpreter),
        (_("Accord : lettre d’information"), row.newsletter and yes),
        (_("Accord : se souvenir de mes rencontres"), row.remember_encounters and yes),
        (_("Accord : recevoir ce qui aura été retenu"), row.wants_takeaways and yes),
        (_("Ce qui a été retenu vous a été envoyé le"), _moment(row.takeaways_sent_at)),
        *(
            (_("{slot}, vœu {rank}").format(slot=wish.slot.title, rank=wish.rank), wish.workshop)
            for wish in row.wishes.all()
        ),
        *((answer.question.label, answer.words) for answer in row.answers.all()),
    )
    return Held(f"registration-{row.pk}", _("Inscription : {gathering}").format(gathering=row.gathering), lines)


def _around(person: Person, rows: Sequence[Registration]) -> list[Held]:
    """The directory, letters, certificates, the log, a file that waits, an account of the same address."""
    ids = [row.pk for row in rows]
    listing = Listing.objects.filter(person=person).select_related("organisation", "commune").first()
    shown = []
    if listing is not None:
        shown = said(
            (_("Nom"), listing.name),
            (_("Ce que vous faites"), listing.about),
            (_("Comment vous joindre"), listing.contact),
            (_("Structure"), listing.organisation),
            (_("Commune"), listing.commune),
            (_("Accord donné le"), _moment(listing.agreed_at)),
        )
    days = {row.gathering_id for row in rows}
    letters = letters_to(person).filter(about__in=days).order_by("created_at")
    acts = Activity.objects.filter(about_id__in=ids, by__in=(THE_PERSON, person.full_name)).order_by("at")
    queued = CertificateLetter.objects.filter(registration__in=ids).select_related("registration__gathering")
    pending = RegistrationImport.objects.filter(gathering__in=days, status=ImportStatus.DRAFT).count()
    other = [
        *((_("Lettre de l’attestation"), str(letter.registration.gathering)) for letter in queued),
        *((_("Dans le journal de l’espace"), f"{_moment(act.at)}, {act.about}") for act in acts),
    ]
    if pending:
        words = ngettext(
            "{n} fichier d’inscriptions attend d’être confirmé : votre nom peut y être",
            "{n} fichiers d’inscriptions attendent d’être confirmés : votre nom peut y être",
            pending,
        )
        other.append((_("Fichiers"), words.format(n=pending)))
    done = RegistrationImport.objects.filter(gathering__in=days).exclude(record={}).values_list("record", flat=True)
    theirs = [record["rows"][key]["before"] for record in done for key in map(str, ids) if key in record["rows"]]
    if any(part for before in theirs for part in before.values()):
        words = _("Ce qu’un import a changé de votre inscription, gardé sept jours pour pouvoir l’annuler")
        other.append((_("Fichiers"), words))
    if is_of_the_team(person):
        other.append((_("Compte de l’équipe"), _("Il y en a un à votre adresse ; il se gère sur « Votre compte ».")))
    return [
        Held("listing", _("L’annuaire des personnes"), shown),
        Held("letters", _("Les lettres sur vos inscriptions"), [_line(each) for each in letters]),
        Held("other", _("Ailleurs"), other),
    ]


def _line(letter: Mail) -> tuple[str, str]:
    return _moment(letter.created_at), letter.subject


def _day(day: dt.date | None) -> str:
    return short_day(day) if day else ""


def _moment(at: Any) -> str:
    here = timezone.localtime(at) if at else None
    return f"{short_day(here)} {here:%H:%M}" if here else ""
