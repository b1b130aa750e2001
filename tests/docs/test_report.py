"""The report page: it stands alone, it is honest about gaps, and it says what the course says.

Everything here is invented: no curve, patient or figure below comes from a person or a model.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from subside.case import Case, parse_case
from subside.course import Caution, Course, Curve, Split, compare, quantity
from subside.course.summary import course_from_samples
from subside.errors import ParameterError, UnknownNameError
from subside.evidence import Source, Verdict, cite, figure, verdict_conditions, verdicts
from subside.report import LedgerRow, Note, Report, headline, render, write_report
from subside.report.sources import SILENT

INPATIENT = """
format = 1
title = "Invented patient, four-day esketamine"

[patient]
age_years = 46
sex = "female"
weight_kg = 70
height_cm = 168
condition = "complex_regional_pain_syndrome"
pain_months = 60
nrs_pain = 7.2
nrs_pain_movement = 8.1
phq9_total = 12
sbp_mmhg = 128
dbp_mmhg = 78
history = { hypertension = "yes", coronary_disease = "unknown" }
medicines = [ { name = "oxycodone", dose = "10 mg", every = "12 h", route = "oral" } ]
prior_treatments = [ { kind = "nerve block", stopped_for = "no benefit" } ]

[[infusion]]
drug = "esketamine"
start = "0 h"
steps = [ { rate = "5 mg/h", for = "8 h" }, { rate = "22 mg/h", for = "92 h" } ]

[[treatment]]
kind = "drug"
name = "gabapentin"
dose = "600 mg"
every = "8 h"
from = "-30 d"

[[observation]]
at = "7 d"
what = "nrs_pain"
value = 3

[[observation]]
at = "21 d"
what = "nrs_pain"
value = 4

[[observation]]
at = "20 h"
what = "sbp_mmhg"
value = 141
"""
OUTPATIENT = """
format = 1
title = "Invented patient, ten days of racemic ketamine"

[patient]
age_years = 38
weight_kg = 80
condition = "fibromyalgia"
nrs_pain = 6.5

[[infusion]]
drug = "racemic_ketamine"
start = "0 h"
bolus = "10 mg"
steps = [ { rate = "0.35 mg/kg/h", for = "4 h" } ]
series = { every = "1 d", count = 10, skip = "weekend" }
"""
NO_INFUSION = """
format = 1
title = "Invented patient, nothing given"

[patient]
age_years = 61
weight_kg = 82
condition = "neuropathic_pain"
nrs_pain = 5.5
"""
TITRATED = """
format = 1
title = "Invented patient, titrated"

[about]
is = "An invented titration"
is_not = "A template"
assumed = ["the step, invented"]

[patient]
age_years = 41
weight_kg = 72
condition = "chronic_migraine"
nrs_pain = 7.1

