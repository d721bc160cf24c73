"""Leaving for the sign-in provider and coming back from it. What fails is said, and the link by mail stays a way in."""

import json
import logging

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from maillage.lib.needs import Need, needs
from maillage.lib.openid import Pending, ProviderSilent, Refused
from maillage.lib.rates import RETURN, Rate
from maillage.people.entering import enter
from maillage.people.enums import Way
from maillage.people.openid import NoAccount, client, find_owner
from maillage.ui.addresses import own_address, public_address

logger = logging.getLogger(__name__)

COOKIE = "maillage-retour"  # what the browser must bring back; signed, and its owner's
SALT = "people.openid"
OPEN_FOR = 600  # seconds at the provider's
# From one place: a team behind one address, not a program.
leaving_rate = Rate("partir chez le fournisseur d’identité", 30, 600)
returning_rate = Rate("revenir du fournisseur d’identité", 60, 600)
# Each return asks the provider three things: one that is played again and again asks it no more.
return_rate = Rate("revenir par le même aller-retour", 3, OPEN_FOR, RETURN)


@never_cache
@require_safe
@needs(Need.ANYBODY)
def leave(request: HttpRequest) -> HttpResponse:
    """A link, not a form: the CSP lets no form go to another site. Nothing changes here before they come back."""
    provider = client()
    if provider is None:
        return redirect("people:sign-in")
    if wait := leaving_rate.wait(request.META.get("REMOTE_ADDR", "")):
        return _too_many(request, wait)
    try:
        address, pending = provider.start(redirect_uri=_return_address(request))
    except ProviderSilent as silence:
        return _silent(request, silence)
    wanted = own_address(request, request.GET.get("next", "")) or ""
    said = [pending.state, pending.nonce, pending.verifier, wanted[:500]]
    response = redirect(address)
    response.set_signed_cookie(
        COOKIE,
        json.dumps(said),
        salt=SALT,
        max_age=OPEN_FOR,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
        path=reverse("people:openid-return"),
    )
    return response


@never_cache
@require_safe
@needs(Need.ANYBODY)
def come_back(request: HttpRequest) -> HttpResponse:
    """The browser is sent here by the provider: by GET, as the protocol wants; without our cookie it opens nothing."""
    provider = client()
    if provider is None:
        return redirect("people:sign-in")
    wait = returning_rate.wait(request.META.get("REMOTE_ADDR", ""))
    response = _too_many(request, wait) if wait else _come_back(request)
    response.delete_cookie(COOKIE, path=reverse("people:openid-return"))
    response["Referrer-Policy"] = "no-referrer"
    return response


def _come_back(request: HttpRequest) -> HttpResponse:
    provider = client()
    assert provider is not None
    try:
        said = json.loads(request.get_signed_cookie(COOKIE, salt=SALT, max_age=OPEN_FOR) or "")
    except (KeyError, ValueError, signing.BadSignature):
        sentence = _("Cette page s’ouvre en revenant du fournisseur, dans le même navigateur, en dix minutes.")
        return _refused(request, sentence)
    pending, wanted = Pending(*said[:3]), said[3]
    if wait := return_rate.wait(pending.state):
        return _too_many(request, wait)
    try:
        answer = provider.finish(pending=pending, redirect_uri=_return_address(request), given=request.GET.dict())
        user = find_owner(answer=answer)
    except ProviderSilent as silence:
        return _silent(request, silence)
    except Refused as refusal:
        logger.warning("sign-in by the provider refused: %s", refusal.why)
        sentence = _("Ce retour de %s ne prouve pas qui vous êtes : rien n’est ouvert. Recommencez.")
        if refusal.why == "denied":
            sentence = _("Vous n’avez pas terminé chez %s : rien n’est ouvert.")
        return _refused(request, sentence % provider.provider.name)
    except NoAccount as refusal:
        logger.warning("sign-in by the provider refused: %s", refusal.why)
        return _refused(request, refusal.sentence)
    where = own_address(request, wanted) or resolve_url(settings.LOGIN_REDIRECT_URL)
    kept = {"id_token": answer.id_token, "issuer": answer.issuer}
    return enter(request, user, way=Way.PROVIDER, next_url=where, provider=kept)


def _return_address(request: HttpRequest) -> str:
    return public_address(request).rstrip("/") + reverse("people:openid-return")


def _silent(request: HttpRequest, silence: ProviderSilent) -> HttpResponse:
    logger.warning("the sign-in provider does not answer: %s", silence.why)
    sentence = _("%s ne répond pas en ce moment. Réessayez, ou entrez par un lien.")
    return _refused(request, sentence % (settings.OIDC and settings.OIDC.name), status=503)


def _refused(request: HttpRequest, sentence: str, status: int = 403) -> HttpResponse:
    return render(request, "people/openid_refused.html", {"sentence": sentence}, status=status)


def _too_many(request: HttpRequest, wait: int) -> HttpResponse:
    response = _refused(request, _("Trop d’essais d’ici. Attendez quelques minutes."), status=429)
    response["Retry-After"] = str(wait)
    return response


def goodbye(request: HttpRequest, kept: dict[str, str] | None) -> HttpResponse:
    """After the sign-out here: on to the provider's, for who came by it.

    By a page that goes on by itself: the CSP, which lets no form lead to another site, looks at redirections too.
    """
    provider = client()
    if provider is not None and kept and kept["issuer"] == provider.provider.issuer:
        back = public_address(request).rstrip("/") + reverse("people:sign-in")
        address = provider.logout_address(id_token=kept["id_token"], back=back)
        if address:
            context = {"address": address, "name": provider.provider.name}
            response = render(request, "people/signed_out.html", context)
            response["Refresh"] = f"0; url={address}"
            response["Cache-Control"] = "private, no-store"
            return response
    return redirect("people:sign-in")
