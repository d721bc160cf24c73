"""The facts of a document, as plain data: what typst, and later DOCX or HTML, lay out. No name of a participant."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from maillage.gatherings.enums import SlotKind
from maillage.gatherings.models import Gathering, Slot, Speaker, Workshop
from maillage.gatherings.words import date_words, place_words, time_words
from maillage.lib.dates import day_words
from maillage.lib.matching import fold
from maillage.lib.qr import qr_svg
from maillage.lib.typography import count, join_words, typo
from maillage.live.story import RoomStory, stories_by_workshop
from maillage.memory.enums import ActionState, TakeawayOrigin
from maillage.memory.models import Action, Takeaway
from maillage.memory.queries import actions_of, kept_by_workshop, sorted_at_desk
from maillage.methods.queries import Known, what_is_done
from maillage.people.enums import ActorCategory
from maillage.people.models import Organisation, Person, Space
from maillage.plans.enums import PlanStatus
from maillage.plans.models import Placement
from maillage.registrations.enums import Presence, RegistrationStatus
from maillage.registrations.links import badge_path, base_of
from maillage.registrations.models import Opening, Registration
from maillage.reports.asked import questionnaire_facts
from maillage.reports.decided import workshop_words
from maillage.reports.rooms import room_facts, without_known

Rooms = Mapping[uuid.UUID, RoomStory]

SOURCES = typo(
    "Sources : Agence nationale de la cohésion des territoires (quartiers prioritaires 2024, archive du 15 janvier "
    "2026), Insee (communes, 2026), Direction générale des collectivités locales (intercommunalités, 2025). "
    "Licence Ouverte 2.0."
)


def report_facts(gathering: Gathering, *, rehearsal: bool = False, base: str = "") -> dict[str, Any]:
    """Everything the evening's report says. `rehearsal` takes what the rehearsal kept instead of the day's; `base`: the
    server's address, as whoever asks reached it."""
    opening = Opening.objects.filter(gathering=gathering).first()
    came = people_who_came(gathering)
    rooms = stories_by_workshop(gathering.pk, rehearsal=rehearsal)
    dealt: dict[uuid.UUID, set[str]] = {}
    for workshop_id, key in sorted_at_desk(gathering, rehearsal=rehearsal):
        dealt.setdefault(workshop_id, set()).add(key)
    kept = {
        group.workshop.pk if group.workshop else None: group.takeaways
        for group in kept_by_workshop(gathering, rehearsal=rehearsal)
    }
    decided = list(actions_of(gathering, public=True, rehearsal=rehearsal))
    became = {action.takeaway_id for action in decided}
    methods = what_is_done(gathering.space)
    return {
        "kind": gathering.get_kind_display(),
        "title": typo(gathering.title),
        "subtitle": typo(gathering.subtitle),
        "theme": typo(gathering.theme),
        "date": date_words(gathering),
        "day": gathering.date.isoformat() if gathering.date else "",
        "place": typo(place_words(gathering)),
        "space": typo(gathering.space.name),
        "host": typo(gathering.space.host),
        "partners": [typo(partner) for partner in gathering.space.partners],
        "objectives": [typo(sentence) for sentence in gathering.objectives],
        "definition": {
            key: typo(value) if isinstance(value, str) else [typo(item) for item in value]
            for key, value in gathering.definition.items()
        },
        "programme": [slot_facts(slot) for slot in gathering.slots.all()],
        "came": came,
        "rounds": [
            round_facts(slot, rooms, kept, dealt, methods, became, attendance_taken=came["attendance_taken"])
            for slot in gathering.slots.filter(kind=SlotKind.WORKSHOPS)
        ],
        "takeaways": takeaway_facts(kept[None], became),
        "background": [
            {
                "period": typo(step["period"]),
                "title": typo(step["title"]),
                "steps": [typo(each) for each in step["steps"]],
            }
            for step in gathering.space.background
        ],
        "cycle": cycle_facts(gathering),
        "actions": [action_facts(action) for action in decided],
        "proposed": awaited_count(gathering, rehearsal=rehearsal),
        "page": public_address_of(gathering, base_of(opening) or base),
        "contact": opening.contact if opening else "",
        "website": website_of(gathering.space),
        "next": next_meetings(gathering),
        "questionnaires": [] if rehearsal else questionnaire_facts(gathering),
        "rehearsal": rehearsal,
        "sources": SOURCES,
        "made_on": formats.date_format(timezone.localdate(), "j F Y"),
    }


