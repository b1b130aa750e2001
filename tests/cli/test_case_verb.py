"""subside case: a first file, every mistake of a file in one go, and what was understood."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def skeleton(subside, tmp_path):
    done = subside("case", "new", "mine.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path / "mine.toml"


def test_a_new_case_file_has_no_mistakes(subside, skeleton):
    done = subside("case", "check", str(skeleton))
    assert (done.returncode, done.stderr) == (0, "")
    assert "no mistakes" in done.stdout


def test_a_new_case_goes_to_stdout_when_no_file_is_named(subside, skeleton):
    done = subside("case", "new")
    assert done.stdout == skeleton.read_text()


def test_a_file_that_is_there_is_left_as_it_is(subside, skeleton):
    skeleton.write_text("mine")
    done = subside("case", "new", str(skeleton))
    assert done.returncode == 2
    assert "left as it is" in done.stderr
    assert skeleton.read_text() == "mine"
    assert subside("case", "new", str(skeleton), "--force").returncode == 0
    assert skeleton.read_text() != "mine"


def test_check_finds_every_mistake_in_one_go_and_says_so_with_exit_1(subside, skeleton):
    text = skeleton.read_text().replace("weight_kg", "weihgt_kg").replace('"10 mg/h"', '"10 bananas"', 1)
    skeleton.write_text(text)
    done = subside("case", "check", str(skeleton), "--json")
    assert done.returncode == 1
    result = json.loads(done.stdout)["result"]
    assert result["valid"] is False
    assert {p["where"] for p in result["problems"]} >= {"patient.weihgt_kg", "infusion[1].steps[2].rate"}
    for problem in result["problems"]:
        line = text.splitlines()[problem["line"] - 1]
        assert problem["where"].rsplit(".", 1)[-1] in line or problem["got"] == "nothing"


def test_a_file_that_is_not_there_is_a_wrong_call(subside, tmp_path):
    done = subside("case", "check", "missing.toml", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "no such file" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_folder_in_place_of_a_file_is_named_once(subside, tmp_path):
    done = subside("case", "check", str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.count("got a directory") == 1
    assert "cannot be read" not in done.stderr


def test_show_prints_conversions_for_people_and_for_programs(subside, skeleton):
    people = subside("case", "show", str(skeleton))
    assert people.returncode == 0
    assert "mcg/kg/min" in people.stdout
    programs = json.loads(subside("case", "show", str(skeleton), "--json").stdout)
    assert {section["title"] for section in programs["result"]["sections"]} >= {"Patient", "Regimen"}


@pytest.mark.parametrize("words", [("--json", "new"), ("new", "--json")])
def test_json_may_stand_before_or_after_the_action(subside, words):
    done = subside("case", *words, "--seed", "7")
    document = json.loads(done.stdout)
    assert list(document) == ["format", "subside", "verb", "seed", "warnings", "sources", "result"]
    assert (document["verb"], document["seed"]) == ("case", 7)


def test_a_title_is_printed_as_it_stands_and_never_as_markup(subside, skeleton):
    skeleton.write_text(skeleton.read_text().replace("An invented example", "[red]An[/red] [/nothing]", 1))
    done = subside("case", "show", str(skeleton))
    assert done.returncode == 0, done.stderr
    assert "[red]An[/red] [/nothing]" in done.stdout
