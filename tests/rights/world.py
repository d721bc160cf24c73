"""Two spaces, alike, each with one of everything an address can name. The first shows the public all it may; the second
nothing at all."""

import base64
import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from maillage.change.enums import Condition, ConditionState, Sharing
from maillage.change.members import add_member, make_group, member_token
from maillage.change.noting import note_condition, plan_review
from maillage.change.observing import add_observation
from maillage.config.rights import Address
from maillage.contracts.services import make_contract, new_facts
from maillage.gatherings.models import Gathering, Room, Slot, Workshop
from maillage.live import seats
from maillage.live.committer import Submitted
from maillage.live.enums import SeatKind
from maillage.live.handing import make_link_token
from maillage.live.models import Seat
from maillage.live.photos import add_photo, find_viewer
from maillage.live.runtime import live
from maillage.live.services import open_session
from maillage.memory.actions import add_action, agree_action, name_owner, owner_token
from maillage.memory.experiences import EMPTY, call_token, open_call, own_token, propose_experience, publish_experience
from maillage.memory.following_up import answer_token, ask_for_follow_up
from maillage.memory.services import keep_sheet
from maillage.methods.services import keep_version
from maillage.office.models import Job
from maillage.people.address import make_address_token
from maillage.people.apart import tell_apart
from maillage.people.directory import write_organisation
from maillage.people.enums import SpaceRole
from maillage.people.merging import merge_organisations
from maillage.people.models import Organisation, OrganisationImport, Person, Space, User
from maillage.people.services import give_right, make_space
from maillage.people.team import invite
from maillage.people.team import token_of as invitation_token
from maillage.people.ties import add_tie
from maillage.plans.models import Placement, Plan, SeatingPair
from maillage.questionnaires.answering import enter_sheet
from maillage.questionnaires.links import lookup_of, new_secret, personal_path
from maillage.questionnaires.models import Response
from maillage.questionnaires.services import make_questionnaire, set_questionnaire
from maillage.registrations.models import CertificateTerms, Listing, Opening, Question, Registration, RegistrationImport
from maillage.registrations.own import token_of as registration_token
from maillage.reports.shelf import keep_file
from maillage.territories.enums import Detail, Level
from maillage.territories.models import Outline, Region
from tests.live.play import METHOD
from tests.questionnaires.conftest import ask

BASE = "https://maillage.exemple.invalid"
SEATED = ("participant", "facilitator")


@dataclass
class World:
    space: Space
    values: dict[str, Any]  # what an address names, by « app:key », « app:name:key » where one name has another
    seats: dict[str, Seat] = field(default_factory=dict)
    another_day: Any = None
    queries: dict[str, dict[str, str]] = field(default_factory=dict)  # of a GET that says nothing without them

    def of(self, address: Address) -> dict[str, Any]:
        """What to put in this address. A key nobody knows is a test that lacks a value: it says which."""
        app, _colon, name = address.name.partition(":")
        found = {}
        for key in address.keys:
            asked = (f"{app}:{name}:{key}", f"{address.given.get('level', '')}:{key}", f"{app}:{key}", f"*:{key}")
            known = next((self.values[each] for each in asked if each in self.values), None)
            assert known is not None, f"tests/rights/world.py names no {asked[0]}"
            found[key] = known
        return found


def make_users(space: Space) -> dict[str, User]:
    users = {}
    for role in SpaceRole:
        users[role] = User.objects.create_user(f"{role}@{space.slug}.invalid", role)
        give_right(user=users[role], space=space, role=role, by="essai")
    return users


