"""Orser 1997: channel activity left by ketamine. The gap between potencies, kept in sight."""

from __future__ import annotations

import pytest

from subside.engine.receptor import tonic_left
from subside.engine.receptor.trapping import blocked, potency_shift
from subside.evidence import value

CELL_MV = -70.0  # assumed: a patch on a cell at rest, no magnesium in the pipette


def activity_left(um: float) -> float:
    return 100.0 * (1.0 - blocked(um / 0.71, potency_shift(CELL_MV, 0.0)))


# 10 points: typical reading error between cells; the abstract prints no spread
@pytest.mark.xfail(strict=True, reason="pore block leaves 88 % of control at 0.1 uM, Orser finds 53 %")
def test_pore_block_alone_explains_activity_left_at_a_tenth_of_a_micromolar():
    printed = value("orser_1997.activity_left_0_1_um", unit="% of control")
    assert activity_left(0.1) == pytest.approx(printed, abs=10.0)


@pytest.mark.xfail(strict=True, reason="pore block leaves 42 % of control at 1 uM, Orser finds 24 %")
def test_pore_block_alone_explains_activity_left_at_one_micromolar():
    printed = value("orser_1997.activity_left_1_um", unit="% of control")
    assert activity_left(1.0) == pytest.approx(printed, abs=10.0)


def test_with_the_allosteric_site_at_its_deepest_prior_the_gap_at_a_tenth_closes_by_half_or_more():
    printed = value("orser_1997.activity_left_0_1_um", unit="% of control")
    pore = activity_left(0.1)
    both = pore * tonic_left(0.1, depth=0.6)
    assert pore - both >= 0.5 * (pore - printed)


def test_outside_out_patches_at_ten_micromolar_keep_more_than_pore_block_leaves():
    """The other way round: less potent when the membrane route is cut short."""
    assert activity_left(10.0) < value("orser_1997.activity_left_10_um_outside_out", unit="% of control")
