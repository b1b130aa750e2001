"""Who still has pain months after an operation: fitted to some published shares and odds, held against others.

    python -m subside.validation.acute_to_chronic            # fit both forms, write evidence/fitted/injury.toml
    python -m subside.validation.acute_to_chronic --pages    # rewrite the table and figures of the page

Each form of feedback (monostable, bistable) is fitted alone, by least squares with its prior, to the shares
after gastrointestinal surgery, after thoracotomy at three months and after mixed surgery at a year, and to the
odds with depression, with disturbed sleep and with inhibition. Everything else is a prediction: other
operations, later times, and the odds with acute pain, with a cut nerve and with pain before.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from subside.case import parse_case
from subside.engine.arms import own
from subside.engine.group import gather, prepare
from subside.engine.kernel.random import normals, uniforms
from subside.engine.population.beliefs import fitted
from subside.engine.population.injury import (
    FORMS,
    Wounded,
    beliefs,
    gain,
    injure,
    resting_sensitization,
    table,
)
from subside.engine.systems.chronic_pain.protocol import Protocol
from subside.engine.systems.chronic_pain.solve import People, solve
from subside.evidence import figure

Array = NDArray[np.float64]

MONTH_H: Final = 730.5
TIMES_H: Final = (3 * MONTH_H, 6 * MONTH_H, 12 * MONTH_H)
PEOPLE: Final = 768
SEED: Final = 5
SOFT_NRS: Final = 0.15  # width of the edge that makes a share smooth in the parameters
HETEROGENEITY: Final = 0.35  # SD of the logit of a share between studies (assumed; definitions differ)
FITTED_FILE: Final = Path(__file__).parents[1] / "evidence/fitted/injury.toml"
#: What is fitted: name, whether its people's spread is meant.
FREE: Final = (
    ("lasting_share", False), ("lasting_share", True), ("nerve_factor", False), ("potentiation_per_d", False),
    ("heals_in_d", False), ("heals_in_d", True), ("susceptibility_by_mood", False),
    ("susceptibility_by_sleep", False), ("protection_by_inhibition", False),
)  # fmt: skip
SPREAD_SD: Final = 0.4  # of the log of a spread between people, before the fit

CASE: Final = """
format = 1
title = "Before an operation"
follow_up = "366 d"
[patient]
age_years = 55
weight_kg = 75
condition = "acute_pain"
phq9_total = 5
sleep_nrs = 3.5
[injury]
at = "0 h"
nrs_pain = 3
"""


@dataclass(frozen=True, kw_only=True)
class Share:
    """A published share of people in pain after an operation.

    Attributes:
        figure: Id of the evidence.
        surgery: As in ``priors/injury.toml``.
        month: 3, 6 or 12.
        least_nrs: Pain that counts, as people round it.
        fitted: Whether it shapes the parameters.
        given_3: Among those in such pain at three months.
        recovered: The figure counts those who are not in such pain.
    """

    figure: str
    surgery: str
    month: int
    least_nrs: int
    fitted: bool = False
    given_3: bool = False
    recovered: bool = False
    note: str = ""

    @property
    def published(self) -> float:
        """The published share in such pain, %."""
        value = float(figure(self.figure).value or 0.0)
        return 100.0 - value if self.recovered else value

    @property
    def what(self) -> str:
        """In words."""
        those = ", of those in it at 3 months" if self.given_3 else ""
        return f"{self.surgery.replace('_', ' ')}: pain of {self.least_nrs} or more at {self.month} months{those}, %"


SHARES: Final = (
    Share(figure="liu_2022.pain_3_months", surgery="gastrointestinal", month=3, least_nrs=1, fitted=True),
    Share(figure="liu_2022.pain_6_months", surgery="gastrointestinal", month=6, least_nrs=1, fitted=True),
    Share(figure="bayman_2014.pain_3_months", surgery="thoracotomy", month=3, least_nrs=1, fitted=True),
    Share(figure="fletcher_2015.moderate_12_months", surgery="mixed", month=12, least_nrs=3, fitted=True),
    Share(figure="fletcher_2015.severe_12_months", surgery="mixed", month=12, least_nrs=6, fitted=True),
    Share(figure="bayman_2014.pain_6_months", surgery="thoracotomy", month=6, least_nrs=1),
    Share(figure="thoracotomy_1_year.pain_12_months", surgery="thoracotomy", month=12, least_nrs=1),
    Share(
        figure="thoracic_trajectories_2021.moderate_persistent", surgery="thoracoscopy", month=12, least_nrs=4,
        note="thoracic surgery of all kinds; moderate taken as 4 or more",
    ),
    Share(figure="bayman_2017.pain_6_months_thoracotomy", surgery="thoracotomy", month=6, least_nrs=1),
    Share(figure="bayman_2017.pain_6_months_vats", surgery="thoracoscopy", month=6, least_nrs=1),
    Share(
        figure="guimaraes_pereira_2016.persistent_pain_3_months", surgery="mixed", month=3, least_nrs=1,
        note="definitions of persistent pain differ",
    ),
    Share(
        figure="nit1_2024.chronic_pain_6_months_sternotomy", surgery="sternotomy", month=6, least_nrs=3,
        note="pain that counts taken as 3 or more",
    ),
    Share(
        figure="nit1_2024.chronic_pain_6_months_breast", surgery="breast", month=6, least_nrs=3,
        note="pain that counts taken as 3 or more",
    ),
    Share(
        figure="nit1_2024.chronic_pain_6_months_knee", surgery="knee", month=6, least_nrs=3,
        note="pain that counts taken as 3 or more; the joint's own reasons are not in the model",
    ),
    Share(
        figure="nit1_2024.chronic_pain_6_months_endometriosis", surgery="endometriosis", month=6, least_nrs=3,
        note="pain that counts taken as 3 or more; a disease that comes back is not in the model",
    ),
    Share(figure="coronary_surgery_2025.pain_3_months", surgery="sternotomy", month=3, least_nrs=1),
    Share(
        figure="coronary_surgery_2025.moderate_3_months", surgery="sternotomy", month=3, least_nrs=4,
        note="moderate taken as 4 or more",
    ),
    Share(
        figure="burke_2024.chronic_at_3_months", surgery="back_pain", month=3, least_nrs=1,
        note="acute low back pain taken as a wound; what counts as chronic is not defined by a level of pain",
    ),
    Share(
        figure="burke_2024.chronic_at_6_if_at_3_months", surgery="back_pain", month=6, least_nrs=1, given_3=True,
        note="as above; swings of pain from day to day are left out",
    ),
    Share(
        figure="henschke_2008.recovered_12_months", surgery="back_pain", month=12, least_nrs=1, recovered=True,
        note="fully recovered: in work, function and pain",
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Odds:
    """Published odds of pain with something about a person, against without it or per step of it."""

    figure: str
    surgery: str
    factor: str
    month: int = 6
    least_nrs: int = 1
    fitted: bool = False
    note: str = ""

    @property
    def what(self) -> str:
        """In words."""
        return f"{self.surgery}: odds of pain at {self.month} months {FACTORS[self.factor]}"


FACTORS: Final[Mapping[str, str]] = {
    "depression": "with depression (PHQ-9 of 10 or more)",
    "sleep": "with disturbed sleep (5 or more)",
    "inhibition": "per 10 points of 100 of inhibition",
    "acute": "per point of acute pain",
    "acute_10": "per point of acute pain, thoracotomy",
    "cut_nerve": "with a cut nerve",
    "before": "with pain before",
}
ODDS: Final = (
    Odds(figure="lee_2024_depression.odds_after_6_months", surgery="mixed", factor="depression", fitted=True),
    Odds(figure="varallo_2022.odds", surgery="mixed", factor="sleep", fitted=True),
    Odds(
        figure="yarnitsky_2008.inhibition_odds_per_10", surgery="thoracotomy", factor="inhibition", fitted=True
    ),
    Odds(figure="coronary_surgery_2025.depression_odds", surgery="sternotomy", factor="depression", month=3),
    Odds(figure="wang_2016.acute_pain_odds_per_point", surgery="breast", factor="acute"),
    Odds(figure="yarnitsky_2008.acute_pain_odds_per_10", surgery="thoracotomy", factor="acute_10"),
    Odds(
        figure="wang_2016.axillary_dissection_odds", surgery="breast", factor="cut_nerve",
        note="axillary dissection taken as a cut nerve, which it is in many",
    ),
    Odds(figure="wang_2016.prior_pain_odds", surgery="breast", factor="before"),
    Odds(
        figure="andreoletti_2022.prior_pain_elsewhere_odds", surgery="mixed", factor="before",
        note="unadjusted; pain beyond what was there before",
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Patients:
    """One operation's people at 3, 6 and 12 months: what they had and what it became."""

    wounds: Wounded
    gained_nrs: Array  # pain beyond what was there before, shape (person, month)

    def in_pain(self, month: int, least_nrs: int) -> Array:
        """Return who is in such pain: nearly 0 or 1, smooth at the edge. Shape ``(person,)``."""
        at = (3, 6, 12).index(month)
        z = (self.gained_nrs[:, at] - (least_nrs - 0.5)) / SOFT_NRS
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(z, -60.0, 60.0))), dtype=np.float64)

    def share(self, asked: Share) -> float:
        """Return a share in %."""
        now = self.in_pain(asked.month, asked.least_nrs)
        if asked.given_3:
            before = self.in_pain(3, asked.least_nrs)
            return float(100.0 * (now * before).sum() / max(float(before.sum()), 1e-9))
        return float(100.0 * now.mean())

    def odds(self, asked: Odds) -> float:
        """Return an odds ratio."""
        y, w = self.in_pain(asked.month, asked.least_nrs), self.wounds
        scales = table()["before_surgery"]
        if asked.factor in ("acute", "acute_10", "inhibition"):
            tens = w.inhibition * scales["inhibition_of_100"]["sd"] / 10.0
            slopes = _slopes(np.stack([w.acute_nrs, tens], axis=1), y)
            return float(np.exp(slopes[1 if asked.factor == "inhibition" else 0]))
        exposed = {
            "depression": _score(w.mood, "phq9_total") >= 10.0,
            "sleep": _score(w.sleep, "sleep_nrs") >= 5.0,
            "cut_nerve": w.cut_nerve,
            "before": w.before_nrs > 0.0,
        }[asked.factor]
        one, other = y[exposed].mean(), y[~exposed].mean()
        return float(one / (1.0 - one) * (1.0 - other) / other)


