"""The path of change: drawn, and said in a list."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from maillage.change.access import member_page
from maillage.change.checks import ChangeRefused
from maillage.change.drawing import draw_rows
from maillage.change.forms import ActorForm, ChangeForm, MarkerForm
from maillage.change.members import member_token
from maillage.change.models import Actor, Change, Marker, Member
from maillage.change.path import add_actor, add_change, add_marker
from maillage.change.queries import path_of
from maillage.change.views import context_of
from maillage.change.wording import hints
from maillage.lib.needs import Need, needs


@member_page
@needs(Need.LINK)
def path(request: HttpRequest, member: Member) -> HttpResponse:
    group = member.group
    actor, change, marker = (
        ActorForm(prefix="actor"),
        ChangeForm(prefix="change", group=group),
        MarkerForm(prefix="marker", group=group),
    )
    asked, said = request.POST.get("do", ""), list[str]()
    if asked == "actor":
        actor = ActorForm(request.POST, prefix="actor")
        if _added(actor, lambda words: add_actor(group=group, name=words["name"], by=member)):
            messages.success(request, _("L’acteur est sur le chemin. Dites ce qu’il fait quand il a changé."))
            return redirect("change:path", member_token(member))
    elif asked == "change":
        change = ChangeForm(request.POST, prefix="change", group=group)
        if _added(change, lambda words: _change(words, member)):
            messages.success(request, _("Le changement est noté."))
            return redirect("change:path", member_token(member))
    elif asked in ("marker", "help"):
        marker = MarkerForm(request.POST, prefix="marker", group=group)
        valid = marker.is_valid()
        words = marker.cleaned_data if hasattr(marker, "cleaned_data") else {}
        said = hints(words.get("text", ""), actor=words["actor"].name if words.get("actor") else "")
        if asked == "marker" and valid and _added(marker, lambda words: _marker(words, member)):
            messages.success(request, _("Le repère est noté."))
            for sentence in said:
                messages.info(request, sentence)
            return redirect("change:path", member_token(member))
        if asked == "help" and valid and not said:
            said = [_("Rien à redire : on verrait si cela arrive, et l’on sait qui le fait.")]
    ways = path_of(group)
    removed: list[tuple[str, Any]] = [
        (model._meta.model_name or "", row)
        for model in (Actor, Change, Marker)
        for row in model._default_manager.filter(group=group, removed_at__isnull=False)
    ]
    context = context_of(
        member,
        ways=ways,
        wide=draw_rows(ways),
        narrow=draw_rows(ways, width=360),
        actor_form=actor,
        change_form=change,
        marker_form=marker,
        hints=said,
        asked=asked,
        removed=removed,
    )
    faults = (
        (actor.is_bound and actor.errors) or (change.is_bound and change.errors) or (marker.is_bound and marker.errors)
    )
    return render(request, "change/path.html", context, status=422 if faults else 200)


def _change(words: dict[str, Any], member: Member) -> Change:
    said = {name: words[name] for name in ("actor", "text", "for_whom")}
    return add_change(group=member.group, by=member, **said)


def _marker(words: dict[str, Any], member: Member) -> Marker:
    return add_marker(group=member.group, actor=words["actor"], level=words["level"], text=words["text"], by=member)


def _added(form: forms.Form, add: Any) -> bool:
    if not form.is_valid():
        return False
    try:
        add(form.cleaned_data)
    except ChangeRefused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        return False
    return True
