"""Forms of the programme. Places are typed by name and recognised or refused; lists are one item a line."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from maillage.gatherings.enums import Composition
from maillage.gatherings.models import Gathering, Room, Slot, Workshop
from maillage.gatherings.queries import method_titles
from maillage.gatherings.services import SpeakerWords
from maillage.gatherings.words import readable
from maillage.lib.matching import fold
from maillage.methods.queries import compositions, preset_titles
from maillage.people.models import Space
from maillage.people.queries import Visitor, spaces_to_organise
from maillage.territories.queries import PlaceNotFound, find_commune, find_epci, find_qpv
from maillage.ui.seen import Seen

if TYPE_CHECKING:  # mypy wants to know of which model; Django's own class takes no argument
    OfGathering = forms.ModelForm[Gathering]
    OfSlot = forms.ModelForm[Slot]
    OfWorkshop = forms.ModelForm[Workshop]
    OfRoom = forms.ModelForm[Room]
else:
    OfGathering = OfSlot = OfWorkshop = OfRoom = forms.ModelForm


class PlaceField(forms.CharField):
    """A commune, an intercommunalité or a quartier, by name or by official code."""

    def __init__(self, find: Callable[[str], Model], **options: Any) -> None:
        self.find = find
        super().__init__(required=False, max_length=200, **options)

    def prepare_value(self, value: object) -> object:
        """Shown by its name, or by its code when others carry the same name."""
        if not isinstance(value, Model):
            return value
        try:
            return str(value) if self.find(str(value)) == value else str(value.pk)
        except PlaceNotFound:
            return str(value.pk)

    def clean(self, value: Any) -> Model | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return self.find(text)
        except PlaceNotFound as unknown:
            sentence = unknown.sentence[0].upper() + unknown.sentence[1:]
            raise forms.ValidationError(f"{sentence}.") from unknown


class LinesField(forms.CharField):
    """One item a line."""

    widget = forms.Textarea

    def __init__(self, *, longest: int, rows: int = 3, **options: Any) -> None:
        self.longest = longest
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": rows}), **options)

    def prepare_value(self, value: object) -> object:
        return "\n".join(str(line) for line in value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        lines = [" ".join(line.split()) for line in super().clean(value).splitlines()]
        for line in lines:
            if len(line) > self.longest:
                raise forms.ValidationError(
                    _("Une ligne a %(length)d caractères, on en attend au plus %(longest)d : « %(start)s… »."),
                    params={"length": len(line), "longest": self.longest, "start": line[:40]},
                )
        return [line for line in lines if line]


class SpeakersField(LinesField):
    """« nom ; fonction ; structure » a line; the end may be left out."""

    def clean(self, value: Any) -> list[SpeakerWords]:  # type: ignore[override]  # what the lines say, not the lines
        speakers = []
        for line in super().clean(value):
            parts = [part.strip() for part in line.split(";")]
            if len(parts) > 3:
                raise forms.ValidationError(
                    _("On attend « nom ; fonction ; structure », au plus deux points-virgules : « %(line)s »."),
                    params={"line": line},
                )
            if any(len(part) > 150 for part in parts):
                raise forms.ValidationError(
                    _("Un nom, une fonction ou une structure dépasse 150 caractères : « %(start)s… »."),
                    params={"start": line[:40]},
                )
            speakers.append(SpeakerWords(*parts))
        return speakers


def speaker_lines(speakers: Any) -> list[str]:
    return [" ; ".join((speaker.name, speaker.role, speaker.organisation)).rstrip(" ;") for speaker in speakers]


def _date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class GatheringForm(Seen, OfGathering):
    commune = PlaceField(find_commune, label=_("Commune"), help_text=_("Son nom ou son code Insee."))
    epci = PlaceField(
        find_epci,
        label=_("Intercommunalité"),
        help_text=_("Si la rencontre concerne une intercommunalité plutôt qu’une commune."),
    )
    objectives = LinesField(longest=1_000, rows=5, label=_("Objectifs"), help_text=_("Une phrase par ligne."))

    class Meta:
        model = Gathering
        fields = ["kind", "title", "subtitle", "theme", "date", "venue", "commune", "epci", "objectives", "public"]
        widgets = {"date": _date_input()}
        help_texts = {
            "date": _("Laissez vide tant qu’elle n’est pas fixée."),
            "public": _("Le programme se lit alors sans compte. Les inscriptions n’y figurent jamais."),
        }
        labels = {"public": _("Ouvrir la page publique")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.instance._state.adding:
            self.initial.update(commune=self.instance.commune, epci=self.instance.epci)


class NewGatheringForm(GatheringForm):
    space = forms.ModelChoiceField(Space.objects.none(), label=_("Espace"), empty_label=None)
    field_order = ["space"]

    def __init__(self, *args: Any, user: Visitor, **options: Any) -> None:
        super().__init__(*args, **options)
        choice = self.fields["space"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = spaces_to_organise(user)


class CopyForm(forms.Form):
    title = forms.CharField(label=_("Titre de la nouvelle rencontre"), max_length=200)
    date = forms.DateField(
        label=_("Sa date"), required=False, widget=_date_input(), help_text=_("Laissez vide si elle n’est pas fixée.")
    )


class RemovalForm(forms.Form):
    sure = forms.BooleanField(
        label=_("J’ai lu ce qui disparaît, et je veux supprimer cette rencontre"),
        error_messages={"required": _("Cochez cette case pour supprimer, ou revenez à la rencontre.")},
    )


class SlotForm(Seen, OfSlot):
    speakers = SpeakersField(
        longest=460,
        label=_("Qui prend la parole"),
        help_text=_("Une personne ou une structure par ligne : nom ; fonction ; structure."),
    )

    class Meta:
        model = Slot
        fields = ["kind", "title", "starts_at", "ends_at"]
        widgets = {name: forms.TimeInput(format="%H:%M", attrs={"type": "time"}) for name in ("starts_at", "ends_at")}
        help_texts = {"starts_at": _("Laissez vide si l’heure n’est pas connue.")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.instance._state.adding:
            self.initial["speakers"] = speaker_lines(self.instance.speakers.filter(workshop=None))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("ends_at") and not data.get("starts_at") and "starts_at" not in self.errors:
            self.add_error("starts_at", _("Une fin sans début : dites aussi quand le créneau commence."))
        return data


class WorkshopForm(Seen, OfWorkshop):
    method = forms.ChoiceField(label=_("Méthode"), required=False)
    preset = forms.ChoiceField(
        label=_("Durée"), required=False, help_text=_("La séance s’ouvrira avec. Qui anime peut encore en changer.")
    )
    commune = PlaceField(find_commune, label=_("Commune"), help_text=_("Son nom ou son code Insee."))
    epci = PlaceField(find_epci, label=_("Intercommunalité"))
    qpv = PlaceField(find_qpv, label=_("Quartier prioritaire"))
    facilitators = LinesField(longest=150, label=_("Animation"), help_text=_("Une personne par ligne."))
    speakers = SpeakersField(
        longest=460, label=_("Qui présente"), help_text=_("Une personne par ligne : nom ; fonction ; structure.")
    )

    class Meta:
        model = Workshop
        fields = [
            "number",
            "title",
            "short_title",
            "room",
            "colour",
            "method",
            "preset",
            "territory",
            "commune",
            "epci",
            "qpv",
            "min_people",
            "max_people",
            "table_min",
            "table_max",
            "compose",
            "sizes_assumed",
        ]
        labels = {
            "room": _("Salle"),
            "territory": _("Territoire, en quelques mots"),
            "min_people": _("Personnes, au moins"),
            "max_people": _("Personnes, au plus"),
            "compose": _("Comment composer les tables"),
            "sizes_assumed": _("Ces nombres sont une hypothèse"),
        }
        help_texts = {"short_title": _("Celui des formulaires et des badges.")}

    def __init__(self, *args: Any, gathering: Gathering, **options: Any) -> None:
        super().__init__(*args, **options)
        room = self.fields["room"]
        assert isinstance(room, forms.ModelChoiceField)
        room.queryset = gathering.rooms.all()
        room.empty_label = str(_("Pas encore de salle"))
        offered = method_titles(gathering.space)
        current = self.instance.method
        if current and current not in offered:
            offered[current] = _("%(method)s (méthode sans fiche)") % {"method": readable(current)}
        self.fields["method"].choices = [("", _("Aucune")), *offered.items()]  # type: ignore[attr-defined]
        self.lengths = preset_titles(gathering.space)
        self.fields["preset"].choices = [  # type: ignore[attr-defined]
            ("", _("La durée habituelle de la méthode")),
            *(
                (offered[method], [(f"{method}:{preset}", title) for preset, title in presets.items()])
                for method, presets in self.lengths.items()
                if method in offered
            ),
        ]
        self.initial["preset"] = ""
        if self.instance.preset in self.lengths.get(current, {}):
            self.initial["preset"] = f"{current}:{self.instance.preset}"
        self.fields["colour"].choices = [  # type: ignore[attr-defined]
            (value, label if value else _("Aucune"))
            for value, label in self.fields["colour"].choices  # type: ignore[attr-defined]
        ]
        if self.instance._state.adding:
            tables = self.fields["compose"]
            assert isinstance(tables, forms.ChoiceField)
            tables.choices, tables.required = [("", _("Comme la méthode le demande")), *Composition.choices], False
            self.initial["compose"] = ""
            self.composed = compositions(gathering.space)
        else:
            self.initial["facilitators"] = [person.name for person in self.instance.facilitators.all()]
            self.initial["speakers"] = speaker_lines(self.instance.speakers.all())
            for name in ("commune", "epci", "qpv"):
                self.initial[name] = getattr(self.instance, name)

    def clean_compose(self) -> str:
        """Left to the method: peers around a subject, mixed tables elsewhere."""
        said = self.cleaned_data["compose"]
        return said or self.composed.get(self.cleaned_data.get("method", ""), Composition.MIXED)

    def clean_preset(self) -> str:
        """The name of the length alone, if it is one of the method chosen."""
        method, _colon, preset = self.cleaned_data["preset"].partition(":")
        if preset and method != self.cleaned_data.get("method"):
            if "preset" in self.changed_data:
                title = self.lengths[method][preset]
                raise forms.ValidationError(_("« %(length)s » est la durée d’une autre méthode.") % {"length": title})
            return ""  # the method was changed, and its length with it
        return str(preset)


class RoomForm(Seen, OfRoom):
    step_free = forms.NullBooleanField(
        label=_("Accessible en fauteuil"),
        required=False,
        widget=forms.Select(choices=[("unknown", _("On ne sait pas")), ("true", _("Oui")), ("false", _("Non"))]),
    )

    class Meta:
        model = Room
        fields = ["name", "capacity", "capacity_assumed", "step_free"]
        labels = {"capacity_assumed": _("Ce nombre est une hypothèse")}

    def __init__(self, *args: Any, gathering: Gathering, **options: Any) -> None:
        super().__init__(*args, **options)
        self.gathering = gathering
        self.initial["step_free"] = {True: "true", False: "false", None: "unknown"}[self.instance.step_free]

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        others = self.gathering.rooms.exclude(pk=self.instance.pk).values_list("name", flat=True)
        if fold(name) in {fold(other) for other in others}:
            raise forms.ValidationError(_("Une salle porte déjà ce nom."))
        return name