def _score(z: Array, name: str) -> Array:
    scale = table()["before_surgery"][name]
    return np.asarray(scale["mean"] + scale["sd"] * z, dtype=np.float64)


def _slopes(x: Array, y: Array) -> Array:
    """Return the slopes of a logistic regression of shares ``y`` on ``x``, by Newton's method."""
    design = np.column_stack([np.ones(len(x)), x - x.mean(axis=0)])
    b = np.zeros(design.shape[1])
    for _ in range(25):
        p = 1.0 / (1.0 + np.exp(-design @ b))
        weight = p * (1.0 - p) + 1e-9
        b = b + np.linalg.solve((design * weight[:, None]).T @ design, design.T @ (y - p))
    return b[1:]


@cache
def before_operation(form: str, people: int, seed: int) -> tuple[People, Protocol]:
    """Return people before an operation with the spread between patients, and what happens to them."""
    case = parse_case(CASE).model_copy(update={"options": {"sensitization": form, "coupling": "off"}})
    group = gather(case, fitted(), people, seed=seed, vary=("patient",))
    return prepare(group, own(case), np.array(TIMES_H))


def operated(
    surgery: str, form: str, values: Mapping[tuple[str, bool], float], *, people: int = PEOPLE, seed: int = SEED
) -> Patients:
    """Return the people of an operation at 3, 6 and 12 months.

    Args:
        surgery: As in ``priors/injury.toml``.
        form: Of feedback.
        values: Typical values and spreads between people, by ``FREE``.
        people, seed: How many; of their streams, which every operation and parameter set shares.
    """
    system, plan = before_operation(form, people, seed)
    prior, who = beliefs(form), np.arange(people)
    given, scales = table()["surgery"][surgery], table()["before_surgery"]

    def z(name: str) -> Array:
        return normals(f"{seed}/operated", who, name, 1)[:, 0]

    def u(name: str) -> Array:
        return uniforms(f"{seed}/operated", who, name, 1)[:, 0]

    def drawn(name: str) -> Array:
        spread = values.get((name, True), prior[name].patient_sd)
        return np.asarray(values[(name, False)] * np.exp(spread * z(name)), dtype=np.float64)

    def at(name: str) -> Array:
        return np.full(people, values[(name, False)])

    mood, sleep = (
        np.clip(z(name), -scales[name]["mean"] / scales[name]["sd"], 4.0) for name in ("phq9_total", "sleep_nrs")
    )
    before = np.where(
        u("before") < given["prior_share"], np.clip(given["prior_nrs"] + 1.5 * z("before"), 0.5, 9.0), 0.0
    )
    form_of = table()["forms"][form]
    wounds = Wounded(
        acute_nrs=before,  # below
        before_nrs=before,
        kept=np.full(people, 0.0 if given["treats"] else 1.0),
        cut_nerve=u("cut") < given["cut_nerve"],
        heals_in_d=drawn("heals_in_d"),
        mood=mood,
        sleep=sleep,
        inhibition=z("inhibition"),
        fade_per_d=fitted()["k_return_per_d"].median
        * np.exp(fitted()["k_return_per_d"].patient_sd * z("fade")),
        lasting_share=drawn("lasting_share"),
        nerve_factor=at("nerve_factor"),
        potentiation_per_d=drawn("potentiation_per_d"),
        susceptibility_by_mood=at("susceptibility_by_mood"),
        susceptibility_by_sleep=at("susceptibility_by_sleep"),
        protection_by_inhibition=at("protection_by_inhibition"),
        feedback_half=np.full(people, form_of["feedback_half"]["value"]),
        feedback_steepness=np.full(people, form_of["feedback_steepness"]["value"]),
    )
    # The wound's own drive is the surgery's; a cord that is sensitized already makes more of it.
    wound = -np.log1p(-np.clip(given["acute_nrs"] + given["acute_sd"] * z("acute"), 0.3, 9.5) / 10.0)
    gained = gain(resting_sensitization(before / 10.0, wounds), system.parameters)
    acute = 10.0 * -np.expm1(np.log1p(-before / 10.0) - wound * gained)
    wounds = Wounded(**{**wounds.__dict__, "acute_nrs": np.clip(acute, 0.0, 9.9)})
    solution = solve(injure(system, wounds), plan, threads=1)
    left = before * wounds.kept
    return Patients(wounds=wounds, gained_nrs=solution["nrs_pain"] - left[:, None])


