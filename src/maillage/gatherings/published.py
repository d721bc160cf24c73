"""The public gatherings of a space as the house publishes them: what their pages say, and nobody's name."""

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.validators import validate_slug
from django.db import transaction
from django.forms import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.gatherings.enums import GatheringKind, SlotKind
from maillage.gatherings.models import Gathering, Room, Slot, Workshop
from maillage.lib.tableschema import UUID_PATTERN, Column, Columns
from maillage.office.services import record_activity
from maillage.people.models import Space
from maillage.territories.models import Commune, Epci, Qpv
from maillage.territories.published import COMMUNE, COMMUNE_NAME, EPCI, EPCI_NAME

Rows = Iterable[tuple[str, Mapping[str, Any]]]
LONGEST = {"adresse": 60, "titre": 200, "sous_titre": 200, "theme": 200, "lieu": 200, "salle": 100, "titre_court": 100}
LONGEST |= {"methode": 60, "territoire": 200}

GATHERINGS = Columns(
    (
        Column("id", "Identifiant, le même pour toujours.", required=True, pattern=UUID_PATTERN),
        Column("adresse", "Dernier mot de l’adresse de sa page.", required=True, pattern=r"[-a-zA-Z0-9_]+"),
        Column("page", "Chemin de sa page sur ce site.", derived=True),
        Column("genre", "Genre de rencontre.", required=True, choices=GatheringKind),
        Column("titre", "Titre.", required=True),
        Column("sous_titre", "Sous-titre."),
        Column("theme", "Thème."),
        Column("date", "Jour de la rencontre ; vide tant qu’il n’est pas fixé.", "date"),
        Column("debut", "Heure du premier créneau du programme.", "time", derived=True),
        Column("fin", "Heure de la fin du dernier créneau du programme.", "time", derived=True),
        Column("fuseau", "Fuseau horaire des heures, par exemple Europe/Paris.", required=True),
        Column("lieu", "Lieu, tel qu’annoncé."),
        COMMUNE,
        COMMUNE_NAME,
        EPCI,
        EPCI_NAME,
        Column("objectifs", "Objectifs annoncés, dans l’ordre.", "array"),
    ),
    key=("id",),
)
SLOTS = Columns(
    (
        Column("id", "Identifiant du créneau, le même pour toujours.", required=True, pattern=UUID_PATTERN),
        Column("rencontre", "Identifiant de la rencontre.", required=True, pattern=UUID_PATTERN, of="rencontres.id"),
        Column("position", "Rang dans le programme.", "integer", required=True),
        Column("genre", "Plénière, ateliers ou pause.", required=True, choices=SlotKind),
        Column("titre", "Titre du créneau.", required=True),
        Column("debut", "Heure du début, si elle est connue.", "time"),
        Column("fin", "Heure de la fin, si elle est connue.", "time"),
    ),
    key=("id",),
)
WORKSHOPS = Columns(
    (
        Column("id", "Identifiant de l’atelier, le même pour toujours.", required=True, pattern=UUID_PATTERN),
        Column("moment", "Identifiant du créneau.", required=True, pattern=UUID_PATTERN, of="programmes.id"),
        Column("rencontre", "Identifiant de la rencontre.", derived=True, of="rencontres.id"),
        Column("position", "Rang dans le créneau.", "integer", required=True),
        Column("numero", "Numéro annoncé.", "integer"),
        Column("titre", "Titre.", required=True),
        Column("titre_court", "Titre court."),
        Column("salle", "Salle."),
        Column("methode", "Identifiant de la méthode, quand le programme la nomme."),
        Column("territoire", "Territoire présenté, tel qu’annoncé."),
        COMMUNE,
        COMMUNE_NAME,
        EPCI,
        EPCI_NAME,
        Column("qpv", "Code du quartier prioritaire.", of="quartiers.code"),
    ),
    key=("id",),
)


class GatheringsRefused(Exception):
    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def gathering_row(row: Gathering) -> dict[str, Any]:
    """Its slots are read: prefetch them for many."""
    slots = list(row.slots.all())
    starts = [slot.starts_at for slot in slots if slot.starts_at]
    ends = [time for slot in slots for time in (slot.starts_at, slot.ends_at) if time]
    return {
        "id": row.pk,
        "adresse": row.slug,
        "page": reverse("gatherings:public", args=[row.space.slug, row.slug]),
        "genre": row.kind,
        "titre": row.title,
        "sous_titre": row.subtitle,
        "theme": row.theme,
        "date": row.date,
        "debut": min(starts, default=None),
        "fin": max(ends, default=None) if len(ends) > 1 else None,
        "fuseau": row.timezone,
        "lieu": row.venue,
        "insee_commune": row.commune_id,
        "nom_commune": row.commune and row.commune.name,
        "siren_epci": row.epci_id,
        "nom_epci": row.epci and row.epci.name,
        "objectifs": row.objectives,
    }


def slot_row(row: Slot) -> dict[str, Any]:
    return {
        "id": row.pk,
        "rencontre": row.gathering_id,
        "position": row.position,
        "genre": row.kind,
        "titre": row.title,
        "debut": row.starts_at,
        "fin": row.ends_at,
    }


def workshop_row(row: Workshop) -> dict[str, Any]:
    return {
        "id": row.pk,
        "moment": row.slot_id,
        "rencontre": row.slot.gathering_id,
        "position": row.position,
        "numero": row.number,
        "titre": row.title,
        "titre_court": row.short_title,
        "salle": row.room and row.room.name,
        "methode": "" if row.method_proposed else row.method,
        "territoire": row.territory,
        "insee_commune": row.commune_id,
        "nom_commune": row.commune and row.commune.name,
        "siren_epci": row.epci_id,
        "nom_epci": row.epci and row.epci.name,
        "qpv": row.qpv_id,
    }


