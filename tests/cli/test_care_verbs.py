"""subside screen and subside check: the same decisions as in Python, for people and for programs."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from subside.care import load_profile, sign

FIT = """
format = 1
title = "An invented person, fit"

[patient]
age_years = 46
sex = "female"
weight_kg = 70
height_cm = 168
condition = "complex_regional_pain_syndrome"
pain_months = 60
nrs_pain = 7
phq9_total = 0
audit_c_total = 1
sbp_mmhg = 122
dbp_mmhg = 76
spo2_percent = 98
medicines = []
prior_treatments = [
  { kind = "gabapentin", duration = "12 wk", stopped_for = "no benefit" },
  { kind = "amitriptyline", duration = "8 wk", stopped_for = "side effects" },
]

[patient.history]
liver_disease = "no"
hyperthyroidism = "no"
porphyria = "no"
ketamine_allergy = "no"
prior_ketamine = "no"
kidney_disease = "no"
breastfeeding = "no"
sleep_apnea = "no"
severe_lung_disease = "no"
difficult_airway = "no"
suicidal_ideation = "no"
suicide_attempt = "no"

[[infusion]]
drug = "racemic_ketamine"
start = "0 h"
steps = [ { rate = "5 mg/h", for = "1 h" }, { rate = "10 mg/h", for = "3 h" } ]

[answers]
setting = "outpatient"
cardiovascular_disease = "no"
brain_disease = "no"
eye_disease = "no"
bladder_disease = "no"
psychiatric_disorder = "no"
substance_problem = "no"
pregnancy_possible = "no"
red_flags = "no"
cssrs_ideation = 0
budapest_disproportionate_pain = "yes"
budapest_other_diagnosis = "no"
budapest_symptom_sensory = "yes"
budapest_symptom_vasomotor = "yes"
budapest_symptom_motor_trophic = "yes"
budapest_sign_sensory = "yes"
budapest_sign_motor_trophic = "yes"
"""


@pytest.fixture
def fit(tmp_path):
    path = tmp_path / "fit.toml"
    path.write_text(FIT)
    return path


def changed(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return path


def test_a_fit_person_may_proceed_and_nothing_is_asked(subside, fit):
    done = subside("screen", str(fit), "--json")
    result = json.loads(done.stdout)["result"]
    assert (done.returncode, result["verdict"], result["questions"]) == (0, "proceed", [])


def test_the_regimen_of_a_fit_person_is_within_the_limits(subside, fit):
    done = subside("check", str(fit), "--json")
    result = json.loads(done.stdout)["result"]
    assert (done.returncode, result["verdict"]) == (0, "proceed")


def test_an_answer_taken_away_is_asked_for_by_the_key_of_the_file(subside, fit):
    changed(fit, 'eye_disease = "no"\n', "")
    done = subside("screen", str(fit), "--json")
    result = json.loads(done.stdout)["result"]
    assert done.returncode == 1
    assert result["verdict"] == "incomplete"
    assert [question["write"] for question in result["questions"]] == ["answers.eye_disease"]


def test_every_reason_carries_what_was_seen_and_where_it_comes_from(subside, fit):
    changed(fit, "sbp_mmhg = 122", "sbp_mmhg = 190")
    done = subside("screen", str(fit), "--json")
    result = json.loads(done.stdout)["result"]
    assert (done.returncode, result["verdict"]) == (1, "do not proceed")
    reason = next(reason for reason in result["reasons"] if reason["rule"] == "CON-005")
    assert {"name": "sbp_mmhg", "value": 190.0, "unit": "mmHg"} in reason["seen"]
    assert reason["source"]["address"].startswith("https://")
    assert reason["basis"] == "read"
    assert reason["limits"] == {"sbp_block": 180, "dbp_block": 100}


def test_suicidality_shows_the_steps_and_the_crisis_contact_first(subside, fit):
    changed(fit, "cssrs_ideation = 0", "cssrs_ideation = 4")
    done = subside("screen", str(fit))
    assert done.returncode == 1
    assert done.stdout.index("988") < done.stdout.index("Reasons:")
    assert "Do not leave the person alone" in done.stdout


def test_ten_times_the_rate_is_stopped(subside, fit):
    changed(fit, 'rate = "10 mg/h"', 'rate = "100 mg/h"')
    done = subside("check", str(fit), "--json")
    result = json.loads(done.stdout)["result"]
    assert (done.returncode, result["verdict"]) == (1, "do not proceed")
    assert "DOSE-002" in [reason["rule"] for reason in result["reasons"]]


def test_an_unsigned_profile_says_so_and_a_signed_one_names_who_answers(subside, fit, tmp_path):
    unsigned = subside("screen", str(fit))
    assert "UNSIGNED" in unsigned.stdout
    signed = sign(
        load_profile("texas"),
        who="Example Person",
        role="medical director",
        at=datetime(2026, 1, 5, 9, 0, tzinfo=UTC),
    ).signature
    record = tmp_path / "signature.json"
    record.write_text(
        json.dumps(
            {
                "who": signed.who,
                "role": signed.role,
                "at": signed.at.isoformat(),
                "profile_hash": signed.profile_hash,
            }
        )
    )
    done = subside("screen", str(fit), "--profile", "texas", "--signature", str(record))
    assert "signed by Example Person (medical director) on 2026-01-05" in " ".join(done.stdout.split())
    assert "UNSIGNED" not in done.stdout
    other = subside("screen", str(fit), "--profile", "strict", "--signature", str(record))
    assert "counts as UNSIGNED" in " ".join(other.stdout.split())


def test_an_unknown_answer_key_names_the_nearest(subside, fit):
    changed(fit, "eye_disease", "eye_desease")
    done = subside("screen", str(fit))
    assert done.returncode == 2
    assert "Did you mean 'eye_disease'?" in done.stderr


def test_a_case_without_an_infusion_has_nothing_to_check(subside, fit):
    text = fit.read_text()
    start, end = text.index("[[infusion]]"), text.index("[answers]")
    fit.write_text(text[:start] + text[end:])
    done = subside("check", str(fit))
    assert done.returncode == 2
    assert "at least one infusion" in done.stderr


@pytest.mark.slow
def test_what_the_model_predicts_is_looked_at_when_asked_for_and_only_then(subside, fit):
    """A person at 172 mmHg: with the model's upper bound the pressure may pass 180 under a full rate."""
    changed(fit, "sbp_mmhg = 122", "sbp_mmhg = 172")
    changed(fit, 'rate = "10 mg/h"', 'rate = "34 mg/h"')
    without = json.loads(subside("check", str(fit), "--json").stdout)["result"]
    assert "PRED-001" in without["clear"]
    done = subside("check", str(fit), "--json", "--predict")
    asked = json.loads(done.stdout)["result"]
    reason = next(reason for reason in asked["reasons"] if reason["rule"] == "PRED-001")
    seen = {entry["name"]: entry["value"] for entry in reason["seen"]}
    assert seen["predicted_sbp_high_mmhg"] > 180
