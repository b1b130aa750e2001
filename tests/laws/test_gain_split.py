"""What the spinal circuit explains of the gain, and what is left: the parts make the whole."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from subside.case import parse_case
from subside.engine.arms import own
from subside.engine.circuit.gain import gain
from subside.engine.group import gather, prepare
from subside.engine.population.beliefs import fitted
from subside.engine.systems.chronic_pain.layout import AT
from subside.validation.gain_split import gain_split, page_lines

CASE = parse_case(
    'format = 1\ntitle = "invented"\n[patient]\nage_years = 50\nweight_kg = 70\nnrs_pain = 7\n'
    'condition = "neuropathic_pain"\n',
    origin="invented",
)


def test_the_slow_model_feels_the_gain_of_the_circuit_times_that_of_the_brain() -> None:
    group = gather(CASE, fitted(), 1, seed=1, vary=())
    system, _ = prepare(group, own(CASE), np.array([0.0]))
    q = {name: system.parameters[0, i] for name, i in AT.items()}
    untreated = -np.log(1.0 - q["r0"])  # the drive that gives the usual pain
    circuit = gain()(q["s0"])  # asked of the emulator, not of the polynomial that the slow model inlines
    assert untreated == pytest.approx(q["n_drive"] * circuit * (1.0 + q["brain_gain"] * q["s0"]), rel=1e-9)


def test_cord_and_brain_add_up_on_the_log_scale_and_both_grow_with_sensitization() -> None:
    rows = gain_split(fitted())
    for row in rows:
        assert row.brain_low < row.brain < row.brain_high
        assert row.cord_share == pytest.approx(1.0 - np.log(row.brain) / np.log(row.cord * row.brain))
        assert 0.5 < row.cord_left < 1.0
    for less, more in itertools.pairwise(rows):
        assert less.cord < more.cord
        assert less.brain < more.brain


def test_the_page_says_it_in_words() -> None:
    text = "\n".join(page_lines(fitted()))
    assert "does not come from pore block" in text
