"""What is kept of one person by their address: an action they bear, a question asked later, a contact they left.

By the address only: a name may be somebody else's.
"""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from maillage.memory.models import Action, Experience, ExperienceVersion, FollowUp
from maillage.people.models import Person
from maillage.registrations.held import Held, said
from maillage.registrations.models import Registration


def held(person: Person, rows: Sequence[Registration]) -> list[Held]:
    if not person.email:
        return []
    days = [row.gathering_id for row in rows]
    actions = Action.with_removed.filter(gathering__in=days, email__iexact=person.email)
    asked = FollowUp.objects.filter(gathering__in=days, email__iexact=person.email).select_related("gathering")
    borne = []
    for action in actions:
        borne += said((_("Vous portez"), action.what), (_("Sous le nom de"), action.owner_name))
        borne += said((_("Vous avez demandé des rappels"), _("oui") if action.reminders else ""))
    return [
        Held("actions", _("Les actions que vous portez"), borne),
        Held(
            "follow-ups",
            _("« Où en êtes-vous ? »"),
            [
                (str(each.gathering), _("votre adresse, pour le {day}").format(day=f"{each.due:%d/%m/%Y}"))
                for each in asked
            ],
            theirs=True,
        ),
        Held(
            "experiences",
            _("Les expériences où votre adresse est le contact"),
            [
                (experience.title, _("publiée") if experience.published else _("non publiée"))
                for experience in _told(person)
            ],
        ),
    ]


def _told(person: Person) -> list[Experience]:
    found = {version.experience_id for version in versions_with_contact(person)}
    return list(Experience.objects.filter(pk__in=found))


def versions_with_contact(person: Person) -> list[ExperienceVersion]:
    """JSON is searched here, not by the base: the two do not fold case alike."""
    rows = ExperienceVersion.objects.filter(experience__space=person.space_id).exclude(content__contact="")
    address = person.email.lower()
    return [row for row in rows if address and address in str(row.content.get("contact", "")).lower()]
