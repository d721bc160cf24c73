"""CP-SAT (ortools, 9.15) on the mix of one round: counts of each word at each table, as a plain model says it.

Run by the Python of an environment that has ortools (`make peers`): it cannot share a process with highspy. A round
comes as JSON on standard input, with the seats it may begin from; the tables of its people go out.
"""

import json
import sys
import time
from typing import Any

from ortools.sat.python import cp_model


def main() -> None:
    round_ = json.load(sys.stdin)
    model = cp_model.CpModel()
    sizes, people = round_["sizes"], round_["people"]
    tables = range(len(sizes))
    sits = [[model.new_bool_var("") for _table in tables] for _person in range(people)]
    for row in sits:
        model.add_exactly_one(row)
    for table in tables:
        model.add(sum(row[table] for row in sits) == sizes[table])
    price: list[Any] = []
    for attribute in round_["attributes"]:
        alike: dict[int, list[int]] = {}
        for person, word in enumerate(attribute["words"]):
            if word >= 0:
                alike.setdefault(word, []).append(person)
        for members in alike.values():
            for table in tables:
                most = min(sizes[table], len(members))
                count = sum(sits[person][table] for person in members)
                pairs = model.new_int_var(0, most * (most - 1) // 2, "")
                for k in range(1, most):  # C(count, 2), from below, by the lines through its whole points
                    model.add(pairs >= k * count - k * (k + 1) // 2)
                price.append(attribute["price"] * pairs)
    model.minimize(sum(price))
    for row, start in zip(sits, round_["start"], strict=True):
        for table, here in enumerate(row):
            model.add_hint(here, table == start)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = round_["seconds"]
    solver.parameters.num_workers = 8  # its default portfolio, on whatever cores there are
    solver.parameters.random_seed = 1
    began = time.process_time()
    status = solver.solve(model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    seats = [next(t for t in tables if solver.value(row[t])) for row in sits] if found else None
    answer = {"tables": seats, "proven": status == cp_model.OPTIMAL, "seconds": time.process_time() - began}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
