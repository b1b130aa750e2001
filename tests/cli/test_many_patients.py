"""A million patients from the command line: what is said, what is written, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from subside.cli import main
from subside.engine.scale import sizes

WRONG_CALL = 2


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count from fifty patients on; and compile nothing that this process has compiled."""
    monkeypatch.setattr(sizes, "COUNTED_ABOVE", 50)


@pytest.fixture
def case(root: Path) -> str:
    return str(root / "examples/from_papers/noppers_2011_fibromyalgia.toml")


def test_many_patients_answer_in_the_same_envelope_and_say_how_they_were_counted(case, capsys):
    assert main(["simulate", case, "--patients", "60", "--at", "0 h,1 d,7 d", "--json"]) == 0
    captured = capsys.readouterr()
    answer = json.loads(captured.out)
    assert answer["result"]["patients"] == 60
    assert answer["result"]["failed"] == 0
    assert answer["result"]["times_h"] == [0.0, 24.0, 168.0]
    assert {"median", "low", "high", "mean", "sd"} <= answer["result"]["values"]["nrs_pain"].keys()
    assert "counted_in_bins" in [warning["code"] for warning in answer["warnings"]]
    assert "60 patients are counted in bins, on" in captured.err


def test_out_writes_no_table_of_many_and_says_how_large_it_would_be(case, capsys, tmp_path):
    out = tmp_path / "out"
    assert main(["simulate", case, "--patients", "60", "--at", "0 h,1 d,7 d", "--out", str(out)]) == 0
    assert sorted(file.name for file in out.iterdir()) == ["report.html", "summary.json"]
    captured = capsys.readouterr()
    assert "No table of curves is written" in captured.err
    assert "--curves" in captured.err
    assert "course.parquet" not in captured.err


def test_curves_go_to_a_store_when_asked_for(case, capsys, tmp_path):
    pytest.importorskip("zarr")
    store = tmp_path / "curves.zarr"
    words = ["simulate", case, "--patients", "60", "--at", "0 h,1 d", "--json", "--curves", str(store)]
    assert main(words) == 0
    assert (store / "zarr.json").is_file()
    assert "will take up to" in capsys.readouterr().err
    assert main(words) == WRONG_CALL
    assert "does not exist yet" in capsys.readouterr().err


def test_compare_counts_many_too(case, capsys):
    assert main(["compare", case, "--with", "placebo", "--patients", "60", "--at", "0 h,7 d", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)["result"]
    assert result["arms"].keys() == {"case", "placebo"}
    assert len(result["differences"]["case - placebo"]["nrs_pain"]["mean"]) == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--curves", "x.zarr"], "for many patients; got one"),
        (["--workers", "2"], "for many patients; got one"),
        (["--patients", "60", "--scheduler", "nonsense"], "scheduler must be the address"),
        (["--patients", "60", "--workers", "-1"], "whole number from 0"),
        (["--patients", "60", "--device", "tpu"], "'tpu' is not one of cpu, gpu"),
    ],
)
def test_a_wrong_place_to_work_is_one_line_that_names_it(case, capsys, tmp_path, monkeypatch, words, says):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("subside.engine.scale.cluster.ANSWERS_WITHIN_S", 0.3)
    assert main(["simulate", case, "--at", "0 h", *words]) == WRONG_CALL
    captured = capsys.readouterr()
    assert says in captured.err
    assert captured.out == ""
    assert list(tmp_path.iterdir()) == []
