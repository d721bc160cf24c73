"""Who needs what on the day: interpreters, childcare, meals. Only those who come, and only until the day after."""

from collections import Counter
from dataclasses import dataclass

from maillage.gatherings.models import Gathering
from maillage.registrations.enums import Meal, Presence, RegistrationStatus
from maillage.registrations.models import Registration
from maillage.registrations.needs import NUMBER_UNSAID
from maillage.registrations.own import Expected, places_of
from maillage.registrations.queries import WITH_NEEDS, registrations_of


@dataclass(frozen=True)
class Needy:
    registration: Registration
    places: tuple[Expected, ...]  # where they are expected: the interpreter sits beside them

    @property
    def name(self) -> str:
        return self.registration.person.full_name

    @property
    def children_unsaid(self) -> bool:
        """One is counted, since nobody said how many."""
        return NUMBER_UNSAID in self.registration.needs


@dataclass(frozen=True)
class DayLists:
    interpreters: tuple[Needy, ...]
    childcare: tuple[Needy, ...]
    meals: tuple[tuple[str, int, tuple[Needy, ...]], ...]  # what, how many, who
    unsaid_meals: int
    other: tuple[Needy, ...]  # written freely: for the organisers alone

    @property
    def children(self) -> int:
        return sum(each.registration.children for each in self.childcare)

    @property
    def everyone(self) -> list[Needy]:
        people = {each.registration.pk: each for each in (*self.interpreters, *self.childcare, *self.other)}
        people |= {each.registration.pk: each for _label, _number, who in self.meals for each in who}
        return sorted(people.values(), key=lambda each: (each.registration.person.last_name, each.name))


def day_lists(gathering: Gathering) -> DayLists:
    coming = registrations_of(gathering).filter(status=RegistrationStatus.REGISTERED)
    coming = coming.exclude(presence=Presence.ABSENT)
    rows = list(coming.filter(WITH_NEEDS))
    places = places_of(gathering, rows)
    people = tuple(Needy(row, tuple(places.get(row.pk, ()))) for row in rows)
    numbers = Counter(each.registration.meal for each in people)
    meals = tuple(
        (str(meal.label), numbers[meal], tuple(each for each in people if each.registration.meal == meal))
        for meal in Meal
        if meal != Meal.UNSAID and numbers[meal]
    )
    return DayLists(
        interpreters=tuple(each for each in people if each.registration.interpreter),
        childcare=tuple(each for each in people if each.registration.children),
        meals=meals,
        unsaid_meals=coming.filter(meal=Meal.UNSAID).count(),
        other=tuple(each for each in people if each.registration.needs),
    )


def list_rows(lists: DayLists, *, with_other: bool) -> tuple[list[str], list[list[str]]]:
    """As a table for a spreadsheet; French, as every file."""
    headers = ["Nom", "Structure", "Interprète", "Enfants à garder", "Repas", "Où"]
    headers += ["Autres besoins"] if with_other else []
    rows = []
    for each in lists.everyone:
        row, person = each.registration, each.registration.person
        if not with_other and not (row.interpreter or row.children or row.meal):
            continue
        cells = [
            each.name,
            person.organisation.name if person.organisation else "",
            row.interpreter,
            f"{row.children} (à préciser)" if row.children and each.children_unsaid else str(row.children or ""),
            str(row.get_meal_display()) if row.meal else "",
            " / ".join(each.places),
        ]
        rows.append([*cells, row.needs] if with_other else cells)
    return headers, rows
