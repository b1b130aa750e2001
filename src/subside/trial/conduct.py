"""A trial from its plan to its answer: once as it would be reported, and many times for its power."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from subside.course import Caution
from subside.engine.cautions import cautions
from subside.engine.group import gather
from subside.engine.population.beliefs import Beliefs, fitted
from subside.engine.provenance import sources
from subside.errors import ParameterError
from subside.trial.ancova import Contrast
from subside.trial.enrollment import Enrolled, enroll
from subside.trial.observing import Observed, compared, observe
from subside.trial.plan import TrialPlan
from subside.trial.power import Power, simulated
from subside.trial.recruits import Source, conditions, figures, weak
from subside.trial.reported import Curve, Estimate, reported, survival
from subside.trial.treating import Records, arm_of, treated

__all__ = ["Trial", "run_trial"]

Key = tuple[int, int]  # endpoint, arm
MOST_PEOPLE = 2_000_000  # in all repetitions: about 1 kB each stays in memory


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """A trial conducted.

    Attributes:
        plan, source, seed: What was run.
        enrolled: Who took part in every repetition, at the largest size.
        records: What each would show.
        observed: What each repetition has, at the planned size.
        reported: By (endpoint, arm): the contrast that the first repetition reports.
        contrasts: By (endpoint, arm): that of every repetition, at the planned size.
        powers: By (endpoint, arm): power at each size, the planned one among them.
        survival: By arm, of the first repetition; empty without time to relapse.
        cautions, sources: What travels with the result.
    """

    plan: TrialPlan
    source: Source
    seed: int
    enrolled: Enrolled
    records: Records
    observed: Observed
    reported: Mapping[Key, Estimate]
    contrasts: Mapping[Key, Contrast]
    powers: Mapping[Key, tuple[Power, ...]]
    survival: Mapping[int, Curve]
    cautions: tuple[Caution, ...]
    sources: tuple[str, ...]

    @property
    def repetitions(self) -> int:
        """How often the trial was repeated."""
        return len(self.enrolled.assessed)

    @property
    def arms(self) -> tuple[int, ...]:
        """The places of the arms that are compared with the control."""
        return tuple(i for i in range(len(self.plan.arms)) if i != self.plan.control)


def run_trial(
    plan: TrialPlan,
    source: Source | None = None,
    *,
    seed: int = 1,
    repetitions: int | None = None,
    beliefs: Beliefs | None = None,
    threads: int | None = None,
    report: bool = True,
    progress: Callable[[float], None] | None = None,
) -> Trial:
    """Return a trial conducted: the first repetition as it would be reported, all of them for power.

    Args:
        plan: What ``read_trial`` returns.
        source: The population people are recruited from; the plan's own if not given.
        seed: Keys every stream, with the trial's name.
        repetitions: How often; as the plan says if not given.
        beliefs: What is believed of the model; the fitted ones if not given.
        threads: Workers; all processors if not given. The result does not depend on it.
        report: Make the reported analysis, which needs statsmodels and lifelines.
        progress: Told the share done, from 0 to 1.

    Raises:
        ParameterError: If the inclusion limits let in almost no one, or the repetitions hold too many people.
        MissingExtraError: If the packages of the reported analysis are not installed.
        UnknownNameError: If an option names no hypothesis, form or PK set.
    """
    beliefs = beliefs or fitted()
    recruits: Source = plan.description() if source is None else source
    count = plan.power.replicates if repetitions is None else repetitions
    planned = plan.design.patients
    sizes = tuple(sorted({planned, *plan.power.sizes}))
    if count * sizes[-1] > MOST_PEOPLE:
        raise ParameterError(
            f"repetitions of '{plan.title}' must have at most {MOST_PEOPLE:,} people together; got {count} of "
            f"{sizes[-1]}. Repeat it less often, or leave out the largest size."
        )
    enrolled = enroll(plan, recruits, seed=seed, repetitions=count, size=sizes[-1], planned=planned)
    records = treated(plan, enrolled, beliefs, seed=seed, threads=threads, progress=progress)
    everyone = observe(plan, enrolled, records, seed=seed)
    data = everyone.first(planned)
    arms = [i for i in range(len(plan.arms)) if i != plan.control]
    contrasts: dict[Key, Contrast] = {}
    powers: dict[Key, tuple[Power, ...]] = {}
    for e, endpoint in enumerate(plan.endpoints):
        for of in arms:
            found = {size: compared(plan, everyone.first(size), endpoint, of=of) for size in sizes}
            contrasts[e, of] = found[planned]
            powers[e, of] = tuple(
                simulated(
                    contrast,
                    size=size,
                    level=plan.analysis.level,
                    exact=plan.power.truth == "typical",
                    up_is_good=endpoint.as_.startswith("responders_"),
                )
                for size, contrast in found.items()
            )
    one = data.one(0)
    reports = {(e, of): reported(plan, one, plan.endpoints[e], of=of) for e, of in contrasts} if report else {}
    follows = report and any(e.what == "relapse" for e in plan.endpoints)
    notes, ids = _grounds(plan, recruits, enrolled, beliefs, seed)
    return Trial(
        plan=plan,
        source=recruits,
        seed=seed,
        enrolled=enrolled,
        records=records,
        observed=data,
        reported=reports,
        contrasts=contrasts,
        powers=powers,
        survival={a: survival(one, a) for a in np.unique(one.arm[0]).tolist()} if follows else {},
        cautions=notes,
        sources=ids,
    )


def _grounds(
    plan: TrialPlan, source: Source, enrolled: Enrolled, beliefs: Beliefs, seed: int
) -> tuple[tuple[Caution, ...], tuple[str, ...]]:
    """Return the warnings that travel with the result, and the figures it rests on."""
    some = enrolled.people.take(slice(0, 16))
    notes: dict[tuple[str, str], Caution] = {}
    ids: set[str] = {"trial_assumptions.midazolam_felt"} if plan.blinding.breach != "none" else set()
    ids |= set(figures(source))
    for arm in plan.arms:
        treated_as = arm_of(plan, arm, str(some.words["condition"][0]))
        group = gather(
            treated_as.case, beliefs, len(some), seed=seed, numbers=some.numbers, described=some.described()
        )
        ids |= set(sources(group, treated_as))
        for c in cautions(group, treated_as):
            notes[c.code, c.text] = c
    names = weak(source)
    if names:
        text = (
            f"The people are described with {len(names)} numbers from no reading: {', '.join(names[:6])}"
            + (" and more." if len(names) > 6 else ".")
        )
        notes["weak_population", text] = Caution(code="weak_population", text=text)
    if len(conditions(source)) > 1:
        text = "People of several conditions share one model of treatment where no profile tells them apart."
        notes["mixed_conditions", text] = Caution(code="mixed_conditions", text=text)
    return tuple(notes.values()), tuple(sorted(ids))


