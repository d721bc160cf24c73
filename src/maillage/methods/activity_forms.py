"""The forms of what a stage asks or deals: a vote, questions, a pot, a deck of cards; and of what is put on cards.

A line that is emptied is taken away; a new one goes below. Names in the file stay: only what people read changes.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from facilitation.definition import Deck, Mark, Method, Question, Stage
from facilitation.vocabulary import MAX_PEOPLE, MAX_TEXT
from maillage.methods.words import free_name

NEW = "+"  # before the name of a field that is not in the file yet: no name of a file begins so
NEW_OPTIONS = 2
NEW_CARDS = 3
WORDS = 200  # characters of a question or an answer: what a button and a wall can show
TYPES = {
    "scale": gettext_lazy("Une échelle, de 1 à 5"),
    "choice": gettext_lazy("Un choix parmi des réponses"),
    "choices": gettext_lazy("Plusieurs choix parmi des réponses"),
    "text": gettext_lazy("Un texte libre"),
}


class Grouped(forms.Form):
    """Fields in groups, each with its title; the order of the page is that of the file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.titled: list[tuple[str, list[str]]] = []

    def group(self, title: str, fields: Mapping[str, forms.Field]) -> None:
        self.fields.update(fields)
        self.titled.append((title, list(fields)))

    def groups(self) -> Iterator[dict[str, Any]]:
        for title, names in self.titled:
            yield {"title": title, "fields": [self[name] for name in names]}


