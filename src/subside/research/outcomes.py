"""What a study would report: its means and contrasts, drawn anew for each clinic that could run it.

Parameters, trial effects and rival forms are drawn once a replicate; the same people, described alike, stand
in every replicate and arm, so that replicates differ by what is not known and not by who happened to come.
That chance is added after: the sampling error of each reported number follows from the spread between people
and the number of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subside.case import Case
from subside.course.summary import responded
from subside.engine.group import Group, treat
from subside.engine.kernel.random import normals
from subside.engine.population.beliefs import Beliefs
from subside.engine.population.draws import draw
from subside.errors import unknown_name
from subside.research.assemble import assemble, assembled_group, chosen_forms
from subside.research.endpoint import RESPONSES
from subside.research.study import Study
from subside.units import show_duration

Array = NDArray[np.float64]
PEOPLE = 48
ROWS_AT_ONCE = 6144  # people solved together, so that memory stays flat


@dataclass(frozen=True, kw_only=True)
class Label:
    """One reported number: which arm (minus which), what, when; ``figure`` is where the result will stand."""

    arm: str
    control: str
    endpoint: str
    time_h: float
    figure: str = ""

    @property
    def words(self) -> str:
        """In words: ``nrs_pain at 4 wk, esketamine - placebo``."""
        versus = f" - {self.control}" if self.control else ""
        return f"{self.endpoint} at {show_duration(self.time_h)}, {self.arm}{versus}"


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcomes:
    """What replicates of a study would report.

    Attributes:
        labels: Of the reported numbers.
        means: What each replicate would report of endless people. Shape ``(replicate, label)``.
        errors: Covariance of the sampling error. Shape ``(replicate, label, label)``.
        choices: By hypothesis, the form of each replicate.
    """

    labels: tuple[Label, ...]
    means: Array
    errors: Array
    choices: Mapping[str, NDArray[np.str_]]

    def reported(self, seed: int) -> Array:
        """Return one report a replicate, sampling error included. Shape ``(replicate, label)``."""
        z = np.random.default_rng(seed).standard_normal(self.means.shape)
        shaken: Array = self.means + np.einsum("rij,rj->ri", roots(self.errors), z)
        return shaken


def simulate_study(
    study: Study,
    beliefs: Beliefs,
    *,
    replicates: int,
    seed: int,
    forms: Mapping[str, str] | None = None,
    people: int = PEOPLE,
    told: Callable[[int], None] | None = None,
) -> Outcomes:
    """Return what a study would report in each replicate.

    Args:
        study: Design.
        beliefs: What is believed before it.
        replicates: Clinics.
        seed: Of the streams. The same seed gives the same clinics and people whatever the forms and arms.
        forms: Hypotheses fixed by name; others are drawn by their weights, or fixed by the case.
        people: Who stand for all.
        told: Told the number of people done.
    """
    chosen = {**chosen_forms(study.case, beliefs), **(forms or {})}
    clinics = draw(beliefs, replicates, seed=seed, vary=("parameter", "trial", "structure"), chosen=chosen)
    shifts = clinic_shifts(beliefs, replicates, seed)
    step = max(1, ROWS_AT_ONCE // people)
    parts = []
    for first in range(0, replicates, step):
        rows = np.arange(first, min(first + step, replicates))
        group = crowd(study.case, beliefs, clinics.choices, shifts, rows, people, seed)
        parts.append(_report(study, group, len(rows), people))
        if told:
            told(len(rows) * people * len(study.arms))
    return Outcomes(
        labels=labels_of(study),
        means=np.concatenate([m for m, _ in parts]),
        errors=np.concatenate([e for _, e in parts]),
        choices=clinics.choices,
    )


def labels_of(study: Study) -> tuple[Label, ...]:
    """Return the numbers that a study reports: of each arm the contrast with the control, or the mean alone."""
    arms = [arm.name for arm in study.arms if arm.name != study.control]
    return tuple(
        Label(
            arm=arm, control=study.control, endpoint=endpoint.name, time_h=time,
            figure=endpoint.figures[place] if endpoint.figures and len(arms) == 1 else "",
        )
        for arm in arms
        for endpoint in study.endpoints
        for place, time in enumerate(endpoint.times_h)
    )  # fmt: skip


def clinic_shifts(beliefs: Beliefs, n: int, seed: int) -> dict[str, Array]:
    """Return the shift of every typical value in each clinic: what is not known, and how clinics differ.

    The streams are those of ``population.draws``: a clinic here is the clinic there.
    """
    who = np.arange(n)
    shifts: dict[str, Array] = {}
    if beliefs.joint:
        z = normals(f"{seed}/parameter/first", who, "joint", len(beliefs.joint))
        shifted = z @ beliefs.joint_cholesky.T
        shifts = {name: shifted[:, i] for i, name in enumerate(beliefs.joint)}
    for name, b in beliefs.parameters.items():
        at = shifts.get(name, np.zeros(n))
        if b.uncertainty_sd and name not in beliefs.joint:
            at = at + b.uncertainty_sd * normals(f"{seed}/parameter/first", who, name, 1)[:, 0]
        if b.trial_sd:
            at = at + b.trial_sd * normals(f"{seed}/trial/first", who, name, 1)[:, 0]
        shifts[name] = at
    return shifts


def crowd(
    case: Case,
    beliefs: Beliefs,
    choices: Mapping[str, NDArray[np.str_]],
    shifts: Mapping[str, Array],
    rows: NDArray[np.int64],
    people: int,
    seed: int,
) -> Group:
    """Return the same people in each of these clinics, clinic by clinic.

    Args:
        case: Its patient, described alike, stands for all.
        beliefs: Typical values and spreads.
        choices: By hypothesis, the form of each clinic. shifts: by parameter, its shift (``clinic_shifts``).
        rows: Which clinics.
        people: How many in each.
        seed: Of the people's streams.
    """
    numbers = np.arange(people)
    own = {
        name: b.patient_sd * normals(f"{seed}/patient/first", numbers, name, 1)[:, 0]
        for name, b in beliefs.parameters.items()
        if b.patient_sd
    }
    clinic = np.repeat(rows, people)
    person = np.tile(numbers, len(rows))
    shift = {name: values[clinic] for name, values in shifts.items()}
    for name, values in own.items():
        shift[name] = shift.get(name, np.zeros(len(clinic))) + values[person]
    draws = assemble(beliefs, shift, {name: forms[clinic] for name, forms in choices.items()}, person)
    return assembled_group(case, beliefs, draws, seed=seed, alike=True, drawn=True)


def _report(study: Study, group: Group, clinics: int, people: int) -> tuple[Array, Array]:
    """Return means, shape ``(clinic, label)``, and covariances of their sampling errors."""
    times = np.array(study.times_h)
    means, errors = {}, {}
    for arm in study.arms:
        samples = treat(group, arm.arm, times)
        columns = []
        for endpoint in study.endpoints:
            at = [study.times_h.index(t) for t in endpoint.times_h]
            if endpoint.name in RESPONSES:
                hit = responded(
                    samples["nrs_pain"][:, at], baseline=group.stated_pain, fraction=RESPONSES[endpoint.name]
                )
                columns.append(hit.astype(np.float64))
            elif endpoint.name in samples:
                columns.append(samples[endpoint.name][:, at].astype(np.float64))
            else:
                raise unknown_name("endpoint of this study's people", endpoint.name, samples)
        values = np.concatenate(columns, axis=1).reshape(clinics, people, -1)
        means[arm.name] = values.mean(axis=1)
        centered = values - values.mean(axis=1, keepdims=True)
        errors[arm.name] = np.einsum("cpi,cpj->cij", centered, centered) / ((people - 1) * arm.n)
    others = [arm.name for arm in study.arms if arm.name != study.control]
    width = next(iter(means.values())).shape[1]
    mean = np.concatenate([means[a] - (means[study.control] if study.control else 0.0) for a in others], axis=1)
    error = np.zeros((clinics, mean.shape[1], mean.shape[1]))
    for i, name in enumerate(others):
        for j, _ in enumerate(others):
            block = errors[study.control] if study.control else np.zeros((clinics, width, width))
            if i == j:
                block = block + errors[name]
            error[:, i * width : (i + 1) * width, j * width : (j + 1) * width] = block
    return mean, error


def roots(errors: Array) -> Array:
    """Return lower triangles whose product gives the covariances; no error at all gives zero."""
    n = errors.shape[1]
    scale = np.maximum(np.trace(errors, axis1=1, axis2=2) / n, 1e-12)
    # A share of 0 or 1 in everyone has no spread: a millionth keeps the factor defined.
    found: Array = np.linalg.cholesky(errors + 1e-6 * scale[:, None, None] * np.eye(n))
    return found
