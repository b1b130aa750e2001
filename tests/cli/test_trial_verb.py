"""``subside trial``: one envelope, every mistake before anything runs, files whole or not at all."""

from __future__ import annotations

import csv
import json
import math
import re
from pathlib import Path

import pytest

from subside.cli import main
from subside.engine.population import read_population

TRIAL = """format = 1
title = "Invented"
study = "invented"
[population]
base = "chronic_pain_clinic"
conditions = { chronic_migraine = 1 }
[inclusion]
nrs_pain = [4, 10]
[design]
patients = 24
declined = 0.1
[[arm]]
name = "drug"
kind = "drug"
[[arm.infusion]]
drug = "esketamine"
start = "0 h"
steps = [ { rate = "0.2 mg/kg/h", for = "24 h" } ]
[[arm]]
name = "half dose"
kind = "drug"
[[arm.infusion]]
drug = "esketamine"
start = "0 h"
steps = [ { rate = "0.1 mg/kg/h", for = "24 h" } ]
[[arm]]
name = "midazolam"
kind = "active-placebo"
like = "drug"
control = true
[blinding]
breach = "dissociation"
[visits]
at = ["1 wk", "4 wk"]
[[endpoint]]
what = "nrs_pain"
at = "1 wk"
primary = true
[[endpoint]]
what = "nrs_pain_movement"
as = "responders_30"
at = "4 wk"
[[endpoint]]
what = "headache_days"
as = "days"
at = "4 wk"
[[endpoint]]
what = "relapse"
as = "time"
[[endpoint]]
what = "nausea"
as = "share"
[missing]
drop_out = 0.1
visits = 0.05
[analysis]
method = "mixed"
[power]
replicates = 3
sizes = [24, 36]
"""


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    path = tmp_path / "trial.toml"
    path.write_text(TRIAL)
    return path


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict:  # type: ignore[type-arg]
    """What one run prints and writes: the envelope and the folder."""
    folder = tmp_path_factory.mktemp("trial")
    path = folder / "trial.toml"
    path.write_text(TRIAL)
    assert main(["trial", str(path), "--out", str(folder / "out")]) == 0
    found = json.loads((folder / "out/summary.json").read_text())
    return {"folder": folder / "out", **found}


