"""Experiences: told by anybody who has the link, read again by the space, read by all once published."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maillage.lib.needs import Need, needs
from maillage.lib.paging import KeyPaginator
from maillage.lib.rates import Rate
from maillage.memory.experience_forms import ExperienceForm
from maillage.memory.experience_queries import (
    differences,
    experiences_of,
    published_experiences,
    published_version,
    told,
    workshops_untold,
)
from maillage.memory.experiences import (
    EMPTY,
    ChangedMeanwhile,
    call_token,
    change_experience,
    erase_experience,
    find_call,
    find_own,
    open_call,
    own_token,
    propose_experience,
    publish_experience,
    return_to_version,
    take_up_experience,
    tell_of_workshop,
    withdraw_experience,
)
from maillage.memory.models import Experience, ExperienceCall
from maillage.memory.queries import public_takeaways
from maillage.people.access import fetch_atlas, fetch_in_space
from maillage.people.models import Space
from maillage.people.queries import can_organise, can_read, spaces_of, spaces_to_organise
from maillage.ui.addresses import public_address

A_PAGE = 60  # experiences
PROPOSALS = Rate("proposer une expérience", 20, 600)  # a whole social centre stands behind one box


def _space(request: HttpRequest, slug: str) -> Space:
    return fetch_in_space(request.user, Space.objects.all(), can=can_organise, space_of=lambda row: row, slug=slug)


def _fetch(request: HttpRequest, experience_id: uuid.UUID, *, can: Any = can_organise) -> Experience:
    rows = Experience.objects.select_related("space", "commune", "epci", "qpv", "workshop__slot__gathering")
    return fetch_in_space(request.user, rows, can=can, space_of=lambda row: row.space, pk=experience_id)


def _form(request: HttpRequest, content: dict[str, Any] | None = None, seen: int | None = None) -> ExperienceForm:
    initial = EMPTY | (content or {}) | {"seen": seen}
    return ExperienceForm(request.POST or None, initial=initial, this_year=timezone.localdate().year)


def _save(request: HttpRequest, experience: Experience, form: ExperienceForm, *, by: str) -> ExperienceForm | None:
    """None once it is kept; else the form to show again, with the other's words beside those just typed."""
    if not form.is_valid():
        return form
    try:
        seen = form.cleaned_data["seen"] or experience.last
        change_experience(experience=experience, content=form.content, seen=seen, by=by)
    except ChangedMeanwhile as both:
        again = ExperienceForm(initial=both.merged | {"seen": both.number}, this_year=timezone.localdate().year)
        again.say_both(both.theirs, both.by)
        return again
    return None


@require_safe
@needs(Need.ACCOUNT)
def experiences(request: HttpRequest) -> HttpResponse:
    """Those of each space of theirs: what waits to be read first."""
    organised = set(spaces_to_organise(request.user).values_list("pk", flat=True))
    spaces = []
    for space in spaces_of(request.user):
        rows = list(experiences_of(space))
        rows.sort(key=lambda row: (not row.waits, row.withdrawn_at is not None))
        call = ExperienceCall.objects.filter(space=space).first()
        link = reverse("memory:propose-experience", args=[call_token(call)]) if call and call.opened else ""
        spaces.append(
            {
                "space": space,
                "rows": rows if space.pk in organised else [row for row in rows if row.published],
                "organises": space.pk in organised,
                "untold": workshops_untold(space) if space.pk in organised else [],
                "link": f"{public_address(request)}{link}" if link else "",
            }
        )
    return render(request, "memory/experiences.html", {"spaces": spaces})


@require_POST
@needs(Need.ORGANISE)
def call(request: HttpRequest, slug: str) -> HttpResponse:
    space = _space(request, slug)
    opened = request.POST.get("do") != "close"
    open_call(space=space, opened=opened, by=str(request.user), renew=request.POST.get("do") == "renew")
    if request.POST.get("do") == "renew":
        messages.success(request, _("Un nouveau lien est prêt ; l’ancien ne mène plus nulle part."))
    elif opened:
        messages.success(request, _("Le lien est ouvert. Rien n’est publié sans votre relecture."))
    else:
        messages.success(request, _("Le lien est fermé : plus personne ne propose d’expérience par là."))
    return redirect("memory:experiences")


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    space = _space(request, slug)
    if "workshop" in request.POST:
        workshop = get_object_or_404(workshops_untold(space), pk=_uuid(request.POST["workshop"]))
        told_of = tell_of_workshop(workshop=workshop, by=str(request.user))
        return redirect("memory:edit-experience", told_of.pk)
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        experience = propose_experience(space=space, content=form.content, by=str(request.user))
        return redirect("memory:experience", experience.pk)
    context = {"form": form, "space": space}
    return render(request, "memory/experience_form.html", context, status=422 if form.errors else 200)


@require_safe
@needs(Need.READ)
def experience(request: HttpRequest, experience_id: uuid.UUID) -> HttpResponse:
    """What its last version says, what it changes to what others read, and what may be done of it."""
    row = _fetch(request, experience_id, can=can_read)
    organises = can_organise(request.user, row.space)
    versions = {version.number: version for version in row.versions.all()}
    read = versions.get(row.published) if row.published else None
    if not organises and read is None:
        raise Http404
    shown = versions[row.last] if organises else read
    assert shown is not None
    context = {
        "experience": row,
        "version": shown,
        "told": told(shown.content),
        "contact": shown.content.get("contact", "") if organises else told(shown.content).contact,
        "differences": differences(read.content, shown.content) if read and read.number != shown.number else [],
        "versions": list(versions.values()) if organises else [],
        "organises": organises,
        "own_link": public_address(request) + reverse("memory:own-experience", args=[own_token(row)])
        if organises
        else "",
    }
    return render(request, "memory/experience.html", context)


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, experience_id: uuid.UUID) -> HttpResponse:
    row = _fetch(request, experience_id)
    form = _form(request, row.versions.get(number=row.last).content, row.last)
    if request.method == "POST":
        refused = _save(request, row, form, by=str(request.user))
        if refused is None:
            messages.success(request, _("C’est enregistré. Les versions précédentes sont gardées."))
            return redirect("memory:experience", row.pk)
        form = refused
    context = {"form": form, "space": row.space, "experience": row}
    return render(request, "memory/experience_form.html", context, status=422 if form.errors else 200)


