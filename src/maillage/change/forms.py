"""What a noyau types. A refusal says where and leaves every word in its box."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from maillage.change.checks import ChangeRefused, check_evidence, check_horizon, check_past, check_planned
from maillage.change.enums import (
    Condition,
    ConditionState,
    Degree,
    MarkerLevel,
    ReviewKind,
    Rhythm,
    SeenBy,
    Sharing,
    Strength,
)
from maillage.change.models import Actor, Change, CoreGroup, Marker
from maillage.memory.enums import ActionState
from maillage.people.enums import ActorCategory

READ_DATES = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"]
NO_NAME = _("Pas de nom de personne, pas de santé.")


def _say(form: forms.Form, name: str, check: Callable[[], Any]) -> Any:
    try:
        return check()
    except ChangeRefused as refusal:
        raise forms.ValidationError(refusal.sentence) from None


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        input_formats=READ_DATES,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Mettez une date."),
            "invalid": _("On attend une date comme 2026-03-15 ou 15/03/2026."),
        },
    )


def text_field(label: Any, most: int, *, rows: int = 0, required: bool = True, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=most,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(),
        error_messages={
            "required": _("Ce champ est vide : écrivez quelques mots."),
            "max_length": _("C’est trop long : %(limit_value)d signes au plus (vous en avez %(show_value)d)."),
        },
    )


def choice_field(label: Any, choices: Any, *, radio: bool = False, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        required=required,
        widget=forms.RadioSelect() if radio else forms.Select(),
        error_messages={
            "required": _("Choisissez une réponse."),
            "invalid_choice": _("Cette réponse n’est plus proposée : choisissez-en une autre."),
        },
    )


class Kept(forms.Form):
    """Of a thing that has versions."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=1_000_000)


class GroupForm(Kept):
    name = text_field(_("Nom du noyau"), 120)
    rhythm = choice_field(_("Le noyau se retrouve"), Rhythm.choices)
    contract = choice_field(_("Contrat de ville"), [], required=False)
    qpv = forms.CharField(
        label=_("Quartier prioritaire"),
        required=False,
        max_length=8,
        help_text=_("Son code, comme QN06701M. L’atlas le donne."),
    )

    contact = text_field(
        _("À qui écrire"),
        200,
        required=False,
        help_text=_("Une adresse ou un téléphone de structure, jamais d’une personne : le récit public le donne."),
    )

    def __init__(self, *args: Any, contracts: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contracts = {str(row.pk): row for row in contracts}
        field = self.fields["contract"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _now("Aucun, ou pas encore")), *((key, str(row)) for key, row in self.contracts.items())]

    def clean_contract(self) -> Any:
        return self.contracts.get(self.cleaned_data["contract"])

    def clean_qpv(self) -> Any:
        from maillage.territories.models import Qpv  # read only where a code is typed

        code = self.cleaned_data["qpv"].strip().upper()
        if not code:
            return None
        found = Qpv.objects.filter(pk=code).first()
        if found is None:
            raise forms.ValidationError(_now("Ce code de quartier n’est pas connu ici : vérifiez-le, ou laissez vide."))
        return found


class NewGroupForm(GroupForm):
    lead_name = text_field(_("Qui tient ce noyau"), 120, help_text=_("Cette personne recevra un lien à elle."))
    organisation = text_field(_("Sa structure"), 200, required=False)
    category = choice_field(_("Cette personne est"), ActorCategory.choices)


class SharingForm(forms.Form):
    sharing = choice_field(_("Ce que le noyau partage"), Sharing.choices, radio=True)


class MemberForm(forms.Form):
    name = text_field(_("Prénom, ou prénom et nom"), 120)
    organisation = text_field(_("Structure"), 200, required=False)
    category = choice_field(_("Cette personne est"), ActorCategory.choices)


class MemberEditForm(MemberForm, Kept):
    joined_on = day_field(_("Du noyau depuis le"))

    def clean_joined_on(self) -> dt.date:
        day: dt.date = _say(
            self, "joined_on", lambda: check_past(self.cleaned_data["joined_on"], today=timezone.localdate())
        )
        return day


