"""The desk of the evening: what the rooms gave, what is kept of it, and in what words. One page, one form.

Each button says what it does; what was typed in the other boxes comes back. Nothing here needs a script.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from maillage.gatherings.access import fetch_gathering
from maillage.gatherings.models import Gathering, Workshop
from maillage.lib.needs import Need, needs
from maillage.lib.typography import count
from maillage.memory.actions import add_action_once
from maillage.memory.desk import (
    ChangedMeanwhile,
    MovedOn,
    add_once,
    bring_back,
    keep_gleaned,
    mark_gleaned,
    mark_unsettled,
    place_takeaway,
    publish_remains,
    return_to_version,
    rewrite_takeaway,
    shift_takeaway,
    undo_last,
)
from maillage.memory.enums import GleaningStatus, TakeawayOrigin
from maillage.memory.forms import RewriteForm, TakeawayForm
from maillage.memory.gleaning import Alike, FromRoom, find_gleaned, from_rooms
from maillage.memory.models import Gleaning, Publication, Takeaway, TakeawayVersion
from maillage.memory.queries import Kept, actions_of, kept_by_workshop
from maillage.memory.services import LONGEST_TAKEAWAY, remove_takeaway

# Buttons over a kept sentence, and those over what a room gave; one that names none of them adds a new sentence.
OVER_SENTENCE = (
    *("remove", "edit", "leave", "save", "up", "down", "place"),
    *("undo", "version", "back", "act", "unsettled", "settled"),
)
OVER_GLEANED = ("keep", "aside", "apart", "sort")
Typed = dict[str, dict[str, str]]  # box → field → what was in it


@dataclass
class Done:
    """What a button did: the box it is done with, where the page goes, the form if it is refused."""

    key: str
    anchor: str
    refusal: TakeawayForm | None = None
    touched: Takeaway | None = None  # whose last act may be undone


@dataclass(frozen=True)
class Desk:
    """Of a gathering, or of its rehearsal: the same page over other rows."""

    gathering: Gathering
    rehearsal: bool = False

    @property
    def address(self) -> str:
        return reverse(f"memory:{'rehearsed-' * self.rehearsal}takeaways", args=[self.gathering.pk])

    @property
    def follow_up(self) -> str:
        return reverse(f"memory:{'rehearsed-' * self.rehearsal}follow-up", args=[self.gathering.pk])

    @property
    def rows(self) -> QuerySet[Takeaway]:
        return Takeaway.with_removed.filter(gathering=self.gathering, rehearsal=self.rehearsal)

    @property
    def kept(self) -> list[Kept]:
        return kept_by_workshop(self.gathering, rehearsal=self.rehearsal)

    @property
    def rooms(self) -> dict[uuid.UUID, FromRoom]:
        return from_rooms(self.gathering, rehearsal=self.rehearsal)


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def takeaways(request: HttpRequest, gathering_id: uuid.UUID, *, rehearsal: bool = False) -> HttpResponse:
    desk = Desk(fetch_gathering(request.user, gathering_id), rehearsal)
    typed: Typed = {}
    done = None
    if request.method == "POST":
        typed = _typed(request.POST, desk.kept, desk.rooms)
        done = _do_what_is_asked(request, desk, typed)
        if done.refusal is None and not typed:
            query = f"?fait={done.touched.pk}" if done.touched else ""
            return redirect(f"{desk.address}{query}#{done.anchor}")
    touched = done.touched if done else _touched(request, desk)
    refused = done is not None and done.refusal is not None
    context = _page(desk, typed, done, touched, opened=request.POST.get("edit", ""))
    return render(request, "memory/takeaways.html", context, status=422 if refused else 200)


@needs(Need.ORGANISE)
@require_POST
def publication(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    """What the day keeps, on its public page, or no longer."""
    gathering = fetch_gathering(request.user, gathering_id)
    shown = request.POST.get("do") == "publish"
    publish_remains(gathering=gathering, shown=shown, by=str(request.user))
    if not shown:
        messages.success(request, _("La page publique ne montre plus ce que la journée garde."))
    elif gathering.public:
        messages.success(request, _("La page publique de la rencontre montre ce qui est gardé ici."))
    else:
        messages.success(request, _("C’est publié, mais la page de cette rencontre est fermée : personne ne la voit."))
    return redirect(reverse("memory:takeaways", args=[gathering.pk]) + "#publication")


# --- the page ---------------------------------------------------------------------------------------------------------


def _page(desk: Desk, typed: Typed, done: Done | None, touched: Takeaway | None, *, opened: str) -> dict[str, Any]:
    groups, rooms, told = desk.kept, desk.rooms, _told(desk)
    forms = {done.key: done.refusal} if done and done.refusal else {}
    shown = []
    for kept in groups:
        key = _key(kept.workshop)
        room = rooms.get(kept.workshop.pk) if kept.workshop else None
        shown.append(
            {
                "kept": kept,
                "key": key,
                "anchor": _anchor(kept.workshop),
                "form": forms.get(key) or TakeawayForm(prefix=key or None, initial=typed.get(key)),
                "sentences": [
                    _sentence(takeaway, place, len(kept.takeaways), desk, typed, forms, told, opened)
                    for place, takeaway in enumerate(kept.takeaways)
                ],
                "room": room,
                "to_sort": [(alike, _words_of(alike, typed, forms)) for alike in room.sentences] if room else [],
            }
        )
    kept_count = sum(len(kept.takeaways) for kept in groups)
    lacking = [kept for kept in groups if kept.workshop and not kept.takeaways]
    return {
        "gathering": desk.gathering,
        "rehearsal": desk.rehearsal,
        "address": desk.address,
        "follow_up": desk.follow_up,
        "groups": shown,
        "progress": _progress(kept_count, len(lacking)),
        "to_sort": sum(len(room.sentences) for room in rooms.values()),
        "lacking": [(kept.workshop, _anchor(kept.workshop)) for kept in lacking],
        "removed": list(desk.rows.filter(removed_at__isnull=False).select_related("workshop")),
        "undo": _undo(touched),
        "published": Publication.objects.filter(gathering=desk.gathering).first(),
    }


def _progress(kept: int, lacking: int) -> str:
    words = count(kept, _("phrase gardée"), _("phrases gardées"), zero=_("Aucune phrase gardée"))
    if lacking:
        words += ", " + count(lacking, _("atelier sans rien"), _("ateliers sans rien"), zero="")
    return words


def _told(desk: Desk) -> dict[str, dict[uuid.UUID, list[Any]]]:
    """Of all the sentences at once: their history, what the room had given, whether they became actions."""
    versions: dict[uuid.UUID, list[Any]] = {}
    for version in TakeawayVersion.objects.filter(takeaway__in=desk.rows):
        versions.setdefault(version.takeaway_id, []).append(version)
    sources: dict[uuid.UUID, list[Any]] = {}
    for gleaning in Gleaning.objects.filter(takeaway__in=desk.rows):
        if gleaning.takeaway_id is not None:
            sources.setdefault(gleaning.takeaway_id, []).append(gleaning)
    actions: dict[uuid.UUID, list[Any]] = {}
    for action in actions_of(desk.gathering, rehearsal=desk.rehearsal).filter(takeaway__isnull=False):
        if action.takeaway_id is not None:
            actions.setdefault(action.takeaway_id, []).append(action)
    return {"versions": versions, "sources": sources, "actions": actions}


def _sentence(
    takeaway: Takeaway,
    place: int,
    among: int,
    desk: Desk,
    typed: Typed,
    forms: dict[str, TakeawayForm],
    told: dict[str, dict[uuid.UUID, list[Any]]],
    opened: str,
) -> dict[str, Any]:
    key = _sentence_key(takeaway)
    form = forms.get(key)
    if form is None and key in typed:
        form = RewriteForm.of(takeaway, desk.gathering, prefix=key, **typed[key])
        if opened == str(takeaway.pk):
            form.fields["text"].widget.attrs["autofocus"] = True
    versions = [version for version in told["versions"].get(takeaway.pk, []) if version.verb]
    return {
        "takeaway": takeaway,
        "form": form,
        "first": place == 0,
        "last": place == among - 1,
        "place": place,
        "versions": versions,
        "sources": [gleaning for gleaning in told["sources"].get(takeaway.pk, []) if gleaning.text],
        "action": next(iter(told["actions"].get(takeaway.pk, [])), None),
        "own": takeaway.origin == TakeawayOrigin.RELEASED,
    }


def _words_of(alike: Alike, typed: Typed, forms: dict[str, TakeawayForm]) -> TakeawayForm | None:
    """Where one sentence has to be written for several, or a long one cut."""
    key = _gleaned_key(alike.name)
    if key not in forms and not _is_written(alike):
        return None
    form = forms.get(key) or TakeawayForm(prefix=key, initial=typed.get(key) or {"text": alike.text})
    form.fields["text"].label = _("La phrase à garder") if alike.several else _("À raccourcir avant de garder")
    form.unticked = typed.get(key, {}).get("unticked", "").split(" ")
    return form


def _is_written(alike: Alike) -> bool:
    return alike.several or (len(alike.text) > LONGEST_TAKEAWAY and not alike.own)


def _undo(touched: Takeaway | None) -> dict[str, Any] | None:
    version = touched.versions.filter(number=touched.version).exclude(verb="").first() if touched else None
    return {"takeaway": touched, "version": version} if version else None


def _touched(request: HttpRequest, desk: Desk) -> Takeaway | None:
    """The sentence of the act just done, as the address names it."""
    try:
        pk = uuid.UUID(request.GET.get("fait", ""))
    except ValueError:
        return None
    return desk.rows.filter(pk=pk).first()


# --- what was typed, what was pressed ---------------------------------------------------------------------------------


def _typed(sent: QueryDict, groups: list[Kept], rooms: dict[uuid.UUID, FromRoom]) -> Typed:
    """What was on the page, by box: new sentences begun, kept ones that are open, groups put in other words."""
    typed: Typed = {}
    for kept in groups:
        key = _key(kept.workshop)
        if (text := sent.get(_field(key), "")).strip():
            typed[key] = {"text": text}
        for key in map(_sentence_key, kept.takeaways):
            if _field(key) in sent:
                names = ("text", "workshop", "themes", "seen")
                typed[key] = {name: str(sent[f"{key}-{name}"]) for name in names if f"{key}-{name}" in sent}
    for room in rooms.values():
        for alike in room.sentences:
            key = _gleaned_key(alike.name)
            text = sent.get(_field(key), "")
            ticked = set(sent.getlist(f"{key}-with"))
            unticked = {thing.name for thing in alike.gleaned} - ticked if f"{key}-several" in sent else set()
            if unticked or (text.strip() and text.replace("\r\n", "\n") != alike.text):
                typed[key] = {"text": text, "unticked": " ".join(sorted(unticked))}
    return typed


def _do_what_is_asked(request: HttpRequest, desk: Desk, typed: Typed) -> Done:
    """The button that was pressed. A box that is done with leaves `typed`."""
    asked = next((verb for verb in (*OVER_SENTENCE, *OVER_GLEANED) if verb in request.POST), "add")
    if asked == "add":
        done = _add(request, desk)
    elif asked in OVER_GLEANED:
        done = _sort(request, desk, asked, typed)
    else:
        done = _change(request, desk, asked, typed)
    if done.refusal is None and asked != "edit":
        typed.pop(done.key, None)
    return done


def _add(request: HttpRequest, desk: Desk) -> Done:
    workshop = _workshop_of(desk.gathering, request.POST.get("workshop", ""))
    key, anchor = _key(workshop), _anchor(workshop)
    form = TakeawayForm(request.POST, prefix=key or None)
    if not form.is_valid():
        return Done(key, anchor, form)
    text = form.cleaned_data["text"]
    takeaway = add_once(
        gathering=desk.gathering, workshop=workshop, text=text, by=str(request.user), rehearsal=desk.rehearsal
    )
    return Done(key, anchor, touched=takeaway)


def _change(request: HttpRequest, desk: Desk, asked: str, typed: Typed) -> Done:
    pk, _colon, number = request.POST[asked].partition(":")
    rows = desk.rows
    if asked in ("edit", "save", "leave"):
        rows = rows.exclude(origin=TakeawayOrigin.RELEASED)  # a porteur's own words: they alone may change them
    takeaway = get_object_or_404(rows, pk=_uuid(pk))
    key, by = _sentence_key(takeaway), str(request.user)
    done = Done(key, key, touched=takeaway)
    if asked == "edit":
        if key not in typed:
            typed[key] = {}
        return Done(key, key)
    if asked == "leave":
        return Done(key, key)
    if asked == "save":
        return _save(request, desk, takeaway)
    if asked == "remove":
        remove_takeaway(takeaway=takeaway, by=by)
        done.anchor = _anchor(takeaway.workshop)
    elif asked in ("up", "down"):
        shift_takeaway(takeaway=takeaway, by_one=-1 if asked == "up" else 1, by=by)
    elif asked == "place":
        place_takeaway(takeaway=takeaway, place=_number(number), by=by)
    elif asked in ("unsettled", "settled"):
        mark_unsettled(takeaway=takeaway, unsettled=asked == "unsettled", by=by)
    elif asked == "back":
        bring_back(takeaway=takeaway, by=by)
    elif asked == "act":
        _become_action(request, desk, takeaway)
        return Done(key, key)
    else:
        _go_back(request, takeaway, asked, _number(number))
    takeaway.refresh_from_db()
    return done


def _save(request: HttpRequest, desk: Desk, takeaway: Takeaway) -> Done:
    key = _sentence_key(takeaway)
    form = RewriteForm(request.POST, prefix=key, gathering=desk.gathering)
    if not form.is_valid():
        return Done(key, key, form)
    said = form.cleaned_data
    seen = said["seen"] if said["seen"] is not None else takeaway.version
    # A page that showed no such box (an older one, a script) leaves what it did not show as it is.
    workshop = said["workshop"] if f"{key}-workshop" in request.POST else takeaway.workshop
    themes = said["themes"] if f"{key}-themes" in request.POST else sorted(_themes(takeaway))
    try:
        kept = rewrite_takeaway(
            takeaway=takeaway, text=said["text"], workshop=workshop, themes=themes, seen=seen, by=str(request.user)
        )
    except ChangedMeanwhile as both:
        return Done(key, key, _both(both, desk.gathering, said["text"]))
    return Done(key, key, touched=kept)


def _themes(takeaway: Takeaway) -> list[str]:
    return list(takeaway.themes.values_list("name", flat=True))


def _both(both: ChangedMeanwhile, gathering: Gathering, text: str) -> RewriteForm:
    """Theirs beside mine, which is in the box; saved again, mine replaces theirs, and both are in the history."""
    kept = both.takeaway
    form = RewriteForm.of(kept, gathering, prefix=_sentence_key(kept), text=text)
    form.theirs, form.theirs_by = kept.text, both.by
    return form


def _become_action(request: HttpRequest, desk: Desk, takeaway: Takeaway) -> None:
    add_action_once(
        gathering=desk.gathering,
        what=takeaway.text[:300],
        workshop=takeaway.workshop,
        takeaway=takeaway,
        by=str(request.user),
        rehearsal=desk.rehearsal,
    )
    messages.success(request, _("C’est noté parmi les actions. Dites qui s’en charge et pour quand, page « Suivi »."))


def _go_back(request: HttpRequest, takeaway: Takeaway, asked: str, number: int) -> None:
    try:
        if asked == "undo":
            undo_last(takeaway=takeaway, number=number, by=str(request.user))
        elif takeaway.versions.filter(number=number).exists():
            return_to_version(takeaway=takeaway, number=number, by=str(request.user))
        else:
            raise Http404
    except MovedOn as refusal:
        messages.warning(request, refusal.sentence)


def _sort(request: HttpRequest, desk: Desk, asked: str, typed: Typed) -> Done:
    gathering = desk.gathering
    name = request.POST[asked]
    key = _gleaned_key(name.split(" ")[0])
    ticked = request.POST.getlist(f"{key}-with")
    wanted = ticked or ([] if f"{key}-several" in request.POST and asked == "keep" else name.split(" "))
    things = find_gleaned(gathering, wanted, rehearsal=desk.rehearsal)
    if not things:
        words = _("Cochez au moins une phrase à garder.") if not wanted else _("La salle a repris cette phrase.")
        messages.warning(request, words)
        return Done(key, "journee")
    workshop = things[0].session.workshop
    anchor = _anchor(workshop)
    if asked != "keep":
        status = {"aside": GleaningStatus.LEFT, "apart": GleaningStatus.APART}.get(asked)
        named = find_gleaned(gathering, name.split(" "), rehearsal=desk.rehearsal)
        mark_gleaned(gathering=gathering, gleaned=named, status=status, by=str(request.user))
        return Done(key, anchor)
    text = things[0].text
    if _field(key) in request.POST and not any(thing.own for thing in things):
        form = TakeawayForm(request.POST, prefix=key)
        if not form.is_valid():
            return Done(key, anchor, form)
        text = form.cleaned_data["text"]
    try:
        kept = keep_gleaned(
            gathering=gathering,
            workshop=workshop,
            gleaned=things,
            text=text[:LONGEST_TAKEAWAY],
            by=str(request.user),
        )
    except ChangedMeanwhile as both:
        if both.takeaway.removed_at is not None:  # it was kept once, then taken out
            both.takeaway = bring_back(takeaway=both.takeaway, by=str(request.user))
            if both.takeaway.text == text:
                return Done(key, _sentence_key(both.takeaway), touched=both.takeaway)
        typed.pop(key, None)
        return Done(_sentence_key(both.takeaway), _sentence_key(both.takeaway), _both(both, gathering, text))
    return Done(key, _sentence_key(kept), touched=kept)


def _key(workshop: Workshop | None) -> str:
    return str(workshop.pk) if workshop is not None else ""


def _sentence_key(takeaway: Takeaway) -> str:
    return f"phrase-{takeaway.pk}"


def _gleaned_key(name: str) -> str:
    return f"salle-{name}"


def _field(key: str) -> str:
    return TakeawayForm(prefix=key or None).add_prefix("text")


def _anchor(workshop: Workshop | None) -> str:
    return f"atelier-{workshop.pk}" if workshop is not None else "journee"


def _workshop_of(gathering: Gathering, text: str) -> Workshop | None:
    if not text:
        return None
    return get_object_or_404(Workshop, pk=_uuid(text), slot__gathering=gathering)


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Http404
    return int(text)
