"""From a case to the course of many patients, in bounded memory, on threads or on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os import PathLike

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subside.case import Case
from subside.course import Caution, Chance, Comparison, Course
from subside.engine.arms import Arm, own
from subside.engine.cautions import cautions, peak_cautions
from subside.engine.group import Group, plan_of, prepare
from subside.engine.population.beliefs import Beliefs
from subside.engine.provenance import sources
from subside.engine.run import RESOLVED, chosen_arms, times_wanted
from subside.engine.scale.binning import bins
from subside.engine.scale.job import PEAK, Job, Keeper, Tallies, engine_code, pairs
from subside.engine.scale.tally import Tally
from subside.engine.scale.threads import in_threads
from subside.errors import ParameterError

WORTH_POINTS = (1.0, 2.0)

Progress = Callable[[float], None]
Array = NDArray[np.float64]


def summaries(
    case: Case,
    n_patients: int,
    *,
    seed: int = 1,
    times_h: ArrayLike | None = None,
    beliefs: Beliefs | None = None,
    threads: int | None = None,
    workers: int = 0,
    scheduler: str | None = None,
    curves: str | PathLike[str] | None = None,
    verify: bool = True,
    device: str = "cpu",
    progress: Progress | None = None,
) -> Course:
    """Return the course of many patients like this one, without keeping their curves in memory.

    Patient k is the same person as in ``engine.simulate``. Mean and standard deviation are exact; a percentile
    lies within one bin (``scale.bins``) of that of ``simulate``. The result is the same whatever the workers.

    Args:
        case: Patient and regimen.
        n_patients: How many.
        seed: Keys every random stream.
        times_h: Times wanted, in h from the first infusion; the default grid if not given.
        beliefs: What is believed about parameters; the fitted ones that ship if not given.
        threads: Of this process, where no cluster works; all processors when not given.
        workers: Processes of a local Dask cluster; 0 for none.
        scheduler: Address of a running Dask scheduler, such as ``tcp://10.0.0.5:8786``.
        curves: Also write every patient's full curves to this Zarr store.
        verify: Re-solve some patients independently and report the worst error.
        device: ``cpu``, or ``gpu`` for the graphics processor of each machine that works.
        progress: Told the share done, from 0 to 1.

    Raises:
        ParameterError: If a count or a time is impossible, or the scheduler does not answer.
        UnknownNameError: If an option names no hypothesis, form or PK set.
        MissingExtraError: If a cluster or a store is asked for and its part is not installed.
    """
    job = _job(case, (own(case),), n_patients, seed, times_h, beliefs, device)
    tallies = _tallies(job, threads, workers, scheduler, curves, progress)
    return _course(job, job.arms[0], tallies, verify=verify)


def compared(
    case: Case,
    arms: Sequence[str | Case],
    n_patients: int,
    *,
    seed: int = 1,
    times_h: ArrayLike | None = None,
    beliefs: Beliefs | None = None,
    threads: int | None = None,
    workers: int = 0,
    scheduler: str | None = None,
    curves: str | PathLike[str] | None = None,
    verify: bool = True,
    device: str = "cpu",
    progress: Progress | None = None,
) -> Comparison:
    """Return the same many patients under the case's own regimen and under other arms.

    Arguments as for ``summaries``; ``curves`` are those of the case's own arm. Differences are counted patient
    by patient; those of drug levels are not.
    """
    chosen = tuple(chosen_arms(case, arms))
    job = _job(case, chosen, n_patients, seed, times_h, beliefs, device)
    tallies = _tallies(job, threads, workers, scheduler, curves, progress)
    courses = {arm.name: _course(job, arm, tallies, verify=verify and arm is chosen[0]) for arm in chosen}
    labels = [f"{one} - {other}" for one, other in pairs(tuple(courses))]
    return Comparison(
        times_h=job.times_h,
        arms=courses,
        differences={label: tallies[label].curves() for label in labels},
        chances={label: _chances(tallies[label], job.times_h) for label in labels},
    )


def _job(
    case: Case,
    arms: tuple[Arm, ...],
    n_patients: int,
    seed: int,
    times_h: ArrayLike | None,
    beliefs: Beliefs | None,
    device: str,
) -> Job:
    if n_patients < 1:
        raise ParameterError(
            f"n_patients must be a whole number of at least 1; got {n_patients}. Ask for many, such as 100000."
        )
    return Job(
        case=case,
        arms=arms,
        n_patients=n_patients,
        seed=seed,
        times_h=times_wanted(case, times_h),
        beliefs=beliefs,
        code=engine_code(),
        device=device,
    )


def _tallies(
    job: Job,
    threads: int | None,
    workers: int,
    scheduler: str | None,
    curves: str | PathLike[str] | None,
    progress: Progress | None,
) -> Tallies:
    if curves is None:
        return _counted(job, threads, workers, scheduler, None, progress)
    from subside.engine.scale.store import new_store

    with new_store(curves, job) as keeper:
        return _counted(job, threads, workers, scheduler, keeper, progress)


def _counted(
    job: Job,
    threads: int | None,
    workers: int,
    scheduler: str | None,
    keeper: Keeper | None,
    progress: Progress | None,
) -> Tallies:
    if not workers and scheduler is None:
        return in_threads(job, threads=threads, keeper=keeper, progress=progress)
    from subside.engine.scale.cluster import on_cluster

    return on_cluster(job, workers=workers, scheduler=scheduler, keeper=keeper, progress=progress)


def _course(job: Job, arm: Arm, tallies: Tallies, *, verify: bool) -> Course:
    tally, someone = tallies[arm.name], job.people(0, 1)
    peak = float(tallies[f"peak of {arm.name}"].counted[PEAK].curve(PEAK).median[0])
    return Course(
        times_h=job.times_h,
        curves=tally.curves(),
        n_patients=job.n_patients,
        seed=job.seed,
        title=arm.title,
        cautions=(_counted_in_bins(), *peak_cautions(peak), *cautions(someone, arm)),
        sources=sources(someone, arm),
        failed=tally.failed,
        worst_error=_worst_error(job, arm) if verify else None,
    )


def _worst_error(job: Job, arm: Arm) -> float | None:
    """Return the largest error of a few patients, drawn from all, that an independent solver re-solves."""
    from subside.engine.verify.resolve import worst_error

    chosen = np.random.default_rng(job.seed).choice(
        job.n_patients, size=min(RESOLVED, job.n_patients), replace=False
    )
    found = [_error_of(job.people(int(number), 1), arm, job.times_h, worst_error) for number in chosen]
    known = [error for error in found if np.isfinite(error)]  # a failed patient is counted as failed
    return max(known) if known else None


def _error_of(someone: Group, arm: Arm, times_h: Array, worst_error: Callable[..., float]) -> float:
    system, plan = prepare(someone, arm, times_h, plan=plan_of(arm, times_h))
    return worst_error(system, plan, np.array([0]))


def _chances(tally: Tally, times_h: Array) -> tuple[Chance, ...]:
    """Return how probable it is that pain is lower by so much, at each time."""
    counted = tally.counted.get("nrs_pain")
    if counted is None:
        return ()
    below = {points: round((-points - counted.bins.low) / counted.bins.width) for points in WORTH_POINTS}
    return tuple(
        Chance(
            name="nrs_pain",
            time_h=float(time),
            at_least=points,
            probability=float(counted.counts[index, : below[points]].sum() / max(tally.n, 1)),
        )
        for index, time in enumerate(times_h)
        for points in WORTH_POINTS
    )


def _counted_in_bins() -> Caution:
    pain, pressure = bins("nrs_pain"), bins("sbp_mmhg")
    return Caution(
        code="counted_in_bins",
        text=f"So many patients are counted in fixed bins. A percentile is at most one bin off: {pain.width:.3f} "
        f"points of pain, {pressure.width:g} mmHg, 1.6 % of a drug level. Means and shares are exact.",
    )
