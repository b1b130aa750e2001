"""The page on acute and chronic pain has the tables of the fit that ships, and its figures are in the evidence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from subside.engine.population.injury import FORMS
from subside.evidence import figure
from subside.validation.acute_to_chronic import ODDS, SHARES
from subside.validation.acute_to_chronic_outcomes import operations, typical
from subside.validation.acute_to_chronic_page import DRAWING, PAGE, PEOPLE, filled


def test_the_page_is_up_to_date_where_it_can_be_told_quickly(root: Path) -> None:
    page = (root / "docs/explanation" / PAGE).read_text(encoding="utf-8")
    assert filled(page, None) == page, "run python -m subside.validation.acute_to_chronic --pages"
    for one in (*SHARES, *ODDS):
        assert f"| {one.what} |" in page
        figure(one.figure)
    for name in re.findall(r"`([a-z_0-9]+\.[a-z_0-9]+)`", page):
        if "." in name and not name.endswith((".toml", ".py")):
            figure(name)


def test_the_figure_is_there(root: Path) -> None:
    assert (root / "docs/explanation" / DRAWING).read_text(encoding="utf-8").startswith("<?xml")


@pytest.mark.slow
def test_the_tables_are_what_the_model_says_today(root: Path) -> None:
    page = (root / "docs/explanation" / PAGE).read_text(encoding="utf-8")
    found = {form: operations(form, typical(form), people=PEOPLE) for form in FORMS}
    assert filled(page, found) == page, "run python -m subside.validation.acute_to_chronic --pages"
