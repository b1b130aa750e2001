"""Gilling 2009: block of human GluN1/2A by ketamine at -70 mV without magnesium, room temperature.

Half block, voltage dependence and the association rate were fed in, each for one microscopic rate;
the tests ask whether the whole scheme gives them back, measured as in the paper.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq, curve_fit

from subside.engine.receptor import Bath, blocker, follow, generator, steady
from subside.engine.receptor.scheme import conducting, holding_drug
from subside.evidence import figure, value

KETAMINE = ("racemic_ketamine",)


def current_left(um: float, v_mv: float = -70.0, mg_mm: float = 0.0) -> float:
    """Steady current under 1 mM glutamate, relative to that without drug."""

    def at(level: float) -> float:
        bath = Bath(seconds=1.0, glutamate_um=1000.0, v_mv=v_mv, mg_mm=mg_mm, drug_um={KETAMINE[0]: level})
        return float(conducting(steady(generator(bath, drugs=KETAMINE))))

    return at(um) / at(0.0)


def ic50(v_mv: float, mg_mm: float = 0.0) -> float:
    return 10.0 ** brentq(lambda power: current_left(10.0**power, v_mv, mg_mm) - 0.5, -3.0, 3.0)


def time_constant(um: float, start_um: float) -> float:
    """Macroscopic time constant of onset or offset under steady glutamate, in s."""
    before = Bath(seconds=120.0, glutamate_um=1000.0, drug_um={KETAMINE[0]: start_um})
    after = Bath(seconds=120.0, glutamate_um=1000.0, drug_um={KETAMINE[0]: um})
    _, settled = follow([before], drugs=KETAMINE, step_s=120.0)
    times, states = follow([after], drugs=KETAMINE, start=settled[-1], step_s=0.1)
    y = conducting(states)
    (_, _, tau), _ = curve_fit(
        lambda t, a, b, tau: a + b * np.exp(-t / tau), times, y, p0=(y[-1], y[0] - y[-1], 5.0)
    )
    return float(tau)


def macroscopic_rates() -> tuple[float, float]:
    """kon in 1/(uM s) and koff in 1/s: 1/tau of onset = kon C + koff, 1/tau of offset = koff."""
    koff = 1.0 / time_constant(0.0, 3.0)
    return (1.0 / time_constant(3.0, 0.0) - koff) / 3.0, koff


def test_half_block_is_the_printed_one():
    assert 0.6 <= ic50(-70.0) <= 0.8  # the gate; printed 0.71 +/- 0.03
    assert ic50(-70.0) == pytest.approx(value("gilling_2009.ic50", unit="uM"), abs=0.03)


def test_the_electrical_distance_is_the_printed_one():
    """From the slope of log half block over voltage, as Woodhull has it."""
    slope = np.log(ic50(-30.0) / ic50(-90.0)) / 60.0 * 25.3
    printed = figure("gilling_2009.delta")
    assert 0.75 <= slope <= 0.83  # printed 0.79 +/- 0.04
    assert slope == pytest.approx(printed.value, abs=0.04)


def test_the_macroscopic_association_rate_is_the_printed_one():
    assert macroscopic_rates()[0] == pytest.approx(value("gilling_2009.kon", unit="1/(uM s)"), abs=0.05)


@pytest.mark.xfail(
    strict=True,
    reason="0.11/s against 0.22 +/- 0.05: the measured koff/kon is 1.5 uM, twice the measured half block of "
    "0.71 uM; a one-site scheme cannot have all three, and keeps half block and kon",
)
def test_the_macroscopic_dissociation_rate_is_the_printed_one():
    assert macroscopic_rates()[1] == pytest.approx(value("gilling_2009.koff", unit="1/s"), abs=0.05)


@pytest.mark.xfail(
    strict=True, reason="one site has a slope of 1; printed 0.84, without a spread, so within 0.05 is asked"
)
def test_the_slope_of_block_over_concentration_is_the_printed_one():
    levels = np.array([0.1, 0.3, 1.0, 3.0, 10.0])
    logit = [np.log((1.0 - left) / left) for left in (current_left(um) for um in levels)]
    slope = np.polyfit(np.log(levels), logit, 1)[0]
    assert slope == pytest.approx(value("gilling_2009.hill", unit="1"), abs=0.05)


def washed(*, seconds: float) -> list[float]:
    """Shares that hold the drug: at the wash of drug and glutamate, 2 s later, and at the end."""
    held = Bath(seconds=60.0, glutamate_um=1000.0, drug_um={KETAMINE[0]: 10.0})
    _, states = follow([held, Bath(seconds=2.0), Bath(seconds=seconds)], drugs=KETAMINE, step_s=60.0)
    return [float(share) for share in holding_drug(states)[[1, 2, -1]]]


def test_closed_channels_keep_ketamine():
    _, closed, end = washed(seconds=600.0)
    assert end / closed > 0.95  # the gate; the paper finds trapping complete


def test_while_the_last_channels_close_less_than_a_tenth_leaves():
    wash, closed, _ = washed(seconds=60.0)
    # Open time left after 1 mM glutamate, times the leaving rate: 7 %. Traces of a few nA hide as much.
    assert 0.9 < closed / wash < 0.95


def recovered(n: int, every_s: float) -> float:
    """Share of the block that n releases without drug remove, the tails of the last one included."""
    held = [Bath(seconds=60.0, glutamate_um=1000.0, drug_um={KETAMINE[0]: 10.0}), Bath(seconds=10.0)]
    washes = [Bath(seconds=1e-3, glutamate_um=1000.0), Bath(seconds=every_s - 1e-3)] * n
    _, states = follow([*held, *washes, Bath(seconds=10.0)], drugs=KETAMINE, step_s=100.0)
    share = holding_drug(states)
    return 1.0 - share[-1] / share[2]


def test_recovery_goes_by_the_number_of_openings_not_by_time():
    slow, slower = recovered(4, 10.0), recovered(4, 40.0)
    assert slower == pytest.approx(slow, rel=0.03)  # 3 %: channels still desensitized after 10 s
    # Ten times as many releases in the same time free several times more.
    assert recovered(40, 4.0) > 3.0 * recovered(4, 40.0)


def test_early_recovery_is_proportional_to_the_number_of_events():
    one = recovered(1, 5.0)
    for n in (2, 3, 4):
        # each event frees the same share of what is left; 10 %: memory of which channels opened
        assert np.log1p(-recovered(n, 5.0)) / np.log1p(-one) == pytest.approx(n, rel=0.1)


def test_one_short_pulse_decays_within_the_range_of_fast_receptors():
    times, states = follow([Bath(seconds=1e-3, glutamate_um=1000.0), Bath(seconds=2.0)], step_s=1e-3)
    y = conducting(states)
    peak = int(y.argmax())
    decay_ms = 1e3 * (times[peak:][np.argmax(y[peak:] < y[peak] / np.e)] - times[peak])
    assert 90.0 <= decay_ms <= 120.0  # the gate, room temperature


def test_the_forms_of_ketamine_keep_the_racemate_where_it_was_measured():
    s, r = blocker("s_ketamine").half_block_um, blocker("r_ketamine").half_block_um
    assert 1.0 / (0.5 / s + 0.5 / r) == pytest.approx(value("gilling_2009.ic50", unit="uM"))
