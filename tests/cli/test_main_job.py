"""The main job with the real engine, as another program would call it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest

from subside.cli import main
from subside.course import NAMES


@pytest.fixture
def case(root):
    """The published CRPS trial's case."""
    return str(root / "examples" / "from_papers" / "sigtermans_2009_crps.toml")


def _result(capsys):
    def refuse(name):
        raise AssertionError(f"{name} is no JSON")

    return json.loads(capsys.readouterr().out, parse_constant=refuse)


@pytest.mark.parametrize("at", ["0 h", "-5 d", "5 min", "-30 d,40 min,7 d,12 wk", "0 h,0 h"])
def test_any_times_may_be_asked_for(case, capsys, at):
    assert main(["simulate", case, "--json", f"--at={at}"]) == 0
    result = _result(capsys)["result"]
    assert len(result["times_h"]) == len(set(at.split(",")))
    for name, curve in result["values"].items():
        assert curve["unit"] == NAMES[name].unit
        for part in ("median", "low", "high", "mean", "sd"):
            assert len(curve[part]) == len(result["times_h"])
            assert None not in curve[part], name


def test_the_same_seed_gives_the_same_document_and_another_seed_another(case, capsys):
    documents = []
    for seed in ("3", "3", "4"):
        assert main(["simulate", case, "--json", "--at", "7 d", "--seed", seed]) == 0
        documents.append(_result(capsys)["result"]["values"]["nrs_pain"])
    assert documents[0] == documents[1]
    assert documents[0] != documents[2]


def test_a_typical_line_has_no_band_and_says_that_it_is_no_prediction(case, capsys):
    assert main(["simulate", case, "--json", "--at", "7 d", "--typical"]) == 0
    document = _result(capsys)
    pain = document["result"]["values"]["nrs_pain"]
    assert pain["low"] == pain["median"] == pain["high"]
    assert "typical" in {warning["code"] for warning in document["warnings"]}


def test_times_far_beyond_any_trial_are_refused_in_one_line(case, capsys):
    assert main(["simulate", case, "--at", "9000 wk"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.strip().splitlines()) == 1


def test_out_explains_where_relief_and_uncertainty_come_from(case, capsys, tmp_path):
    assert main(["simulate", case, "--out", str(tmp_path), "--at", "0 h,7 d"]) == 0
    page = (tmp_path / "report.html").read_text()
    assert "sensitization that outlasts the drug" in page
    assert "not computed for this run" not in page
    assert "tenth of every rate" in page


def test_a_case_without_an_infusion_is_simulated_and_reported(capsys, tmp_path):
    bare = tmp_path / "bare.toml"
    bare.write_text(
        'format = 1\ntitle = "An invented case, nothing given"\nfollow_up = "4 wk"\n'
        '[patient]\nage_years = 50\nweight_kg = 70\ncondition = "fibromyalgia"\nnrs_pain = 6\n'
    )
    assert main(["simulate", str(bare), "--out", str(tmp_path / "out")]) == 0, capsys.readouterr().err
    assert (tmp_path / "out" / "report.html").exists()


def test_compare_gives_paired_differences_of_every_arm(case, capsys):
    arms = "none,placebo,active-placebo,ketamine,esketamine"
    assert main(["compare", case, "--json", "--with", arms, "--at", "7 d"]) == 0
    result = _result(capsys)["result"]
    assert list(result["arms"]) == ["case", *arms.split(",")]
    assert set(result["differences"]) >= {"case - placebo", "case - none", "ketamine - placebo"}


def test_cite_names_what_is_only_assumed(case, capsys):
    assert main(["cite", case, "--json"]) == 0
    document = _result(capsys)
    assert document["result"]["weak"]
    assert any(source["key"] == "kamp_2020" for source in document["sources"])


def test_without_a_terminal_no_bar_and_no_escape_codes_reach_anyone(subside, case):
    done = subside("simulate", case, "--patients", "40", "--at", "7 d")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    assert "Difference from placebo" in done.stdout


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_in_the_middle_leaves_no_file_and_no_traceback(root, case, tmp_path, how):
    target = tmp_path / "out"
    words = [sys.executable, "-m", "subside", "simulate", case, "--patients", "5000", "--out", str(target)]
    running = subprocess.Popen(
        words,
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A test run in the background inherits an ignored Ctrl-C; at a terminal it is not ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    until = time.monotonic() + 60
    while not target.exists() and time.monotonic() < until:
        time.sleep(0.02)  # until the work has begun: there is no other sign of it
    running.send_signal(how)
    try:
        out, err = running.communicate(timeout=60)
    finally:
        running.kill()
    # The interpreter may pass the interrupt on as its own end by SIGINT, which a shell shows as 130 too.
    assert running.returncode in (130, -signal.SIGINT), err
    assert out == ""
    assert "Stopped" in err
    assert "Traceback" not in err
    assert not target.exists()


def test_a_reader_who_stops_early_is_no_failure(root, case):
    script = f"{sys.executable} -m subside case show {case} | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1