[[infusion]]
drug = "racemic_ketamine"
start = "0 h"
[infusion.policy]
start_rate = "0.1 mg/kg/h"
step = "0.05 mg/kg/h"
every = "4 h"
for = "4 d"
ceiling = "1 mg/kg/h"
floor = "0.05 mg/kg/h"
raise_if_pain_above = 3
"""
RNG_SEED = 20


def grid(case: Case) -> np.ndarray:
    """Times: sparse over twelve weeks, dense while drug flows."""
    times = [np.arange(-168.0, 2017.0, 24.0)]
    for segment in case.regimen().at_most().segments:
        step = max((segment.end_h - segment.start_h) / 40, 0.1)
        times.append(np.arange(segment.start_h, segment.end_h + 6.0, step))
    return np.unique(np.round(np.concatenate(times), 6))


def level(case: Case, times: np.ndarray, half_life_h: float) -> np.ndarray:
    """An invented level: the doses, smeared by one exponential."""
    rate = np.log(2) / half_life_h
    total = np.zeros_like(times)
    plan = case.regimen().at_most()
    for s in plan.segments:
        on = np.clip(times - s.start_h, 0, s.end_h - s.start_h)
        off = np.clip(times - s.end_h, 0, None)
        total += s.mg_per_h * (1 - np.exp(-rate * on)) * np.exp(-rate * off)
    for b in plan.boluses:
        total += np.where(times >= b.at_h, b.mg * rate * np.exp(-rate * np.clip(times - b.at_h, 0, None)), 0)
    return total * 15.0


def samples(case: Case, times: np.ndarray, *, drug: bool, rows: int) -> dict[str, np.ndarray]:
    """Invented people; the same people under drug and placebo."""
    rng = np.random.default_rng(RNG_SEED)
    z = {k: rng.standard_normal((rows, 1)) for k in "abcdefgh"}
    slow = rng.standard_normal((rows, len(times))).cumsum(axis=1) / np.sqrt(len(times)) * 0.25
    cp = level(case, times, 2.5) * np.exp(0.3 * z["a"]) * drug
    ce = level(case, times, 3.0) * np.exp(0.3 * z["a"]) * drug
    t = np.clip(times, 0, None)
    block = cp / (cp + 350 * np.exp(0.2 * z["b"]))
    exposure = level(case, times, 200.0) / max(level(case, times, 200.0).max(), 1e-9) * drug
    relief = 3.2 * np.exp(0.6 * z["c"]) * exposure
    expect = (0.9 + 0.6 * z["d"]) * np.exp(-t / 900) * (times > 0)
    before = 7.0 + 0.5 * z["e"]
    pain = np.clip(before - relief - expect - 4 * block + slow, 0, 10)
    sens = np.clip(0.62 + 0.07 * z["e"] - 0.09 * relief, 0, 1)
    return {
        "cp_ketamine_ng_per_ml": cp,
        "ce_ketamine_ng_per_ml": ce,
        "cp_norketamine_ng_per_ml": 0.6 * level(case, times, 6.0) * np.exp(0.3 * z["a"]) * drug,
        "nmda_block": block,
        "sensitization": sens,
        "nrs_pain": pain,
        "nrs_pain_movement": np.clip(pain + 1.0 + 0.3 * z["f"], 0, 10),
        "phq9_total": np.clip(12 + 2 * z["g"] - 1.2 * relief - 1.5 * expect, 0, 27),
        "gad7_total": np.clip(9 + 2 * z["h"] - 0.3 * relief - expect, 0, 21),
        "sleep_nrs": np.clip(6 + z["g"] - 0.6 * relief - 0.5 * expect, 0, 10),
        "sbp_mmhg": 128 + 8 * z["e"] + 0.05 * cp + 3 * slow,
        "dbp_mmhg": 78 + 5 * z["e"] + 0.025 * cp + 2 * slow,
        "hr_bpm": 72 + 6 * z["f"] + 0.02 * cp + 2 * slow,
        "spo2_percent": np.clip(97.5 + 0.6 * z["g"] - 0.004 * cp, 0, 100),
        "rr_per_min": 14 + 1.2 * z["h"] - 0.002 * cp,
        "cadss_total": np.clip(0.05 * cp * np.exp(0.6 * z["b"]), 0, 92),
        "moaas": np.clip(5 - 0.002 * cp, 0, 5),
        "p_nausea": np.clip(0.05 + 0.0006 * cp, 0, 1),
        "p_dizziness": np.clip(0.06 + 0.001 * cp, 0, 1),
    }


def course(
    case: Case,
    *,
    drug: bool = True,
    n_patients: int = 1,
    rows: int = 120,
    leave_out: tuple[str, ...] = (),
    failed: int = 0,
) -> Course:
    """An invented course; the first ``failed`` rows could not be computed."""
    times = grid(case)
    values = samples(case, times, drug=drug, rows=rows)
    for name in leave_out:
        values.pop(name, None)
    for rows_of in values.values():
        rows_of[:failed] = np.nan
    return course_from_samples(
        times,
        values,
        n_patients=1 if n_patients == 1 else rows,
        seed=20,
        title=case.title,
        baseline_nrs_pain=7.0,
        cautions=(Caution(code="repeats", text="Invented caution: outside the tested range of repeats."),),
        worst_error=3.2e-7,
        keep=True,
    )


FIGURES = ("dahan_2011.half_life_on_off", "assumptions.unbound_share", "assumptions.csf_magnesium")


def report(
    text: str = INPATIENT, *, n_patients: int = 1, with_placebo: bool = True, **kwargs: object
) -> Report:
    """An invented report with everything on it."""
    case = parse_case(text, origin="invented.toml")
    main = course(case, n_patients=n_patients, **kwargs)  # type: ignore[arg-type]
    comparison = None
    if with_placebo:
        placebo = course(case, drug=False, n_patients=n_patients, **kwargs)  # type: ignore[arg-type]
        comparison = compare({"case": main, "placebo": placebo})
    return Report(
        case=case,
        course=main,
        comparison=comparison,
        generated_at="2026-01-02 03:04 UTC",
        version="0.0-invented",
        splits=(
            Split(
                name="nrs_pain",
                time_h=168.0,
                variance={"patient": 1.4, "parameter": 0.3, "trial": 0.6, "structure": 0.2},
            ),
        ),
        ledger=(
            LedgerRow(route="Pore block", points=0.42, note="while drug is present"),
            LedgerRow(route="Sensitization", points=1.31, note="outlasts the drug"),
            LedgerRow(route="Low-dose route", points=0.55, empirical=True, basis="assumed"),
            LedgerRow(route="Rebound", points=-0.12),
        ),
        ledger_of="pain at rest at 1 wk",
        notes=(Note(title="At one tenth of the dose", text="0.2 points beyond placebo, invented."),),
        footing=cite(FIGURES),
        model="invented",
    )


VOID = {"meta", "link", "br", "img", "hr", "input", "col", "wbr", "source"}
PERMANENT = "Decision support and research software, not a medical device."


class Page(HTMLParser):
    """Reads a page: complains about what is not closed, and gathers what a test asks for."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.broken: list[str] = []
        self.words: list[str] = []
        self.headings: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.broken.append(tag)

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.words.append(data)
        if self.open and self.open[-1] == "h2":
            self.headings.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


