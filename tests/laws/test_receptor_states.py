"""What must hold of receptor pools and of over-active receptors, whatever the numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subside.engine.receptor import POOLS, ReceptorState, pool, tonic_left
from subside.engine.receptor.pools import conductance_share
from subside.errors import ParameterError

voltages = st.floats(-90.0, 20.0)
ligands = st.floats(0.0, 30.0)


@given(v_mv=voltages, ligand=ligands, name=st.sampled_from(POOLS), more=st.floats(1.01, 5.0))
def test_over_active_receptors_carry_more_current_at_every_voltage(v_mv, ligand, name, more):
    settings = {"of": pool(name), "mg_mm": 1.0, "ligand": ligand}
    healthy = conductance_share(v_mv, **settings)
    assert conductance_share(v_mv, **settings, state=ReceptorState(up_regulation=more)) > healthy
    assert conductance_share(v_mv, **settings, state=ReceptorState(mg_weakness=more)) > healthy


@given(v_mv=voltages, ligand=ligands)
def test_more_drug_never_leaves_more_current(v_mv, ligand):
    settings = {"of": pool("fast"), "mg_mm": 1.0}
    assert conductance_share(v_mv, **settings, ligand=ligand + 0.1) < conductance_share(
        v_mv, **settings, ligand=ligand
    )


@given(v_mv=st.floats(-90.0, -10.0), up=st.floats(1.0, 5.0))
def test_depolarization_weakens_the_drug_but_opens_the_channel_to_it(v_mv, up):
    """Half block goes through a minimum with magnesium: voltage acts on both ways."""
    weak = conductance_share(v_mv, of=pool("fast"), mg_mm=1.0, ligand=5.0)
    bare = conductance_share(v_mv, of=pool("fast"), mg_mm=1.0)
    scaled = ReceptorState(up_regulation=up)
    assert conductance_share(v_mv, of=pool("fast"), mg_mm=1.0, ligand=5.0, state=scaled) / conductance_share(
        v_mv, of=pool("fast"), mg_mm=1.0, state=scaled
    ) == pytest.approx(weak / bare)


def test_the_allosteric_site_is_half_full_where_it_was_measured_and_can_be_switched_off():
    assert tonic_left(0.1, depth=0.6) == pytest.approx(0.7)
    assert tonic_left(0.0, depth=0.6) == 1.0
    assert tonic_left(100.0, depth=0.6, switch=False) == 1.0
    assert tonic_left(100.0, depth=0.6) > 0.4


def test_impossible_states_are_refused():
    with pytest.raises(ParameterError, match=r"up_regulation must be a positive factor below 100; got 0"):
        ReceptorState(up_regulation=0.0)
    with pytest.raises(ParameterError, match=r"depth must lie between 0 and 1; got 1\.5"):
        tonic_left(1.0, depth=1.5)


@pytest.mark.parametrize("name", POOLS)
def test_receptors_are_faster_in_the_warmth(name):
    assert pool(name, celsius=37.0).decay_ms < pool(name).decay_ms
