"""The editor: the same file by forms, piece by piece, or as text. Each change that is accepted makes a version."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from facilitation import Method, MethodError, shipped_methods
from facilitation.vocabulary import MAX_MINUTES
from maillage.lib.needs import Need, needs
from maillage.methods import editing
from maillage.methods.access import MethodText, fetch_method, fetch_space, fetch_text
from maillage.methods.activity_forms import DeckForm, MarkForm, form_of, polls_with
from maillage.methods.forms import GeneralForm, KindForm, NewStageForm, RoleForm, SourceForm, StageForm
from maillage.methods.models import MethodVersion
from maillage.methods.queries import KnownMethod, own_versions
from maillage.methods.services import ChangedMeanwhile, save_method
from maillage.methods.views import load_or_problems
from maillage.methods.words import free_name, numbers_of, planned_minutes, refusals, told
from maillage.people.models import Space
from maillage.people.queries import can_organise

Change = Callable[[str], str]  # the text of the file, changed
TITLE = ""  # after a preset and a dot, where a stage would be: no stage has this name


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def general(request: HttpRequest, space: str, method: str) -> HttpResponse:
    """What the method is, and the way to each of its parts."""
    row, known = fetch_method(request, space, method, can=can_organise)
    form = GeneralForm(request.POST or None, initial=GeneralForm.of(known.method))
    if form.is_valid():

        def change(text: str) -> str:
            return editing.change_general(text, form.cleaned_data) if form.has_changed() else text

        if _save(request, row, known, change, form):
            return redirect("methods:edit", row.slug, method)
    planned, numbers = planned_minutes(known.method, known.method.preset), numbers_of(known.method)
    stages = [
        {"stage": found, "number": numbers[found.id], "minutes": planned[found.id]}
        for found in known.method.stages.values()
    ]
    return _page(request, "methods/edit.html", row, known, form, stages=stages)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def role(request: HttpRequest, space: str, method: str, part: str) -> HttpResponse:
    return _piece(request, space, method, part, lambda read: read.roles, RoleForm, editing.change_role)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def kind(request: HttpRequest, space: str, method: str, part: str) -> HttpResponse:
    return _piece(request, space, method, part, lambda read: read.kinds, KindForm, editing.change_kind)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def new_role(request: HttpRequest, space: str, method: str) -> HttpResponse:
    heading = _("Ajouter un rôle")
    return _new_piece(request, space, method, heading, lambda read: read.roles, RoleForm, editing.add_role)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def new_kind(request: HttpRequest, space: str, method: str) -> HttpResponse:
    heading = _("Ajouter une sorte de carte")

    def add(text: str, _read: Method, id_: str, facts: Mapping[str, Any]) -> str:
        return editing.change_kind(text, id_, facts)

    return _new_piece(request, space, method, heading, lambda read: read.kinds, KindForm, add)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def stage(request: HttpRequest, space: str, method: str, part: str) -> HttpResponse:
    row, known = fetch_method(request, space, method, can=can_organise)
    found = known.method.stages.get(part)
    if found is None:
        raise Http404
    initial = StageForm.of(known.method, found)
    form = StageForm(request.POST or None, method=known.method, stage=found, initial=initial)

    def change(text: str) -> str:
        # Only what was touched: a form that gives back all it was given would unfold « lead » into sixteen words.
        if not form.has_changed():
            return text
        text = editing.change_stage(text, part, form.facts)
        if form.sets_usual_minutes:
            text = editing.change_minutes(text, known.method.preset or "", {part: form.cleaned_data["minutes"]})
        return text

    if form.is_valid() and _save(request, row, known, change, form):
        return redirect("methods:edit", row.slug, method)
    return _page(
        request,
        "methods/stage.html",
        row,
        known,
        form,
        stage=found,
        deck=found.deck or (found.for_each and found.for_each.deck),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def new_stage(request: HttpRequest, space: str, method: str) -> HttpResponse:
    row, known = fetch_method(request, space, method, can=can_organise)
    form = NewStageForm(request.POST or None, method=known.method)
    if form.is_valid():
        id_ = free_name(form.cleaned_data["title"], known.method.stages, else_="etape")
        after = form.cleaned_data["after"]
        if _save(
            request,
            row,
            known,
            lambda text: editing.add_stage(text, known.method, id_, after, form.cleaned_data),
            form,
        ):
            return redirect("methods:stage", row.slug, method, id_)
    return _page(request, "methods/part.html", row, known, form, part_heading=_("Ajouter une étape"))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def activity(request: HttpRequest, space: str, method: str, part: str) -> HttpResponse:
    """What a stage asks: the question and the answers of a vote, the questions of a form, the figures of a pot."""
    row, known = fetch_method(request, space, method, can=can_organise)
    found = known.method.stages.get(part)
    form_class = form_of(found) if found else None
    if found is None or form_class is None:
        raise Http404
    form: Any = form_class(request.POST or None, stage=found)

    def change(text: str) -> str:
        if not form.has_changed():
            return text
        if found.activity == "poll":
            others = [id_ for id_ in polls_with(known.method, found) if id_ != part]
            return editing.change_poll(text, [part, *others], form.cleaned_data["question"], form.options)
        if found.activity == "form":
            return editing.change_questions(text, part, form.questions)
        return editing.change_pot(text, part, form.cleaned_data)

    if form.is_valid() and _save(request, row, known, change, form):
        return redirect("methods:stage", row.slug, method, part)
    twins = [known.method.stages[id_].title for id_ in polls_with(known.method, found) if id_ != part]
    return _page(request, "methods/activity.html", row, known, form, part_heading=found.title, stage=found, twins=twins)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def deck(request: HttpRequest, space: str, method: str, part: str) -> HttpResponse:
    """The cards of a deck: situations, secrets."""
    row, known = fetch_method(request, space, method, can=can_organise)
    found = known.method.decks.get(part)
    if found is None:
        raise Http404
    form = DeckForm(request.POST or None, deck=found)

    def change(text: str) -> str:
        return (
            editing.change_deck(text, part, {**form.cleaned_data, "cards": form.cards}) if form.has_changed() else text
        )

    if form.is_valid() and _save(request, row, known, change, form):
        return redirect("methods:edit", row.slug, method)
    return _page(request, "methods/activity.html", row, known, form, part_heading=found.title)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def mark(request: HttpRequest, space: str, method: str, part: str) -> HttpResponse:
    return _piece(request, space, method, part, lambda read: read.marks, MarkForm, editing.change_mark)


@require_POST
@needs(Need.ORGANISE)
def move_stage(request: HttpRequest, space: str, method: str, part: str) -> HttpResponse:
    row, known = fetch_method(request, space, method, can=can_organise)
    if part not in known.method.stages:
        raise Http404
    by = -1 if request.POST.get("vers") == "haut" else 1
    _save(request, row, known, lambda text: editing.move_stage(text, known.method, part, by))
    return redirect(reverse("methods:edit", args=[row.slug, method]) + f"#etape-{part}")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def remove_stage(request: HttpRequest, space: str, method: str, part: str) -> HttpResponse:
    row, known = fetch_method(request, space, method, can=can_organise)
    found = known.method.stages.get(part)
    if found is None:
        raise Http404
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid() and _save(
        request, row, known, lambda text: editing.remove_stage(text, known.method, part), form
    ):
        return redirect("methods:edit", row.slug, method)
    return _page(request, "methods/removal.html", row, known, form, stage=found)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def minutes(request: HttpRequest, space: str, method: str) -> HttpResponse:
    """How long each stage lasts, for each length the method offers."""
    row, known = fetch_method(request, space, method, can=can_organise)
    form = _minutes_form(known.method, request.POST or None)
    if form.is_valid():

        def change(text: str) -> str:
            for preset in known.method.presets or [""]:
                chosen = {id_: form.cleaned_data[f"{preset}.{id_}"] for id_ in known.method.stages}
                text = editing.change_minutes(text, preset, chosen)
                if preset:
                    text = editing.change_preset(text, preset, form.cleaned_data[f"{preset}.{TITLE}"])
            return text

        if _save(request, row, known, change, form):
            return redirect("methods:edit", row.slug, method)
    columns = [preset.title for preset in known.method.presets.values()] or [_("Minutes")]
    titles = [form[f"{preset}.{TITLE}"] for preset in known.method.presets]
    lines = [
        {
            "stage": found,
            "fields": [
                {"bound": form[f"{preset}.{found.id}"], "column": column}
                for preset, column in zip(known.method.presets or [""], columns, strict=True)
            ],
        }
        for found in known.method.stages.values()
    ]
    return _page(request, "methods/minutes.html", row, known, form, columns=columns, titles=titles, lines=lines)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def source(request: HttpRequest, space: str, method: str) -> HttpResponse:
    """The file itself. Checked before it is kept; refused, it stays in the page with each reason and its line."""
    row, kept_text = fetch_text(request, space, method, can=can_organise)
    form = SourceForm(request.POST or None, initial={"source": kept_text.source, "base": kept_text.checksum})
    readable, problems = load_or_problems(kept_text.source, f"{method}.toml")
    problems = [] if request.POST else problems
    checked = False
    if form.is_valid():
        text = form.cleaned_data["source"].replace("\r\n", "\n")
        read, problems = load_or_problems(text, f"{method}.toml")
        checked = read is not None
        if read is not None and request.POST.get("do") != "check":
            try:
                kept = save_method(
                    space=row, method=method, source=text, base=form.cleaned_data["base"], by=str(request.user)
                )
                _say(request, kept, kept_text)
                return redirect("methods:source", row.slug, method)
            except MethodError as error:
                problems = refusals(error)
            except ChangedMeanwhile as changed:
                form = SourceForm({"source": text, "base": changed.newest.checksum})
                form.add_error(None, changed.sentence)
            checked = False
    context = {
        "space": row,
        "method": kept_text,
        "form": form,
        "problems": problems,
        "checked": checked,
        "readable": readable is not None,
        "versions": [] if readable else list(own_versions(row, method)),
        "shipped": method in shipped_methods(),
        "can_organise": True,
    }
    refused = request.method == "POST" and bool(problems or form.errors)
    return render(request, "methods/source.html", context, status=422 if refused else 200)


@require_POST
@needs(Need.ORGANISE)
def check(request: HttpRequest, space: str, method: str) -> HttpResponse:
    """While it is typed: every problem with its line, for the script of the page."""
    fetch_space(request, space, can=can_organise)
    read, problems = load_or_problems(request.POST.get("source", ""), f"{method}.toml")
    return JsonResponse({"problems": problems, "stages": len(read.stages) if read else None})


def _save(
    request: HttpRequest, space: Space, known: KnownMethod, change: Change, form: forms.Form | None = None
) -> bool:
    """True when kept. Refused: the reasons are in the form, whose text stays; without a form, in a message."""
    base = request.POST.get("base", known.checksum)
    try:
        kept = save_method(
            space=space,
            method=known.method.id,
            source=change(known.method.source),
            base=base,
            by=str(request.user),
        )
        _say(request, kept, known)
        return True
    except MethodError as error:
        sentences = [told(known.method, problem) for problem in error.problems[:5]]
    except ChangedMeanwhile:
        sentences = [_("Quelqu’un a changé cette méthode entre-temps : relisez-la, puis enregistrez encore une fois.")]
    for sentence in sentences:
        if form is not None:
            form.add_error(None, sentence)
        else:
            messages.error(request, sentence)
    return False


def _say(request: HttpRequest, kept: MethodVersion, known: KnownMethod | MethodText) -> None:
    if kept.space_id and kept.checksum != known.checksum:
        messages.success(request, _("Enregistré : version {number}.").format(number=kept.version))
    else:
        messages.info(request, _("Rien n’a changé : il n’y a pas de nouvelle version."))


def _piece(
    request: HttpRequest,
    space: str,
    method: str,
    part: str,
    pieces: Callable[[Method], Mapping[str, Any]],
    form_class: type[RoleForm] | type[KindForm] | type[MarkForm],
    change: Callable[[str, str, Mapping[str, Any]], str],
) -> HttpResponse:
    """A role, a kind of card or a mark, changed by its own form."""
    row, known = fetch_method(request, space, method, can=can_organise)
    found = pieces(known.method).get(part)
    if found is None:
        raise Http404
    form = form_class(request.POST or None, initial=form_class.of(found))

    def changed(text: str) -> str:  # untouched, what the file left unsaid is not written into it
        return change(text, part, form.cleaned_data) if form.has_changed() else text

    if form.is_valid() and _save(request, row, known, changed, form):
        return redirect("methods:edit", row.slug, method)
    heading = getattr(found, "title", "") or found.label  # a mark has only its button
    return _page(request, "methods/part.html", row, known, form, part_heading=heading)


def _new_piece(
    request: HttpRequest,
    space: str,
    method: str,
    heading: str,
    pieces: Callable[[Method], Mapping[str, Any]],
    form_class: type[RoleForm] | type[KindForm],
    add: Callable[[str, Method, str, Mapping[str, Any]], str],
) -> HttpResponse:
    """One more role or kind of card; what each stage lets it do is said at the stage."""
    row, known = fetch_method(request, space, method, can=can_organise)
    form = form_class(request.POST or None, initial=form_class.usual)
    if form.is_valid():
        id_ = free_name(form.cleaned_data["title"], pieces(known.method), else_="nom")
        if _save(request, row, known, lambda text: add(text, known.method, id_, form.cleaned_data), form):
            return redirect("methods:edit", row.slug, method)
    return _page(request, "methods/part.html", row, known, form, part_heading=heading)


def _page(
    request: HttpRequest, template: str, space: Space, known: KnownMethod, form: forms.Form, **more: Any
) -> HttpResponse:
    refused = more.pop("refused", bool(form.errors))
    context = {"space": space, "known": known, "method": known.method, "form": form, "base": known.checksum, **more}
    return render(request, template, context, status=422 if refused else 200)


def _minutes_form(method: Method, data: Any) -> forms.Form:
    form = forms.Form(data)
    for preset in method.presets or [""]:
        if preset:
            form.fields[f"{preset}.{TITLE}"] = forms.CharField(
                label=_("Nom de cette durée"), max_length=60, initial=method.presets[preset].title
            )
        for found in method.stages.values():
            initial = method.presets[preset].minutes.get(found.id) if preset else found.minutes
            title = f"{found.title} – {method.presets[preset].title}" if preset else found.title
            form.fields[f"{preset}.{found.id}"] = forms.FloatField(
                label=title,
                min_value=0,
                max_value=MAX_MINUTES,
                required=not preset,
                initial=int(initial) if initial is not None and float(initial).is_integer() else initial,
                widget=forms.NumberInput(
                    {"step": "any", "inputmode": "decimal", "class": "narrow", "placeholder": f"{found.minutes:g}"}
                ),
            )
    return form
