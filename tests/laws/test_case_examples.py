"""The cases of published protocols: each reads, says what it is, and gives what its paper says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from subside.case import Case, exposure, parse_case, read_case, show, write_case

FOLDER = Path(__file__).parents[2] / "examples/from_papers"
FILES = sorted(FOLDER.glob("*.toml"))


def case_of(name: str) -> Case:
    return read_case(FOLDER / f"{name}.toml")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_published_case_reads_and_writes_the_same(file: Path) -> None:
    case = read_case(file)
    assert parse_case(write_case(case)) == case
    assert case.regimen()
    assert show(case).sections


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_published_case_says_what_it_is_and_is_not_and_where_it_comes_from(file: Path) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)?_(19|20)\d\d_[a-z]+", file.stem)
    text, about = file.read_text(encoding="utf-8"), read_case(file).about
    for phrase in ("# What it is: ", "# What it is not: ", "# Source: ", "# Assumed: "):
        assert phrase in text
    assert about.is_
    assert about.is_not
    assert about.source
    assert about.from_paper
    assert about.assumed
    assert file.stem.split("_")[-2] in about.source  # the year
    assert about.doi is None or f"doi:{about.doi}" in text.replace("\n# ", "")


def test_the_folder_holds_the_protocols_that_the_documentation_promises() -> None:
    assert {file.stem for file in FILES} >= {
        "sigtermans_2009_crps",
        "schwartzman_2009_crps",
        "goldberg_2010_crps",
        "pomeroy_2017_migraine",
        "zarate_2006_depression",
        "graven_nielsen_2000_fibromyalgia",
        "patil_2012_neuropathic",
    }


def test_sigtermans_runs_a_hundred_hours_and_ends_at_22_mg_per_h() -> None:
    case = case_of("sigtermans_2009_crps")
    regimen = case.regimen()
    assert regimen.drugs == ("esketamine",)
    assert (regimen.start_h, regimen.end_h) == (0.0, 100.0)  # 4.2 d to the hour
    assert regimen.segments[-1].mg_per_h == 22.0
    assert exposure(regimen, drug="esketamine").total_mg.high == 5 * 8 + 22 * 92


def test_schwartzman_gives_four_hours_on_ten_weekdays_below_both_caps() -> None:
    case = case_of("schwartzman_2009_crps")
    total = exposure(case.regimen(), drug="racemic_ketamine", weight_kg=case.patient.weight_kg)
    assert [day % 7 for day in total.days] == [0, 1, 2, 3, 4] * 2
    assert total.hours.high == pytest.approx(40.0)
    assert total.peak_mg_per_h.high / case.patient.weight_kg == pytest.approx(0.35)
    assert total.peak_mg_per_h.high <= 25.0
    assert max(span.high for span in total.mg_by_day.values()) <= 100.0
    given = {t.name: sum(len(u.given_at_h(case.end_h)) for u in case.treatments if u.name == t.name)
             for t in case.treatments}  # fmt: skip
    assert given == {"clonidine": 10, "midazolam": 20}


@pytest.mark.parametrize(
    ("name", "lowest", "highest", "days"),
    [
        ("goldberg_2010_crps", 10.0, 40.0, 5.0),
        ("pomeroy_2017_migraine", 0.1 * 72, 1.0 * 72, 4.8),
        ("lauritsen_2016_migraine", 0.1 * 68, 0.5 * 68, 2.0),
    ],
)
def test_titrated_protocols_start_and_end_where_the_paper_does(
    name: str, lowest: float, highest: float, days: float
) -> None:
    (policy,) = case_of(name).regimen().policies
    assert policy.drug == "racemic_ketamine"
    assert policy.start_mg_per_h == pytest.approx(lowest)
    assert policy.ceiling_mg_per_h == pytest.approx(highest)
    assert policy.end_h - policy.start_h == pytest.approx(24 * days)
    assert policy.fastest()[-1].mg_per_h == pytest.approx(highest)  # the ceiling can be reached in time


@pytest.mark.parametrize(
    ("name", "drug", "mg_per_kg", "minutes"),
    [
        ("zarate_2006_depression", "racemic_ketamine", 0.5, 40),
        ("graven_nielsen_2000_fibromyalgia", "racemic_ketamine", 0.3, 30),
        ("noppers_2011_fibromyalgia", "esketamine", 0.5, 30),
        ("feder_2021_ptsd", "racemic_ketamine", 6 * 0.5, 6 * 40),
    ],
)
def test_short_infusions_give_their_dose_in_their_time(
    name: str, drug: str, mg_per_kg: float, minutes: float
) -> None:
    (total,) = case_of(name).exposures()
    assert total.drug == drug
    assert total.total_mg_per_kg is not None
    assert total.total_mg_per_kg.high == pytest.approx(mg_per_kg)
    assert total.hours.high == pytest.approx(minutes / 60)


def test_kiefer_rises_from_50_to_500_mg_a_day_in_ten_days() -> None:
    total = exposure(case_of("kiefer_2008_crps").regimen(), drug="esketamine")
    assert [round(span.high, 9) for span in total.mg_by_day.values()] == [50.0 * k for k in range(1, 11)]


def test_what_was_understood_of_schwartzman_shows_every_conversion() -> None:
    understood = show(case_of("schwartzman_2009_crps"))
    rows = {row.label: row.means for section in understood.sections for row in section.rows}
    assert rows["step 1"].startswith("24.5 mg/h = 0.35 mg/kg/h = 5.83 mcg/kg/min = 24.5 mL/h; 98 mg")
    assert rows["racemic ketamine, total"] == "980 mg (14 mg/kg)"
    assert rows["racemic ketamine, days with drug"] == "10; at most 98 mg a day"
    assert rows["sessions"].startswith("10, of 4 h")
    assert understood.as_json()["sections"][0]["title"] == "About"
    assert any("unknown is never taken as no" in note for note in understood.notes)
