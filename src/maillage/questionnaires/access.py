"""The way in to the pages of a questionnaire: fetches and checks."""

from uuid import UUID

from maillage.people.access import fetch_in_space
from maillage.people.queries import Visitor, can_organise
from maillage.questionnaires.models import Questionnaire
from maillage.questionnaires.queries import questionnaires_rows


def fetch_questionnaire(user: Visitor, gathering_id: UUID, questionnaire_id: UUID) -> Questionnaire:
    """404 unless it is of a gathering of theirs; 403 when their role does not reach this far."""
    return fetch_in_space(
        user,
        questionnaires_rows(),
        can=can_organise,
        space_of=lambda row: row.gathering.space,
        pk=questionnaire_id,
        gathering=gathering_id,
    )
