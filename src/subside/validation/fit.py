"""Fit the course of pain to the published trials, hierarchically: evidence in, parameter file out.

    python -m subside.validation.fit            # the fit, its profiles and predictions (about 10 minutes)
    python -m subside.validation.fit --quick    # the fit alone

Free: the typical values and spreads listed in ``FREE``; and in every trial its own standardized
deviates of expectation, of excess at entry and (with drug) of the drug's effect. The maximum of the
posterior is found by least squares with priors as extra residuals; its curvature gives the joint
spread (Laplace); repeated for every pair of rival forms, whose evidence weighs them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from subside.engine.arms import Arm, named, own
from subside.engine.group import gather, treat
from subside.engine.population.beliefs import Beliefs, from_scale, prior
from subside.evidence import figure
from subside.validation.protocols import protocol_case
from subside.validation.trials import NRS_SD, Target, Trial, trials

Array = NDArray[np.float64]

#: Typical values on their normal scales, with the prior of ``evidence/priors``.
FREE = (
    "brain_gain", "k_return_per_d", "k_dep_per_d", "expectation", "tau_expectation_d", "entry_excess_nrs",
    "acute_emax",
)  # fmt: skip
#: Log of spreads: (parameter, field, prior SD of the log).
SPREADS = (
    ("k_dep_per_d", "patient_sd", 0.4),
    ("k_dep_per_d", "trial_sd", 0.5),
    ("expectation", "patient_sd", 0.5),
    ("expectation", "trial_sd", 0.5),
    ("entry_excess_nrs", "patient_sd", 0.5),
    ("entry_excess_nrs", "trial_sd", 0.5),
)
TRIAL_EFFECTS = ("expectation", "entry_excess_nrs", "k_dep_per_d")
ROUTES = ("pore", "glun2d", "allosteric", "descending")
FORMS = ("monostable", "bistable")
PEOPLE = 128
SEED = 20
STEP = 0.03  # of the standardized parameters, for differences


@dataclass(frozen=True, kw_only=True)
class Structure:
    """A pair of rival forms."""

    form: str = "monostable"
    route: str = "pore"
    responders: str = "continuous"

    @property
    def name(self) -> str:
        return f"{self.form}/{self.route}"


@dataclass(frozen=True, kw_only=True, eq=False)
class Fit:
    """The maximum of the posterior of one structure.

    Attributes:
        x: Standardized: typical values and spreads in prior SDs, then the trial effects.
        covariance: Of ``x``, from the curvature. log_evidence: Laplace's approximation.
        predicted: Of every target, in order; ``residuals`` standardized.
    """

    structure: Structure
    problem: Problem
    x: Array
    covariance: Array
    log_evidence: float
    predicted: Array

    @property
    def residuals(self) -> Array:
        standardized: Array = (self.problem.observed - self.predicted) / self.problem.se
        return standardized


class Problem:
    """The trials with their targets, as residuals of a parameter vector."""

    def __init__(
        self, studies: Sequence[Trial], structure: Structure, beliefs: Beliefs | None = None
    ) -> None:
        self.studies = tuple(studies)
        self.structure = structure
        self.prior = beliefs or prior()
        self.targets: list[tuple[Trial, Target]] = [(s, t) for s in studies for t in s.targets]
        self.observed = np.array([t.observed for _, t in self.targets] + list(_anchors()[0]))
        self.se = np.array([t.se for _, t in self.targets] + list(_anchors()[1]))
        self.n_global = len(FREE) + len(SPREADS)
        self.effects = [(s.name, e) for s in studies for e in TRIAL_EFFECTS]
        self.size = self.n_global + len(self.effects)

    def beliefs(self, x: Array, study: str | None = None) -> Beliefs:
        """Return the beliefs at ``x``; with the effects of one trial put into the typical values."""
        changes: dict[str, dict[str, float]] = {}
        sds: dict[tuple[str, str], float] = {}
        for i, (name, field, log_sd) in enumerate(SPREADS):
            sds[name, field] = getattr(self.prior[name], field) * np.exp(log_sd * x[len(FREE) + i])
        for i, name in enumerate(FREE):
            b = self.prior[name]
            at = b.location + b.uncertainty_sd * x[i]
            if study is not None and name in TRIAL_EFFECTS:
                k = self.n_global + self.effects.index((study, name))
                at += sds[name, "trial_sd"] * x[k]
            changes[name] = {"median": float(from_scale(np.array(at), b.scale))}
        for (name, field), sd in sds.items():
            changes[name][field] = float(sd)
        return self.prior.with_values(changes)

    def predict(self, x: Array, only: str | None = None) -> Array:
        """Return the predicted value of every target; of one trial alone NaN elsewhere."""
        out = np.full(len(self.targets) + len(_anchors()[0]), np.nan)
        row = 0
        for study in self.studies:
            if only in (None, study.name):
                values = _predict(study, self.beliefs(x, study.name), self.structure)
                out[row : row + len(values)] = values
            row += len(study.targets)
        if only is None:
            out[row:] = self._anchored(x)
        return out

    def _anchored(self, x: Array) -> Array:
        return _anchor_predictions(self.beliefs(x))

    def residuals(self, x: Array) -> Array:
        """Return standardized residuals, then the standardized parameters themselves (the prior)."""
        return np.concatenate([(self.predict(x) - self.observed) / self.se, x])

    def jacobian(self, x: Array) -> Array:
        """Return the derivative of the residuals by differences, trial effects trial by trial.

        One-sided: random streams are fixed, so predictions are smooth functions of ``x``, and the
        error of a step of ``STEP`` prior SDs is far below a standard error.
        """
        n_targets = len(self.observed)
        jac = np.zeros((n_targets + self.size, self.size))
        jac[n_targets:] = np.eye(self.size)
        here = self.predict(x)
        for i in range(self.size):
            only = None if i < self.n_global else self.effects[i - self.n_global][0]
            there = x.copy()
            there[i] += STEP if x[i] < 0 else -STEP
            slope = (self.predict(there, only) - here) / (there[i] - x[i]) / self.se
            jac[:n_targets, i] = np.nan_to_num(slope)
        return jac


def _anchors() -> tuple[Array, Array]:
    """Two figures that are not of one trial: placebo against nothing, and no treatment at all."""
    placebo = figure("hrobjartsson_2001.pain_smd")
    nothing = figure("krogsboll_2009.change_no_treatment")
    heat_before, heat_after = (
        figure("goldway_2025.heat_pain_placebo"),
        figure("goldway_2025.heat_pain_ketamine"),
    )
    values, errors = [], []
    for found in (placebo, nothing):
        values.append(NRS_SD * float(found.value or 0.0))
        errors.append(NRS_SD * (float(found.high or 0) - float(found.low or 0)) / (2 * 1.96))
    values.append(float(heat_after.value or 0.0))
    spread = np.hypot(float(heat_after.size or 0.0), float(heat_before.size or 0.0))
    errors.append(float(spread / np.sqrt(28.0)))
    return np.array(values), np.array(errors)


HEAT_CASE = """
format = 1
title = "Heat pain of volunteers under racemic ketamine"
[patient]
age_years = 25
weight_kg = 70
condition = "healthy"
[[infusion]]
drug = "racemic_ketamine"
start = "0 h"
steps = [ { rate = "2.4 mg/kg/h", for = "10 min" }, { rate = "0.4 mg/kg/h", for = "40 min" } ]
"""


def _anchor_predictions(beliefs: Beliefs) -> Array:
    """Return what the beliefs say of the anchors: mean effects over trials, about two weeks in."""
    # typical person of usual pain 6.5; expectation two weeks after a visit, renewed once
    u = -np.log1p(-0.65)
    left = beliefs["expectation"].median * np.exp(-7.0 / beliefs["tau_expectation_d"].median)
    placebo = 10.0 * (1.0 - np.exp(-u * (1.0 - left))) - 6.5
    faded = 1.0 - np.exp(-14.0 / beliefs["fluctuation_tau_d"].median)
    nothing = -beliefs["entry_excess_nrs"].median * faded
    before = float(figure("goldway_2025.heat_pain_placebo").value or 0.0)
    c = _heat_level(beliefs)
    acute = beliefs["acute_emax"].median * c / (c + beliefs["acute_c50_ng_per_ml"].median)
    heat = 10.0 * (1.0 - np.exp(np.log1p(-before / 10.0) * (1.0 - acute)))
    return np.array([placebo, nothing, heat])


_HEAT: dict[str, float] = {}


def _heat_level(beliefs: Beliefs) -> float:
    """Return the typical S-ketamine level at the effect site half an hour into that protocol, ng/mL."""
    if "level" not in _HEAT:
        from subside.case import parse_case

        case = parse_case(HEAT_CASE, origin="heat pain")
        group = gather(case, beliefs, 1, seed=SEED, vary=())
        _HEAT["level"] = 0.5 * float(
            treat(group, own(case), np.array([0.0, 0.5]))["ce_ketamine_ng_per_ml"][0, 1]
        )
    return _HEAT["level"]


def _predict(study: Trial, beliefs: Beliefs, structure: Structure) -> list[float]:
    samples: dict[tuple[str, tuple[float, ...]], tuple[Array, Array]] = {}
    for arm_name, stated in study.arms.items():
        times = sorted({t for target in study.targets if arm_name in target.arms for t in target.times_h})
        pain, before = simulate_arm(study, arm_name, stated, np.array(times), beliefs, structure)
        for target in study.targets:
            if arm_name in target.arms:
                columns = [times.index(t) for t in target.times_h]
                samples[arm_name, target.times_h] = pain[:, columns], before
    values = []
    for target in study.targets:
        parts = [
            target.statistic(*samples[arm, target.times_h], np.array(target.times_h)) for arm in target.arms
        ]
        values.append(parts[0] - parts[1] if len(parts) == 2 else parts[0])
    return values


def simulate_arm(
    study: Trial,
    arm_name: str,
    stated: float,
    times: Array,
    beliefs: Beliefs,
    structure: Structure,
    *,
    people: int = PEOPLE,
    seed: int = SEED,
) -> tuple[Array, Array]:
    """Return pain at rest (person, time) and pain stated before (person,) of one arm of a trial."""
    case = protocol_case(study.protocol)
    case = case.model_copy(
        update={
            "patient": case.patient.model_copy(update={"nrs_pain": stated, "nrs_pain_movement": None}),
            "options": {
                **case.options, "sensitization": structure.form, "low_dose_route": structure.route,
                "responders": structure.responders,
            },
        }
    )  # fmt: skip
    arm: Arm = own(case) if arm_name == "case" else named(arm_name, case)
    group = gather(case, beliefs, people, seed=seed, alike=True, vary=("patient",))
    pain = treat(group, arm, times)["nrs_pain"].astype(np.float64)
    return pain, group.stated_pain


def fit(structure: Structure, studies: Sequence[Trial] | None = None, start: Array | None = None,
        beliefs: Beliefs | None = None, fixed: dict[int, float] | None = None) -> Fit:  # fmt: skip
    """Return the fit of one structure; ``fixed`` holds standardized parameters in place (profiles)."""
    from scipy.optimize import least_squares

    problem = Problem(studies or trials(), structure, beliefs)
    free = np.array([i for i in range(problem.size) if i not in (fixed or {})])
    base = np.zeros(problem.size) if start is None else start.copy()
    for i, value in (fixed or {}).items():
        base[i] = value

    def whole(part: Array) -> Array:
        x = base.copy()
        x[free] = part
        return x

    solved = least_squares(
        lambda part: problem.residuals(whole(part)), base[free],
        jac=lambda part: problem.jacobian(whole(part))[:, free],
        method="trf", xtol=2e-3, ftol=2e-3, gtol=1e-3, bounds=(-4.0, 4.0),
        max_nfev=12 if start is None else 5,
    )  # fmt: skip
    x = whole(solved.x)
    jac = problem.jacobian(x)[:, free]
    information = jac.T @ jac
    covariance = np.zeros((problem.size, problem.size))
    covariance[np.ix_(free, free)] = np.linalg.inv(information)
    misfit = float(np.sum(problem.residuals(x) ** 2))
    sign, log_det = np.linalg.slogdet(information)
    assert sign > 0
    return Fit(
        structure=structure,
        problem=problem,
        x=x,
        covariance=covariance,
        log_evidence=-0.5 * misfit - 0.5 * float(log_det),
        predicted=problem.predict(x),
    )


def weights(fits: Sequence[Fit]) -> Array:
    """Return the posterior weight of each structure: its evidence times what was believed before."""
    believed = prior().hypotheses
    log_evidence = np.array(
        [
            f.log_evidence
            + np.log(believed["sensitization"].weights[f.structure.form])
            + np.log(believed["low_dose_route"].weights[f.structure.route])
            for f in fits
        ]
    )
    w = np.exp(log_evidence - log_evidence.max())
    normalized: Array = w / w.sum()
    return normalized


def write(fits: Sequence[Fit], path: Path) -> None:
    """Write the parameter file: posterior typical values, spreads, joint covariance, weights of forms."""
    w = weights(fits)
    n = fits[0].problem.n_global
    mean = sum(wi * f.x[:n] for wi, f in zip(w, fits, strict=True))
    cov = sum(
        wi * (f.covariance[:n, :n] + np.outer(f.x[:n] - mean, f.x[:n] - mean))
        for wi, f in zip(w, fits, strict=True)
    )
    problem = fits[0].problem
    lines = [
        "# Written by `python -m subside.validation.fit`; do not edit by hand.",
        "# Posterior of the course of pain: Laplace approximation about the maximum of each pair of rival",
        "# forms, mixed by their evidence. Names, scales and notes as in priors/chronic_pain.toml.",
        "",
    ]
    x = np.concatenate([mean, np.zeros(problem.size - n)])
    beliefs = problem.beliefs(x)
    for i, name in enumerate(FREE):
        b = beliefs[name]
        sd = b.uncertainty_sd * float(np.sqrt(cov[i, i]))
        lines += [f"[parameters.{name}]", f"median = {b.median:.6g}", f"uncertainty_sd = {sd:.4g}"]
        lines += [f"{field} = {getattr(b, field):.4g}" for spread, field, _ in SPREADS if spread == name]
        lines += ['basis = "computed"', ""]
    scale = np.array([problem.prior[name].uncertainty_sd for name in FREE])
    joint = cov[: len(FREE), : len(FREE)] * np.outer(scale, scale)
    lines += ["[joint]", f"names = {json.dumps(list(FREE))}", "covariance = ["]
    lines += [f"  [{', '.join(f'{v:.6g}' for v in row)}]," for row in joint]
    lines += ["]", "", "[hypotheses]"]
    for key, attribute, options in (
        ("sensitization", "form", FORMS), ("low_dose_route", "route", ROUTES),
    ):  # fmt: skip
        shares = dict.fromkeys(options, 0.0)
        for share, f in zip(w, fits, strict=True):
            shares[getattr(f.structure, attribute)] += float(share)
        lines.append(f"{key} = {{ {', '.join(f'{k} = {v:.4f}' for k, v in shares.items())} }}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def tell(found: Fit) -> str:
    """Return a fit in words: typical values with intervals, targets with residuals."""
    problem, lines = found.problem, [f"{found.structure.name}: log evidence {found.log_evidence:.2f}"]
    beliefs = problem.beliefs(found.x)
    for i, name in enumerate(FREE):
        b = problem.prior[name]
        sd = float(np.sqrt(found.covariance[i, i]))
        low, high = (
            float(from_scale(np.array(b.location + b.uncertainty_sd * (found.x[i] + k * sd)), b.scale))
            for k in (-1.645, 1.645)
        )
        shrink = 1.0 - sd**2
        lines.append(
            f"  {name:22s} {beliefs[name].median:8.3f} ({low:.3f} to {high:.3f}); "
            f"data took {100 * shrink:.0f} % of the prior variance"
        )
    for i, (name, field, log_sd) in enumerate(SPREADS):
        k = len(FREE) + i
        sd = float(np.sqrt(found.covariance[k, k]))
        typical = getattr(problem.prior[name], field)
        low, high = (typical * np.exp(log_sd * (found.x[k] + s * sd)) for s in (-1.645, 1.645))
        lines.append(
            f"  {name}.{field:10s} {typical * np.exp(log_sd * found.x[k]):8.3f} ({low:.3f} to {high:.3f})"
        )
    labels = [f"{s.name}: {t.what}" for s, t in problem.targets]
    labels += [
        "placebo against nothing, points",
        "change without treatment, points",
        "heat pain under ketamine",
    ]
    for label, obs, se, pred in zip(labels, problem.observed, problem.se, found.predicted, strict=True):
        lines.append(f"  {label:70s} {obs:7.2f} ({se:.2f})  model {pred:7.2f}  z {(pred - obs) / se:+.2f}")
    return "\n".join(lines)


def output_path() -> Path:
    """Return where the parameter file belongs in a clone."""
    import subside.evidence

    return Path(subside.evidence.__file__).parent / "fitted" / "chronic_pain.toml"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the fit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="the typical structure alone, nothing written")
    parser.add_argument("--out", type=Path, default=output_path())
    options = parser.parse_args(arguments)
    if options.quick:
        print(tell(fit(Structure())))
        return 0
    fits: list[Fit] = []
    for form in FORMS:
        for route in ROUTES:
            start = fits[-1].x if fits else None
            fits.append(fit(Structure(form=form, route=route), start=start))
            print(tell(fits[-1]), flush=True)
    for f, share in zip(fits, weights(fits), strict=True):
        print(f"{f.structure.name:28s} weight {share:.3f}")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    write(fits, options.out)
    print(f"wrote {options.out}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
