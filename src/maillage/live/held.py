"""What a room holds of one person: that their link took a seat there. What they did is sealed."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.lib.dates import short_day
from maillage.live.models import Seat
from maillage.people.models import Person
from maillage.registrations.held import Held
from maillage.registrations.models import Registration


def held(_person: Person, rows: Sequence[Registration]) -> list[Held]:
    seats = Seat.objects.filter(registration__in=[row.pk for row in rows]).select_related("session__workshop")
    words = _("entrée le {day} ; ce que vous y avez écrit est chiffré, et s’efface avec les notes de l’atelier")
    lines = [
        (str(seat.session.workshop), words.format(day=short_day(timezone.localtime(seat.created_at))))
        for seat in seats.order_by("created_at")
    ]
    return [Held("rooms", _("Les ateliers où votre lien a pris place"), lines)]