def spread_of(asked: Share) -> float:
    """Return the standard error of a published share in %, heterogeneity between studies included."""
    p = min(max(asked.published / 100.0, 0.005), 0.995)
    n = figure(asked.figure).n or 200
    sampling = 100.0 * math.sqrt(p * (1.0 - p) / n)
    return math.hypot(sampling, 100.0 * HETEROGENEITY * p * (1.0 - p))


def log_spread_of(asked: Odds) -> float:
    """Return the standard error of the log of published odds; a wide one where none is printed."""
    found = figure(asked.figure)
    if found.low is None or found.high is None:
        return 0.35
    return (math.log(found.high) - math.log(found.low)) / (2 * 1.96)


def _location(name: str, of_spread: bool) -> tuple[float, float, bool]:
    """Return location and SD of the prior of one free value (both forms share it), and whether it is a log."""
    prior = table()["parameters"][name]
    if of_spread:
        return math.log(prior["patient_sd"]), SPREAD_SD, True
    log = prior["scale"] == "log"
    return (math.log(prior["median"]) if log else prior["median"]), prior["uncertainty_sd"], log


def values_at(x: Array) -> dict[tuple[str, bool], float]:
    """Return the free values from the numbers that the fit moves."""
    found = {}
    for (name, of_spread), at in zip(FREE, x, strict=True):
        found[(name, of_spread)] = math.exp(at) if _location(name, of_spread)[2] else float(at)
    return found


