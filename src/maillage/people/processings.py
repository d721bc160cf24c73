"""What this noun holds of people: the team. Those who register are told of by `registrations`."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from maillage.office.processing import Processing
from maillage.people.team import OPEN_FOR

PROCESSINGS = (
    Processing(
        key="team",
        title=_("L’équipe : comptes, rôles et invitations"),
        purpose=_("Ouvrir les pages de l’équipe à qui en a besoin, et à personne d’autre"),
        basis=_("L’intérêt légitime de l’organisateur : la sécurité des données qui lui sont confiées"),
        people=_("Les personnes qui organisent, animent, accueillent ou lisent"),
        data=_(
            "Nom, adresse électronique, rôles, rencontres confiées, qui a invité ; le compte du fournisseur de "
            "connexion et le second facteur, si la personne les a choisis ; où elle est connectée, sans adresse "
            "de réseau"
        ),
        recipients=_("L’organisation de l’espace ; qui tient ce serveur"),
        rules=("presences",),
        kept=lambda: [
            _now("Le compte : jusqu’à ce que la personne ou l’organisation en demande le retrait"),
            _now("Le lien d’une invitation : {n} jours").format(n=OPEN_FOR.days),
        ],
        fields=(
            "people.User.email",
            "people.User.name",
            "people.Invitation.email",
            "people.Identity.subject",
            "people.SecondFactor.sealed",
            "people.Presence.device",
        ),
    ),
)
