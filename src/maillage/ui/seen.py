"""Two people on one page: what somebody else saved meanwhile is said before it is replaced."""

import hashlib
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from maillage.lib.typography import join_words


class Seen(forms.BaseForm):
    """Beside a form over something that exists. Its page carries what it showed (`form_errors` writes it there)."""

    @property
    def seen(self) -> str:
        """A digest of what is stored now."""
        shown = [f"{name}={self.get_initial_for_field(field, name)}" for name, field in self.fields.items()]
        return hashlib.sha256("\n".join(shown).encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def clean(self) -> Any:
        cleaned = super().clean()
        shown = self.data.get("seen", "")
        if shown and shown != self.seen and self.has_changed():
            labels = [f"« {self.fields[name].label} »" for name in self.changed_data]
            words = _(
                "Quelqu’un d’autre a modifié cette page depuis que vous l’avez ouverte. Ce que vous avez écrit diffère "
                "pour {fields}. Enregistrer de nouveau remplace ce qui est gardé ; recharger la page le montre."
            )
            self.add_error(None, words.format(fields=join_words(labels)))
        return cleaned
