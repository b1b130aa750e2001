"""The page on trials holds every published trial that ships as an example, with its misses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from subside.evidence import figure, figures
from subside.trial import published
from subside.trial.published import MARKED, filled


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs/explanation/trials.md").read_text(encoding="utf-8")


def test_every_example_is_compared_with_its_results(root: Path, page: str) -> None:
    examples = {path.stem for path in (root / "examples/trials").glob("*.toml")}
    compared = set(published._published())
    shown = {match[2].strip() for match in MARKED.finditer(page)}
    assert examples == compared
    assert shown == {*compared, "type-1", "closed-form"}


def test_each_table_has_the_rows_of_today_and_marks_what_lies_outside(page: str) -> None:
    tables = {match[2].strip(): match[0] for match in MARKED.finditer(page)}
    for name, rows in published._published().items():
        for row in rows:
            start = f"| {row.what} |".replace("-", "−")
            line = next(text for text in tables[name].splitlines() if text.startswith(start))
            found = re.search(r"\| (−?[\d.]+) \((−?[\d.]+) to (−?[\d.]+)\) \| (\*\*missed\*\*)? *\|$", line)
            assert found, line
            if row.value is not None:
                low, high = (float(found[k].replace("−", "-")) for k in (2, 3))
                digit = 10.0**-row.digits  # published numbers and printed ends are both rounded
                inside = low - digit <= row.value <= high + digit
                assert inside or found[4], line
                assert not (found[4] and low < row.value < high), line


def test_figures_named_on_the_page_are_in_the_evidence(page: str) -> None:
    for name in set(re.findall(r"`([a-z_0-9]+_(?:\d{4}|assumptions)\.[a-z_0-9]+)`", page)):
        figure(name)
    for study in set(re.findall(r"`([a-z]+_\d{4}|nhanes_anthropometry|trial_assumptions)`", page)):
        assert figures(study=study), study


def test_the_null_drug_is_found_in_one_of_twenty_unless_the_blind_breaks(page: str) -> None:
    table = next(match[0] for match in MARKED.finditer(page) if match[2].strip() == "type-1")
    rows = re.findall(r"\| (holds|broken by dissociation) \|.*?\| ([\d.]+) % \(([\d.]+) to ([\d.]+)\)", table)
    assert len(rows) == 8
    for blind, _, low, high in rows:
        if blind == "holds":
            # 99 % instead of 95 %: four intervals are looked at; a third wider on each side
            margin = 0.33 * (float(high) - float(low)) / 2
            assert float(low) - margin <= 5.0 <= float(high) + margin


def test_a_page_without_tables_is_filled(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "type_1", lambda n: f"{n} repetitions")
    text = "before\n<!-- trials: type-1 -->\nold\n<!-- end -->\nafter"
    assert filled(text, root, 7) == "before\n<!-- trials: type-1 -->\n\n7 repetitions\n\n<!-- end -->\nafter"
