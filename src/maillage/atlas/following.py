"""The index and the marks follow what is written below: a mark in the transaction itself, the index after it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import models, transaction
from django.db.models.signals import post_delete, post_save

from maillage.atlas import indexing, marks
from maillage.contracts.models import ContratDeVille, Signatory
from maillage.contracts.signals import taken_over
from maillage.gatherings.models import Gathering, Room, Slot, Workshop
from maillage.gatherings.signals import carried, rearranged
from maillage.memory.models import Experience, ExperienceVersion, Publication, Takeaway
from maillage.people.models import Organisation, Space
from maillage.territories.signals import imported

Model = type[models.Model]
NAME = "maillage.atlas"


def follow() -> None:
    indexed: list[tuple[Model, Callable[[Any], UUID], Callable[[UUID], None]]] = [
        (ContratDeVille, lambda row: row.pk, indexing.index_contracts),
        (Experience, lambda row: row.pk, indexing.index_experiences),
        (Gathering, lambda row: row.pk, indexing.index_gatherings),
        (Slot, lambda row: row.gathering_id, indexing.index_gatherings),
        (Workshop, lambda row: row.slot.gathering_id, indexing.index_gatherings),
        (Organisation, lambda row: row.pk, indexing.index_organisations),
    ]
    for model, key_of, index in indexed:
        _connect(model, key_of, index)
    marked: list[tuple[Model, str, Callable[[Any], UUID]]] = [
        (ContratDeVille, marks.CONTRACTS, lambda row: row.space_id),
        (Signatory, marks.CONTRACTS, lambda row: row.contract.space_id),
        (Gathering, marks.GATHERINGS, lambda row: row.space_id),
        (Room, marks.GATHERINGS, lambda row: row.gathering.space_id),
        (Slot, marks.GATHERINGS, lambda row: row.gathering.space_id),
        (Workshop, marks.GATHERINGS, lambda row: row.slot.gathering.space_id),
        (Experience, marks.EXPERIENCES, lambda row: row.space_id),
        (ExperienceVersion, marks.EXPERIENCES, lambda row: row.experience.space_id),
        (Organisation, marks.ORGANISATIONS, lambda row: row.space_id),
        (Takeaway, marks.TAKEAWAYS, lambda row: row.gathering.space_id),
        (Publication, marks.TAKEAWAYS, lambda row: row.gathering.space_id),
    ]
    for model, noun, space_of in marked:
        _mark(model, noun, space_of)
    imported.connect(_territories, dispatch_uid=NAME)
    taken_over.connect(_contracts, dispatch_uid=NAME)
    carried.connect(_gathering, dispatch_uid=NAME)
    rearranged.connect(_gathering, dispatch_uid=NAME)


def _territories(**_signal: object) -> None:
    marks.change_mark(marks.TERRITORIES)
    transaction.on_commit(indexing.index_territories)


def _contracts(space: Space, **_signal: object) -> None:
    marks.change_mark(marks.CONTRACTS, space.pk)
    transaction.on_commit(indexing.index_contracts)


def _gathering(gathering: Gathering, **_signal: object) -> None:
    marks.change_mark(marks.GATHERINGS, gathering.space_id)
    transaction.on_commit(lambda: indexing.index_gatherings(gathering.pk))


def _connect(model: Model, key_of: Callable[[Any], UUID], index: Callable[[UUID], None]) -> None:
    def changed(instance: models.Model, **_signal: object) -> None:
        key = key_of(instance)
        transaction.on_commit(lambda: index(key))

    for signal in (post_save, post_delete):
        signal.connect(changed, sender=model, weak=False, dispatch_uid=f"{NAME}.{model.__name__}")


def _mark(model: Model, noun: str, space_of: Callable[[Any], UUID]) -> None:
    def changed(instance: models.Model, **_signal: object) -> None:
        try:
            space = space_of(instance)
        except ObjectDoesNotExist:  # it went with what it hung on, which changes the mark itself
            return
        marks.change_mark(noun, space)

    for signal in (post_save, post_delete):
        signal.connect(changed, sender=model, weak=False, dispatch_uid=f"{NAME}.mark.{model.__name__}")
