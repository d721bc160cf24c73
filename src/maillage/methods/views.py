"""The library of a space: what each method asks for and does, and its file, to take away or to bring in."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from facilitation import Method, MethodError, load_method, shipped_methods
from maillage.lib.needs import Need, needs
from maillage.methods import words
from maillage.methods.access import fetch_method, fetch_space, fetch_text
from maillage.methods.forms import DuplicateForm, ImportForm
from maillage.methods.models import MethodVersion
from maillage.methods.papers import ALL, make_papers, sheet_names
from maillage.methods.queries import library as library_of
from maillage.methods.queries import own_versions
from maillage.methods.services import duplicate_method, import_method, save_method
from maillage.methods.speaking import in_words
from maillage.people.queries import can_facilitate, can_organise, can_read, spaces_of


@require_safe
@needs(Need.ACCOUNT)
def spaces(request: HttpRequest) -> HttpResponse:
    rows = list(spaces_of(request.user))
    if len(rows) == 1:
        return redirect("methods:library", rows[0].slug)
    return render(request, "methods/spaces.html", {"spaces": rows})


@require_safe
@needs(Need.READ)
def library(request: HttpRequest, space: str) -> HttpResponse:
    row = fetch_space(request, space)
    known_methods, refused = library_of(row)
    methods = [
        {
            "known": known,
            "minutes": words.minutes_words(known.method),
            "people": words.people_words(known.method),
            "steps": len(known.method.stages),
        }
        for known in known_methods
    ]
    context = {"space": row, "methods": methods, "refused": refused, "can_organise": can_organise(request.user, row)}
    return render(request, "methods/library.html", context)


@require_safe
@needs(Need.READ)
def detail(request: HttpRequest, space: str, method: str) -> HttpResponse:
    row, known = fetch_method(request, space, method)
    context = {
        "space": row,
        "known": known,
        "versions": list(own_versions(row, method)),
        "shipped": method in shipped_methods(),
        "can_organise": can_organise(request.user, row),
        "can_facilitate": can_facilitate(request.user, row),
        "sheets": sheet_names(known.method),
        **describe(known.method),
    }
    return render(request, "methods/detail.html", context)


def describe(method: Method) -> dict[str, object]:
    """A method in words, for a page that is read or printed."""
    method = in_words(method)
    stages = []
    planned, numbers = words.planned_minutes(method, method.preset), words.numbers_of(method)
    for stage in method.stages.values():
        roles = [
            {
                "title": role.title,
                "rule": stage.rules.get(role.id, ""),
                "may": words.stage_rights(method, stage, role.id),
                "sees": words.sees_words(stage.sees, role.id),
            }
            for role in method.roles.values()
            if stage.rules.get(role.id) or words.stage_rights(method, stage, role.id)
        ]
        activity = words.ACTIVITIES[stage.activity]
        stages.append(
            {
                "stage": stage,
                "number": numbers[stage.id],
                "minutes": planned[stage.id],
                "activity": activity,
                "rule": stage.rules.get("", ""),
                "roles": roles,
            }
        )
    return {
        "method": method,
        "minutes": words.minutes_words(method),
        "people": words.people_words(method),
        "compose": words.COMPOSE[method.compose],
        "stages": stages,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.READ, post=Need.ORGANISE)
def version(request: HttpRequest, space: str, method: str, version: UUID) -> HttpResponse:
    """An earlier version, to read; taken up again, it becomes the newest."""
    row, newest = fetch_text(request, space, method, can=can_organise if request.method == "POST" else can_read)
    kept = MethodVersion.objects.filter(space=row, method=method, pk=version).first()
    if kept is None:
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            saved = save_method(space=row, method=method, source=kept.source, base=None, by=str(request.user))
            messages.success(
                request,
                _("La version {old} est reprise : elle devient la version {new}.").format(
                    old=kept.version, new=saved.version
                ),
            )
            return redirect("methods:detail", row.slug, method)
        except MethodError as error:
            problem = error.problems[0].sentence
    context = {
        "space": row,
        "newest": newest,
        "version": kept,
        "problem": problem,
        "can_organise": can_organise(request.user, row),
    }
    return render(request, "methods/version.html", context, status=422 if problem else 200)


@require_POST
@needs(Need.ORGANISE)
def restore(request: HttpRequest, space: str, method: str) -> HttpResponse:
    """The method as this release ships it becomes the space's newest version; theirs stay in the list."""
    row, newest = fetch_text(request, space, method, can=can_organise)
    shipped = shipped_methods().get(method)
    if shipped is None:
        raise Http404
    kept = save_method(space=row, method=method, source=shipped.source, base=None, by=str(request.user))
    if kept.space_id and kept.checksum != newest.checksum:
        done = _("La méthode livrée avec Maillage est reprise, en version {new}. Les vôtres sont gardées.")
        messages.success(request, done.format(new=kept.version))
    else:
        messages.info(request, _("La version qui sert est déjà celle livrée avec Maillage."))
    return redirect("methods:detail", row.slug, method)


@require_safe
@needs(Need.READ)
def export(request: HttpRequest, space: str, method: str) -> HttpResponse:
    _row, text = fetch_text(request, space, method)
    response = HttpResponse(text.source, content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{text.id}.toml"'
    return response


@require_safe
@needs(Need.READ)
def papers(request: HttpRequest, space: str, method: str, sheet: str) -> HttpResponse:
    """One sheet, or « tout »: what the room works with when there is no screen."""
    _row, known = fetch_method(request, space, method)
    if sheet != ALL and sheet not in sheet_names(known.method):
        raise Http404
    response = HttpResponse(make_papers(known.method, sheet), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{known.method.id}-{sheet}.pdf"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def duplicate(request: HttpRequest, space: str, method: str) -> HttpResponse:
    row, known = fetch_method(request, space, method, can=can_organise)
    initial = {"title": _("{title} – copie").format(title=known.method.title)}
    form = DuplicateForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            made = duplicate_method(
                space=row, source=known.method.source, title=form.cleaned_data["title"], by=str(request.user)
            )
            messages.success(request, _("La copie est faite. Elle est à vous : changez ce qui vous convient."))
            return redirect("methods:edit", row.slug, made.method)
        except MethodError as error:  # a title with a sign that no screen shows
            form.add_error("title", words.refusal_words(error.problems[0].sentence))
    context = {"space": row, "known": known, "form": form}
    return render(request, "methods/duplicate.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def import_file(request: HttpRequest, space: str) -> HttpResponse:
    row = fetch_space(request, space, can=can_organise)
    form = ImportForm(request.POST or None, request.FILES or None)
    problems: list[dict[str, object]] = []
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            kept, read = import_method(
                space=row, source=file.read().decode("utf-8"), name=file.name, by=str(request.user)
            )
            messages.success(request, _("« {title} » est dans votre bibliothèque.").format(title=read.title))
            return redirect("methods:detail", row.slug, kept.method)
        except UnicodeDecodeError as error:
            sentence = _("Ce fichier n’est pas du texte en UTF-8 (octet {place}) : une méthode est un fichier TOML.")
            form.add_error("file", sentence.format(place=error.start + 1))
        except MethodError as error:
            problems = words.refusals(error)
    context = {"space": row, "form": form, "problems": problems}
    return render(request, "methods/import.html", context, status=422 if problems or form.errors else 200)


def load_or_problems(source: str, name: str) -> tuple[Method | None, list[dict[str, object]]]:
    """What a page says of a text being written."""
    try:
        return load_method(source, name=name), []
    except MethodError as error:
        return None, words.refusals(error)
