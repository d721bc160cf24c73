"""Sign-in by link, and the second proof of who wants one.

Opening a link never uses it up: mail scanners open links, people press buttons."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from maillage.lib.needs import Need, needs
from maillage.lib.rates import MAILBOX, Rate
from maillage.office.services import write_beside
from maillage.people.entering import PROVIDER, enter, enter_at_last, who_waits
from maillage.people.enums import Way
from maillage.people.models import User
from maillage.people.openid_views import goodbye
from maillage.people.presence import forget_session
from maillage.people.second_factor import TooManyTries, WrongCode, check_code
from maillage.people.services import owner_of_link, send_sign_in_link
from maillage.people.signals import tell_closed
from maillage.ui.addresses import is_ours, own_address, public_address

letters_rate = Rate("demander un lien de connexion", 40, 600)  # a team behind one address, not a program
# Whoever types somebody’s address fills no mailbox; the links that are in it already still open.
mailbox_rate = Rate("demander un lien pour la même boîte", 5, 600, MAILBOX)


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
    context |= {"provider": settings.OIDC}
    if request.method == "POST" and form.is_valid():
        wait, sentence = letters_rate.wait(request.META.get("REMOTE_ADDR", "")), ""
        if wait:
            sentence = _("Trop de liens demandés d’ici. Attendez quelques minutes.")
        elif wait := mailbox_rate.wait(form.cleaned_data["email"].casefold()):
            sentence = _("Trop de liens demandés pour cette adresse. Ouvrez le dernier reçu, ou attendez.")
        if wait:
            form.add_error(None, sentence)
            response = render(request, "people/sign_in.html", context, status=429)
            response["Retry-After"] = str(wait)
            return response
        wanted = own_address(request, request.POST.get("next", "")) or ""
        email, base_url = form.cleaned_data["email"], public_address(request)
        write_beside(lambda: send_sign_in_link(email=email, base_url=base_url, next_url=wanted))
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
                return enter(request, user, way=Way.LINK, next_url=_next_url(request))
        return render(request, "people/link_over.html", status=403)
    context = {"owner": user, "token_name": settings.SESAME_TOKEN_NAME, "token": token, "next": given.get("next", "")}
    response = render(request, "people/sign_in_link.html", context)
    response["Referrer-Policy"] = "strict-origin"  # the address opens: what the page loads is not told it
    return response


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Le code à six chiffres de votre application, ou un code de secours"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "none"}
        ),
    )


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ANYBODY)
def second_step(request: HttpRequest) -> HttpResponse:
    user = who_waits(request)
    if user is None:
        return redirect("people:sign-in")
    form = CodeForm(request.POST or None)
    wait = 0
    if request.method == "POST" and form.is_valid():
        try:
            recovery = check_code(user=user, code=form.cleaned_data["code"])
        except (WrongCode, TooManyTries) as refusal:
            form.add_error("code", str(refusal.sentence))
            wait = 60 * refusal.minutes if isinstance(refusal, TooManyTries) else 0
        else:
            if recovery:
                left = user.second_factor.recovery_codes.count()
                messages.warning(request, _("Ce code de secours ne sert plus. Il vous en reste %s.") % left)
            return enter_at_last(request, user)
    response = render(request, "people/second_step.html", {"form": form}, status=422 if form.errors else 200)
    if wait:
        response.status_code, response["Retry-After"] = 429, str(wait)
    return response


@csrf_exempt  # the heading asks it from pages whose address is a key too: there a browser says no origin
@require_POST
@needs(Need.ANYBODY)
def sign_out(request: HttpRequest) -> HttpResponse:
    if not is_ours(request):
        raise PermissionDenied(_("Cette demande vient d’un autre site : elle est refusée."))
    forget_session(request.session.session_key)
    kept = request.session.get(PROVIDER)
    if isinstance(request.user, User):
        tell_closed(request.user)
    logout(request)
    return goodbye(request, kept)


def _next_url(request: HttpRequest) -> str:
    """Where they were going, if it is a page of this server."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    return own_address(request, wanted) or resolve_url(settings.LOGIN_REDIRECT_URL)
