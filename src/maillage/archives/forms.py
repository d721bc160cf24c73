from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from maillage.office.retention import LEAST_MONTHS, MOST_MONTHS


class NamesForm(forms.Form):
    """How long the space keeps names. Sent by GET, it shows what that would erase; by POST, it is the rule."""

    months = forms.IntegerField(
        label=_("Garder les noms, en mois après la rencontre"),
        min_value=LEAST_MONTHS,
        max_value=MOST_MONTHS,
        help_text=format_lazy(_("De {least} à {most} mois."), least=LEAST_MONTHS, most=MOST_MONTHS),
        error_messages={
            "required": _("Écrivez un nombre de mois."),
            "invalid": _("Écrivez un nombre entier de mois."),
            "min_value": _("Un mois au moins : l’équipe a encore des remerciements et des attestations à envoyer."),
            "max_value": _("Trente-six mois au plus : au-delà, plus rien ne justifie de garder des noms."),
        },
    )
