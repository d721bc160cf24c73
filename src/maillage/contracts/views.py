"""The contracts of a space: its list, one contract, and the form where two people may write at once."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from maillage.contracts.access import fetch_contract, fetch_space, not_removed
from maillage.contracts.facts import PARTS, Facts, facts_of
from maillage.contracts.forms import THEIRS, ChoiceForm, ContractForm, FilterForm
from maillage.contracts.models import ContractVersion, ContratDeVille
from maillage.contracts.places import UnknownPlace, find_place
from maillage.contracts.queries import contracts_of, epci_names, removed_contracts, unsaid_epcis, who_changed
from maillage.contracts.services import (
    LAST_YEAR,
    ContractRefused,
    Kept,
    Removed,
    TwoAtOnce,
    change_contract,
    make_contract,
    new_facts,
)
from maillage.contracts.words import count_words, facts_words, signatory_words, source_words
from maillage.lib.needs import Need, needs
from maillage.people.models import Space
from maillage.people.queries import can_organise, spaces_of
from maillage.people.ties import organisation_names
from maillage.territories.models import Department, Epci

PAGE = 100  # contracts: a region has some forty of each generation


@require_safe
@needs(Need.ACCOUNT)
def spaces(request: HttpRequest) -> HttpResponse:
    rows = list(spaces_of(request.user))
    if len(rows) == 1:
        return redirect("contracts:list", rows[0].slug)
    return render(request, "contracts/spaces.html", {"spaces": rows})


@require_safe
@needs(Need.READ)
def contracts(request: HttpRequest, space: str) -> HttpResponse:
    row = fetch_space(request, space)
    organises = can_organise(request.user, row)
    everything = contracts_of(row)
    form = FilterForm(request.GET, departments=_departments(row))
    asked = form.cleaned_data if form.is_valid() else {}
    shown = everything.order_by("-first_year", "-last_year", "epci__department", "epci__name", "perimeter")
    if asked.get("departement"):
        shown = shown.filter(epci__department=asked["departement"])
    if asked.get("signature"):
        shown = shown.filter(status=asked["signature"])
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "contracts/list.html",
        {
            "space": row,
            "form": form,
            "asked": urlencode({name: value for name, value in asked.items() if value}),
            "total": everything.count(),
            "page": page,
            "periods": _periods(page.object_list, shown),
            "unsaid": list(unsaid_epcis(row)),
            "removed": list(removed_contracts(row)) if organises else [],
            "can_organise": organises,
        },
    )


def _departments(space: Space) -> QuerySet[Department]:
    there = contracts_of(space).order_by().values("epci__department")
    return Department.objects.filter(pk__in=there).order_by("pk")


def _periods(shown: Iterable[ContratDeVille], asked: QuerySet[ContratDeVille]) -> list[dict[str, Any]]:
    """Those of this page, in their order; the words count all that was asked for, whatever the page."""
    statuses: dict[tuple[int, int], list[str]] = {}
    for first, last, status in asked.order_by().values_list("first_year", "last_year", "status"):
        statuses.setdefault((first, last), []).append(status)
    return [
        {"period": f"{first}–{last}", "contracts": list(group), "words": count_words(statuses[first, last])}
        for (first, last), group in groupby(shown, key=lambda row: (row.first_year, row.last_year))
    ]


@require_safe
@needs(Need.READ)
def detail(request: HttpRequest, space: str, contract: UUID) -> HttpResponse:
    row = fetch_contract(request, space, contract)
    organises = can_organise(request.user, row.space)
    if not organises:
        not_removed(row)
    signatories = list(row.signatories.select_related("organisation"))
    return render(
        request,
        "contracts/detail.html",
        {
            "space": row.space,
            "contract": row,
            "signatories": signatories,
            "counted": signatory_words(len(signatories), sum(1 for one in signatories if one.signed_on)),
            "source": source_words(row),
            "documents": [(document, urlsplit(document["url"]).hostname) for document in row.documents],
            "can_organise": organises,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def new(request: HttpRequest, space: str) -> HttpResponse:
    row = fetch_space(request, space, can=can_organise)
    facts, name = _asked_place(request.GET.get("epci", ""))
    form = ContractForm(request.POST if request.method == "POST" else None, facts=facts, epci_name=name)
    if form.is_valid():
        try:
            made = make_contract(space=row, facts=form.facts, by=request.user)
        except ContractRefused as refusal:
            form.add_refusal(refusal.faults)
        else:
            messages.success(request, " ".join(filter(None, [_("Le contrat est noté."), form.followed])))
            return redirect("contracts:detail", row.slug, made.pk)
    return _form_page(request, row, None, form)


def _asked_place(siren: str) -> tuple[Facts, str]:
    """The list links to the form of an intercommunalité; anything else opens it empty."""
    try:
        place = find_place(siren[:200], last_year=LAST_YEAR)
    except UnknownPlace:
        return new_facts(""), ""
    return new_facts(place.epci.pk, perimeter=place.perimeter), place.epci.name


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def edit(request: HttpRequest, space: str, contract: UUID) -> HttpResponse:
    """What somebody else changed meanwhile is merged; where both changed the same, both are shown, and chosen from."""
    row = not_removed(fetch_contract(request, space, contract, can=can_organise))
    form = ContractForm(
        request.POST if request.method == "POST" else None,
        facts=facts_of(row),
        opened=row.version,
        epci_name=row.epci.name,
    )
    if request.method != "POST":
        return _form_page(request, row.space, row, form)
    opened = _opened(row, request.POST.get("opened", ""))
    parts = [part for part in request.POST.get("asked", "").split(",") if part in PARTS]
    choices = ChoiceForm(request.POST, parts=parts) if parts else None
    # both are asked, so that all that is wrong is said at once
    if not all([form.is_valid(), choices is None or choices.is_valid()]):
        return _form_page(request, row.space, row, form, choices, opened)
    mine = dict(form.facts)
    for part in parts:
        if choices is not None and choices.cleaned_data[f"choice-{part}"] == THEIRS:
            mine |= {name: opened.state[name] for name in PARTS[part]}
    try:
        kept = change_contract(contract=row, facts=mine, opened=opened.number, by=request.user)
    except ContractRefused as refusal:
        form.add_refusal(refusal.faults)
        return _form_page(request, row.space, row, form, choices, opened)
    except Removed as refusal:
        messages.error(request, refusal.sentence)
        return redirect("contracts:list", row.space.slug)
    except TwoAtOnce as both:
        return _both_page(request, row, both)
    messages.success(request, " ".join(filter(None, [_kept_words(kept), form.followed])))
    return redirect("contracts:detail", row.space.slug, row.pk)


def _both_page(request: HttpRequest, contract: ContratDeVille, both: TwoAtOnce) -> HttpResponse:
    """The form again, holding both people's changes; opened, from now on, at the version that is shown beside mine."""
    opened = contract.versions.get(number=both.number)
    name = epci_names([both.merged]).get(both.merged["epci"], "")
    form = ContractForm(facts=both.merged, opened=both.number, epci_name=name)
    choices = ChoiceForm(parts=[conflict.part for conflict in both.conflicts])
    return _form_page(request, contract.space, contract, form, choices, opened, facts=both.merged)


