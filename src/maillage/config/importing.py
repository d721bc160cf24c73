"""A file of gatherings becomes a space: each noun takes over what is its own, through its services.

It lives in the top layer because the file speaks of territories, contracts, gatherings and takeaways at once. One
transaction: a file is taken over whole or not at all. Importing the same file again changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from maillage.contracts.services import record_signature
from maillage.gatherings.files import (
    Assumptions,
    GatheringEntry,
    GatheringsFile,
    WorkshopEntry,
    read_assumptions,
    read_gatherings_file,
)
from maillage.gatherings.models import Gathering
from maillage.gatherings.reading import FileRefused, Problem
from maillage.gatherings.taking_over import Changes, Places, fill_empty, take_over_assumptions, take_over_gathering
from maillage.lib.typography import typo
from maillage.memory.enums import TakeawayOrigin
from maillage.memory.models import Resource, Takeaway
from maillage.memory.services import add_takeaway
from maillage.methods.services import keep_shipped_versions
from maillage.office.services import record_activity
from maillage.people.models import Space
from maillage.people.services import make_space
from maillage.territories.models import Commune, Region
from maillage.territories.queries import PlaceNotFound, find_commune, find_epci, find_qpv
from maillage.territories.services import UnknownRegion, load_territories

T = TypeVar("T")


@dataclass
class ImportReport:
    """What was taken over, completed, left as it was, and what of the file was not taken over."""

    filename: str
    space: str
    gatherings: tuple[str, ...]  # short names, in the order of the file
    changes: Changes = field(default_factory=Changes)
    ignored: tuple[str, ...] = ()  # « journees.toml : gatherings[2].colour »

    @property
    def changed(self) -> bool:
        return bool(self.changes)

    @property
    def sentences(self) -> list[str]:
        lines = [typo(_("ajouté : %s") % line) for line in self.changes.made]
        lines += [typo(_("complété : %s") % line) for line in self.changes.filled]
        lines += [typo(_("gardé tel quel : %s") % line) for line in self.changes.kept]
        lines += [typo(_("non repris : %s") % line) for line in self.ignored]
        return lines or [_("Ce fichier est déjà importé : rien n’a changé.")]

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.filename,
            "space": self.space,
            "gatherings": list(self.gatherings),
            "changed": self.changed,
            "made": self.changes.made,
            "filled": self.changes.filled,
            "kept": self.changes.kept,
            "ignored": list(self.ignored),
        }


def import_gatherings(
    source: bytes,
    *,
    filename: str,
    by: str,
    assumptions: bytes | None = None,
    assumptions_filename: str = "assumptions.toml",
) -> ImportReport:
    """Takes over the whole file, or raises FileRefused with every problem and touches nothing."""
    file = read_gatherings_file(source, filename=filename)
    assumed = read_assumptions(assumptions, filename=assumptions_filename) if assumptions is not None else None
    if assumed:
        _check_timezone(assumed)
    with transaction.atomic():
        return _take_over(file, assumed, by)


def _take_over(file: GatheringsFile, assumed: Assumptions | None, by: str) -> ImportReport:
    report = ImportReport(file.filename, file.slug, tuple(entry.slug for entry in file.gatherings))
    report.ignored = tuple(f"{file.filename} : {key}" for key in file.ignored)
    changes = report.changes
    keep_shipped_versions()  # the programme names methods: their titles must be at hand
    region = _region(file)
    places = _find_places(file)
    space = _space(file, region, by, changes)
    definitions, unused = _definitions(file)
    if unused:
        report.ignored += (f"{file.filename} : definition_of_cooperation ({unused})",)
    for entry in file.gatherings:
        gathering, made = take_over_gathering(
            space=space,
            entry=entry,
            places=places,
            definition=definitions.get(entry.slug, {}),
            by=by,
            changes=changes,
        )
        if made and assumed and assumed.gathering == entry.slug and assumed.timezone:
            gathering.timezone = assumed.timezone
            gathering.save(update_fields=["timezone"])
        _take_over_takeaways(gathering, entry, by, changes)
    for title, url in file.resources:
        _resource, new = Resource.objects.get_or_create(space=space, url=url, defaults={"title": title})
        if new:
            changes.filled.append(_("ressource « %s »") % title)
    for contract in file.contracts:
        signed, new = record_signature(space=space, epci=places.epcis[contract.key], source=contract.source, by=by)
        if new:
            changes.filled.append(_("contrat de ville signé : %s") % signed.epci)
    if assumed:
        report.ignored += tuple(f"{assumed.filename} : {key}" for key in assumed.ignored)
        meant = next((entry for entry in file.gatherings if entry.slug == assumed.gathering), None)
        take_over_assumptions(space=space, entry=meant, assumptions=assumed, changes=changes)
    if report.changed:
        record_activity(space=space.slug, by=by, verb="import-gatherings", about=file.filename, about_id=space.pk)
    return report


def _check_timezone(assumed: Assumptions) -> None:
    if assumed.timezone and assumed.timezone not in available_timezones():
        sentence = _("on attend un fuseau horaire comme Europe/Paris, lu « %s ».") % assumed.timezone
        raise FileRefused([Problem(assumed.filename, "timezone", sentence)])


def _region(file: GatheringsFile) -> Region | None:
    """The region's territories are loaded the first time a file names it."""
    if not file.region:
        return None
    if not Commune.objects.filter(department__region=file.region).exists():
        try:
            load_territories(region=file.region)
        except UnknownRegion as refusal:
            raise FileRefused([Problem(file.filename, "space.region", refusal.sentence)]) from refusal
    return Region.objects.get(pk=file.region)


