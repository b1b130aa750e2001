"""How much a study is expected to tell about an open question: mutual information of hypothesis and report.

Under each rival form the study is run in many clinics, each a draw of all else that is not known. What a
clinic reports is normal about its own mean, so the density of a report under a form is the mean of those
normals over clinics, and the information is the mean log of that density over the density whatever the form.
A clinic's own mean is left out of the densities its report is held against: an estimate otherwise too high.

Sources: Lindley 1956, Ann Math Stat 27:986; Ryan 2003, J Comput Graph Stat 12:585 (nested Monte Carlo).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subside.engine.population.beliefs import Beliefs, fitted
from subside.errors import unknown_name
from subside.research.assemble import chosen_forms
from subside.research.outcomes import Outcomes, roots, simulate_study
from subside.research.study import Studies, Study

Array = NDArray[np.float64]
QUESTIONS = ("sensitization", "low_dose_route", "r_ketamine")
REPLICATES = 100
PEOPLE = 32  # who stand for all in a clinic
REPORTS = 4  # of each clinic: sampling errors drawn anew
SCREENED = 3  # clinics in which forms are tried; where none of them matters no more are run
MOVES = 1e-6  # of the endpoint's unit: samples are stored in single precision
MOST_DIRECTIONS = 2  # in which forms are told apart; densities in more need far more clinics


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a study is expected to tell about one question.

    Attributes:
        question: Hypothesis. entropy: What is not known of it now, in bits.
        bits: Expected information, with its Monte Carlo standard error; may lie a little below 0.
        truth: Expected probability of the true form after the study; ``before``: the same before it.
    """

    question: str
    entropy: float
    bits: float
    error: float
    truth: float
    before: float

    @property
    def share(self) -> float:
        """Share of what is not known that the study is expected to settle, 0 to 1."""
        return min(max(self.bits / self.entropy, 0.0), 1.0) if self.entropy > 0 else 0.0


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A study with what it is expected to tell about each question."""

    study: Study
    told: tuple[Told, ...]

    @property
    def bits(self) -> float:
        """Sum over the questions: the information on all of them together, were they independent."""
        return sum(one.bits for one in self.told)

    @property
    def error(self) -> float:
        """Its standard error."""
        return math.sqrt(sum(one.error**2 for one in self.told))

    @property
    def per_100(self) -> float:
        """Bits for every hundred people."""
        return 100.0 * self.bits / self.study.n


def rank_studies(
    studies: Studies,
    *,
    questions: Sequence[str] = QUESTIONS,
    replicates: int = REPLICATES,
    seed: int = 1,
    beliefs: Beliefs | None = None,
    people: int = PEOPLE,
    progress: Callable[[float], None] | None = None,
) -> tuple[Ranked, ...]:
    """Return studies by what they are expected to tell, most first.

    Args:
        studies: Candidates.
        questions: Hypotheses of the model. Nothing is told of one that a study's case fixes by name, or
            that has one form with any weight.
        replicates: Clinics under each form.
        seed: Of the streams, the same for every study and form.
        beliefs: What is believed now; the fitted ones if not given.
        people: Who stand for all in each clinic.
        progress: Told the share done, from 0 to 1.

    Raises:
        UnknownNameError: If a question is no hypothesis of the model.
    """
    beliefs = beliefs or fitted()
    for question in questions:
        if question not in beliefs.hypotheses:
            raise unknown_name("hypothesis", question, beliefs.hypotheses)
    work = len(studies.studies) * len(questions)
    ranked = []
    for i, study in enumerate(studies.studies):
        told = []
        for j, question in enumerate(questions):
            told.append(
                expected(study, question, beliefs, replicates=replicates, seed=seed, people=people)
            )
            if progress:
                progress((i * len(questions) + j + 1) / work)
        ranked.append(Ranked(study=study, told=tuple(told)))
    return tuple(sorted(ranked, key=lambda one: (-round(one.bits, 6), one.study.n)))


def expected(
    study: Study, question: str, beliefs: Beliefs, *, replicates: int, seed: int, people: int = PEOPLE
) -> Told:
    """Return what a study is expected to tell about one question."""
    weights = {form: w for form, w in beliefs.hypotheses[question].weights.items() if w > 0}
    if len(weights) < 2 or question in chosen_forms(study.case, beliefs):
        return Told(question=question, entropy=0.0, bits=0.0, error=0.0, truth=1.0, before=1.0)

    def run(clinics: int) -> dict[str, Outcomes]:
        return {
            form: simulate_study(
                study, beliefs, replicates=clinics, seed=seed, forms={question: form}, people=people
            )
            for form in weights
        }

    first, *others = run(SCREENED).values()
    if all(np.allclose(first.means, one.means, atol=MOVES) for one in others):
        # The same clinics report the same under every form, such as R-ketamine where none is given.
        entropy, before = _before(weights)
        return Told(question=question, entropy=entropy, bits=0.0, error=0.0, truth=before, before=before)
    return information(question, weights, run(replicates), seed=seed)


def information(
    question: str, weights: Mapping[str, float], runs: Mapping[str, Outcomes], *, seed: int
) -> Told:
    """Return the mutual information between the form and a report, in bits.

    Args:
        question: Name.
        weights: Of the forms before the study.
        runs: Under each form, the same number of replicates of one study.
        seed: Of the sampling errors.
    """
    forms = list(weights)
    w = np.array([weights[form] for form in forms])
    w = w / w.sum()
    means = np.stack([runs[form].means for form in forms])  # (form, clinic, label)
    errors = np.stack([runs[form].errors for form in forms])
    means, errors = told_apart(means, errors, w)
    n_forms, clinics, n = means.shape
    lower = roots(errors.reshape(-1, n, n)).reshape(n_forms, clinics, n, n)
    inverse = np.linalg.inv(lower)
    log_det = np.sum(np.log(np.abs(np.diagonal(lower, axis1=2, axis2=3))), axis=2)
    z = np.random.default_rng(seed).standard_normal((REPORTS, clinics, n))
    gains = np.zeros((n_forms, clinics))
    truths = np.zeros((n_forms, clinics))
    for k in range(n_forms):
        for r in range(REPORTS):
            y = means[k] + np.einsum("cij,cj->ci", lower[k], z[r])
            log_p = np.stack([_log_density(y, means[j], inverse[j], log_det[j]) for j in range(n_forms)])
            mixed = _log_sum(log_p + np.log(w)[:, None])
            gains[k] += (log_p[k] - mixed) / REPORTS
            truths[k] += np.exp(log_p[k] + np.log(w[k]) - mixed) / REPORTS
    by_clinic = (w @ gains) / math.log(2.0)
    entropy, before = _before(weights)
    return Told(
        question=question,
        entropy=entropy,
        bits=float(by_clinic.mean()),
        error=float(by_clinic.std(ddof=1) / math.sqrt(clinics)),
        truth=float((w @ truths).mean()),
        before=before,
    )


def _before(weights: Mapping[str, float]) -> tuple[float, float]:
    """Return what is not known, in bits, and the expected probability of the true form, before any study."""
    w = np.array(list(weights.values()))
    w = w / w.sum()
    return float(-np.sum(w * np.log2(w))), float(np.sum(w**2))


def told_apart(means: Array, errors: Array, w: Array) -> tuple[Array, Array]:
    """Return reports in the few directions that tell forms apart best (Fisher's discriminants).

    What is left out can only lose information: the result is a lower bound. Fewer labels than directions
    are left as they are, but for scale.

    Args:
        means: Shape ``(form, clinic, label)``; errors: with one more label axis. w: weights of the forms.
    """
    n_forms, _, labels = means.shape
    within = sum(
        w[k] * (np.cov(means[k].T, bias=True).reshape(labels, labels) + errors[k].mean(axis=0))
        for k in range(n_forms)
    )
    scale = np.linalg.inv(np.linalg.cholesky(within + 1e-12 * np.trace(within) * np.eye(labels)))
    centers = means.mean(axis=1) @ scale.T
    centers = np.sqrt(w)[:, None] * (centers - w @ centers)
    _, _, directions = np.linalg.svd(centers, full_matrices=False)
    kept = directions[: min(MOST_DIRECTIONS, n_forms - 1, labels)] @ scale
    return means @ kept.T, np.einsum("ai,kcij,bj->kcab", kept, errors, kept)


def _log_density(y: Array, means: Array, inverse: Array, log_det: Array) -> Array:
    """Return the log density of each clinic's report under the mixture of all other clinics."""
    clinics, n = means.shape
    away = np.einsum("rij,crj->cri", inverse, y[:, None, :] - means[None, :, :])
    log_p = -0.5 * np.sum(away * away, axis=2) - log_det[None, :] - 0.5 * n * math.log(2.0 * math.pi)
    np.fill_diagonal(log_p, -np.inf)
    return _log_sum(log_p.T) - math.log(clinics - 1)


def _log_sum(values: Array) -> Array:
    """Return the log of the sum of exponentials over the first axis."""
    top = values.max(axis=0)
    found: Array = top + np.log(np.sum(np.exp(values - top), axis=0))
    return found