def _opened(contract: ContratDeVille, number: str) -> ContractVersion:
    """The version a form was opened with; a form that says none is of the first, so that it overwrites nothing."""
    known = number if number.isascii() and number.isdigit() and len(number) < 9 else "0"
    found = contract.versions.filter(number=int(known)).first()
    return found if found is not None else contract.versions.earliest("number")


def _form_page(
    request: HttpRequest,
    space: Space,
    contract: ContratDeVille | None,
    form: ContractForm,
    choices: ChoiceForm | None = None,
    opened: ContractVersion | None = None,
    facts: Facts | None = None,
) -> HttpResponse:
    """`choices`: between what is stored (`opened`) and mine (`facts`, else what the form holds)."""
    sides = []
    if choices is not None and opened is not None:
        mine = facts if facts is not None else getattr(form, "facts", None)
        names = epci_names([opened.state, *([mine] if mine else [])])
        sides = [_side(choices[f"choice-{part}"], part, opened, mine, names) for part in choices.parts]
    epcis = Epci.objects.filter(department__region=space.region_id) if space.region_id else Epci.objects.none()
    return render(
        request,
        "contracts/form.html",
        {
            "space": space,
            "contract": contract,
            "form": form,
            "choices": choices,
            "sides": sides,
            "asked": ",".join(choices.parts) if choices is not None else "",
            "epcis": epcis.order_by("name").values_list("name", flat=True),
            "organisations": organisation_names(space),
        },
        status=422 if form.errors or choices is not None else 200,
    )


def _side(
    field: BoundField, part: str, opened: ContractVersion, mine: Facts | None, epcis: Mapping[str, str]
) -> dict[str, Any]:
    """One choice: only what differs is shown, what is the same of both sides is no choice."""
    theirs = opened.state
    names = [name for name in PARTS[part] if mine is None or mine[name] != theirs[name]] or PARTS[part]
    return {
        "field": field,
        "theirs": facts_words(theirs, names, epcis),
        "mine": facts_words(mine, names, epcis) if mine is not None else [],
        "who": who_changed(opened, part),
    }


def _kept_words(kept: Kept) -> str:
    if not kept.changed:
        return _("Rien n’a changé : le contrat disait déjà cela.")
    if kept.merged:
        return _("C’est enregistré, avec ce que quelqu’un d’autre a changé entre-temps : l’historique dit quoi.")
    return _("C’est enregistré.")
