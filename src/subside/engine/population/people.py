"""From a case and draws to people as the system reads them."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from subside.case import Case
from subside.engine.circuit.gain import spinal_log_gain
from subside.engine.drugs import default_set, pk_set
from subside.engine.drugs.kinds import PkSet
from subside.engine.drugs.others import others
from subside.engine.kernel.random import normals
from subside.engine.pk import INPUT, Covariates, individual, outputs, rate_entries
from subside.engine.population.baselines import Baselines, usual_pain
from subside.engine.population.beliefs import Beliefs
from subside.engine.population.described import Described, by_case
from subside.engine.population.dosing import dose_scale
from subside.engine.population.draws import Draws, patient_study
from subside.engine.population.injury import injure, wounded
from subside.engine.population.opioid_rates import DIFFER, opioid_rates
from subside.engine.population.reached import reached
from subside.engine.population.vital_signs import vital_signs
from subside.engine.receptor.routes import REFERENCE_NG_PER_ML, ROUTES
from subside.engine.receptor.trapping import potency_shift
from subside.engine.systems.chronic_pain.layout import (
    AT,
    CENTRAL,
    INPUT_R,
    INPUT_S,
    MOOD,
    N_SLOW,
    PARAMETERS,
    R_FIRST,
    S_FIRST,
    SITE_BREATHING,
    SITE_CIRCULATION,
    SITE_MIND,
    SITE_PAIN_R,
    SITE_PAIN_S,
    SITE_SEDATION,
    SITE_STOMACH,
    SLEEP,
    SLOW_RATES,
    VENOUS,
    S,
)
from subside.engine.systems.chronic_pain.solve import People
from subside.units import MOLAR_MASS_G_PER_MOL

Array = NDArray[np.float64]

# Where synaptic block is reckoned: a cell of the dorsal horn under drive, physiological magnesium (assumed).
SYNAPSE_MV = -50.0
MAGNESIUM_MM = 1.0
LN_2 = float(np.log(2.0))
H_PER_D = 24.0


def set_name(case: Case) -> str:
    """Return the named PK set of a case: its own choice, or the default for drug form and age."""
    own = case.options.get("pk_set")
    if own:
        return str(own)
    drugs = case.regimen().drugs or ("esketamine",)
    return default_set(drugs[0], case.patient.age_years)


def people(
    case: Case,
    beliefs: Beliefs,
    draws: Draws,
    start: Baselines,
    *,
    seed: int,
    vary: Collection[str],
    described: Described | None = None,
) -> People:
    """Return people as the loop reads them, untreated and at rest."""
    v, n = draws.values, len(draws)
    who = by_case(case, n) if described is None else described.beside(case)
    chosen = pk_set(set_name(case))
    non_zeros, rates, levels = _linear(case, chosen, draws, who, seed=seed, vary=vary)
    table = np.zeros((n, len(PARAMETERS)))

    def put(name: str, value: Array | float) -> None:
        table[:, AT[name]] = value

    for name in set(PARAMETERS) & set(v):
        put(name, v[name])
    for name, value in levels.items():
        put(name, value)
    for name, value in reached(case, beliefs, draws).items():
        put(name, value)
    _pain(put, draws, start, seed=seed, vary=vary)
    _receptor(put, draws)
    _mood(put, draws, start)
    vital_signs(put, case, draws, start, who)
    decay = {
        "k_return_per_h": v["k_return_per_d"] / H_PER_D,
        "k_mood_per_h": 1.0 / (H_PER_D * v["tau_mood_d"]),
        "k_sleep_per_h": 1.0 / (H_PER_D * v["tau_sleep_d"]),
        "k_signal_per_h": 1.0 / (H_PER_D * v["tau_signal_d"]),
        "k_expectation_per_h": 1.0 / (H_PER_D * v["tau_expectation_d"]),
        "k_tolerance_per_h": 1.0 / (H_PER_D * v["tau_tolerance_d"]),
        "k_mind_tolerance_per_h": 1.0 / (H_PER_D * v["tau_mind_tolerance_d"]),
        "k_heal_per_h": np.full(n, LN_2 / H_PER_D),  # of no injury; one that there is brings its own
        "k_opioid_tolerance_per_h": 1.0 / (H_PER_D * v["tau_opioid_tolerance_d"]),
        "k_hyperalgesia_per_h": 1.0 / v["tau_hyperalgesia_h"],
    }
    for name in set(decay) & set(PARAMETERS):
        put(name, decay[name])
    slow = np.zeros((n, N_SLOW))
    slow[:, S], slow[:, MOOD], slow[:, SLEEP] = v["s0"], 1.0, start["sleep_nrs"] / 10.0
    rested = People(
        non_zeros=non_zeros,
        rates=rates,
        slow_rates=np.stack([decay[name] for name in SLOW_RATES], axis=1),
        parameters=table,
        start=slow,
    )
    if case.injury is None:
        return rested

    def stated(name: str) -> Array | None:
        return None if name in start.stand_ins else start[name]

    wounds = wounded(
        case.injury, draws, phq9_total=stated("phq9_total"), sleep_nrs=stated("sleep_nrs"),
        before_nrs=stated("nrs_pain"), seed=seed, vary=vary,
    )  # fmt: skip
    return injure(rested, wounds)


def with_expectation(group: People, factor: Array | float) -> People:
    """Return the same people expecting more or less; 0 for an arm without visits."""
    table = group.parameters.copy()
    table[:, AT["expectation"]] *= factor
    return People(
        non_zeros=group.non_zeros,
        rates=group.rates,
        slow_rates=group.slow_rates,
        parameters=table,
        start=group.start,
    )


def _linear(
    case: Case, chosen: PkSet, draws: Draws, described: Described, *, seed: int, vary: Collection[str]
) -> tuple[tuple[tuple[int, int], ...], Array, dict[str, Array | float]]:
    """Return the linear system of both enantiomers and the effect sites, and the level factors."""
    v, n = draws.values, len(draws)
    weight_kg = described.stated["weight_kg"]
    who = Covariates(weight_kg=weight_kg, age_years=described.stated["age_years"])
    # A regimen per kg: states hold the reference weight's amounts, levels carry each person's own.
    scale = dose_scale(case, weight_kg)
    factor: Array | float = 1.0 if scale is None else scale
    z = (
        normals(f"{patient_study(seed, vary)}/pk", draws.people, chosen.name, chosen.n_eta)
        if "patient" in vary
        else np.zeros((n, chosen.n_eta))
    )
    non_zeros: list[tuple[int, int]] = []
    columns: list[Array] = []
    racemic = "racemic_ketamine" in case.regimen().drugs
    level: dict[str, Array | float] = {}
    for enantiomer, offset, source in (("s", S_FIRST, INPUT_S), ("r", R_FIRST, INPUT_R)):
        if enantiomer == "r" and not racemic:
            continue
        body = individual(chosen, who, z, enantiomer=enantiomer)  # type: ignore[arg-type]
        for name in ("cl_l_per_h", "kel_per_h", "kmet_per_h"):
            if name in body:
                body[name] = body[name] * v["pk_clearance_factor"]
        for name in ("v1_l", "v2_l", "v3_l"):
            if name in body:
                body[name] = body[name] * v["pk_volume_factor"]
        pairs, values = rate_entries(chosen, body)
        if scale is not None and (VENOUS, CENTRAL) in pairs:  # a level, not an amount
            values[:, pairs.index((VENOUS, CENTRAL))] *= scale
        non_zeros += [(offset + row, source if col == INPUT else offset + col) for row, col in pairs]
        columns += list(values.T)
        read = outputs(chosen, body)
        if enantiomer == "s":
            level = {
                "ng_per_ml_per_mg": factor * read["arterial"].factor,
                "venous_ng_per_ml_per_mg": 0.0 if chosen.has_venous_delay else factor * read["venous"].factor,
                "nk_ng_per_ml_per_mg": factor * read["norketamine"].factor if "norketamine" in read else 0.0,
                "hnk_ng_per_ml_per_mg": (
                    factor * read["hydroxynorketamine"].factor if "hydroxynorketamine" in read else 0.0
                ),
            }
    arterial = np.broadcast_to(level["ng_per_ml_per_mg"], (n,))
    active = np.where(draws.choices["r_ketamine"] == "active", v["r_activity"], 0.0)
    sites: tuple[tuple[int, str, float, Array | float], ...] = (
        (SITE_PAIN_S, "pain", 1.0, 0.0),
        (SITE_PAIN_R, "pain", 0.0, 1.0),
        (SITE_CIRCULATION, "circulation", 1.0, 0.0),
        (SITE_MIND, "mind", 1.0, active),
        (SITE_SEDATION, "sedation", 1.0, v["r_sedation"]),
        (SITE_STOMACH, "stomach", 1.0, v["r_stomach"]),
        (SITE_BREATHING, "breathing", 1.0, v["r_breathing"]),
    )
    for site, name, of_s, of_r in sites:
        ke0 = LN_2 / (v[f"site_{name}_min"] / 60.0)
        non_zeros.append((site, site))
        columns.append(-ke0)
        if of_s:
            non_zeros.append((site, S_FIRST + CENTRAL))
            columns.append(ke0 * arterial)
        if racemic and (np.ndim(of_r) or of_r):  # not by who is in the group: one structure for all
            non_zeros.append((site, R_FIRST + CENTRAL))
            columns.append(ke0 * arterial * of_r)
    for slot, course in enumerate(others(case).opioids):
        drawn = (
            normals(f"{patient_study(seed, vary)}/opioid", draws.people, course.name, len(DIFFER))
            if "patient" in vary
            else np.zeros((n, len(DIFFER)))
        )
        entries, level[f"opioid_{slot + 1}_breathing"] = opioid_rates(course.name, slot, case.patient, drawn)
        non_zeros += [pair for pair, _ in entries]
        columns += [value for _, value in entries]
    return tuple(non_zeros), np.stack(columns, axis=1), level


def _pain(  # type: ignore[no-untyped-def]
    put, draws: Draws, start: Baselines, *, seed: int, vary: Collection[str]
) -> None:
    v, c = draws.values, draws.choices
    rest = usual_pain(draws, start)
    u0 = -np.log1p(-rest / 10.0)
    spinal_1, spinal_2 = (v["spinal_gain_factor"] * part for part in spinal_log_gain())
    s0 = v["s0"]
    put("spinal_log_gain_1", spinal_1)
    put("spinal_log_gain_2", spinal_2)
    put("n_drive", u0 / (np.exp(s0 * (spinal_1 + s0 * spinal_2)) * (1.0 + v["brain_gain"] * s0)))
    put("therapy_share", np.where(c["therapy"] == "on", v["therapy_effect"], 0.0))
    put("r0", rest / 10.0)
    put("k_return_per_h", v["k_return_per_d"] / H_PER_D)
    k_dep = v["k_dep_per_d"] / H_PER_D
    if np.any(c["responders"] == "mixture"):
        # the person's own deviate decides, so that the same person responds in every arm
        rank = _rank(draws, "responders", seed=seed, vary=vary)
        k_dep = np.where((c["responders"] == "mixture") & (rank > v["share_of_responders"]), 0.0, k_dep)
    put("k_dep_per_h", k_dep)
    put("feedback_share", np.where(c["sensitization"] == "bistable", 1.0, 0.0))
    put("tolerance_gain", np.where(c["tolerance"] == "on", v["tolerance_gain"], 0.0))
    put("rebound_gain", np.where(c["rebound"] == "on", v["rebound_gain"], 0.0))
    put("r_activity", np.where(c["r_ketamine"] == "active", v["r_activity"], 0.0))
    put("nk_opposes", np.where(c["norketamine"] == "opposing", v["nk_opposes"], 0.0))
    if "nrs_pain_movement" in start.values:
        moving = np.clip(start["nrs_pain_movement"] - v["entry_excess_nrs"], 0.3, 9.9)
        put("movement_extra", np.maximum(-np.log1p(-moving / 10.0) / u0 - 1.0, 0.0))


def _receptor(put, draws: Draws) -> None:  # type: ignore[no-untyped-def]
    v, c = draws.values, draws.choices
    per_ng = v["fraction_unbound"] / MOLAR_MASS_G_PER_MOL["ketamine"]
    half = {
        "pore": v["half_pore_s_um"] * potency_shift(SYNAPSE_MV, MAGNESIUM_MM),
        "glun2d": v["half_2d_um"],
        "allosteric": v["half_allosteric_um"],
        "descending": v["half_descending_um"],
    }
    put("um_per_ng_per_ml", per_ng)
    reference = per_ng * REFERENCE_NG_PER_ML
    short = {"pore": "pore", "glun2d": "2d", "allosteric": "allosteric", "descending": "descending"}
    for route in ROUTES:
        put(f"half_{short[route]}_um", half[route])
        taken = c["low_dose_route"] == route
        put(f"w_{short[route]}", np.where(taken, (reference + half[route]) / reference, 0.0))


def _mood(put, draws: Draws, start: Baselines) -> None:  # type: ignore[no-untyped-def]
    v, c = draws.values, draws.choices
    put("h0", start["sleep_nrs"] / 10.0)
    put("burden0", start["phq9_total"] / 27.0)
    for name in ("phq9", "madrs", "gad7", "pcl5"):
        put(f"{name}_0", start[f"{name}_total"])
    put("gad7_by_mood", np.where(c["anxiety"] == "on", v["anxiety_by_mood"], 0.0))
    put("pcl5_by_mood", np.where(c["post_traumatic_stress"] == "on", v["stress_by_mood"], 0.0))
    coupled = np.where(c["coupling"] == "on", 1.0, 0.0)
    for name in (
        "mood_by_pain", "mood_by_sleep", "pain_by_mood", "pain_by_sleep", "sleep_by_pain", "sleep_by_mood",
    ):  # fmt: skip
        put(name, v[name] * coupled)


def _rank(draws: Draws, name: str, *, seed: int, vary: Collection[str]) -> Array:
    """Return a uniform number a person, the same in every arm; 0 where people do not differ."""
    from subside.engine.kernel.random import uniforms

    if "patient" not in vary:
        return np.zeros(len(draws))
    return uniforms(f"{patient_study(seed, vary)}/rank", draws.people, name, 1)[:, 0]
