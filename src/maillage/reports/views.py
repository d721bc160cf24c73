import uuid
from collections.abc import Callable
from typing import TypedDict

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html_join
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from maillage.gatherings.access import fetch_gathering
from maillage.gatherings.models import Gathering
from maillage.lib.needs import Need, needs
from maillage.people.access import Can
from maillage.people.queries import Visitor, Where, can_facilitate, can_organise, can_run_desk
from maillage.people.style import house_of
from maillage.registrations.links import base_of_request
from maillage.registrations.models import Opening
from maillage.reports import services
from maillage.reports.day_pack import make_day_pack
from maillage.reports.doors import make_door_lists, make_signs
from maillage.reports.half_days import make_half_day_sheets
from maillage.reports.long_work import find_made, is_long, start_report
from maillage.reports.offer import offer_of
from maillage.reports.poster import PAPERS
from maillage.reports.services import FORMS, describe_report, set_document
from maillage.reports.writers.html import back_bar, foot_links, house_css, page_of


def _sent(content: bytes, form: str, name: str, gathering: Gathering) -> HttpResponse:
    response = HttpResponse(content, content_type=FORMS[form])
    shown = "inline" if form == "pdf" else "attachment"
    response["Content-Disposition"] = f'{shown}; filename="{name}-{gathering.slug}.{form}"'
    return response


def _pdf(
    request: HttpRequest, gathering_id: uuid.UUID, can: Can, make: Callable[[Gathering], bytes], name: str
) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id, can=can)
    return _sent(make(gathering), "pdf", name, gathering)


class Said(TypedDict):
    rehearsal: bool
    plain: bool


def _said(request: HttpRequest) -> Said:
    """What the address asks: the rehearsal's words, the space's own colours left aside."""
    return {"rehearsal": "repetition" in request.GET, "plain": "sobre" in request.GET}


def _name(name: str, request: HttpRequest) -> str:
    return f"repetition-{name}" if "repetition" in request.GET else name


@never_cache
@require_safe
@needs(Need.DAY)
def documents(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    """All the papers of a gathering, in all their forms, and what each is for."""
    gathering = fetch_gathering(request.user, gathering_id, can=can_facilitate_or_welcome)
    made = request.GET.get("pret", "")
    made = made if made and find_made(made, gathering.pk) is not None else ""
    context = {
        "gathering": gathering,
        "groups": offer_of(gathering, request.user, rehearsal="repetition" in request.GET),
        "rehearsal": "repetition" in request.GET,
        "can_organise": can_organise(request.user, gathering.space),
        "contact": Opening.objects.filter(gathering=gathering).values_list("contact", flat=True).first() or "",
        "made": made,
        "lost": request.GET.get("pret") and not made,
    }
    return render(request, "reports/documents.html", context)


def can_facilitate_or_welcome(user: Visitor, where: Where) -> bool:
    return can_facilitate(user, where) or can_run_desk(user, where)


@never_cache
@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, gathering_id: uuid.UUID, form: str) -> HttpResponse:
    """The report in one form. One that is too long for a request says so, and is made beside it when asked by POST."""
    gathering = fetch_gathering(request.user, gathering_id, can=can_organise)
    said = _said(request)
    if request.method == "POST":
        job = start_report(gathering=gathering, form=form, by=str(request.user), **said)
        return redirect("office:job", job.pk)
    document = describe_report(gathering, **said)
    if is_long(document):
        context = {"gathering": gathering, "form": form, "blocks": document.weight}
        return render(request, "reports/long.html", context)
    return _sent(set_document(document, form), form, _name("compte-rendu", request), gathering)


@never_cache
@require_safe
@needs(Need.ORGANISE)
def made(request: HttpRequest, gathering_id: uuid.UUID, file: str) -> HttpResponse:
    """A long document that a job made."""
    gathering = fetch_gathering(request.user, gathering_id, can=can_organise)
    content = find_made(file, gathering.pk)
    if content is None:
        raise Http404
    return _sent(content, file.rpartition(".")[2], "compte-rendu", gathering)


@never_cache
@require_safe
@needs(Need.ORGANISE)
def report_page(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    """The report, read here."""
    gathering = fetch_gathering(request.user, gathering_id, can=can_organise)
    asked = f"?{request.GET.urlencode()}" if request.GET else ""
    style = reverse("reports:report-style", args=[gathering.pk]) + asked
    links = [("icon", static("ui/icon.svg")), ("stylesheet", static("reports/report.css")), ("stylesheet", style)]
    head = format_html_join("", '<link rel="{}" href="{}">', links)
    file = reverse("reports:report-html", args=[gathering.pk]) + asked
    menu = render_to_string("ui/_menu.html", request=request)
    bar = f"{menu}{back_bar(reverse('reports:documents', args=[gathering.pk]) + asked, file)}"
    foot = foot_links(reverse("site-map"))
    return HttpResponse(page_of(describe_report(gathering, **_said(request)), head, bar, foot))


@never_cache
@require_safe
@needs(Need.ORGANISE)
def report_style(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id, can=can_organise)
    house = house_of(gathering.space, plain="sobre" in request.GET)
    return HttpResponse(house_css(house), content_type="text/css; charset=utf-8")


@never_cache
@require_safe
@needs(Need.ORGANISE)
def summary(request: HttpRequest, gathering_id: uuid.UUID, form: str) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id, can=can_organise)
    content = services.make_summary(gathering, form=form, base=base_of_request(request), **_said(request))
    return _sent(content, form, _name("synthese", request), gathering)


@never_cache
@require_safe
@needs(Need.ORGANISE)
def poster(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    paper = request.GET.get("papier", "a3")
    if paper not in PAPERS:
        raise Http404

    def make(gathering: Gathering) -> bytes:
        return services.make_poster(gathering, paper=paper, **_said(request))

    return _pdf(request, gathering_id, can_organise, make, _name(f"affiche-{paper}", request))


@never_cache
@require_safe
@needs(Need.FACILITATE)
def deck(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    """For whoever runs the plenary, while the rooms still work."""

    def make(gathering: Gathering) -> bytes:
        return services.make_deck(gathering, **_said(request))

    return _pdf(request, gathering_id, can_facilitate, make, _name("retour-sur-les-ateliers", request))


@never_cache
@require_safe
@needs(Need.DESK)
def badges(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    def make(gathering: Gathering) -> bytes:
        return services.make_badges(gathering, base_of_request(request))

    return _pdf(request, gathering_id, can_run_desk, make, "badges")


@never_cache
@require_safe
@needs(Need.DESK)
def sign_in_sheets(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    return _pdf(request, gathering_id, can_run_desk, services.make_sign_in_sheets, "emargement")


@never_cache
@require_safe
@needs(Need.DESK)
def half_day_sheets(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    return _pdf(request, gathering_id, can_run_desk, make_half_day_sheets, "emargement-demi-journees")


@never_cache
@require_safe
@needs(Need.FACILITATE)
def day_pack(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    def make(gathering: Gathering) -> bytes:
        names = can_run_desk(request.user, gathering)  # who leads a room reads no list of people
        return make_day_pack(gathering, base_of_request(request), names=names)

    return _pdf(request, gathering_id, can_facilitate, make, "dossier-papier")


@never_cache
@require_safe
@needs(Need.FACILITATE)
def signs(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    def make(gathering: Gathering) -> bytes:
        return make_signs(gathering, base_of_request(request))

    return _pdf(request, gathering_id, can_facilitate, make, "affiches")


@never_cache
@require_safe
@needs(Need.DESK)
def door_lists(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    return _pdf(request, gathering_id, can_run_desk, make_door_lists, "listes-des-portes")
