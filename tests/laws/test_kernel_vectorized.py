"""The time loops are vector code: a loop that falls back to one patient at a time is four times slower."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.kpm_problem import population

from subside.engine.kernel.assembly import arithmetic, readable_here
from subside.engine.kernel.jit import inner
from subside.engine.kernel.lanes import LANES
from subside.engine.kernel.linear import fill_propagators
from subside.engine.systems import kpm
from subside.errors import ParameterError

pytestmark = pytest.mark.skipif(not readable_here(), reason="reads x86-64 assembly; this machine has another")


def test_the_time_loop_of_the_reference_problem_has_no_scalar_arithmetic() -> None:
    kpm.simulate(population(1), regimen=_one_day())
    loop = arithmetic(kpm._run_block)
    assert loop.packed > 300  # 39 products of the linear part, 2 drives, 3 evaluations of 7 equations
    assert loop.single == 0


@inner
def _one_by_one(x, out):  # type: ignore[no-untyped-def]
    for j in range(LANES):
        if x[j] > 0.5:  # a branch on the lane, with a division by zero to guard
            out[j] = 1.0 / (x[j] - 0.5) if out[j - 1] > 0.1 else out[j]


def test_propagators_are_vector_code_but_for_the_size_of_a_step() -> None:
    kpm.simulate(population(1), regimen=_one_day())
    assert arithmetic(fill_propagators).packed_share > 0.9


def test_the_count_sees_a_loop_that_is_not_vector_code() -> None:
    _one_by_one(np.ones(LANES), np.ones(LANES))
    found = arithmetic(_one_by_one)
    assert found.single > 0
    assert found.packed_share < 0.5


def test_a_loop_that_never_ran_has_nothing_to_look_at() -> None:
    @inner
    def idle(x):  # type: ignore[no-untyped-def]
        return x

    with pytest.raises(ParameterError, match="got idle"):
        arithmetic(idle)


def _one_day() -> kpm.Regimen:
    return kpm.Regimen(
        changes_h=np.array([0.0]), mg_per_kg_per_h=np.array([0.5]), times_h=np.array([0.0, 24.0])
    )
