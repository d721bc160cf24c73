"""What goes with a gathering that is deleted."""

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.gatherings.models import Gathering
from maillage.lib.typography import count
from maillage.memory.models import Action, FollowUp
from maillage.office.services import drop_mail


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


def _follow_ups(gathering: Gathering) -> list[UUID]:
    return list(FollowUp.objects.filter(gathering=gathering).values_list("pk", flat=True))
