"""Every published outcome of side effects, vital signs and mood that the model answers for.

Those that shaped parameters and those that did not, the latter as recorded predictions.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from subside.engine.effects.breathing import arterial_co2
from subside.engine.group import Group, Samples
from subside.engine.population.beliefs import Beliefs
from subside.engine.population.draws import draw
from subside.evidence import figure, value
from subside.validation import mood_fit
from subside.validation.circulation_fit import cohorts
from subside.validation.found import given
from subside.validation.mind_and_stomach import (
    PERCENT,
    long_infusion,
    patients,
    psychomimetic_targets,
    sedation_targets,
    sprays,
    stomach_targets,
    volunteers,
)
from subside.validation.outcome import Outcome
from subside.validation.side_effect_protocols import (
    SEED,
    Statistic,
    Study,
    Target,
    depression_dose,
    share_reporting,
    share_se,
)

Array = NDArray[np.float64]
READINGS_H: Final = (0.0, 1 / 6, 1 / 3, 0.5, 2 / 3, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0)
IN_INFUSION: Final = slice(1, 5)
NEAR_REST_MMHG: Final = 3.0  # design: what a cuff cannot tell from rest
SEVERE_SBP_MMHG, SEVERE_DBP_MMHG = 180.0, 110.0  # design: not defined in the abstract
SESSIONS: Final = 8  # of nasal esketamine in four weeks
NASAL_READINGS: Final = (3, 5, 6)  # 40, 60 and 90 min of NASAL_H without its first time (recalled)


def studies() -> tuple[Study, ...]:
    """Return every study that is simulated, with all its targets."""
    long_strange, nasal_strange = psychomimetic_targets()
    label_sick, long_sick, dizzy = stomach_targets()
    sedated, _, _ = sedation_targets()
    return (
        volunteers(),
        patients(),
        long_infusion(long_strange, long_sick),
        sprays(nasal_strange, label_sick, dizzy, sedated, _large_rises(), *_first_week()),
        *cohorts(),
        _pressure_over_time(),
        *mood_fit.studies(),
    )


def at_levels(beliefs: Beliefs) -> tuple[Outcome, ...]:
    """Return the outcomes that were measured at a known level, where nothing needs simulating."""
    values = draw(beliefs, 400, seed=SEED, vary=("parameter", "trial")).values
    # a mean over people of a lognormal, over its median
    most = {
        name: values[name] * math.exp(0.5 * beliefs[name].patient_sd ** 2)
        for name in ("sbp_emax", "dbp_emax", "hr_emax")
    }
    level = value("langsjo_2005.level_anesthetic", unit="ng/mL")
    rise = level / (level + values["circulation_half_ng_per_ml"])
    sbp, dbp = value("nhanes_2011.sbp_all", unit="mmHg"), value("nhanes_2011.dbp_all", unit="mmHg")
    mean_rise = 100.0 * rise * (sbp * most["sbp_emax"] + 2.0 * dbp * most["dbp_emax"]) / (sbp + 2.0 * dbp)
    heart = 100.0 * most["hr_emax"] * level / (level + values["hr_half_ng_per_ml"])
    left = 1.0 - value("nieuwenhuijs_2003.stimulated_ventilation_fall", unit="%") / 100.0
    rest = [100.0 * (1.0 - arterial_co2(1.0, g) / arterial_co2(left, g)) for g in values["co2_gain_mmhg"]]
    small = "8 men, level printed"
    return (
        _outcome("langsjo_2005.map_rise_anesthetic", mean_rise, True, small),
        _outcome("langsjo_2005.hr_rise_anesthetic", heart, True, small),
        _outcome("nieuwenhuijs_2003.resting_ventilation_fall", np.array(rest), True,
                 "from the fall at fixed carbon dioxide; one of seven measures of the gain"),
    )  # fmt: skip


def _outcome(figure_id: str, said: Array, used: bool, note: str) -> Outcome:
    found, observed = figure(figure_id), given(figure_id).value
    low, middle, high = np.percentile(said, [5.0, 50.0, 95.0])
    se = found.size if found.spread == "se" else None
    return Outcome(
        figure=figure_id, what=f"{found.quantity}, {found.unit}", observed=observed, se=se,
        predicted=float(middle), low=float(low), high=float(high), used_to_fit=used, note=note,
    )  # fmt: skip


def _first_week() -> tuple[Target, ...]:
    """Return the shares of the first week of nasal esketamine, two sessions, without placebo."""
    table = (
        ("dissociation_week_1", "p_psychomimetic", "psychomimetic_background", "dissociation_placebo"),
        ("dizziness_week_1", "p_dizziness", "dizziness_background", "dizziness_placebo"),
        ("nausea_week_1", "p_nausea", "nausea_background", "nausea_placebo"),
    )
    found = []
    for name, output, background, placebo in table:
        f = given(f"esketamine_course_2022.{name}")
        quiet = value(f"esketamine_label.{placebo}", unit=PERCENT)
        found.append(
            Target(
                figure=f.figure.id, what=f"{f.figure.quantity}, %", observed=f.value,
                se=share_se(f.value, f.n),
                statistic=share_reporting(output, background, quiet), fitted=False,
                note="open series, told unasked; the model answers for trials of four weeks",
            )
        )  # fmt: skip
    return tuple(found)


def _large_rises() -> Target:
    """Return the share with a rise of 40 mmHg systolic or 25 diastolic, at least once in eight sessions."""
    f = given("esketamine_label.large_rise_esketamine")
    low, high = f.ends
    return Target(
        figure=f.figure.id,
        what="people with a rise of 40 or 25 mmHg at least once in 4 weeks, %",
        observed=f.value,
        se=0.5 * (high - low),
        statistic=_share_above(
            {"sbp_mmhg": 40.0, "dbp_mmhg": 25.0}, rise=True, sessions=SESSIONS, at=NASAL_READINGS
        ),
        fitted=False,
        note="middle of the printed range; scatter of readings assumed",
    )


def _pressure_over_time() -> Study:
    """Return what was reported of pressure besides its mean rise at a minute."""
    wan = []
    for output, name in (("sbp_mmhg", "sbp_peak_rise"), ("dbp_mmhg", "dbp_peak_rise")):
        f = given(f"wan_2015.{name}")
        wan.append(
            Target(
                figure=f.figure.id, what=f"{f.figure.quantity}, mmHg", observed=f.value, se=None,
                statistic=_mean_of_peaks(output), fitted=False,
                note="recalled; each person's highest of four readings, their scatter assumed",
            )
        )  # fmt: skip
    back = given("szarmach_2020.pressure_back_to_base_h")
    severe = given("yale_2024.severe_hypertension_infusions")
    bounds = {"sbp_mmhg": SEVERE_SBP_MMHG, "dbp_mmhg": SEVERE_DBP_MMHG}
    return Study(
        name="pressure_over_time",
        case=depression_dose(),
        n=97,
        times_h=READINGS_H,
        targets=(
            *wan,
            Target(figure=back.figure.id, what=f"{back.figure.quantity}, h", observed=back.value, se=None,
                   statistic=_back_at_rest, fitted=False, note="within 3 mmHg of rest; an upper bound"),
            Target(figure=severe.figure.id, what=f"{severe.figure.quantity}, %",
                   observed=severe.value, se=None,
                   statistic=_share_above(bounds, rise=False),
                   fitted=False, note="180/110 mmHg taken; the abstract does not define it"),
        ),
    )  # fmt: skip


def _readings(samples: Samples, output: str, group: Group, sessions: int = 1) -> Array:
    """Return scattered readings at every time after the first. Shape ``(person, session, time)``."""
    name = {"sbp_mmhg": "sbp_reading_sd", "dbp_mmhg": "dbp_reading_sd"}[output]
    sd = value(f"side_effect_assumptions.{name}", unit="mmHg")
    clean = np.asarray(samples[output][:, None, 1:], dtype=np.float64)
    shape = (clean.shape[0], sessions, clean.shape[2])
    noise = np.random.default_rng([group.seed, len(output), ord(output[0])]).normal(0.0, sd, shape)
    return clean + noise


def _mean_of_peaks(output: str) -> Statistic:
    def statistic(samples: Samples, group: Group) -> float:
        seen = _readings(samples, output, group)[:, 0, :4]
        return float((seen.max(axis=1) - samples[output][:, 0]).mean())

    return statistic


def _share_above(
    bounds: dict[str, float], *, rise: bool, sessions: int = 1, at: tuple[int, ...] = ()
) -> Statistic:
    def statistic(samples: Samples, group: Group) -> float:
        above = np.zeros(len(group), dtype=bool)
        for output, bound in bounds.items():
            seen = _readings(samples, output, group, sessions)
            seen = seen[:, :, list(at)] if at else seen
            base = samples[output][:, 0][:, None, None] if rise else 0.0
            above |= (seen - base >= bound).any(axis=(1, 2))
        return 100.0 * float(above.mean())

    return statistic


def _back_at_rest(samples: Samples, _: Group) -> float:
    """Return when the mean rise is small again, in h after the end of the infusion."""
    mean = (samples["sbp_mmhg"] - samples["sbp_mmhg"][:, :1]).mean(axis=0)
    late = np.array(READINGS_H) > 2 / 3 + 1e-6
    near = np.flatnonzero(late & (mean <= NEAR_REST_MMHG))
    return READINGS_H[int(near[0])] - 2 / 3 if len(near) else READINGS_H[-1]
