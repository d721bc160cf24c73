"""What this noun holds of people: those who take part in a room."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from maillage.live.seats import COOKIE_DAYS
from maillage.office.processing import Processing

PROCESSINGS = (
    Processing(
        key="rooms",
        title=_("Ce qui s’écrit dans une salle"),
        purpose=_("Faire vivre l’atelier : écrire, voter, répondre, prendre des photos du tableau papier"),
        basis=_(
            "La mission d’intérêt public de l’organisateur, ou son intérêt légitime ; chacun choisit ce qu’il écrit"
        ),
        people=_("Les participantes et participants, les personnes qui animent"),
        data=_("Prénom donné à l’entrée, rôle, table, textes, votes, réponses, photos du tableau : tout est chiffré"),
        recipients=_(
            "Les personnes de la salle à qui la méthode le montre ; l’organisation n’en reçoit que des nombres et ce "
            "que la salle laisse sortir"
        ),
        rules=("notes",),
        kept=lambda: [_now("Le témoin qui garde la place sur le téléphone : {n} jours").format(n=COOKIE_DAYS)],
        fields=("live.Seat.registration", "live.Move.payload", "live.Snapshot.content", "live.BoardPhoto.image"),
    ),
)
