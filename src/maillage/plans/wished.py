"""What people had asked for, where a move takes them: no rule tells of a wish."""

from django.utils.translation import gettext as _

import seating
from maillage.plans.problem import Situation


def wishes_changed(situation: Situation, before: seating.Plan, after: seating.Plan) -> tuple[list[str], list[str]]:
    """Sentences: who goes to a workshop they asked for less, who to one they asked for more."""
    lost: list[str] = []
    won: list[str] = []
    for person in situation.problem.people:
        for slot, wishes in person.wishes.items():
            old, new = before.seats.get((person.id, slot)), after.seats.get((person.id, slot))
            if not wishes or old is None or new is None or old.workshop == new.workshop:
                continue
            was, rank = (wishes.index(seat.workshop) if seat.workshop in wishes else len(wishes) for seat in (old, new))
            words = {"person": person.label, "workshop": situation.workshops[new.workshop], "n": rank + 1}
            if rank == len(wishes) and rank != was:
                lost.append(_("{person} n’a pas demandé « {workshop} ».").format(**words))
            elif rank != was:
                said = _("« {workshop} » est le choix {n} de {person}.").format(**words)
                (lost if rank > was else won).append(said)
    return lost, won
