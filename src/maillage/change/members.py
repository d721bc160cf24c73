"""Who is of a noyau: constitution, arrivals, departures, their personal links."""

import base64
import binascii
import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from maillage.change.checks import ChangeRefused, check_past, check_text
from maillage.change.keeping import add_kept, change_kept, keep, lock, versions_of
from maillage.change.models import CoreGroup, Member
from maillage.office.services import record_activity
from maillage.people.models import Space

_signer = Signer(salt="maillage.change.member", sep="~")


@transaction.atomic
def make_group(
    *, space: Space, name: str, lead: Mapping[str, Any], by_words: str, slug: str = "", **said: Any
) -> tuple[CoreGroup, Member]:
    """Constitution: with its first member, who holds it. `lead`: as add_member."""
    name = check_text(name, field="name", sentence=_("Donnez un nom au noyau."))
    lead_name = check_text(str(lead.get("name", "")), field="lead_name", sentence=_("Dites qui tient ce noyau."))
    Space.objects.select_for_update().get(pk=space.pk)
    group = CoreGroup(space=space, name=name, slug=_free_slug(space, slug or name), **said)
    add_kept(group, by=None, by_words=by_words, verb=_("a constitué un noyau"))
    member = Member(group=group, joined_on=timezone.localdate(), **{**lead, "name": lead_name, "lead": True})
    return group, add_kept(member, by=None, by_words=by_words, verb=_("a accueilli un membre"))


def _free_slug(space: Space, name: str) -> str:
    wanted = slugify(name)[:50] or "noyau"
    taken = set(CoreGroup.objects.filter(space=space, slug__startswith=wanted).values_list("slug", flat=True))
    tries = (wanted if number == 1 else f"{wanted}-{number}" for number in range(1, len(taken) + 2))
    return next(each for each in tries if each not in taken)


def change_group(*, group: CoreGroup, content: Mapping[str, Any], seen: int | None, by: Member) -> CoreGroup:
    return change_kept(group, content=content, seen=seen, by=by, verb=_("a changé le noyau"))


def add_member(
    *, group: CoreGroup, name: str, by: Member | None, joined_on: dt.date | None = None, **said: Any
) -> Member:
    name = check_text(name, field="name", sentence=_("Écrivez le nom de la personne, ou son prénom."))
    today = timezone.localdate()
    day = check_past(joined_on or today, today=today, field="joined_on")
    twice = Member.objects.filter(group=group, name=name, left_on=None, removed_at=None, **said).first()
    if twice is not None:  # a page sent again
        return twice
    return add_kept(Member(group=group, name=name, joined_on=day, **said), by=by, verb=_("a accueilli un membre"))


MOST_NAMES = 5  # of before: enough to undo a slip
MEMBER_PARTS = ("organisation", "category", "joined_on")  # leaving and holding the noyau are acts of their own


@transaction.atomic
def change_member(
    *, member: Member, name: str, content: Mapping[str, Any], seen: int | None, by: Member | None
) -> Member:
    """A name that was ill written is written again, in no version: `former_names` holds what it was.

    Raises ChangedMeanwhile.
    """
    name = check_text(name, field="name", sentence=_("Écrivez le nom de la personne, ou son prénom."))
    day = check_past(content["joined_on"], today=timezone.localdate(), field="joined_on")
    if member.left_on is not None and day > member.left_on:
        raise ChangeRefused("joined_on", _("Ce jour est après le départ de cette personne : vérifiez la date."))
    row = change_kept(member, content=content, seen=seen, by=by, verb=_("a changé un membre"))
    if row.name != name:
        row.former_names = [*row.former_names, row.name][-MOST_NAMES:]
        row.name = name
        row.save(update_fields=["name", "former_names"])
    return row


@transaction.atomic
def take_name_again(*, member: Member) -> Member | None:
    """As it was written before; once more, as it is written now. None: it never changed."""
    locked = lock(member)
    if not locked.former_names or locked.left_on is not None:
        return None
    *others, before = locked.former_names
    locked.former_names, locked.name = [*others, locked.name], before
    locked.save(update_fields=["name", "former_names"])
    return locked


def return_member(*, member: Member, number: int, by: Member | None) -> Member:
    """What a version says of their structure and their arrival: it never opens a link again, nor gives the noyau."""
    content = versions_of(member).get(number=number).content
    said = {part: content[part] for part in MEMBER_PARTS}
    if member.left_on is not None and dt.date.fromisoformat(said["joined_on"]) > member.left_on:
        sentence = _("Dans cette version, la personne arrivait après le départ noté depuis : notez d’abord son retour.")
        raise ChangeRefused("joined_on", sentence)
    return change_kept(member, content=said, seen=None, by=by, verb=_("a repris une version"))


