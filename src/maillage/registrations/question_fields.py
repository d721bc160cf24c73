"""The organiser's own questions as fields of a form, and the form where one is written."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from maillage.gatherings.models import Gathering
from maillage.lib.matching import fold
from maillage.lib.typography import typo
from maillage.registrations.enums import QuestionKind
from maillage.registrations.fields import LineField
from maillage.registrations.models import Question, Registration
from maillage.registrations.questions import CHOOSING, questions_of
from maillage.registrations.values import clean

if TYPE_CHECKING:  # mypy wants to know of which model; Django's own class takes no argument
    OfQuestion = forms.ModelForm[Question]
else:
    OfQuestion = forms.ModelForm

LONGEST_LINE, LONGEST_TEXT = 300, 2_000  # characters of an answer
MOST_CHOICES, LONGEST_CHOICE = 20, 100
YES, NO = "Oui", "Non"  # kept and exported so, as files keep one language
PREFIX = "own-"


class OwnFields(forms.Form):
    """Mixed in a form of registration: a field for each question of the gathering."""

    def add_own_fields(self, gathering: Gathering, registration: Registration | None, *, insist: bool) -> None:
        """`insist`: what must be answered must be; the team may register somebody who was not asked."""
        self._questions: list[Question] = list(questions_of(gathering))
        said: dict[UUID, list[str]] = {}
        if registration is not None and self._questions:
            said = dict(registration.answers.values_list("question", "values"))
        for question in self._questions:
            self.fields[f"{PREFIX}{question.pk}"] = _field(
                question, said.get(question.pk, []), required=insist and question.required
            )

    @property
    def own_fields(self) -> list[forms.BoundField]:
        return [self[f"{PREFIX}{question.pk}"] for question in self._questions]

    @property
    def own_answers(self) -> dict[UUID, list[str]]:
        given = {question.pk: self.cleaned_data.get(f"{PREFIX}{question.pk}") for question in self._questions}
        return {
            pk: list(value) if isinstance(value, (list, tuple)) else [value] if value else []
            for pk, value in given.items()
        }

    @property
    def insists(self) -> bool:
        """Whether more than a first name is needed."""
        return any(self.fields[f"{PREFIX}{question.pk}"].required for question in self._questions)


class LongField(forms.CharField):
    """Text on several lines, without the signs no screen shows."""

    widget = forms.Textarea

    def to_python(self, value: object) -> str:
        lines = str(super().to_python(value)).splitlines()
        return "\n".join(clean(line) for line in lines).strip()


def _field(question: Question, said: Sequence[str], *, required: bool) -> forms.Field:
    common: dict[str, Any] = {
        "label": question.label,
        "help_text": question.help,
        "required": required,
        "error_messages": {
            "required": _("Répondez à cette question."),
            "invalid_choice": _("Cette réponse n’est plus proposée : choisissez-en une autre."),
            "invalid_list": _("Cette réponse n’est pas lisible : choisissez de nouveau."),
        },
    }
    kind = question.kind
    if kind in (QuestionKind.LINE, QuestionKind.TEXT):
        text = "\n".join(said)
        if kind == QuestionKind.LINE:
            return LineField(max_length=LONGEST_LINE, initial=text, **common)
        widget = forms.Textarea(attrs={"rows": 4})
        return LongField(max_length=LONGEST_TEXT, initial=text, widget=widget, **common)
    offered = [YES, NO] if kind == QuestionKind.YES_NO else list(question.choices)
    offered += [value for value in said if value not in offered]  # offered no more: what was answered stays possible
    choices: list[tuple[str, Any]] = [(value, typo(value)) for value in offered]
    field: forms.Field
    if kind == QuestionKind.SEVERAL:
        widget_ = forms.CheckboxSelectMultiple()
        field = forms.MultipleChoiceField(choices=choices, initial=list(said), widget=widget_, **common)
    else:
        if not required:
            choices.append(("", _("Sans réponse")))
        field = forms.ChoiceField(choices=choices, initial=said[0] if said else "", widget=forms.RadioSelect, **common)
    field.says_optional = not required  # type: ignore[attr-defined]  # read by `{% field %}`: a legend says it too
    return field


class QuestionForm(OfQuestion):
    choices_text = forms.CharField(
        label=_("Les choix, un par ligne"),
        required=False,
        max_length=MOST_CHOICES * (LONGEST_CHOICE + 2),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Pour « un choix » et « plusieurs choix » seulement."),
    )

    class Meta:
        model = Question
        fields = ["label", "help", "kind", "required", "at_desk"]
        field_classes = {"label": LineField, "help": LineField}
        widgets = {"kind": forms.RadioSelect}
        help_texts = {
            "label": _("Telle que les gens la liront : « Arrivez-vous la veille ? »"),
            "required": _("Le moins souvent possible : qui ne veut pas répondre ne viendra pas."),
            "at_desk": _("Sinon, seule l’organisation la lit."),
        }
        error_messages = {"label": {"required": _("Écrivez la question.")}}

    field_order = ["label", "help", "kind", "choices_text", "required", "at_desk"]

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["choices_text"].initial = "\n".join(self.instance.choices)

    def clean_choices_text(self) -> list[str]:
        lines = [clean(line) for line in self.cleaned_data["choices_text"].splitlines()]
        return [line for line in lines if line]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind, choices = data.get("kind"), data.get("choices_text")
        if kind is None or choices is None:
            return data
        if fault := _fault_of_choices(kind, choices):
            self.add_error("choices_text", ValidationError(fault))
        return data

    @property
    def facts(self) -> Mapping[str, Any]:
        names = ("label", "help", "kind", "required", "at_desk")
        return {name: self.cleaned_data[name] for name in names} | {"choices": self.cleaned_data["choices_text"]}


def _fault_of_choices(kind: str, choices: Sequence[str]) -> str:
    if kind not in CHOOSING:
        if choices:
            return _now(
                "On ne choisit pas dans une liste ici : effacez les choix, ou prenez « un choix dans une liste »."
            )
        return ""
    if len(choices) < 2:
        return _now("Écrivez au moins deux choix, un par ligne.")
    if len(choices) > MOST_CHOICES:
        return _now("{n} choix : {most} au plus.").format(n=len(choices), most=MOST_CHOICES)
    for number, choice in enumerate(choices):
        if len(choice) > LONGEST_CHOICE:
            said = _now("« {choice}… » est trop long : {most} signes au plus.")
            return said.format(choice=choice[:40], most=LONGEST_CHOICE)
        if fold(choice) in {fold(other) for other in choices[:number]}:
            return _now("« {choice} » est écrit deux fois.").format(choice=choice)
    return ""
