"""The demo day's seats: solved, run again, and from the file of registrations to the explained plan."""

from importlib.resources import files
from pathlib import Path
from statistics import median

import seating
from maillage.config.bench.rows import Row, seconds_of
from maillage.config.commands.demo import prepare_day
from maillage.config.installation import prepare_installation
from maillage.gatherings.models import Gathering
from maillage.people.models import Organisation, Person
from maillage.plans.models import Plan
from maillage.plans.problem import situation_of
from maillage.plans.services import make_plan
from maillage.registrations.imports import import_registrations
from maillage.registrations.models import Registration
from seating.milp import Programme
from seating.wishes import regrets

BY = "maillage bench"
FILE = "inscriptions-jr-2025.csv"
WHOLE_GOAL = 1.0  # seconds, from import to explained plan


def measure(*, repeat: int, instances: Path | None = None, peers: Path | None = None, quick: bool = False) -> list[Row]:
    """The demo day; with a folder of instances, invented days and published instances too."""
    rows = demo_rows(repeat)
    if instances is not None:
        from maillage.config.bench import seating_mix  # it reads numba's compiled code, which the demo day does without

        rows += seating_mix.measure(instances=instances, repeat=repeat, peers=peers, quick=quick)
    return rows


def demo_rows(repeat: int) -> list[Row]:
    prepare_installation()
    gathering = prepare_day()
    problem = situation_of(gathering).problem
    first = seating.solve(problem)
    solved, again, plain, whole = [], [], [], []
    moved = 0
    for _time in range(repeat):
        plain.append(seconds_of(lambda: wishes_only(problem)))
        solved.append(seconds_of(lambda: seating.solve(problem)))
        again.append(seconds_of(lambda: seating.solve(problem, start=first)))
        _forget_everybody(gathering)
        whole.append(seconds_of(lambda: _from_file_to_plan(gathering)))
    rerun = seating.solve(problem, start=first)
    moved = sum(rerun.seats[key] != seat for key, seat in first.seats.items())
    people, slots = len(problem.people), len(problem.slots)
    baseline = median(plain)
    note = f"{people} personnes × {slots} créneaux ; référence : HiGHS, les souhaits et les places seulement"
    told = "du CSV au plan expliqué, écrits sur le disque ; ni personne ni structure n’était connue"
    return [
        Row("seating", median(solved), "s", baseline, note=note),
        Row("seating-again", median(again), "s", baseline, note=f"rien n’a changé : {moved} places déplacées"),
        Row("seating-from-file", median(whole), "s", baseline, WHOLE_GOAL, note=told),
    ]


def wishes_only(problem: seating.Problem) -> int:
    """The plain assignment: everybody somewhere, no workshop over its places, least regret. No table, no mix."""
    total = 0
    for slot in problem.slots:
        people, workshops = problem.present(slot), problem.workshops_of(slot)
        cost = regrets(problem, slot, people)
        programme = Programme()
        seat = [[programme.variable() for _workshop in workshops] for _person in people]
        for row in seat:
            programme.row(dict.fromkeys(row, 1), lower=1, upper=1)
        for w, workshop in enumerate(workshops):
            programme.row({row[w]: 1 for row in seat}, upper=workshop.maximum)
        least = programme.minimise(
            {seat[i][w]: int(cost[i, w]) for i in range(len(people)) for w in range(len(workshops))}
        )
        if least is None:
            raise ValueError("the demo day has fewer places than people")
        total += least
    return total


def _forget_everybody(gathering: Gathering) -> None:
    """As before the first file: no plan, no registration, no person and no organisation known."""
    Plan.objects.filter(gathering=gathering).delete()
    Registration.objects.filter(gathering=gathering).delete()
    Person.objects.filter(space=gathering.space).delete()
    Organisation.objects.filter(space=gathering.space).delete()


def _from_file_to_plan(gathering: Gathering) -> None:
    content = (files("maillage.gatherings") / "data" / FILE).read_bytes()
    import_registrations(gathering=gathering, content=content, filename=FILE, by=BY)
    make_plan(gathering=gathering, by=BY)