def fit(form: str, *, say: Callable[[str], None] = print) -> tuple[Array, Array]:
    """Return the best values of one form on their normal scales and their covariance."""
    places = [_location(name, of_spread) for name, of_spread in FREE]
    start = np.array([place for place, _, _ in places])
    sds = np.array([sd for _, sd, _ in places])
    shares = [one for one in SHARES if one.fitted]
    odds = [one for one in ODDS if one.fitted]

    def residuals(x: Array) -> Array:
        values = values_at(x)
        wanted = {*(one.surgery for one in shares), *(one.surgery for one in odds)}
        people = {surgery: operated(surgery, form, values) for surgery in wanted}
        of_shares = [
            (people[one.surgery].share(one) - one.published) / spread_of(one)
            for one in shares
        ]
        of_odds = [
            (math.log(people[one.surgery].odds(one)) - math.log(figure(one.figure).value or 1.0))
            / log_spread_of(one)
            for one in odds
        ]
        return np.array([*of_shares, *of_odds, *((x - start) / sds)])

    best = least_squares(residuals, start, diff_step=0.02, x_scale=sds, max_nfev=15)
    say(f"{form}: half the sum of squares {best.cost:.2f} after {best.nfev} steps")
    return best.x, np.linalg.inv(best.jac.T @ best.jac)


