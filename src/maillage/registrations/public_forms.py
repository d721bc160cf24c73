"""The form somebody fills in to come, and the organiser's choices about it."""

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from maillage.people.enums import ActorCategory
from maillage.registrations.enums import Asked, HalfDay, Meal
from maillage.registrations.fields import AddressField, LineField
from maillage.registrations.forms import WishesForm
from maillage.registrations.half_days import in_order
from maillage.registrations.models import Opening, Registration
from maillage.registrations.places import Communes
from maillage.registrations.question_fields import OwnFields
from maillage.registrations.services import Logistics, PersonDetails
from maillage.registrations.signing_up import Answers

if TYPE_CHECKING:  # mypy wants to know of which model; Django's own class takes no argument
    OfOpening = forms.ModelForm[Opening]
else:
    OfOpening = forms.ModelForm

MOST_CHILDREN = 12  # of one person; more is a slip
FIELDS_OF = {
    Asked.PHONE: ("phone",),
    Asked.CATEGORY: ("category",),
    Asked.ORGANISATION: ("organisation",),
    Asked.COMMUNE: ("commune",),
    Asked.PORTEUR: ("volunteer_porteur", "porteur_subject"),
    Asked.MEAL: ("meal",),
    Asked.CHILDCARE: ("children",),
    Asked.INTERPRETER: ("interpreter",),
    Asked.NEEDS: ("needs",),
    Asked.NEWSLETTER: ("newsletter",),
    Asked.ENCOUNTERS: ("remember_encounters",),
    Asked.TAKEAWAYS: ("wants_takeaways",),
}


def _line(longest: int, **attrs: str) -> Any:
    return {"max_length": longest, "widget": forms.TextInput(attrs=attrs)}


