"""The published trials and open series that the course of pain is fitted to: design and targets.

Each trial is simulated as it was run: its own regimen (titrated where it was titrated), its own
baseline, drug or placebo arm, and the statistic that its paper reports. Observed values and their
spreads come from the evidence by id; where a paper gives no spread, the one assumed here says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import subside.evidence
from subside.evidence import figure

Array = NDArray[np.float64]
#: From samples of pain at rest (person, time), stated pain (person,) and times: one number.
Statistic = Callable[[Array, Array, Array], float]

NRS_SD = 1.9  # between people, to turn standardized differences into points; evidence: recalled_pain_diaries


@dataclass(frozen=True, kw_only=True)
class Target:
    """One reported number and the statistic that answers it.

    Attributes:
        what: In words.
        figures: Evidence behind the observed number.
        arms: Arm names; one: the statistic of that arm; two: first minus second.
        times_h: Times at which pain is needed.
        statistic: From samples to the number.
        observed, se: The number and its standard error, in the same unit.
        se_basis: ``published``, ``computed`` (from counts) or ``assumed``.
    """

    what: str
    figures: tuple[str, ...]
    arms: tuple[str, ...]
    times_h: tuple[float, ...]
    statistic: Statistic
    observed: float
    se: float
    se_basis: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A study: whose case, which arms, what was reported.

    Attributes:
        name: ``author_year``.
        protocol: Case file among the published protocols.
        arms: Arm name to stated pain at baseline.
        design: ``randomized`` or ``open``.
        targets: What was reported.
        weight: How far the study is like the others; below 1 widens its errors (unused: 1).
    """

    name: str
    protocol: str
    arms: dict[str, float]
    design: str
    targets: tuple[Target, ...] = field(default=())


def mean_at(samples: Array, _: Array, __: Array) -> float:
    """Return the mean pain over people and times."""
    return float(samples.mean())


def sd_between(samples: Array, _: Array, __: Array) -> float:
    """Return the standard deviation of pain between people."""
    return float(samples[:, 0].std())


def change_percent(samples: Array, stated: Array, _: Array) -> float:
    """Return the change of mean pain from that stated before, in percent."""
    return float(100.0 * (samples.mean() / stated.mean() - 1.0))


def change_points(samples: Array, stated: Array, _: Array) -> float:
    """Return the change of mean pain from that stated before, in points."""
    return float(samples.mean() - stated.mean())


def share_points(points: float) -> Statistic:
    """Return the share of people, in percent, whose pain fell by at least so many points."""

    def statistic(samples: Array, stated: Array, _: Array) -> float:
        return float(100.0 * _soft(stated - samples[:, 0] - points).mean())

    return statistic


def share_fraction(fraction: float) -> Statistic:
    """Return the share of people, in percent, whose pain fell by at least this fraction."""

    def statistic(samples: Array, stated: Array, _: Array) -> float:
        return float(100.0 * _soft(stated * (1.0 - fraction) - samples[:, 0]).mean())

    return statistic


def share_unchanged(fraction: float) -> Statistic:
    """Return the share of people, in percent, whose pain fell by less than this fraction."""

    def statistic(samples: Array, stated: Array, times: Array) -> float:
        return 100.0 - share_fraction(fraction)(samples, stated, times)

    return statistic


def _soft(margin: Array) -> Array:
    """A step smoothed over a fifth of a point: shares become smooth functions of parameters."""
    return 1.0 / (1.0 + np.exp(-margin / 0.1))


def _share(count: int, of: int) -> tuple[float, float]:
    """Observed share and its standard error in percent, one half added to each class."""
    p = (count + 0.5) / (of + 1.0)
    return 100.0 * count / of, 100.0 * math.sqrt(p * (1.0 - p) / of)


def _value(figure_id: str) -> float:
    found = figure(figure_id)
    if found.value is not None:
        return found.value
    assert found.low is not None
    assert found.high is not None
    return 0.5 * (found.low + found.high)