def public_address_of(gathering: Gathering, base: str) -> str:
    """Where anybody reads it, when the page is open and the server's own address is known."""
    if not (gathering.public and base):
        return ""
    return base + reverse("gatherings:public", args=[gathering.space.slug, gathering.slug])


def slot_facts(slot: Slot) -> dict[str, Any]:
    return {
        "kind": slot.kind,
        "title": typo(slot.title),
        "time": time_words(slot),
        "speakers": [speaker_words(speaker) for speaker in slot.speakers.all() if speaker.workshop_id is None],
        "workshops": [typo(str(workshop)) for workshop in slot.workshops.all()],
    }


def speaker_words(speaker: Speaker) -> str:
    return typo(", ".join(part for part in (speaker.name, speaker.role, speaker.organisation) if part))


def people_who_came(gathering: Gathering) -> dict[str, Any]:
    """Counts, and organisations by name. People present once attendance was taken; before that, those registered."""
    registered = Registration.objects.filter(gathering=gathering, status=RegistrationStatus.REGISTERED)
    present = registered.filter(presence=Presence.PRESENT)
    counted = present if present.exists() else registered
    by_category = Counter(counted.values_list("person__category", flat=True))
    territories = Counter(counted.values_list("person__commune__epci__siren", "person__commune__epci__name"))
    organisations = sorted(
        {typo(name) for name in counted.values_list("person__organisation__name", flat=True) if name}, key=fold
    )
    total = sum(by_category.values())
    unmarked = registered.filter(presence=Presence.EXPECTED).count() if present.exists() else 0
    return {
        "attendance_taken": present.exists(),
        "total": total,
        "sentence": count(total, _("personne"), _("personnes"), zero=_("aucune personne")),
        "registered": registered.count(),
        "unmarked": unmarked_words(total, registered.count(), unmarked),
        "categories": [
            {"name": str(category.label), "count": by_category[category]}
            for category in ActorCategory
            if by_category[category]
        ],
        "territories": [
            {"name": typo(name or _("Non précisé")), "count": number, "known": name is not None, "siren": siren or ""}
            for (siren, name), number in sorted(
                territories.items(), key=lambda row: (row[0][1] is None, -row[1], row[0][1])
            )
        ],
        "organisations": organisations,
    }


def unmarked_words(present: int, registered: int, unmarked: int) -> str:
    """Who was never marked at the door may have come: nothing is known of them."""
    if not unmarked:
        return ""
    pointed = count(present, _("personne pointée présente"), _("personnes pointées présentes"), zero="")
    others = (
        _("Une personne n’a pas été pointée : rien ne dit si elle est venue.")
        if unmarked == 1
        else _("{n} autres n’ont pas été pointées : rien ne dit si elles sont venues.").format(n=unmarked)
    )
    return typo(
        _("{pointed} sur {registered} inscrites.").format(pointed=pointed, registered=registered) + " " + others
    )


def round_facts(
    slot: Slot,
    rooms: Rooms,
    kept: Mapping[uuid.UUID | None, list[Takeaway]],
    dealt: Mapping[uuid.UUID, set[str]],
    methods: Mapping[str, Known],
    became: Collection[uuid.UUID | None],
    *,
    attendance_taken: bool,
) -> dict[str, Any]:
    seated = Q(placements__plan__status=PlanStatus.PUBLISHED) & ~Q(placements__registration__presence=Presence.ABSENT)
    if attendance_taken:
        seated &= Q(placements__registration__presence=Presence.PRESENT)
    workshops = (
        slot.workshops.select_related("room", "commune", "epci", "qpv")
        .prefetch_related("facilitators", "speakers")
        .annotate(seated=Count("placements", filter=seated))
        .order_by("position")
    )
    planned = slot.gathering.plans.filter(status=PlanStatus.PUBLISHED).exists()  # else people go where they like
    return {
        "title": typo(slot.title),
        "workshops": [
            workshop_facts(
                workshop,
                rooms.get(workshop.pk),
                kept.get(workshop.pk, []),
                people_words(workshop.seated, attendance_taken=attendance_taken) if planned else "",
                dealt.get(workshop.pk, set()),
                methods.get(workshop.method),
                became,
            )
            for workshop in workshops
        ],
    }