def make_world(slug: str, *, shown: bool, photo: bytes) -> World:
    space = make_space(slug=slug, name=slug.title(), by="essai")
    space.atlas_public, space.region_id = shown, "44"
    space.save()
    keep_version(source=METHOD.read_text(encoding="utf-8"), name=METHOD.name, space=space)
    version = keep_version(
        source=METHOD.read_text(encoding="utf-8").replace("Chacun écrit", "On écrit"), name=METHOD.name, space=space
    )
    values: dict[str, Any] = {"*:space": slug, "*:slug": slug, "methods:method": "essai", "live:method": "essai"}
    values |= {"methods:version": version.pk, "methods:sheet": "tout", "*:code": "10081", "atlas:slug": slug}
    values |= {f"methods:{name}:part": part for name, part in PARTS.items()}
    # a shipped one that has a deck, a mark and a vote
    values |= {f"methods:{name}:method": "coop-ou-pas-coop" for name in ("deck", "mark", "activity", "restore")}
    world = World(space, values)
    day = _day(world, shown)
    _people(world, day, shown)
    _room(world, day, photo)
    _kept(world, day, shown)
    _directory(world, day)
    _contract(world)
    _group(world, shown, photo)
    _questionnaire(world, day)
    _atlas(world)
    return world


PARTS = {
    "role": "participant",
    "kind": "idea",
    "stage": "seul",
    "activity": "vote",
    "move-stage": "seul",
    "remove-stage": "seul",
    "deck": "situations",
    "mark": "vote",
}


def _day(world: World, shown: bool) -> Gathering:
    space = world.space
    day = Gathering.objects.create(
        space=space, slug="journee", kind="regional_day", title=f"Journée de {space.slug}", public=shown,
        date=timezone.localdate(), commune_id="54547",
    )  # fmt: skip
    room = Room.objects.create(gathering=day, name="Salle bleue", capacity=30)
    slot = Slot.objects.create(gathering=day, position=1, kind="workshops", title="Matin")
    workshop = Workshop.objects.create(slot=slot, position=1, title="Jardiner", room=room, method="essai")
    other = Workshop.objects.create(slot=slot, position=2, title="Rue")
    empty = Slot.objects.create(gathering=day, position=2, kind="plenary", title="Accueil")
    world.another_day = Gathering.objects.create(
        space=space, slug="autre", kind="other", title="Autre jour", public=False
    ).pk
    made = keep_file(gathering_id=day.pk, name="compte-rendu", fingerprint="f" * 32, form="pdf", content=b"%PDF")
    job = Job.objects.create(kind="plan", about=day.pk, by="essai")
    world.values |= {
        "*:gathering_id": day.pk,
        "*:gathering": day.pk,
        "atlas:gathering": day.slug,
        "gatherings:public:slug": day.slug,
        "gatherings:slot_id": slot.pk,
        "gatherings:remove-slot:slot_id": empty.pk,
        "gatherings:workshop_id": workshop.pk,
        "gatherings:remove-workshop:workshop_id": other.pk,
        "gatherings:room_id": room.pk,
        "office:job_id": job.pk,
        "reports:file": made,
        "archives:public:slug": day.slug,
        "memory:public-follow-up:slug": day.slug,
        "registrations:form:slug": day.slug,
        "registrations:sent:slug": day.slug,
    }
    return day


