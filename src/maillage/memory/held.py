"""What is kept of one person by their address: an action they bear, a question asked later, a contact they left.

By the address first: a name may be somebody else's. « Où en êtes-vous ? » is read by its own link alone, and an
organiser can open the registration's.
"""

import re
from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from maillage.lib.matching import fold
from maillage.memory.models import Action, Experience, ExperienceVersion
from maillage.people.models import Person
from maillage.registrations.held import Held, said, says_name, sharing_address
from maillage.registrations.models import Registration


def held(person: Person, rows: Sequence[Registration]) -> list[Held]:
    if not person.email:
        return []
    borne = []
    for action in borne_by(person, [row.gathering_id for row in rows]):
        borne += said((_("Vous portez"), action.what), (_("Sous le nom de"), action.owner_name))
        borne += said((_("Vous avez demandé des rappels"), _("oui") if action.reminders else ""))
    return [
        Held("actions", _("Les actions que vous portez"), borne),
        Held(
            "experiences",
            _("Les expériences où votre adresse est le contact"),
            [
                (experience.title, _("publiée") if experience.published else _("non publiée"))
                for experience in _told(person)
            ],
        ),
    ]


def borne_by(person: Person, gatherings: Sequence[UUID]) -> list[Action]:
    """Of that address; of two people who share it, of that name too. An action without an address says a name alone:
    theirs, if nobody else of its gathering bears it."""
    rows = Action.with_removed.filter(gathering__in=gatherings).exclude(owner_name="", email="")
    name = fold(person.full_name)
    everybody = Person.objects.exclude(pk=person.pk)
    shared = bool(person.email) and any(
        fold(other.full_name) != name for other in everybody.filter(space=person.space_id, email__iexact=person.email)
    )
    found = []
    for action in rows:
        named = fold(action.owner_name) == name
        if action.email:
            theirs = bool(person.email) and action.email.lower() == person.email.lower()
            theirs = theirs and (named or not shared or not action.owner_name)
        else:
            others = everybody.filter(registrations__gathering=action.gathering_id)
            theirs = named and all(fold(other.full_name) != name for other in others)
        if theirs:
            found.append(action)
    return found


def _told(person: Person) -> list[Experience]:
    found = {version.experience_id for version in versions_with_contact(person)}
    return list(Experience.objects.filter(pk__in=found))


def versions_with_contact(person: Person) -> list[ExperienceVersion]:
    """JSON is searched here, not by the base: the two do not fold case alike."""
    rows = ExperienceVersion.objects.filter(experience__space=person.space_id).exclude(content__contact="")
    if not person.email:
        return []
    # whole: « ana@x.fr » is neither in « diana@x.fr », nor in « jo.ana@x.fr », nor in « ana@x.fr.org »
    whole = re.compile(rf"(?<!\w)(?<!\w[.+%&'’-]){re.escape(person.email)}(?![\w@]|[.-]\w)", re.IGNORECASE)
    others = sharing_address(person)
    found = []
    for row in rows:
        contact = str(row.content.get("contact", ""))
        if whole.search(contact) and (not others or says_name(contact, person)):
            found.append(row)
    return found
