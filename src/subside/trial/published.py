"""The page on trials: published trials beside their virtual repetitions, type-I error, the closed form.

    python -m subside.trial.published                     # rewrite the tables in docs/explanation/trials.md
    python -m subside.trial.published --repetitions 40    # a quick look; says so in the tables

A table stands between ``<!-- trials: NAME -->`` and ``<!-- end -->``.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from subside.evidence import figure
from subside.trial.ancova import wilson
from subside.trial.conduct import Trial, run_trial
from subside.trial.observing import responded
from subside.trial.plan import TrialPlan
from subside.trial.read import parse_trial, read_trial

Array = NDArray[np.float64]
MARKED = re.compile(r"(<!-- trials: ([a-z0-9_ -]+) -->\n).*?(<!-- end -->)", re.S)
SEED = 1


@dataclass(frozen=True, kw_only=True)
class Row:
    """One published number and what answers it in every repetition.

    Attributes:
        what: In words.
        observed: In words, with the figure's id.
        value: The number that is looked for among the repetitions; None for a finding in words.
        answers: From a trial to one number a repetition.
        digits: Shown.
    """

    what: str
    observed: str
    value: float | None
    answers: Callable[[Trial], Array]
    digits: int = 2


def _mean(arm: int, visit: int) -> Callable[[Trial], Array]:
    """Return the mean pain of an arm at a visit."""

    def answer(trial: Trial) -> Array:
        data = trial.observed
        found = np.where(data.arm == arm, data.at["nrs_pain"][..., visit], np.nan)
        return np.asarray(np.nanmean(found, axis=(0, 2)))

    return answer


def _change(arm: int, visit: int) -> Callable[[Trial], Array]:
    """Return the change of an arm's mean pain from its baseline, in %."""

    def answer(trial: Trial) -> Array:
        data = trial.observed
        start = np.where(data.arm == arm, data.start["nrs_pain"], np.nan)
        return np.asarray(100.0 * (_mean(arm, visit)(trial) / np.nanmean(start, axis=(0, 2)) - 1.0))

    return answer


def _half(arm: int, visit: int) -> Callable[[Trial], Array]:
    """Return how many of an arm have half their pain at a visit."""

    def answer(trial: Trial) -> Array:
        data = trial.observed
        had = responded(data.at["nrs_pain"][0, ..., visit], data.start["nrs_pain"][0], 0.5)
        return np.asarray((had & (data.arm[0] == arm)).sum(axis=1), dtype=np.float64)

    return answer


def _event(arm: int, name: str) -> Callable[[Trial], Array]:
    """Return the share of an arm with an adverse event, in %."""

    def answer(trial: Trial) -> Array:
        size = trial.plan.design.patients
        had, inside = trial.records.events[name][0, :, :size], trial.observed.arm[0] == arm
        return np.asarray(100.0 * (had & inside).sum(axis=1) / inside.sum(axis=1))

    return answer


def _contrast(endpoint: int) -> Callable[[Trial], Array]:
    return lambda trial: trial.contrasts[endpoint, 0].estimate


def _figure(name: str, *, percent: bool = False) -> tuple[str, float]:
    """Return a published number in words and as a number."""
    found = figure(name)
    value = found.value
    if value is None:
        assert found.low is not None
        assert found.high is not None
        value, text = 0.5 * (found.low + found.high), f"{found.low:g} to {found.high:g}"
    else:
        text = f"{value:g}" + (f" ± {found.size:g}" if found.size is not None else "")
    unit = " %" if percent else ""
    weak = f" ({found.basis})" if found.is_weak else ""
    return f"{text}{unit}{weak}", float(value)


def _row(what: str, name: str, answers: Callable[[Trial], Array], *, percent: bool = False, digits: int = 2) -> Row:
    observed, value = _figure(name, percent=percent)
    return Row(what=what, observed=observed, value=value, answers=answers, digits=digits)