VARIANTS = {
    "inpatient": lambda: report(),
    "outpatient, many": lambda: report(OUTPATIENT, n_patients=2),
    "titrated": lambda: report(TITRATED),
    "nothing given": lambda: report(NO_INFUSION, with_placebo=False),
    "no mood": lambda: report(leave_out=("phq9_total", "gad7_total", "sleep_nrs")),
    "failed": lambda: report(failed=3),
}


@pytest.fixture(scope="module", params=VARIANTS)
def page(request: pytest.FixtureRequest) -> tuple[Report, str, Page]:
    made = VARIANTS[request.param]()
    text = render(made)
    return made, text, Page(text)


def test_every_element_is_closed_in_order_and_every_id_is_used_once(page):
    _, _, read = page
    assert read.broken == []
    assert read.open == []
    ids = [a["id"] for _, a in read.tags if a.get("id")]
    assert len(ids) == len(set(ids))
    named = {i for _, a in read.tags for i in (a.get("aria-labelledby") or "").split()}
    assert named <= set(ids)
    targets = {a["href"][1:] for t, a in read.tags if t == "a" and (a.get("href") or "").startswith("#")}
    assert targets <= set(ids)


def test_the_page_loads_nothing_and_runs_nothing(page):
    _, text, read = page
    assert {t for t, _ in read.tags} & {"script", "iframe", "object", "embed", "img", "link", "use"} == set()
    for tag, attrs in read.tags:
        assert not any(name.startswith("on") for name in attrs), tag
        for name in ("src", "href", "xlink:href", "action", "data", "poster", "srcset"):
            assert (attrs.get(name) or "#").startswith("#"), (tag, name, attrs.get(name))
    assert not re.search(r"url\(\s*['\"]?(?!#)", text)
    assert "@import" not in text
    assert "@font-face" not in text


def test_the_permanent_line_stands_on_top_and_at_the_foot(page):
    _, _, read = page
    assert read.text.count(PERMANENT) >= 2


def test_nothing_that_is_not_a_number_reaches_a_picture_or_a_reader(page):
    _, _, read = page
    for _, attrs in read.tags:
        for value in map(attrs.get, ("d", "x", "y", "width", "height", "points", "style")):
            assert not re.search(r"nan|inf", value or "")
    assert not re.search(r"\b(nan|inf|None)\b", read.text)


