"""Who is assessed, excluded, declines, is randomized, and to which arm; for every repetition of a trial.

Person k of repetition r has a number of their own: the same person is assessed whatever the size of
the trial, its arms or its number of repetitions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subside.engine.kernel.random import uniforms
from subside.engine.population.virtual import Population, excluded
from subside.errors import ParameterError
from subside.trial.checks import STRATUM
from subside.trial.plan import TrialPlan
from subside.trial.recruits import Source, drawn, limits

__all__ = ["PER_TRIAL", "Enrolled", "allocated", "enroll"]

PER_TRIAL = 1_000_000  # numbers of one repetition: persons r * PER_TRIAL to (r + 1) * PER_TRIAL - 1
LEAST_ADMITTED = 0.002

Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Enrolled:
    """Who takes part, repetition by repetition; rows of ``people`` are repetition-major.

    Attributes:
        people: All randomized. Length ``repetition * person``.
        arm: Place of the arm (in a crossover: of the first period's). Shape ``(repetition, person)``.
        stratum: Shape ``(repetition, person)``.
        assessed: How many were looked at. Shape ``(repetition,)``.
        reasons: By limit, how many it kept out. Shape ``(repetition,)`` each.
        declined: Shape ``(repetition,)``.
    """

    people: Population
    arm: Ints
    stratum: Ints
    assessed: Ints
    reasons: Mapping[str, Ints]
    declined: Ints


def enroll(
    plan: TrialPlan, source: Source, *, seed: int, repetitions: int, size: int, planned: int | None = None
) -> Enrolled:
    """Return who takes part in each of so many repetitions of so many people.

    Args:
        plan, source: The trial and the population it recruits from.
        seed: Keys every stream, with the study's name.
        repetitions, size: How many trials of how many people.
        planned: Count those assessed for so many people alone; ``size`` if not given.

    Raises:
        ParameterError: If fewer than one in 500 of those assessed would take part.
    """
    first, block = 0, max(16, int(1.3 * size))
    told = [np.zeros((repetitions, 0), dtype="<U20")]
    while True:
        k = np.arange(first, first + block)
        numbers = (np.arange(repetitions)[:, None] * PER_TRIAL + k[None, :]).ravel()
        looked = drawn(source, numbers, seed=seed)
        reason = limits(source, looked)
        own = excluded(looked, plan.inclusion)
        reason = np.where(reason == "", own, reason)
        says = uniforms(f"{seed}/{plan.key}/trial", numbers, "declines", 1)[:, 0]
        reason[(reason == "") & (says < plan.design.declined)] = "declined"
        told.append(reason.reshape(repetitions, block))
        first += block
        reasons = np.concatenate(told, axis=1)
        have = (reasons == "").sum(axis=1)
        if np.all(have >= size):
            break
        if first >= 2000 and have.min() < LEAST_ADMITTED * first:
            raise ParameterError(
                f"inclusion of '{plan.title}' must let in at least {LEAST_ADMITTED:.1%} of those assessed; got "
                f"{have.min()} of {first}. Widen the limits, or recruit from people nearer to them."
            )
        block = first  # twice as many
    order = np.cumsum(reasons == "", axis=1)
    assessed = np.argmax(order == (planned or size), axis=1) + 1
    looked_at = np.arange(reasons.shape[1])[None, :] < assessed[:, None]
    rows = np.stack([np.flatnonzero(r == "")[:size] for r in reasons])
    numbers = (np.arange(repetitions)[:, None] * PER_TRIAL + rows).ravel()
    people = drawn(source, numbers, seed=seed)
    names = [str(name) for name in np.unique(reasons[looked_at]) if name not in ("", "declined")]
    stratum = _strata(plan, people).reshape(repetitions, size)
    return Enrolled(
        people=people,
        arm=allocated(plan, stratum, study=f"{seed}/{plan.key}/trial"),
        stratum=stratum,
        assessed=assessed.astype(np.int64),
        reasons={name: ((reasons == name) & looked_at).sum(axis=1) for name in names},
        declined=((reasons == "declined") & looked_at).sum(axis=1),
    )


def allocated(plan: TrialPlan, stratum: Ints, *, study: str) -> Ints:
    """Return the arm of each person by permuted blocks within strata. Shape ``(repetition, person)``.

    Without a block size, blocks are twice the sum of the ratios.
    """
    repetitions = len(stratum)
    template = np.repeat(np.arange(len(plan.arms)), [arm.ratio for arm in plan.arms])
    block = plan.design.block or 2 * len(template)
    slots = np.tile(template, block // len(template))
    arm = np.empty_like(stratum)
    for s in np.unique(stratum):
        inside = stratum == s
        place = np.cumsum(inside, axis=1) - 1
        count = -(-int(inside.sum(axis=1).max()) // block)
        u = uniforms(study, np.arange(repetitions), f"allocation {s}", count * block)
        order = np.argsort(u.reshape(repetitions, count, block), axis=2)
        lists = slots[order].reshape(repetitions, count * block)
        arm[inside] = np.take_along_axis(lists, np.maximum(place, 0), axis=1)[inside]
    return arm


def _strata(plan: TrialPlan, people: Population) -> Ints:
    """Return the stratum of each person, numbered. Shape ``(person,)``."""
    code = np.zeros(len(people), dtype=np.int64)
    for text in plan.design.strata:
        match = STRATUM.fullmatch(text)
        assert match is not None
        if match[2]:
            level = (people.columns[match[2]] >= float(match[3])).astype(np.int64)
        else:
            level = np.unique(people.words[match[1]], return_inverse=True)[1].astype(np.int64)
        code = code * (int(level.max(initial=0)) + 1) + level
    return code
