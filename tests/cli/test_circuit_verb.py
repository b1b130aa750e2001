"""``subside circuit``: the shape of its answers, its options, its figures, and its refusals."""

from __future__ import annotations

import json
import re

import pytest

from subside.cli import main
from subside.cli.circuit import ADVICE, ENSEMBLE, TAPER_MIN


def answer(capsys, *words: str):
    assert main(["circuit", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def text(capsys, *words: str) -> str:
    """What is printed for people, in one line."""
    assert main(["circuit", *words]) == 0
    return " ".join(capsys.readouterr().out.split())


def test_wind_up_answers_in_the_documented_shape(capsys):
    found = answer(capsys, "windup", "--frequency-hz", "2", "--members", "2")
    assert found["verb"] == "circuit"
    result = found["result"]
    assert set(result) == {"frequency_hz", "spikes_per_stimulus", "post_discharge", "members", "inputs"}
    assert (result["frequency_hz"], result["members"]) == (2.0, 2)
    curve = result["spikes_per_stimulus"]
    assert {name: len(curve[name]) for name in ("mean", "low", "high")} == {"mean": 16, "low": 16, "high": 16}
    for mean, low, high in zip(*(curve[n] for n in ("mean", "low", "high")), strict=True):
        assert 0.0 <= low <= mean <= high
    assert found["warnings"][0]["code"] == "circuit_is_a_model"
    assert "kotermanski_johnson_2009" in {s["key"] for s in found["sources"]}


def test_options_change_the_answer(capsys):
    def total(*words: str) -> float:
        found = answer(capsys, "windup", "--frequency-hz", "2", "--members", "2", *words)
        return sum(found["result"]["spikes_per_stimulus"]["mean"])

    plain = total()
    assert total("--ketamine-um", "2") < plain
    assert total("--esketamine-um", "2") < plain
    assert total("--apv", "1") < plain
    assert total("--sensitization", "1") > plain
    assert total("--seed", "2") != plain


def test_touch_hurts_after_nerve_injury_only(capsys):
    rates = {
        name: answer(capsys, "touch", "--members", "2", "--condition", name)["result"]["projection_hz"]
        for name in ("healthy", "nerve_injury")
    }
    assert rates["healthy"]["touch"]["mean"] < 2.0
    assert rates["nerve_injury"]["touch"]["mean"] > 10.0
    assert rates["healthy"]["warmth_and_touch"]["mean"] < rates["healthy"]["warmth"]["mean"]


def test_movement_names_pressure_by_force(capsys):
    rates = answer(capsys, "movement", "--members", "1")["result"]["projection_hz"]
    assert [name for name in rates if name.startswith("force")] == [
        "force_50_mn", "force_100_mn", "force_200_mn", "force_400_mn",
    ]  # fmt: skip
    assert "movement" in rates


def test_conditioning_answers_in_percent(capsys):
    found = answer(capsys, "ltp", "--members", "1")
    result = found["result"]
    assert set(result) == {
        "protocol", "frequency_hz", "weight_percent", "later", "time_compressed", "members", "inputs",
    }  # fmt: skip
    assert (result["protocol"], result["frequency_hz"], result["time_compressed"]) == ("hfs", 100.0, 1.0)
    assert result["weight_percent"]["mean"] > 110.0
    assert len(result["later"]["hours"]) == len(result["later"]["weight_percent"]["mean"])
    assert result["later"]["weight_percent"]["mean"][0] == result["weight_percent"]["mean"]
    assert "drdla_2009" in {s["key"] for s in found["sources"]}


def test_a_train_of_ones_own_conditions_too(capsys):
    result = answer(capsys, "ltp", "--members", "1", "--frequency-hz", "50")["result"]
    assert (result["protocol"], result["frequency_hz"]) == ("train", 50.0)


def test_an_opioid_protocol_says_that_time_is_compressed(capsys):
    words = ("ltp", "--members", "1", "--protocol", "opioid-stop")
    result = answer(capsys, *words)["result"]
    assert (result["protocol"], result["frequency_hz"], result["time_compressed"]) == (
        "opioid-stop",
        None,
        60.0,
    )
    assert answer(capsys, *words, "--chelated", "1")["result"]["weight_percent"]["mean"] < 105.0
    assert main(["circuit", *words]) == 0
    assert "a minute of the infusion passes in a second" in " ".join(capsys.readouterr().out.split())


def test_conditioning_draws_the_hours_after_it(tmp_path):
    assert main(["circuit", "ltp", "--members", "1", "--out", str(tmp_path / "o")]) == 0
    assert sorted(p.name for p in (tmp_path / "o").iterdir()) == ["ltp.svg", "result.json"]


def test_figures_and_the_document_are_written(tmp_path, capsys):
    assert (
        main(["circuit", "windup", "--frequency-hz", "2", "--members", "1", "--out", str(tmp_path / "o")])
        == 0
    )
    assert sorted(p.name for p in (tmp_path / "o").iterdir()) == ["raster.svg", "result.json", "windup.svg"]
    assert json.loads((tmp_path / "o" / "result.json").read_text())["result"]["members"] == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["windup", "--apv", "2"], "must be a number from 0 to 1; got '2'"),
        (["windup", "--frequency-hz", "nan"], "must be a number from 0.01 to 5; got 'nan'"),
        (["windup", "--frequency-hz", "5.1"], "Above 5 Hz, single responses cannot be told apart"),
        (["windup", "--members", "53"], "must be a whole number from 1 to 52; got '53'"),
        (["touch", "--members", "0"], "must be a whole number from 1 to 52; got '0'"),
        (["ltp", "--members", "1001"], "must be a whole number from 1 to 52; got '1001'"),
        (["ltp", "--taper-min", "30"], "got --taper-min 30 with the protocol 'hfs'"),
        (["ltp", "--taper-min", "30", "--protocol", "opioid-stop"], "only with --protocol opioid-taper"),
        (["ltp", "--taper-min", "30", "--frequency-hz", "50"], "with --frequency-hz 50"),
        (["ltp", "--protocol", "opioid-stopp"], "Did you mean 'opioid-stop'?"),
        (["ltp", "--protocol", "lfs", "--frequency-hz", "5"], "not allowed with argument --protocol"),
        (["touch", "--condition", "nerve_injuri"], "Did you mean 'nerve_injury'?"),
        ([], "required"),
    ],
)
def test_a_wrong_call_is_one_clear_line(words, message, capsys):
    assert main(["circuit", *words]) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert message in said[0]