def people_words(seated: int, *, attendance_taken: bool) -> str:
    if attendance_taken:
        nobody = _("aucune présence pointée ici")
        return typo(count(seated, _("personne présente"), _("personnes présentes"), zero=nobody))
    nobody = _("la répartition n’y place encore personne")
    return typo(count(seated, _("personne attendue"), _("personnes attendues"), zero=nobody))


def workshop_facts(
    workshop: Workshop,
    room: RoomStory | None,
    kept: list[Takeaway],
    people: str,
    dealt: set[str],
    method: Known | None,
    became: Collection[uuid.UUID | None],
) -> dict[str, Any]:
    told = room_facts(room)
    told["kept"] = without_known(told["kept"], [row.text for row in kept], dealt)
    return {
        "number": workshop.number,
        "title": typo(workshop.title),
        "short": typo(str(workshop)),
        "room": typo(workshop.room.name) if workshop.room else "",
        "colour": workshop.colour,
        "colour_name": workshop.get_colour_display(),
        "territory": typo(workshop.territory),
        "qpv": typo(workshop.qpv.name) if workshop.qpv else "",
        "facilitators": typo(join_words([facilitator.name for facilitator in workshop.facilitators.all()])),
        "speakers": typo(join_words([speaker.name or speaker.organisation for speaker in workshop.speakers.all()])),
        "people": people,
        "method": method_facts(method),
        "takeaways": takeaway_facts(kept, became),
        "results": told,
    }


def method_facts(method: Known | None) -> dict[str, Any]:
    """What one does there, said to whoever was not there; « version proposée » speaks to who leads."""
    if method is None:
        return {"title": "", "summary": "", "private": False}
    summary = typo(method.summary.replace("Version proposée.", "").strip())
    return {"title": typo(method.title), "summary": summary, "private": method.private}


def takeaway_facts(rows: Iterable[Takeaway], became: Collection[uuid.UUID | None] = ()) -> list[dict[str, Any]]:
    """`became`: those that an action came from."""
    return [
        {
            "text": typo(row.text),
            "released": row.origin == TakeawayOrigin.RELEASED,
            "unsettled": row.unsettled,
            "decided": row.pk in became,
        }
        for row in rows
    ]


def action_facts(action: Action) -> dict[str, Any]:
    """What was decided. `bearer` is a structure or a group, never a person; the owner's name stays where it is."""
    over = action.state in (ActionState.DONE, ActionState.DROPPED)
    late = action.due is not None and action.due < timezone.localdate() and not over
    state = str(action.get_state_display())
    return {
        "what": typo(action.what),
        "bearer": typo(action.bearer),
        "due": day_words(action.due) if action.due else "",
        "state": _("{state}, échéance passée").format(state=state) if late else state,
        "over": over,
        "outcome": typo(action.outcome),
        "where": place_of(action.workshop),
    }


def place_of(workshop: Workshop | None) -> str:
    """Where it was decided."""
    if workshop is None:
        return str(_("Toute la rencontre"))
    return workshop_words({"number": workshop.number, "short": typo(str(workshop))})


def awaited_count(gathering: Gathering, *, rehearsal: bool) -> int:
    """Actions that somebody proposed and nobody has agreed to bear: how many, nothing else."""
    waiting = actions_of(gathering, rehearsal=rehearsal).filter(agreed_at=None, declined_at=None)
    return waiting.exclude(state__in=(ActionState.DONE, ActionState.DROPPED)).count()


def website_of(space: Space) -> str:
    """The site of whoever holds the space, as its own directory says."""
    if not space.host:
        return ""
    host = Organisation.objects.filter(space=space, folded_name=fold(space.host)).first()
    return host.website if host else ""


def cycle_facts(gathering: Gathering) -> list[dict[str, Any]]:
    """The space's earlier meetings, oldest first, each with what was kept of it."""
    if gathering.date is None:
        return []
    earlier = (
        Gathering.objects.filter(space=gathering.space, date__lt=gathering.date)
        .select_related("commune", "epci")
        .order_by("date")
    )
    kept: dict[uuid.UUID, list[Takeaway]] = {}
    for row in Takeaway.objects.filter(gathering__in=earlier, workshop=None, rehearsal=False):
        kept.setdefault(row.gathering_id, []).append(row)
    return [{**meeting_facts(meeting), "takeaways": takeaway_facts(kept.get(meeting.pk, []))} for meeting in earlier]


