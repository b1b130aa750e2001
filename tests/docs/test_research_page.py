"""The page on questions of research is filled by its script, and names what the code holds."""

from __future__ import annotations

import re

import pytest

from subside.errors import UnknownNameError
from subside.research import read_search, read_studies
from subside.research.tradeoff import ALIKE
from subside.validation import research_pages
from subside.validation.research_pages import MARKED, TABLES, examples, filled


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs/explanation/research-questions.md").read_text(encoding="utf-8")


def test_every_table_has_its_place_and_every_place_its_table(page):
    assert [match[1] for match in MARKED.findall(page)] == list(TABLES)


def test_the_tables_are_of_the_examples_that_ship(page):
    """Numbers move with every fit; which regimens and studies are told does not."""
    tables = {match[2]: match[0] for match in MARKED.finditer(page)}
    for arm in read_search(examples() / "hours_and_rate.toml").arms:
        assert f"| {arm.name} |" in tables["search"]
    for study in read_studies(examples() / "next_studies.toml").studies:
        assert f"(`{study.name}`) | {study.n} |" in tables["studies"]
    for over in ("parameters", "patients", "trials"):
        assert f"| {over} | all: standard deviation" in tables["sensitivity"]


def test_only_the_tables_asked_for_are_made_anew(page, monkeypatch, tmp_path):
    monkeypatch.setattr(research_pages, "TABLES", {name: (lambda: "| anew |") for name in TABLES})
    (tmp_path / research_pages.PAGE).write_text(page, encoding="utf-8")
    assert research_pages.main(["search", "--docs", str(tmp_path)]) == 0
    text = (tmp_path / research_pages.PAGE).read_text(encoding="utf-8")
    assert text.count("| anew |") == 1
    assert filled(page, []) == page


def test_a_table_that_is_not_there_gets_the_nearest():
    with pytest.raises(UnknownNameError, match="Did you mean 'studies'"):
        research_pages.main(["study"])


def test_differences_that_count_as_none_are_those_of_the_code(page):
    words = r"([\d.]+) points of relief, ([\d.]+) points of CADSS, (\d+) % of people or ([\d.]+) mg count as none"
    found = re.search(words, page)
    assert found
    relief, dissociation, surge, drug = (float(text) for text in found.groups())
    assert {"relief": relief, "dissociation": dissociation, "surge": surge / 100.0, "drug_mg": drug} == ALIKE
