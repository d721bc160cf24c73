"""The form of a contract: its lists are rows, an empty row is no row. What it holds is told as `facts`."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.contracts.enums import SignatoryCategory, SignatureStatus
from maillage.contracts.facts import (
    DATES,
    MOST_ITEMS,
    PARTS,
    Facts,
    Fault,
    check_facts,
    clean_facts,
)
from maillage.contracts.places import UnknownPlace, find_place
from maillage.contracts.words import PART_LABELS
from maillage.territories.models import Department

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SPARE = {"signatories": 3, "documents": 1}  # empty rows under those that are filled
ROWS = {"signatories": ("category", "name", "signed_on"), "documents": ("title", "url")}
WRITTEN = tuple(name for names in PARTS.values() for name in names if name not in ROWS)
MINE, THEIRS = "mine", "theirs"


def _date_field(label: "StrOrPromise", help_text: "StrOrPromise" = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("On attend une date, par exemple 12/03/2024.")},
    )


def _year_field(label: "StrOrPromise") -> forms.IntegerField:
    invalid = gettext_lazy("On attend une année en quatre chiffres, par exemple 2024.")
    said = dict.fromkeys(("invalid", "required", "min_value", "max_value"), invalid)
    return forms.IntegerField(label=label, min_value=1, max_value=9999, error_messages=said)


class ContractForm(forms.Form):
    epci = forms.CharField(
        label=gettext_lazy("Intercommunalité"),
        help_text=gettext_lazy(
            "Son nom ou son SIREN. Si elle a fusionné depuis, on note celle qui l’a suivie, et on le dit."
        ),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "epcis"}),
        error_messages={"required": gettext_lazy("Dites de quelle intercommunalité est ce contrat.")},
    )
    perimeter = forms.CharField(
        label=gettext_lazy("Périmètre"),
        help_text=gettext_lazy("S’il ne couvre pas toute l’intercommunalité : le nom de celle qui a signé alors."),
        required=False,
    )
    reference = forms.CharField(
        label=gettext_lazy("Référence"),
        help_text=gettext_lazy("Son code dans les listes de l’État, par exemple CV185."),
        required=False,
    )
    first_year = _year_field(gettext_lazy("Première année"))
    last_year = _year_field(gettext_lazy("Dernière année"))
    status = forms.ChoiceField(
        label=gettext_lazy("Signature"),
        choices=SignatureStatus,
        help_text=gettext_lazy("Avoir un quartier prioritaire n’est pas avoir signé. « Non connue » est une réponse."),
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        help_text=gettext_lazy("D’où vous le savez : délibération, recueil des actes, site, courrier de préfecture…"),
        required=False,
    )
    source_date = forms.CharField(
        label=gettext_lazy("Date de la source"),
        help_text=gettext_lazy("Une année, un mois ou un jour : 2024, 2024-03 ou 2024-03-12."),
        required=False,
    )
    signed_on = _date_field(gettext_lazy("Signé le"))
    axes = forms.CharField(
        label=gettext_lazy("Axes"),
        help_text=gettext_lazy("Un par ligne, dans l’ordre du contrat."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    annual_meeting_on = _date_field(gettext_lazy("Réunion annuelle"), gettext_lazy("La prochaine, ou la dernière."))
    revision_on = _date_field(gettext_lazy("Révision"))
    residents_body = forms.CharField(
        label=gettext_lazy("Conseil citoyen ou table de quartier"),
        help_text=gettext_lazy(
            "Une phrase sur ce que l’on en sait ; vide si l’on n’en sait rien : on ne le suppose pas vivant."
        ),
        required=False,
    )
    residents_body_source = forms.CharField(label=gettext_lazy("Source sur le conseil citoyen"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Note interne"),
        help_text=gettext_lazy(
            "Pour qui organise dans cet espace, dans aucune page publique. Pas de nom, pas de santé."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    opened = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, facts: Facts, opened: int | None = None, epci_name: str = "", **options: Any
    ) -> None:
        """`facts`: what the rows and fields show first; `opened`: the version that is."""
        shown = {name: facts[name] for name in WRITTEN} | {"opened": opened, "axes": "\n".join(facts["axes"])}
        options["initial"] = shown | {"epci": epci_name or facts["epci"]}
        super().__init__(*args, **options)
        self.shown = facts
        self.followed = ""  # that the intercommunalité merged, and into which
        self.rows: dict[str, list[list[BoundField]]] = {}
        for name in ("signatories", "documents"):
            self._add_rows(name, facts[name])

    def _add_rows(self, name: str, items: list[dict[str, str]]) -> None:
        count = min(len(items) + SPARE[name], MOST_ITEMS[name])
        if self.is_bound:  # as many as the page had, and no more than a contract may have
            while count < MOST_ITEMS[name] and f"{name}-{count}-{ROWS[name][0]}" in self.data:
                count += 1
        for index in range(count):
            for key in ROWS[name]:
                field = _row_field(key, index + 1)
                field.initial = items[index][key] if index < len(items) else ""
                self.fields[f"{name}-{index}-{key}"] = field
        self.rows[name] = [[self[f"{name}-{index}-{key}"] for key in ROWS[name]] for index in range(count)]

    def clean(self) -> dict[str, Any]:
        """Everything that is wrong, at once: a field that could not be read counts as what was there."""
        cleaned = super().clean() or {}
        facts: Facts = {name: cleaned.get(name, self.shown[name]) for name in WRITTEN}
        facts |= {name: _iso(cleaned[name]) for name in DATES if name in cleaned}
        if "axes" in cleaned:
            facts["axes"] = cleaned["axes"].splitlines()
        for name, keys in ROWS.items():
            facts[name] = [self._row(name, index, keys, cleaned) for index in range(len(self.rows[name]))]
        self._places = {name: _filled(facts[name]) for name in ROWS}
        if "epci" in cleaned:
            self._find_epci(facts)
        unread = set(self.errors)
        facts = clean_facts(facts)
        faults = check_facts(facts, today=timezone.localdate())
        self.add_faults([fault for fault in faults if self._field_of(fault) not in unread])
        if not self.errors:
            self.facts = facts
        return cleaned

    def _row(self, name: str, index: int, keys: Iterable[str], cleaned: Mapping[str, Any]) -> dict[str, str]:
        said = {key: cleaned.get(f"{name}-{index}-{key}") or "" for key in keys}
        return {key: _iso(value) if isinstance(value, dt.date) else value for key, value in said.items()}

    def _find_epci(self, facts: Facts) -> None:
        if facts["epci"] == self.initial["epci"] and self.shown["epci"]:
            facts["epci"] = self.shown["epci"]  # untouched: one that merged keeps what was said of it
            return
        try:
            place = find_place(facts["epci"], last_year=facts["last_year"])
        except UnknownPlace as unknown:
            self.add_error("epci", unknown.sentence)
            return
        facts["epci"], self.followed = place.epci.pk, place.sentence
        facts["perimeter"] = facts["perimeter"] or place.perimeter

    def add_faults(self, faults: Iterable[Fault]) -> None:
        """Where they are, in the form."""
        for fault in faults:
            self.add_error(self._field_of(fault), fault.sentence)

    def add_refusal(self, faults: Iterable[Fault]) -> None:
        """Of what this form and somebody else's change make together: its rows are not those of the page."""
        for fault in faults:
            self.add_error(None if fault.field in ROWS else fault.field, fault.sentence)

    def _field_of(self, fault: Fault) -> str | None:
        if fault.field not in ROWS:
            return fault.field
        if fault.item is None:
            return None
        index = self._places[fault.field][fault.item]
        return f"{fault.field}-{index}-{fault.key or ROWS[fault.field][0]}"


