"""Sign-in by link. Opening a link never uses it up: mail scanners open links, people press buttons."""

from django.conf import settings
from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maillage.people.models import User
from maillage.people.services import owner_of_link
from maillage.ui.addresses import own_address


@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(_next_url(request))
    return render(request, "people/sign_in.html")


@never_cache
@sensitive_post_parameters("jeton")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    token = given.get(settings.SESAME_TOKEN_NAME, "")
    user = owner_of_link(token)
    if user is None:
        return render(request, "people/link_over.html", status=403)
    if request.method == "POST":
        with transaction.atomic():  # two presses at once: the second sees that the link was used
            User.objects.select_for_update().get(pk=user.pk)
            user = owner_of_link(token)
            if user is not None:
                login(request, user)  # updates last_login, which ends the link
                return redirect(_next_url(request))
        return render(request, "people/link_over.html", status=403)
    return render(
        request,
        "people/sign_in_link.html",
        {"owner": user, "token_name": settings.SESAME_TOKEN_NAME, "token": token, "next": given.get("next", "")},
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("people:sign-in")


def _next_url(request: HttpRequest) -> str:
    """Where they were going, if it is a page of this server."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    return own_address(request, wanted) or resolve_url(settings.LOGIN_REDIRECT_URL)
