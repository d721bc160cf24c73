"""What goes with a gathering that is deleted."""

from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering
from maillage.lib.typography import count
from maillage.office.services import drop_mail
from maillage.questionnaires.models import Response


def losses(gathering: Gathering) -> list[str]:
    asked = gathering.questionnaires.count()
    answered = Response.objects.filter(questionnaire__gathering=gathering).count()
    found = [count(asked, _("questionnaire"), _("questionnaires"), zero="")] if asked else []
    if answered:
        found.append(count(answered, _("réponse à un questionnaire"), _("réponses à un questionnaire"), zero=""))
    return found


def forget(sender: object, *, gathering: Gathering, **_news: object) -> None:
    """Receiver of `removing`: letters name people."""
    for pk in gathering.questionnaires.values_list("pk", flat=True):
        drop_mail(about=pk)
