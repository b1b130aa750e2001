"""Long-term potentiation of C synapses on projection cells (Anesthesiology 2004;100:1545; Mol Pain 2011;7:20).

Time is compressed: potentiation is read at once, where experiments wait an hour; decay and late phase
are not in the circuit.
"""

from __future__ import annotations

import pytest

from subside.engine.circuit import Cord, potentiation
from subside.engine.circuit.ensemble import members


def percent(hz: float, cord: Cord | None = None, count: int = 4) -> float:
    return float(potentiation(members(count), frequency_hz=hz, cord=cord or Cord()).mean)


def test_a_hundred_hertz_for_a_second_leaves_c_synapses_stronger():
    assert 130.0 <= percent(100.0) <= 160.0  # 149 +/- 12 % of control


def test_nmda_block_prevents_it():
    assert percent(100.0, Cord(apv=1.0)) < 105.0


@pytest.mark.slow
def test_two_hertz_for_two_minutes_does_too_and_nmda_block_prevents_it():
    assert 130.0 <= percent(2.0) <= 160.0
    assert percent(2.0, Cord(apv=1.0), count=2) < 105.0


def test_a_tenth_of_a_hertz_leaves_them_as_they_were():
    assert percent(0.1, count=1) == pytest.approx(100.0, abs=5.0)
