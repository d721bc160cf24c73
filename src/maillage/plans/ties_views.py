"""The page where an organiser says who funds or supervises whom. Ties are of the space: every gathering minds them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from maillage.gatherings.access import fetch_gathering
from maillage.gatherings.models import Gathering
from maillage.lib.needs import Need, needs
from maillage.people.ties import (
    Pasted,
    TieRefused,
    add_tie,
    organisation_names,
    paste_ties,
    remove_tie,
    tie_words,
    ties_of,
)
from maillage.plans.forms import PastedTiesForm, TieForm
from maillage.plans.pairs import next_step
from maillage.plans.queries import latest_plan, organisations_coming

REMOVED = "tie-removed"  # in the visitor's session: what « Remettre » puts back


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def ties(request: HttpRequest, gathering: UUID) -> HttpResponse:
    found = fetch_gathering(request.user, gathering)
    form = TieForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            tie = add_tie(space=found.space, by=request.user, **form.cleaned_data)
        except TieRefused as refusal:
            for sentence in refusal.sentences:
                form.add_error(None, sentence)
        else:
            messages.success(request, _("C’est noté : {tie}. {then}").format(tie=tie, then=_next_step(found)))
            return redirect("plans:ties", found.pk)
    return _page(request, found, form, PastedTiesForm())


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def pasted(request: HttpRequest, gathering: UUID) -> HttpResponse:
    found = fetch_gathering(request.user, gathering)
    if request.method != "POST":  # the address of a list that was refused, opened again
        return redirect("plans:ties", found.pk)
    form = PastedTiesForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            done = paste_ties(space=found.space, text=data["lines"], kind=data["pasted_kind"], by=request.user)
        except TieRefused as refusal:
            for sentence in refusal.sentences:
                form.add_error(None, sentence)
            form.add_error("lines", _("Corrigez ces lignes, puis envoyez de nouveau toute la liste."))
        else:
            messages.success(
                request, f"{_pasted_words(done)} {_next_step(found)}" if done.added else _pasted_words(done)
            )
            return redirect("plans:ties", found.pk)
    return _page(request, found, TieForm(), form)


@require_POST
@needs(Need.ORGANISE)
def removal(request: HttpRequest, gathering: UUID, tie: int) -> HttpResponse:
    found = fetch_gathering(request.user, gathering)
    row = ties_of(found.space).filter(pk=tie).first()
    if row is not None:  # taken away by another organiser: what was asked is done
        request.session[REMOVED] = {"upper": row.upper.name, "kind": row.kind, "lower": row.lower.name}
        remove_tie(tie=row, by=request.user)
    return redirect("plans:ties", found.pk)


def _page(request: HttpRequest, gathering: Gathering, form: TieForm, pasted_form: PastedTiesForm) -> HttpResponse:
    here = organisations_coming(gathering)
    removed = request.session.pop(REMOVED, None)
    return render(
        request,
        "plans/ties.html",
        {
            "gathering": gathering,
            "form": form,
            "pasted": pasted_form,
            "ties": [(tie, {tie.upper_id, tie.lower_id} <= here) for tie in ties_of(gathering.space)],
            "names": organisation_names(gathering.space),
            "removed": removed,
            "removed_words": tie_words(**removed) if removed is not None else "",
            "then": _next_step(gathering) if removed is not None else "",
        },
        status=422 if form.errors or pasted_form.errors else 200,
    )


def _pasted_words(done: Pasted) -> str:
    said = ngettext("{n} lien ajouté.", "{n} liens ajoutés.", done.added).format(n=done.added)
    if not done.added:
        said = _("Rien de nouveau dans cette liste.")
    if not done.known:
        return said
    there = ngettext("{n} ligne était déjà notée.", "{n} lignes étaient déjà notées.", done.known).format(n=done.known)
    return f"{said} {there}"


def _next_step(gathering: Gathering) -> str:
    return next_step(latest_plan(gathering) is not None)
