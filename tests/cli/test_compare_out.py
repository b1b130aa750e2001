"""compare --out: the report, the picture and the answer appear together, or nothing does."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest

from subside.cli import main

CASE = """
format = 1
title = "An invented case"
[patient]
age_years = 50
weight_kg = 70
condition = "neuropathic_pain"
nrs_pain = 6
[[infusion]]
drug = "esketamine"
start = "0 h"
steps = [ { rate = "10 mg/h", for = "4 h" } ]
"""


@pytest.fixture
def case(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(CASE, encoding="utf-8")
    return str(path)


def test_a_painkiller_among_the_arms_brings_the_picture_into_the_report(case, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["compare", case, "--with", "placebo,nsaid", "--at", "1 wk,4 wk", "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert sorted(path.name for path in out.iterdir()) == [
        "comparison.json",
        "painkillers.svg",
        "report.html",
    ]
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Why does this feel different from my painkillers?" in page
    assert "What nobody has measured." in page
    ET.fromstring((out / "painkillers.svg").read_text(encoding="utf-8"))
    document = json.loads((out / "comparison.json").read_text(encoding="utf-8"))
    assert document["verb"] == "compare"
    assert set(document["result"]["arms"]) == {"case", "placebo", "nsaid"}
    assert "naproxen by mouth: 500 mg (7.1 mg/kg at 70 kg) every 12 h" in " ".join(said.out.split())
    assert "report.html" in said.out + said.err


def test_without_a_painkiller_there_is_a_report_and_no_picture(case, tmp_path):
    out = tmp_path / "out"
    assert main(["compare", case, "--with", "none", "--at", "1 wk", "--out", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["comparison.json", "report.html"]
    assert "my painkillers" not in (out / "report.html").read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_made_costs_nothing(case, tmp_path, capsys):
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    assert main(["compare", case, "--with", "none", "--out", str(blocked)]) == 2
    assert "cannot write" in capsys.readouterr().err