def _people(world: World, day: Gathering, shown: bool) -> None:
    if shown:
        Opening.objects.create(gathering=day, is_open=True, base_url=BASE)
    facts = {
        "signed_by": "Zoé",
        "signed_as": "directrice",
        "made_at": "Metz",
        "duration": "6 h",
        "half_days": ["morning"],
    }
    CertificateTerms.objects.create(gathering=day, **facts)
    question = Question.objects.create(gathering=day, position=1, label="Votre rue ?")
    waits = RegistrationImport.objects.create(
        gathering=day, filename="liste.csv", content="Prénom;Nom\nAmel;Muller\n".encode(), by="essai"
    )
    rows = []
    for number in range(2):
        person = Person.objects.create(
            space=world.space, first_name=f"Amel{number}", last_name=world.space.slug, email=f"a{number}@x.invalid"
        )
        rows.append(Registration.objects.create(gathering=day, person=person, presence="present"))
    registration = rows[0]
    name = f"Amel de {world.space.slug}"
    listing = Listing.objects.create(
        space=world.space,
        person=registration.person,
        name=name,
        folded_name=name,
        folded=name,
        agreed_at=timezone.now(),
    )
    workshop = Workshop.objects.get(pk=world.values["gatherings:workshop_id"])
    plan = Plan.objects.create(gathering=day, status="published", by="essai")
    older = Plan.objects.create(gathering=day, by="essai")
    placements = [
        Placement.objects.create(plan=plan, registration=row, slot=workshop.slot, workshop=workshop, reason="essai")
        for row in rows
    ]
    first, second = sorted(rows, key=lambda row: row.pk)
    pair = SeatingPair.objects.create(gathering=day, kind="together", first=first, second=second)
    token = registration_token(registration)
    badge = base64.urlsafe_b64encode(registration.pk.bytes).decode().rstrip("=")
    world.values |= {
        "registrations:question": question.pk,
        "registrations:import_id": waits.pk,
        "registrations:name": "rappel",
        "registrations:registration": registration.pk,
        "registrations:token": token,
        "registrations:listing": listing.pk,
        "reports:token": token,
        "plans:token": token,
        "live:enter:token": token,
        "registrations:badge:code": badge,
        "reports:registration_id": registration.pk,
        "plans:plan": plan.pk,
        "plans:take-up:plan": older.pk,
        "plans:comparison:plan": older.pk,
        "plans:set-aside:plan": plan.pk,
        "plans:placement": placements[0].pk,
        "plans:pair": pair.pk,
        "plans:form": "csv",
        "*:group": f"{workshop.pk}::yes",
        "*:registration-token": token,
    }


def _room(world: World, day: Gathering, photo: bytes) -> None:
    workshop = Workshop.objects.get(pk=world.values["gatherings:workshop_id"])
    session = open_session(workshop=workshop, by="essai")
    for name, kind, role in (
        ("participant", SeatKind.PARTICIPANT, "porteur"),
        ("facilitator", SeatKind.FACILITATOR, "facilitator"),
    ):
        world.seats[name] = seats.take_seat(session=session, kind=kind, name=name, role=role, key=name)
    lead, porteur = world.seats["facilitator"], world.seats["participant"]
    for seat, kind, payload in (
        (lead, "open", {}),
        (porteur, "write", {"kind": "idea", "text": f"mot de {world.space.slug}"}),
        (porteur, "fill", {"field": "pas", "value": "essayer"}),
    ):
        done = live().committer.submit(Submitted(session.pk, seat.pk, kind, payload, f"{kind}-{seat.pk}"))
        assert done.accepted, done
    session.refresh_from_db()
    viewer = find_viewer(live().rooms.load(session.pk), _ticket(world, "facilitator"))
    board = add_photo(
        viewer=viewer, table=viewer.seat.table, content=photo, caption="", people_on_it=False, agreed=False, key="une"
    )
    _sheet, token = keep_sheet(
        session=session, seat_id=porteur.pk, content={"title": "Ma fiche", "lines": [], "fields": []}
    )
    follow_up = ask_for_follow_up(
        token=token, gathering=day, email="p@x.invalid", due=timezone.localdate() + dt.timedelta(days=9), base_url=BASE
    )
    world.values |= {
        "*:session_id": session.pk,
        "live:code": session.join_code,
        "live:facilitate:code": session.facilitator_code,
        "live:project:token": seats.make_projection_token(session.pk),
        "live:photo_id": board,
        "live:move-here:token": make_link_token(world.seats["participant"]),
        "live:form": "csv",
        "memory:token": token,
        "change:entrust:token": token,
        "memory:follow-up-answer:token": answer_token(follow_up),
    }


def _ticket(world: World, name: str) -> seats.Ticket:
    seat = world.seats[name]
    cookies = cookies_of(seat)
    ticket = seats.read_ticket(cookies, seat.session_id, seats.SUFFIXES[SeatKind(seat.kind)])
    assert ticket is not None
    return ticket


def cookies_of(seat: Seat) -> dict[str, str]:
    return {seats.cookie_name(seat.session_id, seat.kind): seats.make_ticket(seat)}