@transaction.atomic
def let_leave(*, member: Member, by: Member | None, on: dt.date | None = None) -> Member:
    """Their link closes, their name is no longer shown; what they noted stays « un membre du noyau »."""
    locked = lock(member)
    if locked.left_on is not None:
        return locked
    today = timezone.localdate()
    day = check_past(on or today, today=today, field="left_on")
    if day < locked.joined_on:
        raise ChangeRefused("left_on", _("Ce jour est avant l’arrivée de cette personne : vérifiez la date."))
    others = Member.objects.filter(group=locked.group, left_on=None, removed_at=None).exclude(pk=locked.pk)
    if locked.lead and not others.filter(lead=True).exists():
        heir = others.first()
        if heir is None:
            sentence = _(
                "Vous êtes la dernière personne de ce noyau : s’il s’arrête, ce qu’il a noté n’aurait plus de lecteur. "
                "Accueillez d’abord quelqu’un qui le tiendra."
            )
            raise ChangeRefused("left_on", sentence)
        _give_lead(heir, by)
    locked.left_on, locked.link_version = day, locked.link_version + 1
    return keep(locked, verb=_("a noté un départ"), by=by)


def _give_lead(heir: Member, by: Member | None) -> None:
    locked = lock(heir)
    locked.lead = True
    keep(locked, verb=_("a confié le noyau"), by=by)


@transaction.atomic
def welcome_back(*, member: Member, by: Member | None) -> Member:
    locked = lock(member)
    if locked.left_on is None:
        return locked
    if not locked.name:
        raise ChangeRefused("name", _("Le nom de cette personne est effacé : accueillez-la de nouveau, avec son nom."))
    locked.left_on = None
    return keep(locked, verb=_("a noté un retour"), by=by)


@transaction.atomic
def forget_member(*, member: Member, by: Member | None) -> Member:
    """The name and the address of somebody who left."""
    locked = lock(member)
    if locked.left_on is None:
        raise ChangeRefused("name", _("Cette personne est encore du noyau : notez d’abord son départ."))
    if locked.name or locked.email or locked.former_names:
        locked.name, locked.email, locked.user, locked.former_names = "", "", None, []
        locked.save(update_fields=["name", "email", "user", "former_names"])
        group = locked.group
        who = str(_("un membre du noyau") if by else _("la durée de conservation"))
        record_activity(space=group.space.slug, by=who, verb=_("a effacé un nom"), about=group.name, about_id=group.pk)
    return locked


@transaction.atomic
def renew_link(*, member: Member, by: Member | None) -> Member:
    locked = lock(member)
    locked.link_version += 1
    return keep(locked, verb=_("a changé un lien personnel"), by=by)


def has_begun(group: CoreGroup) -> bool:
    """A member did something: from then on no link is made outside the noyau, it would open what they noted."""
    return group.versions.filter(by__isnull=False).exists()


@transaction.atomic
def renew_first_link(*, group: CoreGroup, by_words: str) -> Member:
    """By who constituted it, when the one link was lost or given to somebody else. Raises ChangeRefused."""
    leads = Member.objects.filter(group=group, lead=True, left_on=None, removed_at=None)
    lead = leads.select_for_update(of=("self",)).select_related("group__space").first()
    if lead is None or has_begun(group):
        sentence = _("Ce noyau a commencé : ses liens sont à lui. Qui le tient les change, sur sa page « Membres ».")
        raise ChangeRefused("link", sentence)
    lead.link_version += 1
    return keep(lead, verb=_("a changé un lien personnel"), by=None, by_words=by_words)


def member_token(member: Member) -> str:
    """Opens their noyau, as them, until link_version is raised."""
    short = base64.urlsafe_b64encode(member.pk.bytes).decode().rstrip("=")
    return _signer.sign(f"{short}.{member.link_version}")


def find_by_token(token: str) -> Member | None:
    """A member who left has no link any more."""
    try:
        identifier, _dot, version = _signer.unsign(token).partition(".")
        pk, link_version = uuid.UUID(bytes=base64.urlsafe_b64decode(identifier + "==")), int(version)
    except (BadSignature, ValueError, binascii.Error):
        return None
    rows = Member.objects.select_related("group__space", "group__contract__epci", "group__qpv")
    return rows.filter(pk=pk, link_version=link_version, left_on=None, removed_at=None, group__removed_at=None).first()
