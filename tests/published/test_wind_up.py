"""Wind-up, touch and pressure in the dorsal horn: the gates that every member of the ensemble must pass.

Limits and sources stand beside each gate in ``engine/circuit/gates.py``. Where a source is recalled, the
gate is provisional. Three members run by default, all of them with ``make test-slow``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from subside.engine.circuit.ensemble import diversity, ensemble
from subside.engine.circuit.gates import FAST_GATES, HELD_OUT_GATES
from subside.engine.circuit.measure import measured, missed
from subside.engine.circuit.members import HEALTHY, Cord
from subside.engine.circuit.probes import JUDGED_ON, Bench, c_counts, excess, growth
from subside.engine.circuit.simulate import over_threads, run
from subside.engine.circuit.stimuli import Train

QUICK = 3
MISSED = ("heat_apv", "force_apv", "brain_stem_cut_cells")


@pytest.fixture(scope="module")
def benches():
    return [Bench(member) for member in ensemble()[:QUICK]]


@pytest.fixture(scope="module")
def judged():
    """Ratios are of means over the seeds that gates are judged on."""
    return [Bench(member, seeds=JUDGED_ON) for member in ensemble()[:QUICK]]


@pytest.mark.parametrize("gate", FAST_GATES, ids=lambda gate: gate.name)
def test_members_pass_the_gate(gate, judged):
    found = over_threads([lambda b=b: gate.measure(b) for b in judged])
    assert [x for x in found if not gate.holds(x)] == [], gate.says


@pytest.mark.parametrize("gate", FAST_GATES, ids=lambda gate: gate.name)
def test_the_shipped_table_says_what_members_measure(gate, judged):
    """``subside evidence`` prints that table; here the members are measured anew."""
    found = [gate.measure(b) for b in judged]
    # four digits are kept; another processor rounds its last bits otherwise and moves a spike in twenty
    np.testing.assert_allclose(measured()[gate.name][:QUICK], found, rtol=0.05, atol=0.05)


@pytest.mark.slow
def test_frequencies_and_a_lesion_that_the_search_did_not_see_hold_for_most_members():
    """Measured anew on all of them; four in five members is design. Gates that the page lists as missed stay so."""
    benches = [Bench(member, seeds=JUDGED_ON) for member in ensemble()]
    for gate in HELD_OUT_GATES:
        found = np.array(over_threads([lambda b=b, g=gate: g.measure(b) for b in benches]))
        assert gate.holds(float(found.mean())) == (gate.name not in MISSED), gate.says
        assert gate.name in MISSED or np.mean([gate.holds(x) for x in found]) >= 0.8, gate.says
        np.testing.assert_allclose(measured()[gate.name], found, rtol=0.05, atol=0.05, err_msg=gate.says)


@pytest.mark.slow
def test_every_member_passes_every_gate():
    def names(member):
        return list(missed(member, seeds=JUDGED_ON))

    found = over_threads([lambda m=m: names(m) for m in ensemble()])
    assert [f"{m.animal}: {which}" for m, which in zip(ensemble(), found, strict=True) if which] == []


def test_members_differ_in_wiring_and_in_every_parameter():
    assert len({m.animal for m in ensemble()}) == len(ensemble())
    # a log-uniform draw between 1/1.25 and 1.25 has a coefficient of variation of 0.13
    assert min(diversity().values()) > 0.05


def mean_over_members(benches, hz, cord=HEALTHY, **how):
    return np.mean(over_threads([lambda b=b: b.train(hz, cord, **how) for b in benches]), axis=0)


def test_fibers_of_touch_alone_leave_no_c_response(benches):
    """At 2 Hz the next volley of A fibers follows within the window of a slower train."""
    touched = Train(frequency_hz=2.0, count=8, fibers=("abeta",))
    for b in benches:
        record = run(b.member, (touched,), cord=HEALTHY)
        assert c_counts(record, touched).max() < 0.1


def test_wind_up_starts_where_human_second_pain_does_and_grows_with_frequency(benches):
    """At 0.33 Hz there is some; each frequency above gives more. 0.33, 0.67 and 2 Hz were not searched on."""
    found = {hz: growth(mean_over_members(benches, hz)) for hz in (0.2, 0.33, 0.5, 0.67, 1.0)}
    assert list(found.values()) == sorted(found.values())
    assert found[0.33] > 1.1
    # 0.67 Hz between its neighbors, as the human and animal curves run
    assert found[0.5] < found[0.67] < found[1.0]


def test_other_seeds_move_wind_up_by_less_than_members_differ(benches):
    """A ratio of means over three seeds beside that of one; the members span 2.3 to 4.4."""
    for b in benches:
        more = growth(Bench(b.member, seeds=(1, 2, 3)).train(1.0))
        # 10 %: three times what the mean of three seeds scatters by; measured 6 % at most in four members
        assert more == pytest.approx(growth(b.train(1.0)), rel=0.1)


def test_two_hertz_winds_up_at_least_as_fast_as_one(benches):
    """By the spikes of the first eight stimuli over the first; not searched on."""
    two, one = (mean_over_members(benches, hz, until_ms=500.0)[:8] for hz in (2.0, 1.0))
    assert excess(two) > 0.9 * excess(one)


def test_more_ketamine_leaves_less_wind_up(benches):
    left = [excess(mean_over_members(benches, 1.0, Cord(ketamine_um=um))) for um in (0.0, 0.5, 2.0, 10.0)]
    assert left == sorted(left, reverse=True)
    assert left[-1] < 0.35 * left[0]  # prototype: 20 % at 10 uM; wide, since members differ


def test_esketamine_is_the_stronger_form(benches):
    racemic, s_form = (
        excess(mean_over_members(benches, 1.0, cord))
        for cord in (Cord(ketamine_um=1.0), Cord(esketamine_um=1.0))
    )
    assert s_form < racemic


def test_at_one_level_wind_up_falls_more_than_single_responses(benches):
    drug = Cord(ketamine_um=0.5)
    wind_up = excess(mean_over_members(benches, 1.0, drug)) / excess(mean_over_members(benches, 1.0))
    warmth = np.mean([b.heat_hz(cord=drug) for b in benches]) / np.mean([b.heat_hz() for b in benches])
    assert wind_up < warmth


@pytest.mark.parametrize("sensitization", [0.5, 1.0])
def test_a_sensitized_cord_answers_more_to_everything(benches, sensitization):
    for b in benches:
        cord = replace(HEALTHY, sensitization=sensitization)
        assert b.train(1.0, cord).sum() > b.train(1.0).sum()
        assert b.force_hz(200.0, cord) > b.force_hz(200.0)


def test_an_opioid_at_the_terminals_cuts_the_first_response_itself(benches):
    """Unlike NMDA block, which spares it."""
    opioid = mean_over_members(benches, 1.0, Cord(opioid=0.4), count=1)[0]
    apv = mean_over_members(benches, 1.0, Cord(apv=1.0), count=1)[0]
    assert opioid < apv
