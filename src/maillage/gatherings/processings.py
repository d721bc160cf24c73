"""What this noun holds of people: those whom the programme names."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from maillage.office.processing import Processing

PROCESSINGS = (
    Processing(
        key="programme",
        title=_("Le programme"),
        purpose=_("Annoncer qui parle et qui anime, et garder le programme de la rencontre"),
        basis=_("La mission d’intérêt public de l’organisateur, ou son intérêt légitime"),
        people=_("Les intervenant·es et les personnes qui animent"),
        data=_("Nom, fonction, structure, atelier"),
        recipients=_("Tout le monde, si la page de la rencontre est publique ; sinon l’équipe"),
        kept=lambda: [_now("Le programme : tant que la rencontre est gardée, ou jusqu’au retrait du nom")],
        fields=("gatherings.Speaker.name", "gatherings.Facilitator.name"),
    ),
)
