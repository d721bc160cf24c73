"""Pages that belong to no noun: what Maillage is, how accessible it is, and refusals in clear French."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/about.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/accessibility.html")


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


def _refuse(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    return render(request, "ui/refused.html", {"title": title, "sentence": sentence}, status=status)
