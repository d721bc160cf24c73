from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.lib.matching import fold
from maillage.lib.typography import typo
from maillage.people.enums import TieKind
from maillage.plans.enums import PairKind
from maillage.registrations.enums import RegistrationStatus
from maillage.registrations.fields import LineField
from maillage.registrations.models import Registration


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


class PairForm(forms.Form):
    """Two of those who come, by their names; namesakes are told apart by their structure."""

    one = forms.ChoiceField(label=_("Une personne"))
    kind = forms.ChoiceField(label=_("Les asseoir"), choices=PairKind.choices, widget=forms.RadioSelect)
    other = forms.ChoiceField(label=_("Une autre"))

    def __init__(self, *args: Any, gathering: Gathering, **kw: Any) -> None:
        super().__init__(*args, **kw)
        rows = gathering.registrations.filter(status=RegistrationStatus.REGISTERED)
        people = sorted(rows.select_related("person__organisation"), key=_by_name)
        self._people: dict[str, Registration] = {str(row.pk): row for row in people}
        choices = [("", _("Choisir…")), *((key, _who(row)) for key, row in self._people.items())]
        self.fields["one"].choices = self.fields["other"].choices = choices  # type: ignore[attr-defined]

    @property
    def pair(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"one": self._people[data["one"]], "other": self._people[data["other"]], "kind": data["kind"]}


class TieForm(forms.Form):
    """Two structures by their names, typed or taken from the list: « X finance Y »."""

    upper = LineField(
        label=_("Une structure"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "organisations", "autocomplete": "off"}),
        error_messages={"required": _("Écrivez le nom de la structure qui finance ou encadre.")},
    )
    kind = forms.ChoiceField(
        label=_("Ce qu’elle fait"),
        choices=TieKind.choices,
        initial=TieKind.FUNDS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez « finance » ou « encadre ».")},
    )
    lower = LineField(
        label=_("L’autre structure"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "organisations", "autocomplete": "off"}),
        error_messages={"required": _("Écrivez le nom de la structure financée ou encadrée.")},
    )


class PastedTiesForm(forms.Form):
    lines = forms.CharField(
        label=_("Une ligne par lien"),
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_(
            "Le financeur, un point-virgule, le financé : « Ville de Metz;Association du quartier ». Deux colonnes "
            "copiées d’un tableur conviennent. Un troisième mot, « finance » ou « encadre », vaut pour sa ligne."
        ),
        error_messages={"required": _("Collez au moins une ligne.")},
    )
    pasted_kind = forms.ChoiceField(
        label=_("La première structure de chaque ligne"),
        choices=TieKind.choices,
        initial=TieKind.FUNDS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez « finance » ou « encadre ».")},
    )


def _by_name(row: Registration) -> str:
    return fold(f"{row.person.last_name} {row.person.first_name}")


def _who(row: Registration) -> str:
    """« Adam Patricia (Ville de Guénange) »: last name first, so that typing it finds it in the list."""
    person = row.person
    name = f"{person.last_name} {person.first_name}".strip()
    return typo(f"{name} ({person.organisation.name})" if person.organisation else name)
