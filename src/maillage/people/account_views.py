"""One's own account: the name others read, one's roles, where one is signed in, the second proof at sign-in."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from maillage.lib.needs import Need, needs
from maillage.lib.qr import qr_svg
from maillage.lib.rates import ACCOUNT, Rate
from maillage.office.services import write_beside
from maillage.people.address import ask_for_address, change_address, find_address
from maillage.people.entering import PROVIDER
from maillage.people.models import Right, User
from maillage.people.openid import unlink_identity
from maillage.people.openid_views import goodbye
from maillage.people.presence import digest_of, end_presences, presences_of
from maillage.people.second_factor import (
    TooManyTries,
    WrongCode,
    confirm_factor,
    factor_of,
    prepare_factor,
    remove_factor,
    renew_recovery_codes,
    setting_up,
)
from maillage.people.services import end_every_session, rename_user
from maillage.people.signals import tell_closed
from maillage.ui.addresses import public_address

letters_rate = Rate("écrire à une nouvelle adresse de compte", 5, 600, ACCOUNT)


class NameForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Votre nom, tel que votre équipe le lit"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Votre nouvelle adresse électronique"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Le code que donne l’application maintenant"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "none"}
        ),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ACCOUNT)
def account(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": user.name})
    if form.is_valid():
        rename_user(user=user, name=form.cleaned_data["name"])
        messages.success(request, _("Votre nom est enregistré."))
        return redirect("people:account")
    context = {
        "form": form,
        "rights": Right.objects.filter(user=user).select_related("space").order_by("space__name", "role"),
        "identities": user.identities.order_by("pk"),
        "factor": factor_of(user),
        "provider": settings.OIDC,
    }
    return render(request, "people/account.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ACCOUNT)
def address_change(request: HttpRequest) -> HttpResponse:
    """A letter leaves for the new address: nothing changes before its button. The same is said of any address."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        email = form.cleaned_data["email"]
        if wait := letters_rate.wait(str(request.user.pk)):
            form.add_error(None, _("Trop de lettres demandées. Attendez quelques minutes."))
            response = render(request, "people/address_change.html", {"form": form}, status=429)
            response["Retry-After"] = str(wait)
            return response
        user, base_url = cast(User, request.user), public_address(request)
        write_beside(lambda: ask_for_address(user=user, email=email, base_url=base_url))
        sentence = _("Une lettre part à %s : votre adresse change quand vous y répondez.")
        if not settings.EMAIL_HOST:
            sentence = _("Ce serveur n’envoie pas de courrier : la lettre pour %s est dans son dossier mail/.")
        messages.success(request, sentence % email)
        return redirect("people:account")
    return render(request, "people/address_change.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.LINK)
def address(request: HttpRequest, token: str) -> HttpResponse:
    found = find_address(token)
    if found is not None and request.method == "POST" and change_address(token=token) is not None:
        logout(request)
        messages.success(request, _("Votre adresse est changée. Entrez maintenant par elle."))
        return redirect("people:sign-in")
    email = found[1] if found is not None and request.method != "POST" else ""
    return render(request, "people/address.html", {"email": email}, status=200 if email else 404)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ACCOUNT)
def presences(request: HttpRequest) -> HttpResponse:
    """Where one is signed in. Of the others, one or all are ended; this one has « Se déconnecter »."""
    rows = presences_of(cast(User, request.user))
    here = digest_of(request.session.session_key or "")
    if request.method == "POST":
        asked = request.POST.get("presence", "")
        others = [row for row in rows if row.session != here]
        ended = others if "others" in request.POST else [row for row in others if str(row.pk) == asked]
        end_presences(ended)
        if ended:
            tell_closed(cast(User, request.user))
            messages.success(request, _("C’est fait : il faudra un nouveau lien pour y entrer."))
        return redirect("people:presences")
    context = {"rows": rows, "here": here, "days": settings.SESSION_COOKIE_AGE // (24 * 3600)}
    return render(request, "people/presences.html", context)


@require_POST
@needs(Need.ACCOUNT)
def identities(request: HttpRequest) -> HttpResponse:
    """The provider opens this account no more, until its address links them again."""
    asked = request.POST.get("identity", "")
    for row in cast(User, request.user).identities.all():
        if str(row.pk) == asked:
            unlink_identity(identity=row)
            messages.success(request, _("La liaison est défaite."))
    return redirect("people:account")


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ACCOUNT)
def second_factor(request: HttpRequest) -> HttpResponse:
    """Nothing is asked at sign-in before a first code was given. Its answer alone holds the recovery codes."""
    user = cast(User, request.user)
    factor = factor_of(user)
    form, wait = CodeForm(request.POST if request.method == "POST" else None), 0
    if form.is_valid():
        do, code = request.POST.get("do", ""), form.cleaned_data["code"]
        try:
            if factor is None:
                prepare_factor(user=user)
                return _codes_page(request, confirm_factor(user=user, code=code))
            if do == "renew":
                return _codes_page(request, renew_recovery_codes(user=user, code=code))
            if do != "remove":  # the form of before, kept open in another tab
                return redirect("people:second-factor")
            remove_factor(user=user, code=code)
        except (WrongCode, TooManyTries) as refusal:
            form.add_error("code", str(refusal.sentence))
            wait = 60 * refusal.minutes if isinstance(refusal, TooManyTries) else 0
        else:
            messages.success(request, _("Plus aucun code ne vous sera demandé à l’entrée."))
            return redirect("people:account")
    context: dict[str, Any] = {"form": form, "factor": factor}
    if factor is None:
        address, spelled = setting_up(prepare_factor(user=user))
        drawn = qr_svg(address, title=_("Code à scanner par votre application"))
        context |= {"qr": mark_safe(drawn), "spelled": spelled, "address": address}  # noqa: S308 - drawn by us
    else:
        context["left"] = factor.recovery_codes.count()
    response = render(request, "people/second_factor.html", context, status=422 if form.errors else 200)
    if wait:
        response.status_code, response["Retry-After"] = 429, str(wait)
    return response


def _codes_page(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return render(request, "people/recovery_codes.html", {"codes": codes})


@require_POST
@needs(Need.ACCOUNT)
def sessions_end(request: HttpRequest) -> HttpResponse:
    kept = request.session.get(PROVIDER)
    end_every_session(user=cast(User, request.user))
    logout(request)
    messages.success(request, _("Vous êtes déconnecté·e partout. Les liens de connexion déjà donnés ne servent plus."))
    return goodbye(request, kept)
