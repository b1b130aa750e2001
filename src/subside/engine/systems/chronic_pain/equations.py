"""The equations of the system joined: what is felt, and what is read out.

Scalar, one patient, one moment; the compiled loop inlines them. No function takes more than 30
arguments: beyond that the interpreter packs them into a tuple, which the compiler cannot inline.
"""

from __future__ import annotations

from subside.engine.effects.breathing import (
    DEAD_SPACE_GRADIENT_MMHG,
    arterial_co2,
    depression,
    drive_left,
    opioid_share,
    respiratory_rate,
    saturation,
)
from subside.engine.effects.circulation import PULSE_PRESSURE_LEAST_MMHG, mean_pressure, rise
from subside.engine.effects.mind import alertness, cadss, p_psychomimetic
from subside.engine.effects.mood import on_pain, relief
from subside.engine.effects.opioids import analgesia, unmasked, with_background
from subside.engine.effects.pain import drive, gain, input_drive, movement_drive, rating
from subside.engine.effects.stomach import probability
from subside.engine.kernel.jit import scalar
from subside.engine.receptor.routes import occupancy

#: Share of a depressive burden that expectation alone lifts at most (assumed).
EXPECTATION_LIFTS_AT_MOST = 0.6


@scalar
def usual_drive(
    s, mood, sleep, injury, nsaid, n_drive, peripheral, spinal_1, spinal_2, brain, pain_by_mood, burden0,
    pain_by_sleep, h0,
):  # type: ignore[no-untyped-def]  # fmt: skip
    """Return the drive without ketamine, opioids, expectation or rebound: what keeps sensitization up."""
    aside = on_pain(mood, burden0, sleep, h0, pain_by_mood, pain_by_sleep)
    n = input_drive(n_drive, peripheral, injury, nsaid)
    return drive(n, gain(s, spinal_1, spinal_2, brain), aside, 0.0, 0.0, 0.0)


@scalar
def felt_drive(
    s, mood, sleep, expectation, tolerance, acute, injury, nsaid, others, opioid, opioid_tolerance,
    balanced, hyperalgesia, n_drive, peripheral, spinal_1, spinal_2, brain, pain_by_mood, burden0, pain_by_sleep, h0,
    acute_emax, tolerance_gain, rebound_gain, opioid_emax, opioid_tolerance_gain, hyperalgesia_gain,
):  # type: ignore[no-untyped-def]  # fmt: skip
    """Return the drive that reaches awareness now; ``acute`` is ``effects.pain.acute_share``.

    ``nsaid`` and ``others`` are shares that other treatments take (``others_now``), ``opioid`` the level
    of opioids in multiples of their half effect, ``balanced`` the hyperalgesia that this level hides.
    """
    there = acute * (1.0 - tolerance_gain * tolerance)
    rebound = rebound_gain * max(tolerance - there, 0.0)
    aside = on_pain(mood, burden0, sleep, h0, pain_by_mood, pain_by_sleep)
    n = input_drive(n_drive, peripheral, injury, nsaid)
    n = n * (1.0 + hyperalgesia_gain * unmasked(hyperalgesia, balanced))
    left = (1.0 - others) * (1.0 - analgesia(opioid, opioid_emax, opioid_tolerance, opioid_tolerance_gain))
    return left * drive(
        n, gain(s, spinal_1, spinal_2, brain), aside, acute_emax * there, expectation, rebound
    )


@scalar
def others_now(gabapentinoid, tricyclic, therapy):  # type: ignore[no-untyped-def]
    """Return the share of the drive that these together take: they act at different places."""
    return 1.0 - (1.0 - gabapentinoid) * (1.0 - tricyclic) * (1.0 - therapy)


@scalar
def pains(u, movement_extra, s, s0):  # type: ignore[no-untyped-def]
    """Return pain at rest and on movement, 0 to 10, without day-to-day fluctuation."""
    return rating(u), rating(movement_drive(u, movement_extra, s, s0))


@scalar
def block_now(c_s, c_r, um, r_nmda, half_pore):  # type: ignore[no-untyped-def]
    """Return the share of open channels that ketamine blocks (pore, magnesium at its usual level)."""
    return occupancy(um * max(c_s + r_nmda * c_r, 0.0), half_pore)


