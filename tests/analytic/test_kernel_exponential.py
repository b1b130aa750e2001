"""The exponential quadrature step against equations that can be solved by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from subside.engine.kernel.exponential import WEIGHTS, end, middle, step, weights
from subside.engine.kernel.jit import inner
from subside.engine.kernel.lanes import LANES, aligned


def _weights(rate: float, h: float):
    out = aligned((1, WEIGHTS * LANES))
    weights(np.full(LANES, rate), np.array([h]), out)
    return out[0]


@pytest.mark.parametrize("rate", [0.0, 1e-6, 0.03, 0.9, 1.1, 40.0])
@pytest.mark.parametrize("h", [0.02, 1.0, 6.0])
def test_a_drive_that_is_a_parabola_is_integrated_exactly(rate: float, h: float) -> None:
    # dy/dt = -k y + a + b t + c t^2 from y(0) = y0; the quadrature is exact for such drives.
    a, b, c, y0 = 0.7, -1.3, 0.4, 2.5

    def drive(t: float) -> float:
        return a + b * t + c * t * t

    # y(h) = e^{-kh} y0 + integral of e^{-k(h-s)} drive(s), by Gauss-Legendre of 60 points (exact to rounding)
    x, w = np.polynomial.legendre.leggauss(60)
    s = 0.5 * h * (x + 1)
    integral = 0.5 * h * (w * np.exp(-rate * (h - s)) * drive(s)).sum()
    expected = math.exp(-rate * h) * y0 + integral
    ours = step(_weights(rate, h), 0, y0, drive(0.0), drive(h / 2), drive(h))
    assert ours == pytest.approx(expected, rel=1e-12)


def test_the_predictors_are_exact_for_a_constant_drive() -> None:
    k, h, y0, n = 0.4, 2.0, 3.0, 1.1

    def exact(t: float) -> float:
        return n / k + (y0 - n / k) * math.exp(-k * t)

    w = _weights(k, h)
    assert middle(w, 0, y0, n) == pytest.approx(exact(h / 2), rel=1e-13)
    assert end(w, 0, y0, n, n) == pytest.approx(exact(h), rel=1e-13)


@inner
def _logistic_growth(w, y, steps):  # type: ignore[no-untyped-def]
    """dy/dt = -k y + N with N = (k + r) y - r y^2: logistic growth with k = 0.5 and r = 1."""
    for _ in range(steps):
        n0 = 1.5 * y[0] - y[0] * y[0]
        ym = middle(w, 0, y[0], n0)
        nm = 1.5 * ym - ym * ym
        y1 = end(w, 0, y[0], n0, nm)
        y[0] = step(w, 0, y[0], n0, nm, 1.5 * y1 - y1 * y1)


def test_halving_the_step_divides_the_error_by_eight() -> None:
    y0, end_time = 0.1, 4.0
    exact = 1.0 / (1.0 + (1.0 / y0 - 1.0) * math.exp(-end_time))
    errors = []
    for steps in (32, 64, 128):
        y = np.array([y0])
        _logistic_growth(_weights(0.5, end_time / steps), y, steps)
        errors.append(abs(y[0] - exact))
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert np.abs(orders - 3.0).max() < 0.2, orders  # third order; the next term still shows at 32 steps
