"""What this noun holds of people."""

from django.utils.translation import gettext_lazy as _

from maillage.office.processing import Processing

PROCESSINGS = (
    Processing(
        key="letters",
        title=_("Les lettres"),
        purpose=_("Envoyer les courriels de l’inscription, du suivi et de l’équipe"),
        basis=_("La mission d’intérêt public de l’organisateur, ou son intérêt légitime à tenir la rencontre"),
        people=_("Les personnes qui ont laissé une adresse électronique"),
        data=_("Adresse, objet et texte de la lettre, date d’envoi"),
        recipients=_("La personne elle-même, et le serveur de courrier choisi par qui tient ce serveur"),
        rules=("letters",),
        fields=("office.Mail.to", "office.Mail.body"),
    ),
    Processing(
        key="activity",
        title=_("Le journal de l’espace"),
        purpose=_("Savoir qui a changé quoi : sécurité, preuve d’un effacement"),
        basis=_("L’intérêt légitime de l’organisateur à la sécurité de ses données"),
        people=_(
            "L’équipe ; les personnes qui ont changé elles-mêmes leur inscription, jusqu’à l’effacement de leur nom"
        ),
        data=_(
            "Nom de qui agit (gardé aussi à côté de ce qui a été changé), geste, date ; jamais ce qui s’est dit "
            "dans une salle"
        ),
        recipients=_("L’organisation de l’espace"),
        rules=("log",),
        fields=("office.Activity.by",),
    ),
)