class PublicForm(OwnFields, WishesForm):
    """Only a first name is needed. What the organiser does not ask is not there, and cannot be sent."""

    first_name = LineField(
        label=_("Prénom"),
        error_messages={"required": _("Écrivez votre prénom.")},
        **_line(100, autocomplete="given-name"),
    )
    last_name = LineField(label=_("Nom"), required=False, **_line(100, autocomplete="family-name"))
    email = AddressField(
        label=_("Adresse électronique"),
        help_text=format_lazy(
            "{} {}",
            _("Par exemple prenom@exemple.fr."),
            _(
                "Pour recevoir la confirmation et votre lien. Une adresse sert à une seule personne : pour en inscrire "
                "une autre, laissez vide, sa page s’affichera."
            ),
        ),
    )
    phone = LineField(label=_("Téléphone"), required=False, **_line(30, autocomplete="tel", inputmode="tel"))
    category = forms.ChoiceField(
        label=_("Vous êtes"),
        choices=ActorCategory.choices,
        initial=ActorCategory.UNSAID,
        required=False,
        help_text=_("Pour que chaque table mêle des personnes différentes."),
    )
    organisation = LineField(
        label=_("Structure"),
        required=False,
        help_text=_("Association, commune, service de l’État… Laissez vide si vous venez pour vous-même."),
        **_line(200, autocomplete="organization", list="known-organisations"),
    )
    commune = LineField(
        label=_("Commune"), required=False, **_line(100, autocomplete="address-level2", list="known-communes")
    )
    volunteer_porteur = forms.BooleanField(label=_("Je veux bien apporter un sujet"), required=False)
    porteur_subject = LineField(
        label=_("Mon sujet, en une phrase"),
        required=False,
        help_text=_("Une situation de votre travail que vous voulez faire avancer. Pas de nom, pas de santé."),
        **_line(300),
    )
    meal = forms.ChoiceField(
        label=_("Repas"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (Meal.UNSAID, _("Je ne sais pas encore")),
            (Meal.ANY, _("Je mange sur place")),
            (Meal.VEGETARIAN, _("Je mange sur place, sans viande ni poisson")),
            (Meal.NONE, _("Je ne mange pas sur place")),
        ],
    )
    children = forms.IntegerField(
        label=_("Enfants à faire garder pendant la rencontre"),
        required=False,
        min_value=0,
        max_value=MOST_CHILDREN,
        help_text=_("Leur nombre suffit."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": _("Écrivez un nombre, par exemple 2."),
            "min_value": _("Écrivez un nombre de %(limit_value)s ou plus."),
            "max_value": _("Écrivez un nombre jusqu’à %(limit_value)s."),
        },
    )
    interpreter = LineField(
        label=_("Un interprète : dans quelle langue ?"),
        required=False,
        help_text=_("Langue des signes comprise. Laissez vide si vous n’en avez pas besoin."),
        **_line(60),
    )
    needs = LineField(
        label=_("De quoi d’autre avez-vous besoin ?"),
        required=False,
        help_text=_("Une place pour un fauteuil, un document en gros caractères… Pas de nom, pas de santé."),
        **_line(300),
    )
    newsletter = forms.BooleanField(
        label=_("J’accepte de recevoir la lettre d’information de l’organisation"), required=False
    )
    remember_encounters = forms.BooleanField(
        label=_("J’accepte que l’on se souvienne de qui j’ai rencontré à ma table"),
        required=False,
        help_text=_("Cela sert à une seule chose : la prochaine fois, vous asseoir avec d’autres personnes."),
    )
    wants_takeaways = forms.BooleanField(
        label=_("Je veux recevoir par courriel ce que la rencontre aura retenu"),
        required=False,
        help_text=_("Un seul courriel, après la rencontre. Il faut une adresse électronique."),
    )
    # A field that people do not see and robots fill. Not « website » or « phone »: browsers fill those by themselves.
    question = forms.CharField(
        label=_("Laissez ce champ vide"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)  # one sending, one registration

    def __init__(self, *args: Any, opening: Opening, registration: Registration | None = None, **kw: Any) -> None:
        if registration is not None:
            kw["initial"] = _said(registration)
        else:
            kw.setdefault("initial", {"key": uuid.uuid4()})
        super().__init__(*args, gathering=opening.gathering, registration=registration, **kw)
        self._registration = registration
        asked = set(opening.asked)
        for each, names in FIELDS_OF.items():
            if each not in asked:
                for name in names:
                    del self.fields[name]
        if Asked.WISHES not in asked:
            self.drop_wishes()
        self.add_own_fields(opening.gathering, registration, insist=True)
        if registration is not None:
            for name in ("email", "question", "key"):
                del self.fields[name]
        else:
            self.fields["email"].widget.attrs["autocomplete"] = "email"

    @property
    def trapped(self) -> bool:
        """A robot filled the hidden field, or a browser did: the page then shows it, so that a person can empty it."""
        return bool(self.is_bound and self.data.get(self.add_prefix("question"), "").strip())

    @property
    def person_fields(self) -> list[forms.BoundField]:
        return self._there("first_name", "last_name", "email", "phone", "category", "organisation", "commune")

    @property
    def porteur_fields(self) -> list[forms.BoundField]:
        return self._there("volunteer_porteur", "porteur_subject")

    @property
    def needs_fields(self) -> list[forms.BoundField]:
        return self._there("meal", "children", "interpreter", "needs")

    @property
    def consent_fields(self) -> list[forms.BoundField]:
        return self._there("wants_takeaways", "newsletter", "remember_encounters")

    def _there(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]

    def clean_question(self) -> str:
        if self.trapped:
            raise ValidationError(_("Ce champ doit rester vide : il sert à reconnaître les robots."))
        return ""

    @property
    def sending(self) -> str:
        """What makes one sending of this page: a page without its key is a sending of its own."""
        return str(self.cleaned_data.get("key") or uuid.uuid4())

    @property
    def answers(self) -> Answers:
        """What was not asked keeps what was known: the organiser may have changed the questions since."""
        said = self.cleaned_data
        known = _said(self._registration) if self._registration is not None else {}
        given = {name: said.get(name, known.get(name)) for names in FIELDS_OF.values() for name in names}
        insee, text = self._commune(given["commune"] or "")
        subject = given["porteur_subject"] or ""
        return Answers(
            details=PersonDetails(
                first_name=said["first_name"],
                last_name=said["last_name"],
                email=said.get("email", ""),
                phone=given["phone"] or "",
                category=given["category"] or ActorCategory.UNSAID,
                organisation=given["organisation"] or "",
                commune=insee,
                commune_text=text,
            ),
            logistics=Logistics(given["meal"] or Meal.UNSAID, given["children"] or 0, given["interpreter"] or ""),
            needs=given["needs"] or "",
            volunteer_porteur=bool(given["volunteer_porteur"]) or bool(subject),
            porteur_subject=subject,
            newsletter=bool(given["newsletter"]),
            remember_encounters=bool(given["remember_encounters"]),
            wants_takeaways=bool(given["wants_takeaways"]),
            ranks=said["ranks"],
            own=self.own_answers,
        )

    def _commune(self, name: str) -> tuple[str, str]:
        """A commune left as it was keeps its code; one that is not surely recognised stays as written."""
        person = self._registration.person if self._registration is not None else None
        if person is not None and person.commune is not None and person.commune.name == name:
            return person.commune.insee, ""
        place = Communes().find(name, "") if name else None
        return (place.insee, "") if place is not None and place.sure else ("", name)


def _said(registration: Registration) -> dict[str, Any]:
    person = registration.person
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "phone": person.phone,
        "category": person.category,
        "organisation": person.organisation.name if person.organisation else "",
        "commune": person.commune.name if person.commune else person.commune_text,
        "volunteer_porteur": registration.volunteer_porteur,
        "porteur_subject": registration.porteur_subject,
        "meal": registration.meal,
        "children": registration.children or None,
        "interpreter": registration.interpreter,
        "needs": registration.needs,
        "newsletter": registration.newsletter,
        "remember_encounters": registration.remember_encounters,
        "wants_takeaways": registration.wants_takeaways,
    }


def _moment_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})


class OpeningForm(OfOpening):
    """The organiser's: times are read where the gathering is (the view says so)."""

    asked = forms.MultipleChoiceField(
        label=_("Ce que le formulaire demande"),
        choices=Asked.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Le prénom, le nom et l’adresse électronique sont toujours demandés. Demandez le moins possible."),
    )

    half_days = forms.MultipleChoiceField(
        label=_("Demi-journées que l’accueil pointe"),
        choices=HalfDay.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Rien de coché : on pointe chaque personne une fois, pour toute la rencontre."),
    )

    class Meta:
        model = Opening
        fields = [
            "is_open",
            "opens_at",
            "closes_at",
            "capacity",
            "waiting_list",
            "welcome",
            "asked",
            "contact",
            "reminders",
            "half_days",
        ]
        widgets = {
            "opens_at": _moment_input(),
            "closes_at": _moment_input(),
            "welcome": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "opens_at": _("Vide : dès maintenant. Heure du lieu de la rencontre."),
            "closes_at": _("Vide : jusqu’au jour même."),
            "capacity": _("Vide : autant de personnes que viendront."),
            "welcome": _("Deux ou trois phrases en haut du formulaire."),
            "contact": _("Montrée à qui s’inscrit, pour ses questions et ses droits."),
        }

    def clean_asked(self) -> list[str]:
        return list(self.cleaned_data["asked"])

    def clean_half_days(self) -> list[str]:
        return in_order(self.cleaned_data["half_days"])