def test_every_picture_has_a_title_and_a_description_in_words(page):
    _, _, read = page
    panels = [a for t, a in read.tags if t == "svg" and a.get("class") == "panel"]
    if page[0].case.regimen():
        assert panels
    for attrs in panels:
        assert attrs["role"] == "img"
        assert len((attrs.get("aria-labelledby") or "").split()) == 2


def test_the_sections_come_in_the_order_in_which_a_physician_asks():
    headings = Page(render(report())).headings
    wanted = ["Who", "difference from", "regimen", "Pain over time", "level", "Sensitization", "Mood"]
    wanted += ["During the infusion", "uncertainty", "route", "evidence", "Warnings", "unconfirmed"]
    wanted += ["Sources", "computed"]
    at = [next(i for i, h in enumerate(headings) if w.lower() in h.lower()) for w in wanted]
    assert at == sorted(at)
    assert len(set(at)) == len(wanted)


def test_the_headline_says_the_difference_the_comparison_holds():
    made = report()
    head = headline(made)
    curve = made.comparison.differences["case - placebo"]["nrs_pain"]
    index = made.course.nearest(head.time_h)
    assert head.difference == curve.median[index]
    assert (head.low, head.high) == (curve.low[index], curve.high[index])
    text = Page(render(made)).text
    assert f"{abs(head.difference):.1f}" in text
    assert f"{abs(head.high):.1f} to {abs(head.low):.1f} points lower" in head.sentence
    # The probability is that of the paired rows, counted here another way.
    drug, placebo = (made.comparison.arms[a].samples["nrs_pain"][:, index] for a in ("case", "placebo"))
    pairs = drug - placebo
    assert head.probability == pytest.approx(np.count_nonzero(pairs <= -2.0) / len(pairs), abs=1e-12)
    assert f"{100 * head.probability:.0f}\N{NO-BREAK SPACE}%" in head.sentence


def test_the_default_horizon_is_the_end_of_the_week_in_which_the_infusions_end():
    assert headline(report()).time_h == 168.0
    # Ten weekday infusions end on day 12: two weeks.
    assert headline(report(OUTPATIENT)).time_h == 336.0


def test_a_case_of_depression_is_headed_by_its_own_score_without_a_borrowed_threshold():
    made = report(NO_INFUSION.replace("neuropathic_pain", "depression"), n_patients=2)
    head = headline(made)
    assert head.name == "phq9_total"
    index = made.course.nearest(head.time_h)
    curve = made.comparison.differences["case - placebo"]["phq9_total"]
    assert head.difference == curve.median[index]
    assert head.probability is None
    text = Page(render(made)).text
    assert "depression (PHQ-9) in patients like this one" in text
    assert "No threshold for what is worth having" in text


def test_without_a_placebo_arm_no_difference_is_claimed():
    made = report(with_placebo=False)
    text = Page(render(made)).text
    assert "not computed" in text
    assert "A fall in pain after an infusion is not by itself an effect of the drug" in text
    assert not headline(made).computed


def test_against_no_treatment_the_headline_says_that_it_is_no_difference_from_placebo():
    made = report()
    other = compare({"case": made.course, "none": made.comparison.arms["placebo"]})
    text = Page(render(replace(made, comparison=other))).text
    assert "This is no difference from placebo" in text
    assert "than under no treatment" in text
    assert "This is no difference from placebo" not in Page(render(made)).text


def _at(course_: Course, kept: list[int]) -> Course:
    """The same course at a few of its times."""
    fields = ("median", "low", "high", "low50", "high50", "mean", "sd")
    return replace(
        course_,
        times_h=course_.times_h[kept],
        curves={
            n: replace(c, **{f: getattr(c, f)[kept] for f in fields}) for n, c in course_.curves.items()
        },
        samples={n: rows[:, kept] for n, rows in course_.samples.items()},
    )