class PollForm(Grouped):
    """What is asked and the answers that are offered."""

    def __init__(self, *args: Any, stage: Stage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stage = stage
        self.group("", {"question": _text(_("Question posée"), stage.question, required=True)})
        lines = {
            option.id: _text(_("Réponse {number}").format(number=number), option.label)
            for number, option in enumerate(stage.options, 1)
        }
        for number in range(1, NEW_OPTIONS + 1):
            lines[f"{NEW}{number}"] = _text(_("Une réponse de plus"), "", most=WORDS)
        self.group(_("Réponses offertes"), {f"option-{name}": line for name, line in lines.items()})

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if not self.errors and len(self.options) < 2:
            self.add_error(None, _("Un vote offre deux réponses au moins."))
        return facts

    @property
    def options(self) -> dict[str, str]:
        """By name, in the order of the page."""
        found: dict[str, str] = {}
        for field, words in self.cleaned_data.items():
            name = field.removeprefix("option-")
            if name != field and words:
                taken = {option.id for option in self.stage.options} | set(found)
                found[free_name(words, taken, else_="reponse") if name.startswith(NEW) else name] = words
        return found


class QuestionsForm(Grouped):
    """The questions of a form, and one more."""

    def __init__(self, *args: Any, stage: Stage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stage = stage
        for number, asked in enumerate(stage.questions, 1):
            fields: dict[str, forms.Field] = {
                "label": _text(_("Question"), asked.label),
                "help": _text(_("Aide, en une phrase"), asked.help),
            }
            if asked.type == "scale":
                fields["low"] = _text(_("Mots du plus bas"), asked.low, most=60)
                fields["high"] = _text(_("Mots du plus haut"), asked.high, most=60)
            elif asked.options:
                fields["options"] = _answers("\n".join(option.label for option in asked.options), required=False)
            fields["required"] = _tick(_("Réponse demandée : on ne peut pas la passer"), asked.required)
            title = _("Question {number} – {type}").format(number=number, type=TYPES[asked.type].lower())
            self.group(title, {f"{asked.id}-{key}": field for key, field in fields.items()})
        kind = forms.ChoiceField(label=_("Comment on y répond"), choices=list(TYPES.items()), required=False)
        more = {"label": _text(_("Question"), ""), "type": kind, "options": _answers("", required=False)}
        self.group(_("Une question de plus"), {f"{NEW}-{key}": field for key, field in more.items()})

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        for asked in self.stage.questions:
            if asked.type in ("choice", "choices") and facts.get(f"{asked.id}-label"):
                self._check_answers(f"{asked.id}-options", facts)
        if facts.get(f"{NEW}-label") and facts.get(f"{NEW}-type") in ("choice", "choices"):
            self._check_answers(f"{NEW}-options", facts)
        if not self.errors and not self.questions:
            self.add_error(
                None, _("Il faut une question au moins : pour retirer l’étape, passez par la liste des étapes.")
            )
        return facts

    @property
    def questions(self) -> list[dict[str, Any]]:
        """In order, by name; those whose words were emptied are no longer there."""
        facts = self.cleaned_data
        found = [self._question(asked, facts) for asked in self.stage.questions if facts.get(f"{asked.id}-label")]
        if label := facts.get(f"{NEW}-label"):
            name = free_name(label, {asked.id for asked in self.stage.questions}, else_="question")
            type_ = facts.get(f"{NEW}-type") or "text"
            options = lines_of(facts.get(f"{NEW}-options", "")) if type_ in ("choice", "choices") else None
            found.append({"id": name, "type": type_, "label": label, "options": options})
        return found

    @staticmethod
    def _question(asked: Question, facts: Mapping[str, Any]) -> dict[str, Any]:
        made = {"id": asked.id, "label": facts[f"{asked.id}-label"], "help": facts[f"{asked.id}-help"]}
        for key in ("low", "high"):
            if f"{asked.id}-{key}" in facts:
                made[key] = facts[f"{asked.id}-{key}"]
        if f"{asked.id}-options" in facts:
            made["options"] = lines_of(facts[f"{asked.id}-options"])
        made["required"] = facts[f"{asked.id}-required"] or None
        return made

    def _check_answers(self, field: str, facts: Mapping[str, Any]) -> None:
        if field in facts and len(lines_of(facts[field])) < 2:
            self.add_error(field, _("Écrivez deux réponses au moins, une par ligne."))


class PotForm(Grouped):
    def __init__(self, *args: Any, stage: Stage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tokens = forms.IntegerField(
            label=_("Ce que chaque personne a, à chaque tour"), min_value=1, max_value=MAX_PEOPLE, initial=stage.tokens
        )
        multiplier = forms.FloatField(
            label=_("Le pot est multiplié par"),
            min_value=1,
            initial=int(stage.multiplier) if stage.multiplier == int(stage.multiplier) else stage.multiplier,
            help_text=_("Plus de 1, et moins que la plus petite table : sinon, tout donner va de soi."),
        )
        self.group("", {"tokens": tokens, "multiplier": multiplier})


class DeckForm(Grouped):
    """The cards that are dealt or gone through."""

    def __init__(self, *args: Any, deck: Deck, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deck = deck
        draw = forms.IntegerField(
            label=_("Combien sont jouées, tirées au sort"),
            min_value=1,
            max_value=MAX_PEOPLE,
            required=False,
            initial=deck.draw,
            help_text=_("Vide : toutes, dans cet ordre."),
        )
        self.group("", {"title": _text(_("Nom du jeu"), deck.title, required=True, most=80), "draw": draw})
        for number, card in enumerate(deck.cards, 1):
            self._card(_("Carte {number}").format(number=number), card.id, card.title, card.text)
        for number in range(1, NEW_CARDS + 1):
            self._card(_("Une carte de plus"), f"{NEW}{number}", "", "")

    def _card(self, heading: str, name: str, title: str, text: str) -> None:
        area = forms.CharField(
            label=_("Ce qui est lu"),
            max_length=MAX_TEXT,
            required=False,
            initial=text,
            widget=forms.Textarea({"rows": 2}),
        )
        self.group(heading, {f"{name}-title": _text(_("En quelques mots"), title, most=80), f"{name}-text": area})

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        for field, value in list(facts.items()):
            if field.endswith("-title") and value and not facts.get(field.removesuffix("title") + "text", "…"):
                self.add_error(
                    field.removesuffix("title") + "text", _("Écrivez ce qui est lu, ou videz toute la carte.")
                )
        cards = self.cards if not self.errors else []
        if not self.errors and not cards:
            self.add_error(None, _("Un jeu a une carte au moins."))
        elif cards and (facts.get("draw") or 0) > len(cards):
            self.add_error(
                "draw", _("Le jeu a {cards} cartes : on ne peut pas en tirer plus.").format(cards=len(cards))
            )
        return facts

    @property
    def cards(self) -> list[dict[str, Any]]:
        facts = self.cleaned_data
        names = [field.removesuffix("-text") for field in facts if field.endswith("-text")]
        taken = {card.id for card in self.deck.cards}
        found = []
        for name in names:
            text, title = facts[f"{name}-text"], facts[f"{name}-title"]
            if text:
                id_ = free_name(title or text, taken, else_="carte") if name.startswith(NEW) else name
                taken.add(id_)
                found.append({"id": id_, "title": title, "text": text})
        return found


class MarkForm(forms.Form):
    usual: ClassVar[dict[str, Any]] = {}
    label = forms.CharField(label=gettext_lazy("Mots du bouton"), max_length=60)
    label_on = forms.CharField(label=gettext_lazy("Mots du bouton, une fois appuyé"), max_length=60)
    max = forms.IntegerField(
        label=gettext_lazy("Cartes qu’une personne peut marquer, au plus"),
        min_value=1,
        max_value=MAX_PEOPLE,
        required=False,
        help_text=gettext_lazy("Avec 1, une nouvelle marque déplace l’ancienne. Vide : autant que l’on veut."),
    )

    @staticmethod
    def of(mark: Mark) -> dict[str, Any]:
        return {"label": mark.label, "label_on": mark.label_on, "max": mark.max}


def form_of(stage: Stage) -> type[PollForm] | type[QuestionsForm] | type[PotForm] | None:
    """The form of what this stage asks; cards and deals have their own pages."""
    forms_: dict[str, Any] = {"poll": PollForm, "form": QuestionsForm, "pot": PotForm}
    return forms_.get(stage.activity)


def polls_with(method: Method, stage: Stage) -> list[str]:
    """A vote and those compared with it: their answers are the same, and change together."""
    found = {stage.id}
    while True:
        more = {
            other.id
            for other in method.stages.values()
            if other.compare and (other.id in found or other.compare in found)
        }
        more |= {method.stages[id_].compare or id_ for id_ in found | more}
        if more <= found:
            return [id_ for id_ in method.stages if id_ in found]
        found |= more


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _text(label: str, value: str, *, required: bool = False, most: int = 300) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=required, initial=value)


def _tick(label: str, value: bool) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, initial=value)


def _answers(value: str, *, required: bool) -> forms.CharField:
    return forms.CharField(
        label=_("Réponses offertes"),
        required=required,
        initial=value,
        help_text=_("Une réponse par ligne."),
        widget=forms.Textarea({"rows": 4}),
    )