def written(found: Mapping[str, tuple[Array, Array]]) -> str:
    """Return the text of ``evidence/fitted/injury.toml``."""
    rows = [one.figure for one in (*SHARES, *ODDS) if one.fitted]
    lines = [
        "# Written by `python -m subside.validation.acute_to_chronic`; do not edit by hand.",
        "# Laplace approximation about the best values of each form of feedback, with its prior.",
    ]
    for form, (x, covariance) in found.items():
        sd = np.sqrt(np.diag(covariance))
        values = values_at(x)
        joint = []
        for index, (name, of_spread) in enumerate(FREE):
            if of_spread:
                continue
            spread = values.get((name, True))
            joint.append(index)
            lines += ["", f"[forms.{form}.{name}]", f"median = {values[(name, False)]:.6g}"]
            lines += [f"uncertainty_sd = {sd[index]:.4g}"]
            lines += [f"patient_sd = {spread:.4g}"] if spread is not None else []
            lines += ['basis = "computed"', f"rows = [{', '.join(repr(row) for row in rows)}]".replace("'", '"')]
        part = covariance[np.ix_(joint, joint)]
        lines += ["", f"[joint.{form}]", f"names = [{', '.join(repr(FREE[k][0]) for k in joint)}]".replace("'", '"')]
        lines += ["covariance = [", *(f"  [{', '.join(f'{c:.6g}' for c in row)}]," for row in part), "]"]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit both forms and write what was found, or rewrite the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", action="store_true", help="rewrite the page instead of fitting")
    parser.add_argument("--docs", type=Path, default=Path("docs/explanation"))
    options = parser.parse_args(arguments)
    if options.pages:
        from subside.validation.acute_to_chronic_page import rewrite

        rewrite(options.docs)
        return 0
    found = {form: fit(form) for form in FORMS}
    FITTED_FILE.write_text(written(found), encoding="utf-8")
    print(f"wrote {FITTED_FILE.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