@pytest.mark.parametrize("kept", [[0], [5, 100], [10, 60, 100, 200], list(range(0, 200, 20))])
def test_a_run_at_a_few_times_still_makes_a_whole_page(kept):
    made = report()
    arms = {name: _at(arm, kept) for name, arm in made.comparison.arms.items()}
    read = Page(render(replace(made, course=arms["case"], comparison=compare(arms))))
    assert read.broken == []
    assert read.open == []
    assert not re.search(r"\b(nan|inf|None)\b", read.text)


def test_where_nothing_could_be_computed_the_page_says_so_and_draws_no_line():
    made = report()
    fields = ("median", "low", "high", "low50", "high50", "mean", "sd")
    nothing = np.full(len(made.course.times_h), np.nan)
    curves = {n: replace(c, **dict.fromkeys(fields, nothing)) for n, c in made.course.curves.items()}
    lost = replace(made.course, curves=curves, samples=None, failed=1)
    text = render(replace(made, course=lost, comparison=None))
    read = Page(text)
    assert not re.search(r"\b(nan|inf|None)\b", read.text)
    for key in ("pain0-w", "pain1-w", "sens-w"):
        assert _median_paths(text, key) == [""]
    assert "could not be computed" in read.text


def test_what_was_observed_and_is_drawn_nowhere_is_said():
    extra = '\n[[observation]]\nat = "7 d"\nwhat = "peg_score"\nvalue = 5\n'
    text = Page(render(report(INPATIENT + extra))).text
    assert "Observed, drawn nowhere: PEG mean: pain, enjoyment, general activity 5 points at 1 wk" in text


def test_hostile_text_is_shown_and_not_obeyed():
    evil = '<script>alert(1)</script><img src=x onerror="x()">&amp;'
    made = report()
    made = replace(
        made,
        case=made.case.model_copy(update={"title": evil}),
        generated_at=evil,
        model=evil,
        version=evil,
        ledger_of=evil,
        extra_cautions=(evil,),
        ledger=(LedgerRow(route=evil, points=1.0, note=evil, basis="assumed"),),
        notes=(Note(title=evil, text=evil, columns=(evil, evil), rows=((evil, evil),)),),
        verdicts=(replace(_verdict(evil), source=Source(key="x", citation=evil, address=evil)),),
        footing=None,
        course=replace(made.course, sources=(evil,)),
    )
    text = render(made)
    read = Page(text)
    assert "script" not in {t for t, _ in read.tags}
    assert "img" not in {t for t, _ in read.tags}
    assert read.broken == []
    assert read.open == []
    assert evil in " ".join(read.words)


def test_a_time_that_could_not_be_computed_is_a_gap_in_the_line_and_never_zero():
    made = report()
    curve = made.course["nrs_pain"]
    hole = slice(60, 70)
    values = {
        field: np.array(getattr(curve, field))
        for field in ("median", "low", "high", "low50", "high50", "mean", "sd")
    }
    for series in values.values():
        series[hole] = np.nan
    holed = Curve(name="nrs_pain", unit="points", **values)
    course_ = replace(made.course, curves={**made.course.curves, "nrs_pain": holed})
    whole = _median_paths(render(made), "pain0-w")
    broken = _median_paths(render(replace(made, course=course_)), "pain0-w")
    assert whole[0].count("M") == 1
    assert broken[0].count("M") == 2


def _median_paths(text: str, key: str) -> list[str]:
    svg = next(s for s in text.split("<svg ")[1:] if f'id="{key}-t"' in s)
    return re.findall(r'<path class="line case" d="([^"]*)"', svg.partition("</svg>")[0])


def test_patients_who_failed_are_counted_in_words():
    text = Page(render(report(failed=3))).text
    assert "3 of 120 draws of this patient could not be computed" in text
    many = Page(render(report(n_patients=2, failed=3))).text
    assert "3 of 120 patients could not be computed" in many


def test_a_curve_without_a_band_is_said_to_be_a_typical_line():
    made = report()
    flat = {n: Curve.exact(n, c.unit, c.median) for n, c in made.course.curves.items()}
    line = replace(made.course, curves=flat, samples=None)
    text = render(replace(made, course=line, comparison=None, typical=True))
    assert 'class="band90' not in text
    assert "One typical line" in Page(text).text