# Read back


@transaction.atomic
def import_published_gatherings(*, space: Space, gatherings: Rows, slots: Rows, workshops: Rows, by: str) -> int:
    """`rows`: where, what. Those of the file are made or changed, no other. Raises GatheringsRefused: nothing taken."""
    keep = _Keeping(space)
    for place, cells in gatherings:
        keep.gathering(place, cells)
    for place, cells in slots:
        keep.slot(place, cells)
    for place, cells in workshops:
        keep.workshop(place, cells)
    about = ngettext("%d rencontre", "%d rencontres", keep.number) % keep.number
    record_activity(space=space.slug, by=by, verb="import-gatherings", about=about)
    return keep.number


class _Keeping:
    def __init__(self, space: Space) -> None:
        self.space, self.number = space, 0
        self.places: dict[str, set[str]] = {
            "insee_commune": set(Commune.objects.values_list("pk", flat=True)),
            "siren_epci": set(Epci.objects.values_list("pk", flat=True)),
            "qpv": set(Qpv.objects.values_list("pk", flat=True)),
        }

    def gathering(self, place: str, cells: Mapping[str, Any]) -> None:
        self._check(place, cells)
        try:
            ZoneInfo(cells["fuseau"])
            validate_slug(cells["adresse"])
        except (ZoneInfoNotFoundError, ValueError, ValidationError):
            self._refuse(place, _("le fuseau horaire « %s » est inconnu") % cells["fuseau"][:40])
        if not all(isinstance(line, str) for line in cells["objectifs"]):
            self._refuse(place, _("« objectifs » : on attend une liste de phrases"))
        pk = UUID(cells["id"])
        self._own(place, Gathering.with_trials.filter(pk=pk).exclude(space=self.space).exists())
        namesake = Gathering.with_trials.filter(space=self.space, slug=cells["adresse"]).exclude(pk=pk)
        if namesake.exists():
            self._refuse(place, _("une autre rencontre a déjà l’adresse « %s »") % cells["adresse"])
        Gathering.with_trials.update_or_create(
            pk=pk,
            defaults={
                "space": self.space,
                "slug": cells["adresse"],
                "kind": cells["genre"],
                "title": cells["titre"],
                "subtitle": cells["sous_titre"],
                "theme": cells["theme"],
                "date": cells["date"],
                "timezone": cells["fuseau"],
                "venue": cells["lieu"],
                "commune_id": cells["insee_commune"] or None,
                "epci_id": cells["siren_epci"] or None,
                "objectives": cells["objectifs"],
                "public": True,
            },
        )
        self.number += 1

    def slot(self, place: str, cells: Mapping[str, Any]) -> None:
        self._check(place, cells)
        if cells["debut"] and cells["fin"] and cells["fin"] <= cells["debut"]:
            self._refuse(place, _("la fin vient après le début"))
        gathering = Gathering.objects.filter(space=self.space, pk=cells["rencontre"]).first()
        if gathering is None:
            self._refuse(place, _("la rencontre « %s » est inconnue ici") % cells["rencontre"])
        self._own(place, Slot.objects.filter(pk=cells["id"]).exclude(gathering=gathering).exists())
        Slot.objects.update_or_create(
            pk=UUID(cells["id"]),
            defaults={
                "gathering": gathering,
                "position": cells["position"],
                "kind": cells["genre"],
                "title": cells["titre"],
                "starts_at": cells["debut"],
                "ends_at": cells["fin"],
            },
        )

    def workshop(self, place: str, cells: Mapping[str, Any]) -> None:
        self._check(place, cells)
        slot = Slot.objects.filter(gathering__space=self.space, pk=cells["moment"]).first()
        if slot is None:
            self._refuse(place, _("le créneau « %s » est inconnu ici") % cells["moment"])
        self._own(place, Workshop.objects.filter(pk=cells["id"]).exclude(slot__gathering=slot.gathering_id).exists())
        room = None
        if cells["salle"]:
            room, _made = Room.objects.get_or_create(gathering_id=slot.gathering_id, name=cells["salle"])
        Workshop.objects.update_or_create(
            pk=UUID(cells["id"]),
            defaults={
                "slot": slot,
                "position": cells["position"],
                "number": cells["numero"],
                "title": cells["titre"],
                "short_title": cells["titre_court"],
                "room": room,
                "method": cells["methode"],
                "territory": cells["territoire"],
                "commune_id": cells["insee_commune"] or None,
                "epci_id": cells["siren_epci"] or None,
                "qpv_id": cells["qpv"] or None,
            },
        )

    def _check(self, place: str, cells: Mapping[str, Any]) -> None:
        for column, known in self.places.items():
            if cells.get(column) and cells[column] not in known:
                words = {"column": column, "code": cells[column][:40]}
                self._refuse(
                    place, _("« %(column)s » : %(code)s est inconnu ; importez d’abord les territoires") % words
                )
        for column, most in LONGEST.items():
            if len(cells.get(column, "")) > most:
                words = {"column": column, "most": most}
                self._refuse(place, _("« %(column)s » dépasse %(most)d signes") % words)
        for column in ("position", "numero"):
            if cells.get(column) is not None and not 0 <= cells[column] <= 32_767:
                self._refuse(place, _("« %s » est hors de portée") % column)

    def _own(self, place: str, elsewhere: bool) -> None:
        if elsewhere:
            self._refuse(place, _("cet identifiant est déjà celui d’autre chose sur ce serveur"))

    def _refuse(self, place: str, sentence: str) -> NoReturn:
        raise GatheringsRefused(f"{place} : {sentence}.")
