"""Who was asked is known; what they answered is nobody's. Nor whether: organisers can read this page too."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from maillage.people.models import Person
from maillage.questionnaires.models import Invitation
from maillage.registrations.held import Held
from maillage.registrations.models import Registration


def held(_person: Person, rows: Sequence[Registration]) -> list[Held]:
    """Not when they were written to again either: only who has not answered is."""
    found = Invitation.objects.filter(registration__in=[row.pk for row in rows])
    asked = [
        (_("Vous avez été invité·e à répondre à"), f"{each.questionnaire}, {each.questionnaire.gathering}")
        for each in found.select_related("questionnaire__gathering")
    ]
    return [Held("questionnaires", _("Les questionnaires"), asked)]
