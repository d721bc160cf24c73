from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from maillage.trips.sealing import LEAST_TYPED, WeakPassphrase, clean_passphrase

MOST_FILE_MB = 300  # a day of thirty rooms, each with its twelve photos


class PassphraseForm(forms.Form):
    passphrase = forms.CharField(
        label=_("Phrase de passe"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Écrivez la phrase de passe.")},
    )

    def clean_passphrase(self) -> str:
        try:
            return clean_passphrase(self.cleaned_data["passphrase"])
        except WeakPassphrase as refusal:
            raise forms.ValidationError(refusal.sentence) from None


class OutForm(PassphraseForm):
    """Leaving: the phrase is made for the page, and may be replaced by one's own."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["passphrase"].help_text = _(
            "Gardez-la à part du fichier : sans elle, personne ne l’ouvre, et elle n’est notée nulle part. "
            "{least} signes au moins si vous en écrivez une autre."
        ).format(least=LEAST_TYPED)


class InForm(PassphraseForm):
    file = forms.FileField(
        label=_("Le fichier rapporté"),
        widget=forms.FileInput(attrs={"accept": ".maillage"}),
        error_messages={
            "required": _("Choisissez le fichier que « carry out », ou la page, a écrit."),
            "empty": _("Ce fichier est vide."),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_FILE_MB * 1_000_000:
            raise forms.ValidationError(
                _("Ce fichier dépasse {most} Mo : importez-le en ligne de commande (maillage carry in).").format(
                    most=MOST_FILE_MB
                )
            )
        return file


class BackForm(forms.Form):
    sure = forms.BooleanField(
        label=_("L’autre serveur est perdu, ou ne sera pas attendu"),
        error_messages={"required": _("Cochez la case si c’est bien ce que vous voulez.")},
    )