@require_POST
@needs(Need.ORGANISE)
def state(request: HttpRequest, experience_id: uuid.UUID) -> HttpResponse:
    """Publish, withdraw, take up again, return to a version, erase: each by its button."""
    row = _fetch(request, experience_id)
    asked, by = request.POST.get("do"), str(request.user)
    number = request.POST.get("number", "")
    if asked in ("publish", "return"):
        if not (number.isascii() and number.isdigit()) or not row.versions.filter(number=int(number)).exists():
            raise Http404
        if asked == "publish":
            publish_experience(experience=row, number=int(number), by=by)
            messages.success(request, _("L’expérience est publiée."))
        else:
            return_to_version(experience=row, number=int(number), by=by)
            messages.success(request, _("Le texte de cette version est repris. Relisez-le, puis publiez."))
    elif asked == "withdraw":
        withdraw_experience(experience=row, by=by)
        messages.success(request, _("L’expérience n’est plus visible. Vous pouvez la reprendre."))
    elif asked == "take-up":
        take_up_experience(experience=row, by=by)
        messages.success(request, _("L’expérience attend de nouveau votre relecture."))
    elif asked == "erase":
        if request.POST.get("sure") != "on":
            messages.error(request, _("Cochez la case : effacer ne se défait pas."))
            return redirect("memory:experience", row.pk)
        erase_experience(experience=row, by=by)
        messages.success(request, _("L’expérience et toutes ses versions sont effacées."))
        return redirect("memory:experiences")
    else:
        raise Http404
    return redirect("memory:experience", row.pk)


# Without CSRF on purpose, as for a registration: no right here that another site could borrow, and a page that stayed
# open for days must not lose what was written.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.LINK)
def propose(request: HttpRequest, token: str) -> HttpResponse:
    found = find_call(token)
    if found is None:
        raise Http404
    if not found.opened:
        return render(request, "memory/experience_closed.html", {"space": found.space}, status=410)
    form = _form(request)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        wait = PROPOSALS.wait(request.META.get("REMOTE_ADDR", ""))
        if not wait:
            made = propose_experience(space=found.space, content=form.content, by=_("par le lien de proposition"))
            return redirect("memory:own-experience", own_token(made))
        form.add_error(None, _("Trop de propositions viennent d’ici. Attendez quelques minutes, puis renvoyez."))
        page = render(
            request, "memory/experience_form.html", {"form": form, "space": found.space, "public": True}, status=429
        )
        page["Retry-After"] = str(wait)
        return page
    context = {"form": form, "space": found.space, "public": True}
    return render(request, "memory/experience_form.html", context, status=status)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.LINK)
def own(request: HttpRequest, token: str) -> HttpResponse:
    """The page of whoever told it: change it, take it back. The address is the key."""
    row = find_own(token)
    if row is None:
        raise Http404
    last = row.versions.get(number=row.last)
    form = _form(request, last.content, row.last)
    author = _("qui l’a proposée")
    if request.method == "POST" and request.POST.get("do") == "withdraw":
        withdraw_experience(experience=row, by=author)
        return redirect("memory:own-experience", token)
    if request.method == "POST":
        refused = _save(request, row, form, by=author)
        if refused is None:
            messages.success(request, _("C’est enregistré."))
            return redirect("memory:own-experience", token)
        form = refused
    context = {"form": form, "space": row.space, "experience": row, "public": True, "token": token}
    return render(request, "memory/experience_form.html", context, status=422 if form.errors else 200)


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None


@require_safe
@needs(Need.ATLAS)
def public_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Those published, by theme when one is chosen."""
    space = fetch_atlas(request.user, slug)
    rows = published_experiences(space).prefetch_related(None)
    told = Experience.objects.filter(themes=OuterRef("pk"), published__isnull=False)
    themes = [theme.name for theme in space.themes.filter(Exists(told))]
    chosen = request.GET.get("theme", "")
    if chosen:
        rows = rows.filter(themes__name=chosen)
    page = KeyPaginator(rows, A_PAGE).get_page(request.GET.get("page"))
    asked = urlencode({"theme": chosen}) if chosen else ""
    context: dict[str, Any] = {"space": space, "page": page, "themes": themes, "chosen": chosen, "asked": asked}
    return render(request, "memory/public_experiences.html", context)


@require_safe
@needs(Need.ATLAS)
def public(request: HttpRequest, slug: str, experience_id: uuid.UUID) -> HttpResponse:
    space = fetch_atlas(request.user, slug)
    row = get_object_or_404(published_experiences(space), pk=experience_id)
    version = published_version(row)
    if version is None:
        raise Http404
    gathering = row.workshop.slot.gathering if row.workshop else None
    takeaways = public_takeaways(gathering).filter(workshop=row.workshop) if gathering else []
    context = {
        "space": space,
        "experience": row,
        "version": version,
        "told": told(version.content),
        "gathering": gathering if gathering and gathering.public and not gathering.trial else None,
        "takeaways": takeaways,
    }
    return render(request, "memory/public_experience.html", context)
