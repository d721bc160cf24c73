"""Invented days for the tests: the same seed gives the same people."""

from __future__ import annotations

import random

from seating import Lock, Pair, Person, Problem, Workshop

CATEGORIES = ("resident", "local_officer", "association", "state_officer", "elected_official", "partner")
SHARES = (15, 28, 23, 14, 11, 9)


def regional_day(people: int = 128, seed: int = 1) -> Problem:
    """Two slots of four workshops, the afternoon with codev (peers, porteurs) and a serious game at tables."""
    dice = random.Random(seed)
    room = -(-people // 4)
    morning = [
        Workshop(id=f"m{k}", slot="matin", name=name, minimum=people // 11, maximum=room + room // 4)
        for k, name in enumerate(("TFPB", "Isolement", "Animation", "Village"))
    ]
    ramp = frozenset({"rampe"})
    afternoon = [
        Workshop(
            id="codev", slot="midi", name="Co-développement", minimum=people // 11, maximum=room + room // 4,
            tables=(6, 9), porteur_needed=True, compose="peers", facilities=ramp,
        ),
        Workshop(id="coop", slot="midi", name="Coop ou pas coop", minimum=8, maximum=room + room // 3, facilities=ramp),
        Workshop(id="chaises", slot="midi", name="Anarchaise", minimum=people // 11, maximum=room, compose="free"),
        Workshop(
            id="pot", slot="midi", name="Le pot du quartier", minimum=people // 11, maximum=room + room // 4,
            tables=(4, 5), facilities=ramp,
        ),
    ]  # fmt: skip
    morning = [
        Workshop(w.id, w.slot, w.maximum, w.minimum, w.name, facilities=ramp if w.id != "m3" else frozenset())
        for w in morning
    ]
    found = []
    for i in range(people):
        category = dice.choices(CATEGORIES, SHARES)[0]
        wishes: dict[str, tuple[str, ...]] = {}
        for slot, offered, popular in (
            ("matin", [w.id for w in morning], (5, 9, 4, 3)),
            ("midi", [w.id for w in afternoon], (9, 6, 2, 5)),
        ):
            left = dict(zip(offered, popular, strict=True))
            ranked = []
            for _ in range(dice.choices((0, 1, 2, 3, 4), (10, 25, 40, 20, 5))[0]):
                ranked.append(dice.choices(list(left), list(left.values()))[0])
                del left[ranked[-1]]
            wishes[slot] = tuple(ranked)
        found.append(
            Person(
                id=f"p{i:03}",
                name=f"Personne {i}",
                category=category,
                organisation="" if category == "resident" else f"structure {dice.randrange(people * 3 // 4)}",
                territory=f"territoire {min(dice.randrange(30), dice.randrange(30))}",
                wishes=wishes,
                volunteer_porteur=dice.random() < 0.15,
                needs=ramp if dice.random() < 0.04 else frozenset(),
                locks={"matin": Lock(f"m{i}")} if i < 3 else {},
            )
        )
    return Problem(
        slots=("matin", "midi"),
        people=tuple(found),
        workshops=(*morning, *afternoon),
        together=(Pair("p010", "p011"), Pair("p012", "p013", "midi")),
        apart=(Pair("p020", "p021"),),
        ties=(("structure 1", "structure 2"),),
        slot_names={"matin": "Le matin", "midi": "L’après-midi"},
    )