class ChoiceForm(forms.Form):
    """Of what both changed: theirs or mine, part by part. Nothing is chosen beforehand."""

    def __init__(self, *args: Any, parts: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.parts = parts
        for part in parts:
            self.fields[f"choice-{part}"] = forms.ChoiceField(
                label=PART_LABELS[part],
                choices=[
                    (THEIRS, gettext_lazy("Garder ce qui est enregistré")),
                    (MINE, gettext_lazy("Garder ce que j’ai écrit")),
                ],
                widget=forms.RadioSelect,
                error_messages={"required": gettext_lazy("Choisissez l’un des deux.")},
            )


class FilterForm(forms.Form):
    """Of the list. An unknown value filters nothing."""

    departement = forms.ChoiceField(label=gettext_lazy("Département"), required=False)
    signature = forms.ChoiceField(
        label=gettext_lazy("Signature"),
        required=False,
        choices=[("", gettext_lazy("Toutes")), *SignatureStatus.choices],
    )

    def __init__(self, *args: Any, departments: Iterable[Department], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["departement"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Tous")), *((row.pk, f"{row.name} ({row.pk})") for row in departments)]


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Fichier des contrats"),
        help_text=gettext_lazy("CSV ou Excel (.xlsx) : une ligne par contrat."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,text/csv"}),
        error_messages={
            "required": gettext_lazy("Choisissez un fichier."),
            "empty": gettext_lazy("Ce fichier est vide."),
        },
    )


def _row_field(key: str, number: int) -> forms.Field:
    if key == "category":
        choices = [("", _("À choisir")), *SignatoryCategory.choices]
        return forms.ChoiceField(label=_("Signataire %d : catégorie") % number, choices=choices, required=False)
    if key == "name":
        widget = forms.TextInput(attrs={"list": "organisations"})
        return forms.CharField(label=_("Signataire %d : nom") % number, required=False, widget=widget)
    if key == "signed_on":
        return _date_field(_("Signataire %d : signé le") % number)
    if key == "title":
        return forms.CharField(label=_("Document %d : titre") % number, required=False)
    widget = forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"})
    return forms.CharField(label=_("Document %d : lien") % number, required=False, widget=widget)


def _filled(rows: list[dict[str, str]]) -> list[int]:
    """Row in the list → row on the page, the empty ones being left out of the list."""
    return [index for index, row in enumerate(rows) if any(value.strip() for value in row.values())]


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
