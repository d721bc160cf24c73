"""Pages that belong to no noun: what Maillage is, how accessible it is, and refusals in clear French."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maillage.lib.needs import Need, needs
from maillage.lib.typography import count
from maillage.ui.addresses import is_ours, own_address, public_address
from maillage.ui.changelog import releases
from maillage.ui.comfort import keep_comfort, wants_comfort
from maillage.ui.languages import keep_language
from maillage.ui.operator import operator
from maillage.ui.rgaa import audit, grid_file


@require_safe
@needs(Need.ANYBODY)
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/about.html", operator())


@require_safe
@needs(Need.ANYBODY)
def legal(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/legal.html", operator())


@require_safe
@needs(Need.ANYBODY)
def news(request: HttpRequest) -> HttpResponse:
    """CHANGELOG.md, as it is in the package."""
    return render(request, "ui/news.html", {"releases": releases()})


@require_safe
@needs(Need.ANYBODY)
def accessibility(request: HttpRequest) -> HttpResponse:
    """The declaration, in the words of the official model; its figures are counted in the grid."""
    found = {"email": settings.ACCESSIBILITY_EMAIL, "audit": audit(), "public_url": public_address(request)}
    return render(request, "ui/accessibility.html", operator() | found)


@require_safe
@needs(Need.ANYBODY)
def grid(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(grid_file().read_bytes(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="grille-rgaa.csv"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ANYBODY)
def display(request: HttpRequest) -> HttpResponse:
    """The letters of this device. Kept in a cookie: it needs no account, and says nothing of who reads."""
    if request.method == "POST":
        answer = redirect(own_address(request, request.POST.get("next", "")) or reverse("home"))
        keep_comfort(answer, wanted=request.POST.get("letters") == "comfort")
        return answer
    context = {"comfort": wants_comfort(request), "next": request.GET.get("next", "")}
    return render(request, "ui/display.html", context)


@csrf_exempt  # asked from pages that are kept, the same for all: they carry no token; where it comes from is looked at
@require_POST
@needs(Need.ANYBODY)
def language(request: HttpRequest) -> HttpResponse:
    """The language of this device, in a cookie as its letters are."""
    if not is_ours(request):
        return forbidden(request, PermissionDenied(_("Cette demande vient d’un autre site : elle est refusée.")))
    answer = redirect(own_address(request, request.POST.get("next", "")) or reverse("home"))
    keep_language(answer, request.POST.get("language", ""))
    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that waited too long, or was sent from elsewhere. What was typed is one « précédent » away."""
    sentence = _(
        "Cette page est restée ouverte trop longtemps, ou vient d’ailleurs. Revenez en arrière, rechargez, renvoyez."
    )
    return render(request, "ui/refused.html", {"sentence": sentence}, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _refuse(
        request, 400, _("Demande illisible"), _("Le serveur n’a pas compris cette demande. Rien n’a été changé.")
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    sentence = str(exception) or _("Votre rôle ne permet pas d’ouvrir cette page.")
    return _refuse(request, 403, _("Page réservée"), sentence)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    sentence = _("Cette page n’existe pas, ou n’est pas visible pour vous. Vérifiez l’adresse, ou revenez à l’accueil.")
    return _refuse(request, 404, _("Page introuvable"), sentence)


def wrong_method(request: HttpRequest) -> HttpResponse:
    sentence = _("Cette adresse attend une autre demande. Rien n’a été changé : revenez en arrière.")
    return _refuse(request, 405, _("Demande impossible ici"), sentence)


def conflict(request: HttpRequest, sentence: str) -> HttpResponse:
    return _refuse(request, 409, _("Impossible pour le moment"), sentence)


def too_many(request: HttpRequest, wait: int) -> HttpResponse:
    """`wait`: seconds."""
    minutes = count(-(-wait // 60), _("minute"), _("minutes"), zero="")
    sentence = _("Trop de demandes viennent d’ici. Attendez {minutes}, revenez en arrière et recommencez.")
    response = _refuse(request, 429, _("Trop de demandes à la fois"), sentence.format(minutes=minutes))
    response["Retry-After"] = str(wait)
    return response


def _refuse(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    return render(request, "ui/refused.html", {"title": title, "sentence": sentence}, status=status)