def _kept(world: World, day: Gathering, shown: bool) -> None:
    action = add_action(gathering=day, what="Revoir le plan", by="essai")
    name_owner(action=action, name="Paul", email="paul@x.invalid", base_url=BASE, by="essai")
    action.refresh_from_db()
    agree_action(action=action, by="essai")
    action.refresh_from_db()
    rehearsed = add_action(gathering=day, what="Pour voir", by="essai", rehearsal=True)
    experience = propose_experience(space=world.space, content=EMPTY | {"title": "Jardin"}, by="essai")
    told = propose_experience(space=world.space, content=EMPTY | {"title": "Racontée"}, by="essai")
    publish_experience(experience=told, number=1, by="essai")
    hidden = propose_experience(space=world.space, content=EMPTY | {"title": "Histoire cachée"}, by="essai")
    if shown:
        publish_experience(experience=experience, number=1, by="essai")
    call = open_call(space=world.space, opened=True, by="essai")
    world.values |= {
        "memory:action_id": action.pk,
        "memory:rehearsed-action:action_id": rehearsed.pk,
        "memory:own-action:token": owner_token(action),
        "memory:experience_id": experience.pk,
        "memory:public-experience:experience_id": told.pk,
        "memory:propose-experience:token": call_token(call),
        "memory:own-experience:token": own_token(hidden),
        "*:hidden-experience": hidden.pk,
    }


def _directory(world: World, day: Gathering) -> None:
    rows = []
    for name in ("Régie", "Centre social", "Une régie", "Quatrième"):
        row = Organisation(space=world.space)
        write_organisation(organisation=row, facts={"name": name, "listed": True}, by="essai")
        rows.append(row)
    merge = merge_organisations(kept=rows[0], gone=rows[2], by="essai")
    told = tell_apart(space=world.space, one=rows[0].pk, other=rows[1].pk, by="essai")
    tie = add_tie(space=world.space, upper="Régie", kind="funds", lower="Centre social", by="essai")
    waits = OrganisationImport.objects.create(
        space=world.space, filename="s.csv", content=b"nom\nMaison\n", source="elle", by="essai"
    )
    sent = invite(
        space=world.space, email=f"invitee@{world.space.slug}.invalid", role="reader", by="essai", base_url=BASE, to="x"
    )
    slug = world.space.slug
    writes = User.objects.create_user(f"change@{slug}.invalid")
    world.values |= {
        "people:organisation_id": rows[0].pk,
        "atlas:organisation_id": rows[1].pk,
        "people:merge_id": merge.pk,
        "people:told_id": told.pk,
        "*:one": rows[0].pk,
        "*:other": rows[1].pk,
        "people:import_id": waits.pk,
        "people:form": "csv",
        "plans:tie": tie.pk,
        "people:token": invitation_token(sent),
        "people:address:token": make_address_token(user=writes, email=f"neuve@{slug}.invalid"),
        "people:other-organisation": rows[3].pk,
        "atlas:form": "csv",
    }


def _contract(world: World) -> None:
    facts = new_facts("200069250", note="interne", axes=["Emploi"], status="signed", source="le contrat")
    facts |= {"source_date": "2024-06", "signed_on": "2024-05-30"}
    contract = make_contract(space=world.space, facts=facts, by="essai")
    world.values |= {"contracts:contract": contract.pk, "contracts:number": 1, "contracts:form": "csv"}
    world.values["atlas:contract_id"] = contract.pk


