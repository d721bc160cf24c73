"""One objective after the other over one set of whole-number variables, each proven least, then held.

A rung of the ladder: the linear relaxation gives a bound and reduced costs; where its vertex is whole, it is the
answer; else HiGHS searches, among the variables that reduced costs leave open, for a solution at the bound, and the
bound is raised until there is one. What the reduced costs exclude at the optimum is fixed for good, so each rung is
smaller than the one before. No clock, one thread: the same answer everywhere.

Source: Dantzig, Fulkerson & Johnson, « Solution of a large-scale traveling-salesman problem », Operations Research 2
(1954), doi:10.1287/opre.2.4.393 (excluding variables by reduced costs); Huangfu & Hall (2018), see `milp`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field

import highspy
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NEAR = 1e-6  # below this a difference of the relaxation is noise: all data are whole numbers
NODES = 20_000  # of one search; beyond, the best so far is kept and the ladder is no longer proven
RAISES = 4  # times the bound is raised before the search is left free
_new_solver: Callable[[], highspy.Highs] = highspy.Highs  # its constructor carries no annotation


@dataclass
class Rows:
    """Constraints lower ≤ Σ value · variable ≤ upper, gathered in blocks of arrays."""

    count: int = 0
    _row: list[Ints] = field(default_factory=list)
    _column: list[Ints] = field(default_factory=list)
    _value: list[Ints] = field(default_factory=list)
    _lower: list[Floats] = field(default_factory=list)
    _upper: list[Floats] = field(default_factory=list)

    def add(
        self,
        columns: npt.ArrayLike,
        values: npt.ArrayLike = 1,
        extra: Mapping[int, int] | None = None,
        *,
        lower: float = -np.inf,
        upper: float = np.inf,
    ) -> None:
        """One row: `values` on `columns`, and a few more terms."""
        index = np.asarray(columns, dtype=np.int64)
        terms = np.broadcast_to(np.asarray(values, dtype=np.int64), index.shape)
        if extra:
            index = np.concatenate([index, np.fromiter(extra.keys(), dtype=np.int64, count=len(extra))])
            terms = np.concatenate([terms, np.fromiter(extra.values(), dtype=np.int64, count=len(extra))])
        kept = terms != 0
        self.add_many(np.zeros(int(kept.sum())), index[kept], terms[kept], lower=[lower], upper=[upper])

    def add_many(
        self,
        rows: npt.ArrayLike,
        columns: npt.ArrayLike,
        values: npt.ArrayLike = 1,
        *,
        lower: npt.ArrayLike,
        upper: npt.ArrayLike,
    ) -> None:
        """As many rows as `lower` and `upper` are long; `rows` counts from 0 within the block."""
        index = np.asarray(columns, dtype=np.int64)
        self._row.append(np.asarray(rows, dtype=np.int64) + self.count)
        self._column.append(index)
        self._value.append(np.broadcast_to(np.asarray(values, dtype=np.int64), index.shape))
        self._lower.append(np.asarray(lower, dtype=np.float64))
        self._upper.append(np.asarray(upper, dtype=np.float64))
        self.count += len(self._lower[-1])

    def gathered(self) -> tuple[Ints, Ints, Ints, Floats, Floats]:
        """Row, column and value of each term, then the bounds of each row."""

        def joined(parts: list[Ints]) -> Ints:
            return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)

        ends = [np.concatenate(parts) if parts else np.zeros(0) for parts in (self._lower, self._upper)]
        return joined(self._row), joined(self._column), joined(self._value), ends[0], ends[1]


class Ladder:
    """Whole-number variables between 0 and `upper`, under `rows`.

    `whole` marks the variables whose integrality decides: given those, each of the others stands alone in its rows and
    takes the least value they allow.
    """

    def __init__(self, upper: Ints, whole: Bools, rows: Rows, *, seed: int = 0) -> None:
        self.low = np.zeros(len(upper), dtype=np.int64)
        self.high = np.asarray(upper, dtype=np.int64).copy()
        self.best: Ints | None = None
        self.proven = True
        self._whole = whole
        row, column, value, self._lower, self._upper = rows.gathered()
        order = np.lexsort((row, column))
        self._row, self._column, self._value = row[order], column[order], value[order]
        self._held: list[tuple[Ints, int]] = []
        self._seed = seed % 2**31
        self._tired = False  # a search of this rung gave up

    def padded(self, costs: Ints) -> Ints:
        """An objective on the first variables only."""
        return np.concatenate([costs, np.zeros(len(self.high) - len(costs), dtype=np.int64)])

    def minimise(self, costs: Ints, *, guide: Ints | None = None) -> int | None:
        """Least value of the objective among what the objectives before it left; None when nothing is left at all.

        The solution is in `best`; later objectives keep this value. Where many solutions are equal, `guide` tells the
        search which of them to look at first.
        """
        costs = np.asarray(costs, dtype=np.int64)
        floor = int(np.where(costs > 0, costs * self.low, costs * self.high).sum())
        if self.best is not None and int(costs @ self.best) == floor:
            np.copyto(self.high, self.low, where=costs > 0)
            np.copyto(self.low, self.high, where=costs < 0)
            return floor
        self._tired = False
        relaxed = self._relax(costs)
        if relaxed is None:
            return None
        bound, point, reduced, dual = relaxed
        step = int(np.gcd.reduce(costs)) or 1
        least = int(np.ceil((bound - NEAR * max(1.0, abs(bound))) / step)) * step
        found = self._at_bound(costs, least, point)
        if found is None and guide is not None and guide.any():
            found = self._guided(costs, step, least, guide)
        if found is None:
            found = self._search(costs, step, bound, least, reduced)
        if found is None:
            return None
        value = int(costs @ found)
        self.best = found
        self.proven = self.proven and (value == least or not self._tired)
        self._hold(costs, value, value - bound, reduced, dual)
        return value

    def _at_bound(self, costs: Ints, least: int, point: Floats) -> Ints | None:
        """A solution at the bound that costs no search: the one in hand, or the whole vertex of the relaxation."""
        if self.best is not None and int(costs @ self.best) == least:
            return self.best
        near = np.rint(point)
        if np.abs(point - near)[self._whole].max(initial=0.0) > NEAR:
            return None
        found = self._completed(near.astype(np.int64))
        return found if found is not None and int(costs @ found) == least else None

    def _guided(self, costs: Ints, step: int, least: int, guide: Ints) -> Ints | None:
        """A solution at the bound near the best of the guide, if there is one: the bound is its proof."""
        near = copy(self)
        near._append(costs, least)
        relaxed = near._relax(guide)
        if relaxed is None:
            return None
        _, point, reduced, _ = relaxed
        found = self._at_bound(costs, least, point)
        return found if found is not None else self._branch(costs, step, np.abs(reduced) <= NEAR, reduced, least)

    def _completed(self, point: Ints) -> Ints | None:
        """`point` with every variable that is not marked whole set to the least value its rows allow, if they do."""
        found = point.copy()
        free = ~self._whole & (self.low < self.high)
        found[free] = 0
        term = free[self._column]
        row, column, value = self._row[term], self._column[term], self._value[term]
        activity = self._activity(found)
        with np.errstate(invalid="ignore"):
            ends = (self._lower[row] - activity[row]) / value, (self._upper[row] - activity[row]) / value
        low, high = self.low.astype(np.float64), self.high.astype(np.float64)
        np.maximum.at(low, column, np.minimum(*ends))
        np.minimum.at(high, column, np.maximum(*ends))
        found[free] = np.ceil(low[free] - NEAR).astype(np.int64)
        return found if (low <= high + NEAR).all() and self._keeps(found) else None

    def _activity(self, point: Ints) -> Floats:
        weights = (self._value * point[self._column]).astype(np.float64)
        return np.bincount(self._row, weights=weights, minlength=len(self._lower)).astype(np.float64)

    def _keeps(self, point: Ints) -> bool:
        """Whether a whole point keeps every row, every bound, and every objective held."""
        activity = self._activity(point)
        return bool(
            (point >= self.low).all()
            and (point <= self.high).all()
            and (activity >= self._lower - 0.5).all()
            and (activity <= self._upper + 0.5).all()
            and all(int(costs @ point) <= value for costs, value in self._held)
        )

    def _hold(self, costs: Ints, value: int, gap: float, reduced: Floats, dual: Floats) -> None:
        """Keep only what may still reach `value`."""
        slack = max(0.0, gap) + NEAR
        steep = np.abs(reduced) > NEAR
        reach = np.zeros(len(reduced))
        np.divide(slack, np.abs(reduced), out=reach, where=steep)
        span = np.floor(reach).astype(np.int64)
        self.high = np.where(steep & (reduced > 0), np.minimum(self.high, self.low + span), self.high)
        self.low = np.where(steep & (reduced < 0), np.maximum(self.low, self.high - span), self.low)
        if gap < NEAR * max(
            1.0, abs(value)
        ):  # the face of the optimum is the held objective: no row spoils its vertices
            tight = np.abs(dual) > NEAR
            self._upper = np.where(tight & (dual > 0), self._lower, self._upper)
            self._lower = np.where(tight & (dual < 0), self._upper, self._lower)
        else:
            self._append(costs, value)
        self._held.append((costs, value))

    def _append(self, costs: Ints, upper: int) -> None:
        """One row more: the objective stays at `upper` or below."""
        terms = np.flatnonzero(costs)
        self._row = np.concatenate([self._row, np.full(len(terms), len(self._lower))])
        self._column = np.concatenate([self._column, terms])
        self._value = np.concatenate([self._value, costs[terms]])
        self._lower, self._upper = np.append(self._lower, -np.inf), np.append(self._upper, upper)
        order = np.lexsort((self._row, self._column))
        self._row, self._column, self._value = self._row[order], self._column[order], self._value[order]

    def _relax(self, costs: Ints) -> tuple[float, Floats, Floats, Floats] | None:
        """Bound, point, reduced costs and row duals of the linear relaxation."""
        free = np.flatnonzero(self.low < self.high)
        if not len(free):  # HiGHS says nothing of rows without variables
            nothing = np.zeros(len(self.low)), np.zeros(len(self._lower))
            return (float(costs @ self.low), self.low.astype(np.float64), *nothing) if self._keeps(self.low) else None
        solver, model, base = self._model(costs, free)
        status = _run(solver, model)
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"HiGHS stopped with {status}")
        solution = solver.getSolution()
        point, reduced = self.low.astype(np.float64), np.zeros(len(self.low))
        point[free] = solution.col_value
        reduced[free] = solution.col_dual
        dual = np.asarray(solution.row_dual)
        bound = float(costs[free] @ point[free]) + base
        return bound, point, reduced, dual

    def _search(self, costs: Ints, step: int, bound: float, least: int, reduced: Floats) -> Ints | None:
        """The best whole solution: the bound is raised until there is one."""
        raised = least
        for times in range(RAISES):
            # Whoever is worth `raised` or less leaves at its bound what costs more than the gap to move.
            gap = raised - bound + NEAR * max(1.0, abs(bound))
            shut = np.abs(reduced) > gap
            found = self._branch(costs, step, ~shut, reduced, raised)
            if found is not None:
                return found
            raised = least + step * (2 ** (times + 1) - 1)
        everything = np.ones(len(reduced), dtype=np.bool_)
        found = self._branch(costs, step, everything, reduced, None)
        if found is None and self._tired:  # some solution at least, however long it takes
            found = self._branch(costs, step, everything, reduced, None, first=True)
        return found

    def _branch(
        self, costs: Ints, step: int, wanted: Bools, reduced: Floats, limit: int | None, *, first: bool = False
    ) -> Ints | None:
        free = np.flatnonzero(wanted & (self.low < self.high))
        resting = np.where(reduced < 0, self.high, self.low)
        if not len(free):
            return resting if self._keeps(resting) else None
        posed = self
        if limit is not None:
            posed = copy(self)
            posed._append(costs, limit)
        solver, model, _ = posed._model(costs, free, resting)
        model.integrality_ = [highspy.HighsVarType.kInteger] * len(free)
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.setOptionValue("mip_abs_gap", step - 0.1)  # objectives are multiples of `step`: closer is equal
        if first:
            solver.setOptionValue("mip_max_improving_sols", 1)
        else:
            solver.setOptionValue("mip_max_nodes", NODES)
        warm = None
        if self.best is not None and (limit is None or costs @ self.best <= limit):
            warm = self.best[free]
        for presolve in ("choose", "off"):
            solver.setOptionValue("presolve", presolve)
            status = _run(solver, model, warm)
            if status == highspy.HighsModelStatus.kInfeasible:
                return None
            if status == highspy.HighsModelStatus.kSolutionLimit:
                self._tired = True
                if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
                    return None
            found = resting.copy()
            found[free] = np.rint(solver.getSolution().col_value).astype(np.int64)
            if status != highspy.HighsModelStatus.kSolveError and self._keeps(found):
                return found
        raise RuntimeError("HiGHS gave a point that breaks a row, with its presolve and without")

    def _model(
        self, costs: Ints, free: npt.NDArray[np.intp], resting: Ints | None = None
    ) -> tuple[highspy.Highs, highspy.HighsLp, float]:
        """The programme on the free variables; the others rest. Third: what the resting ones cost."""
        rest = (self.low if resting is None else resting).copy()
        rest[free] = 0
        position = np.full(len(rest), -1, dtype=np.int64)
        position[free] = np.arange(len(free))
        inside = position[self._column] >= 0
        base = self._activity(rest)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(free), len(self._lower)
        model.col_cost_ = costs[free].astype(np.float64)
        model.col_lower_ = self.low[free].astype(np.float64)
        model.col_upper_ = self.high[free].astype(np.float64)
        model.row_lower_ = self._lower - base
        model.row_upper_ = self._upper - base
        counts = np.bincount(position[self._column[inside]], minlength=len(free))
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        model.a_matrix_.index_ = self._row[inside].astype(np.int32)
        model.a_matrix_.value_ = self._value[inside].astype(np.float64)
        solver = _new_solver()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("random_seed", self._seed)
        return solver, model, float(costs @ rest)


def _run(solver: highspy.Highs, model: highspy.HighsLp, warm: Ints | None = None) -> highspy.HighsModelStatus:
    """Optimal, infeasible, or stopped by a limit; a solve error, which is a presolve gone wrong, is told too."""
    if solver.passModel(model) == highspy.HighsStatus.kError:
        raise RuntimeError("HiGHS refused the programme")
    if warm is not None:
        solution = highspy.HighsSolution()
        solution.col_value = list(warm.astype(np.float64))
        solver.setSolution(solution)
    solver.run()
    status = solver.getModelStatus()
    known = highspy.HighsModelStatus
    if status == known.kUnboundedOrInfeasible:  # every variable has bounds
        return known.kInfeasible
    if status not in (known.kOptimal, known.kInfeasible, known.kSolutionLimit, known.kSolveError):
        raise RuntimeError(f"HiGHS stopped with {status}")
    return status
