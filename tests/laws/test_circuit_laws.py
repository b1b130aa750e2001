"""What must hold of the circuit whatever its parameters."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from subside.engine.circuit import Cord
from subside.engine.circuit.ensemble import ensemble, members
from subside.engine.circuit.experiments import wind_up
from subside.engine.circuit.members import HEALTHY, typical
from subside.engine.circuit.populations import CELLS_OF, FIBERS_OF, N_CELLS, N_FIBERS
from subside.engine.circuit.simulate import run, run_arrivals, settings_of
from subside.engine.circuit.stimuli import Arrivals, Train, arrivals, force
from subside.engine.circuit.wiring import PROBABILITY, PROJECTIONS, wiring
from subside.errors import ParameterError, UnknownNameError

SHORT = Train(frequency_hz=2.0, count=3, tail_ms=400.0)


def same(a, b) -> bool:
    return np.array_equal(a.time_ms, b.time_ms) and np.array_equal(a.cell, b.cell)


def test_the_same_member_and_seed_give_the_same_spikes_and_another_seed_others():
    m = ensemble()[0]
    once = run(m, (SHORT,), cord=HEALTHY, seed=7)
    assert same(once, run(m, (SHORT,), cord=HEALTHY, seed=7))
    assert not same(once, run(m, (SHORT,), cord=HEALTHY, seed=8))


def test_answers_do_not_depend_on_threads_or_on_who_else_is_asked():
    few = wind_up(members(2), frequency_hz=2.0, threads=1)
    same_few = wind_up(members(2), frequency_hz=2.0, threads=2)
    np.testing.assert_array_equal(few.spikes_per_stimulus.mean, same_few.spikes_per_stimulus.mean)
    alone = [wind_up([m], frequency_hz=2.0).spikes_per_stimulus.mean for m in members(2)]
    np.testing.assert_allclose(few.spikes_per_stimulus.mean, np.mean(alone, axis=0), rtol=1e-12)


def test_without_a_spike_of_a_fiber_the_cord_is_silent():
    none = np.empty(0, dtype=np.int64)
    record = run_arrivals(typical(), Arrivals(none, none, 2000.0), cord=Cord(sensitization=1.0))
    assert len(record.cell) == 0


def test_a_projection_connects_a_fifth_of_its_pairs():
    pairs = sum(
        (FIBERS_OF.get(p.source) or CELLS_OF[p.source]).stop
        - (FIBERS_OF.get(p.source) or CELLS_OF[p.source]).start
        for p in PROJECTIONS
        for _ in range(CELLS_OF[p.target].stop - CELLS_OF[p.target].start)
    )
    found = [len(wiring(animal).target) for animal in range(5)]
    # four standard errors of a binomial count
    np.testing.assert_allclose(found, PROBABILITY * pairs, atol=4.0 * (pairs * 0.16) ** 0.5)


def test_every_synapse_reaches_a_cell_and_leaves_from_its_own_source():
    net = wiring(3)
    assert net.first[-1] == len(net.target)
    assert len(net.first) == N_FIBERS + N_CELLS + 1
    for source in range(N_FIBERS + N_CELLS):
        for k in range(net.first[source], net.first[source + 1]):
            p = PROJECTIONS[net.projection[k]]
            at = FIBERS_OF.get(p.source)
            inside = at if at is not None else CELLS_OF[p.source]
            shift = 0 if at is not None else N_FIBERS
            assert inside.start <= source - shift < inside.stop
            assert CELLS_OF[p.target].start <= net.target[k] < CELLS_OF[p.target].stop


def test_a_stronger_probe_makes_fibers_fire_more_and_none_fires_backwards_in_time():
    counts = [len(arrivals(force(mn), animal=0, seed=1).step) for mn in (50.0, 100.0, 200.0, 400.0)]
    assert counts == sorted(counts)
    steps = arrivals(SHORT, force(100.0), animal=0, seed=1, on_hz=3.0, off_hz=8.0).step
    assert (np.diff(steps) >= 0).all()


def test_block_lies_between_none_and_all_and_rises_with_the_level():
    block = [run(typical(), (SHORT,), cord=Cord(ketamine_um=um)).block for um in (0.0, 0.5, 5.0, 500.0)]
    assert block[0].max() == 0.0
    for less, more in itertools.pairwise(block):
        assert (more > less).all()
        assert more.max() < 1.0


def test_full_nmda_block_and_no_nmda_weight_are_the_same_cord():
    m = typical()
    silent = type(m)(m.animal, m.values.copy())
    from subside.engine.circuit.members import PARAMETERS

    silent.values[PARAMETERS.index("nmda")] = 1e-300
    assert same(run(m, (SHORT,), cord=Cord(apv=1.0)), run(silent, (SHORT,), cord=Cord()))


def test_a_competitive_blocker_is_no_pore_blocker():
    assert settings_of(typical(), Cord(apv=0.5))[7] == 0.0  # ENTERING
    assert settings_of(typical(), Cord(ketamine_um=1.0))[3] == 1.0  # NMDA_LEFT


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"apv": 1.5}, r"apv must lie between 0 and 1; got 1\.5"),
        ({"ketamine_um": -1.0}, r"ketamine_um must lie between 0 and 1000 µM of unbound drug; got -1\.0"),
        ({"sensitization": float("nan")}, "sensitization must lie between 0 and 1; got nan"),
    ],
)
def test_an_impossible_cord_is_refused(wrong, message):
    with pytest.raises(ParameterError, match=message):
        Cord(**wrong)


def test_impossible_stimuli_members_and_states_are_refused():
    from subside.engine.circuit.states import state

    with pytest.raises(ParameterError, match="frequency_hz must lie between"):
        Train(frequency_hz=0.0)
    with pytest.raises(ParameterError, match="force must lie between 0 and 800 mN; got 900"):
        force(900.0)
    with pytest.raises(ParameterError, match="members must lie between 1 and"):
        members(0)
    with pytest.raises(UnknownNameError, match="Did you mean 'inflammation'"):
        state("inflamation")
