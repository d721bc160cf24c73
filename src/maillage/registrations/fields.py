"""Fields that several forms share."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from maillage.registrations.values import EMAIL_MAX, clean, read_email


class LineField(forms.CharField):
    """Text on one line, without the signs no screen shows."""

    def to_python(self, value: object) -> str:
        return clean(super().to_python(value))


class AddressField(LineField):
    """An address as people have them: accents allowed (RFC 6531), which Django's own field refuses."""

    widget = forms.EmailInput

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=EMAIL_MAX, required=False, **options)

    def clean(self, value: object) -> str:
        text = super().clean(value)
        if not text:
            return ""
        address, likely = read_email(text)
        if not address:
            hint = _("Vouliez-vous écrire « %(likely)s » ?") if likely else _("Il y manque peut-être « @ ».")
            raise ValidationError(
                [_("Ce n’est pas une adresse électronique."), ValidationError(hint, params={"likely": likely})]
            )
        return address
