"""What questionnaires have to show at a glance, on the page of a gathering and on a participant's own."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.gatherings.glance import Action, Figure, Glimpse
from maillage.gatherings.models import Gathering
from maillage.lib.typography import count
from maillage.people.queries import Visitor, can_organise
from maillage.questionnaires.enums import Moment
from maillage.questionnaires.links import personal_path
from maillage.questionnaires.models import Invitation
from maillage.questionnaires.opening import door_of
from maillage.questionnaires.queries import questionnaires_of
from maillage.registrations.models import Registration
from maillage.registrations.own import OwnPart


def before(gathering: Gathering, user: Visitor) -> Glimpse | None:
    return _glimpse(gathering, user, (Moment.BEFORE,), action=False)


def after(gathering: Gathering, user: Visitor) -> Glimpse | None:
    return _glimpse(gathering, user, (Moment.AFTER, Moment.LATER), action=True)


def _glimpse(gathering: Gathering, user: Visitor, moments: tuple[Moment, ...], *, action: bool) -> Glimpse | None:
    if not can_organise(user, gathering.space):
        return None
    figures = [
        Figure(
            _("{title} : {n}").format(
                title=row.title,
                n=count(row.answered, _("réponse"), _("réponses"), zero=_("pas encore de réponse")),  # type: ignore[attr-defined]
            ),
            url=reverse("questionnaires:results", args=[gathering.pk, row.pk]),
        )
        for row in questionnaires_of(gathering).filter(moment__in=moments)
    ]
    url = reverse("questionnaires:list", args=[gathering.pk])
    return Glimpse(figures, [Action(_("Questionnaires"), url)] if action else [])


def own_part(registration: Registration) -> OwnPart | None:
    """Those open now, by this person's own link; what they answered already is not offered again."""
    gathering = registration.gathering
    now = timezone.now()
    done = set(
        Invitation.objects.filter(registration=registration, answered=True).values_list("questionnaire", flat=True)
    )
    asked = [
        (row, personal_path(row, registration))
        for row in gathering.questionnaires.select_related("gathering")
        if row.pk not in done and door_of(row, now).enters
    ]
    return OwnPart("questionnaires/_own.html", {"asked": asked}, position=60) if asked else None
