"""The form of an experience: short boxes, plain words; only the title is asked for."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import Model
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.gatherings.forms import LinesField, PlaceField
from maillage.memory.enums import CooperationCriterion
from maillage.memory.experiences import CONTENT, EMPTY
from maillage.territories.models import Commune, Epci, Qpv
from maillage.territories.queries import find_commune, find_epci, find_qpv

LONGEST = 4_000  # characters of one box: two pages
OLDEST_YEAR = 1977  # « Habitat et vie sociale », the first programme for the quarters
MOST_THEMES, MOST_DOCUMENTS = 8, 20
PLACES: dict[str, type[Model]] = {"commune": Commune, "epci": Epci, "qpv": Qpv}
_is_address = URLValidator(schemes=["http", "https"])


def box(label: Any, help_text: Any, rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"max_length": gettext_lazy("C’est trop long : 4 000 signes au plus.")},
    )


class DocumentsField(LinesField):
    """« titre ; adresse » a line."""

    def prepare_value(self, value: object) -> object:
        if isinstance(value, list):
            value = [" ; ".join(item) if isinstance(item, list) else item for item in value]
        return super().prepare_value(value)

    def clean(self, value: Any) -> list[list[str]]:  # type: ignore[override]  # what the lines say, not the lines
        documents = []
        for line in super().clean(value):
            title, _semicolon, address = (part.strip() for part in line.rpartition(";"))
            try:
                _is_address(address)
                urlsplit(address)
            except (ValidationError, ValueError):
                raise ValidationError(
                    _("« %(line)s » : on attend « titre ; adresse », et une adresse qui commence par https://."),
                    params={"line": line[:80]},
                ) from None
            documents.append([title or address, address])
        if len(documents) > MOST_DOCUMENTS:
            raise ValidationError(_("Au plus %d documents.") % MOST_DOCUMENTS)
        return documents


class ExperienceForm(forms.Form):
    title = forms.CharField(
        label=CONTENT["title"],
        max_length=200,
        help_text=gettext_lazy("Une phrase : ce qui a été fait, et où."),
        error_messages={"required": gettext_lazy("Donnez un titre : une phrase suffit.")},
    )
    problem = box(CONTENT["problem"], gettext_lazy("Ce qui n’allait pas, pour qui. Pas de nom, pas de santé."))
    who = box(CONTENT["who"], gettext_lazy("Habitants, services, associations, bailleurs : qui a fait quoi."))
    done = box(CONTENT["done"], gettext_lazy("Dans l’ordre, avec les essais qui n’ont pas marché."))
    results = box(CONTENT["results"], gettext_lazy("Ce que l’on a vu changer, et ce qui n’a pas changé."))
    changed = box(
        CONTENT["changed"], gettext_lazy("Ce que personne n’aurait pu faire seul ; ce qu’il a fallu accepter."), 3
    )
    commune = PlaceField(find_commune, label=CONTENT["commune"], help_text=gettext_lazy("Son nom ou son code Insee."))
    epci = PlaceField(find_epci, label=CONTENT["epci"], help_text=gettext_lazy("Si c’est plus large qu’une commune."))
    qpv = PlaceField(find_qpv, label=CONTENT["qpv"], help_text=gettext_lazy("Son nom ou son code."))
    year = forms.IntegerField(
        label=CONTENT["year"],
        required=False,
        min_value=OLDEST_YEAR,
        help_text=gettext_lazy("Celle du début."),
        error_messages={
            "invalid": gettext_lazy("On attend une année, par exemple 2024."),
            "min_value": gettext_lazy("On attend une année depuis 1977."),
        },
    )
    themes = LinesField(
        longest=80, label=CONTENT["themes"], help_text=gettext_lazy("Un par ligne : isolement, abattement TFPB…")
    )
    documents = DocumentsField(
        longest=600, label=CONTENT["documents"], help_text=gettext_lazy("Un par ligne : « titre ; adresse ».")
    )
    contact = forms.CharField(
        label=CONTENT["contact"],
        required=False,
        max_length=200,
        help_text=gettext_lazy("À qui écrire : un nom, un service, une adresse. Rien n’en est publié sans accord."),
    )
    contact_agreed = forms.BooleanField(
        label=gettext_lazy("Cette personne accepte que son contact soit publié avec l’expérience."), required=False
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, this_year: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.this_year = this_year
        for code, question in CooperationCriterion.choices:
            self.fields[code] = box(question, "", 2)
            self.initial[code] = (self.initial.get("criteria") or {}).get(code, "")
        for name, rows in PLACES.items():
            place = self.initial.get(name)
            if isinstance(place, str):
                self.initial[name] = rows._default_manager.filter(pk=place).first()

    @property
    def criteria(self) -> list[forms.BoundField]:
        return [self[code] for code in CooperationCriterion.values]

    @property
    def criteria_open(self) -> bool:
        return any(bound.value() for bound in self.criteria)

    @property
    def told(self) -> list[forms.BoundField]:
        return [self[name] for name in ("title", "problem", "who", "done", "results", "changed")]

    @property
    def placed(self) -> list[forms.BoundField]:
        return [self[name] for name in ("commune", "epci", "qpv", "year", "themes", "documents")]

    @property
    def reached(self) -> list[forms.BoundField]:
        return [self["contact"], self["contact_agreed"]]

    def clean_year(self) -> int | None:
        year: int | None = self.cleaned_data["year"]
        if year is not None and year > self.this_year + 1:
            raise ValidationError(_("%d est dans le futur : on attend l’année où cela a commencé.") % year)
        return year

    def clean_themes(self) -> list[str]:
        themes: list[str] = list(dict.fromkeys(self.cleaned_data["themes"]))
        if len(themes) > MOST_THEMES:
            raise ValidationError(_("Au plus %d thèmes : gardez les principaux.") % MOST_THEMES)
        return themes

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("contact_agreed") and not cleaned.get("contact"):
            self.add_error("contact", _("Un accord est coché, mais aucun contact n’est écrit."))
        return cleaned

    @property
    def content(self) -> dict[str, Any]:
        """What a version holds, from a valid form."""
        cleaned = self.cleaned_data
        content = EMPTY | {name: cleaned[name] for name in CONTENT if name in cleaned}
        for name in ("commune", "epci", "qpv"):
            content[name] = str(cleaned[name].pk) if cleaned.get(name) else ""
        content["criteria"] = {code: cleaned[code] for code in CooperationCriterion.values if cleaned[code]}
        content["method"] = self.initial.get("method") or ""
        return content

    def say_both(self, theirs: dict[str, Any], by: str) -> None:
        """The other's words beside the asker's, field by field, on a form that is not sent yet."""
        self._errors, self.cleaned_data = ErrorDict(), {}
        for name, value in theirs.items():
            words = value if isinstance(value, str) else _said(value)
            sentence = _("Entre-temps, %(by)s a écrit : « %(words)s ». Gardez votre texte ou reprenez le sien.") % {
                "by": by,
                "words": words or _("(rien)"),
            }
            self.add_error(name if name in self.fields else None, sentence)


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return " ; ".join(value.values())
    if isinstance(value, list):
        return " ; ".join(" ".join(item) if isinstance(item, list) else str(item) for item in value)
    return "" if value in (None, False) else _("oui") if value is True else str(value)
