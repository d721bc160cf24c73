from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from maillage.gatherings.models import Gathering
from maillage.lib.typography import typo
from maillage.people.enums import ActorCategory
from maillage.registrations.enums import Meal, Presence
from maillage.registrations.fields import AddressField, LineField
from maillage.registrations.listings import Shown
from maillage.registrations.mapping import FIELDS, wish_key
from maillage.registrations.models import Listing, Registration
from maillage.registrations.offer import Offer
from maillage.registrations.places import Communes
from maillage.registrations.queries import offer_of, record_of
from maillage.registrations.question_fields import OwnFields
from maillage.registrations.services import Logistics, PersonDetails
from maillage.registrations.values import nested
from maillage.ui.seen import Seen

MAX_RANKS = 3  # wishes asked for each moment


class WishesForm(forms.Form):
    """Ranked wishes, a list for each rank of each moment; only what is offered can be chosen."""

    def __init__(self, *args: Any, gathering: Gathering, registration: Registration | None = None, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.gathering = gathering
        self.offer: Offer = offer_of(gathering)
        said = dict(record_of(registration).wishes) if registration is not None else {}
        for slot in self.offer.slots:
            choices = [("", _("sans vœu")), *((workshop.id, typo(workshop.name)) for workshop in slot.workshops)]
            for rank in range(1, min(MAX_RANKS, len(slot.workshops)) + 1):
                ranked = said.get(slot.id, ())
                self.fields[f"wish-{slot.id}-{rank}"] = forms.ChoiceField(
                    label=_("Choix %(rank)d") % {"rank": rank},
                    choices=choices,
                    required=False,
                    initial=ranked[rank - 1] if rank <= len(ranked) else "",
                )

    def drop_wishes(self) -> None:
        """No wish is asked."""
        for name in [name for name in self.fields if name.startswith("wish-")]:
            del self.fields[name]
        self.offer = Offer(())

    @property
    def wish_groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The moments with their fields, for the page."""
        return [
            (slot.title, [self[name] for name in self.fields if name.startswith(f"wish-{slot.id}-")])
            for slot in self.offer.slots
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        ranks: dict[str, list[str]] = {}
        for slot in self.offer.slots:
            given = [data.get(f"wish-{slot.id}-{rank}", "") for rank in range(1, MAX_RANKS + 1)]
            ranked = [workshop for workshop in given if workshop]
            if len(set(ranked)) != len(ranked):
                twice = next(workshop for workshop in ranked if ranked.count(workshop) > 1)
                rank = MAX_RANKS - given[::-1].index(twice)  # the second one is to be corrected
                self.add_error(
                    f"wish-{slot.id}-{rank}",
                    _("« %(title)s » est choisi deux fois : une fois suffit.")
                    % {"title": nested(self.offer.workshop_name(twice))},
                )
            ranks[slot.id] = ranked
        data["ranks"] = ranks
        return data


class RegistrationForm(Seen, OwnFields, WishesForm):
    """Everything about one registration, for the organiser."""

    first_name = LineField(label=_("Prénom"), max_length=100)
    last_name = LineField(label=_("Nom"), max_length=100, required=False)
    email = AddressField(label=_("Courriel"))
    phone = LineField(label=_("Téléphone"), max_length=30, required=False)
    category = forms.ChoiceField(label=_("Vous êtes"), choices=ActorCategory.choices, initial=ActorCategory.UNSAID)
    organisation = LineField(label=_("Structure"), max_length=200, required=False)
    commune = LineField(label=_("Commune"), max_length=100, required=False)
    volunteer_porteur = forms.BooleanField(label=_("Veut bien apporter un sujet"), required=False)
    porteur_subject = LineField(
        label=_("Sujet"), max_length=300, required=False, help_text=_("Pas de nom, pas de santé.")
    )
    needs = LineField(
        label=_("De quoi avez-vous besoin ?"),
        max_length=300,
        required=False,
        help_text=_("Repas, place, traduction… Pas de nom, pas de santé. Vu de l’organisation seule, effacé après."),
    )
    meal = forms.ChoiceField(label=_("Repas"), choices=Meal.choices, required=False)
    children = forms.IntegerField(label=_("Enfants à garder"), required=False, min_value=0, max_value=12)
    interpreter = LineField(label=_("Interprète : langue"), max_length=60, required=False)
    newsletter = forms.BooleanField(label=_("Accepte la lettre d’information"), required=False)
    homonym = forms.BooleanField(label=_("C’est une autre personne du même nom"), required=False)

    def __init__(self, *args: Any, gathering: Gathering, registration: Registration | None = None, **kw: Any) -> None:
        if registration is not None:
            person = registration.person
            kw["initial"] = {
                "first_name": person.first_name,
                "last_name": person.last_name,
                "email": person.email,
                "phone": person.phone,
                "category": person.category,
                "organisation": person.organisation.name if person.organisation else "",
                "commune": person.commune.name if person.commune else person.commune_text,
                "volunteer_porteur": registration.volunteer_porteur,
                "porteur_subject": registration.porteur_subject,
                "needs": registration.needs,
                "meal": registration.meal,
                "children": registration.children or None,
                "interpreter": registration.interpreter,
                "newsletter": registration.newsletter,
            }
        super().__init__(*args, gathering=gathering, registration=registration, **kw)
        self._registration = registration
        self.add_own_fields(gathering, registration, insist=False)

    @property
    def details(self) -> PersonDetails:
        data = self.cleaned_data
        insee, text = self._commune(data["commune"])
        return PersonDetails(
            first_name=data["first_name"],
            last_name=data["last_name"],
            email=data["email"],
            phone=data["phone"],
            category=data["category"],
            organisation=data["organisation"],
            commune=insee,
            commune_text=text,
        )

    @property
    def logistics(self) -> Logistics:
        data = self.cleaned_data
        return Logistics(data["meal"], data["children"] or 0, data["interpreter"])

    def _commune(self, name: str) -> tuple[str, str]:
        """A commune left as it was keeps its code: two communes may have one name."""
        person = self._registration.person if self._registration is not None else None
        if person is not None and person.commune is not None and person.commune.name == name:
            return person.commune.insee, ""
        place = Communes().find(name, person.territory_text if person is not None else "") if name else None
        return (place.insee, "") if place is not None and place.sure else ("", name)


class WalkInForm(forms.Form):
    """At the desk, with somebody waiting: few fields. The category is asked: it decides with whom one sits."""

    first_name = LineField(label=_("Prénom"), max_length=100)
    last_name = LineField(
        label=_("Nom"), max_length=100, required=False
    )  # as on the public form: a first name is enough
    category = forms.ChoiceField(label=_("Vous êtes"), choices=[("", _("Choisir…")), *ActorCategory.choices])
    organisation = LineField(label=_("Structure"), max_length=200, required=False)
    homonym = forms.BooleanField(label=_("C’est une autre personne du même nom"), required=False)


class FilterForm(forms.Form):
    """What to show of the list. An unknown value shows everything rather than nothing."""

    q = forms.CharField(label=_("Chercher"), required=False, max_length=100)
    category = forms.ChoiceField(
        label=_("Catégorie"), required=False, choices=[("", _("toutes")), *ActorCategory.choices]
    )
    workshop = forms.ChoiceField(label=_("Vœu"), required=False)
    territory = forms.ChoiceField(label=_("Intercommunalité"), required=False)
    presence = forms.ChoiceField(label=_("Présence"), required=False, choices=[("", _("toutes")), *Presence.choices])
    only = forms.ChoiceField(
        label=_("Seulement"),
        required=False,
        choices=[
            ("", _("toutes les inscriptions")),
            ("no-wish", _("sans aucun vœu")),
            ("some-wish-missing", _("sans vœu sur un créneau")),
            ("porteur", _("apportent un sujet")),
            ("needs", _("ont un besoin")),
            ("walk-in", _("venues sans inscription")),
            ("form", _("par le formulaire")),
            ("import", _("par un fichier")),
            ("waiting", _("en liste d’attente")),
            ("cancelled", _("annulées")),
        ],
    )

    def __init__(self, *args: Any, offer: Offer, territories: Sequence[tuple[str, str]], **kw: Any) -> None:
        super().__init__(*args, **kw)
        wished: list[tuple[str, Any]] = [("", _("tous"))]
        wished += [(typo(slot.title), [(w.id, typo(w.name)) for w in slot.workshops]) for slot in offer.slots]
        self.fields["workshop"].choices = wished  # type: ignore[attr-defined]  # a ChoiceField, declared above
        self.fields["territory"].choices = [("", _("toutes")), *((siren, typo(name)) for siren, name in territories)]  # type: ignore[attr-defined]  # as above


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("Fichier des inscriptions"),
        help_text=_("CSV ou Excel (.xlsx), tel que votre formulaire l’exporte."),
        error_messages={
            "required": _("Choisissez un fichier."),
            "empty": _("Ce fichier est vide. Vérifiez que c’est le bon, puis envoyez-le à nouveau."),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,text/csv"}),
    )
    other_titles = forms.BooleanField(  # shown once a file without a column of names was refused
        label=_("Ses colonnes portent d’autres titres : je dirai laquelle est le nom"), required=False
    )

    @property
    def upload(self) -> "UploadedFile[Any]":  # generic for the type checker only
        file: UploadedFile[Any] = self.cleaned_data["file"]
        return file


class ColumnsForm(forms.Form):
    """One list for each column of the file: what it holds."""

    def __init__(
        self, *args: Any, headers: Sequence[str], offer: Offer, mapping: dict[str, int] | None = None, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        named = {column: name for name, column in (mapping or {}).items()}
        choices: list[tuple[Any, Any]] = [("", _("ne pas importer")), (_("La personne"), list(FIELDS.items()))]
        for slot in offer.slots:
            ranks = [
                (wish_key(slot.id, rank), _("%(slot)s : choix %(rank)d") % {"slot": typo(slot.title), "rank": rank})
                for rank in range(1, max(len(slot.workshops), MAX_RANKS) + 1)
            ]
            choices.append((typo(slot.title), ranks))
        for column, header in enumerate(headers):
            self.fields[f"column-{column}"] = forms.ChoiceField(
                label=header, choices=choices, required=False, initial=named.get(column, "")
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        mapping: dict[str, int] = {}
        for column in range(len(self.fields)):
            name = data.get(f"column-{column}", "")
            if not name:
                continue
            if name in mapping:
                both = [str(self.fields[f"column-{each}"].label) for each in (mapping[name], column)]
                self.add_error(
                    f"column-{column}",
                    _("« %(one)s » et « %(two)s » ne peuvent pas dire la même chose.")
                    % {"one": nested(both[0]), "two": nested(both[1])},
                )
            mapping[name] = column
        data["mapping"] = mapping
        return data


class ListingForm(forms.Form):
    """What somebody shows of themselves in the directory of persons: nothing is in it that they did not leave there."""

    name = LineField(
        label=_("Votre nom, tel qu’il sera lu"),
        max_length=120,
        error_messages={"required": _("Écrivez le nom sous lequel on vous lira.")},
    )
    about = LineField(
        label=_("Ce que vous faites, ou ce que vous cherchez"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Une phrase. Par exemple : « J’anime un atelier de réparation de vélos, je cherche un local. »"),
    )
    organisation = forms.BooleanField(required=False)
    commune = forms.BooleanField(required=False)
    contact = LineField(
        label=_("Comment vous joindre"),
        required=False,
        max_length=200,
        help_text=_("Seulement ce que vous voulez bien que chacun lise : une adresse, un téléphone, ou rien."),
    )
    agreed = forms.BooleanField(
        label=_("J’accepte que chacun lise ces lignes, sans compte, jusqu’à ce que je les retire."),
        error_messages={"required": _("Sans votre accord, rien n’est montré : cochez la case, ou revenez sans rien.")},
    )

    def __init__(self, *args: Any, registration: Registration, listing: Listing | None, **kw: Any) -> None:
        person = registration.person
        said: dict[str, Any] = {"name": person.full_name}
        if listing is not None:
            said = {name: getattr(listing, name) for name in ("name", "about", "contact")}
            said |= {"organisation": listing.organisation_id is not None, "commune": listing.commune_id is not None}
            said["agreed"] = True
        super().__init__(*args, **kw)
        self.initial = said
        offered = {
            "organisation": (person.organisation, _("Montrer ma structure : %s")),
            "commune": (person.commune, _("Montrer ma commune : %s")),
        }
        for name, (row, words) in offered.items():
            if row is None:
                del self.fields[name]
            else:
                self.fields[name].label = words % typo(str(row))

    @property
    def shown(self) -> Shown:
        given = self.cleaned_data
        return Shown(
            given["name"],
            given["about"],
            given["contact"],
            organisation=given.get("organisation", False),
            commune=given.get("commune", False),
        )
