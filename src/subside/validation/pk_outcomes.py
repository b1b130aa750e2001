"""Published levels and clearances beside the default set's answer, with intervals.

The interval is that of a new study's mean: as many people as the study had, drawn with the set's spread
between people; clearance and volumes of all of them moved together by the width of the meta-analysis'
own 95 % intervals (what is not known of the typical person); and the error of the printed figure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from subside.engine.drugs import PkSet, default_set, pk_set
from subside.engine.pk import Covariates, Infusion, individual, levels, plasma_clearance
from subside.engine.pk.people import Parameters
from subside.evidence import figure
from subside.evidence.curves import traced_curve
from subside.validation.outcome import Outcome
from subside.validation.pk_protocols import stepped_infusion

__all__ = ["pk_outcomes"]

Array = NDArray[np.float64]
REPLICATES: Final = 200
_Z95: Final = 1.959964
_VOLUMES: Final = ("v1_l", "v2_l", "v3_l")

# (the set, S parameters, R parameters, weights) -> one number a person
Measure = Callable[[PkSet, Parameters, Parameters, Array], Array]


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """One figure: what it is of, and how a simulated person answers."""

    figure: str
    what: str
    observed: float
    se: float
    n: int
    weight_kg: float
    weight_sd_kg: float
    measure: Measure
    used_to_fit: bool = False
    note: str = ""


def pk_outcomes(*, seed: int = 1) -> tuple[Outcome, ...]:
    """Return every published outcome of disposition beside the answer of the default adult set."""
    a_set = pk_set(default_set("racemic_ketamine", 40.0))
    rng = np.random.default_rng(seed)
    return tuple(_answer(asked, a_set, rng) for asked in (*_hasan(), *_traced(), *_others()))


def _answer(asked: _Asked, a_set: PkSet, rng: np.random.Generator) -> Outcome:
    n = asked.n * REPLICATES
    weight = np.clip(
        rng.normal(asked.weight_kg, asked.weight_sd_kg, n), 0.5 * asked.weight_kg, 2 * asked.weight_kg
    )
    people, z = Covariates(weight_kg=weight), rng.standard_normal((n, a_set.n_eta))
    both = [individual(a_set, people, z, enantiomer=e) for e in ("s", "r")]
    typical = [individual(a_set, Covariates(weight_kg=[asked.weight_kg]), enantiomer=e) for e in ("s", "r")]
    cl, v = (
        np.repeat(np.exp(_relative_se(name) * rng.standard_normal(REPLICATES)), asked.n)
        for name in ("kamp_2020.meta_cl", "kamp_2020.meta_vd")
    )
    for body in both:
        body["cl_l_per_h"] = body["cl_l_per_h"] * cl
        for name in _VOLUMES:
            body[name] = body[name] * v
    means = asked.measure(a_set, both[0], both[1], weight).reshape(REPLICATES, asked.n).mean(axis=1)
    new = means + asked.se * rng.standard_normal(REPLICATES)
    middle = float(np.median(means))
    low, high = (float(q) for q in np.percentile(new, [5, 95]))
    line = float(asked.measure(a_set, typical[0], typical[1], np.array([asked.weight_kg]))[0])
    return Outcome(
        figure=asked.figure, what=asked.what, observed=asked.observed, se=asked.se, predicted=middle,
        low=low, high=high, used_to_fit=asked.used_to_fit,
        note="; ".join(part for part in (asked.note, f"typical person {line:.3g}") if part),
    )  # fmt: skip


def _relative_se(figure_id: str) -> float:
    """Return the standard error of a meta-analysis' mean as a fraction of it."""
    found = figure(figure_id)
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    return (found.high - found.low) / (2 * _Z95) / found.value


