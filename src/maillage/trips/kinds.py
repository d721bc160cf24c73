"""What travels of a gathering, beside its sessions: which columns, under which identity, and who decides.

A row's identity is made of UUIDs born where the row was born, or of those of the rows it links. Columns that go
together (a need and when it was said) are one part; by parts both sides are compared (trips/merging.py).
"""

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Prefetch, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillage.gatherings.models import Facilitator, Gathering, Room, Slot, Speaker, Workshop
from maillage.memory.experiences import theme_named
from maillage.memory.models import Action, FollowUp, Takeaway
from maillage.people.models import Organisation, Person, Tie
from maillage.plans.enums import PlanStatus
from maillage.plans.models import Placement, Plan, SeatingPair, WorkshopWait
from maillage.registrations.models import Answer, Opening, Question, Registration, Wish

Row = dict[str, Any]  # part → value, as JSON holds it
DELETE, SAY, LEAVE = "delete", "say", "leave"  # a row that is gone on the other side


@dataclass(frozen=True)
class Kind:
    name: str
    model: type[models.Model]
    parts: tuple[str | tuple[str, ...], ...]
    rows: Callable[[Gathering], "QuerySet[Any]"]  # those that leave
    implied: tuple[str, ...] = ()  # columns that every row of the gathering shares: no file may say another
    scope: Callable[[Gathering], "QuerySet[Any]"] | None = None  # those one may meet again; None: the same
    key: tuple[str, ...] = ("id",)
    refs: Mapping[str, str] = field(default_factory=dict)  # column → the kind it names
    lists: Mapping[str, "Rows"] = field(default_factory=dict)  # rows that have no life of their own: « speakers »
    of_the_day: frozenset[str] = frozenset()  # parts where the server of the room decides; elsewhere, the home
    at_home: frozenset[str] = frozenset()  # parts the day does not need: they stay, unless the room wrote some
    quiet: frozenset[str] = frozenset()  # parts that are counted from others: nobody decides between two of them
    gone: str = LEAVE
    label: str | Promise = ""
    words: Mapping[str, str | Promise] = field(default_factory=dict)  # part → as a person would say it

    def identity(self, row: Row) -> str:
        return "/".join(str(row[name]) for name in self.key)

    def dump(self, thing: Any) -> Row:
        """The row of the file: its identity, then each part."""
        row: Row = {name: encode(getattr(thing, name)) for name in self.key}
        for part in self.parts:
            columns = (part,) if isinstance(part, str) else part
            for column in columns:
                value = getattr(thing, column)
                if column == "room_id":  # the one row that is named by a number, which is each database's own
                    value = thing.room.uid if thing.room else None
                row[column] = encode(value)
        for name, rows in self.lists.items():
            row[name] = rows.read(thing)
        return row

    def parts_of(self, row: Row) -> dict[str, Any]:
        """Part (by its first column) → what is compared."""
        found: dict[str, Any] = {}
        for part in (*self.parts, *self.lists):
            columns = (part,) if isinstance(part, str) else part
            if all(column in row for column in columns):
                found[columns[0]] = [row[column] for column in columns]
        return found

    def columns_of(self, part: str) -> tuple[str, ...]:
        return next((one for one in self.parts if isinstance(one, tuple) and one[0] == part), (part,))

    @property
    def columns(self) -> frozenset[str]:
        named = [name for part in self.parts for name in ((part,) if isinstance(part, str) else part)]
        return frozenset([*self.key, *named, *self.lists])


@dataclass(frozen=True)
class Rows:
    """Rows that belong whole to another: read as a list, replaced as a list."""

    read: Callable[[Any], list[list[Any]]]
    write: Callable[[Any, list[list[Any]]], None]


def encode(value: Any) -> Any:
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (bytes, memoryview, bytearray)):
        return base64.b64encode(bytes(value)).decode()
    return value


def decode(model: type[models.Model], column: str, value: Any) -> Any:
    """ValidationError, TypeError or ValueError: nobody of ours wrote that."""
    column_: Any = model._meta.get_field(column)
    if isinstance(column_, models.BinaryField):
        return None if value is None else base64.b64decode(value, validate=True)
    if isinstance(column_, models.ForeignKey):
        column_ = column_.target_field
    found = column_.to_python(value)
    if isinstance(found, datetime) and found.tzinfo is None:
        raise ValueError(f"{column}: {value} is an hour of nowhere")
    return found


