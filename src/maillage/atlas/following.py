"""The index follows what is written below: after the commit, the thing that changed is put again."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models.signals import post_delete, post_save

from maillage.atlas import indexing
from maillage.contracts.models import ContratDeVille
from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.memory.models import Experience
from maillage.territories.signals import imported


def follow() -> None:
    followed: list[tuple[type[models.Model], Callable[[Any], UUID], Callable[[UUID], None]]] = [
        (ContratDeVille, lambda row: row.pk, indexing.index_contracts),
        (Experience, lambda row: row.pk, indexing.index_experiences),
        (Gathering, lambda row: row.pk, indexing.index_gatherings),
        (Slot, lambda row: row.gathering_id, indexing.index_gatherings),
        (Workshop, lambda row: row.slot.gathering_id, indexing.index_gatherings),
    ]
    for model, key_of, index in followed:
        _connect(model, key_of, index)
    imported.connect(_territories, dispatch_uid="maillage.atlas")


def _territories(**_signal: object) -> None:
    transaction.on_commit(indexing.index_territories)


def _connect(model: type[models.Model], key_of: Callable[[Any], UUID], index: Callable[[UUID], None]) -> None:
    def changed(instance: models.Model, **_signal: object) -> None:
        key = key_of(instance)
        transaction.on_commit(lambda: index(key))

    for signal in (post_save, post_delete):
        signal.connect(changed, sender=model, weak=False, dispatch_uid=f"maillage.atlas.{model.__name__}")
