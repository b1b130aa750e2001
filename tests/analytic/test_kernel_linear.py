"""Exact propagators against the matrix exponential of SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from subside.engine.kernel.lanes import LANES, aligned, to_lanes
from subside.engine.kernel.linear import advance, pattern, propagators, select_rows

# Scaling and squaring loses about one rounding per squaring and per term; both sides do, and a long step made of
# short ones loses as many as it has pieces (at most 960 here, of 1e-16 each, the worst entry a few times that).
RTOL, ATOL = 3e-12, 1e-14

COMPARTMENTS = ((0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 2), (3, 2), (3, 3), (0, 4))
CHAIN = ((0, 0), (1, 0), (1, 1), (2, 1), (2, 2), (3, 2), (3, 3), (0, 4))


def _propagators(non_zeros, rates, hs):
    structure = pattern(non_zeros, n_states=4, n_inputs=1)
    out = aligned((2 * len(hs), structure.rows.size * LANES))
    propagators(to_lanes(rates)[0], np.asarray(hs), structure, out)
    return structure, out.reshape(len(out), -1, LANES)


def _dense(non_zeros, rates):
    a = np.zeros((5, 5))
    for (row, column), rate in zip(non_zeros, rates, strict=True):
        a[row, column] += rate
    return a


def _random_rates(non_zeros, seed: int):
    rng = np.random.default_rng(seed)
    sign = np.where([r == c for r, c in non_zeros], -1.0, 1.0)
    return sign * np.exp(rng.uniform(np.log(1e-3), np.log(30.0), (LANES, len(non_zeros))))


#: Each step twice the one before, or not at all; and those of the whole model, sums of one another.
STEPS_H = ([0.02, 0.04, 0.1, 3.0, 6.0], [s / 3600.0 for s in (30, 60, 150, 300, 600, 900, 1200, 2400, 3600, 14400)])


@pytest.mark.parametrize("hs", STEPS_H)
@pytest.mark.parametrize("seed", range(3))
def test_a_propagator_is_the_matrix_exponential(seed: int, hs: list[float]) -> None:
    rates = _random_rates(COMPARTMENTS, seed)
    structure, ours = _propagators(COMPARTMENTS, rates, hs)
    for patient in range(LANES):
        a = _dense(COMPARTMENTS, rates[patient])
        for i, h in enumerate(hs):
            for part, share in ((2 * i, 0.5), (2 * i + 1, 1.0)):
                theirs = expm(share * h * a)
                found = ours[part, :, patient]
                np.testing.assert_allclose(
                    found, theirs[structure.rows, structure.columns], rtol=RTOL, atol=ATOL * theirs.max()
                )
                outside = theirs.copy()
                outside[structure.rows, structure.columns] = 0.0
                assert np.abs(outside).max() <= ATOL * theirs.max()  # theirs, of rounding only


def test_equal_rates_in_a_chain_are_no_special_case() -> None:
    # Four equal rates: eigenvalues coincide and a sum of exponentials would divide by zero.
    rates = np.tile([-2.0, 2.0, -2.0, 2.0, -2.0, 2.0, -2.0, 1.0], (LANES, 1))
    structure, ours = _propagators(CHAIN, rates, [1.0])
    theirs = expm(_dense(CHAIN, rates[0]))
    np.testing.assert_allclose(ours[1, :, 0], theirs[structure.rows, structure.columns], rtol=RTOL, atol=ATOL)
    last = np.flatnonzero((structure.rows == 3) & (structure.columns == 0))[0]
    assert ours[1, last, 0] == pytest.approx(2.0**3 / 6.0 * np.exp(-2.0), rel=RTOL)  # a gamma density


def test_two_half_steps_are_one_step() -> None:
    rates = _random_rates(COMPARTMENTS, 7)
    structure, p = _propagators(COMPARTMENTS, rates, [0.7])
    rows = select_rows(structure, (0, 1, 2, 3))
    x = np.zeros(5 * LANES)
    x[: 4 * LANES] = np.random.default_rng(7).uniform(1, 2, 4 * LANES)
    x[4 * LANES :] = 3.0
    half, twice, whole = x.copy(), x.copy(), x.copy()
    advance(x, p[0].ravel(), rows, half)
    advance(half, p[0].ravel(), rows, twice)
    advance(x, p[1].ravel(), rows, whole)
    np.testing.assert_allclose(twice, whole, rtol=RTOL)
    assert np.array_equal(whole[4 * LANES :], x[4 * LANES :])  # inputs are not states


def test_a_patient_does_not_depend_on_the_neighbors() -> None:
    rates = _random_rates(COMPARTMENTS, 11)
    alone = np.repeat(rates[:1], LANES, axis=0)
    mixed = rates.copy()
    mixed[1] = np.nan
    mixed[2] = np.inf
    mixed[3] *= 1e6  # many more squarings
    _, ours = _propagators(COMPARTMENTS, mixed, [0.5, 4.0])
    _, theirs = _propagators(COMPARTMENTS, alone, [0.5, 4.0])
    assert np.array_equal(ours[..., 0], theirs[..., 0])
    assert np.isfinite(ours[..., 0]).all()
    assert np.isnan(ours[..., 1]).any(axis=1).all()
    assert not np.isfinite(ours[..., 2]).all(axis=1).any()