def _speakers(things: Iterable[Speaker]) -> list[list[Any]]:
    return [[one.name, one.role, one.organisation] for one in things]


def _write_speakers(slot: Slot, workshop: Workshop | None, values: list[list[Any]]) -> None:
    Speaker.objects.filter(slot=slot, workshop=workshop).delete()
    Speaker.objects.bulk_create(
        Speaker(slot=slot, workshop=workshop, position=n, name=name, role=role, organisation=organisation)
        for n, (name, role, organisation) in enumerate(values, start=1)
    )


def _write_facilitators(workshop: Workshop, values: list[list[Any]]) -> None:
    workshop.facilitators.all().delete()
    Facilitator.objects.bulk_create(
        Facilitator(workshop=workshop, position=n, name=name) for n, (name,) in enumerate(values, start=1)
    )


def _write_wishes(registration: Registration, values: list[list[Any]]) -> None:
    """A wish for a workshop that is gone here is gone too."""
    registration.wishes.all().delete()
    known = {
        (str(slot), str(pk))
        for pk, slot in Workshop.objects.filter(slot__gathering=registration.gathering_id).values_list("pk", "slot")
    }
    Wish.objects.bulk_create(
        Wish(registration=registration, slot_id=UUID(slot), workshop_id=UUID(workshop), rank=rank)
        for slot, workshop, rank in values
        if (slot, workshop) in known
    )


def _write_answers(registration: Registration, values: list[list[Any]]) -> None:
    """To a question that is gone here: gone too."""
    registration.answers.all().delete()
    known = {
        str(pk) for pk in Question.objects.filter(gathering=registration.gathering_id).values_list("pk", flat=True)
    }
    Answer.objects.bulk_create(
        Answer(registration=registration, question_id=UUID(question), values=words)
        for question, words in values
        if question in known
    )


def _write_themes(takeaway: Takeaway, values: list[list[Any]]) -> None:
    takeaway.themes.set([theme_named(takeaway.gathering.space, name) for (name,) in values])


SPEAKERS_OF_SLOT = Rows(
    lambda slot: _speakers(one for one in slot.speakers.all() if one.workshop_id is None),
    lambda slot, values: _write_speakers(slot, None, values),
)
SPEAKERS_OF_WORKSHOP = Rows(
    lambda workshop: _speakers(workshop.speakers.all()),
    lambda workshop, values: _write_speakers(workshop.slot, workshop, values),
)
FACILITATORS = Rows(lambda workshop: [[one.name] for one in workshop.facilitators.all()], _write_facilitators)
WISHES = Rows(
    lambda registration: [[str(one.slot_id), str(one.workshop_id), one.rank] for one in registration.wishes.all()],
    _write_wishes,
)
ANSWERS = Rows(
    lambda registration: sorted([str(one.question_id), one.values] for one in registration.answers.all()),
    _write_answers,
)

THEMES = Rows(lambda takeaway: sorted([theme.name] for theme in takeaway.themes.all()), _write_themes)

