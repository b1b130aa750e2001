"""The pages on case files say what the code accepts, and their examples read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from subside.case import (
    CONDITIONS,
    HISTORY,
    OBSERVABLES,
    About,
    BolusDose,
    Case,
    Infusion,
    Injury,
    Labs,
    Medicine,
    Observation,
    Patient,
    PriorTreatment,
    Series,
    Step,
    Thresholds,
    TitrationPlan,
    Treatment,
    parse_case,
)

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = (DOCS / "reference/case-file.md").read_text(encoding="utf-8")
HOW_TO = (DOCS / "how-to/write-a-case.md").read_text(encoding="utf-8")
CODE = set(re.findall(r"`\[*(\w+)\]*`", REFERENCE)) | set(re.findall(r"(\w+) = ", REFERENCE))
TABLES = (
    About, BolusDose, Case, Infusion, Injury, Labs, Medicine, Observation, Patient, PriorTreatment, Series,
    Step, Thresholds, TitrationPlan, Treatment,
)  # fmt: skip


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_every_key_that_is_accepted_stands_in_the_reference(table: type) -> None:
    keys = {info.alias or name for name, info in table.model_fields.items()}  # type: ignore[attr-defined]
    assert keys <= CODE


def test_every_name_that_is_accepted_stands_in_the_reference() -> None:
    assert {*CONDITIONS, *HISTORY, *OBSERVABLES} <= CODE
    for o in OBSERVABLES.values():
        assert f"| `{o.name}` | {o.unit} | {o.low:g} to {o.high:g} |" in REFERENCE
    for item in HISTORY.values():
        assert item.question in REFERENCE


def test_the_pieces_of_the_how_to_page_read_when_put_together() -> None:
    head, *pieces = re.findall(r"```toml\n(.*?)```", HOW_TO, flags=re.S)
    assert parse_case(head).patient.weight_kg == 70
    for piece in pieces:
        assert parse_case(head + piece)
    assert len(pieces) == 4


def test_the_python_of_the_reference_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", REFERENCE, flags=re.S)
    exec(code, {})
    assert capsys.readouterr().out == "5.0 325.0\n46 years\n"


def test_the_reference_names_the_profile_that_stands_for_each_condition() -> None:
    from subside.engine.conditions import profile

    for name in CONDITIONS:
        found = profile(name)
        assert f"| `{name}` | {CONDITIONS[name].label} | `{found.stands_in or name}` |" in REFERENCE
