"""The pages about the model say what the code and the parameter files say today."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

from subside.case import parse_case
from subside.engine.effects import breathing, circulation, mind, mood
from subside.engine.group import gather
from subside.engine.population.beliefs import fitted
from subside.engine.population.people import MAGNESIUM_MM, SYNAPSE_MV
from subside.engine.receptor import magnesium, trapping
from subside.engine.receptor.routes import REFERENCE_NG_PER_ML
from subside.engine.systems.chronic_pain.layout import N_LINEAR, N_SLOW
from subside.engine.systems.chronic_pain.protocol import SAME_VISIT_H
from subside.evidence import figure
from subside.units import MOLAR_MASS_G_PER_MOL
from subside.validation import model_pages
from subside.validation.model_pages import MARKED, PAGES, filled

CASE = """
format = 1
title = "invented"
[patient]
age_years = 45
weight_kg = 70
condition = "neuropathic_pain"
nrs_pain = 7
[[infusion]]
drug = "racemic_ketamine"
start = "0 h"
steps = [ { rate = "20 mg/h", for = "4 h" } ]
"""


def _page(root: Path, name: str) -> str:
    return (root / "docs/explanation" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_tables_on_the_pages_are_those_of_the_files_that_ship(root: Path, name: str) -> None:
    page = _page(root, name)
    assert filled(page) == page, "run python -m subside.validation.model_pages"


def test_a_page_that_is_out_of_date_is_told_and_mended(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in PAGES:
        stale = re.sub(r"\| `(sensitization|brain_gain)` \|.*", "| old |", _page(root, name))
        (tmp_path / name).write_text(stale, encoding="utf-8")
    assert model_pages.main(["--docs", str(tmp_path), "--check"]) == 1
    assert "out of date" in capsys.readouterr().out
    assert model_pages.main(["--docs", str(tmp_path)]) == 0
    for name in PAGES:
        assert (tmp_path / name).read_text(encoding="utf-8") == _page(root, name)


def test_every_parameter_stands_in_one_table_of_the_page_on_the_model(root: Path) -> None:
    kinds = [match[1] for match in MARKED.findall(_page(root, "the-model.md"))]
    listed = [name for kind in kinds for name in kind.removeprefix("values: ").split()]
    assert sorted(listed) == sorted(fitted().parameters)


def test_every_hypothesis_has_its_case_for_and_against(root: Path) -> None:
    page = _page(root, "hypotheses.md")
    said = page.split("<!-- end -->")[1]
    for name in fitted().hypotheses:
        assert re.search(rf"\*\*[^*]*`{name}`", said), name


@pytest.mark.parametrize("name", PAGES)
def test_every_figure_that_a_page_names_is_in_the_evidence(root: Path, name: str) -> None:
    ids = re.findall(r"`([a-z_]+_?\d{4}[a-z_]*\.\w+|assumptions\.\w+)`", _page(root, name))
    assert ids
    for figure_id in ids:
        figure(figure_id)


def test_constants_in_the_equations_are_those_of_the_code(root: Path) -> None:
    page = _page(root, "the-model.md")
    shift = trapping.potency_shift(SYNAPSE_MV, MAGNESIUM_MM)
    half = fitted()["half_pore_s_um"].median * shift
    for printed in (
        f"}}{{{magnesium.MG_HALF_MM}}}\\, e^{{-{magnesium.PER_MV}\\,V",
        f"{trapping.ELECTRICAL_DISTANCE}\\,(V+{-trapping.REFERENCE_MV:.0f})/{trapping.RT_OVER_F_MV}",
        f"/{MOLAR_MASS_G_PER_MOL['ketamine']}$",
        f"at −{-SYNAPSE_MV:.0f} mV and {MAGNESIUM_MM:.0f} mM magnesium",
        f"\\sigma = {shift:.1f}$ and half block needs {half:.1f} µM",
        f"{REFERENCE_NG_PER_ML:.0f} ng/mL of S-ketamine",
        f"\\frac{{r - r_0}}{{{mood.PAIN_OF_COUPLING}}}",
        f"{mind.CADSS_MOST:.0f}\\left(1 - e^{{-x/{mind.CADSS_MOST:.0f}}}\\right)",
        f"$P_0 = {breathing.PACO2_REST_MMHG:.0f}$ mmHg",
        f"{breathing.SEVERINGHAUS_CUBIC:.0f}/(p^3 + {breathing.SEVERINGHAUS_LINEAR:.0f}\\,p)",
        f"{breathing.BAROMETRIC_MMHG:.0f} mmHg, respiratory quotient {breathing.RESPIRATORY_QUOTIENT}",
        f"never falls below {circulation.PULSE_PRESSURE_LEAST_MMHG:.0f} mmHg",
    ):
        assert printed in page, printed
    assert (N_LINEAR, N_SLOW, SAME_VISIT_H) == (43, 10, 4.0)  # said in words
    assert "Forty-three states are linear" in page
    assert "ten are slow" in page
    assert "a pause of four hours or more" in page


def test_options_as_the_page_writes_them_are_understood(root: Path) -> None:
    block = re.search(r"```toml\n(.*?)```", _page(root, "hypotheses.md"), re.S)
    assert block
    case = parse_case(CASE + block[1], origin="the page")
    group = gather(case, fitted(), 3, seed=1)
    assert set(group.draws.choices["low_dose_route"]) == {"pore"}
    assert set(group.draws.choices["unblinding"]) == {"on"}
    assert np.isin(group.draws.choices["tolerance"], ["off"]).all()


def test_every_script_that_the_page_on_fitting_names_exists(root: Path) -> None:
    page = (root / "docs/how-to/fit-again.md").read_text(encoding="utf-8")
    scripts = set(re.findall(r"python -m (subside\.[a-z_.]+)", page))
    assert len(scripts) >= 6
    for script in scripts:
        assert importlib.util.find_spec(script), script