def _published() -> dict[str, tuple[Row, ...]]:
    """Return the rows of each trial, by the name of its file."""
    s, n = "sigtermans_2009", "noppers_2011_fibromyalgia"
    effect, low, high = (getattr(figure("pickering_2020.effect_size"), k) for k in ("value", "low", "high"))
    return {
        "sigtermans_2009": (
            _row("mean pain, week 1, esketamine", f"{s}.nrs_week_1_esketamine", _mean(0, 0)),
            _row("mean pain, week 1, placebo", f"{s}.nrs_week_1_placebo", _mean(1, 0)),
            _row("difference, week 1", f"{s}.nrs_week_1_difference", _contrast(0)),
            Row(what="difference, week 12", observed="P = 0.07, which is −1.27 with the SE of week 1", value=-1.27,
                answers=_contrast(1)),
            _row("felt unreal or drunk, esketamine", f"{s}.psychomimetic_esketamine", _event(0, "psychomimetic"),
                 percent=True, digits=0),
            _row("felt unreal or drunk, placebo", f"{s}.psychomimetic_placebo", _event(1, "psychomimetic"),
                 percent=True, digits=0),
            _row("nausea, esketamine", f"{s}.nausea_esketamine", _event(0, "nausea"), percent=True, digits=0),
            _row("nausea, placebo", f"{s}.nausea_placebo", _event(1, "nausea"), percent=True, digits=0),
        ),
        "schwartzman_2009": (
            _row("change of pain, week 12, ketamine", "schwartzman_2009.pain_change_ketamine", _change(0, 3),
                 percent=True, digits=0),
            Row(what="change of pain, week 12, placebo", observed="no effect in any measure", value=0.0,
                answers=_change(1, 3), digits=0),
        ),
        "noppers_2011": tuple(
            _row(f"half the pain, {words}, {arm} (of 12)", f"{n}.response_50_{label}_{arm}", _half(place, visit),
                 digits=0)
            for visit, (label, words) in enumerate((("180_min", "3 h"), ("week_1", "week 1"), ("week_8", "week 8")))
            for place, arm in enumerate(("esketamine", "midazolam"))
        ),
        "pickering_2020": (
            _row("mean daily pain over 35 days, ketamine", "pickering_2020.daily_pain_ketamine", _mean(0, 0)),
            _row("mean daily pain over 35 days, placebo", "pickering_2020.daily_pain_placebo", _mean(1, 0)),
            Row(what="standardized difference", observed=f"{effect:g} ({low:g} to {high:g})", value=effect,
                answers=lambda trial: _contrast(0)(trial) / _spread(trial)),
            Row(what="half the width of its interval", observed=f"{(high - low) / 2:.2f}",
                value=(high - low) / 2,
                answers=lambda t: (t.contrasts[0, 0].high - t.contrasts[0, 0].low) / 2 / _spread(t)),
        ),
    }  # fmt: skip


def _spread(trial: Trial) -> Array:
    """Return the standard deviation of pain between people, by repetition."""
    return np.asarray(np.nanstd(trial.observed.at["nrs_pain"][0, ..., 0], axis=1, ddof=1))


def comparison(name: str, examples: Path, repetitions: int) -> str:
    """Return the table of one published trial."""
    plan, description = read_trial(examples / f"{name}.toml")
    alone = plan.model_copy(update={"power": plan.power.model_copy(update={"sizes": ()})})
    trial = run_trial(alone, description, seed=SEED, repetitions=repetitions, report=False)
    lines = ["| what | published | model: median (90 % of repetitions) | |", "|---|---|---|---|"]
    for row in _published()[name]:
        values = row.answers(trial)
        low, middle, high = np.nanquantile(values, [0.05, 0.5, 0.95])
        half = 0.5 * 10.0**-row.digits  # published numbers are rounded
        mark = "" if row.value is None or low - half <= row.value <= high + half else "**missed**"
        shown = " | ".join(
            (row.what, row.observed, f"{middle:.{row.digits}f} ({low:.{row.digits}f} to {high:.{row.digits}f})", mark)
        )
        lines.append(f"| {shown} |".replace("-", "−"))
    power = trial.powers[next(e for e, x in enumerate(plan.endpoints) if x.primary), 0][0]
    lines.append("")
    lines.append(
        f"{repetitions} repetitions of {plan.design.patients} people. The primary endpoint of this file has a p value "
        f"below 0.05 in {100 * power.power:.0f} % of them ({100 * power.low:.0f} to {100 * power.high:.0f} %)."
    )
    return "\n".join(lines)


