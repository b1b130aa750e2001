"""The kernel's propagators advance every named set as SciPy's matrix exponential does."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.linalg import expm

from subside.engine.drugs import PK_SETS, pk_set
from subside.engine.pk import (
    INPUT,
    N_STATES,
    Bolus,
    Covariates,
    Infusion,
    amounts,
    individual,
    rate_entries,
)

N = 19  # more than one block of lanes, and not a multiple of it
DOSES = (
    Infusion(start_h=0.0, end_h=2.0, mg_per_h=20.0),
    Infusion(start_h=2.0, end_h=5.5, mg_per_h=7.5),
    Bolus(at_h=3.25, mg=12.0),
    Infusion(start_h=26.0, end_h=26.0 + 2.0 / 3.0, mg_per_h=45.0),
)
TIMES = np.array([0.25, 1.0, 2.0, 2.1, 3.25, 4.0, 5.5, 8.0, 26.0, 26.5, 27.0, 50.0, 120.0])


def reference(matrix: np.ndarray) -> np.ndarray:
    """Every state at every time, one exponential from dose change to dose change."""
    state = np.zeros(N_STATES)
    edges = sorted(
        {0.0, *TIMES, *(e for d in DOSES if isinstance(d, Infusion) for e in (d.start_h, d.end_h))}
    )
    kept = []
    for start, end in itertools.pairwise(edges):
        rate = sum(
            d.mg_per_h for d in DOSES if isinstance(d, Infusion) and d.start_h <= start and end <= d.end_h
        )
        augmented = np.zeros((N_STATES + 1, N_STATES + 1))
        augmented[:N_STATES, :] = matrix
        state = (expm(augmented * (end - start)) @ np.append(state, rate))[:N_STATES]
        state[0] += sum(d.mg for d in DOSES if isinstance(d, Bolus) and d.at_h == end)
        if end in TIMES:
            kept.append(state.copy())
    return np.array(kept)


@pytest.mark.parametrize("enantiomer", ["s", "r"])
@pytest.mark.parametrize("name", PK_SETS)
def test_amounts_agree_with_the_matrix_exponential(name: str, enantiomer: str) -> None:
    a_set = pk_set(name)
    rng = np.random.default_rng(20)
    people = Covariates(weight_kg=rng.uniform(5.0, 130.0, N), age_years=rng.uniform(1.0, 90.0, N))
    parameters = individual(a_set, people, rng.standard_normal((N, a_set.n_eta)), enantiomer=enantiomer)
    found = amounts(a_set, parameters, DOSES, TIMES)
    non_zeros, values = rate_entries(a_set, parameters)
    for patient in range(N):
        matrix = np.zeros((N_STATES, N_STATES + 1))
        for (row, column), value in zip(non_zeros, values[patient], strict=True):
            matrix[row, N_STATES if column == INPUT else column] = value
        expected = reference(matrix)
        # 1e-9 is what the engine promises; the floor is a billionth of a state's largest value
        floor = 1e-9 * np.abs(expected).max(axis=0)
        assert np.all(np.abs(found[patient] - expected) <= 1e-9 * np.abs(expected) + floor)