def test_every_curve_that_has_a_band_is_drawn_with_its_band():
    text = render(report())
    for svg in text.split('<svg class="panel"')[1:]:
        body = svg.partition("</svg>")[0]
        assert 'class="band90 case"' in body
        assert 'class="band50 case"' in body


def test_what_was_measured_is_a_mark_and_every_observation_in_view_is_drawn():
    text = render(report())
    svg = next(s for s in text.split("<svg ")[1:] if 'id="pain0-w-t"' in s).partition("</svg>")[0]
    assert svg.count('class="mark"') == 2
    assert "measured" in Page(text).text


def test_the_numbers_in_the_table_are_those_of_the_course():
    made = report()
    text = Page(render(made)).text
    for name in ("nrs_pain", "nrs_pain_movement"):
        index = made.course.nearest(168.0)
        curve = made.course[name]
        digits = quantity(name).digits
        assert f"{curve.median[index]:.{digits}f}" in text
        assert f"{curve.low[index]:.{digits}f} to {curve.high[index]:.{digits}f}" in text


def test_parts_of_the_uncertainty_not_computed_are_said_and_not_shown_as_zero():
    made = replace(
        report(), splits=(Split(name="nrs_pain", time_h=168.0, variance={"patient": 1.0, "trial": 3.0}),)
    )
    read = Page(render(made))
    assert read.text.count("not computed") >= 2
    assert "A part that was not computed is not zero" in read.text
    widths = [a["style"] for t, a in read.tags if t == "span" and "width" in (a.get("style") or "")][:2]
    assert widths == ["width:25.0%", "width:75.0%"]


def _verdict(text: str, *, strength: str = "moderate", leaning: str = "for") -> Verdict:
    return Verdict(
        source=Source(key="invented", citation="Invented 2018", address=""),
        by=text,
        year=2018,
        about=text,
        strength=strength,
        leaning=leaning,
        grade=text,
        certainty=text,
        statement=text,
        regimen=text,
        figures=(),
        basis="secondary",
        seen_at=text,
    )


@pytest.mark.parametrize(
    ("views", "said"),
    [
        ((("moderate", "for"), ("no clear evidence of benefit", "unclear")), "They disagree"),
        ((("weak or none", "unclear"), ("no clear evidence", "unclear")), "Neither sees clear support"),
        ((("not graded by name", "unclear"), ("no clear evidence", "unclear")), "Only one of them judges"),
        ((), "Neither the 2018 consensus nor Cochrane 2025 speaks of this condition"),
    ],
)
def test_whether_the_reviewers_agree_is_said(views, said):
    made = replace(report(), verdicts=tuple(_verdict("someone", strength=s, leaning=v) for s, v in views))
    text = Page(render(made)).text
    assert said in text
    others = {"They disagree", "Neither sees clear support", "Only one of them judges"} - {said}
    assert not any(other in text for other in others)


def test_the_words_for_not_judged_are_those_that_the_evidence_uses():
    held = {v.strength for name in verdict_conditions() for v in verdicts(name)}
    assert set(SILENT) == {s for s in held if s.startswith("not ")}


def test_both_reviews_stand_beside_the_benefit_without_being_asked_for():
    text = Page(render(report())).text
    for verdict in verdicts("complex_regional_pain_syndrome"):
        assert verdict.statement in text
        assert verdict.source.citation in text


def test_unconfirmed_figures_are_marked_where_the_result_leans_on_them():
    text = Page(render(report())).text
    weak = text[text.index("What leans on unconfirmed figures") : text.index("Sources")]
    assert figure("assumptions.unbound_share").quantity in weak
    assert figure("assumptions.csf_magnesium").quantity in weak
    assert figure("dahan_2011.half_life_on_off").quantity not in weak


def test_the_figures_that_a_course_names_are_cited_without_being_passed():
    made = report()
    named = replace(made.course, sources=("dahan_2011.half_life_on_off", "a source in words"))
    text = Page(render(replace(made, footing=None, course=named))).text
    assert figure("dahan_2011.half_life_on_off").source.citation in text
    assert "a source in words" in text