GATHERING = Kind(
    "gathering",
    Gathering,
    (
        *("slug", "kind", "title", "subtitle", "theme", "date", "timezone", "venue", "commune_id", "epci_id"),
        *("objectives", "definition", "sources", "public"),
    ),
    lambda gathering: Gathering.objects.filter(pk=gathering.pk),
    label=_("la rencontre"),
    implied=("space_id",),
)
ROOM = Kind(
    "room",
    Room,
    ("name", ("capacity", "capacity_assumed"), "step_free"),
    lambda gathering: Room.objects.filter(gathering=gathering),
    key=("uid",),
    gone=SAY,
    label=_("salle"),
    implied=("gathering_id",),
)
SLOT = Kind(
    "slot",
    Slot,
    ("position", "kind", "title", ("starts_at", "ends_at")),
    lambda gathering: Slot.objects.filter(gathering=gathering).prefetch_related("speakers"),
    lists={"speakers": SPEAKERS_OF_SLOT},
    of_the_day=frozenset({"starts_at"}),
    gone=SAY,
    label=_("créneau"),
    implied=("gathering_id",),
)
WORKSHOP = Kind(
    "workshop",
    Workshop,
    (
        *("slot_id", "position", "number", "title", "short_title", "room_id", "colour", "method", "preset"),
        *("method_proposed", "territory", "commune_id", "epci_id", "qpv_id", "compose", "sizes_assumed"),
        ("min_people", "max_people"),
        ("table_min", "table_max"),
    ),
    lambda gathering: (
        Workshop.objects.filter(slot__gathering=gathering)
        .select_related("slot", "room")
        .prefetch_related("speakers", "facilitators")
    ),
    refs={"slot_id": "slot", "room_id": "room"},
    lists={"speakers": SPEAKERS_OF_WORKSHOP, "facilitators": FACILITATORS},
    of_the_day=frozenset({"room_id", "min_people", "table_min", "facilitators"}),
    gone=SAY,
    label=_("atelier"),
)
ORGANISATION = Kind(
    "organisation",
    Organisation,
    (("name", "folded_name"), "kind", "siret", "website", "about", ("commune_id", "epci_id"), "listed", "source"),
    lambda gathering: Organisation.objects.filter(people__registrations__gathering=gathering).distinct(),
    label=_("structure"),
    implied=("space_id",),
)
TIE = Kind(
    "tie",
    Tie,
    (),
    lambda gathering: Tie.objects.filter(
        *(
            models.Q(**{f"{side}__in": Organisation.objects.filter(people__registrations__gathering=gathering)})
            for side in ("upper", "lower")
        )
    ),
    key=("kind", "upper_id", "lower_id"),
    refs={"upper_id": "organisation", "lower_id": "organisation"},
    gone=DELETE,
    implied=("space_id",),
)
PERSON = Kind(
    "person",
    Person,
    (
        *("first_name", "last_name", "email", "phone", "category", "organisation_id"),
        ("commune_id", "commune_text"),
        "territory_text",
    ),
    lambda gathering: Person.objects.filter(registrations__gathering=gathering).distinct(),
    refs={"organisation_id": "organisation"},
    at_home=frozenset({"email", "phone"}),  # nobody writes to anybody from a room without internet
    words={
        "first_name": _("le prénom"),
        "last_name": _("le nom"),
        "email": _("le courriel"),
        "phone": _("le téléphone"),
        "category": _("la catégorie"),
        "organisation_id": _("la structure"),
        "commune_id": _("la commune"),
    },
    implied=("space_id",),
)
OPENING = Kind(
    "opening",
    Opening,
    ("is_open", ("opens_at", "closes_at"), "capacity", "waiting_list", "asked", "welcome", "contact", "half_days"),
    lambda gathering: Opening.objects.filter(gathering=gathering),
    key=("gathering_id",),
    label=_("les inscriptions"),
)
QUESTION = Kind(
    "question",
    Question,
    ("position", ("kind", "label", "help", "choices", "required", "at_desk"), "removed_at"),
    lambda gathering: Question.objects.filter(gathering=gathering),
    gone=SAY,  # its answers are gone with the registrations' own lists; a cascade here would look like a change of ours
    label=_("question du formulaire"),
    implied=("gathering_id",),
)
REGISTRATION = Kind(
    "registration",
    Registration,
    (
        "person_id",
        ("status", "waiting_rank", "promoted_at"),
        ("presence", "presence_at", "self_arrived"),
        "half_days",  # of its own: a file of before has none, and its presences are taken
        "walk_in",
        ("volunteer_porteur", "porteur_subject"),
        ("needs", "needs_at", "meal", "children", "interpreter"),
        "newsletter",
        "remember_encounters",
        ("wants_takeaways", "takeaways_sent_at"),
        "source",
        "registered_at",
        "token_version",
    ),
    lambda gathering: (
        Registration.objects.filter(gathering=gathering)
        .select_related("person")
        .prefetch_related(Prefetch("wishes", Wish.objects.order_by("slot__position", "rank")), "answers")
    ),
    refs={"person_id": "person"},
    lists={"wishes": WISHES, "answers": ANSWERS},
    of_the_day=frozenset({"status", "presence", "half_days", "walk_in", "needs", "volunteer_porteur"}),
    words={
        "status": _("l’inscription"),
        "presence": _("la présence"),
        "half_days": _("les demi-journées de présence"),
        "volunteer_porteur": _("le sujet proposé"),
        "needs": _("les besoins"),
        "wishes": _("les vœux"),
        "answers": _("les réponses aux questions de l’équipe"),
    },
    implied=("gathering_id",),
)
PAIR = Kind(
    "pair",
    SeatingPair,
    ("kind",),
    lambda gathering: SeatingPair.objects.filter(gathering=gathering),
    key=("first_id", "second_id"),
    refs={"first_id": "registration", "second_id": "registration"},
    gone=DELETE,
    label=_("une consigne « ensemble, à part »"),
    implied=("gathering_id",),
)
PLAN = Kind(
    "plan",
    Plan,
    ("status", "seed", "notes", "told", "figures", "by", "created_at", "published_at"),
    lambda gathering: Plan.objects.filter(gathering=gathering, status=PlanStatus.PUBLISHED),
    scope=lambda gathering: Plan.objects.filter(gathering=gathering),
    of_the_day=frozenset({"status", "notes", "told", "figures"}),
    quiet=frozenset({"notes", "told", "figures"}),
    label=_("la répartition"),
    implied=("gathering_id",),
)
PLACEMENT = Kind(
    "placement",
    Placement,
    (("workshop_id", "table", "porteur", "locked", "reason"), "told"),  # apart: files of an older release have none
    lambda gathering: Placement.objects.filter(
        plan__gathering=gathering, plan__status=PlanStatus.PUBLISHED
    ).select_related("registration__person"),
    scope=lambda gathering: Placement.objects.filter(plan__gathering=gathering).select_related("registration__person"),
    key=("plan_id", "registration_id", "slot_id"),
    refs={"plan_id": "plan", "registration_id": "registration", "slot_id": "slot", "workshop_id": "workshop"},
    of_the_day=frozenset({"workshop_id", "told"}),
    quiet=frozenset({"told"}),
    gone=DELETE,
    words={"workshop_id": _("la place")},
)
WAIT = Kind(
    "wait",
    WorkshopWait,
    (("workshop_id", "created_at"),),
    lambda gathering: WorkshopWait.objects.filter(registration__gathering=gathering),
    key=("registration_id", "slot_id"),
    refs={"registration_id": "registration", "slot_id": "slot", "workshop_id": "workshop"},
    of_the_day=frozenset({"workshop_id"}),
    gone=DELETE,
    words={"workshop_id": _("l’attente d’un atelier")},
)
TAKEAWAY = Kind(
    "takeaway",
    Takeaway,
    ("workshop_id", "text", "origin", "position", "said", "unsettled", "removed_at", "created_at"),
    lambda gathering: Takeaway.with_removed.filter(gathering=gathering, rehearsal=False).prefetch_related("themes"),
    refs={"workshop_id": "workshop"},
    lists={"themes": THEMES},
    of_the_day=frozenset({"text"}),
    gone=DELETE,
    label=_("à retenir"),
    implied=("gathering_id",),
)
ACTION = Kind(
    "action",
    Action,
    (
        *("workshop_id", "takeaway_id", "what", "bearer", "due"),
        ("state", "outcome"),
        ("agreed_at", "declined_at"),
        ("owner_name", "email", "reminders", "base_url", "link_version"),
        *("removed_at", "created_at"),
    ),
    lambda gathering: Action.with_removed.filter(gathering=gathering, rehearsal=False),
    refs={"workshop_id": "workshop", "takeaway_id": "takeaway"},
    gone=DELETE,
    label=_("action décidée"),
    implied=("gathering_id",),
)
FOLLOW_UP = Kind(
    "follow_up",
    FollowUp,
    (
        "public_key",
        ("email", "due", "base_url", "sent_at"),
        ("answered_at", "sealed", "shared_state", "shared_text"),
        "created_at",
    ),
    lambda gathering: FollowUp.objects.filter(gathering=gathering),
    key=("lookup",),  # asked from one sheet on both servers, it is one
    of_the_day=frozenset({"email"}),
    gone=DELETE,
    label=_("« Où en êtes-vous ? »"),
    implied=("gathering_id",),
)

# In the order in which one names another. Versions, sessions and what hangs on them: trips/sessions.py.
KINDS = (
    GATHERING,
    ROOM,
    SLOT,
    WORKSHOP,
    ORGANISATION,
    TIE,
    PERSON,
    OPENING,
    QUESTION,
    REGISTRATION,
    PAIR,
    PLAN,
    PLACEMENT,
    WAIT,
    TAKEAWAY,
    ACTION,
    FOLLOW_UP,
)
