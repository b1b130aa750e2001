"""What ``subside evidence`` says of the circuit's gates: complete, sourced, and misses told with a reason."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from rich.console import Console

from subside.engine.circuit.ensemble import ensemble
from subside.engine.circuit.gates import FAST_GATES, HELD_OUT_GATES, Gate
from subside.engine.circuit.measure import SLOW_MEMBERS, measured
from subside.engine.circuit.slow_gates import SLOW_GATES
from subside.evidence import figure
from subside.validation.circuit_gates import circuit_gates, gate_rows

EVERY = (*FAST_GATES, *HELD_OUT_GATES, *SLOW_GATES)


def test_every_gate_has_a_row_and_every_row_a_gate():
    rows = gate_rows(circuit_gates())
    assert [row["name"] for row in rows] == [gate.name for gate in EVERY]
    assert len({gate.name for gate in EVERY}) == len(EVERY)
    assert json.loads(json.dumps(rows)) == rows


def test_every_member_was_measured():
    for gate in EVERY:
        n = SLOW_MEMBERS if gate in SLOW_GATES else len(ensemble())
        assert measured()[gate.name].shape == (n,), gate.name
        assert np.isfinite(measured()[gate.name]).all(), gate.name


@pytest.mark.parametrize("gate", EVERY, ids=lambda gate: gate.name)
def test_a_gate_is_provisional_unless_all_its_sources_were_read(gate):
    bases = {figure(f).basis for f in gate.figures}
    assert gate.provisional == (not bases or bool(bases & {"recalled", "assumed", "design"}))


def test_a_miss_is_a_miss_and_says_why():
    for row in circuit_gates():
        values = measured()[row.name]
        inside = [(row.low is None or x >= row.low) and (row.high is None or x <= row.high) for x in values]
        assert row.within == sum(inside)
        if row.kind == "fast":
            assert row.met == all(inside)
        if not row.met:
            assert row.note, row.name


def test_a_measurement_that_is_no_number_holds_no_gate():
    gate = Gate("invented", "an invented gate", 0.0, 1.0, (), lambda _: 0.5)
    assert gate.holds(0.5)
    assert not gate.holds(float("nan"))


def test_the_terminal_shows_measured_values_beside_limits_and_lists_misses():
    from subside.cli.evidence import _show_gates

    out = io.StringIO()
    _show_gates(Console(file=out, width=200), circuit_gates())
    text = out.getvalue()
    for row in circuit_gates():
        assert row.says in text
        assert f"{row.mean:.4g}" in text
        if not row.met:
            assert f"missed at {row.mean:.3g}. {row.note}" in text
    assert "provisional" in text