def next_meetings(gathering: Gathering) -> list[dict[str, Any]]:
    """What the space has already announced after this one."""
    if gathering.date is None:
        return []
    later = Gathering.objects.filter(space=gathering.space, public=True, date__gt=gathering.date)
    return [meeting_facts(meeting) for meeting in later.select_related("commune", "epci").order_by("date")]


def meeting_facts(meeting: Gathering) -> dict[str, Any]:
    return {
        "kind": meeting.get_kind_display(),
        "title": typo(meeting.title),
        "day": meeting.date.isoformat() if meeting.date else "",
        "date": date_words(meeting),
        "place": typo(place_words(meeting)),
    }


def badge_facts(gathering: Gathering, base: str = "") -> dict[str, Any]:
    """One badge a person still expected: name, organisation, each round's colour, room and table, and the code that the
    desk scans when `base`, the server's address, is known."""
    places: dict[Any, list[Placement]] = {}
    placements = (
        Placement.objects.filter(plan__gathering=gathering, plan__status=PlanStatus.PUBLISHED)
        .select_related("slot", "workshop__room")
        .order_by("slot__position")
    )
    for placement in placements:
        places.setdefault(placement.registration_id, []).append(placement)
    registrations = (
        Registration.objects.filter(gathering=gathering, status=RegistrationStatus.REGISTERED)
        .exclude(presence=Presence.ABSENT)
        .select_related("person__organisation")
        .order_by("person__last_name", "person__first_name")
    )
    return {
        "title": typo(gathering.title),
        "date": date_words(gathering),
        "space": typo(gathering.space.name),
        "badges": [
            {
                "first_name": registration.person.first_name,
                "last_name": registration.person.last_name,
                "organisation": typo(registration.person.organisation.name) if registration.person.organisation else "",
                "qr": qr_svg(base + badge_path(registration.pk), title="Code pour l’accueil", many=True)
                if base
                else "",
                "places": [
                    {
                        "slot": typo(place.slot.title),
                        "workshop": typo(str(place.workshop)),
                        "number": place.workshop.number,
                        "colour": place.workshop.colour,
                        "colour_name": place.workshop.get_colour_display(),
                        "room": typo(place.workshop.room.name) if place.workshop.room else "",
                        "table": place.table,
                    }
                    for place in places.get(registration.pk, [])
                ],
            }
            for registration in sorted(registrations, key=lambda each: alphabetical(each.person))
        ],
    }


def alphabetical(person: Person) -> str:
    """« Étienne » between « Estève » and « Faure », as on paper; a database puts its accent after the Z."""
    return fold(f"{person.last_name} {person.first_name}")


def _on_sheets(placement: Placement) -> tuple[int, int, str]:
    return placement.slot.position, placement.workshop.position, alphabetical(placement.registration.person)


def sign_in_facts(gathering: Gathering) -> dict[str, Any]:
    """One sheet a room and round: who is expected there, with room to sign."""
    placements = (
        Placement.objects.filter(plan__gathering=gathering, plan__status=PlanStatus.PUBLISHED)
        .exclude(registration__status=RegistrationStatus.CANCELLED)
        .select_related("slot", "workshop__room", "registration__person__organisation")
    )
    sheets: dict[Any, dict[str, Any]] = {}
    for placement in sorted(placements, key=_on_sheets):
        workshop, person = placement.workshop, placement.registration.person
        sheet = sheets.setdefault(
            workshop.pk,
            {
                "slot": typo(placement.slot.title),
                "workshop": typo(workshop.title),
                "number": workshop.number,
                "colour": workshop.colour,
                "colour_name": workshop.get_colour_display(),
                "room": typo(workshop.room.name) if workshop.room else "",
                "people": [],
            },
        )
        sheet["people"].append(
            {
                "last_name": person.last_name,
                "first_name": person.first_name,
                "organisation": typo(person.organisation.name) if person.organisation else "",
                "table": placement.table,
            }
        )
    for sheet in sheets.values():
        sheet["expected"] = count(len(sheet["people"]), _("personne attendue"), _("personnes attendues"), zero="")
    return {
        "title": typo(gathering.title),
        "date": date_words(gathering),
        "place": typo(place_words(gathering)),
        "space": typo(gathering.space.name),
        "sheets": list(sheets.values()),
    }
