"""An experience is told, read again, published, changed: every version is kept, and two people at once lose nothing."""

import base64
import binascii
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.gatherings.models import Workshop
from maillage.lib.matching import fold
from maillage.memory.models import Experience, ExperienceCall, ExperienceVersion, Theme
from maillage.office.services import record_activity
from maillage.people.models import Space

_signer = Signer(salt="maillage.memory.experience")
_calls = Signer(salt="maillage.memory.experience-call")

# What a version holds, and what a page calls it. Places by official code; documents as [title, address].
CONTENT = {
    "title": gettext_lazy("Titre"),
    "problem": gettext_lazy("Le problème de départ"),
    "who": gettext_lazy("Qui s’y est mis"),
    "done": gettext_lazy("Ce qui a été fait"),
    "results": gettext_lazy("Ce que cela a donné"),
    "changed": gettext_lazy("Ce que coopérer a changé"),
    "criteria": gettext_lazy("Les questions de la coopération"),
    "year": gettext_lazy("Année"),
    "commune": gettext_lazy("Commune"),
    "epci": gettext_lazy("Intercommunalité"),
    "qpv": gettext_lazy("Quartier prioritaire"),
    "themes": gettext_lazy("Thèmes"),
    "method": gettext_lazy("Méthode"),
    "documents": gettext_lazy("Documents"),
    "contact": gettext_lazy("Contact"),
    "contact_agreed": gettext_lazy("Accord pour publier le contact"),
}
PERSONAL = ("contact", "contact_agreed")
EMPTY: dict[str, Any] = {
    **dict.fromkeys(CONTENT, ""),
    "criteria": {},
    "year": None,
    "themes": [],
    "documents": [],
    "contact_agreed": False,
}


class ChangedMeanwhile(Exception):
    """Both wrote the same fields, and nothing was saved.

    `theirs`: the other's words for those; `merged`: all the fields, the asker's words where both wrote.
    """

    def __init__(self, by: str, number: int, theirs: Mapping[str, Any], merged: Mapping[str, Any]) -> None:
        self.by, self.number, self.theirs, self.merged = by, number, dict(theirs), dict(merged)
        self.sentence = _("%s a modifié cette expérience entre-temps") % by
        super().__init__(self.sentence)


@transaction.atomic
def propose_experience(
    *,
    space: Space,
    content: Mapping[str, Any],
    by: str,
    workshop: Workshop | None = None,
    key: uuid.UUID | None = None,
) -> Experience:
    """`key`: the one it had on the server it was published by."""
    experience = Experience(space=space, workshop=workshop, title=content["title"])
    experience.pk = key or experience.pk
    experience.save(force_insert=True)
    _add_version(experience, 1, content, by)
    _show(experience, content)
    _note(experience, by, "a proposé une expérience")
    return experience


@transaction.atomic
def change_experience(*, experience: Experience, content: Mapping[str, Any], seen: int, by: str) -> Experience:
    """`seen`: the version the page showed. Fields that only one of the two changed are all kept.

    Raises ChangedMeanwhile when both wrote the same field differently.
    """
    locked = Experience.objects.select_for_update().get(pk=experience.pk)
    last = locked.versions.get(number=locked.last)
    current = EMPTY | last.content
    shown = EMPTY | (locked.versions.filter(number=seen).values_list("content", flat=True).first() or last.content)
    wanted = EMPTY | dict(content)
    both = [key for key in CONTENT if wanted[key] != shown[key] and current[key] not in (shown[key], wanted[key])]
    merged = {key: wanted[key] if wanted[key] != shown[key] else current[key] for key in CONTENT}
    if both:
        raise ChangedMeanwhile(last.by, last.number, {key: current[key] for key in both}, merged)
    if merged == current:
        return locked
    locked.last += 1
    locked.save(update_fields=["last"])
    _add_version(locked, locked.last, merged, by)
    if locked.published is None:
        _show(locked, merged)
    _note(locked, by, "a modifié une expérience")
    return locked


@transaction.atomic
def publish_experience(*, experience: Experience, number: int, by: str) -> Experience:
    """What was read is what is published: the number is that of the page, not whatever came since."""
    locked = Experience.objects.select_for_update().get(pk=experience.pk)
    version = locked.versions.get(number=number)
    locked.published, locked.withdrawn_at = number, None
    locked.save(update_fields=["published", "withdrawn_at"])
    _show(locked, version.content)
    _note(locked, by, "a publié une expérience")
    return locked


