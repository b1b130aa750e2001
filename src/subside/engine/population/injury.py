"""People who are injured: what their wound and their susceptibility mean for the system's parameters.

The system's own equation of sensitization, dS/dt = k_return [S0 f(R) (1 - S) - (1 - S0) S] - k_dep E S with
f(R) = (1 + t^h) R^h / (R^h + (t r0)^h), is read as

    dS/dt = k_pot R^h / (R^h + R_half^h) (1 - S) - k_fade S

by k_return (1 - S0) = k_fade, k_return S0 (1 + t^h) = k_pot and t r0 = R_half. A shallow feedback (h = 1)
has one resting state for every lasting drive: the monostable form, in which pain persists only where a
drive lasts. A steep one has two for a band of drives: the bistable form, in which a bad enough spell of
pain keeps itself up. Both stand by name; the hypothesis ``sensitization`` chooses.

An injury's drive heals with a half-life; a share of it does not, and a larger one where a nerve was cut.
Depression and disturbed sleep before it speed potentiation and enlarge that share, inhibition speeds
fading and makes it smaller. Pain before it means a cord that is sensitized already.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from subside.case import Injury
from subside.engine.kernel.random import normals, uniforms
from subside.engine.population.beliefs import Belief, Beliefs
from subside.engine.population.draws import Draws, draw
from subside.engine.systems.chronic_pain.layout import AT, INJURY, SLOW_RATES, S
from subside.engine.systems.chronic_pain.solve import People

Array = NDArray[np.float64]

FORMS: Final = ("monostable", "bistable")
LEAST_PAIN: Final = 0.02  # of 1: the scale on which feedback is written needs a resting pain above 0
MOST_LASTING: Final = 0.95
APART: Final = 1_000_003  # added to the seed: joint draws must not repeat those of the rest of the model
USUAL_S: Final = 0.7  # sensitization at which ``movement_extra`` is stated
H_PER_D: Final = 24.0
LN_2: Final = float(np.log(2.0))


@dataclass(frozen=True, kw_only=True, eq=False)
class Wounded:
    """What happened to people and what they are like. Shape ``(person,)`` each.

    Attributes:
        acute_nrs: Pain at rest on the first day, all of it.
        before_nrs: Usual pain at rest before; 0 for none.
        kept: Share of the drive of that pain that goes on, 1 unless the operation treats its source.
        cut_nerve: Whether a nerve was cut.
        heals_in_d: Half-life of the injury's drive.
        mood, sleep, inhibition: SDs above the mean of people before surgery.
        fade_per_d: Rate at which sensitization fades by itself.
        steep: Whether the feedback is steep (bistable).
        lasting_share, nerve_factor, potentiation_per_d, susceptibility_by_mood, susceptibility_by_sleep,
        protection_by_inhibition, feedback_half, feedback_steepness: As in ``priors/injury.toml``.
    """

    acute_nrs: Array
    before_nrs: Array
    kept: Array
    cut_nerve: NDArray[np.bool_]
    heals_in_d: Array
    mood: Array
    sleep: Array
    inhibition: Array
    fade_per_d: Array
    lasting_share: Array
    nerve_factor: Array
    potentiation_per_d: Array
    susceptibility_by_mood: Array
    susceptibility_by_sleep: Array
    protection_by_inhibition: Array
    feedback_half: Array
    feedback_steepness: Array

    @property
    def susceptible(self) -> Array:
        """What mood and sleep multiply potentiation, and the share that does not heal, by."""
        by = self.susceptibility_by_mood * self.mood + self.susceptibility_by_sleep * self.sleep
        return np.asarray(np.exp(by), dtype=np.float64)

    @property
    def protected(self) -> Array:
        """What inhibition multiplies fading by, and divides the share that does not heal by."""
        return np.asarray(np.exp(self.protection_by_inhibition * self.inhibition), dtype=np.float64)

    @property
    def potentiates_per_d(self) -> Array:
        """Rate of potentiation with everything that speeds it."""
        rate: Array = self.potentiation_per_d * self.susceptible
        return rate

    @property
    def fades_per_d(self) -> Array:
        """Rate of fading with what speeds it."""
        rate: Array = self.fade_per_d * self.protected
        return rate

    @property
    def lasts(self) -> Array:
        """Share of the injury's drive that does not heal."""
        share = self.lasting_share * np.where(self.cut_nerve, self.nerve_factor, 1.0)
        return np.minimum(share * self.susceptible / self.protected, MOST_LASTING)


