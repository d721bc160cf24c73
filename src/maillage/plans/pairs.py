"""Who must sit with whom, and who must not: said by the organiser, held at every moment by the next run."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

import seating
from maillage.gatherings.models import Gathering
from maillage.office.services import record_activity
from maillage.plans.enums import PairKind
from maillage.plans.models import SeatingPair
from maillage.registrations.enums import RegistrationStatus
from maillage.registrations.models import Registration


class PairRefused(Exception):
    """A refusal a user can cause; `sentence` is for them."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def pairs_of(gathering: Gathering) -> QuerySet[SeatingPair]:
    """Those of people who come; somebody who cancels and comes back finds their pairs again."""
    return (
        gathering.seating_pairs.filter(
            first__status=RegistrationStatus.REGISTERED, second__status=RegistrationStatus.REGISTERED
        )
        .select_related("first__person", "second__person")
        .order_by("kind", "first__person__last_name", "first__person__first_name", "pk")
    )


def seating_pairs(gathering: Gathering) -> dict[PairKind, tuple[seating.Pair, ...]]:
    """As `seating.Problem` takes them."""
    rows = list(pairs_of(gathering))
    return {
        kind: tuple(seating.Pair(str(row.first_id), str(row.second_id)) for row in rows if row.kind == kind)
        for kind in PairKind
    }


@transaction.atomic
def add_pair(*, gathering: Gathering, one: Registration, other: Registration, kind: str, by: object) -> SeatingPair:
    if one.pk == other.pk:
        raise PairRefused(_("Choisissez deux personnes différentes."))
    Gathering.objects.select_for_update().get(pk=gathering.pk)  # two organisers may say the contrary at once
    first, second = sorted((one, other), key=lambda each: each.pk)
    known = SeatingPair.objects.filter(first=first, second=second).first()
    names = {"one": one.person.full_name, "other": other.person.full_name}
    if known is not None:
        said = {
            PairKind.TOGETHER: _("{one} et {other} sont déjà à asseoir ensemble : retirez d’abord cette consigne."),
            PairKind.APART: _("{one} et {other} sont déjà à asseoir à part : retirez d’abord cette consigne."),
        }
        raise PairRefused(said[PairKind(known.kind)].format(**names))
    if kind == PairKind.APART and other.pk in _bound_to(gathering, one):
        raise PairRefused(
            _(
                "{one} et {other} sont liés par d’autres consignes « ensemble » : "
                "les asseoir à part les contredirait. Retirez l’une d’elles d’abord."
            ).format(**names)
        )
    if kind == PairKind.TOGETHER:
        _refuse_chain(gathering, one, other)
    row = SeatingPair.objects.create(gathering=gathering, kind=kind, first=first, second=second)
    _log(gathering, by, "add-pair")
    return row


@transaction.atomic
def remove_pair(*, pair: SeatingPair, by: object) -> None:
    gathering = pair.gathering
    pair.delete()
    _log(gathering, by, "remove-pair")


def next_step(planned: bool) -> str:
    """What an organiser does for a new word to count."""
    if planned:
        return _("Recalculez pour que la répartition en tienne compte.")
    return _("La répartition en tiendra compte.")


def _bound_to(gathering: Gathering, one: Registration) -> set[object]:
    """Everybody who must sit with this person, chains followed."""
    links = [(row.first_id, row.second_id) for row in pairs_of(gathering) if row.kind == PairKind.TOGETHER]
    bound: set[object] = {one.pk}
    while more := {b for pair in links for a, b in (pair, pair[::-1]) if a in bound and b not in bound}:
        bound |= more
    return bound


def _refuse_chain(gathering: Gathering, one: Registration, other: Registration) -> None:
    """« Ensemble » would bring to one table two people who must be apart."""
    whole = _bound_to(gathering, one) | _bound_to(gathering, other)
    for row in pairs_of(gathering):
        if row.kind == PairKind.APART and row.first_id in whole and row.second_id in whole:
            raise PairRefused(
                _(
                    "{one} et {other} ne peuvent pas être ensemble : {a} et {b}, qui seraient à la même table, "
                    "sont à asseoir à part. Retirez d’abord cette consigne-là."
                ).format(
                    one=one.person.full_name,
                    other=other.person.full_name,
                    a=row.first.person.full_name,
                    b=row.second.person.full_name,
                )
            )


def _log(gathering: Gathering, by: object, verb: str) -> None:
    record_activity(space=gathering.space.slug, by=str(by), verb=verb, about=str(gathering), about_id=gathering.pk)
