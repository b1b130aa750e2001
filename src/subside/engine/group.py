"""A group of people drawn for one case, ready to be treated in any arm."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from subside.case import Case
from subside.engine.arms import Arm, expectation_factor
from subside.engine.conditions import PAIN_OUTPUTS, RESPONSE_OUTPUTS, profile
from subside.engine.drugs import pk_set
from subside.engine.drugs.others import others
from subside.engine.pk import norketamine_drift_factor
from subside.engine.population.baselines import Baselines, baselines, usual_pain
from subside.engine.population.beliefs import Beliefs
from subside.engine.population.described import Described
from subside.engine.population.draws import PARTS, Draws, draw
from subside.engine.population.fluctuation import excess_at, swing
from subside.engine.population.headache import headache_days
from subside.engine.population.people import people, set_name, with_expectation
from subside.engine.systems.chronic_pain.layout import OUTPUTS
from subside.engine.systems.chronic_pain.protocol import Protocol, protocol
from subside.engine.systems.chronic_pain.solve import People, Solution, solve
from subside.errors import unknown_name

Samples = dict[str, NDArray[np.floating]]
DEVICES = ("cpu", "gpu")


@dataclass(frozen=True, kw_only=True, eq=False)
class Group:
    """People, where they start, and the parts of them that were drawn."""

    draws: Draws
    start: Baselines
    seed: int
    vary: frozenset[str]
    anew: frozenset[str]
    beliefs: Beliefs
    described: Described | None = None  # of each person; what the case states of one, if None

    def __len__(self) -> int:
        return len(self.draws)

    def take(self, rows: NDArray[np.int64] | slice) -> Group:
        """Return some of these people as a group: each is the same as before."""
        return replace(
            self,
            draws=self.draws.take(rows),
            start=self.start.take(rows),
            described=None if self.described is None else self.described.take(rows),
        )

    @property
    def stated_pain(self) -> NDArray[np.float64]:
        """Pain at rest as stated before treatment. Shape ``(person,)``."""
        return self.start["nrs_pain"]


def gather(
    case: Case,
    beliefs: Beliefs,
    n: int,
    *,
    seed: int,
    alike: bool = False,
    vary: Collection[str] = PARTS,
    anew: Collection[str] = (),
    same_trial: bool = False,
    first: int = 0,
    described: Described | None = None,
    numbers: NDArray[np.int64] | None = None,
    trials: NDArray[np.int64] | None = None,
) -> Group:
    """Return a group of ``n`` people for this case.

    Args:
        case: Its options fix hypotheses by name.
        beliefs: Typical values and spreads.
        n: How many.
        seed: Keys all streams.
        alike: They are many patients described alike, not draws of one patient.
        vary: Parts drawn. ``anew``: parts drawn from the second set of streams.
        same_trial: All in one clinic: one draw of parameters, trial and structure.
        first: Number of the first person; persons 40 to 49 are the same alone and among a hundred.
        described: What is stated of each person; what the case states of one, if not given.
        numbers, trials: Of the people and of the trial each is in; see ``draw``.
    """
    known = set(beliefs.hypotheses)
    chosen = {name: _form(value) for name, value in case.options.items() if name != "pk_set"}
    draws = draw(
        beliefs,
        n,
        seed=seed,
        vary=vary,
        anew=anew,
        chosen=chosen,
        same_trial=same_trial,
        first=first,
        numbers=numbers,
        trials=trials,
    )
    assert set(draws.choices) == known
    start = baselines(
        case, beliefs, draws, seed=seed, alike=alike, vary=_own(vary, anew), described=described
    )
    return Group(
        draws=draws,
        start=start,
        seed=seed,
        vary=frozenset(vary),
        anew=frozenset(anew),
        beliefs=beliefs,
        described=described,
    )


def treat(
    group: Group,
    arm: Arm,
    times_h: NDArray[np.float64],
    *,
    progress: Callable[[float], None] | None = None,
    threads: int | None = None,
    refine: int = 1,
    adjust: Mapping[str, float] | None = None,
    plan: Protocol | None = None,
    device: str = "cpu",
) -> Samples:
    """Return the samples of every quantity, shape ``(person, time)`` each, for one arm.

    ``adjust`` multiplies parameters of the system by name, for counterfactuals; ``plan`` is ``plan_of``
    the arm if it was made before; ``device`` as for ``solved``.
    """
    system, plan = prepare(group, arm, times_h, refine=refine, adjust=adjust, plan=plan)
    return read_out(group, arm, solved(system, plan, device=device, threads=threads, progress=progress))


def solved(
    system: People,
    plan: Protocol,
    *,
    device: str = "cpu",
    threads: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Solution:
    """Return the solution of these people, by the processor (``cpu``) or a graphics processor (``gpu``).

    Raises:
        ParameterError: If no graphics processor answers.
        UnknownNameError: If ``device`` is neither.
    """
    if device == "cpu":
        return solve(system, plan, threads=threads, progress=progress)
    if device not in DEVICES:
        raise unknown_name("device", device, DEVICES)
    from subside.engine.kernel.device import check_device

    check_device()
    from subside.engine.systems.chronic_pain.device import solve_on_device

    return solve_on_device(system, plan, progress=progress)


def prepare(
    group: Group,
    arm: Arm,
    times_h: NDArray[np.float64],
    *,
    refine: int = 1,
    adjust: Mapping[str, float] | None = None,
    plan: Protocol | None = None,
) -> tuple[People, Protocol]:
    """Return what the system needs for one arm: the people and the protocol."""
    from subside.engine.systems.chronic_pain.layout import AT

    system = people(
        arm.case,
        group.beliefs,
        drawn_in(group, arm),
        group.start,
        seed=group.seed,
        vary=_own(group.vary, group.anew),
        described=group.described,
    )
    system = with_expectation(system, expectation_factor(arm, group.draws))
    for name, factor in (adjust or {}).items():
        system.parameters[:, AT[name]] *= factor
    return system, plan or plan_of(arm, times_h, refine=refine)


def drawn_in(group: Group, arm: Arm) -> Draws:
    """Return what was drawn of these people, with the hypotheses that an arm fixes."""
    return group.draws.with_forms(arm.options) if arm.options else group.draws


def plan_of(arm: Arm, times_h: NDArray[np.float64], *, refine: int = 1) -> Protocol:
    """Return what happens in one arm, the same for everyone."""
    return protocol(
        arm.case.regimen(),
        times_h,
        drug=arm.kind == "drug",
        visits=arm.kind != "none",
        visits_h=arm.visits_h,
        active_placebo=arm.kind == "active-placebo",
        others=None if arm.kind == "none" else others(arm.case, until_h=float(np.max(times_h))),
        injuries_h=() if arm.case.injury is None else (arm.case.injury.at_h,),
        refine=refine,
    )


def read_out(group: Group, arm: Arm, solution: Solution, *, offset_h: float = 0.0) -> Samples:
    """Return the outputs with what lies outside the system: swings of pain, drifting clearance.

    ``offset_h``: how long after they first came the solution's time zero is; above 0 in a later period
    of a crossover, in which pain swings anew.
    """
    chosen = pk_set(set_name(arm.case))
    samples: Samples = {
        name: np.asarray(solution.outputs[:, :, i], dtype=np.float32) for i, name in enumerate(OUTPUTS)
    }
    times = solution.times_h
    if not chosen.has_norketamine:
        del samples["cp_norketamine_ng_per_ml"]
    elif chosen.norketamine_cl_drift_per_h:
        samples["cp_norketamine_ng_per_ml"] *= norketamine_drift_factor(chosen, times).astype(np.float32)
    if not chosen.has_hydroxynorketamine:
        del samples["cp_hydroxynorketamine_ng_per_ml"]
    if not others(arm.case).opioids:
        del samples["ce_opioid_c50"]
    v = group.draws.values
    study = f"{group.seed}/patient/{'anew' if 'patient' in group.anew else 'first'}"
    if profile(arm.case.patient.condition).headache:
        samples["headache_days_per_28_d"] = headache_days(
            times, samples["nrs_pain"].astype(np.float64), case=arm.case, draws=drawn_in(group, arm),
            usual=usual_pain(group.draws, group.start), study=study, vary=group.vary,
        ).astype(np.float32)  # fmt: skip
    wounded = arm.case.injury is not None
    excess = np.zeros(len(group)) if wounded else group.stated_pain - usual_pain(group.draws, group.start)
    added = excess_at(times + offset_h, excess, v["fluctuation_tau_d"])
    if "patient" in group.vary:
        swings = swing(
            times,
            people=group.draws.people,
            study=study
            + (f"/{offset_h:g} h" if offset_h else ""),
            sd_nrs=v["fluctuation_sd_nrs"],
            tau_d=v["fluctuation_tau_d"],
        )
        if wounded:  # pain of 1 swings less than the chronic pain whose swings were measured
            usual = group.beliefs.baselines["nrs_pain"]["mean"]
            swings = swings * np.minimum(samples["nrs_pain"] / usual, 1.0)
        added = added + swings
    for name in ("nrs_pain", "nrs_pain_movement"):
        samples[name] = np.clip(samples[name] + added, 0.0, 10.0).astype(np.float32)
    if arm.case.injury is not None:  # what will not heal is there from the injury on, not before it
        before = times <= arm.case.injury.at_h
        for name in ("nrs_pain", "nrs_pain_movement"):
            samples[name][:, before] = _before_injury(group)[:, None]
    return samples


def _before_injury(group: Group) -> NDArray[np.float64]:
    """Return pain at rest before an injury: as stated, none where nothing is."""
    return np.zeros(len(group)) if "nrs_pain" in group.start.stand_ins else group.stated_pain


def left_out(case: Case) -> frozenset[str]:
    """Return the names that mean nothing for this case and stay out of its course.

    Without chronic pain and without an injury: pain and what relieves it. With an injury: response to
    treatment, which counts from a pain that was there before it.
    """
    if case.injury is not None:
        return frozenset(RESPONSE_OUTPUTS)
    return frozenset() if profile(case.patient.condition).chronic_pain else frozenset(PAIN_OUTPUTS)


def _form(value: object) -> str:
    """Return a form's name; a switch in a case file may be written true or false."""
    return {True: "on", False: "off"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _own(vary: Collection[str], anew: Collection[str]) -> frozenset[str]:
    return frozenset(vary) | frozenset(f"{part}:anew" for part in anew)