def test_json_is_the_envelope_of_every_verb(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trial", str(trial), "--json", "--seed", "5", "--replicates", "2"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == ["format", "subside", "verb", "seed", "warnings", "sources", "result"]
    assert (printed["verb"], printed["seed"], printed["result"]["repetitions"]) == ("trial", 5, 2)
    assert {w["code"] for w in printed["warnings"]} >= {"not_a_device", "weak_population"}
    assert any("gerdle_2019" in s["key"] for s in printed["sources"])


def test_each_arm_and_visit_has_its_numbers(document: dict) -> None:  # type: ignore[type-arg]
    result = document["result"]
    assert list(result["arms"]) == ["drug", "half dose", "midazolam"]
    for name, arm in result["arms"].items():
        assert [visit["at_h"] for visit in arm["visits"]] == result["visits_h"] == [168.0, 672.0]
        for visit in arm["visits"]:
            for outcome in ("nrs_pain", "nrs_pain_movement", "phq9_total", "pcl5_total"):
                cell = visit["values"][outcome]
                assert 0 < cell["n"] <= arm["randomized"]
                assert cell["se"] == pytest.approx(cell["sd"] / math.sqrt(cell["n"]))
                contrast = cell["contrast"]
                assert (contrast is None) == (name == "midazolam")
                if contrast is not None and contrast["estimate"] is not None:
                    assert contrast["low"] < contrast["estimate"] < contrast["high"]
                    assert 0.0 <= contrast["p"] <= 1.0
            for share in visit["responders"].values():
                assert share["low"] <= share["share"] <= share["high"]
                assert share["n"] == arm["randomized"]


def test_each_adverse_event_has_its_difference_from_the_control(document: dict) -> None:  # type: ignore[type-arg]
    for name, arm in document["result"]["arms"].items():
        for event in arm["events"].values():
            assert event["count"] <= event["n"] == arm["randomized"]
            assert (event["contrast"] is None) == (name == "midazolam")
    nausea = document["result"]["endpoints"][-1]
    assert nausea["what"] == "nausea"
    reported = nausea["arms"]["drug"]["reported"]
    arms = document["result"]["arms"]
    expected = arms["drug"]["events"]["nausea"]["share"] - arms["midazolam"]["events"]["nausea"]["share"]
    assert reported["estimate"] == pytest.approx(expected)


def test_the_reference_page_names_every_key_of_the_result(document: dict, root: Path) -> None:  # type: ignore[type-arg]
    page = (root / "docs/reference/trial-file.md").read_text(encoding="utf-8")
    outline = page.split("```text")[1].split("```")[0]
    named = set(re.findall(r"\w+", outline))
    arms = set(document["result"]["arms"])
    free = {"excluded", "values", "baseline", "events", "arms"}  # their keys are names of arms, outcomes, limits

    def keys(value: object, above: str) -> set[str]:
        if isinstance(value, list):
            return set().union(*(keys(item, above) for item in value))
        if not isinstance(value, dict):
            return set()
        own = set() if above in free else set(value)
        return own.union(*(keys(item, name) for name, item in value.items()))

    assert keys(document["result"], "") - arms - named == set()


def test_the_flow_adds_up(document: dict) -> None:  # type: ignore[type-arg]
    flow = document["result"]["flow"]
    assert flow["assessed"] == sum(flow["excluded"].values()) + flow["declined"] + flow["randomized"]
    assert sum(arm["allocated"] for arm in flow["arms"].values()) == flow["randomized"] == 24
    for arm in flow["arms"].values():
        assert sum(arm["left_before_visit"]) + arm["completed"] == arm["allocated"]
        assert arm["in_primary_analysis"] <= arm["allocated"]


def test_each_endpoint_has_a_report_repetitions_and_power(document: dict) -> None:  # type: ignore[type-arg]
    for endpoint in document["result"]["endpoints"]:
        assert endpoint["versus"] == "midazolam"
        assert list(endpoint["arms"]) == ["drug", "half dose"]
        for arm in endpoint["arms"].values():
            assert [p["patients"] for p in arm["power"]] == [24, 36]
            assert arm["repeated"]["repetitions"] <= 3
            assert arm["reported"]["method"]
    primary = document["result"]["endpoints"][0]
    assert primary["primary"]
    assert primary["arms"]["drug"]["reported"]["method"] == "mixed model"


def test_a_score_that_does_not_move_says_so_instead_of_a_p_value(document: dict) -> None:  # type: ignore[type-arg]
    contrast = document["result"]["arms"]["drug"]["visits"][0]["values"]["pcl5_total"]["contrast"]
    assert contrast["estimate"] is None
    assert "does not move" in contrast["note"]


def test_files_hold_the_same_numbers_as_the_document(document: dict) -> None:  # type: ignore[type-arg]
    import pyarrow.parquet as parquet

    folder, result = document["folder"], document["result"]
    names = {path.name for path in folder.iterdir()}
    assert names == {"report.html", "summary.json", "effects.csv", "visits.csv", "power.csv", "people.parquet",
                     "population.parquet"}  # fmt: skip
    with (folder / "visits.csv").open() as file:
        rows = list(csv.DictReader(file))
    first = next(r for r in rows if (r["arm"], r["what"], r["at_h"]) == ("drug", "nrs_pain", "168.0"))
    assert float(first["mean"]) == result["arms"]["drug"]["visits"][0]["values"]["nrs_pain"]["mean"]
    people = parquet.read_table(folder / "people.parquet").to_pylist()
    own = [r["value"] for r in people if (r["arm"], r["what"], r["at_h"]) == ("drug", "nrs_pain", 168.0)]
    seen = [v for v in own if v is not None]
    assert len(own) == result["arms"]["drug"]["randomized"]
    part = read_population(folder / "population.parquet")
    assert set(part.numbers.tolist()) == {r["person"] for r in people}
    assert part.study == result["study"]
    assert sum(seen) / len(seen) == pytest.approx(float(first["mean"]))


def test_the_page_says_what_was_found_and_needs_nothing_else(document: dict) -> None:  # type: ignore[type-arg]
    page = (document["folder"] / "report.html").read_text()
    for words in (
        "Invented", "24 virtual people", "Power by size", "Flow of people", "randomized", "hazard ratio",
        "not a medical device", "Adverse events", "headache days", "believe that they have the drug", "NHANES",
    ):  # fmt: skip
        assert words in page, words
    assert not re.search(r"<script|https?://[^ <\"]+\.(?:js|css)", page)
    assert not re.search(r"\bnan\b|None", re.sub(r"<style>.*?</style>", "", page, flags=re.S))


def test_people_read_effects_with_intervals_and_power(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trial", str(trial)]) == 0
    shown = capsys.readouterr().out
    for words in ("Each arm minus midazolam", "pain at rest, 1 wk; drug", "power", "Flow:", "nausea", "hazard ratio"):
        assert words in shown, words


def test_every_mistake_is_told_and_nothing_is_run_or_written(
    trial: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trial.write_text(TRIAL.replace("patients = 24", "patients = 0").replace('"mixed"', '"anova"'))
    assert main(["trial", str(trial), "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "2 mistakes" in told.err
    assert "line 10, design.patients" in told.err
    assert "analysis.method" in told.err
    assert not (tmp_path / "out").exists()


def test_an_option_that_no_one_knows_is_a_wrong_call(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trial.write_text(TRIAL + '[options]\nlow_dose_rout = "pore"\n')
    assert main(["trial", str(trial)]) == 2
    assert "low_dose_route" in capsys.readouterr().err


def test_without_the_packages_of_the_analysis_the_command_says_what_to_install(
    trial: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import subside.cli.trial as verb

    monkeypatch.setattr(verb, "find_spec", lambda name: None if name == "lifelines" else True)
    assert main(["trial", str(trial)]) == 2
    assert "pip install 'subside[cohort]'" in capsys.readouterr().err


def test_the_same_seed_gives_the_same_document(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    documents = []
    for _ in range(2):
        assert main(["trial", str(trial), "--json", "--replicates", "1"]) == 0
        documents.append(capsys.readouterr().out)
    assert documents[0] == documents[1]
