"""The verbs of research keep the contract of the command line."""

from __future__ import annotations

import csv
import json

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
