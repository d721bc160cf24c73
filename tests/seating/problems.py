"""Random problems of one slot, small enough for brute force."""

from __future__ import annotations

from hypothesis import strategies as st

from seating import Lock, Pair, Person, Problem, Workshop

SIZES = {1: 12, 2: 12, 3: 9, 4: 7}  # people by number of workshops: at most 20,000 ways


@st.composite
def one_slot(draw: st.DrawFn, *, tables_too: bool = True) -> Problem:
    offered = draw(st.sampled_from([2, 2, 3, 3, 4, 1]))
    count = draw(st.integers(1, SIZES[offered]) | st.integers(SIZES[offered] // 2, SIZES[offered]))
    names = [f"w{k}" for k in range(offered)]
    workshops = []
    for name in names:
        maximum = draw(st.integers(1, max(2, count)))
        smallest = draw(st.integers(1, 3))
        sizes = [None, None, (smallest, smallest + draw(st.integers(0, 3)))]
        tables = draw(st.sampled_from(sizes)) if tables_too else None
        workshops.append(
            Workshop(
                id=name,
                slot="s",
                maximum=maximum,
                minimum=draw(st.integers(0, maximum)),
                tables=tables,
                table_count=None if tables is None else draw(st.sampled_from([None, 1, 2])),
                facilities=draw(st.sampled_from([frozenset({"rampe"}), frozenset({"rampe"}), frozenset()])),
                porteur_needed=draw(st.booleans()),
            )
        )
    lists = st.lists(st.sampled_from(names), unique=True, min_size=draw(st.integers(0, 1)), max_size=offered)
    people = [
        Person(
            id=f"p{i:02}",
            category=draw(st.sampled_from(["resident", "partner", "association"])),
            needs=draw(st.sampled_from([frozenset(), frozenset(), frozenset(), frozenset({"rampe"})])),
            wishes={"s": tuple(draw(lists))},
            volunteer_porteur=draw(st.booleans()),
            locks=draw(st.sampled_from([{}, {}, {}, {}, {"s": Lock(names[0])}])),
        )
        for i in range(count)
    ]
    couples = [Pair(f"p{i:02}", f"p{i + 1:02}") for i in range(count - 1)]
    pairs = draw(st.lists(st.sampled_from(couples), unique=True, max_size=3)) if couples else []
    return Problem(
        slots=("s",),
        people=tuple(people),
        workshops=tuple(workshops),
        together=tuple(pairs[:2]),
        apart=tuple(pairs[2:]),
        first=draw(st.sampled_from(["total", "worst"])),
    )