class ObservationForm(Kept):
    """In thirty seconds: what, how far, two lines. The rest is folded."""

    marker = forms.ChoiceField(label=_("Quoi ?"), required=False, widget=forms.RadioSelect)
    degree = choice_field(_("Vu ?"), Degree.choices, radio=True)
    text = text_field(_("En deux lignes"), 600, rows=3, required=False, help_text=NO_NAME)
    on = day_field(_("Quel jour"))
    seen_by = choice_field(_("Qui l’a vu"), SeenBy.choices)
    source = text_field(_("D’où cela vient"), 200, required=False, help_text=_("Une réunion, un document, une visite."))
    inside = forms.BooleanField(label=_("Pour le noyau seulement : ne pas partager"), required=False)
    photo = forms.FileField(label=_("Photo"), required=False)
    consent = forms.BooleanField(label=_("Les personnes qu’on y voit sont d’accord"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, group: CoreGroup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # those that were taken off too: a phone that was offline may still speak of one
        rows = Marker.objects.filter(group=group).select_related("actor")
        self.markers = {str(row.pk): row for row in rows}
        shown = [row for row in rows if row.removed_at is None]
        self.fields["marker"].choices = [  # type: ignore[attr-defined]
            *((str(row.pk), row.text) for row in shown),
            ("", _now("Quelque chose d’inattendu")),
        ]
        valid = self.fields["marker"]
        valid.valid_value = lambda value: value == "" or str(value) in self.markers  # type: ignore[attr-defined]
        self.fields["degree"].required = False

    def clean_marker(self) -> Marker | None:
        return self.markers.get(self.cleaned_data["marker"])

    def clean_degree(self) -> str:
        return self.cleaned_data["degree"] or Degree.SEEN.value

    def clean_on(self) -> dt.date:
        day: dt.date = _say(self, "on", lambda: check_past(self.cleaned_data["on"], today=timezone.localdate()))
        return day

    def clean_key(self) -> uuid.UUID | None:
        key: uuid.UUID | None = self.cleaned_data["key"]
        return key


class ConditionForm(Kept):
    condition = choice_field(_("Condition"), Condition.choices)
    state = choice_field(_("Elle est"), ConditionState.choices, radio=True)
    finding = text_field(_("Ce qui le montre"), 600, rows=2, required=False, help_text=NO_NAME)
    on = day_field(_("Noté le"))

    def clean_on(self) -> dt.date:
        day: dt.date = _say(self, "on", lambda: check_past(self.cleaned_data["on"], today=timezone.localdate()))
        return day


class FindingForm(Kept):
    text = text_field(_("Le constat"), 600, rows=2, help_text=NO_NAME)
    said_by = text_field(_("Qui le dit"), 200, required=False, help_text=_("Un groupe, une structure."))
    source = text_field(_("D’après quoi"), 300, required=False, help_text=_("Une étude, une visite, des paroles."))


class VisionForm(Kept):
    text = text_field(
        _("La vision"), 2000, rows=6, help_text=_("Ce que l’on verra, entendra, fera ici quand cela aura changé.")
    )
    horizon = forms.IntegerField(
        label=_("Pour quelle année"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": _("Dites pour quand : une vision sans horizon ne se relit pas. Une année suffit, comme 2030."),
            "invalid": _("On attend une année, comme 2030."),
        },
    )

    def clean_horizon(self) -> int:
        year: int = _say(
            self, "horizon", lambda: check_horizon(self.cleaned_data["horizon"], today=timezone.localdate())
        )
        return year


class ValidationForm(forms.Form):
    who = text_field(_("Qui l’a validée"), 300, help_text=_("Le noyau, le comité de pilotage, une assemblée."))
    on = day_field(_("Quel jour"))

    def clean_on(self) -> dt.date:
        day: dt.date = _say(self, "on", lambda: check_past(self.cleaned_data["on"], today=timezone.localdate()))
        return day


class ActorForm(Kept):
    name = text_field(
        _("L’acteur"), 120, help_text=_("Une structure, un service, un groupe : le bailleur, les parents.")
    )


class ChangeForm(Kept):
    actor = choice_field(_("L’acteur"), [])
    text = text_field(_("Il fait…"), 300, rows=2, help_text=_("Au présent, comme si c’était arrivé."))
    for_whom = text_field(
        _("Pour qui"), 200, required=False, help_text=_("Un groupe, pas une personne : les locataires, les collégiens.")
    )

    def __init__(self, *args: Any, group: CoreGroup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actors = {str(row.pk): row for row in Actor.objects.filter(group=group, removed_at=None)}
        self.fields["actor"].choices = [  # type: ignore[attr-defined]
            ("", _now("Choisir un acteur")),
            *((key, row.name) for key, row in self.actors.items()),
        ]
        self.fields["actor"].error_messages["required"] = _now(
            "Dites de quel acteur il s’agit : choisissez-le, ou ajoutez-le d’abord sur le chemin."
        )

    def clean_actor(self) -> Actor:
        return self.actors[self.cleaned_data["actor"]]


class MarkerForm(ChangeForm):
    for_whom = None  # type: ignore[assignment] # said of the change
    level = choice_field(_("C’est"), MarkerLevel.choices, radio=True)
    text = text_field(
        _("Le repère"), 300, rows=2, help_text=_("Une phrase que l’on pourrait voir arriver : qui fait quoi, où.")
    )
    field_order = ("actor", "text", "level", "seen")


class CommitmentForm(Kept):
    what = text_field(_("Quoi"), 300, rows=2)
    who = text_field(_("Qui s’en charge"), 200, required=False, help_text=_("Une structure, un service : pas un nom."))
    due = day_field(_("Pour quand"), required=False)
    change = choice_field(_("Cela nourrit le changement"), [], required=False)
    state = choice_field(_("Où cela en est"), ActionState.choices, required=False)
    outcome = text_field(_("Ce que cela a donné"), 400, rows=2, required=False)

    def __init__(self, *args: Any, group: CoreGroup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Change.objects.filter(group=group, removed_at=None).select_related("actor")
        self.changes = {str(row.pk): row for row in rows}
        self.fields["change"].choices = [  # type: ignore[attr-defined]
            ("", _now("Aucun en particulier")),
            *((key, f"{row.actor.name} : {row.text}") for key, row in self.changes.items()),
        ]

    def clean_change(self) -> Change | None:
        return self.changes.get(self.cleaned_data["change"])

    def clean_state(self) -> str:
        return self.cleaned_data["state"] or ActionState.TODO

    def clean_due(self) -> dt.date | None:
        due: dt.date | None = self.cleaned_data["due"]
        return due and _say(self, "due", lambda: check_planned(due, today=timezone.localdate()))


class ReviewForm(forms.Form):
    kind = choice_field(_("Quelle revue"), ReviewKind.choices)
    on = day_field(_("Quel jour"))

    def clean_on(self) -> dt.date:
        day: dt.date = _say(
            self, "on", lambda: check_planned(self.cleaned_data["on"], today=timezone.localdate(), field="on")
        )
        return day


class HeldForm(Kept):
    attended = text_field(
        _("Qui était là"),
        300,
        required=False,
        help_text=_("Des structures, des fonctions : le récit public les redit."),
    )
    learned = text_field(_("Ce que nous apprenons"), 4000, rows=4, required=False, help_text=NO_NAME)
    decisions = text_field(
        _("Ce que nous décidons"), 4000, rows=4, required=False, help_text=_("Une décision par ligne.")
    )
    next_on = day_field(_("La prochaine revue"), required=False)


class HarvestForm(Kept):
    text = text_field(_("Ce qui a changé"), 600, rows=2, help_text=NO_NAME)
    who = text_field(_("Chez qui, pour qui"), 200)
    when = text_field(_("Quand"), 100)
    contribution = text_field(_("Comment le noyau y a contribué"), 600, rows=2)
    strength = choice_field(_("Ce qui le prouve"), Strength.choices, radio=True)
    evidence = text_field(
        _("Qui l’a vu ou dit, ou où le relire"),
        300,
        help_text=_("Des structures, des groupes, un document : la maison de quartier, la préfecture. Pas un nom."),
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("strength") and said.get("evidence"):
            try:
                check_evidence(said["strength"], said["evidence"])
            except ChangeRefused as refusal:
                self.add_error(refusal.field, refusal.sentence)
        return said


class EntrustForm(forms.Form):
    group = choice_field(_("À quel noyau"), [])
    what = text_field(_("Mon premier pas"), 300, rows=2, help_text=_("Relisez-le : le noyau lira ces mots-là."))
    who = text_field(_("Avec qui"), 200, required=False, help_text=_("Une structure, une fonction : pas un nom."))
    due = day_field(_("Pour quand"))
    agreed = forms.BooleanField(
        label=_("Je suis d’accord pour que ce noyau lise ce premier pas et sa date"),
        error_messages={"required": _("Cochez la case : sans votre accord, rien ne sort de votre fiche.")},
    )

    def __init__(self, *args: Any, groups: Iterable[CoreGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = {str(row.pk): row for row in groups}
        self.fields["group"].choices = [(key, row.name) for key, row in self.groups.items()]  # type: ignore[attr-defined]

    def clean_group(self) -> CoreGroup:
        return self.groups[self.cleaned_data["group"]]

    def clean_due(self) -> dt.date:
        due: dt.date = _say(self, "due", lambda: check_planned(self.cleaned_data["due"], today=timezone.localdate()))
        return due
