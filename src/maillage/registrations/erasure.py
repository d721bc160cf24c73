"""One person, erased because they ask: everywhere in their space, at once, and by the ledger in every older backup.

What is counted stays, without them: category, commune, structure, presence, seat. What they said in a room goes with
the room's notes: it is sealed there, and no name ties it to anybody here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.lib.typography import NO_BREAK, grouped, typo
from maillage.office import ledger
from maillage.office.models import Activity
from maillage.office.retention import ask_for_new_files
from maillage.office.services import forget_sentences
from maillage.people.models import Person
from maillage.people.presence import forget_remembered
from maillage.registrations.activity import OWN_VERBS, THE_PERSON
from maillage.registrations.enums import ImportStatus, RegistrationStatus
from maillage.registrations.held import is_of_the_team, letters_to, says_name
from maillage.registrations.models import Answer, Registration, RegistrationImport
from maillage.registrations.queries import WITH_NEEDS
from maillage.registrations.retention import NAMELESS, forget_people, forget_words
from maillage.registrations.services import Refused, cancel_registration
from maillage.registrations.signals import person_erased


class CarriedAway(Refused):
    """The other server holds the name too, and would bring it back."""

    def __init__(self, title: str) -> None:
        sentence = _("« {title} » est en ce moment sur un serveur de salle. Rapportez-la d’abord, puis effacez.")
        super().__init__(typo(sentence.format(title=title)))


_stays_elsewhere: list[Callable[[Person], str]] = []


def register_what_stays(words: Callable[[Person], str]) -> None:
    """A later noun says what it keeps, without the name, of a person who is erased; "" when it keeps nothing."""
    _stays_elsewhere.append(words)


@dataclass(frozen=True)
class Losses:
    """Said before anything is erased."""

    goes: list[str]
    stays: list[str]


def losses_of(person: Person) -> Losses:
    rows = list(_rows(person).select_related("gathering"))
    known = (
        (_("le nom : {name}").format(name=person.full_name), True),
        (
            _("l’adresse électronique, et les lettres de cet espace qui y sont parties ou allaient partir"),
            bool(person.email),
        ),
        (_("le téléphone"), bool(person.phone)),
        (
            _("la commune et le territoire, tels qu’ils ont été écrits"),
            bool(person.commune_text or person.territory_text),
        ),
        (_("les besoins dits pour le jour même"), _rows(person).filter(WITH_NEEDS).exists()),
        (_("le sujet proposé"), any(row.porteur_subject for row in rows)),
        (_("les réponses aux questions de l’équipe"), Answer.objects.filter(registration__in=rows).exists()),
        (_("les paires « ensemble » ou « pas ensemble », et les phrases de la répartition où ce nom est écrit"), True),
        (_("les liens personnels : ils n’ouvriront plus rien"), True),
        (_("ce nom dans le journal de l’espace"), True),
        (
            _(
                "l’adresse laissée ailleurs : pour une action, pour « Où en êtes-vous ? », dans une expérience, dans "
                "un noyau, qui est alors quitté"
            ),
            bool(person.email),
        ),
    )
    goes = [words for words, there in known if there]
    pending = RegistrationImport.objects.filter(gathering__in=_gatherings(rows), status=ImportStatus.DRAFT).count()
    if pending:
        files = ngettext("fichier d’inscriptions en attente", "fichiers d’inscriptions en attente", pending)
        goes.append(grouped(pending) + NO_BREAK + files)
    goes += [
        _("l’inscription à {title}, qui n’a pas encore eu lieu : elle est annulée").format(title=row.gathering.title)
        for row in rows
        if _is_ahead(row)
    ]
    stays = [
        _("les nombres, sans la personne : catégorie, commune, structure, présence, place"),
        _("ce qui a été dit dans un atelier : c’est scellé, et s’efface avec les notes de l’atelier"),
        _("la fiche de qui a apporté un sujet : seul son lien l’ouvre, et l’efface"),
        _(
            "d’une adresse que plusieurs personnes partagent, ce qui ne dit pas pour laquelle il est : une lettre, un "
            "contact ; il part avec la dernière"
        ),
    ]
    if is_of_the_team(person):
        stays.append(_("le compte de l’équipe qui a cette adresse : il se retire sur les pages de l’équipe"))
    stays.append(_("des restes, dans les fichiers du serveur, qu’aucune page ne lit : ils sont récrits dans l’heure"))
    stays += [words for words in (say(person) for say in _stays_elsewhere) if words]
    return Losses([typo(words) for words in goes], [typo(words) for words in stays])


@transaction.atomic
def erase_person(*, person: Person, by: object) -> None:
    """Raises CarriedAway. Done twice, it changes nothing more."""
    locked = Person.objects.select_for_update().filter(pk=person.pk).first()
    if locked is None or locked.first_name == NAMELESS:
        return
    rows = list(_rows(locked).select_related("gathering__space", "person"))
    for row in rows:
        if row.gathering.away_since is not None:
            raise CarriedAway(row.gathering.title)
    for row in rows:
        if _is_ahead(row):
            cancel_registration(registration=row, by=by)
    forget_everywhere(locked, rows)
    ledger.record_erasures(ledger.PERSON, [locked.pk])
    for row in rows:
        Activity.objects.create(
            space=row.gathering.space.slug,
            by=str(by)[:200],
            verb="erase-person",
            about=str(row.gathering)[:300],
            about_id=row.gathering_id,
        )
    ask_for_new_files("names")


def forget_everywhere(person: Person, rows: Sequence[Registration]) -> None:
    """Also when an older backup brought them back. `person` still has the name: what holds it is found by it."""
    acts = Activity.objects.filter(about_id__in=[row.pk for row in rows])
    acts.filter(models.Q(by=person.full_name) | models.Q(verb__in=OWN_VERBS)).exclude(by=THE_PERSON).update(by=NAMELESS)
    letters_to(person).delete()
    forget_sentences(_gatherings(rows))
    _forget_imports(person, rows)
    found = Registration.objects.filter(pk__in=[row.pk for row in rows])
    found.filter(WITH_NEEDS).update(needs="", meal="", children=0, interpreter="")
    forget_words(found)
    person_erased.send(Person, person=person, registrations=list(rows))
    forget_people([person.pk])
    forget_remembered()


def _forget_imports(person: Person, rows: Sequence[Registration]) -> None:
    """A file that waits goes. One that was confirmed is empty: of its answers and its undo, theirs go."""
    imports = RegistrationImport.objects.filter(gathering__in=_gatherings(rows))
    imports.filter(status=ImportStatus.DRAFT).delete()
    for named in imports:
        if says_name(named.filename, person):  # « Inscription Jeanne Martin.xlsx »
            named.filename = _("fichier d’inscriptions")
            named.save(update_fields=["filename"])
    for line in Activity.objects.filter(verb__in=("import", "undo-import"), about_id__in=_gatherings(rows)):
        if says_name(line.about, person):
            line.about = next(str(row.gathering) for row in rows if row.gathering_id == line.about_id)[:300]
            line.save(update_fields=["about"])
    theirs = {str(row.pk) for row in rows}
    for done in imports.exclude(answers={}):
        kept = {
            key: answer
            for key, answer in done.answers.items()
            if theirs.isdisjoint(key.split(":")) and not (person.email and answer.lower() == person.email.lower())
        }
        if kept != done.answers:
            done.answers = kept
            done.save(update_fields=["answers"])
    for done in imports.exclude(record={}):
        left = {key: row for key, row in done.record["rows"].items() if key not in theirs}
        if left != done.record["rows"]:
            done.record = done.record | {"rows": left} if left else {}
            done.save(update_fields=["record"])


def _rows(person: Person) -> "models.QuerySet[Registration]":
    return Registration.objects.filter(person=person)


def _gatherings(rows: Sequence[Registration]) -> list[UUID]:
    return [row.gathering_id for row in rows]


def _is_ahead(row: Registration) -> bool:
    if row.status == RegistrationStatus.CANCELLED:
        return False
    return row.gathering.date is None or row.gathering.date > timezone.localdate()
