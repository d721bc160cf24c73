"""A linear programme, built row by row and minimised by HiGHS: fractions allowed, but for the columns named whole.

Source: Huangfu & Hall, « Parallelizing the dual revised simplex method », Math. Prog. Comp. 10 (2018),
doi:10.1007/s12532-017-0130-5 (the solver HiGHS).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import highspy
import numpy as np
import numpy.typing as npt

INFINITE = highspy.kHighsInf
_new_solver: Callable[[], highspy.Highs] = highspy.Highs  # its constructor carries no annotation


@dataclass
class Linear:
    """Columns are at least 0. Deterministic: one thread, no clock."""

    cost: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    terms: list[Mapping[int, float]] = field(default_factory=list)
    sides: list[tuple[float, float]] = field(default_factory=list)

    def column(self, upper: float = INFINITE, cost: float = 0.0) -> int:
        self.cost.append(cost)
        self.upper.append(upper)
        return len(self.cost) - 1

    def row(self, terms: Mapping[int, float], lower: float, upper: float) -> None:
        self.terms.append(terms)
        self.sides.append((lower, upper))

    def minimise(
        self, *, whole: Collection[int] = (), gap: float = 0.0, nodes: int = 0
    ) -> tuple[float, npt.NDArray[np.float64]] | None:
        """Least cost and the columns.

        Parameters
        ----------
        whole : columns that take whole numbers
        gap : how far above the least, as a part of it, a whole solution may be
        nodes : of the search at most; the best found then

        Returns
        -------
        (float, ndarray) or None
            None when there is no solution, or none was found.
        """
        solver = _new_solver()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.cost), len(self.terms)
        model.col_cost_ = np.asarray(self.cost)
        model.col_lower_ = np.zeros(len(self.cost))
        model.col_upper_ = np.asarray(self.upper)
        model.row_lower_ = np.asarray([lower for lower, _ in self.sides], dtype=np.float64)
        model.row_upper_ = np.asarray([upper for _, upper in self.sides], dtype=np.float64)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lengths = [len(terms) for terms in self.terms]
        model.a_matrix_.start_ = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        model.a_matrix_.index_ = np.asarray([c for terms in self.terms for c in terms], dtype=np.int32)
        model.a_matrix_.value_ = np.asarray([v for terms in self.terms for v in terms.values()], dtype=np.float64)
        if whole:
            kinds = [highspy.HighsVarType.kContinuous] * len(self.cost)
            for column in whole:
                kinds[column] = highspy.HighsVarType.kInteger
            model.integrality_ = kinds
            solver.setOptionValue("mip_rel_gap", gap)
            solver.setOptionValue("mip_max_nodes", nodes)
        if solver.passModel(model) == highspy.HighsStatus.kError:
            raise RuntimeError("HiGHS refused the programme")
        solver.run()
        solved = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        if not solved and not (whole and solver.getInfo().primal_solution_status == highspy.kSolutionStatusFeasible):
            return None
        return float(solver.getInfo().objective_function_value), np.asarray(solver.getSolution().col_value)
