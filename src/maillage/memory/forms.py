from django import forms
from django.utils.translation import gettext_lazy as _

from maillage.memory.services import LONGEST_TAKEAWAY


class TakeawayForm(forms.Form):
    use_required_attribute = False  # several are one form on the day's page: an empty one must not hold the others back

    text = forms.CharField(
        label=_("À retenir"),
        help_text=_("Une phrase qui se comprend sans avoir été là. Pas de nom, pas de santé."),
        max_length=LONGEST_TAKEAWAY,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Écrivez une phrase avant d’enregistrer."),
            "max_length": _("C’est trop long : 600 signes au plus. Coupez en deux phrases."),
        },
    )