DAY, WEEK = 24.0, 168.0


def trials() -> tuple[Trial, ...]:
    """Return every trial and series of the fit: those written here, and those in ``evidence/trials/``."""
    from subside.validation.trial_files import read_folder

    later = read_folder(Path(subside.evidence.__file__).parent / "trials")
    return (
        _sigtermans(), _schwartzman(), _goldberg(), _kiefer(), _pomeroy(), _pickering(), _noppers(), *later,
    )  # fmt: skip


def _sigtermans() -> Trial:
    k, p = figure("sigtermans_2009.nrs_week_1_esketamine"), figure("sigtermans_2009.nrs_week_1_placebo")
    pooled = math.hypot(k.size or 0.0, p.size or 0.0)
    return Trial(
        name="sigtermans_2009",
        protocol="sigtermans_2009_crps",
        design="randomized",
        arms={
            "case": _value("sigtermans_2009.nrs_baseline_esketamine"),
            "placebo": _value("sigtermans_2009.nrs_baseline_placebo"),
        },
        targets=(
            Target(
                what="mean pain, end of week 1, esketamine",
                figures=(k.id,), arms=("case",), times_h=(WEEK,), statistic=mean_at,
                observed=_value(k.id), se=float(k.size or 0.0), se_basis="published",
                note="the best of the trials: a new one is expected to do less well than this one did",
            ),
            Target(
                what="mean pain, end of week 1, placebo",
                figures=(p.id,), arms=("placebo",), times_h=(WEEK,), statistic=mean_at,
                observed=_value(p.id), se=float(p.size or 0.0), se_basis="published",
            ),
            *(
                Target(
                    what=f"SD of pain between people, end of week 1, {label}",
                    figures=(found.id,), arms=(arm,), times_h=(WEEK,), statistic=sd_between,
                    observed=float(found.size or 0.0) * math.sqrt(30.0),
                    se=float(found.size or 0.0) * math.sqrt(30.0 / 58.0), se_basis="computed",
                    note="the printed plus-minus taken as a standard error of 30 people",
                )
                for label, arm, found in (("esketamine", "case", k), ("placebo", "placebo", p))
            ),
            Target(
                what="difference of mean pain, week 12",
                figures=("sigtermans_2009.week_12_difference",), arms=("case", "placebo"),
                times_h=(12 * WEEK,), statistic=mean_at,
                observed=-1.812 * pooled, se=pooled, se_basis="computed",
                note="from P = 0.07, two-sided, with the standard error of week 1",
            ),
        ),
    )  # fmt: skip


def _schwartzman() -> Trial:
    weeks = tuple(WEEK * w for w in (3, 4, 6, 8, 10, 12))
    return Trial(
        name="schwartzman_2009",
        protocol="schwartzman_2009_crps",
        design="randomized",
        arms={"case": 7.5, "placebo": 7.5},
        targets=(
            Target(
                what="change of pain over 3 months, ketamine, %",
                figures=("schwartzman_2009.pain_change_ketamine",), arms=("case",), times_h=weeks,
                statistic=change_percent, observed=_value("schwartzman_2009.pain_change_ketamine"),
                se=9.0, se_basis="assumed", note="9 people; the change itself is recalled",
            ),
            Target(
                what="change of pain over 3 months, placebo, %",
                figures=("schwartzman_2009.placebo_effect",), arms=("placebo",), times_h=weeks,
                statistic=change_percent, observed=0.0, se=9.0, se_basis="assumed",
                note="no effect in any measure; 10 people",
            ),
        ),
    )  # fmt: skip


