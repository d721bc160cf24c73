import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from maillage.gatherings.enums import SlotKind
from maillage.gatherings.models import Gathering, Workshop
from maillage.lib.matching import fold
from maillage.memory.enums import ActionState, FollowUpState
from maillage.memory.following_up import LONGEST_ANSWER
from maillage.memory.models import Takeaway
from maillage.memory.services import LONGEST_TAKEAWAY

MOST_THEMES = 8
LONGEST_THEME = 80
FURTHEST = 730  # days: « où en êtes-vous ? » two years later would surprise

_DATE_FAULTS = {"invalid": _("On attend une date comme 2026-03-15 ou 15/03/2026.")}
_READ_DATES = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"]


class TakeawayForm(forms.Form):
    use_required_attribute = False  # several are one form on the day's page: an empty one must not hold the others back

    text = forms.CharField(
        label=_("À retenir"),
        help_text=_("Une phrase qui se comprend sans avoir été là. Pas de nom, pas de santé."),
        max_length=LONGEST_TAKEAWAY,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Écrivez une phrase avant d’enregistrer."),
            "max_length": _("C’est trop long : 600 signes au plus. Coupez en deux phrases."),
        },
    )
    unticked: Sequence[str] = ()  # of a group of alike sentences, those that are not meant


class RewriteForm(TakeawayForm):
    """A kept sentence, open: its words, where it belongs, what it is about; and the version its page showed."""

    workshop = forms.ChoiceField(label=_("À propos de"), required=False)
    themes = forms.CharField(
        label=_("Thèmes"),
        help_text=_("Séparés par des virgules : jeunesse, parole des habitants."),
        required=False,
        max_length=MOST_THEMES * (LONGEST_THEME + 2),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    theirs = ""  # what somebody else wrote meanwhile, and who
    theirs_by = ""

    def __init__(self, *args: Any, gathering: Gathering, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Workshop.objects.filter(slot__gathering=gathering, slot__kind=SlotKind.WORKSHOPS)
        self.workshops = {str(row.pk): row for row in rows.order_by("slot__position", "position")}
        choices = [("", _now("Toute la journée")), *((key, str(row)) for key, row in self.workshops.items())]
        workshop = self.fields["workshop"]
        assert isinstance(workshop, forms.ChoiceField)
        workshop.choices = choices
        self.fields["text"].label = _now("Modifier la phrase")

    @classmethod
    def of(cls, takeaway: Takeaway, gathering: Gathering, *, prefix: str, **words: Any) -> "RewriteForm":
        """As the sentence stands; `words` typed meanwhile come before."""
        initial = {
            "text": takeaway.text,
            "workshop": str(takeaway.workshop_id or ""),
            "themes": ", ".join(takeaway.themes.values_list("name", flat=True)),
            "seen": takeaway.version,
        }
        return cls(prefix=prefix, gathering=gathering, initial=initial | words)

    def clean_workshop(self) -> Workshop | None:
        return self.workshops.get(self.cleaned_data["workshop"])

    def clean_themes(self) -> list[str]:
        names: dict[str, str] = {}
        for name in self.cleaned_data["themes"].replace(";", ",").split(","):
            name = " ".join(name.split())
            if fold(name):
                names.setdefault(fold(name), name)
        if len(names) > MOST_THEMES:
            raise forms.ValidationError(_now("Au plus 8 thèmes."))
        if any(len(name) > LONGEST_THEME for name in names.values()):
            raise forms.ValidationError(_now("Un thème tient en 80 signes."))
        return sorted(names.values())


class ActionForm(forms.Form):
    what = forms.CharField(
        label=_("Quoi"),
        help_text=_("Ce qui sera fait, en une phrase. Pas de nom de personne : elle est publiée une fois acceptée."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": _("Dites ce qui sera fait."),
            "max_length": _("C’est trop long : 300 signes au plus."),
        },
    )
    bearer = forms.CharField(
        label=_("Qui s’en charge"),
        help_text=_("Une structure, un service, un collectif : jamais une personne."),
        required=False,
        max_length=200,
    )
    due = forms.DateField(
        label=_("Pour quand"),
        required=False,
        input_formats=_READ_DATES,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=_DATE_FAULTS,
    )
    state = forms.ChoiceField(label=_("Où cela en est"), choices=ActionState.choices, required=False)
    outcome = forms.CharField(
        label=_("Ce que cela a donné"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": _("C’est trop long : 400 signes au plus.")},
    )
    workshop = forms.ChoiceField(label=_("Décidé dans"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, gathering: Gathering | None = None, **kwargs: Any) -> None:
        """Without `gathering`, it is the page of whoever bears it: what was decided, and where, is not theirs alone."""
        super().__init__(*args, **kwargs)
        if gathering is None:
            for name in ("what", "bearer", "workshop"):
                del self.fields[name]
            return
        rows = Workshop.objects.filter(slot__gathering=gathering, slot__kind=SlotKind.WORKSHOPS)
        self.workshops = {str(row.pk): row for row in rows.order_by("slot__position", "position")}
        workshop = self.fields["workshop"]
        assert isinstance(workshop, forms.ChoiceField)
        workshop.choices = [("", _now("Toute la journée")), *((key, str(row)) for key, row in self.workshops.items())]

    def clean_state(self) -> str:
        return self.cleaned_data["state"] or ActionState.TODO

    def clean_workshop(self) -> Workshop | None:
        return self.workshops.get(self.cleaned_data["workshop"])


class OwnerForm(forms.Form):
    owner_name = forms.CharField(label=_("À qui écrire"), required=False, max_length=120)
    email = forms.EmailField(
        label=_("Son adresse électronique"),
        help_text=_("Une seule lettre part, pour demander son accord. Les rappels, c’est la personne qui les demande."),
        error_messages={
            "required": _("Donnez une adresse, ou notez l’accord donné de vive voix."),
            "invalid": _("On attend une adresse comme prenom.nom@exemple.fr."),
        },
    )


class FollowUpForm(forms.Form):
    email = forms.EmailField(
        label=_("Votre adresse électronique"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Sans adresse, la question ne peut pas vous parvenir."),
            "invalid": _("On attend une adresse comme prenom.nom@exemple.fr."),
        },
    )
    due = forms.DateField(
        label=_("Quel jour"),
        input_formats=_READ_DATES,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choisissez un jour."), **_DATE_FAULTS},
    )
    agreed = forms.BooleanField(
        label=_("D’accord pour recevoir une seule lettre à cette adresse, ce jour-là"),
        error_messages={"required": _("Cochez la case : sans votre accord, rien n’est gardé.")},
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_due(self) -> dt.date:
        due: dt.date = self.cleaned_data["due"]
        if due <= self.today:
            raise forms.ValidationError(_now("Choisissez un jour à venir."))
        if due > self.today + dt.timedelta(days=FURTHEST):
            raise forms.ValidationError(_now("C’est trop loin : deux ans au plus."))
        return due


class AnswerForm(forms.Form):
    state = forms.ChoiceField(
        label=_("Votre premier pas"),
        choices=FollowUpState.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez une réponse ; aucune n’est meilleure qu’une autre."),
            "invalid_choice": _("Choisissez une des quatre réponses."),
        },
    )
    text = forms.CharField(
        label=_("Un mot, si vous voulez"),
        help_text=_("Ce que vous avez essayé, ce qui a changé, ce qui manque. Pas de nom, pas de santé."),
        required=False,
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("C’est trop long : 400 signes au plus.")},
    )
    share = forms.BooleanField(
        label=_("Partager cette réponse, sans mon nom, avec les personnes qui suivent ce qui a été décidé"),
        required=False,
    )
