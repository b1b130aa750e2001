"""The page on evidence names exactly the words and keys that the reader of study files accepts."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from subside.evidence import BASES, SPREADS, USES, WEAK_BASES, Figure

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/evidence-data.md").read_text(encoding="utf-8")


def words_of(heading: str) -> list[str]:
    """Return the code words in the first column of the table under a heading cell."""
    table = PAGE.split(f"\n| {heading} |")[1].split("\n\n")[0]
    return [word for line in table.splitlines()[2:] for word in re.findall(r"`(\w+)`", line.split("|")[1])]


def test_every_basis_use_and_spread_is_described_in_its_order() -> None:
    assert words_of("`basis` | Means") == list(BASES)
    assert words_of("`use` | Means") == list(USES)
    assert sorted(words_of("`spread` | `low`")) == sorted(SPREADS)


def test_the_bases_that_results_show_are_marked() -> None:
    rows = PAGE.split("\n| `basis` | Means")[1].split("\n\n")[0].splitlines()[2:]
    marked = [re.findall(r"`(\w+)`", row)[0] for row in rows if row.rstrip().endswith("| yes |")]
    assert sorted(marked) == sorted(WEAK_BASES)


def test_every_key_of_a_figure_is_described() -> None:
    known = {field.name for field in fields(Figure)} - {"id", "source"}
    assert set(words_of("Key | Holds")) == known
