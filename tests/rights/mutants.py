"""Permission functions that say yes to everybody. Each replaces the code of the real one, wherever it was imported.

A mutant runs in the module of what it replaces, and imports what it needs itself.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser

from maillage.change import access as change_access
from maillage.change import members
from maillage.gatherings import access as gathering_access
from maillage.gatherings import queries as gathering_queries
from maillage.live import photos, seats
from maillage.live import queries as live_queries
from maillage.live.paper_results import may_transcribe
from maillage.live.rooms import Room
from maillage.memory import actions, experiences, following_up
from maillage.memory import views as memory_views
from maillage.people import access, address, queries, team
from maillage.questionnaires import links
from maillage.registrations import own
from maillage.reports import views as report_views

Function = Callable[..., Any]


@dataclass(frozen=True)
class Mutant:
    name: str
    real: Function
    says: Function
    where: str = ""  # addresses that ask it, by the beginning of their route ($: this one); "": any

    def is_asked_by(self, route: str) -> bool:
        return route == self.where[:-1] if self.where.endswith("$") else route.startswith(self.where)

    @contextlib.contextmanager
    def in_place(self) -> Iterator[None]:
        code = self.real.__code__
        assert code.co_freevars == self.says.__code__.co_freevars == ()
        self.real.__code__ = self.says.__code__
        try:
            yield
        finally:
            self.real.__code__ = code


def _yes(user: Any, where: Any) -> bool:
    return True


def _yes_session(user: Any, session: Any) -> bool:
    return True


def _any_row(user: Any, rows: Any, *, can: Any, space_of: Any, **lookup: Any) -> Any:
    from django.http import Http404

    row = rows.filter(**lookup).first()
    if row is None:
        raise Http404
    return row


def _any_atlas(user: Any, slug: str) -> Any:
    from django.http import Http404

    from maillage.people.models import Space

    space = Space.objects.filter(slug=slug).select_related("region").first()
    if space is None:
        raise Http404
    return space


def _every_role(user: Any, where: Any) -> frozenset[str]:
    return frozenset({"organiser", "facilitator", "desk", "reader"})


def _every_space(user: Any) -> Any:
    from maillage.people.models import Space

    return Space.objects.order_by("name")


def _every_gathering(user: Any) -> Any:
    from maillage.gatherings.models import Gathering

    return Gathering.objects.values_list("pk", flat=True)


def _somewhere(user: Any) -> bool:
    return True


def _any_public(space_slug: str, slug: str) -> Any:
    from maillage.gatherings.models import Gathering

    return (
        Gathering.objects.filter(space__slug=space_slug, slug=slug).select_related("space", "commune", "epci").first()
    )


def _no_lead(member: Any) -> None:
    return None


def _any_member(token: str) -> Any:
    from maillage.change.models import Member

    return Member.objects.select_related("group__space").filter(lead=False).first()


def _any_registration(token: str) -> Any:
    from maillage.registrations.models import Registration

    return Registration.objects.select_related("gathering__space", "person").first()


def _any_action(token: str) -> Any:
    from maillage.memory.models import Action

    return Action.objects.select_related("gathering__space").first()


def _any_follow_up(token: str) -> Any:
    from maillage.memory.models import FollowUp

    return FollowUp.objects.select_related("gathering").first()


def _any_call(token: str) -> Any:
    from maillage.memory.models import ExperienceCall

    return ExperienceCall.objects.select_related("space").first()


def _any_experience(token: str) -> Any:
    from maillage.memory.models import Experience

    return Experience.objects.select_related("space").first()


def _any_asked(token: str) -> Any:
    from maillage.questionnaires.models import Questionnaire

    row = Questionnaire.objects.select_related("gathering__space").first()
    return row, row.gathering.registrations.select_related("person").first()


def _any_response(secret: str) -> Any:
    from maillage.questionnaires.models import Response

    return Response.objects.select_related("questionnaire__gathering__space").first()


def _any_invitation(token: str) -> Any:
    from maillage.people.models import Invitation

    return Invitation.objects.select_related("space").first()


def _any_address(token: str) -> Any:
    from maillage.people.models import User

    return User.objects.first(), "neuve@ici.invalid"


def _any_screen(token: str) -> Any:
    from maillage.live.models import Session

    return Session.objects.values_list("pk", flat=True).first()


def _the_leads_ticket(cookies: Any, session_id: Any, which: str = "") -> Any:
    from maillage.live.models import Seat
    from maillage.live.seats import Ticket

    seat = Seat.objects.filter(session_id=session_id, kind="facilitator").first()
    return Ticket(seat.session_id, seat.id, seat.generation)


def _never_revoked(ticket: Any, *, cached_only: bool = False) -> Any:
    from maillage.live.models import Seat

    return Seat.objects.filter(id=ticket.seat_id).values_list("kind", flat=True).first()


def _leads(self: Any, role: str) -> bool:
    return True


def _transcribes(room: Any, seat: str) -> bool:
    return True


def _any_seat(request: Any, session_id: Any, which: str, kinds: Any) -> Any:
    from maillage.live.models import Seat

    return Seat.objects.filter(session_id=session_id).first().pk


def _any_viewer(room: Any, ticket: Any) -> Any:
    from maillage.live.photos import Viewer

    return Viewer(room, next(iter(room.state.seats.values())))


DAY = "rencontres/<uuid:gathering_id>/"
MUTANTS = (
    Mutant("fetch_in_space", access.fetch_in_space, _any_row),
    Mutant("fetch_atlas", access.fetch_atlas, _any_atlas, "atlas/"),
    Mutant("roles_in", queries.roles_in, _every_role),
    Mutant("can_organise", queries.can_organise, _yes),
    Mutant("can_facilitate", queries.can_facilitate, _yes, f"{DAY}regie/"),
    Mutant("can_run_desk", queries.can_run_desk, _yes, "rencontres/<uuid:gathering>/accueil/"),
    Mutant("can_read", queries.can_read, _yes),
    Mutant(
        "can_facilitate_or_welcome",
        report_views.can_facilitate_or_welcome,
        _yes,
        "rencontres/<uuid:gathering_id>/documents/",
    ),
    Mutant("can_control", live_queries.can_control, _yes_session, "regie/"),
    Mutant("runs_rooms_somewhere", queries.runs_rooms_somewhere, _somewhere, "etat-du-serveur/"),
    Mutant("spaces_of", queries.spaces_of, _every_space),
    Mutant("spaces_to_organise", queries.spaces_to_organise, _every_space),
    Mutant("gatherings_held", queries.gatherings_held, _every_gathering, "rencontres/$"),
    Mutant("may_see_job", gathering_access.may_see_job, _yes, "travaux/"),
    Mutant(
        "public_gathering", gathering_queries.public_gathering, _any_public, "rencontres/<slug:space>/<slug:slug>/$"
    ),
    Mutant("need_lead", change_access.need_lead, _no_lead, "noyau/"),
    Mutant("find_by_token (change)", members.find_by_token, _any_member, "noyau/"),
    Mutant("find_by_token (registrations)", own.find_by_token, _any_registration, "inscription/"),
    Mutant("find_by_owner_token", actions.find_by_owner_token, _any_action, "action/"),
    Mutant("find_by_answer_token", following_up.find_by_answer_token, _any_follow_up, "ou-en-etes-vous/"),
    Mutant("find_call", experiences.find_call, _any_call, "experiences/"),
    Mutant("find_own", experiences.find_own, _any_experience, "experiences/"),
    Mutant("find_personal", links.find_personal, _any_asked, "q/"),
    Mutant("find_response", links.find_response, _any_response, "q/"),
    Mutant("find_invitation", team.find_invitation, _any_invitation, "invitation/"),
    Mutant("find_address", address.find_address, _any_address, "adresse/"),
    Mutant("read_projection_token", seats.read_projection_token, _any_screen, "projection/"),
    Mutant("read_ticket", seats.read_ticket, _the_leads_ticket, "seance/"),
    Mutant("find_kind", seats.find_kind, _never_revoked, "seance/"),
    Mutant("find_viewer", photos.find_viewer, _any_viewer, "seance/"),
    Mutant("Room.leads", Room.leads, _leads, "seance/"),
    Mutant("may_transcribe", may_transcribe, _transcribes, "seance/"),
    Mutant("_seat_of", memory_views._seat_of, _any_seat, "seance/"),
)


@contextlib.contextmanager
def nobody_signs_in() -> Iterator[None]:
    """@needs without its half: who has no account goes on to the view."""
    real = AnonymousUser.is_authenticated
    AnonymousUser.is_authenticated = property(lambda self: True)  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        AnonymousUser.is_authenticated = real  # type: ignore[method-assign]
