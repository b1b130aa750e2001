"""The main job: from a case to a course, and a case compared with placebo and other regimens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subside.case import Case, read_case
from subside.course import Caution, Comparison, Course, Curve, course_from_samples, quantity
from subside.course.comparison import compare as compare_courses
from subside.engine.arms import Arm, like, named, own
from subside.engine.cautions import cautions, level_cautions
from subside.engine.group import Group, Samples, gather, left_out, prepare, read_out, solved
from subside.engine.population.beliefs import Beliefs, fitted
from subside.engine.population.draws import PARTS
from subside.engine.population.virtual import Population
from subside.engine.provenance import sources
from subside.engine.times import default_times_h
from subside.errors import ParameterError

DRAWS_OF_ONE = 400
RESOLVED = 3  # patients of many that the independent solver re-solves; of one patient one draw

Progress = Callable[[float], None]


def simulate(
    case: Case | str | PathLike[str],
    *,
    n_patients: int = 1,
    seed: int = 1,
    times_h: ArrayLike | None = None,
    typical: bool = False,
    draws: int = DRAWS_OF_ONE,
    beliefs: Beliefs | None = None,
    keep: bool = True,
    verify: bool = True,
    device: str = "cpu",
    population: Population | None = None,
    progress: Progress | None = None,
) -> Course:
    """Return the course of this patient, or of many patients like them.

    Args:
        case: Patient and regimen, or the path of a case file; ``case.options`` fixes hypotheses and the PK
            set by name.
        n_patients: 1: bands hold what is not known of this patient. More: patients described like
            this one, each a draw of everything not known; bands hold the differences between them.
        seed: Keys every random stream.
        times_h: Times wanted, in h from the first infusion; the default grid if not given.
        typical: One line without bands: typical values and the typical form of each hypothesis.
        draws: How many draws stand for what is not known of one patient.
        beliefs: What is believed about parameters; the fitted ones that ship if not given.
        keep: Keep the samples in the course.
        verify: Re-solve some patients independently and report the worst error.
        device: ``cpu``, or ``gpu`` for an NVIDIA graphics processor: the same equations and steps.
        population: Virtual people in the place of the case's patient (``engine.population``): each has
            their own age, weight and scores, and of a regimen per kg their own dose; the condition stays
            the case's. Takes the place of ``n_patients``.
        progress: Told the share done, from 0 to 1.

    Raises:
        ParameterError: If a count or a time is impossible.
        UnknownNameError: If an option names no hypothesis, form or PK set.
        CaseError: If a file cannot be read or has mistakes.

    Returns:
        In a notebook it shows itself; ``.plot()`` draws it, ``.to_xarray()`` and ``.to_pandas()`` give
        labeled arrays and tables.
    """
    case = _read(case)
    times = times_wanted(case, times_h)
    group = _group(case, n_patients, seed, typical, draws, beliefs, population)
    n = n_patients if population is None else len(population)
    return _course(group, own(case), times, n, typical, keep, verify, progress, device, population)


def compare(
    case: Case | str | PathLike[str],
    arms: Sequence[str | Case],
    *,
    n_patients: int = 1,
    seed: int = 1,
    times_h: ArrayLike | None = None,
    typical: bool = False,
    draws: int = DRAWS_OF_ONE,
    beliefs: Beliefs | None = None,
    verify: bool = True,
    device: str = "cpu",
    population: Population | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Return the same people under the case's own regimen (``case``) and under other arms.

    Args:
        case: As for ``simulate``.
        arms: Names (``engine.arms.ARMS``) or cases, whose regimens this case's patient then gets; a
            case is named by its title.
        n_patients, seed, times_h, typical, draws, beliefs, verify, device, population, progress: As for
            ``simulate``.

    Raises:
        ParameterError, UnknownNameError: As for ``simulate``; also for an arm that is not known.
    """
    case = _read(case)
    chosen = chosen_arms(case, arms)
    times = times_wanted(case, times_h)
    group = _group(case, n_patients, seed, typical, draws, beliefs, population)
    n = n_patients if population is None else len(population)
    courses: dict[str, Course] = {}
    for index, arm in enumerate(chosen):
        part = _part(progress, index, len(chosen))
        courses[arm.name] = _course(
            group, arm, times, n, typical, True, verify and index == 0, part, device, population
        )
    return compare_courses(courses)


def _read(case: Case | str | PathLike[str]) -> Case:
    return case if isinstance(case, Case) else read_case(case)


def chosen_arms(case: Case, arms: Sequence[str | Case]) -> list[Arm]:
    """Return the case's own arm, then the others, by name or with another case's regimen."""
    chosen = [own(case)]
    for other in arms:
        if isinstance(other, Case):
            chosen.append(like(other, case, name=other.title))
        else:
            chosen.append(named(other, case))
    return chosen


