"""The page on the dorsal horn quotes what the circuit's tables say."""

from __future__ import annotations

import numpy as np
import pytest

from subside.engine.circuit.gain import gain, spinal_spread
from subside.engine.circuit.learning import RECORDED_MV, STOPPED_RELEASE, rebound_on_magnesium, rule
from subside.engine.circuit.loop import OPIOID_ADAPTATION_MS, WASHOUT_MS
from subside.engine.circuit.measure import SLOW_MEMBERS, markdown, measured
from subside.engine.circuit.members import PARAMETERS
from subside.engine.receptor.magnesium import unblocked


@pytest.fixture(scope="module")
def page(root):
    return " ".join((root / "docs/explanation/dorsal-horn.md").read_text(encoding="utf-8").split())


def test_its_table_of_gates_is_the_measured_one(page):
    for line in markdown().splitlines():
        assert " ".join(line.split()) in page


def test_it_says_how_many_were_measured_and_what_is_missed(page):
    members = len(measured()["growth_1_hz"])
    assert f"{members} members, {SLOW_MEMBERS} for lasting changes" in page
    words = {0: "None", 1: "One", 2: "Two", 3: "Three", 4: "Four", 5: "Five"}
    assert f"**{words[markdown().count('(missed)')]} are missed.**" in page
    assert f"({len(PARAMETERS)} parameters" in page


def test_it_says_how_much_more_calcium_a_withdrawal_brings(page):
    """The rebound at its highest, by the closed form of two exponentials."""
    t = np.linspace(0.0, 60_000.0, 600_001)
    opioid = STOPPED_RELEASE * np.exp(-t / WASHOUT_MS)
    a, b = 1.0 / OPIOID_ADAPTATION_MS, 1.0 / WASHOUT_MS
    adapted = STOPPED_RELEASE * (np.exp(-a * t) + a / (b - a) * (np.exp(-a * t) - np.exp(-b * t)))
    most = float((adapted - opioid).max())
    assert f"**up to {1.0 + rule().rebound_on_calcium * most**2:.0f}-fold**" in page
    held = 1.0 + rebound_on_magnesium() * most
    rise = unblocked(RECORDED_MV, 1.0, weakness=held) / unblocked(RECORDED_MV, 1.0) - 1.0
    assert f"at the peak of a withdrawal by {100.0 * rise:.0f} %" in page


def test_it_quotes_the_gain_and_its_errors(page):
    half, full = (f"{float(gain()(s)):.1f}" for s in (0.5, 1.0))
    assert f"1 in health, {half} at a sensitization of 0.5, {full} at 1;" in page
    off = [100.0 * (1.0 - float(gain()(s, ketamine_um=1.0)) / float(gain()(s))) for s in (0.0, 1.0)]
    assert f"1 µM of ketamine takes {off[0]:.0f} % off in health and {off[1]:.0f} % at full sensitization" in page
    assert f"within {100.0 * gain().error:.1f} %" in page
    assert f"differ by {100.0 * spinal_spread():.0f} % at full sensitization" in page
    cut = 100.0 * (float(gain()(0.0, descending=0.0)) - 1.0)
    heat = 100.0 * (float(measured()["brain_stem_cut_heat"].mean()) - 1.0)
    assert f"Cutting it changes the gain by {cut:.0f} % and warmth by {heat:.0f} % on the mean" in page
