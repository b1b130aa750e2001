"""The picture of treatments: every line says what it rests on, and that nobody compared them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from subside.evidence.treatments import PLACES, head_to_head, treatment_facts, treatments_known
from subside.report import Beside, painkillers_svg
from subside.report.painkiller_picture import picture
from subside.report.painkillers import painkillers_section

LINES = {
    "ketamine": ((-2.1, -4.6, -0.1), (-1.1, -3.4, 0.2)),
    "opioid": ((-0.7, -1.9, -0.1), (0.02, -0.1, 0.2)),
    "nsaid": ((-0.3, -0.9, 0.0), (0.0, 0.0, 0.0)),
    "gabapentinoid": ((-1.0, -2.9, -0.1), (0.0, 0.0, 0.0)),
    "tricyclic": ((-1.3, -4.2, -0.1), None),
    "ketamine+therapy": (None, None),
}
DOSE_ADVICE = re.compile(r"\b(you should|take \d|increase|taper|reduce your|mg)\b", re.IGNORECASE)


def rows() -> list[Beside]:
    return [Beside(facts=treatment_facts(n), during=a, after=b) for n, (a, b) in LINES.items()]


def words_of(svg: str) -> list[str]:
    root = ET.fromstring(svg)
    return [t.text or "" for t in root.iter() if t.tag.endswith("text")]


def test_every_treatment_that_has_an_arm_has_its_line():
    assert set(treatments_known()) == set(LINES)


@pytest.mark.parametrize("name", treatments_known())
def test_every_line_names_the_figures_behind_its_words(name):
    facts = treatment_facts(name)
    assert facts.figures
    assert all(one.source.citation for one in facts.figures)
    assert set(facts.acts) == set(PLACES)
    if facts.points is not None:
        middle, low, high = facts.points
        assert low <= middle <= high


@pytest.mark.parametrize("name", treatments_known())
def test_words_for_patients_are_short_and_name_no_dose_and_no_change_of_medicine(name):
    facts = treatment_facts(name)
    for text in (facts.how, facts.lasts, facts.trials):
        assert not DOSE_ADVICE.search(text), text
        for sentence in re.split(r"(?<=[.:])\s", text):
            assert len(sentence.split()) <= 22, sentence


def test_numbers_in_the_words_are_those_of_the_figures():
    from subside.evidence import value

    said = treatment_facts("tricyclic").trials
    assert f"{100 / value('finnerup_2015.nnt_tricyclics', unit='NNT'):.0f} more" in said
    said = treatment_facts("gabapentinoid").trials
    assert f"{100 / value('finnerup_2015.nnt_pregabalin', unit='NNT'):.0f} more" in said
    said = treatment_facts("opioid").trials
    assert f"{value('busse_2018.important_relief_difference', unit='percentage points'):.0f} more" in said


@pytest.mark.parametrize("wide", [True, False])
def test_the_picture_is_one_whole_that_says_itself_in_words(wide):
    svg = picture(rows(), wide=wide, key="k")
    root = ET.fromstring(svg)
    assert root.attrib["role"] == "img"
    described = next(e for e in root.iter() if e.tag.endswith("desc")).text or ""
    for name in LINES:
        assert treatment_facts(name).label in described
    said = " ".join(words_of(svg))
    for name in LINES:
        for word in treatment_facts(name).lasts.split():
            assert word in said


@pytest.mark.parametrize("wide", [True, False])
def test_nothing_drawn_lies_outside_the_picture(wide):
    root = ET.fromstring(picture(rows(), wide=wide, key="k"))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for element in root.iter():
        if element.tag.endswith(("circle", "rect", "text")):
            x = float(element.attrib.get("x", element.attrib.get("cx", 0)))
            y = float(element.attrib.get("y", element.attrib.get("cy", 0)))
            assert -1.0 <= x <= width + 1.0
            assert -1.0 <= y <= height + 1.0


def test_marks_differ_in_form_and_not_in_color_alone():
    svg = picture(rows(), wide=True, key="k")
    assert "pk-square" in svg  # trials
    assert "pk-dot" in svg  # during
    assert "pk-ring" in svg  # after
    assert "stroke-dasharray" in painkillers_svg(rows())


def test_less_pain_lies_to_the_right_and_an_interval_past_the_scale_has_an_arrow():
    better = picture([Beside(facts=treatment_facts("nsaid"), during=(-2.0, -2.5, -1.5))], wide=True, key="k")
    worse = picture([Beside(facts=treatment_facts("nsaid"), during=(0.5, 0.2, 0.8))], wide=True, key="k")

    def dots(svg: str) -> list[float]:
        found = [e for e in ET.fromstring(svg).iter() if e.attrib.get("class") == "pk-dot"]
        return [float(e.attrib["cx"]) for e in found if float(e.attrib["r"]) > 6]

    assert dots(better)[0] > dots(worse)[0]
    past = picture([Beside(facts=treatment_facts("nsaid"), during=(-2.0, -7.0, -0.5))], wide=True, key="k")
    assert past.count("l5 4l-5 4") == 1


def test_the_section_says_that_no_trial_compared_these_treatments():
    section = painkillers_section(rows())
    known = head_to_head()
    for text in (known.statement, known.so, known.single_dose):
        assert text in section
    assert "no advice to start, change or stop any medicine" in section
    assert "from memory" in section  # where they act
    assert painkillers_section([]) == ""


def test_the_file_stands_alone():
    svg = painkillers_svg(rows())
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert "<style>" in svg
    assert "var(" not in svg
    said = " ".join(words_of(svg))
    assert "Why does this feel different from my painkillers?" in said
    for text in (head_to_head().statement, head_to_head().so, "not a medical device"):
        assert text in said
