"""The emulated gain: what must hold of it, and that the circuit still gives it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subside.engine.circuit.bridge import KETAMINE_UM, SENSITIZATION, fit, full_design, probe
from subside.engine.circuit.ensemble import members
from subside.engine.circuit.gain import gain, spinal_log_gain, spinal_spread
from subside.errors import ParameterError

shares = st.floats(0.0, 1.0)


def test_the_healthy_cord_without_drug_has_a_gain_of_one():
    assert gain()(0.0) == pytest.approx(1.0, abs=1e-12)


@given(um=st.floats(0.0, 3.0))
def test_a_sensitized_cord_gives_more_at_every_level_of_drug(um):
    curve = gain()(np.linspace(0.0, 1.0, 21), ketamine_um=um)
    assert (np.diff(curve) > -1e-3).all()
    assert curve[-1] > curve[0]


@given(s=shares)
def test_more_drug_never_gives_more_than_the_emulation_errs_by(s):
    curve = gain()(s, ketamine_um=np.linspace(0.0, 3.0, 31))
    assert curve[-1] < curve[0]
    assert (np.diff(np.log(curve)) < gain().error).all()


def test_a_small_rebuild_agrees_with_the_table():
    """Two members on a quarter of the design, against the shipped mean over more members."""
    design = full_design()[::4]
    small = probe(members(2), design).mean(axis=1)
    shipped = np.log([float(gain()(s, ketamine_um=um, descending=d)) for s, um, d in design])
    # two standard errors of a mean over two members, and the emulation's own error
    tolerance = 2.0 * gain().spread / 2.0**0.5 + 2.0 * gain().error
    assert np.abs(small - shipped).mean() < tolerance


def test_a_polynomial_is_found_again_with_no_error():
    design = full_design()
    known = gain()
    y = np.log([float(known(s, ketamine_um=um, descending=d)) for s, um, d in design])
    again = fit(design, np.stack([y, y], axis=1))
    np.testing.assert_allclose(again.coefficients, known.coefficients, atol=1e-9)
    assert again.error < 1e-9


def test_outside_the_probed_range_it_refuses():
    with pytest.raises(ParameterError, match="ketamine_um must lie between 0 and 3"):
        gain()(0.5, ketamine_um=10.0)
    with pytest.raises(ParameterError, match="sensitization must lie between 0 and 1"):
        gain()(float("nan"))


def test_the_design_covers_what_the_gain_accepts():
    points = np.array(full_design())
    assert points[:, 0].max() == max(SENSITIZATION) == 1.0
    assert points[:, 1].max() == max(KETAMINE_UM) == 3.0


def test_the_cord_own_part_is_the_gain_without_drug_and_with_the_brain_stem_intact():
    a, b = spinal_log_gain()
    s = np.linspace(0.0, 1.0, 5)
    np.testing.assert_allclose(np.exp(a * s + b * s * s), gain()(s), rtol=1e-12)


def test_cords_differ_in_their_gain_by_what_four_of_them_show():
    """The log gains at full sensitization of four members scatter by the stated spread, chance allowed."""
    from scipy.stats import chi2

    n = 4
    found = probe(members(n), [(1.0, 0.0, 1.0)])[0].var(ddof=1) * (n - 1) / spinal_spread() ** 2
    assert chi2.ppf(0.001, n - 1) < found < chi2.ppf(0.999, n - 1)
