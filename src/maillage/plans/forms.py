from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from maillage.gatherings.models import Slot, Workshop
from maillage.lib.typography import typo


class MoveForm(forms.Form):
    """One list of every group of the moment: « Co-développement, table 3 ». Works by keyboard, without JavaScript."""

    place = forms.ChoiceField(label=_("Nouvelle place"))

    def __init__(self, *args: Any, slot: Slot, tables: dict[Any, int], **kw: Any) -> None:
        """`tables`: workshop → how many tables it has today; one more is offered, for a table to open."""
        super().__init__(*args, **kw)
        self._workshops: dict[str, Workshop] = {str(workshop.pk): workshop for workshop in slot.workshops.all()}
        choices: list[tuple[str, str]] = []
        for pk, workshop in self._workshops.items():
            if not workshop.table_max:
                choices.append((f"{pk}:", typo(str(workshop))))
                continue
            for table in range(1, tables.get(workshop.pk, 0) + 2):
                choices.append(
                    (f"{pk}:{table}", _("%(workshop)s, table %(n)d") % {"workshop": typo(str(workshop)), "n": table})
                )
        self.fields["place"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField, declared above

    @property
    def workshop(self) -> Workshop:
        return self._workshops[self.cleaned_data["place"].partition(":")[0]]

    @property
    def table(self) -> int | None:
        number = self.cleaned_data["place"].partition(":")[2]
        return int(number) if number else None