def _group(world: World, shown: bool, photo: bytes) -> None:
    said = {"name": "Samira", "category": "association", "organisation": "Maison"}
    group, lead = make_group(space=world.space, name="Noyau", lead=said, by_words="essai", qpv_id="QN01003M")
    group.sharing = Sharing.PUBLIC if shown else Sharing.NOTHING
    group.save(update_fields=["sharing"])
    # in the atlas: one that says it is public, whatever its space shows
    told, _lead = make_group(space=world.space, name="Noyau public", lead=said, by_words="essai", qpv_id="QN01003M")
    told.sharing = Sharing.PUBLIC
    told.save(update_fields=["sharing"])
    member = add_member(group=group, name="Paul", category="resident", by=lead)
    seen, _made = add_observation(
        group=group, by=lead, key=uuid.uuid4(), degree="seen", text="vu", photo=photo, consent=True
    )
    review = plan_review(group=group, kind="monthly", on=timezone.localdate() + dt.timedelta(days=3), by=lead)
    note = note_condition(
        group=group, condition=Condition.MEANS, state=ConditionState.ONGOING, finding="un peu", by=lead
    )
    world.values |= {
        "change:group_id": group.pk,
        "change:token": member_token(member),
        "change:members:token": member_token(lead),
        "change:observations:token": member_token(lead),
        "change:rooms:token": member_token(lead),
        "change:observation_id": seen.pk,
        "change:review_id": review.pk,
        "change:kind": "conditionnote",
        "change:row_id": note.pk,
        "reports:change-report:token": member_token(member),
        "reports:public-change-report:slug": group.slug,
        "reports:public-change-report:form": "html",
        "atlas:group": told.slug,
        "*:member-token": member_token(member),
    }


def _questionnaire(world: World, day: Gathering) -> None:
    made = make_questionnaire(gathering=day, model=None, by="essai")
    question = ask(made, "Un mot ?", "text")
    row = ask(made, "Utile ?", "choice", ["oui", "non"])
    column = ask(made, "Vous êtes", "choice", ["élue", "habitante"])
    world.queries["questionnaires:crossed-file"] = {"lignes": str(row.pk), "colonnes": str(column.pk)}
    set_questionnaire(questionnaire=made, by="essai", base_url=BASE, is_open=True)
    saved = enter_sheet(questionnaire=made, given={question.pk: ["merci"]}, number=1, by="essai")
    for number in range(2, 26):  # enough for a crossed table to show a number
        answers = {row.pk: [str(number // 2 % 2 + 1)], column.pk: [str(number % 2 + 1)]}
        enter_sheet(questionnaire=made, given=answers, number=number, by="essai")
    paper = Response.objects.get(questionnaire=made, number=1)
    secret = new_secret()
    Response.objects.create(questionnaire=made, lookup=lookup_of(secret))
    registration = Registration.objects.get(pk=world.values["registrations:registration"])
    del saved
    personal = personal_path(made, registration).rstrip("/").rpartition("/")[2]
    world.values |= {
        "questionnaires:questionnaire_id": made.pk,
        "questionnaires:question_id": question.pk,
        "questionnaires:response_id": paper.pk,
        "questionnaires:answer_id": paper.answers.get().pk,
        "questionnaires:code": made.code,
        "questionnaires:token": personal,
        "questionnaires:secret": secret,
        "questionnaires:name": "lettre",
    }


def _atlas(world: World) -> None:
    Region.objects.get_or_create(
        code="11", defaults={"name": "Île-de-France"}
    )  # with two, there is a map of the country
    if not Outline.objects.filter(level=Level.REGION).exists():
        Outline.objects.create(
            level=Level.REGION, code="44", detail=Detail.COUNTRY, zone="metropole", path="M0 0L9000 0L9000 9000Z",
            left=0, top=0, right=9000, bottom=9000,
        )  # fmt: skip
    world.queries["atlas:oembed"] = {"url": f"http://testserver/atlas/{world.space.slug}/"}
    world.values |= {
        "region:code": "44",
        "department:code": "10",
        "epci:code": "200069250",
        "qpv:code": "QN01003M",
        "commune:code": "10081",
        "atlas:quarter-story:code": "QN01003M",
        "atlas:kind": "svg",
        "atlas:core-group-data:kind": "csv",
        "atlas:open-file:kind": "csv",
        "atlas:open-file:name": "rencontres",
        "atlas:open-schema:name": "rencontres",
        "atlas:api-list:name": "rencontres",
        "*:rest": "x/y/z",
    }
