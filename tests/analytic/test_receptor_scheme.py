"""The receptor's Markov scheme against matrix exponentials, an adaptive solver and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from subside.engine.receptor import GATING_SETS, Bath, follow, follow_block, generator, steady
from subside.engine.receptor.kinetics import block_after
from subside.engine.receptor.scheme import conducting, holding_drug, open_share, propagator
from subside.engine.receptor.trapping import blocked, potency_shift
from subside.errors import ParameterError, UnknownNameError

KETAMINE = ("racemic_ketamine",)
FOUR = ("s_ketamine", "r_ketamine", "s_norketamine", "r_norketamine")
PULSE = 1e-3  # s of 1 mM glutamate

baths = st.builds(
    Bath,
    seconds=st.floats(1e-4, 5.0),
    glutamate_um=st.floats(0.0, 1000.0),
    v_mv=st.floats(-90.0, 20.0),
    mg_mm=st.floats(0.0, 2.0),
    drug_um=st.fixed_dictionaries({name: st.floats(0.0, 20.0) for name in FOUR}),
)


def events(n: int, every_s: float, **around) -> list[Bath]:
    """Releases of glutamate, one after another."""
    one = [
        Bath(seconds=PULSE, glutamate_um=1000.0, **around),
        Bath(seconds=every_s - PULSE, **around),
    ]
    return one * n


@settings(max_examples=40, deadline=None)
@given(bath=baths, gating=st.sampled_from(GATING_SETS))
def test_the_propagator_is_the_matrix_exponential(bath, gating):
    matrix = generator(bath, drugs=FOUR, gating=gating)
    # 1e-9: rounding of about 1e-16 doubled by each of up to 20 squarings, in either program
    np.testing.assert_allclose(propagator(matrix, bath.seconds), expm(matrix * bath.seconds), atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(protocol=st.lists(baths, min_size=1, max_size=4))
def test_channels_are_neither_made_nor_lost(protocol):
    _, states = follow(protocol, drugs=FOUR, step_s=10.0)
    np.testing.assert_allclose(states.sum(axis=1), 1.0, atol=1e-9)
    assert states.min() > -1e-9
    assert states.max() < 1.0 + 1e-9


def test_a_protocol_agrees_with_an_adaptive_solver():
    protocol = [
        *events(3, 0.2, v_mv=-40.0, mg_mm=1.0, drug_um={"racemic_ketamine": 3.0}),
        Bath(seconds=0.5, glutamate_um=20.0, v_mv=-70.0),
    ]
    _, states = follow(protocol, drugs=KETAMINE)
    p = np.eye(15)[0]
    for bath in protocol:
        matrix = generator(bath, drugs=KETAMINE)
        p = solve_ivp(
            lambda _, p, m=matrix: p @ m, (0.0, bath.seconds), p, method="Radau", rtol=1e-9, atol=1e-12
        ).y[:, -1]
    np.testing.assert_allclose(states[-1], p, atol=1e-7)  # 100 x the solver's rtol: it adds up over 7 baths


@settings(max_examples=40, deadline=None)
@given(bath=baths.filter(lambda b: b.glutamate_um > 1.0))
def test_at_rest_every_transition_is_balanced_by_its_reverse(bath):
    matrix = generator(bath, drugs=FOUR)
    flow = steady(matrix)[:, None] * matrix
    assert np.abs(flow - flow.T).max() <= 1e-9 * np.abs(flow).max()


@pytest.mark.parametrize("v_mv", [-90.0, -66.0, -40.0, 0.0])
@pytest.mark.parametrize("mg_mm", [0.0, 1.0])
def test_at_rest_the_scheme_is_the_closed_form_of_trapping_block(v_mv, mg_mm):
    def current(um: float) -> float:
        bath = Bath(seconds=1.0, glutamate_um=1000.0, v_mv=v_mv, mg_mm=mg_mm, drug_um={KETAMINE[0]: um})
        return float(conducting(steady(generator(bath, drugs=KETAMINE))))

    left = current(2.0) / current(0.0)
    # 1e-6: rounding of the least-squares solution at rates that differ 1e4-fold
    assert 1.0 - left == pytest.approx(blocked(2.0 / 0.71, potency_shift(v_mv, mg_mm)), abs=1e-6)


def test_the_four_forms_compete_for_one_site():
    """At rest the shares held are as the concentrations over half-blocking concentrations."""
    um = dict(zip(FOUR, (0.4, 1.0, 2.0, 10.0), strict=True))
    bath = Bath(seconds=1.0, glutamate_um=1000.0, drug_um=um)
    share = steady(generator(bath, drugs=FOUR)).reshape(6, 5).sum(axis=1)[2:]
    ebert = np.array([0.3, 1.4, 1.7, 13.0])
    expected = np.array(list(um.values())) / ebert
    np.testing.assert_allclose(share / share.sum(), expected / expected.sum(), rtol=1e-6)


@pytest.mark.parametrize("gating", GATING_SETS)
def test_without_magnesium_or_drug_only_gating_is_left(gating):
    _, bare = follow(events(2, 0.3), gating=gating)
    _, drugged = follow(
        events(2, 0.3, mg_mm=1.0, v_mv=-50.0, drug_um={KETAMINE[0]: 5.0}), drugs=KETAMINE, gating=gating
    )
    np.testing.assert_allclose(open_share(bare), open_share(drugged), atol=1e-9)


def test_the_one_equation_is_exact_between_steps():
    found = solve_ivp(
        lambda _, b: 0.2 * (3.0 * (1.0 - b) - 1.3 * b), (0.0, 2.0), [0.1], rtol=1e-10, atol=1e-12
    ).y[0, -1]
    assert block_after(0.1, 0.2, 3.0, 1.3, 2.0) == pytest.approx(found, rel=1e-8)
    assert block_after(0.37, 0.0, 3.0, 1.3, 1e6) == 0.37


def difference(um: float, v_mv: float, mg_mm: float, every_s: float) -> float:
    """Largest difference in the blocked share, scheme against equation, over 20 releases and after."""
    protocol = events(20, every_s, v_mv=v_mv, mg_mm=mg_mm, drug_um={KETAMINE[0]: um})
    _, states = follow(protocol, drugs=KETAMINE)
    _, b = follow_block(protocol, drugs=KETAMINE)
    return float(np.abs(holding_drug(states) - b).max())


# The target of the design: 0.02 in the blocked share. Levels reached in people are below 2 uM unbound.
@pytest.mark.parametrize("v_mv", [-65.0, -50.0, -20.0])
@pytest.mark.parametrize("um", [0.2, 1.0, 2.0])
def test_with_magnesium_the_one_equation_stays_within_two_percent_of_the_scheme(um, v_mv):
    assert difference(um, v_mv, 1.0, 0.2) < 0.02


@pytest.mark.parametrize("um", [0.2, 0.5])
def test_without_magnesium_it_does_so_up_to_half_a_micromolar(um):
    assert difference(um, -70.0, 0.0, 0.2) < 0.02


@pytest.mark.xfail(
    strict=True,
    reason="at 10 uM without magnesium one release blocks most of the channels that opened: the scheme "
    "leaves those that did not, the equation has no memory of which opened (difference 0.13)",
)
def test_without_magnesium_it_does_so_at_ten_micromolar():
    assert difference(10.0, -70.0, 0.0, 0.2) < 0.02


def test_mistakes_in_a_protocol_are_refused():
    with pytest.raises(ParameterError, match="bath 1 must last a positive time in s; got 0"):
        follow([Bath(seconds=0.0)])
    with pytest.raises(ParameterError, match="'memantine', which is not among the drugs"):
        follow([Bath(seconds=1.0, drug_um={"memantine": 1.0})])
    with pytest.raises(UnknownNameError, match="Did you mean 'edmonds_colquhoun_1992'"):
        generator(Bath(seconds=1.0), gating="edmonds_colquhoun_1993")
    with pytest.raises(UnknownNameError, match="Did you mean 's_ketamine'"):
        generator(Bath(seconds=1.0), drugs=("s_ketamin",))
