"""Sign-in by link. Opening a link never uses it up: mail scanners open links, people press buttons."""

from django import forms
from django.conf import settings
from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from maillage.lib.needs import Need, needs
from maillage.lib.rates import Rate
from maillage.people.models import User
from maillage.people.services import owner_of_link, send_sign_in_link
from maillage.ui.addresses import own_address, public_address

letters_rate = Rate(most=10, window=600)  # links asked for from one place: a team behind one address, not a program


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Votre adresse électronique"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ANYBODY)
def sign_in(request: HttpRequest) -> HttpResponse:
    """A letter with a link, where this server sends letters. The answer is the same whether the address is known."""
    if request.user.is_authenticated:
        return redirect(_next_url(request))
    form = AddressForm(request.POST or None)
    context = {"form": form, "writes": bool(settings.EMAIL_HOST), "next": request.GET.get("next", "")}
    if request.method == "POST" and form.is_valid():
        wait = letters_rate.wait(request.META.get("REMOTE_ADDR", ""))
        if wait:
            form.add_error(None, _("Trop de liens demandés d’ici. Attendez quelques minutes."))
            response = render(request, "people/sign_in.html", context, status=429)
            response["Retry-After"] = str(wait)
            return response
        wanted = own_address(request, request.POST.get("next", "")) or ""
        send_sign_in_link(email=form.cleaned_data["email"], base_url=public_address(request), next_url=wanted)
        return render(request, "people/sign_in_sent.html", {"email": form.cleaned_data["email"]})
    return render(request, "people/sign_in.html", context, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters("jeton")
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ANYBODY)
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
@needs(Need.ANYBODY)
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("people:sign-in")


def _next_url(request: HttpRequest) -> str:
    """Where they were going, if it is a page of this server."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    return own_address(request, wanted) or resolve_url(settings.LOGIN_REDIRECT_URL)
