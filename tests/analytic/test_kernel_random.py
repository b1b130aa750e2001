"""Random streams against the published answers of the generator and against exact distributions.

Statistical tolerances are four Monte Carlo standard errors; where several numbers are looked at, the
largest of them is allowed the same tail probability (normal quantile of 6e-5 / count).
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import chi2

from subside.engine.kernel.random import normal_quantile, normals, philox, uniforms
from subside.errors import ParameterError

FOUR_SIGMA = 6.3e-5  # probability beyond four standard errors, two-sided


def four_standard_errors_for(count: int) -> float:
    return float(-ndtri(FOUR_SIGMA / 2 / count))


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_the_generator_gives_the_known_answers_of_its_authors(counter, key, words) -> None:
    # Random123 1.14, tests/kat_vectors, "philox4x32 10"
    arrays = [np.array([c], dtype=np.uint64) for c in counter]
    assert tuple(int(w[0]) for w in philox(*arrays, key=key)) == words


def test_normal_quantiles_are_those_of_an_independent_implementation() -> None:
    tail = 10.0 ** -np.arange(1.0, 300.0)
    p = np.concatenate([np.linspace(1e-9, 1 - 1e-9, 100_001), tail])
    # 1e-16 published for AS 241, times ten for rounding in the logarithm and the polynomials;
    # beside the median both are of the size of the rounding of p - 1/2.
    np.testing.assert_allclose(normal_quantile(p), ndtri(p), rtol=2e-15, atol=1e-15)


def test_impossible_probabilities_have_no_quantile_and_certain_ones_an_infinite_one() -> None:
    answer = normal_quantile([-0.1, 1.1, np.nan, 0.0, 1.0])
    assert np.isnan(answer[:3]).all()
    assert answer[3] == -np.inf
    assert answer[4] == np.inf


def test_uniforms_fill_the_interval_evenly() -> None:
    n, bins = 1_000_000, 1000
    counts, _ = np.histogram(uniforms(5, np.arange(1000), "even", n // 1000), bins, (0.0, 1.0))
    statistic = float(((counts - n / bins) ** 2 / (n / bins)).sum())
    assert chi2.ppf(FOUR_SIGMA / 2, bins - 1) < statistic < chi2.isf(FOUR_SIGMA / 2, bins - 1)


def test_every_bit_of_a_uniform_is_a_fair_coin() -> None:
    bits = (uniforms(6, np.arange(2000), "bits", 100).ravel() * 2**52).astype(np.uint64)
    share = np.array([((bits >> np.uint64(k)) & np.uint64(1)).mean() for k in range(52)])
    z = (share - 0.5) / (0.5 / math.sqrt(bits.size))
    assert np.abs(z).max() < four_standard_errors_for(52)


def test_normals_have_the_moments_of_a_standard_normal() -> None:
    z = normals(7, np.arange(20_000), "moments", 50).ravel()
    # variances of z, z^2, z^3, z^4 under the standard normal: 1, 2, 15, 96
    for power, mean, variance in ((1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0)):
        assert abs((z**power).mean() - mean) < 4 * math.sqrt(variance / z.size), power


def test_streams_patients_indices_and_studies_are_uncorrelated() -> None:
    n = 40_000
    patients = np.arange(n)
    a = normals(1, patients, "a", 4)
    z = np.hstack(
        [
            a,
            normals(1, patients, "b", 4),
            normals(2, patients, "a", 4),
            normals(1, patients + n, "a", 4),
            normals(1, patients, "a", 4, first=4),
            np.roll(a, 1, axis=0),  # the neighbor's
        ]
    )
    correlation = np.corrcoef(z.T)[np.triu_indices(z.shape[1], 1)]
    squares = np.corrcoef((z**2).T)[np.triu_indices(z.shape[1], 1)]
    limit = four_standard_errors_for(correlation.size) / math.sqrt(n)
    assert np.abs(correlation).max() < limit
    assert np.abs(squares).max() < limit * 1.2  # heavier tails: z^2 has kurtosis 15


def test_far_apart_patient_numbers_do_not_collide() -> None:
    numbers = np.array([1, 2**31, 2**32, 2**32 + 1, 2**63 - 1])
    assert np.unique(uniforms(1, numbers, "far", 3)).size == 15


@settings(max_examples=50, deadline=None)
@given(
    order=st.permutations(list(range(20))),
    n=st.integers(1, 9),
    more=st.integers(0, 6),
    first=st.integers(0, 9),
)
def test_a_draw_depends_on_its_address_alone(order: list[int], n: int, more: int, first: int) -> None:
    everyone = normals(3, np.arange(20), "who", first + n + more)
    some = normals(3, np.array(order), "who", n, first=first)
    assert np.array_equal(some, everyone[order, first : first + n])
    assert np.array_equal(normals(3, [order[0]], "who", n, first=first)[0], some[0])


def test_a_number_and_its_text_name_different_streams() -> None:
    assert not np.array_equal(uniforms(1, [0], 1, 4), uniforms(1, [0], "1", 4))
    assert not np.array_equal(uniforms(1, [0], 2, 4), uniforms(2, [0], 1, 4))


@pytest.mark.parametrize("patients", [[-1], [0.5], [[1, 2]], [np.nan]])
def test_patients_that_are_not_numbered_are_refused(patients: list) -> None:
    with pytest.raises(ParameterError, match="patients must be whole numbers"):
        uniforms(1, patients, "x", 1)


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ParameterError, match="got n=-1"):
        uniforms(1, [0], "x", -1)
