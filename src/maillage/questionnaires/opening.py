"""Whether one may answer now, and the sentence that says it. The clock is given."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from maillage.registrations.opening import moment_words

if TYPE_CHECKING:
    from maillage.questionnaires.models import Questionnaire


@dataclass(frozen=True)
class Door:
    enters: bool
    sentence: str


def door_of(questionnaire: "Questionnaire", now: dt.datetime) -> Door:
    gathering = questionnaire.gathering
    if questionnaire.closes_at is not None and now >= questionnaire.closes_at:
        return Door(
            False,
            _("Ce questionnaire est fermé depuis le {when}.").format(
                when=moment_words(gathering, questionnaire.closes_at)
            ),
        )
    if not questionnaire.is_open:
        return Door(False, _("Ce questionnaire n’est pas ouvert."))
    if questionnaire.opens_at is not None and now < questionnaire.opens_at:
        return Door(
            False, _("Ce questionnaire ouvre le {when}.").format(when=moment_words(gathering, questionnaire.opens_at))
        )
    if questionnaire.closes_at is not None:
        when = moment_words(gathering, questionnaire.closes_at)
        return Door(True, _("On y répond jusqu’au {when}.").format(when=when))
    return Door(True, _("Ce questionnaire est ouvert."))
