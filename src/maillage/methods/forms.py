"""The forms of the editor. What they do not show stays in the file as it was written."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from facilitation import Method
from facilitation.definition import Kind, Role, Stage
from facilitation.vocabulary import (
    CONTROL,
    MAX_BYTES,
    MAX_MINUTES,
    MAX_PEOPLE,
    MAX_TEXT,
    PROJECTOR,
    ROLE_TITLES,
)
from maillage.lib.languages import said as say
from maillage.methods.words import COMPOSE, SEES, planned_minutes, right_words, sees_words

_WHOLE = ("edit", "remove", "choose", "answer", "give", "reveal")  # rights a stage gives without a name after them

_NEEDS = {"answer": ("poll", "form"), "give": ("pot",), "reveal": ("poll", "form", "deal", "pot")}  # activities


class GeneralForm(forms.Form):
    title = forms.CharField(label=_("Titre"), max_length=80)
    summary = forms.CharField(label=_("En une phrase"), max_length=300, required=False)
    group_min = forms.IntegerField(
        label=_("Personnes par table, au moins"), min_value=1, max_value=MAX_PEOPLE, required=False
    )
    group_max = forms.IntegerField(
        label=_("Personnes par table, au plus"), min_value=1, max_value=MAX_PEOPLE, required=False
    )
    size = forms.IntegerField(
        label=_("Taille de table visée par la répartition"), min_value=1, max_value=MAX_PEOPLE, required=False
    )
    compose = forms.ChoiceField(label=_("Comment composer les tables"), choices=list(COMPOSE.items()))
    people = forms.BooleanField(label=_("Montrer à une table les prénoms de ses personnes"), required=False)

    @staticmethod
    def of(method: Method) -> dict[str, Any]:
        return {
            "title": method.title,
            "summary": method.summary,
            "group_min": method.people_min,
            "group_max": method.people_max,
            "size": method.table_size,
            "compose": method.compose,
            "people": method.people_shown,
        }

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        low, high = facts.get("group_min"), facts.get("group_max")
        if low and high and low > high:
            self.add_error("group_min", _("Le minimum est plus grand que le maximum."))
        return facts


class RoleForm(forms.Form):
    usual: ClassVar[dict[str, Any]] = {}  # of a new one
    title = forms.CharField(label=_("Nom du rôle, comme il est montré"), max_length=60)
    rule = forms.CharField(label=_("Ce que fait ce rôle, en une phrase"), max_length=300, required=False)
    max = forms.IntegerField(label=_("À une même table, au plus"), min_value=1, max_value=MAX_PEOPLE, required=False)

    @staticmethod
    def of(role: Role) -> dict[str, Any]:
        return {"title": role.title, "rule": role.rule, "max": role.max}


class KindForm(forms.Form):
    usual: ClassVar[dict[str, Any]] = {
        "submit": _("Partager"),
        "empty": _("Rien pour l’instant."),
        "max_length": 300,
    }
    title = forms.CharField(label=_("Titre au-dessus des cartes"), max_length=60)
    label = forms.CharField(label=_("Titre du champ où l’on écrit"), max_length=120)
    placeholder = forms.CharField(label=_("Exemple, dans le champ vide"), max_length=200, required=False)
    help = forms.CharField(label=_("Aide, sous le champ"), max_length=300, required=False)
    submit = forms.CharField(label=_("Mots du bouton"), max_length=40)
    empty = forms.CharField(label=_("Phrase tant qu’il n’y a aucune carte"), max_length=200)
    max_length = forms.IntegerField(label=_("Longueur d’une carte, en caractères"), min_value=1, max_value=MAX_TEXT)

    @staticmethod
    def of(kind: Kind) -> dict[str, Any]:
        return {name: getattr(kind, name) for name in KindForm.base_fields}


class NewStageForm(forms.Form):
    title = forms.CharField(label=_("Titre de l’étape"), max_length=80)
    minutes = forms.FloatField(label=_("Minutes"), min_value=0.1, max_value=MAX_MINUTES, initial=5)
    after = forms.ChoiceField(label=_("Après"), required=False)

    def __init__(self, *args: Any, method: Method, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first: tuple[str, Any] = ("", _("au tout début"))
        stages = [(stage.id, stage.title) for stage in method.stages.values()]
        self.fields["after"].choices = [first, *stages]  # type: ignore[attr-defined]
        self.fields["after"].initial = stages[-1][0] if stages else ""


class StageForm(forms.Form):
    """One stage: words, minutes, what each role does and sees, what whoever leads is told."""

    title = forms.CharField(label=_("Titre"), max_length=80)
    minutes = forms.FloatField(label=_("Minutes"), min_value=0, max_value=MAX_MINUTES)
    optional = forms.BooleanField(label=_("Facultative : la séance peut la passer"), required=False)
    quiet = forms.FloatField(label=_("Minutes de silence au début"), min_value=0, max_value=MAX_MINUTES, required=False)

    def __init__(self, *args: Any, method: Method, stage: Stage | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method = method
        self.stage = stage
        if self.sets_usual_minutes:
            usual = method.presets[method.preset or ""].title
            self.fields["minutes"].help_text = _("Pour « {usual} » ; les autres durées ont leur page.").format(
                usual=usual
            )
        boxes = forms.CheckboxSelectMultiple
        self._add("rule-", forms.CharField(label=_("Consigne pour tout le monde"), required=False, widget=_area(2)))
        offered = _rights(method, stage)
        for role in [*method.roles.values(), *_screens()]:
            self._add(
                f"rule-{role.id}",
                forms.CharField(
                    label=_("Consigne particulière"),
                    required=False,
                    max_length=MAX_TEXT,
                    widget=_area(2),
                ),
            )
            if role.id not in (PROJECTOR, CONTROL):
                here = set(offered) | self._rights_here(role.id)
                choices = [(right, right_words(method, right)) for right in sorted(here, key=_order(offered))]
                self._add(
                    f"may-{role.id}",
                    forms.MultipleChoiceField(
                        label=_("Peut, à cette étape"),
                        required=False,
                        choices=choices,
                        widget=boxes,
                    ),
                )
            usual = sees_words(method.sees, role.id)
            seen: list[tuple[str, Any]] = [("", _("comme d’habitude : {usual}").format(usual=usual))]
            screens = role.id in (PROJECTOR, CONTROL)
            seen += [(key, words) for key, words in SEES.items() if not screens or key in ("nothing", "count", "all")]
            self._add(f"sees-{role.id}", forms.ChoiceField(label=_("Voit"), required=False, choices=seen))
        for key, label in (("say", _("À dire")), ("watch", _("À surveiller")), ("avoid", _("À éviter"))):
            self._add(
                key,
                forms.CharField(
                    label=label,
                    required=False,
                    help_text=_("Une phrase par ligne."),
                    widget=_area(3),
                ),
            )

    @property
    def sets_usual_minutes(self) -> bool:
        """The usual preset says how long this stage lasts: its own minutes would change nothing that is played."""
        preset = self.method.presets.get(self.method.preset or "")
        return bool(self.stage and preset and self.stage.id in preset.minutes)

    @property
    def roles(self) -> Iterable[dict[str, Any]]:
        """Role by role, for the page."""
        for role in [*self.method.roles.values(), *_screens()]:
            names = [f"rule-{role.id}", f"may-{role.id}", f"sees-{role.id}"]
            yield {"title": role.title, "fields": [self[name] for name in names if name in self.fields]}

    @property
    def facts(self) -> dict[str, Any]:
        """What editing.change_stage takes."""
        clean = self.cleaned_data
        prompts = {key: tuple(_lines(clean[key])) for key in ("say", "watch", "avoid")}
        minutes = self.stage.minutes if self.stage and self.sets_usual_minutes else clean["minutes"]
        return {
            **{key: clean[key] for key in ("title", "optional", "quiet")},
            "minutes": minutes,
            "rules": self._by_role("rule-"),
            "may": self._by_role("may-"),
            "sees": self._by_role("sees-"),
            **prompts,
        }

    @staticmethod
    def of(method: Method, stage: Stage) -> dict[str, Any]:
        values: dict[str, Any] = {
            "title": stage.title,
            "minutes": _number(planned_minutes(method, method.preset)[stage.id]),
            "optional": stage.optional,
            "quiet": _number(stage.quiet) if stage.quiet else None,
            **{f"rule-{role}": sentence for role, sentence in stage.rules.items()},
            **{key: "\n".join(getattr(stage.prompts, key)) for key in ("say", "watch", "avoid")},
        }
        for role in method.roles:
            values[f"may-{role}"] = sorted(stage.rights(role) - method.may.get(role, frozenset()))
        for role, seen in stage.sees.items():
            values[f"sees-{role}"] = "" if method.sees.get(role) == seen else seen
        return values

    def _add(self, name: str, field: forms.Field) -> None:
        self.fields[name] = field

    def _by_role(self, prefix: str) -> dict[str, Any]:
        return {
            name.removeprefix(prefix): value for name, value in self.cleaned_data.items() if name.startswith(prefix)
        }

    def _rights_here(self, role: str) -> set[str]:
        """Rights already in the file, even those this page would not have offered: saving must not take them away."""
        return set(self.stage.rights(role) - self.method.may.get(role, frozenset())) if self.stage else set()


class SourceForm(forms.Form):
    """The whole file, and the version it was made from."""

    source = forms.CharField(
        label=_("Le fichier de la méthode"),
        max_length=MAX_BYTES + 1_000,
        strip=False,
        widget=forms.Textarea({"rows": 30, "spellcheck": "false", "autocapitalize": "off", "class": "code"}),
    )
    base = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class DuplicateForm(forms.Form):
    title = forms.CharField(label=_("Titre de la copie"), max_length=80)


class ImportForm(forms.Form):
    file = forms.FileField(label=_("Fichier de méthode (.toml)"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                _("Ce fichier est trop gros : une méthode tient en {most} ko.").format(most=MAX_BYTES // 1000)
            )
        return file


def _rights(method: Method, stage: Stage | None) -> list[str]:
    """The rights a stage may give, in a useful order: writing first, leading last; none its activity has no use for."""
    kinds = [f"write:{kind}" for kind in method.kinds]
    marks = [f"mark:{mark}" for mark in method.marks]
    roles = [f"take_role:{role.id}" for role in method.roles.values() if role.take]
    fields = [f"fill:{field.id}" for field in method.sheet.fields] if method.sheet else []
    whole = [
        right
        for right in _WHOLE
        if stage is None
        or (stage.activity in _NEEDS.get(right, (stage.activity,)) and (right != "choose" or stage.assign))
    ]
    return [*kinds, *marks, *whole, *fields, *roles, "for", "hide"]


def _order(offered: list[str]) -> Any:
    places = {right: place for place, right in enumerate(offered)}
    return lambda right: (places.get(right, len(places)), right)


def _screens() -> list[Role]:
    return [Role(id_, say(ROLE_TITLES[id_]), table=False, join=False) for id_ in (PROJECTOR, CONTROL)]


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _number(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value
