"""``subside circuit``: the shape of its answers, its options, its figures, and its refusals."""

from __future__ import annotations

import json

import pytest

from subside.cli import main


def answer(capsys, *words: str):
    assert main(["circuit", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_wind_up_answers_in_the_documented_shape(capsys):
    found = answer(capsys, "windup", "--frequency-hz", "2", "--members", "2")
    assert found["verb"] == "circuit"
    result = found["result"]
    assert set(result) == {"frequency_hz", "spikes_per_stimulus", "post_discharge", "members"}
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
        "protocol", "frequency_hz", "weight_percent", "later", "time_compressed", "members",
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
        (["windup", "--frequency-hz", "nan"], "must be a number from 0.01 to 200; got 'nan'"),
        (["windup", "--members", "900"], "members must lie between 1 and"),
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
