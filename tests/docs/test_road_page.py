"""The page from injury to relief: its figures are there, are described, and its numbers are the drawn ones."""

from __future__ import annotations

import importlib.util
import json
import re

import pytest

from subside.engine.circuit.measure import measured


@pytest.fixture(scope="module")
def folder(root):
    return root / "docs/explanation"


@pytest.fixture(scope="module")
def page(folder):
    return " ".join((folder / "road.md").read_text(encoding="utf-8").split())


@pytest.fixture(scope="module")
def numbers(folder):
    return json.loads((folder / "road/numbers.json").read_text(encoding="utf-8"))


def test_every_figure_is_there_and_says_in_words_what_it_shows(page, folder):
    shown = re.findall(r"!\[(.*?)\]\((.*?)\)", page)
    assert {name for _, name in shown} == {f"road/{file.name}" for file in (folder / "road").glob("*.svg")}
    for words, _ in shown:
        assert len(words.split()) > 12


def test_the_cord_numbers_are_the_drawn_ones(page, numbers):
    wind_up, touch = numbers["wind_up"], numbers["touch"]
    first, last = (f"{x:.0f}" for x in wind_up["once a second"])
    assert f"it grows from {first} to {last};" in page
    assert f"to {wind_up['once a second, ketamine 0.5 µM'][1]:.0f};" in page
    assert f"stays at {wind_up['once in five seconds'][1]:.0f} signals" in page
    assert f"{touch['after nerve injury']:.0f} after nerve injury" in page


def test_the_numbers_in_the_text_are_those_of_the_members(page):
    strength = float(measured()["ltp_100_hz"].mean()) / 100.0
    assert f"{strength:.1f} times as strong" in page
    # "about a tenth": the excess that 0.5 uM takes off, to the nearest twentieth
    assert 1.0 - float(measured()["ketamine_wind_up"].mean()) == pytest.approx(0.1, abs=0.025)


def test_the_numbers_of_pain_over_time_are_the_drawn_ones(page, numbers):
    ketamine, placebo = (numbers["relief"][f"four days of {name}"] for name in ("ketamine", "placebo"))
    assert f"from {ketamine[0]:.1f} to {ketamine[1]:.1f} within a week" in page
    assert f"to {placebo[1]:.1f} after placebo" in page
    middle = numbers["operation"]["median"]
    assert f"{middle[0]:.1f} on the first day, {middle[1]:.1f} after three months, {middle[2]:.1f} after a year" in page


def test_the_script_draws(root, tmp_path):
    """One member stands for all: that the figures are made, not what they show."""
    spec = importlib.util.spec_from_file_location("road", root / "docs/road.py")
    road = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(road)
    found = road.draw_touch(tmp_path, 1)
    road.draw_raster(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["raster.svg", "touch.svg"]
    assert found["healthy"] < found["after nerve injury"]
