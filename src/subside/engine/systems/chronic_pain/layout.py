"""Where everything stands: states, parameters and outputs of the system, by index.

The linear part holds the two enantiomers (the layout of ``engine.pk``, twice), one effect site for each
endpoint, and two opioids; the slow part ten states; the rest are parameters of one patient, in the order
in which the loop reads them. What a case does not use (R-ketamine, opioids) has no rates and costs nothing.
"""

from __future__ import annotations

from typing import Final

PER_ENANTIOMER: Final = 13
CENTRAL, VENOUS, NK, HNK = 0, 4, 7, 11  # of one enantiomer
S_FIRST: Final = 0
R_FIRST: Final = PER_ENANTIOMER
SITE_PAIN_S, SITE_PAIN_R, SITE_CIRCULATION, SITE_MIND, SITE_SEDATION, SITE_STOMACH, SITE_BREATHING = range(
    2 * PER_ENANTIOMER, 2 * PER_ENANTIOMER + 7
)
#: States of one opioid; its effect site is in multiples of the level of half its analgesia.
PER_OPIOID: Final = 5
O_DEPOT, O_CENTRAL, O_PERIPHERAL_1, O_PERIPHERAL_2, O_SITE = range(PER_OPIOID)
MOST_OPIOIDS: Final = 2
OPIOID_FIRST: Final = 2 * PER_ENANTIOMER + 7
N_LINEAR: Final = OPIOID_FIRST + MOST_OPIOIDS * PER_OPIOID
INPUT_S: Final = N_LINEAR
INPUT_R: Final = N_LINEAR + 1
INPUT_OPIOID: Final = N_LINEAR + 2  # the first of them
N_INPUTS: Final = 2 + MOST_OPIOIDS
#: Where a bolus goes: into the vein of each enantiomer, then vein and gut of each opioid.
BOLUS_ROWS: Final = (
    S_FIRST, R_FIRST,
    OPIOID_FIRST + O_CENTRAL, OPIOID_FIRST + O_DEPOT,
    OPIOID_FIRST + PER_OPIOID + O_CENTRAL, OPIOID_FIRST + PER_OPIOID + O_DEPOT,
)  # fmt: skip
#: What other treatments take from the drive; each has a level from 0 to 1 in every step.
RELIEF: Final = ("nsaid", "gabapentinoid", "tricyclic", "therapy")

SLOW_STATES: Final = (
    "sensitization",  # 0 to 1
    "mood",           # depressive burden relative to baseline
    "sleep",          # sleep disturbance, 0 to 1
    "antidepressant", # lasting signal of doses
    "expectation",    # share of the drive taken away by expecting relief
    "tolerance",      # receptor up-regulation under block
    "mind_tolerance", # fading of dissociation on repeat
    "injury",         # drive from an injury that heals
    "opioid_tolerance",
    "hyperalgesia",   # what opioids add to pain, 0 to 1
)  # fmt: skip
(
    S, MOOD, SLEEP, SIGNAL, EXPECTATION, TOLERANCE, MIND_TOLERANCE, INJURY, OPIOID_TOLERANCE, HYPERALGESIA,
) = range(len(SLOW_STATES))  # fmt: skip
N_SLOW: Final = len(SLOW_STATES)

#: Decay of each slow state, per h, in the order of SLOW_STATES.
SLOW_RATES: Final = (
    "k_return_per_h", "k_mood_per_h", "k_sleep_per_h", "k_signal_per_h", "k_expectation_per_h",
    "k_tolerance_per_h", "k_mind_tolerance_per_h", "k_heal_per_h", "k_opioid_tolerance_per_h",
    "k_hyperalgesia_per_h",
)  # fmt: skip

