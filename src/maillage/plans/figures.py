"""A plan in figures, then in words. Counted by `seating.measure`, never by the solver."""

from collections import Counter
from itertools import combinations
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import seating
from maillage.people.enums import ActorCategory
from maillage.plans.problem import Situation


def figures_of(situation: Situation, plan: seating.Plan) -> dict[str, Any]:
    """JSON-able. Per slot: people, wished, first, second…, other, free; residents alone; tables; the mix."""
    problem = situation.problem
    report = seating.measure(problem, plan)
    slots = []
    for slot in problem.slots:
        ranks = dict(report.ranks[slot])
        groups = [group for group in report.groups if group.slot == slot]
        slots.append(
            {
                "slot": slot,
                "title": situation.slots[slot].title,
                "people": sum(ranks.values()),
                "with_wish": sum(number for rank, number in ranks.items() if rank != "none"),
                "first": ranks.get("1", 0),
                "ranks": ranks,
                "tables": sum(group.table is not None for group in groups),
                "residents_alone": sum(group.categories.get(ActorCategory.RESIDENT.value) == 1 for group in groups),
                "colleague_pairs": sum(group.colleague_pairs for group in groups if group.table is not None),
                "workshops": {
                    workshop.id: report.workshops[workshop.id]
                    for workshop in problem.workshops
                    if workshop.slot == slot
                },
                "sizes": dict(
                    Counter(f"{situation.workshops[g.workshop]}|{g.people}" for g in groups if g.table is not None)
                ),
            }
        )
    return {
        "people": report.people,
        "seats": report.seats,
        "slots": slots,
        "mix": report.mix,
        "colleague_pairs": report.colleague_pairs,
        "repeated": report.repeated_encounters,
        "earlier": _earlier(problem, plan),
        "proven": plan.proven,
        "regret": report.regret,
    }


def score_of(situation: Situation, plan: seating.Plan) -> dict[str, Any] | None:
    """How well the tables are mixed, 0 (chance) to 100 (a proven bound). JSON-able; None where somebody has no place.

    It solves a linear programme (0.1 s for 130 people): for a plan as it is made, not at each move.
    """
    try:
        found = seating.score(situation.problem, plan)
    except seating.NotSeated:
        return None
    worst = found.worst
    return {
        "points": found.points,
        "proven": found.proven,
        "worst": {"workshop": str(situation.workshops[worst.workshop]), "table": worst.table} if worst else None,
    }


def _earlier(problem: seating.Problem, plan: seating.Plan) -> dict[str, int]:
    """How many pairs met at an earlier gathering, and how many of them share a table again. Never who."""
    met = {frozenset((encounter.a, encounter.b)) for encounter in problem.encounters}
    again = {
        frozenset(pair)
        for slot in problem.slots
        for (_workshop, table), people in plan.groups(slot).items()
        if table is not None and met
        for pair in combinations(people, 2)
    }
    return {"met": len(met), "again": len(met & again)}


def figures_in_words(figures: dict[str, Any]) -> list[str]:
    """All sentences, each moment named in its first one."""
    said = []
    for title, sentences in figures_by_slot(figures):
        said += [f"{title}\N{NO-BREAK SPACE}: {sentences[0]}", *sentences[1:]] if title else sentences
    return said


def figures_by_slot(figures: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """(moment, « 99 personnes sur 114 ont leur premier choix. »…), then what is true of the whole day."""
    said = [(slot["title"], _slot_in_words(slot)) for slot in figures.get("slots", [])]
    whole = _earlier_in_words(**figures["earlier"]) if figures.get("earlier", {}).get("met") else []
    if score := figures.get("score"):
        whole += _score_in_words(**score)
    if figures.get("proven"):
        whole.append(_("Aucune autre répartition ne donne mieux satisfaction aux vœux : c’est prouvé."))
    return [*said, ("", whole)] if whole else said


def _earlier_in_words(met: int, again: int) -> list[str]:
    return [
        ngettext(
            "On tient compte de {n} rencontre passée, avec l’accord des deux personnes.",
            "On tient compte de {n} rencontres passées, avec l’accord des personnes.",
            met,
        ).format(n=met),
        ngettext("{n} paire se retrouve à une même table.", "{n} paires se retrouvent à une même table.", again).format(
            n=again
        )
        if again
        else _("Personne n’y retrouve quelqu’un à sa table."),
    ]


def _score_in_words(points: int, proven: bool, worst: dict[str, Any] | None) -> list[str]:
    if proven:
        return [_("Mélange : 100 sur 100, le maximum est atteint et prouvé.")]
    said = [
        _(
            "Mélange : {points} sur 100. 0 : le hasard ; 100 : un maximum prouvé, peut-être hors d’atteinte, "
            "sans rien prendre aux vœux."
        ).format(points=points)
    ]
    if worst is not None:
        said.append(_("La table la moins bien composée : {workshop}, table {table}.").format(**worst))
    return said


def _slot_in_words(slot: dict[str, Any]) -> list[str]:
    said = []
    asked, first = slot["with_wish"], slot["first"]
    if asked:
        said.append(
            ngettext(
                "{first} personne sur {asked} a son premier choix.",
                "{first} personnes sur {asked} ont leur premier choix.",
                first,
            ).format(first=first, asked=asked)
        )
    later = sum(number for rank, number in slot["ranks"].items() if rank.isdigit() and rank != "1")
    if later:
        said.append(
            ngettext(
                "{n} personne a son deuxième ou troisième choix.",
                "{n} personnes ont leur deuxième ou troisième choix.",
                later,
            ).format(n=later)
        )
    other = slot["ranks"].get("other", 0)
    if other:
        said.append(
            ngettext("{n} personne n’a aucun de ses choix.", "{n} personnes n’ont aucun de leurs choix.", other).format(
                n=other
            )
        )
    free = slot["ranks"].get("none", 0)
    if free:
        said.append(
            ngettext(
                "{n} personne n’avait pas donné de vœu : sa place équilibre les ateliers.",
                "{n} personnes n’avaient pas donné de vœu : leur place équilibre les ateliers.",
                free,
            ).format(n=free)
        )
    alone = slot["residents_alone"]
    said.append(
        ngettext(
            "{n} habitant·e se trouve sans autre habitant·e à sa table.",
            "{n} habitant·es se trouvent sans autre habitant·e à leur table.",
            alone,
        ).format(n=alone)
        if alone
        else _("Aucun·e habitant·e n’est seul·e dans son groupe.")
    )
    pairs = slot["colleague_pairs"]
    if pairs:
        said.append(
            ngettext(
                "{n} paire de collègues à une même table.", "{n} paires de collègues à une même table.", pairs
            ).format(n=pairs)
        )
    return said