@transaction.atomic
def withdraw_experience(*, experience: Experience, by: str) -> Experience:
    locked = Experience.objects.select_for_update().get(pk=experience.pk)
    locked.published, locked.withdrawn_at = None, timezone.now()
    locked.save(update_fields=["published", "withdrawn_at"])
    _note(locked, by, "a retiré une expérience")
    return locked


@transaction.atomic
def take_up_experience(*, experience: Experience, by: str) -> Experience:
    """A withdrawn one is read again before it is published."""
    locked = Experience.objects.select_for_update().get(pk=experience.pk)
    locked.withdrawn_at = None
    locked.save(update_fields=["withdrawn_at"])
    _note(locked, by, "a repris une expérience retirée")
    return locked


@transaction.atomic
def return_to_version(*, experience: Experience, number: int, by: str) -> Experience:
    """The words of an earlier version, as a new one: the history keeps both."""
    content = experience.versions.get(number=number).content
    locked = Experience.objects.select_for_update().get(pk=experience.pk)
    return change_experience(experience=locked, content=content, seen=locked.last, by=by)


@transaction.atomic
def erase_experience(*, experience: Experience, by: str) -> None:
    """Every version and its contact; nothing of it can be read again."""
    _note(experience, by, "a effacé une expérience", named=False)
    experience.delete()


def tell_of_workshop(*, workshop: Workshop, by: str) -> Experience:
    """What the programme says of it, and nothing more: the rest is for those who lived it to tell."""
    found = Experience.objects.filter(workshop=workshop).first()
    if found is not None:
        return found
    content = EMPTY | {
        "title": workshop.title[:200],
        "commune": workshop.commune_id or "",
        "epci": workshop.epci_id or "",
        "qpv": workshop.qpv_id or "",
    }
    return propose_experience(space=workshop.slot.gathering.space, content=content, by=by, workshop=workshop)


@transaction.atomic
def open_call(*, space: Space, opened: bool, by: str, renew: bool = False) -> ExperienceCall:
    call, _made = ExperienceCall.objects.select_for_update().get_or_create(space=space)
    call.opened = opened
    if renew:
        call.version += 1
    call.save()
    verb = "a ouvert l’appel à expériences" if opened else "a fermé l’appel à expériences"
    record_activity(space=space.slug, by=by, verb=verb)
    return call


def call_token(call: ExperienceCall) -> str:
    return _calls.sign(f"{_short(call.space_id)}.{call.version}")


def find_call(token: str) -> ExperienceCall | None:
    found = _read(_calls, token)
    return (
        ExperienceCall.objects.select_related("space").filter(space=found[0], version=found[1]).first()
        if found
        else None
    )


def own_token(experience: Experience) -> str:
    """Opens this experience to whoever told it, until its link_version is raised."""
    return _signer.sign(f"{_short(experience.pk)}.{experience.link_version}")


def find_own(token: str) -> Experience | None:
    found = _read(_signer, token)
    rows = Experience.objects.select_related("space")
    return rows.filter(pk=found[0], link_version=found[1]).first() if found else None


def _short(identifier: uuid.UUID) -> str:
    return base64.urlsafe_b64encode(identifier.bytes).decode().rstrip("=")


def _read(signer: Signer, token: str) -> tuple[uuid.UUID, int] | None:
    try:
        identifier, _dot, version = signer.unsign(token).partition(".")
        return uuid.UUID(bytes=base64.urlsafe_b64decode(identifier + "==")), int(version)
    except (BadSignature, ValueError, binascii.Error):
        return None


def _add_version(experience: Experience, number: int, content: Mapping[str, Any], by: str) -> None:
    ExperienceVersion.objects.create(
        experience=experience,
        number=number,
        content={key: (EMPTY | dict(content))[key] for key in CONTENT},
        by=by[:200],
    )


def _show(experience: Experience, content: Mapping[str, Any]) -> None:
    """The columns repeat the words others read."""
    full = EMPTY | dict(content)
    experience.title, experience.year, experience.method = full["title"], full["year"], full["method"]
    experience.commune_id, experience.epci_id = full["commune"] or None, full["epci"] or None
    experience.qpv_id = full["qpv"] or None
    experience.save(update_fields=["title", "year", "method", "commune", "epci", "qpv"])
    experience.themes.set([theme_named(experience.space, name) for name in full["themes"]])


def theme_named(space: Space, name: str) -> Theme:
    theme, _made = Theme.objects.get_or_create(space=space, folded_name=fold(name)[:80], defaults={"name": name[:80]})
    return theme


def _note(experience: Experience, by: str, verb: str, *, named: bool = True) -> None:
    about = experience.title if named else ""
    record_activity(space=experience.space.slug, by=by, verb=verb, about=about, about_id=experience.pk)
