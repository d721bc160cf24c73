"""What this noun holds of people: who was asked, apart from what was answered."""

from django.utils.translation import gettext_lazy as _

from maillage.office.processing import Processing

PROCESSINGS = (
    Processing(
        key="questionnaires",
        title=_("Les questionnaires"),
        purpose=_("Préparer la rencontre et l’améliorer"),
        basis=_("La mission d’intérêt public de l’organisateur, ou son intérêt légitime ; répondre est libre"),
        people=_("Les personnes inscrites à qui l’on écrit ; celles qui répondent, sans nom"),
        data=_("La liste des personnes à qui l’on a écrit ; à part, des réponses que rien ne relie à une personne"),
        recipients=_("L’organisation : des nombres, à partir de cinq réponses, et les textes"),
        rules=("questionnaire-texts",),
        fields=(
            "questionnaires.Invitation.registration",
            "questionnaires.Answer.values",
            "questionnaires.Response.typed_by",
        ),
    ),
)