def _goldberg() -> Trial:
    share, share_se = _share(round(0.37 * 16), 16)
    return Trial(
        name="goldberg_2010",
        protocol="goldberg_2010_crps",
        design="open",
        arms={"case": _value("goldberg_2010.nrs_before")},
        targets=(
            Target(
                what="mean pain on day 5",
                figures=("goldberg_2010.nrs_day_5",), arms=("case",), times_h=(118.0,),
                statistic=mean_at, observed=_value("goldberg_2010.nrs_day_5"), se=0.7, se_basis="assumed",
                note="a range of 3 to 5 in 16 people",
            ),
            Target(
                what="share with little or no change on day 5 (less than 20 %), %",
                figures=("goldberg_2010.worst_pain_unchanged",), arms=("case",), times_h=(118.0,),
                statistic=share_unchanged(0.2), observed=share, se=share_se, se_basis="computed",
                note="reported for worst pain; people differ by degrees in the model, and few do not "
                "change at all; the mixture form has more of them",
            ),
        ),
    )  # fmt: skip


def _kiefer() -> Trial:
    return Trial(
        name="kiefer_2008",
        protocol="kiefer_2008_crps",
        design="open",
        arms={"case": 8.0},
        targets=(
            Target(
                what="change of mean pain in the week after, points",
                figures=("kiefer_2008.pain_relief",), arms=("case",), times_h=(11 * DAY, 14 * DAY, 17 * DAY),
                statistic=change_points, observed=0.0, se=0.9, se_basis="assumed",
                note="no relief; 4 people, between-person SD of a change about 1.8; no reason known",
            ),
        ),
    )  # fmt: skip


def _pomeroy() -> Trial:
    share, share_se = _share(55, 77)
    return Trial(
        name="pomeroy_2017",
        protocol="pomeroy_2017_migraine",
        design="open",
        arms={"case": _value("pomeroy_2017.nrs_admission")},
        targets=(
            Target(
                what="mean pain at discharge",
                figures=("pomeroy_2017.nrs_discharge",), arms=("case",), times_h=(115.0,),
                statistic=mean_at, observed=_value("pomeroy_2017.nrs_discharge"), se=0.3,
                se_basis="assumed", note="77 people, SD about 2.5",
            ),
            Target(
                what="share with a fall of 2 points or more at discharge, %",
                figures=("pomeroy_2017.responders_discharge",), arms=("case",), times_h=(115.0,),
                statistic=share_points(2.0), observed=share, se=share_se, se_basis="computed",
            ),
        ),
    )  # fmt: skip


def _pickering() -> Trial:
    days = tuple(DAY * d for d in (1, 3, 5, 7, 10, 14, 18, 22, 26, 30, 35))
    k, p = "pickering_2020.daily_pain_ketamine", "pickering_2020.daily_pain_placebo"
    return Trial(
        name="pickering_2020",
        protocol="pickering_2020_neuropathic",
        design="randomized",
        arms={"case": 5.8, "placebo": 5.8},
        targets=(
            Target(
                what="difference of mean daily pain over 35 days",
                figures=(k, p), arms=("case", "placebo"), times_h=days, statistic=mean_at,
                observed=_value(k) - _value(p), se=0.6, se_basis="computed",
                note="from the effect size of -0.2 (-0.6 to 0.3) and a SD of 2.7 points",
            ),
        ),
    )  # fmt: skip


def _noppers() -> Trial:
    arms = {"case": 6.0, "active-placebo": 6.0}
    targets = []
    for label, hour in (("180_min", 3.0), ("week_1", WEEK), ("week_8", 8 * WEEK)):
        for arm, drug in (("case", "esketamine"), ("active-placebo", "midazolam")):
            found = figure(f"noppers_2011_fibromyalgia.response_50_{label}_{drug}")
            share, se = _share(round(found.value or 0), 12)
            targets.append(
                Target(
                    what=f"share with half the pain, {label.replace('_', ' ')}, {drug}, %",
                    figures=(found.id,), arms=(arm,), times_h=(hour,), statistic=share_fraction(0.5),
                    observed=share, se=se, se_basis="computed",
                )
            )  # fmt: skip
    return Trial(
        name="noppers_2011",
        protocol="noppers_2011_fibromyalgia",
        design="randomized",
        arms=arms,
        targets=tuple(targets),
    )