def test_the_emulated_gain_says_what_the_cord_explains_and_what_it_does_not(capsys):
    result = answer(capsys, "emulate")["result"]
    whole = result["fully_sensitized_without_drug"]
    # the polynomial at S = 1, rounded to four digits
    assert whole["cord"] == pytest.approx(result["gain"][-1], abs=1e-3)
    share = whole["cord_share_percent"] / 100.0
    product = whole["cord"] * whole["brain_stem_and_brain"]
    # logarithms rounded to four digits, the share to one
    assert product**share == pytest.approx(whole["cord"], rel=2e-3)
    assert main(["circuit", "emulate"]) == 0
    assert "the rest is not explained by a mechanism" in " ".join(capsys.readouterr().out.split())


def test_warmup_compiles_the_circuit_too(capsys):
    from subside.engine.circuit.warm import is_warm

    assert main(["warmup", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["result"]["seconds"] >= 0.0
    assert is_warm()


def test_members_reach_as_far_as_the_ensemble_does():
    from subside.engine.circuit.conditioning import TAPER_MIN as ENGINE_TAPER_MIN
    from subside.engine.circuit.ensemble import ensemble

    assert len(ensemble()) == ENSEMBLE
    assert TAPER_MIN == ENGINE_TAPER_MIN


@pytest.mark.parametrize("action", ["windup", "touch", "movement", "ltp"])
def test_help_says_how_many_members_there_are(action, capsys):
    assert main(["circuit", action, "--help"]) == 0
    assert f"1 to {ENSEMBLE}" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("action", ["windup", "touch", "movement", "ltp", "emulate"])
def test_every_table_is_followed_by_the_advice(action, capsys):
    words = () if action == "emulate" else ("--members", "1")
    said = text(capsys, action, *words)
    assert said.endswith(f"Note: {ADVICE['text']}.")


def test_a_table_says_what_was_simulated(capsys):
    said = text(
        capsys, "touch", "--members", "2", "--condition", "nerve_injury", "--esketamine-um", "0.5", "--apv", "0.25",
        "--seed", "3",
    )  # fmt: skip
    assert (
        "nerve injury, esketamine 0.5 µM, 25 % of the NMDA current removed, sensitization 0.5, seed 3, 2 members"
        in said
    )
    assert "healthy, no drug, seed 1, 1 member" in text(capsys, "touch", "--members", "1")
    said = text(capsys, "emulate", "--ketamine-um", "1", "--descending", "0.5")
    assert "ketamine 1 µM, 50 % of control from the brain stem left" in said


def test_one_member_has_no_percentiles(capsys):
    one, two = (text(capsys, "movement", "--members", count) for count in "12")
    assert "95 %" in two
    assert "95 %" not in one
    assert "1 members" not in one


def test_force_is_in_millinewton(capsys):
    said = text(capsys, "movement", "--members", "1")
    assert "force 50 mN" in said
    assert "mn" not in said


def test_the_answer_holds_what_was_asked(capsys, root):
    words = ("--members", "1", "--condition", "inflammation", "--ketamine-um", "1", "--seed", "3")
    common = {
        "condition": "inflammation", "ketamine_um": 1.0, "esketamine_um": 0.0, "apv": 0.0, "sensitization": 0.5,
        "seed": 3, "members": 1,
    }  # fmt: skip
    assert answer(capsys, "touch", *words)["result"]["inputs"] == common
    found = answer(capsys, "windup", *words, "--frequency-hz", "2", "--sensitization", "0.8")
    assert found["result"]["inputs"] == common | {"sensitization": 0.8, "frequency_hz": 2.0}
    found = answer(
        capsys, "ltp", *words, "--protocol", "opioid-taper", "--taper-min", "30", "--chelated", "0.5"
    )
    tapered = common | {
        "protocol": "opioid-taper", "frequency_hz": None, "taper_min": 30.0, "chelated": 0.5,
    }  # fmt: skip
    assert found["result"]["inputs"] == tapered
    assert answer(capsys, "ltp", "--members", "1")["result"]["inputs"]["taper_min"] is None
    found = answer(capsys, "emulate", "--ketamine-um", "1")
    assert found["result"]["inputs"] == {"ketamine_um": 1.0, "descending": 1.0}
    page = (root / "docs/reference/circuit-json.md").read_text(encoding="utf-8")
    section = page.split("\n## `inputs`\n")[1].split("\n## ")[0]
    described = re.findall(
        r"`(\w+)`", " ".join(line.split("|")[1] for line in section.splitlines() if "|" in line)
    )
    assert set(described) == set(tapered)


def letters(folder, name: str, monkeypatch, *words: str) -> str:
    """What is written in a figure, with its letters kept as text."""
    import matplotlib as mpl

    monkeypatch.setitem(mpl.rcParams, "svg.fonttype", "none")
    assert main(["circuit", *words, "--out", str(folder)]) == 0
    svg = (folder / name).read_text(encoding="utf-8")
    return " ".join(" ".join(re.findall(r"<(?:text|tspan)[^>]*>([^<]*)<", svg)).split())


def test_the_raster_names_its_populations(tmp_path, monkeypatch):
    said = letters(
        tmp_path / "o", "raster.svg", monkeypatch, "windup", "--members", "1", "--ketamine-um", "1"
    )  # fmt: skip
    for name in (
        "projection cells (NK1)", "deep wide-dynamic-range cells", "cells by population, each row a cell",
        "Every spike of one cord, C-fiber stimuli at 1 Hz", "healthy, ketamine 1 µM, seed 1, the first member",
    ):  # fmt: skip
        assert name in said


def test_touch_draws_touch_and_warmth_as_bars(tmp_path, monkeypatch):
    said = letters(tmp_path / "o", "touch.svg", monkeypatch, "touch", "--members", "2")
    assert sorted(p.name for p in (tmp_path / "o").iterdir()) == [
        "force_rate.svg",
        "result.json",
        "touch.svg",
    ]
    for name in ("warmth and touch", "5th to 95th percentile", "healthy, no drug, seed 1, 2 members"):
        assert name in said
