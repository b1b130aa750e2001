"""An opioid stopped abruptly strengthens C synapses, a taper does not (Drdla et al. 2009; Heinl et al. 2011).

Time is compressed: a minute of the infusion passes in a second. The size (130 to 150 %) is from memory, and one
number of the mechanism was fitted to its middle; another follows from the measured rise of NMDA currents. That
NMDA receptors and postsynaptic calcium are needed and that a taper prevents it was read, and nothing was fitted to it.
"""

from __future__ import annotations

import pytest

from subside.engine.circuit import Cord, condition, later
from subside.engine.circuit.ensemble import members
from subside.engine.circuit.measure import measured
from subside.engine.circuit.slow_gates import SLOW_GATES
from subside.errors import ParameterError, UnknownNameError

GATES = {gate.name: gate for gate in SLOW_GATES}


def after(protocol: str, count: int = 2, **options) -> float:
    return float(condition(members(count), protocol, **options).weight_percent.mean)


@pytest.fixture(scope="module")
def abrupt():
    return after("opioid-stop")


def test_an_abrupt_stop_leaves_c_synapses_stronger_for_three_hours(abrupt):
    assert 125.0 <= abrupt <= 155.0  # 130 to 150 %, and five more for a mean over two members
    assert later(abrupt, 3.0) > 115.0


def test_a_taper_as_long_as_the_infusion_prevents_it():
    assert after("opioid-taper") == pytest.approx(100.0, abs=5.0)


def test_the_longer_the_taper_the_less_is_left(abrupt):
    short = after("opioid-taper", taper_min=10.0)
    long = after("opioid-taper", taper_min=30.0)
    assert abrupt > short > long


@pytest.mark.parametrize("cord", [Cord(apv=1.0), Cord(calcium_left=0.0)], ids=["no_nmda", "chelated"])
def test_nmda_block_and_chelated_calcium_prevent_it(cord):
    assert after("opioid-stop", cord=cord) == pytest.approx(100.0, abs=1.0)


def test_ketamine_lessens_it(abrupt):
    assert after("opioid-stop", cord=Cord(ketamine_um=2.0)) < abrupt - 5.0


def test_the_shipped_table_says_what_an_abrupt_stop_does(abrupt):
    assert abrupt == pytest.approx(measured()["opioid_stop"][:2].mean(), rel=0.02)


def test_the_mean_over_the_members_measured_meets_the_gates_or_the_page_says_so(root):
    page = (root / "docs/explanation/dorsal-horn.md").read_text(encoding="utf-8").splitlines()
    missed = [name for name, gate in GATES.items() if not gate.holds(float(measured()[name].mean()))]
    assert missed == ["ltp_warmth_cut", "ltp_100_hz_ketamine"]
    for name in missed:
        assert any(line.startswith(f"| {GATES[name].says} |") and "(missed)" in line for line in page), name


def test_that_rise_alone_leaves_synapses_as_they_were():
    from dataclasses import replace

    from subside.engine.circuit.learning import rule

    current_alone = replace(rule(), rebound_on_calcium=0.0)
    changed = condition([replace(m, rule=current_alone) for m in members(2)], "opioid-stop")
    assert float(changed.weight_percent.mean) == pytest.approx(100.0, abs=1.0)


def test_impossible_protocols_are_refused():
    with pytest.raises(UnknownNameError, match="Did you mean 'opioid-taper'"):
        condition(members(1), "opioid-tapper")
    with pytest.raises(ParameterError, match=r"taper_min must lie above 0 and at most at 600 min; got 0\.0"):
        condition(members(1), "opioid-taper", taper_min=0.0)