PARAMETERS: Final = (
    # sensitization and pain
    "s0", "spinal_log_gain_1", "spinal_log_gain_2", "brain_gain", "n_drive", "k_return_per_h", "k_dep_per_h",
    "r0",
    "feedback_share", "feedback_threshold", "feedback_steepness",
    # receptor and routes (unbound uM)
    "um_per_ng_per_ml", "r_nmda", "half_pore_um", "half_2d_um", "half_allosteric_um", "half_descending_um",
    "w_pore", "w_2d", "w_allosteric", "w_descending",
    # acute analgesia
    "r_activity", "nk_opposes", "acute_emax", "acute_c50_ng_per_ml", "tolerance_gain", "rebound_gain",
    # mood and sleep
    "mood_by_pain", "mood_by_sleep", "pain_by_mood", "pain_by_sleep", "sleep_by_pain", "sleep_by_mood",
    "h0", "burden0", "k_mood_per_h", "k_sleep_per_h",
    "signal_half_ng_per_ml", "signal_per_h", "signal_emax", "signal_half",
    # expectation, tolerance
    "expectation", "k_tolerance_per_h", "mind_tolerance_per_h", "mind_tolerance_half_ng_per_ml",
    "mind_tolerance_gain",
    # read-outs: levels
    "ng_per_ml_per_mg", "venous_ng_per_ml_per_mg", "nk_ng_per_ml_per_mg", "hnk_ng_per_ml_per_mg",
    # read-outs: pain and mood
    "movement_extra", "phq9_0", "madrs_0", "gad7_0", "pcl5_0", "gad7_by_mood", "pcl5_by_mood",
    "mood_by_expectation",
    # read-outs: mind and stomach
    "cadss_per_ng_per_ml", "psychomimetic_background", "psychomimetic_half",
    "sedation_half_ng_per_ml", "sedation_steepness", "benzodiazepine_sedation", "opioid_sedation",
    "nausea_background", "nausea_half_ng_per_ml", "nausea_steepness",
    "dizziness_background", "dizziness_half_ng_per_ml", "dizziness_steepness",
    # read-outs: circulation
    "sbp_0", "dbp_0", "hr_0", "sbp_emax", "dbp_emax", "hr_emax", "circulation_half_ng_per_ml",
    "hr_half_ng_per_ml",
    # read-outs: breathing
    "rr_0", "etco2_0", "co2_gain_mmhg", "oxygen_gradient_mmhg", "breathing_emax", "breathing_half_ng_per_ml",
    "opioid_drive", "benzodiazepine_drive", "drive_interaction", "added_oxygen_fio2",
    "midazolam_drive", "midazolam_sedation", "spo2_offset_percent", "opioid_reversible_share",
    "opioid_doubling_ng_per_ml",
    # injury and other treatments
    "injury_drive", "peripheral_share", "nsaid_share", "gabapentinoid_share", "tricyclic_share",
    "therapy_share", "opioid_emax", "opioid_1_breathing", "opioid_2_breathing", "opioid_tolerance_gain",
    "k_opioid_tolerance_per_h", "hyperalgesia_gain", "k_hyperalgesia_per_h", "hyperalgesia_needs_nmda",
)  # fmt: skip
AT: Final = {name: index for index, name in enumerate(PARAMETERS)}

OUTPUTS: Final = (
    "cp_ketamine_ng_per_ml", "cp_s_ketamine_ng_per_ml", "cp_r_ketamine_ng_per_ml",
    "cp_ketamine_venous_ng_per_ml", "cp_norketamine_ng_per_ml", "cp_hydroxynorketamine_ng_per_ml",
    "ce_ketamine_ng_per_ml", "nmda_block", "sensitization", "nrs_pain", "nrs_pain_movement",
    "phq9_total", "madrs_total", "gad7_total", "pcl5_total", "sleep_nrs",
    "cadss_total", "p_psychomimetic", "moaas", "p_nausea", "p_dizziness",
    "sbp_mmhg", "dbp_mmhg", "map_mmhg", "hr_bpm", "spo2_percent", "etco2_mmhg", "rr_per_min",
    "ce_opioid_c50",
)  # fmt: skip
N_OUTPUTS: Final = len(OUTPUTS)

#: What a policy looks at, in the order of its columns; each may hold or lower the rate.
CONDITIONS: Final = (
    "pain_below", "sbp_above_mmhg", "map_above_mmhg", "hr_above_bpm", "moaas_below", "cadss_above",
    "spo2_below_percent",
)  # fmt: skip
#: One row a titration policy; NaN where a condition is not used.
POLICY_FIELDS: Final = (
    "start_mg_per_h", "step_mg_per_h", "lower_step_mg_per_h", "floor_mg_per_h", "ceiling_mg_per_h",
    "raise_if_pain_above", "s_share",
    *(f"hold_{name}" for name in CONDITIONS), *(f"lower_{name}" for name in CONDITIONS),
)  # fmt: skip
