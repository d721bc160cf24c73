"""The page somebody answers on: a field for each question, all on one page, in parts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from maillage.lib.languages import said as say
from maillage.lib.typography import join_words, typo
from maillage.questionnaires.branching import applicable
from maillage.questionnaires.enums import QuestionKind
from maillage.questionnaires.links import new_secret, read_secret
from maillage.questionnaires.models import Question
from maillage.questionnaires.queries import condition_words, numbers_of
from maillage.registrations.question_fields import LongField

LONGEST_TEXT = 2_000  # characters of an answer
MOST_BUTTONS = 10  # choices of one answer: beyond, a list that unfolds
PREFIX = "q-"


@dataclass(frozen=True)
class Asked:
    """A question as the page shows it."""

    question: Question
    number: int
    bound: forms.BoundField
    condition: str  # « Seulement si… », or ""
    after: str  # the name of the field it follows, for the script
    begins: str  # the part it begins


class AnswerForm(forms.Form):
    """`on_paper`: nothing is demanded, a sheet is typed as it is."""

    website = forms.CharField(  # named as what a robot fills in
        label=_("Laissez cette case vide"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        questions: Sequence[Question],
        said: Mapping[UUID, Sequence[str]] | None = None,
        secret: str = "",
        on_paper: bool = False,
    ) -> None:
        super().__init__(data, auto_id="%s", label_suffix="")
        self.questions = list(questions)
        self.on_paper = on_paper
        self.secret = secret or (read_secret(data.get("key")) if data is not None else new_secret())
        numbers = numbers_of(self.questions)
        self.numbers = numbers
        for question in self.questions:
            self.fields[name_of(question)] = _field(
                question, numbers[question.pk], (said or {}).get(question.pk, ()), insist=not on_paper
            )

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_now("Cette case doit rester vide : elle arrête les robots."))
        return ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.on_paper:
            mine = applicable(self.questions, self.given)
            for question in self.questions:
                name = name_of(question)
                if question.required and question.pk in mine and not data.get(name) and name not in self.errors:
                    self.add_error(name, _now("Répondez à cette question."))
        if not self.errors and not any(self.given.values()):
            self.add_error(None, _now("Rien n’est coché ni écrit : répondez au moins à une question."))
        return data

    @property
    def given(self) -> dict[UUID, list[str]]:
        found = {}
        for question in self.questions:
            value = self.cleaned_data.get(name_of(question))
            found[question.pk] = list(value) if isinstance(value, (list, tuple)) else [value] if value else []
        return found

    def asked(self) -> Iterator[Asked]:
        for question in self.questions:
            condition = condition_words(question, self.numbers)
            yield Asked(
                question,
                self.numbers[question.pk],
                self[name_of(question)],
                condition_sentence(*condition) if condition else "",
                name_of(question.after) if condition and question.after else "",
                say(question.part),
            )

    @property
    def trapped(self) -> bool:
        return bool(self.is_bound and str(self.data.get("website", "")).strip())


def name_of(question: Question) -> str:
    return f"{PREFIX}{question.pk}"


def condition_sentence(number: int, labels: Sequence[str]) -> str:
    words = join_words([_now("« {label} »").format(label=say(label)) for label in labels], last=_now("ou"))
    return typo(
        _now("Seulement si vous avez répondu {words} à la question {number}.").format(words=words, number=number)
    )


def ignored_sentence(questions: Sequence[Question], numbers: Mapping[UUID, int]) -> str:
    """What was left out because it was not for this person."""
    if not questions:
        return ""
    said = join_words([str(numbers[question.pk]) for question in questions])
    return typo(
        ngettext(
            "Votre réponse à la question {numbers} n’est pas comptée : d’après vos autres réponses, cette question ne "
            "s’adressait pas à vous.",
            "Vos réponses aux questions {numbers} ne sont pas comptées : d’après vos autres réponses, ces questions "
            "ne s’adressaient pas à vous.",
            len(questions),
        ).format(numbers=said)
    )


def _field(question: Question, number: int, said: Sequence[str], *, insist: bool) -> forms.Field:
    """`insist`: a question that must be answered says so; all the others may stay empty, and none says it."""
    field = _plain_field(question, number, said, insist=insist)
    field.says_optional = False  # type: ignore[attr-defined]  # read by `{% field %}`
    return field


def _plain_field(question: Question, number: int, said: Sequence[str], *, insist: bool) -> forms.Field:
    label = f"{number}. {say(question.label)}"
    common: dict[str, Any] = {
        "label": _now("{label} (il faut y répondre)").format(label=label) if insist and question.required else label,
        "help_text": say(question.help),
        "required": False,  # said by `clean`, which knows to whom it is asked
        "error_messages": {
            "invalid_choice": _("Cette réponse n’est plus proposée : choisissez-en une autre."),
            "invalid_list": _("Cette réponse n’est pas lisible : choisissez de nouveau."),
        },
    }
    if question.kind == QuestionKind.TEXT:
        widget = forms.Textarea(attrs={"rows": 3})
        return LongField(max_length=LONGEST_TEXT, initial="\n".join(said), widget=widget, **common)
    choices: list[tuple[str, Any]] = [(option["id"], typo(say(option["label"]))) for option in question.options]
    field: forms.Field
    if question.kind == QuestionKind.CHOICES:
        several = forms.CheckboxSelectMultiple()
        field = forms.MultipleChoiceField(choices=choices, initial=list(said), widget=several, **common)
    else:
        if not question.required:
            choices.append(("", _("Sans réponse")))
        widget_: type[forms.Widget] = forms.RadioSelect
        if len(question.options) > MOST_BUTTONS:  # a thumb would scroll for long
            widget_ = forms.Select
            choices = [("", _("Sans réponse")), *choices[: len(question.options)]]
        field = forms.ChoiceField(choices=choices, initial=said[0] if said else "", widget=widget_, **common)
    return field
