from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.lib.matching import fold
from maillage.lib.siret import is_siret, normalise_siret, spaced_siret
from maillage.people.directory import FIELDS, UNKNOWN_KIND
from maillage.people.enums import OrganisationKind
from maillage.people.models import Organisation, Space
from maillage.people.queries import organisation_named
from maillage.territories.models import Commune, Epci
from maillage.territories.queries import PlaceNotFound, find_commune, find_epci
from maillage.ui.seen import Seen

is_address = URLValidator(schemes=["http", "https"])
P = TypeVar("P", Commune, Epci)
MOST_FOUND = 200  # letters of a search


class OrganisationForm(Seen, forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Nom"),
        max_length=200,
        error_messages={"required": gettext_lazy("Écrivez le nom de la structure.")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Genre"), required=False, choices=[("", gettext_lazy("non dit")), *OrganisationKind.choices]
    )
    about = forms.CharField(
        label=gettext_lazy("Ce qu’elle fait"),
        help_text=gettext_lazy(
            "Une phrase, sans nom de personne : « Accueille et accompagne les familles du quartier »."
        ),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    commune = forms.CharField(
        label=gettext_lazy("Commune"), help_text=gettext_lazy("Nom ou code Insee."), required=False, max_length=200
    )
    epci = forms.CharField(
        label=gettext_lazy("Intercommunalité"),
        help_text=gettext_lazy("Nom ou SIREN ; inutile quand la commune est dite."),
        required=False,
        max_length=200,
    )
    siret = forms.CharField(
        label=gettext_lazy("SIRET"), help_text=gettext_lazy("Quatorze chiffres."), required=False, max_length=40
    )
    website = forms.CharField(
        label=gettext_lazy("Site"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
    )
    source = forms.CharField(
        label=gettext_lazy("D’où viennent ces informations"),
        help_text=gettext_lazy("La structure elle-même, une liste, un site ; la licence s’il y en a une."),
        required=False,
        max_length=300,
    )
    listed = forms.BooleanField(
        label=gettext_lazy("La montrer dans l’annuaire public"),
        help_text=gettext_lazy(
            "Quand l’atlas est ouvert, chacun lit ce qui est écrit ici, et les rencontres publiques où elle était."
        ),
        required=False,
    )

    def __init__(self, *args: Any, space: Space, organisation: Organisation | None = None, **options: Any) -> None:
        self.space, self.organisation = space, organisation
        if organisation is not None:
            said = {name: getattr(organisation, name) for name in FIELDS}
            said["commune"] = _place_words(organisation.commune, find_commune)
            said["epci"] = _place_words(organisation.epci, find_epci)
            said["siret"] = spaced_siret(organisation.siret)
            options["initial"] = said
        super().__init__(*args, **options)

    @property
    def seen(self) -> str:
        """Nothing was there to be replaced by somebody new."""
        return super().seen if self.organisation is not None else ""

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not fold(name):
            raise ValidationError(_("Écrivez le nom avec des lettres ou des chiffres."))
        there = organisation_named(self.space, name)
        if there is not None and (self.organisation is None or there.pk != self.organisation.pk):
            raise ValidationError(_("« {name} » est déjà dans l’annuaire.").format(name=there.name))
        return name

    def clean_siret(self) -> str:
        return read_siret(self.cleaned_data["siret"])

    def clean_website(self) -> str:
        return read_website(self.cleaned_data["website"])

    def clean_commune(self) -> Commune | None:
        return read_place(self.cleaned_data["commune"], find_commune)

    def clean_epci(self) -> Epci | None:
        return read_place(self.cleaned_data["epci"], find_epci)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        commune, epci = cleaned.get("commune"), cleaned.get("epci")
        if commune and epci and commune.epci_id and commune.epci_id != epci.pk and epci.successor_id != commune.epci_id:
            words = _("{commune} est dans une autre intercommunalité : {epci}.")
            self.add_error("epci", words.format(commune=commune, epci=commune.epci))
        return cleaned


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Fichier des structures"),
        help_text=gettext_lazy("CSV ou Excel (.xlsx)."),
        error_messages={
            "required": gettext_lazy("Choisissez un fichier."),
            "empty": gettext_lazy("Ce fichier est vide. Vérifiez que c’est le bon, puis envoyez-le à nouveau."),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,text/csv"}),
    )
    source = forms.CharField(
        label=gettext_lazy("D’où vient cette liste"),
        help_text=gettext_lazy(
            "Qui l’a faite, quand, sous quelle licence : c’est écrit sur chaque structure qui en vient."
        ),
        max_length=300,
        error_messages={"required": gettext_lazy("Dites d’où vient cette liste : chaque fait a sa source.")},
    )


class SearchForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Nom, commune ou SIRET"), required=False, max_length=MOST_FOUND)
    genre = forms.ChoiceField(label=gettext_lazy("Genre"), required=False)
    public = forms.ChoiceField(
        label=gettext_lazy("Annuaire public"),
        required=False,
        choices=[
            ("", gettext_lazy("Toutes")),
            ("oui", gettext_lazy("Montrées")),
            ("non", gettext_lazy("Pas montrées")),
        ],
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["genre"].choices = [("", _("Tous")), *kinds, (UNKNOWN_KIND, _("genre non dit"))]  # type: ignore[attr-defined]


def read_siret(text: str) -> str:
    """Its digits, or "". Raises ValidationError."""
    digits = normalise_siret(text)
    if digits and not is_siret(digits):
        if not digits.isdigit():
            words = _("« {text} » n’est pas un SIRET : on attend quatorze chiffres.")
        elif len(digits) != 14:
            words = _("« {text} » a {n} chiffres : un SIRET en a quatorze.")
        else:
            words = _("« {text} » n’est pas un SIRET : un chiffre est faux ou deux sont échangés.")
        raise ValidationError(words.format(text=text.strip()[:40], n=len(digits)))
    return digits


def read_website(text: str) -> str:
    """http or https; « www.… » is taken for https. Raises ValidationError."""
    text = text.strip()
    if not text:
        return ""
    if "://" not in text and not text.lower().startswith(("javascript:", "data:", "mailto:")):
        text = f"https://{text}"
    try:
        is_address(text)
    except ValidationError as refused:
        raise ValidationError(
            _("« {text} » n’est pas l’adresse d’un site : on attend https://…").format(text=text[:80])
        ) from refused
    return text


def read_place(text: str, find: Callable[[str], P]) -> P | None:
    if not text.strip():
        return None
    try:
        return find(text)
    except PlaceNotFound as unknown:
        raise ValidationError(f"{unknown.sentence[0].upper()}{unknown.sentence[1:]}.") from unknown


def _place_words(place: Any, find: Any) -> str:
    """By its name, or by its code when others carry the same name."""
    if place is None:
        return ""
    try:
        return str(place) if find(str(place)) == place else str(place.pk)
    except PlaceNotFound:
        return str(place.pk)
