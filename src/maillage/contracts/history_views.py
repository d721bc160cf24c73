"""What each change of a contract said, the way back to any of them, and its removal, which is undone."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from maillage.contracts.access import fetch_contract, not_removed
from maillage.contracts.queries import epci_names
from maillage.contracts.services import (
    ContractRefused,
    Removed,
    put_back_contract,
    remove_contract,
    restore_version,
)
from maillage.contracts.words import VERBS, change_words
from maillage.lib.needs import Need, needs
from maillage.people.queries import can_organise

PAGE = 30  # versions


@require_safe
@needs(Need.READ)
def history(request: HttpRequest, space: str, contract: UUID) -> HttpResponse:
    row = fetch_contract(request, space, contract)
    organises = can_organise(request.user, row.space)
    if not organises:
        not_removed(row)
    page = Paginator(row.versions.all(), PAGE).get_page(request.GET.get("page"))
    versions = list(page.object_list)
    before = row.versions.filter(number__lt=versions[-1].number).first()  # what the last of the page changed
    states = [version.state for version in versions] + ([before.state] if before else [])
    names = epci_names(states)
    told = [
        {
            "version": version,
            "verb": VERBS.get(version.verb, version.verb),
            "changes": change_words(earlier, version.state, names, internal=organises),
            "is_now": version.number == row.version,
        }
        for version, earlier in zip(versions, [*states[1:], None], strict=False)
    ]
    context = {"space": row.space, "contract": row, "versions": told, "page": page, "can_organise": organises}
    return render(request, "contracts/history.html", context)


@require_POST
@needs(Need.ORGANISE)
def restore(request: HttpRequest, space: str, contract: UUID, number: int) -> HttpResponse:
    row = fetch_contract(request, space, contract, can=can_organise)
    if not row.versions.filter(number=number).exists():
        raise Http404
    try:
        kept = restore_version(contract=row, number=number, by=request.user)
    except (ContractRefused, Removed) as refusal:
        messages.error(request, refusal.sentence)
    else:
        words = _("Le contrat dit de nouveau ce que disait la version {n}. Celles d’après restent ici.")
        same = _("Le contrat dit déjà ce que disait la version {n}.")
        messages.success(request, (words if kept.changed else same).format(n=number))
    return redirect("contracts:history", row.space.slug, row.pk)


@require_POST
@needs(Need.ORGANISE)
def remove(request: HttpRequest, space: str, contract: UUID) -> HttpResponse:
    row = fetch_contract(request, space, contract, can=can_organise)
    remove_contract(contract=row, by=request.user)
    return redirect("contracts:detail", row.space.slug, row.pk)  # which says so, and offers to put it back


@require_POST
@needs(Need.ORGANISE)
def put_back(request: HttpRequest, space: str, contract: UUID) -> HttpResponse:
    row = fetch_contract(request, space, contract, can=can_organise)
    try:
        put_back_contract(contract=row, by=request.user)
    except ContractRefused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Le contrat est remis, avec tout ce qu’il disait."))
    return redirect("contracts:detail", row.space.slug, row.pk)
