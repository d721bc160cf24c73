"""The welcome desk: who is here, in one tap. Names and places only; needs stay with the organisers."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maillage.gatherings.access import fetch_gathering
from maillage.gatherings.models import Gathering
from maillage.lib.needs import Need, needs
from maillage.people.access import fetch_in_space
from maillage.people.queries import can_organise, can_run_desk
from maillage.registrations.activity import DESK_LAST
from maillage.registrations.enums import Presence, RegistrationStatus
from maillage.registrations.forms import WalkInForm
from maillage.registrations.half_days import counts_in_half_days, half_day_marks, half_days_asked, seen_at
from maillage.registrations.links import scanned_badge
from maillage.registrations.models import Registration
from maillage.registrations.own import Expected, places_of
from maillage.registrations.queries import counts_of, filtered, presence_in_words
from maillage.registrations.services import AlreadyRegistered, PersonDetails, add_registration, mark_presence

SHOWN = 40  # people: what a phone scrolls without losing itself; the search does the rest


def _gathering(request: HttpRequest, gathering: UUID) -> Gathering:
    return fetch_gathering(request.user, gathering, can=can_run_desk)


def _page(
    request: HttpRequest, gathering: Gathering, *, form: WalkInForm | None = None, namesake: Registration | None = None
) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    words = given.get("q", "")[:100]
    presence = given.get("presence", "")
    rows = filtered(gathering, q=words, presence=presence if presence in Presence.values else "")
    seen = [RegistrationStatus.REGISTERED, RegistrationStatus.WAITING] if words else [RegistrationStatus.REGISTERED]
    rows = rows.filter(status__in=seen)  # who waits for a place and came is found by name; marked present, has one
    found = list(rows[: SHOWN + 1])
    places = places_of(gathering, found[:SHOWN])
    asked = half_days_asked(gathering)
    last, arrival = None, None
    if request.method == "GET":
        last = request.session.pop(DESK_LAST, None)
        arrival = _arrival(gathering, request.session.pop("desk-arrival", None))
    return render(
        request,
        "registrations/desk.html",
        {
            "gathering": gathering,
            "presence_words": presence_in_words(counts_of(gathering)),
            "half_days_words": counts_in_half_days(gathering, asked),
            "rows": [(row, places.get(row.pk, []), half_day_marks(row, asked)) for row in found[:SHOWN]],
            "more": len(found) > SHOWN,
            "q": words,
            "presence": presence,
            "form": form or WalkInForm(),
            "walk_in_open": form is not None,
            "namesake": namesake,
            "their_line": _line(gathering, namesake, found[:SHOWN]) if namesake is not None else "",
            "last": last,
            "arrival": arrival,
            "may_organise": can_organise(request.user, gathering.space),
        },
        status=422 if form is not None else 200,
    )


def _line(gathering: Gathering, row: Registration, shown: Sequence[Registration]) -> str:
    """Where somebody already registered is marked present: their line of this page, of a search, or their own page."""
    if row.status == RegistrationStatus.CANCELLED:
        return reverse("registrations:desk-person", args=[gathering.pk, row.pk])
    anchor = f"#r-{row.pk}"
    if row in shown:
        return anchor
    return f"{reverse('registrations:desk', args=[gathering.pk])}?{urlencode({'q': row.person.full_name})}{anchor}"


def _arrival(gathering: Gathering, pk: str | None) -> tuple[Registration, list[Expected]] | None:
    """Who has just been registered here, and where to send them."""
    row = gathering.registrations.select_related("person").filter(pk=pk).first() if pk else None
    return (row, places_of(gathering, [row]).get(row.pk, [])) if row is not None else None


@require_safe
@needs(Need.DESK)
def desk(request: HttpRequest, gathering: UUID) -> HttpResponse:
    found = _gathering(request, gathering)
    scanned = scanned_badge(request.GET.get("q", ""))  # a hand scanner types the badge's address, then Enter
    if scanned is not None and found.registrations.filter(pk=scanned).exists():
        return redirect("registrations:desk-person", found.pk, scanned)
    return _page(request, found)


@require_POST
@needs(Need.DESK)
def presence(request: HttpRequest, gathering: UUID, registration: UUID) -> HttpResponse:
    found = _gathering(request, gathering)
    row = fetch_in_space(
        request.user,
        found.registrations.select_related("person", "gathering__space"),
        can=can_run_desk,
        space_of=lambda each: each.gathering,
        pk=registration,
    )
    wanted, _colon, half = request.POST.get("presence", "").partition(":")
    asked = half_days_asked(found)
    halves = half.split("+") if half else []
    if wanted not in Presence.values:
        messages.error(request, _("Choisissez « présent·e » ou « absent·e »."))
        return redirect("registrations:desk", found.pk)
    if not set(halves) <= set(asked):
        messages.error(request, _("Cette demi-journée n’est plus pointée ici : rien n’a changé, regardez la liste."))
        return redirect(_back(found, request))
    before = _undo(row, wanted, halves, asked)
    mark_presence(registration=row, presence=wanted, by=request.user, half_days=halves)
    request.session[DESK_LAST] = {
        "registration": str(row.pk),
        "name": row.person.full_name,
        "now": row.presence_words,
        "before": before,
    }
    return redirect(_back(found, request))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.DESK)
def walk_in(request: HttpRequest, gathering: UUID) -> HttpResponse:
    found = _gathering(request, gathering)
    if request.method != "POST":  # the address of a form that was refused, opened again
        return redirect("registrations:desk", found.pk)
    form = WalkInForm(request.POST)
    namesake = None
    if form.is_valid():
        data = form.cleaned_data
        details = PersonDetails(
            data["first_name"], data["last_name"], category=data["category"], organisation=data["organisation"]
        )
        try:
            row = add_registration(
                gathering=found, details=details, homonym=data["homonym"], walk_in=True, by=request.user
            )
        except AlreadyRegistered as refusal:
            namesake = refusal.registration
            form.add_error(None, refusal.sentence)
        else:
            request.session["desk-arrival"] = str(row.pk)
            return redirect("registrations:desk", found.pk)
    return _page(request, found, form=form, namesake=namesake)


def _undo(row: Registration, wanted: str, halves: Sequence[str], asked: Sequence[str]) -> str:
    """What a button of the desk would send to have the row as it is before it is marked."""
    if not asked:
        return row.presence
    seen = seen_at(row, asked)
    if wanted == Presence.PRESENT and halves:  # these only: another desk may mark the others meanwhile
        new = [half for half in halves if half not in seen]
        back = row.presence if row.presence != Presence.PRESENT else Presence.EXPECTED
        return f"{back}:{'+'.join(new)}" if new else f"{Presence.PRESENT}:{'+'.join(halves)}"
    return f"{row.presence}:{'+'.join(seen)}" if seen else row.presence


def _back(gathering: Gathering, request: HttpRequest) -> str:
    """The desk as it was: the same search, so that a slip is undone where it was made."""
    kept = {name: request.POST[name][:100] for name in ("q", "voir") if request.POST.get(name)}
    if request.POST.get("among") in Presence.values:  # the end of the day goes through those still expected, one by one
        kept["presence"] = request.POST["among"]
    query = f"?{urlencode(kept)}" if kept else ""
    return reverse("registrations:desk", args=[gathering.pk]) + query
