"""Who leaves between visits, and who misses one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from subside.engine.kernel.random import uniforms
from subside.trial.plan import MissingPlan

__all__ = ["observed"]

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]


def observed(
    plan: MissingPlan, pain: Array, start: Array, *, people: NDArray[np.int64], study: str
) -> tuple[Bools, NDArray[np.int64]]:
    """Return which visits are observed, and after how many visits each person left.

    Args:
        plan: Chances.
        pain: Pain at the visits, observed or not. Shape ``(person, visit)``.
        start: Pain before treatment. Shape ``(person,)``.
        people: Numbers of the people, by which their streams are keyed.
        study: Of the streams.

    Returns:
        Observed, shape ``(person, visit)``; visits before leaving, shape ``(person,)``, the number of
        visits for those who stayed.
    """
    n, count = pain.shape
    leaves = uniforms(study, people, "leaves", count)
    misses = uniforms(study, people, "misses", count)
    seen = misses >= plan.visits
    stays = np.full(n, count, dtype=np.int64)
    if plan.drop_out > 0.0:
        log_odds = np.log(plan.drop_out / (1.0 - plan.drop_out))
        last = start.copy()  # the last rating that anyone has seen
        there = np.ones(n, dtype=bool)
        for v in range(count):
            chance = 1.0 / (1.0 + np.exp(-(log_odds + plan.per_point * (last - start))))
            goes = there & (leaves[:, v] < chance)
            stays[goes] = v
            there &= ~goes
            last = np.where(there & seen[:, v], pain[:, v], last)
    return seen & (np.arange(count)[None, :] < stays[:, None]), stays