def gain(s: Array, parameters: Array) -> Array:
    """Return what sensitization multiplies a drive by in these people; ``effects.pain.gain`` over arrays."""
    spinal_1, spinal_2, brain = (
        parameters[:, AT[name]] for name in ("spinal_log_gain_1", "spinal_log_gain_2", "brain_gain")
    )
    return np.asarray(np.exp(s * (spinal_1 + s * spinal_2)) * (1.0 + brain * s), dtype=np.float64)


def resting_sensitization(pain: Array, w: Wounded) -> Array:
    """Return S that people with this lasting pain (0 to 1) rest at; the root in closed form, pain given."""
    x = np.power(np.maximum(pain, 0.0), w.feedback_steepness)
    up = w.potentiates_per_d * x / (x + np.power(w.feedback_half, w.feedback_steepness))
    rest: Array = up / (up + w.fades_per_d)
    return rest


def injure(system: People, w: Wounded) -> People:
    """Return the same people as they are right before the injury, with what it will do to them.

    The injury itself is an event of the protocol (``injuries_h``).
    """
    table, start, slow = system.parameters.copy(), system.start.copy(), system.slow_rates.copy()
    before = w.before_nrs / 10.0
    s = resting_sensitization(before, w)
    gained = gain(s, table)
    usual = -np.log1p(-before) / gained
    acute = np.maximum(-np.log1p(-w.acute_nrs / 10.0) / gained - usual, 0.0)
    r0 = np.maximum(before, LEAST_PAIN)
    threshold = w.feedback_half / r0
    per_rest = 1.0 + np.power(threshold, w.feedback_steepness)
    odds = w.potentiates_per_d / (w.fades_per_d * per_rest)
    s0 = odds / (1.0 + odds)
    k_return = w.fades_per_d / (1.0 - s0) / H_PER_D

    def put(name: str, values: Array | float) -> None:
        table[:, AT[name]] = values

    n = usual * w.kept + w.lasts * acute
    peripheral = table[:, AT["peripheral_share"]] * usual * w.kept + w.lasts * acute
    put("injury_drive", (1.0 - w.lasts) * acute)
    put("n_drive", np.maximum(n, 1e-9))
    put("peripheral_share", np.where(n > 0.0, peripheral / np.maximum(n, 1e-9), 1.0))
    put("s0", s0)
    put("r0", r0)
    put("k_return_per_h", k_return)
    put("feedback_share", 1.0)
    put("feedback_threshold", threshold)
    put("feedback_steepness", w.feedback_steepness)
    put("movement_extra", table[:, AT["movement_extra"]] * s0 / USUAL_S)
    start[:, S] = s
    start[:, INJURY] = 0.0
    slow[:, SLOW_RATES.index("k_return_per_h")] = k_return
    slow[:, SLOW_RATES.index("k_heal_per_h")] = LN_2 / (w.heals_in_d * H_PER_D)
    return replace(system, parameters=table, start=start, slow_rates=slow)


