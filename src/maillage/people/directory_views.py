"""The organisers' directory: find, write, list to the public, merge what was one, part it again, bring in a file."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maillage.lib.needs import Need, needs
from maillage.lib.spreadsheets import write_csv, write_xlsx
from maillage.people.access import fetch_in_space
from maillage.people.apart import NotTwo, take_back_apart, tell_apart, told_apart
from maillage.people.directory import (
    OrganisationGone,
    directory,
    kinds_said,
    list_organisations,
    write_organisation,
)
from maillage.people.directory_forms import OrganisationForm, SearchForm, UploadForm
from maillage.people.directory_sheets import (
    COLUMNS,
    SheetRefused,
    confirm_import,
    export_rows,
    reading_of,
    start_import,
)
from maillage.people.doubles import doubles_of, find_doubles
from maillage.people.merging import MergeRefused, merge_organisations, merges_of, undo_merge
from maillage.people.models import Organisation, OrganisationImport, OrganisationMerge, Space
from maillage.people.queries import can_organise, organisation_named, spaces_to_organise
from maillage.ui.addresses import own_address

A_PAGE = 50
MOST_DOUBTS = 100  # shown at once
MOST_SHOWN = 200  # candidates of a file
MEGABYTE = 1_000_000
FORM_SLACK = 10_000  # bytes of a multipart form around its file
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _space(request: HttpRequest, slug: str) -> Space:
    return fetch_in_space(request.user, Space.objects.all(), can=can_organise, space_of=lambda row: row, slug=slug)


@require_safe
@needs(Need.ACCOUNT)
def spaces(request: HttpRequest) -> HttpResponse:
    """Whoever organises one space, as most do, is in its directory at once."""
    found = list(spaces_to_organise(request.user))
    if len(found) == 1:
        return redirect("people:directory", found[0].slug)
    return render(request, "people/directory_spaces.html", {"spaces": found})


@require_safe
@needs(Need.ORGANISE)
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    space = _space(request, slug)
    form = SearchForm(request.GET or None, kinds=kinds_said(space))
    said = form.cleaned_data if form.is_valid() else {}
    rows = directory(space, text=said.get("q", ""), kind=said.get("genre", ""), listed=said.get("public", ""))
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "space": space,
        "form": form,
        "page": page,
        "asked": asked.urlencode(),
        "is_filtered": any(said.values()) or form.is_bound,
        "total": space.organisations.count(),
        "listed": space.organisations.filter(listed=True).count(),
        "waiting": space.organisation_imports.defer("content").order_by("-created_at"),
    }
    return render(request, "people/directory.html", context, status=422 if form.errors else 200)


@require_POST
@needs(Need.ORGANISE)
def publication(request: HttpRequest, slug: str) -> HttpResponse:
    """Those that were ticked: shown to the public, or no longer."""
    space = _space(request, slug)
    try:
        keys = [uuid.UUID(key) for key in request.POST.getlist("structure")]
    except ValueError:
        raise Http404 from None
    listed = request.POST.get("do") == "list"
    changed = list_organisations(space=space, keys=keys, listed=listed, by=str(request.user))
    if not keys:
        messages.error(request, _("Cochez d’abord les structures."))
    elif listed:
        words = ngettext("%d structure est maintenant montrée.", "%d structures sont maintenant montrées.", changed)
        messages.success(request, words % changed)
    else:
        words = ngettext("%d structure n’est plus montrée.", "%d structures ne sont plus montrées.", changed)
        messages.success(request, words % changed)
    back = own_address(request, request.POST.get("retour", ""))
    return redirect(back or reverse("people:directory", args=[space.slug]))


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    space = _space(request, slug)
    form = OrganisationForm(request.POST or None, space=space)
    if request.method == "POST" and form.is_valid():
        made = _write(request, form, Organisation(space=space))
        if made is not None:
            messages.success(request, _("« {name} » est dans l’annuaire.").format(name=made.name))
            return redirect("people:directory", space.slug)
    context = {"space": space, "form": form}
    return render(request, "people/organisation.html", context, status=422 if form.errors else 200)


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, organisation_id: uuid.UUID) -> HttpResponse:
    space = _space(request, slug)
    row = _find(space, organisation_id)
    if row is None:  # an address kept from before a merge leads to the one kept
        return _to_kept(space, organisation_id)
    form = OrganisationForm(request.POST or None, space=space, organisation=row)
    if request.method == "POST" and form.is_valid() and _write(request, form, row) is not None:
        messages.success(request, _("C’est enregistré."))
        return redirect("people:organisation", space.slug, row.pk)
    context = {
        "space": space,
        "form": form,
        "organisation": row,
        "people_count": row.people.count(),
        "merges": merges_of(space).filter(kept=row),
    }
    return render(request, "people/organisation.html", context, status=422 if form.errors else 200)


def _write(request: HttpRequest, form: OrganisationForm, row: Organisation) -> Organisation | None:
    try:
        with transaction.atomic():
            return write_organisation(organisation=row, facts=form.cleaned_data, by=str(request.user))
    except IntegrityError:  # the same name, a second earlier
        form.add_error("name", _("« {name} » est déjà dans l’annuaire.").format(name=form.cleaned_data["name"]))
        return None
    except OrganisationGone as gone:
        form.add_error(None, gone.sentence)
        return None


def _find(space: Space, pk: uuid.UUID) -> Organisation | None:
    return space.organisations.select_related("commune", "epci", "space").filter(pk=pk).first()


def _to_kept(space: Space, pk: uuid.UUID) -> HttpResponse:
    merge = merges_of(space).filter(gone_id=pk).first()
    if merge is None:
        raise Http404
    return redirect("people:organisation", space.slug, merge.kept_id)


@require_safe
@needs(Need.ORGANISE)
def doubles(request: HttpRequest, slug: str) -> HttpResponse:
    space = _space(request, slug)
    found = find_doubles(space)
    context = {
        "space": space,
        "doubles": found.found,
        "whole": found.whole,
        "merges": merges_of(space)[:A_PAGE],
        "told_apart": told_apart(space, A_PAGE),
    }
    return render(request, "people/doubles.html", context)


@require_POST
@needs(Need.ORGANISE)
def apart(request: HttpRequest, slug: str) -> HttpResponse:
    """« Ce ne sont pas les mêmes »."""
    space = _space(request, slug)
    try:
        one, other = uuid.UUID(request.POST.get("une", "")), uuid.UUID(request.POST.get("autre", ""))
    except ValueError:
        raise Http404 from None
    try:
        tell_apart(space=space, one=one, other=other, by=str(request.user))
    except NotTwo as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("C’est noté : ces deux structures ne seront plus proposées comme doublons."))
    return redirect("people:doubles", space.slug)


@require_POST
@needs(Need.ORGANISE)
def doubt_again(request: HttpRequest, slug: str, told_id: int) -> HttpResponse:
    space = _space(request, slug)
    take_back_apart(told=get_object_or_404(space.told_apart.select_related("space"), pk=told_id), by=str(request.user))
    messages.success(request, _("Ces deux structures sont de nouveau comparées."))
    return redirect("people:doubles", space.slug)


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, slug: str, organisation_id: uuid.UUID) -> HttpResponse:
    """Asks which of two stays, then merges. GET shows what would happen; without `avec`, asks with whom."""
    space = _space(request, slug)
    row = _find(space, organisation_id)
    if row is None:
        return _to_kept(space, organisation_id)
    other = _other(request, space)
    refused = ""
    if request.method == "POST" and other is not None:
        kept, gone = (other, row) if request.POST.get("garder") == str(other.pk) else (row, other)
        try:
            done = merge_organisations(kept=kept, gone=gone, by=str(request.user))
        except MergeRefused as refusal:
            refused = refusal.sentence
        else:
            words = _("« {gone} » est réunie à « {kept} ». Cela se défait sur sa page.")
            messages.success(request, words.format(gone=done.gone_name, kept=done.kept))
            return redirect("people:organisation", space.slug, done.kept_id)
    elif request.method == "POST" or request.GET.get("avec"):
        refused = _("Aucune structure de l’annuaire ne porte ce nom : choisissez-la dans la liste.")
        refused = "" if other is not None else refused
    context = {
        "space": space,
        "organisation": row,
        "other": other,
        "both": [(one, one.people.count()) for one in (row, other) if one is not None],
        "names": list(space.organisations.exclude(pk=row.pk).order_by("folded_name").values_list("name", flat=True)),
        "typed": (request.POST.get("avec") or request.GET.get("avec", ""))[:200],
        "refused": refused,
    }
    return render(request, "people/merge.html", context, status=422 if refused else 200)


def _other(request: HttpRequest, space: Space) -> Organisation | None:
    """By its key or its name."""
    given = request.POST.get("avec") or request.GET.get("avec", "")
    try:
        return _find(space, uuid.UUID(given))
    except ValueError:
        return organisation_named(space, given) if given else None


@require_POST
@needs(Need.ORGANISE)
def parting(request: HttpRequest, slug: str, merge_id: uuid.UUID) -> HttpResponse:
    space = _space(request, slug)
    done = get_object_or_404(OrganisationMerge, pk=merge_id, space=space)
    try:
        back = undo_merge(merge=done, by=str(request.user))
    except MergeRefused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("people:doubles", space.slug)
    messages.success(request, _("« {name} » est de nouveau à part, avec ce qui était à elle.").format(name=back.name))
    return redirect("people:organisation", space.slug, back.pk)


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, slug: str) -> HttpResponse:
    space = _space(request, slug)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    status = 200
    if request.method == "POST":
        status = 422
        length = request.META.get("CONTENT_LENGTH") or "0"
        most = settings.MAX_UPLOAD_MB * MEGABYTE
        if length.isdecimal() and int(length) > most + FORM_SLACK:
            form.full_clean()
            form.add_error("file", _("Ce fichier dépasse {most} Mo.").format(most=settings.MAX_UPLOAD_MB))
            status = 413
        elif form.is_valid():
            file = form.cleaned_data["file"]
            try:
                made = start_import(
                    space=space,
                    content=file.read(),
                    filename=file.name or "",
                    source=form.cleaned_data["source"],
                    by=str(request.user),
                )
            except SheetRefused as refusal:
                form.add_error("file", refusal.sentence)
            else:
                return redirect("people:import-preview", space.slug, made.pk)
    context = {"space": space, "form": form, "columns": list(COLUMNS.values()), "most": settings.MAX_UPLOAD_MB}
    return render(request, "people/directory_upload.html", context, status=status)


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, slug: str, import_id: uuid.UUID) -> HttpResponse:
    """What the file would do; a POST does it, or drops it."""
    space = _space(request, slug)
    waiting = OrganisationImport.objects.filter(space=space, pk=import_id).select_related("space").first()
    if waiting is None:
        if request.method == "POST":
            messages.info(request, _("Cet import est déjà terminé ou abandonné."))
            return redirect("people:directory", space.slug)
        raise Http404
    if request.method == "POST":
        if request.POST.get("do") == "drop":
            waiting.delete()
            messages.success(request, _("L’import est abandonné : rien n’a été écrit."))
            return redirect("people:directory", space.slug)
        done = confirm_import(import_=waiting, by=str(request.user))
        words = _(
            "{new} structures ajoutées, {filled} complétées. Aucune n’est montrée au public avant que vous le disiez."
        )
        messages.success(request, words.format(new=len(done.new), filled=len(done.filled)))
        return redirect("people:doubles", space.slug) if doubles_of(space) else redirect("people:directory", space.slug)
    reading = reading_of(waiting)
    context: dict[str, Any] = {
        "space": space,
        "import": waiting,
        "reading": reading,
        "doubts": reading.doubts[:MOST_DOUBTS],
        "more_doubts": max(0, len(reading.doubts) - MOST_DOUBTS),
        "shown": reading.candidates[:MOST_SHOWN],
        "more": max(0, len(reading.candidates) - MOST_SHOWN),
    }
    return render(request, "people/directory_preview.html", context)


@require_safe
@needs(Need.ORGANISE)
def export(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    space = _space(request, slug)
    if form not in ("csv", "xlsx"):
        raise Http404
    headers, rows = export_rows(space)
    content = write_csv(headers, rows) if form == "csv" else write_xlsx(headers, rows, _("Structures"))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8" if form == "csv" else XLSX)
    response["Content-Disposition"] = f'attachment; filename="structures-{space.slug}.{form}"'
    return response
