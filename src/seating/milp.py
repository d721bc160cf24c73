"""A whole-number programme, built row by row and minimised one objective after the other by HiGHS.

Source: Huangfu & Hall, « Parallelizing the dual revised simplex method », Math. Prog. Comp. 10 (2018),
doi:10.1007/s12532-017-0130-5 (the solver HiGHS).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import highspy
import numpy as np
import numpy.typing as npt

# Objectives are whole numbers: less than one apart is equal. HiGHS stops earlier for it.
WHOLE_GAP = 0.9
UNBOUNDED = highspy.kHighsInf
_new_solver: Callable[[], highspy.Highs] = highspy.Highs  # its constructor carries no annotation


class Programme:
    """Variables are whole numbers from 0 to an upper bound; rows are lower ≤ Σ coefficient · variable ≤ upper.

    Deterministic: one thread, a given seed, no clock.
    """

    def __init__(self, *, seed: int = 0) -> None:
        self._uppers: list[int] = []
        self._rows: list[tuple[Mapping[int, int], float, float]] = []
        self._loaded: highspy.Highs | None = None
        self._built = 0
        self._values: npt.NDArray[np.float64] | None = None
        self._seed = seed % 2**31

    def variable(self, upper: int = 1) -> int:
        self._uppers.append(upper)
        return len(self._uppers) - 1

    def bound(self, variable: int, upper: int) -> None:
        """Change the upper bound of a variable."""
        self._uppers[variable] = upper
        if self._loaded is not None:
            self._loaded.changeColBounds(variable, 0.0, float(upper))

    def row(self, terms: Mapping[int, int], lower: float = -UNBOUNDED, upper: float = UNBOUNDED) -> None:
        self._rows.append((dict(terms), float(lower), float(upper)))

    def minimise(self, objective: Mapping[int, int]) -> int | None:
        """Least value of the objective; None when no whole-number solution exists. Values are then in `value`."""
        solver = self._load()
        costs = np.zeros(len(self._uppers))
        for variable, cost in objective.items():
            costs[variable] = cost
        columns = np.arange(len(self._uppers), dtype=np.int32)
        solver.changeColsCost(len(columns), columns, costs)
        if self._values is not None:
            warm = highspy.HighsSolution()
            warm.col_value = list(self._values)
            solver.setSolution(warm)
        solver.run()
        status = solver.getModelStatus()
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            self._values = None
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"HiGHS stopped with {status}")
        self._values = np.rint(np.asarray(solver.getSolution().col_value))
        return round(float(costs @ self._values))

    def value(self, variable: int) -> int:
        assert self._values is not None, "minimise() has found no solution"
        return int(self._values[variable])

    def values(self) -> npt.NDArray[np.float64]:
        assert self._values is not None, "minimise() has found no solution"
        return self._values

    def _load(self) -> highspy.Highs:
        if self._loaded is None:
            self._loaded = self._first_load()
        else:
            for terms, lower, upper in self._rows[self._built :]:
                index = np.fromiter(terms.keys(), dtype=np.int32, count=len(terms))
                value = np.fromiter(terms.values(), dtype=np.float64, count=len(terms))
                self._loaded.addRow(lower, upper, len(terms), index, value)
        self._built = len(self._rows)
        return self._loaded

    def _first_load(self) -> highspy.Highs:
        solver = _new_solver()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("random_seed", self._seed)
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.setOptionValue("mip_abs_gap", WHOLE_GAP)
        model = highspy.HighsLp()
        columns = len(self._uppers)
        model.num_col_ = columns
        model.num_row_ = len(self._rows)
        model.col_cost_ = np.zeros(columns)
        model.col_lower_ = np.zeros(columns)
        model.col_upper_ = np.asarray(self._uppers, dtype=np.float64)
        model.integrality_ = [highspy.HighsVarType.kInteger] * columns
        model.row_lower_ = np.asarray([row[1] for row in self._rows])
        model.row_upper_ = np.asarray([row[2] for row in self._rows])
        lengths = [len(row[0]) for row in self._rows]
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        model.a_matrix_.index_ = np.asarray([v for row in self._rows for v in row[0]], dtype=np.int32)
        model.a_matrix_.value_ = np.asarray([c for row in self._rows for c in row[0].values()], dtype=np.float64)
        if solver.passModel(model) == highspy.HighsStatus.kError:
            raise RuntimeError("HiGHS refused the programme")
        return solver