def _hasan() -> tuple[_Asked, ...]:
    """Return the printed table of Hasan 2021; weights are not at hand (75 kg, SD 12, assumed)."""

    def asked(name: str, what: str, measure: Measure, *, scale: float = 1.0, fitted: bool = False) -> _Asked:
        found = figure(f"hasan_2021.{name}")
        assert found.value is not None
        assert found.size is not None
        assert found.n is not None
        return _Asked(
            figure=found.id, what=what, observed=found.value * scale, se=found.size * scale / found.n**0.5,
            n=found.n, weight_kg=75.0, weight_sd_kg=12.0, measure=measure, used_to_fit=fitted,
        )  # fmt: skip

    def peak(isomer: str) -> Measure:
        def measure(a_set: PkSet, s: Parameters, r: Parameters, _: Array) -> Array:
            dose = (Infusion(start_h=0.0, end_h=0.5, mg_per_h=5.0),)
            return levels(a_set, s if isomer == "s" else r, dose, [0.5])["venous"][:, 0]

        return measure

    def volume(_: PkSet, s: Parameters, __: Parameters, weight: Array) -> Array:
        total: Array = sum(s[name] for name in _VOLUMES) / weight
        return total

    return (
        asked(
            "cmax_s", "venous peak of S-ketamine, 5 mg racemate over 30 min, ng/mL", peak("s"), fitted=True
        ),
        asked(
            "cmax_r", "venous peak of R-ketamine, 5 mg racemate over 30 min, ng/mL", peak("r"), fitted=True
        ),
        asked("cl_s", "clearance of S-ketamine, L/h", lambda _, s, __, ___: plasma_clearance(s), scale=0.06),
        asked("cl_r", "clearance of R-ketamine, L/h", lambda _, __, r, ___: plasma_clearance(r), scale=0.06),
        asked("vss_s", "steady-state volume of S-ketamine, L/kg", volume),
    )


def _traced() -> tuple[_Asked, ...]:
    """Return points of Kamp 2020 (Br J Anaesth); the tracing error is taken as standard error."""
    chosen = (
        ("s_ketamine_after_esketamine", "arterial", 2.0, False),
        ("s_ketamine_after_esketamine", "arterial", 3.0, False),
        ("s_ketamine_after_esketamine", "arterial", 5.0, False),
        ("s_norketamine_after_esketamine", "norketamine", 3.0, True),
        ("s_norketamine_after_esketamine", "norketamine", 5.0, True),
        ("r_norketamine_after_racemate", "norketamine", 3.0, False),
    )
    return tuple(_at(name, output, time_h, chose) for name, output, time_h, chose in chosen)


def _at(name: str, output: str, time_h: float, chose: bool) -> _Asked:
    curve = traced_curve(f"kamp_2020_bja.{name}")

    def measure(a_set: PkSet, s: Parameters, r: Parameters, weight: Array) -> Array:
        doses = tuple(
            Infusion(start_h=step.start_h, end_h=step.end_h, mg_per_h=np.asarray(step.mg_per_h) * weight)
            for step in stepped_infusion(1.0)
        )
        return levels(a_set, r if curve.analyte.startswith("r_") else s, doses, [time_h])[output][:, 0]

    return _Asked(
        figure="kamp_2020_bja.curves",
        what=f"{name.replace('_', ' ')}, stepped infusion, arterial, at {time_h:g} h, ng/mL",
        observed=curve.ng_per_ml[curve.times_h.index(time_h)],
        se=(curve.reading_error or 0.05) * curve.peak_ng_per_ml,
        n=20, weight_kg=75.0, weight_sd_kg=10.0, measure=measure, used_to_fit=chose,
        note="the norketamine was chosen among published ones by this curve" if chose else "",
    )  # fmt: skip


def _others() -> tuple[_Asked, ...]:
    peaks = [figure(f"simons_2022.peak_after_{film}_film") for film in ("50mg", "100mg")]

    def peak(a_set: PkSet, s: Parameters, _: Parameters, __: Array) -> Array:
        dose = (Infusion(start_h=0.0, end_h=1.0 / 3.0, mg_per_h=60.0),)
        return levels(a_set, s, dose, [1.0 / 3.0])["arterial"][:, 0]

    def exposure(_: PkSet, s: Parameters, r: Parameters, __: Array) -> Array:
        return 5000.0 / plasma_clearance(s) + 5000.0 / plasma_clearance(r)

    found = []
    for one in peaks:
        assert one.value is not None
        assert one.low is not None
        assert one.high is not None
        found.append(
            _Asked(
                figure=one.id, what=f"{one.quantity}, ng/mL", observed=one.value,
                se=(one.high - one.low) / (2 * _Z95), n=20, weight_kg=73.0, weight_sd_kg=10.0, measure=peak,
            )
        )  # fmt: skip
    auc = figure("intranasal_2022.iv_auc")
    clearance_cv = figure("hasan_2021.cl_s")
    assert auc.value is not None
    assert auc.n is not None
    assert clearance_cv.size is not None
    assert clearance_cv.value is not None
    found.append(
        _Asked(
            figure=auc.id, what="exposure to ketamine after 10 mg intravenously, ng h/mL", observed=auc.value,
            se=auc.value * clearance_cv.size / clearance_cv.value / auc.n**0.5, n=auc.n,
            weight_kg=70.0, weight_sd_kg=12.0, measure=exposure,
            note="no spread is printed; that of clearance in Hasan 2021 stands in",
        )
    )  # fmt: skip
    return tuple(found)
