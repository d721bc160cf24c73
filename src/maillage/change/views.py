"""The home of a noyau, and the page of any one thing it noted: its words, its history, its way out and back."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.change.access import member_page, need_lead
from maillage.change.checks import ChangeRefused
from maillage.change.enums import Sharing
from maillage.change.forms import (
    ActorForm,
    ChangeForm,
    CommitmentForm,
    ConditionForm,
    FindingForm,
    HarvestForm,
    MarkerForm,
    MemberEditForm,
    ObservationForm,
)
from maillage.change.keeping import (
    ChangedMeanwhile,
    Row,
    bring_back,
    change_kept,
    kinds,
    remove_kept,
    return_to,
    versions_of,
)
from maillage.change.members import change_member, member_token, return_member, take_name_again
from maillage.change.models import Marker, Member, Observation, Review
from maillage.change.observing import change_observation, erase_photo, put_photo_back, remove_photo
from maillage.change.path import merge_markers, split_marker
from maillage.change.queries import (
    commitments_of,
    last_degree,
    news_of,
    orphans,
    path_of,
    present_members,
    seen_of,
    to_welcome,
    trio_lacks,
)
from maillage.change.retention import PHOTO_KEPT_FOR
from maillage.change.visions import current_vision
from maillage.change.words import LABELS, history_of, value_words
from maillage.lib.needs import Need, needs
from maillage.memory.actions import FINISHED

FORMS: Mapping[str, type[forms.Form]] = {
    "actor": ActorForm,
    "change": ChangeForm,
    "marker": MarkerForm,
    "observation": ObservationForm,
    "conditionnote": ConditionForm,
    "finding": FindingForm,
    "commitment": CommitmentForm,
    "harvest": HarvestForm,
    "member": MemberEditForm,
}
OF_GROUP = ("change", "marker", "observation", "commitment")  # whose forms choose among the noyau's own things
PAGES = {
    "actor": "path",
    "change": "path",
    "marker": "path",
    "observation": "observations",
    "conditionnote": "conditions",
    "finding": "context",
    "commitment": "commitments",
    "harvest": "reviews",
    "member": "members",
}
NAMES = {
    "actor": gettext_lazy("L’acteur"),
    "change": gettext_lazy("Le changement"),
    "marker": gettext_lazy("Le repère"),
    "observation": gettext_lazy("L’observation"),
    "conditionnote": gettext_lazy("La condition"),
    "finding": gettext_lazy("Le constat"),
    "commitment": gettext_lazy("L’action"),
    "harvest": gettext_lazy("L’effet récolté"),
    "member": gettext_lazy("Le membre"),
}


TABS = (
    ("home", gettext_lazy("Accueil")),
    ("path", gettext_lazy("Chemin")),
    ("observations", gettext_lazy("Observations")),
    ("vision", gettext_lazy("Vision")),
    ("conditions", gettext_lazy("Conditions")),
    ("context", gettext_lazy("Constats")),
    ("commitments", gettext_lazy("Actions")),
    ("reviews", gettext_lazy("Revues")),
    ("members", gettext_lazy("Membres")),
)


def context_of(member: Member, **more: Any) -> dict[str, Any]:
    """`tab`: the one a page is under that is none of them."""
    token = member_token(member)
    tabs = [(name, words, reverse(f"change:{name}", args=[token])) for name, words in TABS]
    return {"member": member, "group": member.group, "token": token, "tabs": tabs, **more}


@member_page
@needs(Need.LINK)
def home(request: HttpRequest, member: Member) -> HttpResponse:
    group = member.group
    today = timezone.localdate()
    present = list(present_members(group))
    rows = commitments_of(group)
    news = news_of(rows)
    coming = Review.objects.filter(group=group, removed_at=None, agenda__isnull=True).order_by("on").first()
    ways = path_of(group)
    looked = sum(1 for way in ways for marker in way.markers if last_degree(marker))
    context = context_of(
        member,
        present=present,
        lacks=trio_lacks(present),
        vision=current_vision(group),
        review=coming,
        late=[row for row in rows if row.due and row.due < today and row.state not in FINISHED],
        latest=list(seen_of(group)[:5]),
        markers=sum(len(way.markers) for way in ways),
        looked=looked,
        orphans=orphans(group).count(),
        rooms=to_welcome(group) if member.lead else 0,
        shares=group.sharing != Sharing.NOTHING,
        news=[row for row in rows if (told := news.get(row.entrusted)) is not None and told.shared_state],
    )
    return render(request, "change/home.html", context)


@member_page
@needs(Need.LINK)
def edit(request: HttpRequest, member: Member, kind: str, row_id: UUID) -> HttpResponse:
    """Any one thing. Nothing is deleted: what is taken out comes back from here."""
    if kind not in FORMS:
        raise Http404
    row = get_object_or_404(kinds()[kind], pk=row_id, group=member.group)
    if kind == "member" and row.pk != member.pk:
        need_lead(member)
    form, theirs = _form_of(kind, row), []
    asked = request.POST.get("do", "")
    if asked == "save" and kind == "commitment" and row.decided_id is not None:  # type: ignore[attr-defined]
        raise Http404  # its words are those of its gathering
    if asked == "save":
        form = _bound(kind, row, request)
        if form.is_valid():
            try:
                save_row(row, kind, form, by=member)
            except ChangedMeanwhile as both:
                theirs = theirs_words(both)
                form = _form_of(kind, both.row, {name: form.cleaned_data.get(name) for name in both.theirs})
                messages.warning(request, both.sentence)
            except ChangeRefused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
            else:
                messages.success(request, _("C’est enregistré. Les versions d’avant sont gardées."))
                return redirect(_page_of(kind, member))
    elif asked:
        return _act(request, member, kind, row, asked)
    others = Marker.objects.filter(group=member.group, removed_at=None).exclude(pk=row.pk) if kind == "marker" else []
    context = context_of(
        member,
        row=row,
        kind=kind,
        name=NAMES[kind],
        form=form,
        theirs=theirs,
        history=history_of(row),
        back=_page_of(kind, member),
        tab=PAGES[kind],
        others=others,
        photo=row.photo if isinstance(row, Observation) and hasattr(row, "photo") else None,
        photo_goes=_photo_goes(row),
        named_before=_named_before(row, member),
        leans=kind == "commitment" and row.decided_id is not None,  # type: ignore[attr-defined]
    )
    return render(request, "change/edit.html", context, status=422 if form.errors or theirs else 200)


def _page_of(kind: str, member: Member) -> str:
    return reverse(f"change:{PAGES[kind]}", args=[member_token(member)])


def save_row(row: Row, kind: str, form: forms.Form, *, by: Member) -> None:
    said = form.cleaned_data
    content = {part: said[part] for part in row.CONTENT if part in said}
    if kind == "observation":
        change_observation(observation=row, content=content, seen=said["seen"], by=by)
        return
    if kind == "member":
        change_member(member=row, name=said["name"], content=content, seen=said["seen"], by=by)
        return
    change_kept(row, content=content, seen=said["seen"], by=by, verb=_("a changé ceci"))


def _form_of(kind: str, row: Row, words: Mapping[str, Any] | None = None) -> forms.Form:
    more = {"group": row.group} if kind in OF_GROUP else {}
    initial = {part: _initial(row, part) for part in row.CONTENT} | dict(words or {}) | {"seen": row.version}
    if kind == "member":
        initial["name"] = row.name
    form = FORMS[kind](initial=initial, **more)
    return _without_sending(kind, form)


def _bound(kind: str, row: Row, request: HttpRequest) -> forms.Form:
    more = {"group": row.group} if kind in OF_GROUP else {}
    return _without_sending(kind, FORMS[kind](request.POST, **more))


def _without_sending(kind: str, form: forms.Form) -> forms.Form:
    if kind == "observation":
        for name in ("photo", "consent", "key"):
            del form.fields[name]
    return form


def _initial(row: Row, part: str) -> Any:
    value = getattr(row, row._meta.get_field(part).attname)
    return str(value) if isinstance(value, UUID) else value


def theirs_words(both: ChangedMeanwhile) -> list[tuple[str, str]]:
    return [(str(LABELS[part]), value_words(both.row, part, value)) for part, value in both.theirs.items()]


def _photo_goes(row: Row) -> dt.date | None:
    """When a photo that was removed is erased."""
    photo = row.photo if isinstance(row, Observation) and hasattr(row, "photo") else None
    return timezone.localdate(photo.removed_at + PHOTO_KEPT_FOR) if photo and photo.removed_at else None


def _named_before(row: Row, member: Member) -> str:
    """The last name of a member, for who may read it: who holds the noyau, and the person."""
    mine = isinstance(row, Member) and row.left_on is None and (member.lead or row.pk == member.pk)
    return str(row.former_names[-1]) if mine and row.former_names else ""


PHOTO_ACTS: Mapping[str, tuple[Callable[..., Any], Any]] = {
    "remove-photo": (remove_photo, gettext_lazy("La photo est retirée : personne ne la voit plus.")),
    "photo-back": (put_photo_back, gettext_lazy("La photo est remise.")),
    "erase-photo": (erase_photo, gettext_lazy("La photo est effacée.")),
}


def _act(request: HttpRequest, member: Member, kind: str, row: Row, asked: str) -> HttpResponse:
    here = redirect("change:edit", member_token(member), kind, row.pk)
    if isinstance(row, Member) and asked == "name":
        if take_name_again(member=row) is not None:
            messages.success(request, _("Le nom est écrit comme avant."))
        return here
    if kind == "member" and asked != "version":
        raise Http404  # leaving and coming back are on the page of the members
    if asked == "remove":
        remove_kept(row, by=member)
        messages.success(request, _("C’est retiré, et rien n’est perdu : « Remettre » le ramène."))
    elif asked == "back":
        split_marker(marker=row, by=member) if kind == "marker" and row.into_id else bring_back(row, by=member)
        messages.success(request, _("C’est remis."))
    elif asked == "version":
        number = asked_version(request, row)
        if isinstance(row, Marker) and row.into_id:
            row = split_marker(marker=row, by=member)  # or what is seen of it would still go to the other
        try:
            if isinstance(row, Member):
                return_member(member=row, number=number, by=member)
            else:
                return_to(row, number=number, by=member)
            messages.success(request, _("Cette version est reprise ; les autres restent dans l’historique."))
        except ChangeRefused as refusal:
            messages.warning(request, refusal.sentence)
    elif asked == "merge" and kind == "marker":
        into = member.group.markers.filter(pk=as_uuid(request.POST.get("into", "")) or row.pk).first()
        try:
            if into is None:
                raise ChangeRefused("into", _("Choisissez le repère qui reste."))
            merge_markers(marker=row, into=into, by=member)
            messages.success(request, _("Les deux repères n’en font qu’un, avec toutes leurs observations."))
        except ChangeRefused as refusal:
            messages.warning(request, refusal.sentence)
    elif asked in PHOTO_ACTS and isinstance(row, Observation):
        act, sentence = PHOTO_ACTS[asked]
        act(observation=row)
        messages.success(request, sentence)
    else:
        raise Http404
    return here


def asked_version(request: HttpRequest, row: Row) -> int:
    """The number its form says, if the thing has such a version."""
    number = request.POST.get("number", "")
    if not (number.isascii() and number.isdigit() and len(number) < 6 and versions_of(row).filter(number=number)):
        raise Http404
    return int(number)


def as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
