"""The addresses of a session's doors. `base_url` is where this server is found from outside: http://192.168.1.20:8000."""

import uuid

from django.urls import reverse

from maillage.live.models import Session
from maillage.live.seats import make_projection_token


def join_url(session: Session, base_url: str = "") -> str:
    return base_url + reverse("live:join", args=[session.join_code])


def facilitator_url(session: Session, base_url: str = "") -> str:
    """Whoever holds it prompts the session: it goes to facilitators only."""
    return base_url + reverse("live:facilitate", args=[session.facilitator_code])


def export_url(session_id: uuid.UUID, form: str, which: str) -> str:
    """What a seat of this browser may see, as a file; `which`: the end of its cookie's name."""
    return reverse("live:export", args=[session_id, form]) + (f"?siege={which}" if which else "")


def projector_url(session: Session, base_url: str = "") -> str:
    return base_url + reverse("live:project", args=[make_projection_token(session.id)])


def control_url(session: Session, base_url: str = "") -> str:
    """For the staff of the gathering's space, signed in."""
    return base_url + reverse("live:control", args=[session.id])