NULL_TRIAL = """
format = 1
title = "A null drug"
study = "null"
[population]
base = "complex_regional_pain_syndrome"
[inclusion]
nrs_pain = [4, 10]
[design]
patients = 60
block = 4
[[arm]]
name = "drug"
kind = "drug"
effect = "{effect}"
[[arm.infusion]]
drug = "{drug}"
start = "0 h"
steps = [ {{ rate = "{rate}", for = "{hours}" }} ]
[[arm]]
name = "control"
kind = "{control}"
control = true
[blinding]
breach = "{breach}"
[visits]
at = ["1 wk"]
[[endpoint]]
what = "nrs_pain"
at = "1 wk"
primary = true
[missing]
drop_out = 0.03
per_point = 0.2
[power]
truth = "{truth}"
"""
BRIEF = {"drug": "racemic_ketamine", "rate": "0.5 mg/kg/h", "hours": "1 h"}
LONG = {"drug": "esketamine", "rate": "0.3 mg/kg/h", "hours": "100 h"}


def null_plan(*, effect: str = "null", control: str = "placebo", breach: str = "none", truth: str = "uncertain",
              regimen: dict[str, str] = BRIEF) -> TrialPlan:  # fmt: skip
    """Return the trial that type-I errors are counted in."""
    text = NULL_TRIAL.format(effect=effect, control=control, breach=breach, truth=truth, **regimen)
    return parse_trial(text, origin="null trial")[0]


def type_1(repetitions: int) -> str:
    """Return the table of type-I errors: a drug without effect, the blind held and broken."""
    lines = [
        "| drug without effect | control | blind | believe to have the drug (drug, control) | p below 0.05 |",
        "|---|---|---|---|---|",
    ]
    for words, regimen in (("racemic ketamine 0.5 mg/kg in 1 h", BRIEF), ("esketamine 0.3 mg/kg/h for 100 h", LONG)):
        for control in ("placebo", "active-placebo"):
            for breach in ("none", "dissociation"):
                plan = null_plan(control=control, breach=breach, regimen=regimen)
                trial = run_trial(plan, seed=SEED, repetitions=repetitions, report=False)
                p = trial.contrasts[0, 0].p
                k, n = int((p < 0.05).sum()), int(np.isfinite(p).sum())
                low, high = wilson(np.array([k]), np.array([n]))
                drug = trial.records.arm == 0
                believe = [100 * trial.records.believes[w].mean() for w in (drug, ~drug)]
                lines.append(
                    f"| {words} | {control} | {'holds' if breach == 'none' else 'broken by dissociation'} "
                    f"| {believe[0]:.0f} %, {believe[1]:.0f} % "
                    f"| {100 * k / n:.1f} % ({100 * low[0]:.1f} to {100 * high[0]:.1f}) |"
                )
    lines += ["", f"{repetitions} repetitions of 60 people each; intervals: Monte Carlo error (95 %)."]
    return "\n".join(lines)


def closed_forms(repetitions: int) -> str:
    """Return the table of simulated power beside that of a t test, at typical values."""
    plan = null_plan(effect="model", truth="typical", regimen=LONG)
    sizes = (8, 12, 16, 24, 32)
    plan = plan.model_copy(
        update={
            "power": plan.power.model_copy(update={"sizes": sizes}),
            "design": plan.design.model_copy(update={"patients": sizes[0]}),
            "missing": type(plan.missing)(),
        }
    )
    trial = run_trial(plan, seed=SEED, repetitions=repetitions, report=False)
    lines = ["| people | simulated | noncentral t |", "|---|---|---|"]
    for p in trial.powers[0, 0]:
        form = "" if p.closed_form is None else f"{100 * p.closed_form:.0f} %"
        lines.append(f"| {p.size} | {100 * p.power:.0f} % ({100 * p.low:.0f} to {100 * p.high:.0f}) | {form} |")
    lines += ["", f"{repetitions} repetitions; esketamine 0.3 mg/kg/h for 100 h, week 1, typical values."]
    return "\n".join(lines)


def filled(text: str, examples: Path, repetitions: int | None) -> str:
    """Return the page with every table made anew."""

    def table(match: re.Match[str]) -> str:
        kind = match[2].strip()
        if kind == "type-1":
            body = type_1(repetitions or 1000)
        elif kind == "closed-form":
            body = closed_forms(repetitions or 500)
        else:
            body = comparison(kind, examples, repetitions or 400)
        return f"{match[1]}\n{body}\n\n{match[3]}"

    return MARKED.sub(table, text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Rewrite the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--page", type=Path, default=Path("docs/explanation/trials.md"))
    parser.add_argument("--examples", type=Path, default=Path("examples/trials"))
    parser.add_argument("--repetitions", type=int, default=None)
    options = parser.parse_args(arguments)
    text = options.page.read_text(encoding="utf-8")
    options.page.write_text(filled(text, options.examples, options.repetitions), encoding="utf-8")
    print(f"{options.page} rewritten")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
