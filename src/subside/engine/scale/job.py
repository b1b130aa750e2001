"""A large run cut into pieces by patient number, and what one piece counts."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from subside import __version__
from subside.case import Case
from subside.course.comparison import REFERENCES, difference_label
from subside.course.summary import finite_rows, in_moderate_pain, responded
from subside.engine.arms import Arm
from subside.engine.group import Group, Samples, gather, left_out, plan_of, treat
from subside.engine.kernel.jit import engine_hash
from subside.engine.population.beliefs import Beliefs, fitted
from subside.engine.population.draws import PARTS
from subside.engine.scale.binning import Bins, bins, can_differ
from subside.engine.scale.sizes import n_quantities
from subside.engine.scale.tally import Tally
from subside.errors import ComputationError

PEAK = "cp_ketamine_ng_per_ml"
SHARES = (("p_response_30", 0.3), ("p_response_50", 0.5))
MOST_AT_ONCE = 4096
VALUES_AT_ONCE = 12_000_000  # values of all quantities: see ``sizes.BLOCK_BYTES``
PATIENTS_A_TASK = 16_384

Tallies = dict[str, Tally]


class Keeper(Protocol):
    """Whoever wants the full curves of each block."""

    def keep(self, first: int, samples: Samples) -> None:
        """Take the samples of the patients from number ``first`` on."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Job:
    """What is asked of every patient. It travels to other processes.

    Attributes:
        case: The case.
        arms: The arms, the case's own first.
        n_patients: How many.
        seed: Keys every random stream.
        times_h: Output times in h, rising.
        beliefs: What is believed of parameters; None for the fitted ones that ship.
        code: Hash of the engine that asks; a worker with another engine refuses.
        device: ``cpu`` or ``gpu``.
    """

    case: Case
    arms: tuple[Arm, ...]
    n_patients: int
    seed: int
    times_h: NDArray[np.float64]
    beliefs: Beliefs | None
    code: str
    device: str = "cpu"

    @property
    def block(self) -> int:
        """How many patients are in memory at once in each worker: a power of two."""
        values = n_quantities() * len(self.times_h)
        fit = max(64, min(MOST_AT_ONCE, VALUES_AT_ONCE // values))
        return 1 << (fit.bit_length() - 1)

    def tasks(self) -> list[tuple[int, int]]:
        """Return (first, last + 1) of each piece that is handed to a worker."""
        size = max(PATIENTS_A_TASK, self.block)
        return [(at, min(at + size, self.n_patients)) for at in range(0, self.n_patients, size)]

    def blocks(self, first: int = 0, last: int | None = None) -> Iterator[tuple[int, int]]:
        """Yield (first, last + 1) of each block from ``first`` to ``last``; a task holds whole blocks."""
        end = self.n_patients if last is None else last
        for at in range(first, end, self.block):
            yield at, min(at + self.block, end)

    def people(self, first: int, n: int) -> Group:
        """Return ``n`` people of the run from number ``first`` on."""
        return gather(
            self.case, self.beliefs or fitted(), n, seed=self.seed, alike=True, vary=PARTS, first=first
        )

    def names(self) -> tuple[str, ...]:
        """Return the quantities that the case's own arm has, in their order."""
        found = treat(self.people(0, 1), self.arms[0], self.times_h[:1], threads=1)
        return tuple(name for name in found if name not in left_out(self.arms[0].case))

    def plans(self) -> list[object]:
        """Return the plan of each arm, the same for all blocks."""
        return [plan_of(arm, self.times_h) for arm in self.arms]


@functools.cache
def engine_code() -> str:
    """Return what must be equal for two processes to give the same answer."""
    return f"{__version__} {engine_hash()}"


def check_code(job: Job) -> None:
    """Refuse to work for a job of another version.

    Raises:
        ComputationError: If the engine here is not the one that asks.
    """
    if job.code != engine_code():
        raise ComputationError(
            f"a worker must run the same Subside as the one that asks ({job.code}); this worker runs "
            f"{engine_code()}. Install the same version on every machine and restart the workers."
        )


def count_block(
    job: Job,
    plans: list[object],
    first: int,
    last: int,
    into: Tallies,
    keeper: Keeper | None = None,
    turn: AbstractContextManager[object] | None = None,
) -> None:
    """Simulate the patients from ``first`` to ``last - 1`` in every arm and count them.

    Tallies are kept by arm, by difference (``case - placebo``) and, as ``peak of ARM``, of everyone's highest
    level. ``turn`` is held while ``into`` is changed, where several threads count into one.
    """
    turn = turn or nullcontext()
    group = job.people(first, last - first)
    by_arm: dict[str, Samples] = {}
    good: dict[str, NDArray[np.bool_]] = {}
    for arm, plan in zip(job.arms, plans, strict=True):
        samples = treat(group, arm, job.times_h, threads=1, plan=plan, device=job.device)  # type: ignore[arg-type]
        good[arm.name] = np.logical_and.reduce([finite_rows(rows) for rows in samples.values()])
        gone = left_out(arm.case)
        hits = _hits(arm, samples, group.stated_pain)
        samples = {name: rows for name, rows in samples.items() if name not in gone}
        peak = {PEAK: samples[PEAK].max(axis=1, keepdims=True)}
        with turn:
            _tally(into, arm.name).add(samples, good[arm.name], layout(tuple(samples)), hits)
            _tally(into, f"peak of {arm.name}").add(peak, good[arm.name], layout((PEAK,)))
        if keeper is not None and arm is job.arms[0]:
            keeper.keep(first, samples)
        if len(job.arms) > 1:
            by_arm[arm.name] = samples
    for one, other in pairs(tuple(by_arm)):
        both = good[one] & good[other]
        names = tuple(name for name in by_arm[one] if name in by_arm[other] and can_differ(name))
        gaps = {name: by_arm[one][name] - by_arm[other][name] for name in names}
        with turn:
            _tally(into, difference_label(one, other)).add(gaps, both, layout(names, of_differences=True))


def _hits(arm: Arm, samples: Samples, stated_pain: NDArray[np.float64]) -> dict[str, NDArray[np.bool_]]:
    """Return who counts in which share, as ``course_from_samples`` has it."""
    pain = samples["nrs_pain"]
    if arm.case.injury is not None:
        return {"p_moderate_pain": in_moderate_pain(pain)}
    if left_out(arm.case):
        return {}
    return {name: responded(pain, baseline=stated_pain, fraction=fraction) for name, fraction in SHARES}


def pairs(arms: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return which arm is held against which, as ``course.compare`` does."""
    return [
        (arm, reference)
        for reference in REFERENCES
        if reference in arms
        for arm in arms
        if arm != reference and not (arm in REFERENCES and reference != "none")
    ]


@functools.cache
def layout(names: tuple[str, ...], *, of_differences: bool = False) -> Mapping[str, Bins]:
    """Return the bins of each name."""
    return {name: bins(name, of_differences=of_differences) for name in names}


def merge_into(whole: Tallies, part: Tallies) -> None:
    """Add the tallies of a part to those of the whole."""
    for name, tally in part.items():
        _tally(whole, name).merge(tally)


def _tally(tallies: Tallies, name: str) -> Tally:
    return tallies.setdefault(name, Tally())
