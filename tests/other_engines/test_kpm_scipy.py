"""The compiled reference problem against SciPy's LSODA, whose equations stand in ``benchmarks/``."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.kpm_accuracy import errors
from benchmarks.kpm_problem import LAST_DAY, error, population, segments, times_h
from benchmarks.peers.scipy_lsoda import reference

from subside.engine.systems import kpm

#: What the kernel promises on every state, in the norm of ``kpm_problem.error``. LSODA at rtol 1e-10 is
#: itself within 2e-7 of an order-8 method at 1e-12.
PROMISED = 1e-4


def test_both_sides_speak_of_the_same_problem() -> None:
    ours = kpm.reference_regimen()
    assert np.allclose(ours.times_h, times_h(), atol=1e-9)
    assert [begin for begin, _, _ in segments()] == list(ours.changes_h)
    assert [rate for _, _, rate in segments()] == list(ours.mg_per_kg_per_h)
    assert ours.times_h[-1] == LAST_DAY * 24.0


def test_the_reference_regimen_is_solved_as_promised() -> None:
    people = population(8, seed=1)
    assert error(kpm.trajectories(people), reference(people)).max() < PROMISED


def test_random_patients_under_random_regimens_are_solved_as_promised() -> None:
    assert errors(32, seed=2).max() < PROMISED


@pytest.mark.slow
def test_two_thousand_random_patients_and_regimens_are_solved_as_promised(record_property) -> None:
    worst = errors(2000, seed=1).max(axis=1)
    median, p99 = np.quantile(worst, [0.5, 0.99])
    record_property("kpm_error_median_p99_worst", (median, p99, worst.max()))
    assert median < PROMISED / 4, (median, p99, worst.max())
    assert p99 < PROMISED, (median, p99, worst.max())
