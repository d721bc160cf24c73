"""Who came, in counts that point at nobody: of each category, of each intercommunalité, never fewer than five.

A count that is left out could be found again from the total and the others: small ones are said together, and with the
next smallest as long as they are fewer than five, or a single one.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from maillage.gatherings.models import Gathering
from maillage.lib.tableschema import Column, Columns
from maillage.live.models import KeptFigures
from maillage.live.results import FLOOR
from maillage.people.enums import ActorCategory
from maillage.registrations.enums import Presence, RegistrationStatus
from maillage.registrations.models import Registration
from maillage.territories.models import Epci


class Basis(TextChoices):
    PRESENT = "present", _("personnes présentes")
    REGISTERED = "registered", _("personnes inscrites")


class Axis(TextChoices):
    ALL = "all", _("ensemble")
    CATEGORY = "category", _("catégorie")
    TERRITORY = "territory", _("intercommunalité")


PARTICIPATION = Columns(
    (
        Column("repartition", "Selon quoi les personnes sont comptées.", required=True, choices=Axis),
        Column("rang", "Ordre des lignes.", "integer", required=True),
        Column("code", "Catégorie, ou SIREN de l’intercommunalité ; vide pour l’ensemble et les regroupements."),
        Column("libelle", "Ce que la ligne compte, en mots.", required=True),
        Column(
            "personnes",
            f"Combien de personnes ; vide en dessous de {FLOOR}. Les effectifs plus petits sont regroupés.",
            "integer",
        ),
        Column(
            "base", "Qui est compté : les présentes si la présence a été notée, sinon les inscrites.", choices=Basis
        ),
    ),
    key=("repartition", "rang"),
)

Row = dict[str, Any]


def participation_of(gathering: Gathering) -> list[Row]:
    """As counted here; else as the archive it came from said."""
    registered = Registration.objects.filter(gathering=gathering, status=RegistrationStatus.REGISTERED)
    if not registered.exists():
        return kept_participation(gathering)
    present = registered.filter(presence=Presence.PRESENT)
    taken = present.exists()
    return _rows(present if taken else registered, Basis.PRESENT if taken else Basis.REGISTERED)


def kept_participation(gathering: Gathering) -> list[Row]:
    """As the archive it came from said: it moves no more."""
    kept = KeptFigures.objects.filter(gathering=gathering, workshop=None).values_list("rows", flat=True).first()
    return list(kept or [])


def _rows(people: "QuerySet[Registration]", basis: str) -> list[Row]:
    total = people.count()
    rows = [_row(Axis.ALL, 1, "", str(Axis.ALL.label), total if total >= FLOOR else None, basis)]
    if total < FLOOR:
        return rows
    categories = Counter(people.values_list("person__category", flat=True))
    labels = {value: str(label) for value, label in ActorCategory.choices}
    rows += _axis(Axis.CATEGORY, categories, labels, basis)
    territories = Counter(people.values_list("person__commune__epci", flat=True))
    names = dict(Epci.objects.filter(pk__in=[code for code in territories if code]).values_list("pk", "name"))
    rows += _axis(Axis.TERRITORY, territories, {None: str(_("non précisée")), **names}, basis)
    return rows


def _axis(axis: str, counts: Mapping[Any, int], labels: Mapping[Any, str], basis: str) -> list[Row]:
    large, small = with_floor(counts)
    ordered = sorted(large, key=lambda code: (code is None, -counts[code], str(code)))
    rows = [
        _row(axis, rank, code or "", labels[code], counts[code], basis) for rank, code in enumerate(ordered, start=1)
    ]
    if small:
        words = str(_("autres, comptées ensemble pour ne désigner personne"))
        rows.append(_row(axis, len(rows) + 1, "", words, sum(counts[code] for code in small), basis))
    return rows


def with_floor(counts: Mapping[Any, int]) -> tuple[list[Any], list[Any]]:
    """(said one by one, said together). Of a total that is FLOOR at least."""
    ordered = sorted(counts, key=lambda code: (counts[code], str(code)))
    small = [code for code in ordered if counts[code] < FLOOR]
    large = [code for code in ordered if counts[code] >= FLOOR]
    while small and large and (len(small) == 1 or sum(counts[code] for code in small) < FLOOR):
        small.append(large.pop(0))
    return large, small


def _row(axis: str, rank: int, code: str, words: str, number: int | None, basis: str) -> Row:
    return {
        "repartition": str(axis),
        "rang": rank,
        "code": code,
        "libelle": words,
        "personnes": number,
        "base": str(basis),
    }


def codes_of(rows: list[Row]) -> set[str]:
    """The intercommunalités that the lines name."""
    return {row["code"] for row in rows if row["repartition"] == Axis.TERRITORY and row["code"]}
