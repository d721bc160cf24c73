"""What goes with a gathering that is deleted, or with a person who asks to be erased."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.gatherings.models import Gathering
from maillage.lib.typography import count
from maillage.memory.actions import forget_owner
from maillage.memory.following_up import give_up_follow_up
from maillage.memory.held import borne_by, versions_with_contact
from maillage.memory.models import Action, FollowUp
from maillage.office.services import drop_mail
from maillage.people.models import Person
from maillage.registrations.held import sharing_address
from maillage.registrations.models import Registration


def losses(gathering: Gathering) -> list[str]:
    takeaways, sheets = gathering.takeaways.count(), gathering.sheets.count()
    said = []
    if takeaways:
        said.append(ngettext("{n} phrase à retenir", "{n} phrases à retenir", takeaways).format(n=takeaways))
    if sheets:
        sentence = ngettext("{n} fiche gardée par son porteur", "{n} fiches gardées par leurs porteurs", sheets)
        said.append(sentence.format(n=sheets))
    actions = gathering.actions.count()
    if actions:
        said.append(count(actions, _("action décidée"), _("actions décidées"), zero=""))
    return said


def forget_letters(sender: object, *, gathering: Gathering, **_news: object) -> None:
    """Receiver of `gatherings.removal.removing`: letters about its actions and its porteurs name people."""
    for pk in (*Action.with_removed.filter(gathering=gathering).values_list("pk", flat=True), *_follow_ups(gathering)):
        drop_mail(about=pk)


def forget_person(sender: object, *, person: Person, registrations: Sequence[Registration], **_news: object) -> None:
    """Receiver of `registrations.signals.person_erased`: the addresses they left for an action, or for « Où en
    êtes-vous ? », are found by the address itself, as the contact of an experience is. What they did or told stays."""
    gatherings = [registration.gathering_id for registration in registrations]
    for action in borne_by(person, gatherings):
        forget_owner(action=action, by=_("l’effacement d’une personne"))
    for version in versions_with_contact(person):
        version.content = version.content | {"contact": "", "contact_agreed": False}
        version.save(update_fields=["content"])
        version.experience.save(update_fields=["last"])  # whoever keeps its page hears that it changed
    if person.email and not sharing_address(person):  # a question says an address and no name
        for follow_up in FollowUp.objects.filter(gathering__in=gatherings, email__iexact=person.email):
            give_up_follow_up(follow_up=follow_up)


def _follow_ups(gathering: Gathering) -> list[UUID]:
    return list(FollowUp.objects.filter(gathering=gathering).values_list("pk", flat=True))