def test_the_ledger_says_how_much_of_the_relief_is_empirical():
    # 0.42 + 1.31 + 0.55 - 0.12 = 2.16; 0.55 of 2.40 in absolute points is 23 %.
    text = Page(render(report())).text
    assert "2.16" in text
    assert "23 % of this is empirical (0.55 points)" in text


def test_the_regimen_is_said_in_words_with_totals_and_one_drug_form():
    text = Page(render(report())).text
    assert "5 mg/h" in text
    assert "22 mg/h" in text
    assert "for 92 h" in text
    # 5 mg/h for 8 h and 22 mg/h for 92 h.
    assert "In all 2064 mg of esketamine (S-ketamine)" in text
    series = Page(render(report(OUTPATIENT))).text
    assert "Racemic ketamine bolus of 10 mg" in series
    assert "10 times" in series
    assert "esketamine" not in series.lower()


def test_a_titration_is_drawn_as_the_most_it_can_give_and_said_as_a_span():
    made = report(TITRATED)
    text = render(made)
    assert 'class="dose titrated"' in text
    assert 'class="dose"' not in text
    words = Page(text).text
    assert "titrated for 96 h: starts at 7.2 mg/h (0.1 mg/kg/h), never above 72 mg/h (1 mg/kg/h)" in words
    totals = made.case.regimen()
    least, most = (sum(s.mg for s in plan.segments) for plan in (totals.at_least(), totals.at_most()))
    assert f"In all between {least:.0f} mg and {most:.0f} mg" in words


def test_what_a_case_is_and_is_not_stands_at_the_top():
    words = Page(render(report(TITRATED))).text
    assert "What this is An invented titration What it is not A template" in words
    assert "the step, invented" in words[words.index("unconfirmed figures") :]


def test_a_wrong_threshold_or_arm_is_refused_with_what_came():
    made = report()
    with pytest.raises(ParameterError, match=r"got 0\.0"):
        replace(made, worth_points=0.0)
    with pytest.raises(UnknownNameError, match="Did you mean 'case'"):
        replace(made, arm="cas")


def test_the_file_is_written_whole_and_is_what_render_returns(tmp_path: Path):
    made = report(NO_INFUSION, with_placebo=False)
    path = write_report(tmp_path / "report.html", made)
    assert path.read_text(encoding="utf-8") == render(made)
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


CSS = (Path(__file__).parents[2] / "src/subside/report/page.css").read_text(encoding="utf-8")
# Pairs a reader must tell apart, with the ratio that WCAG 2.2 asks for: 4.5 text, 3 graphics.
PAIRS = [
    (text, paper, 4.5)
    for text in ("ink", "soft", "accent", "warn", "case")
    for paper in ("paper", "card")
] + [
    ("warn", "warn-paper", 4.5),
    ("ink", "warn-paper", 4.5),
    ("ink", "lane", 4.5),
    ("dose-ink", "dose", 4.5),
    ("banner-ink", "banner", 4.5),
    *((line, "paper", 3.0) for line in ("case", "placebo", "third", "fourth", "fifth", "mark")),
]


def _palettes() -> list[dict[str, str]]:
    blocks = re.findall(r":root \{(.*?)\}", CSS, flags=re.DOTALL)
    first: dict[str, str] = {}
    found = []
    for block in blocks:
        own = dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{3,6})", block))
        first = first or own
        found.append({**first, **own})
    return found


def _luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(2 * d for d in color[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("front", "paper", "least"), PAIRS)
def test_text_and_lines_stand_out_in_light_dark_and_print(front, paper, least):
    palettes = _palettes()
    assert len(palettes) == 3
    for palette in palettes:
        bright, dark = sorted((_luminance(palette[front]), _luminance(palette[paper])), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) >= least


def test_lines_differ_by_dash_and_not_by_color_alone():
    dashes = {}
    for kind in ("case", "placebo", "third", "fourth", "fifth"):
        rule = re.search(rf"\.line\.{kind} \{{([^}}]*)\}}", CSS)
        dash = re.search(r"stroke-dasharray: ([^;]*);", rule.group(1))
        dashes[kind] = dash.group(1) if dash else "solid"
    assert len(set(dashes.values())) == len(dashes)
