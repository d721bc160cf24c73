"""Each screen of a method, before anybody is in a room: for whoever writes or chooses one. Nothing is kept of it."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from facilitation import Method, Move, State, TableSpec, apply, start
from facilitation.vocabulary import CONTROL, FACILITATOR, PROJECTOR, ROLE_TITLES
from maillage.lib.clock import now_ms
from maillage.lib.languages import said as say
from maillage.lib.needs import Need, needs
from maillage.live import screens
from maillage.live.rooms import Room
from maillage.methods.access import fetch_method

PEOPLE = ("Amel", "Bo", "Chloé", "Driss", "Elsa", "Farid", "Gaëlle", "Hugo")  # at the table of a preview
LEAD = "lead"


@require_safe
@needs(Need.READ)
def preview(request: HttpRequest, space: str, method: str) -> HttpResponse:
    row, known = fetch_method(request, space, method)
    found = known.said
    stages = list(found.stages)
    stage = request.GET.get("etape", "")
    stage = stage if stage in stages else stages[0]
    roles = {role.id: role.title for role in found.roles.values()} | {PROJECTOR: say(ROLE_TITLES[PROJECTOR])}
    role = request.GET.get("role", "")
    role = role if role in roles else found.default_role
    state, seat = play_to(found, stage, role, at=now_ms())
    room = Room(
        session_id=uuid.UUID(int=0),
        title=found.title,
        place="",
        colour="",
        rehearsal=False,
        join_code="KAVU72",
        method=found,
        state=state,
        number=state.number,
    )
    context = screens.screen(room, seat, host=f"{request.scheme}://{request.get_host()}")
    context |= {
        "space": row,
        "known": known,
        "stages": found.stages.values(),
        "stage": stage,
        "roles": roles.items(),
        "chosen_role": role,
        "back_url": reverse("methods:detail", args=[row.slug, found.id]),
        "reload": 0,
    }
    return render(request, "live/preview.html", context)


def play_to(method: Method, stage: str, role: str, *, at: int = 0) -> tuple[State, str]:
    """A table of invented people who begin this stage (`at`: ms), and the seat of this role. Nobody has written."""
    size = min(len(PEOPLE), method.people_max or len(PEOPLE))
    state = start(method, tables=(TableSpec(1, "Table 1", size),))
    steps: list[tuple[str, str, dict[str, object]]] = [(LEAD, "join", {"name": "Lise", "role": FACILITATOR})]
    steps += [(f"s{number}", "join", {"name": name, "table": 1}) for number, name in enumerate(PEOPLE[:size])]
    steps += [(PROJECTOR, "join", {"name": "", "role": PROJECTOR}), (CONTROL, "join", {"name": "", "role": CONTROL})]
    given = [known.id for known in method.roles.values() if known.table and known.id != method.default_role]
    steps += [(LEAD, "give_role", {"seat": f"s{number}", "role": one}) for number, one in enumerate(given[:size])]
    steps.append((LEAD, "open", {}))
    steps.append((LEAD, "skip", {"to": stage}))
    for step in steps:
        state = _next(state, *step, at)
    seats = {FACILITATOR: LEAD, PROJECTOR: PROJECTOR, CONTROL: CONTROL}
    seat = seats.get(role) or next((one.id for one in state.seats.values() if one.role == role), f"s{size - 1}")
    return state, seat


def _next(state: State, seat: str, kind: str, payload: dict[str, object], at: int) -> State:
    """A refusal changes nothing: a method may well not let somebody have a role at once."""
    answer = apply(state, Move(state.number + 1, seat, kind, payload, at))
    return answer if isinstance(answer, State) else state