def wounded(
    injury: Injury,
    draws: Draws,
    *,
    phq9_total: Array | None,
    sleep_nrs: Array | None,
    before_nrs: Array | None,
    seed: int,
    vary: Collection[str],
) -> Wounded:
    """Return people with the injury of a case.

    Args:
        injury: As the case states it.
        draws: The people; ``sensitization`` is the form each has.
        phq9_total, sleep_nrs, before_nrs: As stated before the injury; None where the case says nothing: mood
            and sleep are then drawn as of people before surgery, pain is none.
        seed, vary: Of the streams.
    """
    n, v = len(draws), draws.values
    values = by_form(draws, seed=seed, vary=vary)
    study = f"{seed}/patient/{'anew' if 'patient:anew' in vary else 'first'}/injury"
    scales = table()["before_surgery"]

    def deviate(name: str, stated: Array | None) -> Array:
        if stated is not None:
            return (stated - scales[name]["mean"]) / scales[name]["sd"]
        return normals(study, draws.people, name, 1)[:, 0] if "patient" in vary else np.zeros(n)

    if injury.cut_nerve == "unknown" and "patient" in vary:
        cut = uniforms(study, draws.people, "cut", 1)[:, 0] < scales["cut_nerve_if_unknown"]["value"]
    else:
        cut = np.full(n, injury.cut_nerve == "yes")
    if injury.heals_in_h is not None:  # stated of this injury; people still differ
        one, two = (beliefs(form)["heals_in_d"].median for form in FORMS)
        typical = np.where(draws.choices["sensitization"] == "bistable", two, one)
        values["heals_in_d"] = values["heals_in_d"] / typical * injury.heals_in_h / H_PER_D
    return Wounded(
        acute_nrs=np.full(n, injury.nrs_pain),
        before_nrs=np.zeros(n) if before_nrs is None else np.clip(before_nrs, 0.0, 9.5),
        kept=np.ones(n),
        cut_nerve=cut,
        mood=deviate("phq9_total", phq9_total),
        sleep=deviate("sleep_nrs", sleep_nrs),
        inhibition=normals(study, draws.people, "inhibition", 1)[:, 0] if "patient" in vary else np.zeros(n),
        fade_per_d=v["k_return_per_d"],
        **values,
    )


def by_form(draws: Draws, *, seed: int, vary: Collection[str]) -> dict[str, Array]:
    """Return the values of ``priors/injury.toml`` for each person, of the form each has."""
    steep = draws.choices["sensitization"] == "bistable"
    parts = {part.partition(":")[0] for part in vary}
    anew = {part.removesuffix(":anew") for part in vary if part.endswith(":anew")}
    drawn = {
        form: draw(
            beliefs(form), len(draws), seed=seed + APART, vary=parts, anew=anew, numbers=draws.people
        ).values
        for form in FORMS
    }
    found = {name: np.where(steep, drawn["bistable"][name], drawn["monostable"][name]) for name in drawn["bistable"]}
    for name in ("feedback_half", "feedback_steepness"):
        one, two = (float(table()["forms"][form][name]["value"]) for form in FORMS)
        found[name] = np.where(steep, two, one)
    return found


@cache
def beliefs(form: str) -> Beliefs:
    """Return what is believed about susceptibility in one form, after its fit where there is one."""
    fields: dict[str, dict[str, Any]] = {name: dict(one) for name, one in table()["parameters"].items()}
    joint: tuple[str, ...] = ()
    cholesky = np.zeros((0, 0))
    path = files("subside.evidence").joinpath("fitted/injury.toml")
    if path.is_file():
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        for name, changes in found["forms"][form].items():
            fields[name] |= changes
        joint = tuple(found["joint"][form]["names"])
        cholesky = np.linalg.cholesky(np.array(found["joint"][form]["covariance"], dtype=np.float64))
    parameters = {
        name: Belief(name=name, **{**one, "rows": tuple(one.get("rows", ()))}) for name, one in fields.items()
    }
    return Beliefs(
        parameters=parameters, hypotheses={}, baselines={}, likeness={}, joint=joint, joint_cholesky=cholesky
    )


@cache
def table() -> Mapping[str, Any]:
    """Return ``priors/injury.toml`` as it stands."""
    text = files("subside.evidence").joinpath("priors/injury.toml").read_text(encoding="utf-8")
    found: dict[str, Any] = tomllib.loads(text)
    return found

