"""What is said to people: lacks and ways out, reasons, figures."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from seating import (
    Encounter,
    Infeasible,
    Lock,
    Missing,
    Pair,
    Person,
    Plan,
    Problem,
    Seat,
    Workshop,
    diagnose,
    explain,
    later,
    measure,
    say_again,
    solve,
    speak,
    speak_of,
    together,
    words,
)

RAMP = frozenset({"rampe"})


def crowd(count: int, **fields: object) -> tuple[Person, ...]:
    return tuple(Person(id=f"p{i:02}", name=f"P{i}", category="partner", **fields) for i in range(count))  # type: ignore[arg-type]


def lacks(problem: Problem) -> dict[str, Missing]:
    return {lack.kind: lack for lack in diagnose(problem)}


def test_too_few_places_at_the_tables_are_said_with_the_way_out() -> None:
    codev = Workshop(id="codev", slot="s", name="Co-développement", maximum=50, tables=(6, 10), table_count=4)
    other = Workshop(id="coop", slot="s", name="Coop", maximum=50)
    problem = Problem(slots=("s",), people=crowd(48, wishes={"s": ("codev",)}), workshops=(codev, other))
    (lack,) = diagnose(problem)
    assert lack.sentence == "48 personnes demandent « Co-développement », 40 places : il manque 8 places."
    assert not lack.blocking
    (way,) = lack.ways_out
    assert (way.kind, way.amount, way.sentence) == (
        "raise_maximum",
        48,
        "Passer « Co-développement » de 40 à 48 places.",
    )
    mended = way.applied_to(problem)
    assert mended is not None
    assert mended.workshop("codev").table_count == 5
    assert diagnose(mended) == []


def test_more_people_than_places() -> None:
    problem = Problem(slots=("s",), people=crowd(9), workshops=(Workshop(id="a", slot="s", maximum=6),))
    lack = lacks(problem)["places"]
    assert lack.sentence == "Créneau « s » : 9 personnes pour 6 places : il manque 3 places."
    assert lack.ways_out[0].amount == 9
    with pytest.raises(Infeasible) as refusal:
        solve(problem)
    assert refusal.value.sentence == lack.sentence


def test_a_minimum_above_what_came_gives_way_and_is_said() -> None:
    rooms = tuple(Workshop(id=w, slot="s", maximum=9, minimum=4) for w in "ab")
    problem = Problem(slots=("s",), people=crowd(6), workshops=rooms)
    lack = lacks(problem)["minimum"]
    assert lack.sentence == "Créneau « s » : 6 personnes, les ateliers en demandent 8 au moins : il en manque 2."
    assert not lack.blocking
    assert len(solve(problem).notes) in (1, 2)


def test_a_lock_against_a_need() -> None:
    ana = Person(id="ana", name="Ana", category="partner", needs=RAMP, locks={"s": Lock("a")})
    rooms = (Workshop(id="a", slot="s", maximum=3), Workshop(id="b", slot="s", maximum=3, facilities=RAMP))
    lack = lacks(Problem(slots=("s",), people=(ana,), workshops=rooms))["lock_against_need"]
    assert lack.blocking
    assert lack.sentence == "Ana a une place fixée à « a », dont la salle ne répond pas à son besoin : rampe."
    assert [way.kind for way in lack.ways_out] == ["unlock", "equip_room"]


def test_contradictory_pairs_are_named() -> None:
    problem = Problem(
        slots=("s",),
        people=crowd(3),
        workshops=tuple(Workshop(id=w, slot="s", maximum=3) for w in "ab"),
        together=(Pair("p00", "p01"), Pair("p01", "p02")),
        apart=(Pair("p00", "p02"),),
    )
    assert lacks(problem)["contradictory_pairs"].sentence == "P0, P1, P2 : à la fois « ensemble » et « pas ensemble »."
    with pytest.raises(Infeasible):
        solve(problem)


def test_the_elastic_programme_names_what_counts_do_not_show() -> None:
    rooms = (Workshop(id="a", slot="s", maximum=2, facilities=RAMP), Workshop(id="b", slot="s", maximum=9))
    problem = Problem(slots=("s",), people=crowd(3, needs=RAMP), workshops=rooms)
    (lack,) = [lack for lack in diagnose(problem) if lack.blocking]
    assert lack.workshop == "a"
    assert lack.sentence.startswith("Il manque 1 place à « a »")
    assert solve(replace(problem, workshops=(replace(rooms[0], maximum=lack.ways_out[0].amount), rooms[1])))


def test_too_few_porteurs_and_a_lone_resident_do_not_block() -> None:
    codev = Workshop(id="c", slot="s", maximum=20, minimum=11, tables=(4, 5), porteur_needed=True)
    people = (*crowd(11), Person(id="hab", name="Hab", category="resident", volunteer_porteur=True))
    problem = Problem(slots=("s",), people=people, workshops=(codev,))
    found = lacks(problem)
    assert found["porteurs"].sentence == (
        "« c » : 3 tables, 1 personne propose un sujet : il manque 2 porteur·euses du sujet."
    )
    assert found["resident_alone"].people == ("hab",)
    assert not any(lack.blocking for lack in found.values())
    assert "« c » : Hab est seul·e habitant·e." in solve(problem).notes


ROOMS = (
    Workshop(id="a", slot="s", name="Anarchaise", maximum=2),
    Workshop(id="c", slot="s", name="Codev", maximum=9, tables=(3, 9), compose="peers", porteur_needed=True),
    Workshop(id="d", slot="s", name="Débat", maximum=9, facilities=RAMP),
)
PEOPLE = (
    Person(id="p1", category="partner", organisation="CAF", wishes={"s": ("c", "a")}, volunteer_porteur=True),
    Person(id="p2", category="partner", organisation="CAF", wishes={"s": ("a", "c")}),
    Person(id="p3", category="other"),
    Person(id="p4", category="partner", wishes={"s": ("a",)}),
    Person(id="p5", category="partner", wishes={"s": ("a",)}),
    Person(id="p6", category="partner", wishes={"s": ("a",)}, needs=RAMP),
    Person(id="p7", category="partner", locks={"s": Lock("d")}),
    Person(id="p8", category="partner", absent_slots=frozenset({"s"})),
)
WORDS = Problem(slots=("s",), people=PEOPLE, workshops=ROOMS, encounters=(Encounter("p4", "p5"),))
PLAN = Plan(
    {
        ("p1", "s"): Seat("c", 2, True),
        ("p2", "s"): Seat("c", 2),
        ("p3", "s"): Seat("c", 2),
        ("p4", "s"): Seat("a"),
        ("p5", "s"): Seat("a"),
        ("p6", "s"): Seat("d"),
        ("p7", "s"): Seat("d"),
    }
)


@pytest.mark.parametrize(
    ("person", "sentence"),
    [
        (
            "p1",
            "« Codev », table 2 : c’est votre premier choix. Vous y apportez un sujet. Autour de la table, "
            "une personne du même type d’acteurs que vous (autre partenaire institutionnel). "
            "Une personne de votre structure est à la même table.",
        ),
        (
            "p2",
            "« Codev », table 2 : c’est votre deuxième choix ; « Anarchaise » est complet (2 places, "
            "4 premiers choix). Autour de la table, "
            "une personne du même type d’acteurs que vous (autre partenaire institutionnel). "
            "Une personne de votre structure est à la même table.",
        ),
        (
            "p3",
            "« Codev », table 2 : vous n’aviez pas donné de souhait ; votre place aide à équilibrer les ateliers.",
        ),
        ("p4", "« Anarchaise » : c’est votre premier choix."),
        (
            "p6",
            "« Débat » : vous ne l’aviez pas demandé ; la salle de « Anarchaise » ne répond pas à votre besoin.",
        ),
        ("p7", "« Débat » : votre place est fixée par l’organisation."),
        ("p8", "Vous avez dit ne pas être là sur ce créneau."),
    ],
)
def test_everybody_is_told_why(person: str, sentence: str) -> None:
    assert explain(WORDS, PLAN, person, "s") == sentence


def test_explaining_somebody_unknown_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="unknown"):
        explain(WORDS, PLAN, "zoé", "s")


def test_figures_are_recounted() -> None:
    report = measure(WORDS, PLAN)
    assert (report.people, report.seats) == (7, 7)
    assert report.ranks == {"s": {"1": 3, "2": 1, "other": 1, "none": 2}}
    assert (report.first_wish, report.wished, report.unwished, report.free) == (3, 4, 1, 2)
    assert report.regret == 2 + 3
    assert report.workshops == {"a": 2, "c": 3, "d": 2}
    assert report.colleague_pairs == 1
    assert report.repeated_encounters == 1
    codev = next(group for group in report.groups if group.workshop == "c")
    assert (codev.table, codev.people, codev.organisations) == (2, 3, 1)
    assert codev.categories == {"other": 1, "partner": 2}
    assert report.mix == 67  # two mixed pairs, alike in category only


class Loud:
    """A catalogue that says everything in capitals, places aside."""

    def one(self, sentence: str) -> str:
        return {"{who} vient": "{who} COMES", "avec {what}": "WITH {what}"}.get(sentence, sentence.upper())

    def many(self, one: str, many: str, number: int) -> str:
        return "{number} CHAIRS"


def test_what_was_said_is_said_again_in_another_language(monkeypatch: pytest.MonkeyPatch) -> None:
    what = speak_of(2, "{number} chaise", "{number} chaises")
    said = together(" ", speak("{who} vient", who="Ana"), speak("avec {what}", what=what), later("et puis"))
    assert said == "Ana vient avec 2 chaises et puis"
    told = json.loads(json.dumps(said.told))
    assert say_again(told) == said
    assert say_again(told, turn=lambda sentence: sentence.replace("avec", "sans")) == "Ana vient sans 2 chaises et puis"
    monkeypatch.setattr(words, "_find", Loud)
    assert say_again(told) == "Ana COMES WITH 2 CHAIRS et puis"  # a value stays what it was
    assert said == "Ana vient avec 2 chaises et puis"
