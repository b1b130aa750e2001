"""Published levels of opioids and breathing at known levels, beside what the named sets say."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from subside.engine.drugs.opioids import Opioid, opioid
from subside.engine.drugs.opioids.levels import levels
from subside.engine.effects.breathing import arterial_co2
from subside.engine.population.beliefs import Beliefs
from subside.evidence import value
from subside.validation.found import given
from subside.validation.outcome import Outcome

Array = NDArray[np.float64]

STUDIES: Final = 200
PACO2_MMHG: Final = 42.0
Z95: Final = 1.959964


def opioid_outcomes(beliefs: Beliefs) -> tuple[Outcome, ...]:
    """Return published levels, and breathing at measured levels, with the model's answer.

    The interval is that of the mean of a study of that size: people drawn by the set's own spread, and
    the error of the observed mean.
    """
    rng = np.random.default_rng(31)
    fast, slow = _typical("remifentanil"), _typical("morphine")
    found = [
        _mean_of(
            "kapila_1995.half_time_level_min", "remifentanil, blood level halved after 3 h, min",
            lambda o: _half_min(o, 0), fast, 15, rng,
        ),
        _mean_of(
            "kapila_1995.half_time_effect_min", "remifentanil, effect site halved after 3 h, min",
            lambda o: _half_min(o, 1), fast, 15, rng,
            note="depression of breathing was measured; the set's own effect site is of the brain's rhythm",
        ),
        _mean_of(
            "villesen_2006.cl_morphine", "clearance of morphine over 70 years, mL/min",
            lambda o: o.cl_l_per_h * 1000.0 / 60.0, slow, 8, rng,
        ),
        _mean_of(
            "villesen_2006.cl_oxycodone", "clearance of oxycodone over 70 years, mL/min",
            lambda o: o.cl_l_per_h * 1000.0 / 60.0, _typical("oxycodone"), 8, rng,
        ),
        _mean_of(
            "lotsch_2001.ke0_half_life_h", "half-life of plasma to effect site of morphine (pupil), h",
            lambda o: math.log(2.0) / o.ke0_per_h, slow, 8, rng,
        ),
        _breathing(beliefs, rng),
    ]  # fmt: skip
    return tuple(found)


def _typical(name: str) -> Opioid:
    return opioid(name, weight_kg=72.0, age_years=30.0, height_cm=176.0, sex="male")


def _drawn(typical: Opioid, rng: np.random.Generator) -> Opioid:
    """Return a person of this opioid: clearance, volumes and ke0 each by a factor of its own."""
    cl, v, ke0 = (math.exp(typical.omega[k] * rng.standard_normal()) for k in ("cl", "v", "ke0"))
    return replace(
        typical,
        cl_l_per_h=typical.cl_l_per_h * cl,
        v1_l=typical.v1_l * v,
        v2_l=None if typical.v2_l is None else typical.v2_l * v,
        v3_l=None if typical.v3_l is None else typical.v3_l * v,
        ke0_per_h=typical.ke0_per_h * ke0,
    )


def _mean_of(
    figure_id: str,
    what: str,
    of: Callable[[Opioid], float],
    typical: Opioid,
    n: int,
    rng: np.random.Generator,
    note: str = "",
) -> Outcome:
    seen = given(figure_id)
    size = seen.figure.size
    se = size / math.sqrt(n) if size is not None else None
    means = np.array([np.mean([of(_drawn(typical, rng)) for _ in range(n)]) for _ in range(STUDIES)])
    means = means + (se or 0.0) * rng.standard_normal(STUDIES)
    low, middle, high = np.percentile(means, [5.0, 50.0, 95.0])
    return Outcome(
        figure=figure_id, what=what, observed=seen.value, se=se, predicted=float(middle), low=float(low),
        high=float(high), used_to_fit=False, note=note,
    )  # fmt: skip


def _half_min(drug: Opioid, which: int) -> float:
    """Return the minutes from the stop of 3 h at a constant rate to half the level there."""
    t = np.linspace(0.0, 0.6, 721)
    found = levels(drug, np.concatenate(([2.99999], 3.0 + t)), segments=((0.0, 3.0, 1.0),))[which]
    return float(t[np.argmax(found[1:] < 0.5 * found[0])] * 60.0)


def _breathing(beliefs: Beliefs, rng: np.random.Generator) -> Outcome:
    """Return the fall of minute ventilation at the level at which an infusion of fentanyl was stopped."""
    seen, level = given("mildh_2001.fall_of_minute_volume"), value("mildh_2001.level_at_stop", unit="ng/mL")
    half = _typical("fentanyl").breathing_c50_ng_per_ml
    gain = beliefs["co2_gain_mmhg"]
    means = []
    for _ in range(STUDIES):
        middle = gain.median * math.exp(gain.uncertainty_sd * rng.standard_normal())
        people = []
        for _ in range(8):
            own = middle * math.exp(gain.patient_sd * rng.standard_normal())
            share = 1.0 / (1.0 + level / half * math.exp(0.4 * rng.standard_normal()))
            people.append(100.0 * (1.0 - PACO2_MMHG / arterial_co2(share, own)))
        means.append(np.mean(people))
    se = seen.size / math.sqrt(8.0)
    low, middle, high = np.percentile(np.array(means) + se * rng.standard_normal(STUDIES), [5.0, 50.0, 95.0])
    return Outcome(
        figure=seen.figure.id, what="fentanyl at 5.1 ng/mL: fall of minute ventilation, %",
        observed=seen.value, se=se, predicted=float(middle), low=float(low),
        high=float(high), used_to_fit=False,
        note="the infusion rose faster than carbon dioxide does: the steady form understates the first minutes",
    )  # fmt: skip