def _group(
    case: Case,
    n_patients: int,
    seed: int,
    typical: bool,
    draws: int,
    beliefs: Beliefs | None,
    population: Population | None,
) -> Group:
    if n_patients < 1 or draws < 1:
        raise ParameterError(
            f"patients must be a whole number of at least 1; got {min(n_patients, draws)}. "
            "Ask for 1 patient (bands: what is not known) or for many."
        )
    beliefs = beliefs or fitted()
    if population is not None:
        if typical or n_patients != 1 or len(population) == 0:
            raise ParameterError(
                f"population must hold people and stand alone; got {len(population)} people"
                f"{', typical' if typical else ''}{f', n_patients={n_patients}' if n_patients != 1 else ''}. "
                "Leave n_patients and typical out: the population says how many."
            )
        described = population.described()
        return gather(case, beliefs, len(population), seed=seed, numbers=population.numbers, described=described)
    if typical:
        return gather(case, beliefs, 1, seed=seed, vary=())
    n = draws if n_patients == 1 else n_patients
    return gather(case, beliefs, n, seed=seed, alike=n_patients > 1, vary=PARTS)


def _course(
    group: Group,
    arm: Arm,
    times: NDArray[np.float64],
    n_patients: int,
    typical: bool,
    keep: bool,
    verify: bool,
    progress: Progress | None,
    device: str,
    population: Population | None = None,
) -> Course:
    system, plan = prepare(group, arm, times)
    solution = solved(system, plan, device=device, progress=progress)
    samples = read_out(group, arm, solution)
    worst = None
    if verify:
        from subside.engine.verify.resolve import worst_error

        rng = np.random.default_rng(group.seed)
        finite = np.flatnonzero(np.isfinite(solution["nrs_pain"]).all(axis=1))
        rows = rng.choice(finite, size=min(RESOLVED if n_patients > 1 else 1, len(finite)), replace=False)
        worst = worst_error(system, plan, rows) if len(rows) else None
    about: dict[str, Any] = {
        "n_patients": n_patients,
        "seed": group.seed,
        "title": arm.title,
        "cautions": (*level_cautions(samples), *cautions(group, arm), *_population_cautions(population, arm)),
        "sources": tuple(sorted({*sources(group, arm), *(() if population is None else population.rows)})),
        "worst_error": worst,
    }
    gone = left_out(arm.case)
    samples = {name: rows for name, rows in samples.items() if name not in gone}
    if typical:
        return _line(times, samples, about)
    return course_from_samples(
        times,
        samples,
        baseline_nrs_pain=None if gone else group.stated_pain,
        moderate_pain=arm.case.injury is not None,
        keep=keep,
        **about,
    )


def _population_cautions(population: Population | None, arm: Arm) -> tuple[Caution, ...]:
    """Return what a reader must know of people who are not the case's patient."""
    if population is None:
        return ()
    condition = arm.case.patient.condition
    others = sorted(set(population.words["condition"].tolist()) - {condition})
    text = f"These are the {len(population)} people of '{population.title}', not the patient of the case."
    if others:
        text += f" All are treated as having {condition.replace('_', ' ')}, which some do not have."
    return (Caution(code="population", text=text, sources=population.rows),)


def _line(times: NDArray[np.float64], samples: Samples, about: Mapping[str, Any]) -> Course:
    """Return a course without bands. Probabilities of response need a spread, so they are left out."""
    curves = {name: Curve.exact(name, quantity(name).unit, rows[0]) for name, rows in samples.items()}
    note = Caution(
        code="typical",
        text="One line of typical values, asked for by name: it says nothing about what is not known.",
    )
    return Course(
        times_h=times,
        curves=curves,
        samples=samples,
        **{**about, "cautions": (note, *about["cautions"])},
    )


def times_wanted(case: Case, times_h: ArrayLike | None) -> NDArray[np.float64]:
    """Return the times asked for in h, rising, or the default grid."""
    if times_h is None:
        return default_times_h(case)
    times = np.unique(np.round(np.atleast_1d(np.asarray(times_h, dtype=np.float64)) * 3600.0)) / 3600.0
    if times.size == 0 or not np.all(np.isfinite(times)) or np.abs(times).max() > 24.0 * 366.0 * 10:
        raise ParameterError(
            f"times must be at least one finite time within ten years, in h; got {times_h!r}. "
            'Ask for times such as "40 min,7 d,12 wk".'
        )
    return times


def _part(progress: Progress | None, index: int, of: int) -> Progress | None:
    if progress is None:
        return None
    return lambda share: progress((index + share) / of)
