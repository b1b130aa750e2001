"""What the fit can and cannot tell: left-out trials, profiles, other priors; written as a page.

    python -m subside.validation.diagnostics          # about 15 minutes on two cores

Writes ``docs/explanation/the-fit.md`` and ``evidence/fitted/diagnostics.json``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import subside
from subside.engine.ledger import ROUTE_NAMES, ledger, less_drug
from subside.engine.population.beliefs import fitted, from_scale, prior
from subside.validation.fit import FREE, SPREADS, Fit, Structure, fit
from subside.validation.gain_split import page_lines
from subside.validation.protocols import protocol_case
from subside.validation.refit import Emerged, emerged_by_form
from subside.validation.trials import Trial, trials

Array = NDArray[np.float64]
PROFILED = ("brain_gain", "k_return_per_d", "k_dep_per_d")
STEPS = (-1.645, 1.645)  # posterior SDs from the maximum
TYPICAL = Structure()


#: Choices made in the light of results; printed with them, since they bear on what coverage means.
CHANGED_AFTER_LOOKING = (
    "## What was changed after looking at the results",
    "",
    "The interval coverage that this project reports is not that of a model fixed beforehand:",
    "",
    "- The bistable form first had a threshold of 0.6 and a steepness of 8; almost nobody then "
    "stayed low, so both were raised by hand (0.75, 12) until two resting states existed. Its weight "
    "leans on that choice.",
    "- People of a trial were seen to be too alike. The two standard deviations of the trial of 2009 "
    "became targets, two spreads became free, and coverage of pain outcomes by trial fell to 74 %; "
    "the assumed spread of pain at the start (1.3) was then replaced by that of a large cohort (1.8, "
    "Corriger 2022) and the daily swing raised from 1.0 to 1.1 (recalled). Coverage rose above 80 %. "
    "Both changes were made knowing that.",
    "- The model was fitted four times in this way. Before these changes the mixture of responders was "
    "favored by 3.5 log units.",
    "- A fifth fit, the one shown, replaced the free gain of sensitization by the spinal circuit's and a free "
    "factor for brain stem and brain; nothing else was changed for it.",
    "",
)


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """One target of a trial, predicted by a fit that did not see the trial."""

    trial: str
    what: str
    observed: float
    predicted: float
    low: float
    high: float

    @property
    def covered(self) -> bool:
        return self.low <= self.observed <= self.high


def leave_one_out(whole: Fit) -> list[LeftOut]:
    """Return the prediction of every trial from the others.

    The left-out trial's own effects stay at their mean with their full spread, which is propagated
    through the slope of the prediction, as is the posterior of the rest; the error of the figure is
    added. Normal approximation.
    """
    rows = []
    for trial in trials():
        others = [t for t in trials() if t.name != trial.name]
        reduced = fit(whole.structure, studies=others, start=_restricted(whole, others))
        rows += _predict_new(reduced, trial)
    return rows


def _restricted(whole: Fit, studies: Sequence[Trial]) -> Array:
    """Return the start of a fit of fewer trials from the fit of all."""
    n = whole.problem.n_global
    names = [t.name for t in studies]
    keep = [n + i for i, (study, _) in enumerate(whole.problem.effects) if study in names]
    return whole.x[[*range(n), *keep]]


def _predict_new(reduced: Fit, trial: Trial) -> list[LeftOut]:
    from subside.validation.fit import Problem

    problem = Problem([trial], reduced.structure)
    n = problem.n_global
    x = np.zeros(problem.size)
    x[:n] = reduced.x[:n]
    jac = problem.jacobian(x)[: len(trial.targets)] * problem.se[: len(trial.targets), None]
    covariance = np.eye(problem.size)
    covariance[:n, :n] = reduced.covariance[:n, :n]
    predicted = problem.predict(x)
    rows = []
    for i, target in enumerate(trial.targets):
        sd = float(np.sqrt(jac[i] @ covariance @ jac[i] + target.se**2))
        rows.append(
            LeftOut(
                trial=trial.name,
                what=target.what,
                observed=target.observed,
                predicted=float(predicted[i]),
                low=float(predicted[i] - 1.645 * sd),
                high=float(predicted[i] + 1.645 * sd),
            )
        )
    return rows


def profile(whole: Fit, name: str) -> list[tuple[float, float]]:
    """Return (value, rise of the objective) along one parameter, all others refitted.

    The objective is minus twice the log posterior; a rise of 2.7 marks a 90 % interval.
    """
    i = FREE.index(name)
    sd = float(np.sqrt(whole.covariance[i, i]))
    base = float(np.sum(whole.problem.residuals(whole.x) ** 2))
    b = whole.problem.prior[name]
    points = []
    for step in STEPS:
        at = float(whole.x[i] + step * sd)
        moved = fit(whole.structure, start=whole.x, fixed={i: at})
        rise = float(np.sum(moved.problem.residuals(moved.x) ** 2)) - base
        points.append((float(from_scale(np.array(b.location + b.uncertainty_sd * at), b.scale)), rise))
    points.append((float(from_scale(np.array(b.location + b.uncertainty_sd * whole.x[i]), b.scale)), 0.0))
    return sorted(points)


def other_priors(whole: Fit) -> list[tuple[str, str, float, float]]:
    """Return how each free parameter moves when the prior of another is twice as wide.

    Rows (prior widened, parameter, value before, value after); only moves above a tenth of an SD.
    """
    rows = []
    for widened in ("brain_gain", "k_return_per_d", "k_dep_per_d", "tau_expectation_d"):
        b = prior()[widened]
        loose = prior().with_values({widened: {"uncertainty_sd": 2.0 * b.uncertainty_sd}})
        start = whole.x.copy()
        start[FREE.index(widened)] *= 0.5
        moved = fit(whole.structure, start=start, beliefs=loose)
        before, after = whole.problem.beliefs(whole.x), moved.problem.beliefs(moved.x)
        for i, name in enumerate(FREE):
            shift = (after[name].location - before[name].location) / (
                whole.problem.prior[name].uncertainty_sd * np.sqrt(whole.covariance[i, i])
            )
            if abs(shift) > 0.1:
                rows.append((widened, name, before[name].median, after[name].median))
    return rows


def _strongest(whole: Fit) -> list[tuple[str, str, float]]:
    """Return the pairs of parameters that the data confuse most: correlation above 0.4."""
    n = whole.problem.n_global
    sd = np.sqrt(np.diag(whole.covariance)[:n])
    correlation = whole.covariance[:n, :n] / np.outer(sd, sd)
    names = [*FREE, *(f"{name} ({field})" for name, field, _ in SPREADS)]
    pairs = [
        (names[i], names[j], float(correlation[i, j]))
        for i in range(n)
        for j in range(i)
        if abs(correlation[i, j]) > 0.4
    ]
    return sorted(pairs, key=lambda p: -abs(p[2]))


def page(
    whole: Fit,
    left_out: Sequence[LeftOut],
    profiles: dict[str, list[tuple[float, float]]],
    priors: Sequence[tuple[str, str, float, float]],
    forms: dict[str, Emerged],
    mixture: Fit,
) -> str:
    """Return the page on the fit, in Markdown."""
    case = protocol_case("sigtermans_2009_crps")
    ways, less = ledger(case, 168.0), less_drug(case)
    covered = sum(r.covered for r in left_out)
    out = [
        "# The fit: what the trials tell, and what they do not",
        "",
        "Written by `python -m subside.validation.diagnostics` after `python -m subside.validation.fit`. "
        "Every observed figure comes from `evidence/`; every prior from "
        "`evidence/priors/chronic_pain.toml`.",
        "",
        "Seven trials and series are fitted together, each simulated as it was run (titrated where it was "
        "titrated), each with its own deviation of expectation, of excess at entry and of the drug's "
        f"effect. Typical structure shown: {whole.structure.form}, route {whole.structure.route}.",
        "",
        "## Typical values",
        "",
        "| parameter | unit | typical | 90 % interval | share of prior variance that the data took |",
        "|---|---|---|---|---|",
    ]
    for i, name in enumerate(FREE):
        b = whole.problem.prior[name]
        sd = float(np.sqrt(whole.covariance[i, i]))
        low, mid, high = (
            float(from_scale(np.array(b.location + b.uncertainty_sd * (whole.x[i] + k * sd)), b.scale))
            for k in (-1.645, 0.0, 1.645)
        )
        out.append(
            f"| `{name}` | {b.unit} | {mid:.3g} | {low:.3g} to {high:.3g} | {100 * (1 - sd**2):.0f} % |"
        )
    out += ["", "Spreads between people and trials (standard deviation on the parameter's scale):", ""]
    out += ["| spread | typical | 90 % interval |", "|---|---|---|"]
    for i, (name, field, log_sd) in enumerate(SPREADS):
        k = len(FREE) + i
        sd = float(np.sqrt(whole.covariance[k, k]))
        base = getattr(whole.problem.prior[name], field)
        low, mid, high = (base * np.exp(log_sd * (whole.x[k] + s * sd)) for s in (-1.645, 0.0, 1.645))
        who = "people" if field == "patient_sd" else "trials"
        out.append(f"| `{name}` between {who} | {mid:.2f} | {low:.2f} to {high:.2f} |")
    out += ["", "## Observed and fitted", "", "| trial | what | observed (SE) | model |", "|---|---|---|---|"]
    for (trial, target), predicted in zip(whole.problem.targets, whole.predicted, strict=False):
        out.append(
            f"| {trial.name} | {target.what} | {target.observed:.2f} ({target.se:.2f}, "
            f"{target.se_basis}) | {predicted:.2f} |"
        )
    out += [
        "",
        "## Each trial predicted from the others",
        "",
        f"{covered} of {len(left_out)} figures lie within the 90 % interval of a fit that did not see "
        "their trial. The intervals are wide: the next trial may differ much from all before.",
        "",
        "| left out | what | observed | predicted | 90 % interval | |",
        "|---|---|---|---|---|---|",
    ]
    for r in left_out:
        mark = "" if r.covered else "**missed**"
        out.append(
            f"| {r.trial} | {r.what} | {r.observed:.2f} | {r.predicted:.2f} | "
            f"{r.low:.2f} to {r.high:.2f} | {mark} |"
        )
    out += [
        "",
        "## Profiles",
        "",
        "Rise of minus twice the log posterior with one parameter held and all others refitted; 2.7 marks "
        "the ends of a 90 % interval.",
        "",
    ]
    for name, points in profiles.items():
        out.append(f"- `{name}`: " + "; ".join(f"{v:.3g} ({r:.1f})" for v, r in points))
    out += ["", "## What is confused with what", ""]
    pairs = _strongest(whole)
    out += [f"- `{a}` and `{b}`: correlation {c:+.2f}" for a, b, c in pairs] or ["- nothing above 0.4"]
    out += [
        "",
        "Not identifiable from these trials and held by their priors: `s0` (only what the gain makes of it "
        "shows), how long a swing of pain lasts, the couplings of pain with mood and sleep, the time "
        "constant of expectation (mostly), and which receptor route or which form of sensitization is "
        "true: the evidence of the eight pairs of rival forms differs by less than three log units.",
        "",
        "## Other priors",
        "",
        "Each prior made twice as wide; parameters that moved by more than a tenth of their SD:",
        "",
        "| prior widened | parameter | before | after |",
        "|---|---|---|---|",
    ]
    out += [f"| `{w}` | `{name}` | {a:.3g} | {b:.3g} |" for w, name, a, b in priors]
    out += [
        "",
        "## Does the published form emerge?",
        "",
        "The form of Dahan 2011 (one slow rate both ways, a saturating effect), refitted to this model's "
        "weekly means of the trial of 2009. Published: half-life 10.9 d (95 % interval 5.3 to 20.5), C50 "
        "10.5 ng/mL (4.4 to 21.2). Neither number was put in.",
        "",
        "| form of sensitization | half-life, d | C50, ng/mL | C50 that fit as well | half-life at the "
        "published C50, d | misfit there, points |",
        "|---|---|---|---|---|---|",
        *(
            f"| {name} | {e.half_life_d:.0f} | {e.c50_ng_per_ml:.0f} | {e.flat[0]:.0f} to {e.flat[1]:.0f} | "
            f"{e.half_life_at_published_c50_d:.0f} | {e.rms_there:.2f} |"
            for name, e in forms.items()
        ),
        "",
        "Half-life and C50 trade against each other: at 250 ng/mL the effect is saturated, and its course "
        "alone tells the two apart badly. Held at the published C50, the monostable form gives a half-life "
        "within the published interval. The bistable form does not: people who stay low make the mean "
        "return far too slowly. The published analysis thus speaks for the monostable form, though it was "
        "not used to weigh the two.",
        "",
        "## A class of people who do not respond",
        "",
        f"With a mixture of responders (prior share 67 %) in place of people who differ by degrees alone, "
        f"the log evidence is {mixture.log_evidence:.1f} against {whole.log_evidence:.1f}: "
        f"{'no better' if mixture.log_evidence < whole.log_evidence + 1 else 'better'}. The share of Goldberg "
        f"2010 with little or no change, missed by the continuous form ({_goldberg(whole):.0f} % for 38 %), "
        f"becomes {_goldberg(mixture):.0f} %. The mixture stays off by default.",
        "",
        *CHANGED_AFTER_LOOKING,
        *page_lines(fitted()),
        "## A tenth of the level, one short infusion",
        "",
        "Mean difference from placebo in points, a week after the last infusion, by route:",
        "",
        "| route | the trial's regimen | a tenth of every rate | once 0.5 mg/kg over 40 min |",
        "|---|---|---|---|",
    ]
    out += [
        f"| {ROUTE_NAMES[w.route]} | {w.full_points:.1f} | {w.tenth_points:.1f} | {w.short_points:.1f} |"
        for w in less
    ]
    out += [
        "",
        "The routes agree on the trial they share and part ways below it: a trial at a tenth of the level "
        "would tell them apart.",
        "",
        "## Mechanism ledger",
        "",
        "Mean fall of pain at rest one week after the start of the trial's regimen, by the way it travels:",
        "",
        "| way | points | size known from | note |",
        "|---|---|---|---|",
    ]
    out += [
        f"| {w.name} | {w.points:.2f} | "
        f"{'outcomes (empirical)' if w.empirical else 'measured potency'} | {w.note} |"
        for w in ways
    ]
    total = sum(w.points for w in ways)
    empirical = sum(w.points for w in ways if w.empirical)
    out += [
        f"| together | {total:.2f} | empirical: {empirical:.2f} | |",
        "",
        f"Pore block at the trial's level is about {100 * _block():.0f} % of open channels: the potency gap. "
        "It is shown, not tuned away.",
        "",
    ]
    return "\n".join(out)


def _goldberg(found: Fit) -> float:
    """Return the predicted share of that series with little or no change, in percent."""
    at = next(
        i
        for i, (trial, target) in enumerate(found.problem.targets)
        if trial.name == "goldberg_2010" and target.what.startswith("share")
    )
    return float(found.predicted[at])


def _block() -> float:
    from subside.engine import simulate

    course = simulate(protocol_case("sigtermans_2009_crps"), typical=True, times_h=[96.0], verify=False)
    return float(course["nmda_block"].median[0])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run every diagnostic and write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--docs", type=Path, default=Path("docs/explanation/the-fit.md"))
    options = parser.parse_args(arguments)
    whole = fit(TYPICAL)
    left_out = leave_one_out(whole)
    profiles = {name: profile(whole, name) for name in PROFILED}
    priors = other_priors(whole)
    forms = emerged_by_form()
    mixture = fit(replace(TYPICAL, responders="mixture"), start=whole.x)
    options.docs.parent.mkdir(parents=True, exist_ok=True)
    options.docs.write_text(page(whole, left_out, profiles, priors, forms, mixture), encoding="utf-8")
    record: dict[str, Any] = {
        "left_out": [{**r.__dict__, "covered": r.covered} for r in left_out],
        "profiles": profiles,
        "emerged": {name: {**e.__dict__} for name, e in forms.items()},
    }
    target = Path(subside.__file__).parent / "evidence" / "fitted" / "diagnostics.json"
    target.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {options.docs} and {target.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
