"""« Où en êtes-vous ? »: asked from the sheet, answered from the letter. Both addresses are keys."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from maillage.gatherings.words import date_words
from maillage.lib.needs import Need, needs
from maillage.memory.following_up import (
    answer_follow_up,
    ask_for_follow_up,
    find_by_answer_token,
    follow_up_of,
    give_up_follow_up,
    stop_sharing,
)
from maillage.memory.forms import AnswerForm, FollowUpForm
from maillage.memory.views import fetch_sheet, show_sheet
from maillage.ui.addresses import public_address


# Without CSRF on purpose: a page sent with no referrer has no origin to show, and its address is a key nobody else has.
@csrf_exempt
@never_cache
@require_POST
@needs(Need.LINK)
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """From the sheet: an address and a day, or neither any more."""
    row = fetch_sheet(token)
    anchor = reverse("memory:sheet", args=[token]) + "#suivi"
    known = follow_up_of(token)
    asked = request.POST.get("do")
    if asked in ("give-up", "unshare"):
        if known is not None and asked == "give-up":
            give_up_follow_up(follow_up=known)
        elif known is not None:
            stop_sharing(follow_up=known)
        words = _("Votre adresse est effacée.") if asked == "give-up" else _("Votre réponse n’est plus partagée.")
        messages.success(request, words)
        return redirect(anchor)
    form = FollowUpForm(request.POST, today=timezone.localdate())
    if not form.is_valid():
        return show_sheet(request, token, row, form)
    ask_for_follow_up(
        token=token,
        gathering=row.gathering,
        email=form.cleaned_data["email"],
        due=form.cleaned_data["due"],
        base_url=public_address(request),
    )
    messages.success(request, _("C’est noté. Une lettre partira ce jour-là, et une seule."))
    return redirect(anchor)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.LINK)
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """From the letter. It shows nothing of the sheet, nor of an answer already given: only its author reads those."""
    row = find_by_answer_token(token)
    if row is None:
        raise Http404
    form = AnswerForm(request.POST or None)
    done = ""
    if request.POST.get("do") == "give-up":
        give_up_follow_up(follow_up=row)
        done = _("Votre adresse est effacée : plus rien ne vous sera écrit.")
    elif request.POST.get("do") == "unshare":
        stop_sharing(follow_up=row)
        row.refresh_from_db()
        form, done = AnswerForm(), _("Votre réponse n’est plus partagée. Elle reste lisible depuis votre fiche.")
    elif form.is_valid():
        said = form.cleaned_data
        row = answer_follow_up(follow_up=row, state=said["state"], text=said["text"], share=said["share"])
        kept = _("Merci ! Votre réponse n’est lisible que depuis votre fiche.")
        shared = _(
            "Merci ! Votre réponse est partagée, sans votre nom. Vous pouvez la reprendre ici quand vous voulez."
        )
        done = shared if said["share"] else kept
    context = {"row": row, "gathering": row.gathering, "when": date_words(row.gathering), "form": form, "done": done}
    status = 422 if form.is_bound and form.errors and not done else 200
    response = render(request, "memory/follow_up_answer.html", context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
