"""The glossary and the code agree on every name that other programs read."""

from __future__ import annotations

import re

import pytest

from subside.course import NAMES


@pytest.fixture(scope="module")
def rows(root):
    """The table of what a course holds: name -> (unit, meaning, range, source)."""
    text = (root / "GLOSSARY.md").read_text(encoding="utf-8")
    section = text.split("## What a course holds")[1].split("\n## ")[0]
    found = {}
    for line in section.splitlines():
        match = re.match(r"\| `(\w+)` \| (.*) \|$", line)
        if match:
            found[match[1]] = [cell.strip() for cell in match[2].split(" | ")]
    return found


def test_the_glossary_names_what_a_course_can_hold_in_its_order(rows):
    assert list(rows) == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_unit_and_range_are_those_of_the_code(rows, name):
    quantity = NAMES[name]
    unit, meaning, span, source = rows[name]
    low, high = quantity.low, quantity.high
    assert unit == quantity.unit
    assert span == (f"{low:g} up" if high is None else f"{low:g} to {high:g}")
    assert meaning
    assert source


def test_every_work_that_the_tables_cite_is_listed_in_full(root):
    text = (root / "GLOSSARY.md").read_text(encoding="utf-8")
    tables, works = text.split("## Works named here")
    cited = set(re.findall(r"\b([A-Z][a-z]+(?: & [A-Z][a-z]+)?) ((?:19|20)\d\d)\b", tables))
    assert len(cited) > 10
    for author, year in cited:
        assert re.search(rf"^- {author.split(' & ')[0]}.*{year}", works, re.M), (author, year)
