"""What this noun holds of people: who decided, who tells, who brings a subject."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from maillage.memory.actions import FORGET_OWNER_AFTER
from maillage.memory.following_up import FORGET_AFTER
from maillage.office.processing import Processing

PROCESSINGS = (
    Processing(
        key="actions",
        title=_("Les actions décidées"),
        purpose=_("Demander son accord à qui porte une action, et la lui rappeler s’il ou elle le veut"),
        basis=_("Le consentement de la personne, demandé par la première lettre"),
        people=_("Les personnes qui portent une action"),
        data=_("Nom, adresse électronique, souhait d’être rappelé·e ; l’action elle-même ne nomme qu’une structure"),
        recipients=_("L’organisation de la rencontre"),
        kept=lambda: [
            _now("Le nom et l’adresse : {n} jours après la fin de l’action, ou d’un bouton par le lien").format(
                n=FORGET_OWNER_AFTER.days
            )
        ],
        fields=("memory.Action.owner_name", "memory.Action.email"),
    ),
    Processing(
        key="porteurs",
        title=_("La fiche de qui apporte un sujet, et « Où en êtes-vous ? »"),
        purpose=_(
            "Rendre à la personne ce qu’elle garde de son atelier, et lui demander des nouvelles à la date choisie"
        ),
        basis=_("Le consentement de la personne"),
        people=_("Les porteurs et porteuses d’un sujet"),
        data=_("La fiche, chiffrée par son lien ; une adresse électronique gardée à part ; la réponse, chiffrée"),
        recipients=_("La personne seule ; l’organisation pour ce qu’elle partage"),
        kept=lambda: [
            _now("L’adresse : jusqu’à la réponse, ou {n} jours après la lettre").format(n=FORGET_AFTER.days),
            _now("La fiche : jusqu’à ce que la personne l’efface par son lien"),
        ],
        fields=("memory.FollowUp.email", "memory.FollowUp.sealed", "memory.PorteurSheet.sealed"),
    ),
    Processing(
        key="experiences",
        title=_("Les expériences racontées"),
        purpose=_("Partager ce qui a été fait ailleurs, et permettre d’en joindre les auteurs"),
        basis=_("Le consentement : le contact n’est publié que si la case est cochée"),
        people=_("Les personnes qui racontent une expérience"),
        data=_("Texte de l’expérience ; un contact, si la personne en laisse un"),
        recipients=_("L’organisation de l’espace ; tout le monde, une fois l’expérience publiée"),
        kept=lambda: [_now("L’expérience et son contact : jusqu’à ce que leur auteur ou l’organisation les retire")],
        fields=("memory.ExperienceVersion.content",),
    ),
)
