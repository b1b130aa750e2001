"""exp, log and their kin against the C library, as plain floats and as vectors of patients."""

from __future__ import annotations

import math

import numpy as np
import pytest

from subside.engine.kernel.functions import exp, hill, log, logistic, michaelis, power, sqrt
from subside.engine.kernel.jit import inner
from subside.engine.kernel.lanes import LANES, aligned
from subside.engine.kernel.vector import WIDTH, stream, together, where

# Published in functions.py; here with a factor of two for the comparison's own rounding.
EXP_RTOL, LOG_ATOL = 2e-12, 2e-12


def test_exp_is_that_of_the_c_library() -> None:
    for x in np.linspace(-699.0, 699.0, 5_001):
        assert exp(x) == pytest.approx(math.exp(x), rel=EXP_RTOL)


def test_exp_is_clipped_where_doubles_end() -> None:
    assert exp(1e6) == exp(700.0)
    assert exp(-1e6) == exp(-700.0)


def test_log_is_that_of_the_c_library() -> None:
    for x in 10.0 ** np.linspace(-279.0, 300.0, 5_001):
        assert log(x) == pytest.approx(math.log(x), rel=1e-15, abs=LOG_ATOL)


def test_log_of_nothing_and_of_less_is_a_large_negative_number() -> None:
    assert log(0.0) == log(-1.0) == log(1e-281) == pytest.approx(math.log(1e-280), abs=LOG_ATOL)


def test_half_of_the_effect_is_at_the_half_concentration() -> None:
    assert hill(60.0, 60.0, 1.7) == pytest.approx(0.5, abs=1e-12)
    assert michaelis(60.0, 60.0) == pytest.approx(0.5, abs=1e-15)
    assert logistic(0.0) == pytest.approx(0.5, abs=1e-12)
    assert sqrt(2.0) == math.sqrt(2.0)
    assert hill(0.0, 60.0, 1.0) < 1e-200
    # errors of log, times the exponent, times the largest slope of the logistic function, 1/4
    assert hill(30.0, 60.0, 2.0) == pytest.approx(0.2, abs=4 * LOG_ATOL)
    assert power(2.0, 10.0) == pytest.approx(1024.0, rel=10 * LOG_ATOL)


@inner
def _by_float(x, y, out):  # type: ignore[no-untyped-def]
    for j in range(LANES):
        out[j] = exp(x[j]) + log(y[j]) * 2 - hill(y[j], 1.5, 1.2) / (y[j] + 1)
        out[LANES + j] = where((x[j] > 0.5) & (y[j] <= 2.0), min(x[j], 0.9), -abs(x[j]))
        out[2 * LANES + j] = 1 / max(y[j], 0.5) + power(y[j], 0.3) + logistic(x[j]) + sqrt(y[j])


@inner
def _by_vector(x, y, out):  # type: ignore[no-untyped-def]
    for i in range(0, LANES, WIDTH):
        j = together(i)
        out[j] = exp(x[j]) + log(y[j]) * 2 - hill(y[j], 1.5, 1.2) / (y[j] + 1)
        out[LANES + j] = where((x[j] > 0.5) & (y[j] <= 2.0), min(x[j], 0.9), -abs(x[j]))
        out[j + 2 * LANES] = 1 / max(y[j], 0.5) + power(y[j], 0.3) + logistic(x[j]) + sqrt(y[j])


def test_a_vector_of_patients_is_each_patient_by_itself() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.uniform(-3, 3, LANES), rng.uniform(0.0, 4, LANES)
    one, eight = np.empty(3 * LANES), np.empty(3 * LANES)
    _by_float(x, y, one)
    _by_vector(x, y, eight)
    # the same operations; only where the compiler fuses a product and a sum may differ: a few ulp
    np.testing.assert_allclose(eight, one, rtol=1e-14, atol=1e-14)


def test_not_a_number_stays_so_and_stays_in_its_lane() -> None:
    rng = np.random.default_rng(2)
    x, y = rng.uniform(-3, 3, LANES), rng.uniform(0.1, 4, LANES)
    whole, spoiled = np.empty(3 * LANES), np.empty(3 * LANES)
    _by_vector(x, y, whole)
    x[3] = y[3] = np.nan
    _by_vector(x, y, spoiled)
    failed = np.isnan(spoiled.reshape(3, LANES))
    assert failed[:, 3].all()
    assert failed.sum() == 3
    ours = np.arange(LANES) != 3
    assert np.array_equal(spoiled.reshape(3, LANES)[:, ours], whole.reshape(3, LANES)[:, ours])
    for function in (exp, log, logistic, sqrt):
        assert math.isnan(function(math.nan))


@inner
def _copy(x, out):  # type: ignore[no-untyped-def]
    for i in range(0, x.shape[0], WIDTH):
        stream(out, together(i), x[together(i)])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("offset", [0, 1])
def test_what_is_streamed_arrives_whether_aligned_or_not(dtype: type, offset: int) -> None:
    x = np.arange(10.0 * LANES)
    out = aligned((10 * LANES + 1,), dtype)[offset : offset + 10 * LANES]
    _copy(x, out)
    assert np.array_equal(out, x.astype(dtype))
