"""What was decided and what became of it: the organisers' pages, whoever bears an action's, the public one."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from maillage.gatherings.access import fetch_gathering
from maillage.gatherings.models import Gathering
from maillage.gatherings.queries import public_gathering
from maillage.gatherings.words import date_words
from maillage.lib.needs import Need, needs
from maillage.memory.action_letters import ask_agreement
from maillage.memory.actions import (
    CONTENT,
    OWNER,
    ActionChanged,
    add_action_once,
    agree_action,
    bring_back_action,
    change_action,
    decline_action,
    find_by_owner_token,
    forget_owner,
    name_owner,
    owner_token,
    remove_action,
    return_action_to,
    set_state,
    snapshot,
)
from maillage.memory.enums import ActionState
from maillage.memory.forms import ActionForm, OwnerForm
from maillage.memory.models import Action
from maillage.memory.queries import actions_of, decided_before, shared_answers
from maillage.ui.addresses import public_address

STATES = dict(ActionState.choices)
WORDS = {"what": "Quoi", "bearer": "Qui s’en charge", "due": "Pour quand", "state": "Où cela en est"}


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def follow_up(request: HttpRequest, gathering_id: uuid.UUID, *, rehearsal: bool = False) -> HttpResponse:
    """What this gathering decided, what was decided before it, what porteurs shared."""
    gathering = fetch_gathering(request.user, gathering_id)
    form = ActionForm(gathering=gathering)
    if request.method == "POST":
        if "state" in request.POST and "action" in request.POST:
            return _tap_state(request, gathering, rehearsal=rehearsal)
        form = ActionForm(request.POST, gathering=gathering)
        if form.is_valid():
            said = form.cleaned_data
            action = add_action_once(
                gathering=gathering,
                what=said["what"],
                bearer=said["bearer"],
                due=said["due"],
                workshop=said["workshop"],
                by=str(request.user),
                rehearsal=rehearsal,
            )
            messages.success(request, _("L’action est notée. Elle n’est publiée qu’avec l’accord de qui s’en charge."))
            return redirect(page_of(action))
    context = {
        "gathering": gathering,
        "rehearsal": rehearsal,
        "follow_up": _address("follow-up", gathering, rehearsal=rehearsal),
        "desk": _address("takeaways", gathering, rehearsal=rehearsal),
        "actions": list(actions_of(gathering, rehearsal=rehearsal)),
        "removed": list(Action.with_removed.filter(gathering=gathering, rehearsal=rehearsal, removed_at__isnull=False)),
        "before": [] if rehearsal else decided_before(gathering),  # their states are the real ones: no button here
        "answers": [] if rehearsal else list(shared_answers(gathering)),
        "states": ActionState.choices,
        "form": form,
    }
    return render(request, "memory/follow_up.html", context, status=422 if form.errors else 200)


def page_of(action: Action) -> str:
    return reverse(f"memory:{'rehearsed-' * action.rehearsal}action", args=[action.gathering_id, action.pk])


def _address(name: str, gathering: Gathering, *, rehearsal: bool) -> str:
    return reverse(f"memory:{'rehearsed-' * rehearsal}{name}", args=[gathering.pk])


def _tap_state(request: HttpRequest, gathering: Gathering, *, rehearsal: bool) -> HttpResponse:
    """From a list: one of the four states, of an action of this space; in a rehearsal, of its own."""
    rows = (
        actions_of(gathering, rehearsal=True) if rehearsal else Action.objects.filter(gathering__space=gathering.space)
    )
    action = get_object_or_404(rows, pk=_uuid(request.POST["action"]))
    if request.POST["state"] not in ActionState.values:
        raise Http404
    set_state(action=action, state=request.POST["state"], by=str(request.user))
    return redirect(_address("follow-up", gathering, rehearsal=rehearsal) + f"#action-{action.pk}")


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def action(
    request: HttpRequest, gathering_id: uuid.UUID, action_id: uuid.UUID, *, rehearsal: bool = False
) -> HttpResponse:
    """One action: its words, who is written to, the agreement, the history; each button says what it does."""
    gathering = fetch_gathering(request.user, gathering_id)
    rows = Action.with_removed.filter(gathering=gathering, rehearsal=rehearsal).select_related("workshop")
    row = get_object_or_404(rows, pk=action_id)
    form, owner = _form_of(row, gathering), _owner_form(row)
    theirs: dict[str, Any] = {}
    asked = request.POST.get("do", "")
    if asked == "save":
        form = ActionForm(request.POST, gathering=gathering)
        if form.is_valid():
            try:
                _save(row, form, by=str(request.user))
            except ActionChanged as both:
                form, theirs = _both(both, form, gathering), both.theirs
            else:
                messages.success(request, _("C’est enregistré. Les versions précédentes sont gardées."))
                return redirect(page_of(row))
    elif asked == "ask" and not rehearsal:
        owner = OwnerForm(request.POST)
        if owner.is_valid():
            _ask(request, row, owner)
            return redirect(page_of(row))
    elif asked:
        _do(request, row, asked)
        return redirect(page_of(row))
    versions = [version for version in row.versions.all() if version.verb]
    context = {
        "gathering": gathering,
        "action": row,
        "form": form,
        "owner_form": owner,
        "theirs": _in_words(theirs),
        "versions": [(version, STATES[version.content["state"]]) for version in versions],
        "follow_up": _address("follow-up", gathering, rehearsal=rehearsal),
        "own_link": ""
        if rehearsal
        else public_address(request) + reverse("memory:own-action", args=[owner_token(row)]),
    }
    return render(request, "memory/action.html", context, status=422 if form.errors or owner.errors or theirs else 200)


def _form_of(row: Action, gathering: Gathering) -> ActionForm:
    initial = {name: getattr(row, name) for name in CONTENT}
    return ActionForm(
        initial=initial | {"workshop": str(row.workshop_id or ""), "seen": row.version}, gathering=gathering
    )


def _owner_form(row: Action) -> OwnerForm:
    return OwnerForm(initial={"owner_name": row.owner_name, "email": row.email})


def _save(row: Action, form: ActionForm, *, by: str) -> None:
    said = form.cleaned_data
    seen = said["seen"] if said["seen"] is not None else row.version
    changed = change_action(action=row, content={part: said[part] for part in CONTENT}, seen=seen, by=by)
    if changed.workshop != said["workshop"]:
        Action.objects.filter(pk=row.pk).update(workshop=said["workshop"])


def _both(both: ActionChanged, form: ActionForm, gathering: Gathering) -> ActionForm:
    """Mine in the boxes, what the other changed where I changed nothing, theirs said beside."""
    mine = {name: form.cleaned_data[name] for name in CONTENT}
    initial = {name: getattr(both.action, name) for name in CONTENT} | {name: mine[name] for name in both.theirs}
    workshop = form.cleaned_data["workshop"]
    initial |= {"workshop": str(workshop.pk) if workshop else "", "seen": both.action.version}
    return ActionForm(initial=initial, gathering=gathering)


def _in_words(theirs: dict[str, Any]) -> list[tuple[str, str]]:
    names = {"outcome": _("Ce que cela a donné")} | WORDS
    return [(str(names[part]), str(STATES.get(value, value) or _("(rien)"))) for part, value in theirs.items()]


def _ask(request: HttpRequest, row: Action, owner: OwnerForm) -> None:
    name_owner(
        action=row,
        name=owner.cleaned_data["owner_name"],
        email=owner.cleaned_data["email"],
        base_url=public_address(request),
        by=str(request.user),
    )
    if ask_agreement(row):
        messages.success(request, _("La lettre part dans la minute. L’action sera publiée si la personne dit oui."))
    else:
        messages.info(request, _("Cette personne a déjà sa lettre : une seule part."))


def _do(request: HttpRequest, row: Action, asked: str) -> None:
    by = str(request.user)
    number = request.POST.get("number", "")
    if asked == "agreed":
        agree_action(action=row, by=by)
        words = _("L’accord est noté : l’action paraît sur les pages publiques.")
        rehearsed = _("L’accord est noté : l’action paraît dans les documents de la répétition.")
        messages.success(request, rehearsed if row.rehearsal else words)
    elif asked == "declined":
        decline_action(action=row, by=by)
        messages.success(request, _("Le refus est noté : l’action n’est publiée nulle part."))
    elif asked == "forget":
        forget_owner(action=row, by=by)
        messages.success(request, _("Le nom et l’adresse sont effacés."))
    elif asked == "remove":
        remove_action(action=row, by=by)
        messages.success(request, _("L’action est retirée. « Reprendre » la remet."))
    elif asked == "back":
        bring_back_action(action=row, by=by)
    elif asked == "version" and _is_number(number) and row.versions.filter(number=number).exists():
        return_action_to(action=row, number=int(number), by=by)
        messages.success(request, _("Cette version est reprise ; les autres restent dans l’historique."))
    else:
        raise Http404


# Without CSRF on purpose: the address is the key, no other site knows it, and it is opened from a letter.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.LINK)
def own(request: HttpRequest, token: str) -> HttpResponse:
    """The page of whoever bears an action, from the letter. Opening it changes nothing: scanners open all."""
    row = find_by_owner_token(token)
    if row is None:
        raise Http404
    form = ActionForm(initial={name: getattr(row, name) for name in CONTENT} | {"seen": row.version})
    theirs: dict[str, Any] = {}
    asked = request.POST.get("do", "")
    if asked == "save":
        form = ActionForm(request.POST)
        if form.is_valid():
            said = form.cleaned_data
            seen = said["seen"] if said["seen"] is not None else row.version
            try:
                change_action(
                    action=row, content={part: said[part] for part in ("due", "state", "outcome")}, seen=seen, by=OWNER
                )
            except ActionChanged as both:
                theirs = both.theirs
                initial = snapshot(both.action) | {part: said[part] for part in theirs} | {"seen": both.action.version}
                form = ActionForm(initial=initial)
            else:
                messages.success(request, _("C’est noté, merci."))
                return redirect("memory:own-action", token)
    elif asked in ("yes", "no", "reminders", "forget"):
        _answer(request, row, asked)
        if asked == "forget":
            return render(request, "live/sentence.html", {"sentence": _("Votre nom et votre adresse sont effacés.")})
        return redirect("memory:own-action", token)
    elif asked:
        raise Http404
    context = {
        "action": row,
        "gathering": row.gathering,
        "when": date_words(row.gathering),
        "form": form,
        "theirs": _in_words(theirs),
    }
    response = render(request, "memory/own_action.html", context, status=422 if form.errors or theirs else 200)
    return _private(response)


def _answer(request: HttpRequest, row: Action, asked: str) -> None:
    wanted = request.POST.get("remind") == "on"
    if asked == "yes":
        agree_action(action=row, by=OWNER, reminders=wanted)
        messages.success(request, _("Merci ! C’est noté."))
    elif asked == "no":
        decline_action(action=row, by=OWNER)
        messages.success(request, _("C’est noté : cette action ne sera publiée nulle part. L’organisation le verra."))
    elif asked == "reminders":
        if row.agreed_at is not None:
            agree_action(action=row, by=OWNER, reminders=wanted)
        messages.success(request, _("Les rappels sont notés.") if wanted else _("Plus aucun rappel ne partira."))
    else:
        forget_owner(action=row, by=OWNER)


def _private(response: HttpResponse) -> HttpResponse:
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@needs(Need.PUBLISHED)
def public(request: HttpRequest, space: str, slug: str) -> HttpResponse:
    """For anyone: what was decided at this gathering and before it, and what became of it. No name of a person."""
    gathering = public_gathering(space, slug)
    if gathering is None:
        raise Http404
    context = {
        "gathering": gathering,
        "when": date_words(gathering),
        "actions": list(actions_of(gathering, public=True)),
        "before": decided_before(gathering, public=True),
        "answers": list(shared_answers(gathering)),
    }
    return render(request, "memory/public_follow_up.html", context)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None