def _find_places(file: GatheringsFile) -> Places:
    """Every place the file names; all the unknown ones are said at once."""
    places = Places()
    problems: list[Problem] = []

    def find(found: dict[str, T], finder: Callable[[str], T], key: str, text: str, said_as: str) -> None:
        if not text:
            return
        try:
            found[key] = finder(text)
        except PlaceNotFound as unknown:
            problems.append(Problem(file.filename, said_as, f"{unknown.sentence}."))

    for entry in file.gatherings:
        find(places.communes, find_commune, entry.key, entry.commune, entry.keys["commune"])
        find(places.epcis, find_epci, entry.key, entry.epci, entry.keys["epci"])
        for workshop in (workshop for slot in entry.programme for workshop in slot.workshops):
            find(places.communes, find_commune, workshop.key, workshop.commune, f"{workshop.key}.commune")
            find(places.epcis, find_epci, workshop.key, workshop.epci, f"{workshop.key}.epci")
            find(places.qpvs, find_qpv, workshop.key, workshop.qpv, f"{workshop.key}.qpv")
            if workshop.territory and not (workshop.commune or workshop.epci):
                _recognise_epci(places, workshop)
    for contract in file.contracts:
        find(places.epcis, find_epci, contract.key, contract.epci, f"{contract.key}.epci")
    if problems:
        raise FileRefused(problems)
    return places


def _recognise_epci(places: Places, workshop: WorkshopEntry) -> None:
    """A territory in free words that is the very name of an intercommunalité is that one; else it stays words."""
    try:
        places.epcis[workshop.key] = find_epci(workshop.territory)
    except PlaceNotFound:
        return


def _space(file: GatheringsFile, region: Region | None, by: str, changes: Changes) -> Space:
    facts: Mapping[str, Any] = {
        "name": file.name,
        "region": region,
        "host": file.host,
        "partners": list(file.partners),
        "background": list(file.background),
    }
    space = Space.objects.filter(slug=file.slug).first()
    if space is None:
        changes.made.append(_("espace %(slug)s : %(name)s") % {"slug": file.slug, "name": file.name})
        return make_space(slug=file.slug, by=by, **facts)
    if space.name == space.slug:  # `sign-in-link --organise` had only the short name: nobody has said another
        space.name = ""
    if fill_empty(space, facts, name=file.slug, changes=changes):
        changes.filled.append(_("espace %s") % file.slug)
    return space


def _definitions(file: GatheringsFile) -> tuple[dict[str, dict[str, Any]], str]:
    """Which gathering says what cooperation is: the only one of the file whose programme is told."""
    if not file.definition:
        return {}, ""
    told = [entry.slug for entry in file.gatherings if entry.programme]
    if len(told) == 1:
        return {told[0]: file.definition}, ""
    return {}, _("une seule rencontre du fichier doit avoir un programme pour la recevoir")


def _take_over_takeaways(gathering: Gathering, entry: GatheringEntry, by: str, changes: Changes) -> None:
    if not entry.takeaways:
        return
    rows = Takeaway.objects.filter(gathering=gathering, workshop=None, origin=TakeawayOrigin.PROGRAMME)
    known = list(rows.values_list("text", flat=True))
    if known:
        if known != list(entry.takeaways):
            changes.kept.append(_("%s : les « à retenir », déjà renseignés autrement") % gathering.slug)
        return
    for text in entry.takeaways:
        add_takeaway(gathering=gathering, workshop=None, text=text, origin=TakeawayOrigin.PROGRAMME, by=by)
    changes.filled.append(
        _("%(slug)s : %(count)d « à retenir »") % {"slug": gathering.slug, "count": len(entry.takeaways)}
    )