@scalar
def moods(
    mood, signal, expectation, signal_emax, signal_half, by_expectation, phq9_0, madrs_0, gad7_0, pcl5_0,
    gad7_by_mood, pcl5_by_mood,
):  # type: ignore[no-untyped-def]  # fmt: skip
    """Return PHQ-9, MADRS, GAD-7 and PCL-5.

    Anxiety and post-traumatic stress follow the change of mood by their own factors, 0 by default.
    """
    burden = (
        mood
        * (1.0 - relief(signal, signal_emax, signal_half))
        * (1.0 - min(by_expectation * expectation, EXPECTATION_LIFTS_AT_MOST))
    )
    change = burden - 1.0
    return (
        min(phq9_0 * burden, 27.0),
        min(madrs_0 * burden, 60.0),
        min(max(gad7_0 * (1.0 + gad7_by_mood * change), 0.0), 21.0),
        min(max(pcl5_0 * (1.0 + pcl5_by_mood * change), 0.0), 80.0),
    )


@scalar
def minds(
    c_mind, c_sedation, c_stomach, mind_tolerance, per_ng, tolerance_gain, psy_background, psy_half,
    sedation_half, sedation_steepness, benzo, opioid, midazolam,
    nausea_0, nausea_half, nausea_steepness, dizzy_0, dizzy_half, dizzy_steepness,
):  # type: ignore[no-untyped-def]  # fmt: skip
    """Return CADSS, p(psychomimetic), MOAA/S, p(nausea), p(dizziness)."""
    dissociation = cadss(max(c_mind, 0.0), per_ng, min(tolerance_gain * mind_tolerance, 0.95))
    both = min(benzo + midazolam, 0.8)
    return (
        dissociation,
        p_psychomimetic(dissociation, psy_background, psy_half),
        alertness(max(c_sedation, 0.0), sedation_half, sedation_steepness, both, opioid),
        probability(max(c_stomach, 0.0), nausea_0, nausea_half, nausea_steepness),
        probability(max(c_stomach, 0.0), dizzy_0, dizzy_half, dizzy_steepness),
    )


@scalar
def circulation(c, sbp_0, dbp_0, hr_0, sbp_emax, dbp_emax, hr_emax, half, hr_half):  # type: ignore[no-untyped-def]
    """Return systolic, diastolic, mean pressure (mmHg) and heart rate (1/min)."""
    level = max(c, 0.0)
    sbp = sbp_0 * (1.0 + rise(level, sbp_emax, half))
    # where the diastolic rises more, as in some people it does, the pulse pressure keeps a floor
    dbp = min(dbp_0 * (1.0 + rise(level, dbp_emax, half)), sbp - PULSE_PRESSURE_LEAST_MMHG)
    return sbp, dbp, mean_pressure(sbp, dbp), hr_0 * (1.0 + rise(level, hr_emax, hr_half))


@scalar
def breathing(
    c, rr_0, etco2_0, co2_gain, gradient, emax, half, opioid, opioid_added, benzo, midazolam, interaction,
    fio2, spo2_offset, reversible, doubling,
):  # type: ignore[no-untyped-def]  # fmt: skip
    """Return SpO2 (%), end-tidal CO2 (mmHg) and breaths a minute.

    ``opioid`` is the share of the drive that background opioids take; ``opioid_added`` the level of
    others in multiples of the one that halves the drive.
    """
    # Background medicines have set the resting values: what is new acts on top of them.
    level = max(c, 0.0)
    rest = drive_left(0.0, opioid, benzo, interaction)
    now = drive_left(
        depression(level, emax, half),
        opioid_share(with_background(opioid, opioid_added), level, reversible, doubling),
        min(benzo + midazolam, 0.9), interaction,
    )  # fmt: skip
    p_rest = arterial_co2(rest, co2_gain)
    p = arterial_co2(now, co2_gain)
    etco2 = etco2_0 + p - p_rest
    rate = respiratory_rate(rr_0, p) / respiratory_rate(1.0, p_rest)
    read = saturation(etco2 + DEAD_SPACE_GRADIENT_MMHG, fio2, gradient) + spo2_offset
    return min(read, 100.0), etco2, rate
