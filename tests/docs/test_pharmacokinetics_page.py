"""The tables of the pharmacokinetics page are what the comparison prints today."""

from __future__ import annotations

from pathlib import Path

import pytest

from subside.engine.drugs import PK_SETS, pk_set
from subside.evidence import figure
from subside.validation.pk_sets import render_norketamine_candidates, render_scores
from subside.validation.venous_delay import CORES, fit_delay


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs/explanation/pharmacokinetics.md").read_text(encoding="utf-8")


def between(page: str, marker: str) -> str:
    return page.split(f"<!-- {marker} -->")[1].split("<!-- end -->")[0].strip()


def test_the_comparison_on_the_page_is_the_one_that_the_script_prints(page: str) -> None:
    assert between(page, "scores") == render_scores().strip()


def test_the_norketamine_candidates_on_the_page_are_the_ones_that_the_script_prints(page: str) -> None:
    assert between(page, "norketamine") == render_norketamine_candidates().strip()


def test_the_page_names_every_set(page: str) -> None:
    assert all(f"`{name}`" in page for name in PK_SETS)


@pytest.mark.parametrize("core", CORES)
def test_the_fitted_delay_in_the_evidence_is_what_the_fit_gives(core: str) -> None:
    kept = figure(f"fitted_venous_delay.{core}")
    fit = fit_delay(core)
    # the file holds three digits
    assert kept.value == pytest.approx(fit.per_h, rel=5e-3)
    assert kept.low == pytest.approx(fit.low_per_h, rel=5e-3)
    assert kept.high == pytest.approx(fit.high_per_h, rel=5e-3)
    assert pk_set(core).parameters["venous_per_h"].value == kept.value


def test_a_delay_fits_the_venous_data_better_than_none() -> None:
    for core in CORES:
        fit = fit_delay(core)
        assert fit.misfit < fit.misfit_at_once - 3.84  # one parameter, 95 %
