"""What an organiser writes: the settings of a questionnaire, one of its questions."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from maillage.lib.matching import fold
from maillage.questionnaires.enums import QuestionKind
from maillage.questionnaires.models import Question, Questionnaire
from maillage.questionnaires.queries import numbers_of
from maillage.registrations.fields import LineField
from maillage.registrations.values import clean
from maillage.ui.seen import Seen

if TYPE_CHECKING:  # mypy wants to know of which model; Django's own class takes no argument
    OfQuestionnaire = forms.ModelForm[Questionnaire]
    OfQuestion = forms.ModelForm[Question]
else:
    OfQuestionnaire = OfQuestion = forms.ModelForm

MOST_OPTIONS, LONGEST_OPTION = 30, 100
LEAST_POINTS, MOST_POINTS, USUAL_POINTS = 2, 10, 5
CHOOSING = (QuestionKind.CHOICE, QuestionKind.CHOICES)
MOMENT = "%Y-%m-%dT%H:%M"


class SettingsForm(Seen, OfQuestionnaire):
    class Meta:
        model = Questionnaire
        fields = ["title", "moment", "welcome", "is_open", "opens_at", "closes_at", "letter_on", "remind_on", "told"]
        field_classes = {"title": LineField}
        widgets = {
            "moment": forms.RadioSelect,
            "welcome": forms.Textarea(attrs={"rows": 3}),
            "opens_at": forms.DateTimeInput(format=MOMENT, attrs={"type": "datetime-local"}),
            "closes_at": forms.DateTimeInput(format=MOMENT, attrs={"type": "datetime-local"}),
            "letter_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "remind_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        }
        help_texts = {
            "opens_at": _("Vide : dès maintenant."),
            "closes_at": _("Vide : jusqu’à ce que vous décochiez la case."),
            "letter_on": _("À 8 heures. Vide : c’est vous qui l’envoyez."),
            "remind_on": _("Une seule fois, à qui n’a pas répondu avec son lien. Vide : aucun, ou quand vous voudrez."),
            "told": _("Jamais un texte, jamais moins de cinq réponses. L’archive attend que ce soit fermé."),
        }
        error_messages = {"title": {"required": _("Donnez un titre.")}}


class QuestionForm(OfQuestion):
    points = forms.TypedChoiceField(
        label=_("Échelle : de 1 à"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[(number, str(number)) for number in range(LEAST_POINTS, MOST_POINTS + 1)],
        initial=USUAL_POINTS,
    )
    options_text = forms.CharField(
        label=_("Les choix, un par ligne"),
        required=False,
        max_length=MOST_OPTIONS * (LONGEST_OPTION + 2),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Pour « un choix » et « plusieurs choix » seulement."),
    )
    condition = forms.MultipleChoiceField(
        label=_("La demander seulement à qui a répondu…"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Rien de coché : à tout le monde. Les réponses cochées sont d’une même question."),
    )

    class Meta:
        model = Question
        fields = ["label", "help", "kind", "low", "high", "required", "part"]
        field_classes = dict.fromkeys(("label", "help", "low", "high", "part"), LineField)
        widgets = {"kind": forms.RadioSelect}
        help_texts = {
            "label": _("Telle que les gens la liront. Une idée à la fois."),
            "low": _("« pas du tout »"),
            "high": _("« tout à fait »"),
            "required": _("Le moins souvent possible : qui ne veut pas répondre ferme la page."),
            "part": _("Vide : elle suit la précédente. Sinon, le titre de la partie qu’elle commence : « Vous »."),
        }
        error_messages = {"label": {"required": _("Écrivez la question.")}}

    field_order = ["label", "help", "kind", "options_text", "points", "low", "high", "condition", "required", "part"]

    def __init__(self, *args: Any, questions: Sequence[Question], **kw: Any) -> None:
        """`questions`: those asked now, in their order."""
        super().__init__(*args, **kw)
        numbers = numbers_of(questions)
        here = numbers.get(self.instance.pk, len(questions) + 1)
        self.earlier = [
            row for row in questions if numbers[row.pk] < here and row.kind != QuestionKind.TEXT and row.options
        ]
        choices: list[tuple[str, list[tuple[str, str]]]] = [
            (
                f"{numbers[row.pk]}. {row.label}",
                [(f"{row.pk}:{option['id']}", option["label"]) for option in row.options],
            )
            for row in self.earlier
        ]
        if choices:
            field = self.fields["condition"]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = choices
            if self.instance.after_id:
                field.initial = [f"{self.instance.after_id}:{id_}" for id_ in self.instance.after_answers]
        else:
            del self.fields["condition"]
        if self.instance.options and self.instance.kind in CHOOSING:
            self.fields["options_text"].initial = "\n".join(self.instance.labels.values())
        if self.instance.options and self.instance.kind == QuestionKind.SCALE:
            self.fields["points"].initial = len(self.instance.options)

    def clean_options_text(self) -> list[str]:
        lines = [clean(line) for line in self.cleaned_data["options_text"].splitlines()]
        return [line for line in lines if line]

    def clean_condition(self) -> tuple[UUID | None, list[str]]:
        pairs = [value.partition(":") for value in self.cleaned_data["condition"]]
        of = {question for question, _colon, _answer in pairs}
        if len(of) > 1:
            raise ValidationError(_now("Ces réponses sont de plusieurs questions : gardez celles d’une seule."))
        return (UUID(of.pop()) if of else None), [answer for _question, _colon, answer in pairs]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind, options = data.get("kind"), data.get("options_text")
        if kind is None or options is None:
            return data
        if fault := _fault_of_options(kind, options):
            self.add_error("options_text", ValidationError(fault))
        if kind != QuestionKind.SCALE and (data.get("low") or data.get("high")):
            self.add_error("low", ValidationError(_now("Ces mots vont avec une échelle : effacez-les, ou prenez-la.")))
        return data

    @property
    def facts(self) -> Mapping[str, Any]:
        names = ("label", "help", "kind", "low", "high", "required", "part")
        after, answers = self.cleaned_data.get("condition") or (None, [])
        options = self.cleaned_data["options_text"]
        if self.cleaned_data["kind"] == QuestionKind.SCALE:
            points = self.cleaned_data["points"] or USUAL_POINTS
            options = [str(number) for number in range(1, points + 1)]
        return {name: self.cleaned_data[name] for name in names} | {
            "options": options,
            "after": next((row for row in self.earlier if row.pk == after), None),
            "after_answers": answers,
        }


def _fault_of_options(kind: str, options: Sequence[str]) -> str:
    if kind not in CHOOSING:
        if options:
            return _now("On ne choisit pas dans une liste ici : effacez les choix, ou prenez « un choix ».")
        return ""
    if len(options) < 2:
        return _now("Écrivez au moins deux choix, un par ligne.")
    if len(options) > MOST_OPTIONS:
        return _now("{n} choix : {most} au plus.").format(n=len(options), most=MOST_OPTIONS)
    for number, option in enumerate(options):
        if len(option) > LONGEST_OPTION:
            said = _now("« {choice}… » est trop long : {most} signes au plus.")
            return said.format(choice=option[:40], most=LONGEST_OPTION)
        if fold(option) in {fold(other) for other in options[:number]}:
            return _now("« {choice} » est écrit deux fois.").format(choice=option)
    return ""


class SheetForm(forms.Form):
    """Beside the answers of a sheet of paper: the number written in its corner."""

    number = forms.IntegerField(
        label=_("Numéro de la feuille"),
        min_value=1,
        max_value=9_999,
        help_text=_("Écrivez-le dans son coin : la même feuille n’est pas comptée deux fois."),
        error_messages={"required": _("Donnez un numéro à cette feuille.")},
    )
