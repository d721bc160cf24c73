"""Who was asked is known; what they answered is nobody's."""

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.people.models import Person
from maillage.questionnaires.models import Invitation
from maillage.registrations.held import Held
from maillage.registrations.models import Registration


def held(_person: Person, rows: Sequence[Registration]) -> list[Held]:
    found = Invitation.objects.filter(registration__in=[row.pk for row in rows])
    lines = []
    for each in found.select_related("questionnaire__gathering"):
        told = (
            (_("écrit le {day}"), each.sent_at),
            (_("rappelé le {day}"), each.reminded_at),
            (_("plus de rappel"), each.answered),
            (_("vous ne voulez plus de ces lettres"), each.refused),
        )
        words = [words.format(day=_day(at)) for words, at in told if at]
        lines.append(
            (f"{each.questionnaire}, {each.questionnaire.gathering}", ", ".join(words) or _("pas encore écrit"))
        )
    return [Held("questionnaires", _("Les questionnaires pour lesquels on vous a écrit"), lines)]


def _day(at: object) -> str:
    return f"{timezone.localtime(at):%d/%m/%Y}" if isinstance(at, dt.datetime) else ""
