"""The verbs of research keep the contract of the command line."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from subside.cli import main

ENVELOPE = ["format", "subside", "verb", "seed", "warnings", "sources", "result"]


@pytest.fixture
def case(root):
    """A case file with one short infusion."""
    return str(root / "examples" / "from_papers" / "pickering_2020_neuropathic.toml")


def _json(capsys):
    return json.loads(capsys.readouterr().out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def test_sensitivity_ranks_inputs_in_json_on_the_screen_and_in_files(case, tmp_path, capsys):
    words = ["sensitivity", case, "--method", "morris", "--samples", "8", "--at", "7 d"]
    assert main([*words, "--json"]) == 0
    document = _json(capsys)
    assert list(document) == ENVELOPE
    result = document["result"]
    effects = [row["mu_star"] for row in result["inputs"]]
    assert effects == sorted(effects, reverse=True)
    assert (result["endpoint"], result["unit"], result["at_h"], result["against"]) == (
        "nrs_pain", "points", 168.0, "placebo",
    )  # fmt: skip
    assert main([*words, "--out", str(tmp_path / "out")]) == 0
    assert result["inputs"][0]["name"] in capsys.readouterr().out
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"tornado.svg", "sensitivity.csv", "result.json"}
    text = (tmp_path / "out" / "sensitivity.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["name"] for row in rows] == [row["name"] for row in result["inputs"]]
    again = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    assert again == document


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--endpoint", "nrs_pian"], "Did you mean 'nrs_pain'"),
        (["--at", "1 d,2 d"], "must be one time"),
        (["--samples", "500"], "power of two; got 500"),
        (["--over", "patient"], "did you mean 'patients'"),
        (["--against", "placbo"], "Did you mean 'placebo'"),
    ],
)
def test_a_wrong_call_of_sensitivity_is_told_in_one_line(case, capsys, words, said):
    assert main(["sensitivity", case, *words]) == 2
    told = capsys.readouterr().err.strip().splitlines()
    assert said in told[-1]


@pytest.fixture(scope="module")
def written(root, tmp_path_factory):
    """A file of predictions of one small study, written once."""
    path = tmp_path_factory.mktemp("frozen") / "predictions.json"
    studies = str(root / "examples" / "research" / "one_trial.toml")
    words = ["evidence", "freeze", "--studies", studies, "--only-studies", "--date", "2027-01-31", "--out", str(path)]
    assert main(words) == 0
    return path


@pytest.fixture
def frozen(written, tmp_path):
    """A copy of that file, to be altered."""
    return Path(shutil.copy(written, tmp_path))


def test_predictions_are_frozen_verified_and_compared(frozen, capsys):
    known = ["--observed", "invented_2099.difference_week_1=-0.2"]
    assert main(["evidence", "verify", str(frozen), "--json", *known]) == 0
    result = _json(capsys)["result"]
    assert result["unaltered"]
    assert [row["within_interval"] for row in result["predictions"]] == [True, None, None]
    assert main(["evidence", "compare", str(frozen), "--json"]) == 0
    assert _json(capsys)["result"]["moved"] == []  # the same model and seeds: the same numbers
    assert main(["evidence", "verify", str(frozen), "--sha256", result["sha256"]]) == 0
    assert main(["evidence", "verify", str(frozen), "--sha256", "0" * 64]) == 1


def test_one_byte_altered_is_a_finding(frozen, capsys):
    raw = frozen.read_bytes()
    frozen.write_bytes(raw.replace(b"2027-01-31", b"2027-01-30"))
    assert main(["evidence", "verify", str(frozen)]) == 1
    assert "ALTERED" in capsys.readouterr().out


def test_a_file_moved_by_hand_shows_what_moved(frozen, capsys):
    document = json.loads(frozen.read_text(encoding="utf-8"))
    document["content"]["predictions"][0]["median"] -= 1.0
    frozen.write_text(json.dumps(document), encoding="utf-8")
    assert main(["evidence", "compare", str(frozen), "--json"]) == 1
    found = _json(capsys)
    assert [w["code"] for w in found["warnings"]] == ["altered"]
    assert found["result"]["moved"][0]["shift"] == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["freeze", "--out", "a.json"], "--date"),
        (["freeze", "--out", "a.json", "--date", "soon"], "must be a day such as 2027-01-31"),
        (["freeze", "--out", "a.json", "--date", "2027-01-31", "--only-studies"], "needs --studies FILE"),
        (["freeze", "--out", "no/such/a.json", "--date", "2027-01-31"], "there is no such folder"),
        (["verify", "missing.json"], "No such file"),
        (["verify", "a.json", "--observed", "week_4"], "must be a name and a number"),
    ],
)
def test_a_wrong_call_about_predictions_is_told_in_one_line(tmp_path, monkeypatch, capsys, words, said):
    monkeypatch.chdir(tmp_path)
    assert main(["evidence", *words]) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def regimens(root):
    """A file of three small regimens."""
    return str(root / "examples" / "research" / "one_afternoon.toml")


def test_search_compares_in_json_on_the_screen_and_in_files(regimens, tmp_path, capsys):
    words = ["search", regimens, "--clinics", "6", "--people", "6"]
    code = main([*words, "--json"])
    document = _json(capsys)
    assert list(document) == ENVELOPE
    result = document["result"]
    names = [one["name"] for one in result["regimens"]]
    assert names == ["as in the trial", "half the dose", "twice, a day apart"]
    assert next(iter(result["by_form"])) == "weighted"
    for rows in result["by_form"].values():
        assert [row["regimen"] for row in rows] == names
        assert any(row["on_front"] > 0 for row in rows)
    assert "best" not in json.dumps(result)
    assert "not_advice" in {warning["code"] for warning in document["warnings"]}
    assert main([*words, "--out", str(tmp_path / "out")]) == code
    shown = capsys.readouterr().out
    assert "No regimen is best" in shown
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"front.svg", "search.csv", "result.json"}


def test_a_regimen_beyond_the_limits_is_compared_all_the_same_and_said_to_be_beyond(root, tmp_path, capsys):
    case = root / "examples" / "from_papers" / "pickering_2020_neuropathic.toml"
    file = tmp_path / "search.toml"
    file.write_text(
        f'format = 1\ncase = "{case}"\nat = "1 wk"\nrivals = []\n'
        '[[regimen]]\nname = "tenfold"\ngive = "case"\ntimes_rate = 10\n',
        encoding="utf-8",
    )
    main(["search", str(file), "--clinics", "4", "--people", "4", "--json"])
    document = _json(capsys)
    assert document["result"]["by_form"]["weighted"][0]["drug_mg"]["mean"] > 100.0
    assert document["result"]["regimens"][0]["check_reasons"]
    assert "beyond_limits" in {warning["code"] for warning in document["warnings"]}


def test_a_file_of_regimens_with_mistakes_ends_with_2_and_names_them_all(tmp_path, capsys):
    file = tmp_path / "search.toml"
    file.write_text('format = 2\ncase = "missing.toml"\nwhen = "1 wk"\n', encoding="utf-8")
    assert main(["search", str(file)]) == 2
    told = capsys.readouterr().err
    for part in ("format", "missing.toml", "when"):
        assert part in told


def test_study_next_ranks_in_json_on_the_screen_and_in_files(root, tmp_path, capsys):
    studies = str(root / "examples" / "research" / "one_trial.toml")
    words = ["study-next", studies, "--replicates", "10", "--questions", "low_dose_route,r_ketamine"]
    assert main([*words, "--json"]) == 0
    document = _json(capsys)
    assert list(document) == ENVELOPE
    (study,) = document["result"]["studies"]
    assert [q["question"] for q in study["questions"]] == ["low_dose_route", "r_ketamine"]
    assert study["bits"] == pytest.approx(sum(q["bits"] for q in study["questions"]), abs=1e-6)
    assert main([*words, "--out", str(tmp_path / "out")]) == 0
    assert "afternoon" in capsys.readouterr().out
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"studies.svg", "studies.csv", "result.json"}


def test_a_question_that_is_no_hypothesis_is_a_wrong_call(root, capsys):
    studies = str(root / "examples" / "research" / "one_trial.toml")
    assert main(["study-next", studies, "--questions", "sensitisation"]) == 2
    assert "Did you mean 'sensitization'" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["next_studies.toml", "one_trial.toml"])
def test_the_studies_that_ship_are_understood(root, name):
    from subside.research import read_studies

    found = read_studies(root / "examples" / "research" / name)
    assert found.studies
    assert all(study.title for study in found.studies)


@pytest.mark.parametrize("name", ["hours_and_rate.toml", "one_afternoon.toml"])
def test_the_regimens_that_ship_are_understood(root, name):
    from subside.research import read_search

    assert len(read_search(root / "examples" / "research" / name).arms) >= 3


@pytest.mark.slow  # every published study, a minute
def test_every_published_outcome_is_frozen_under_a_name_of_its_own(tmp_path, capsys):
    path = tmp_path / "all.json"
    assert main(["evidence", "freeze", "--date", "2027-01-31", "--out", str(path), "--replicates", "4"]) == 0
    capsys.readouterr()
    assert main(["evidence", "verify", str(path), "--json"]) == 0
    rows = _json(capsys)["result"]["predictions"]
    names = [row["name"] for row in rows]
    assert len(set(names)) == len(names) > 50
    assert all(row["known_when_frozen"] for row in rows)
    assert main(["evidence", "compare", str(path), "--json"]) == 0
    assert _json(capsys)["result"]["moved"] == []
