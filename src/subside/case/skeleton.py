"""The first case file of a newcomer: what can be written, with a comment on each part."""

from __future__ import annotations

from typing import Final

__all__ = ["template"]


def template() -> str:
    """Return a commented skeleton of a case file, which itself reads without a mistake."""
    return _TEMPLATE


_TEMPLATE: Final = """\
# A case: one patient, what is given, what was observed.
# Check it with 'subside case check FILE', see what was understood with 'subside case show FILE'.
# Quantities are text with a unit: "8 h", "40 min", "10 d"; "10 mg", "0.5 mg/kg"; "22 mg/h",
# "0.35 mg/kg/h", "5 mcg/kg/min". Times count from the start of the first infusion; those before it
# are negative ("-30 d"). A key that is left out is not known; not known is never taken as "no".

format = 1
title = "An invented example: replace it with your own words"
# follow_up = "12 wk"             # how long to look ahead

[patient]
age_years = 46
weight_kg = 70                    # kg only
condition = "complex_regional_pain_syndrome"
# sex = "female"                  # or "male"
# height_cm = 168
# pain_months = 60
nrs_pain = 7                      # usual pain at rest, 0 to 10; nrs_pain_movement too
# phq9_total = 12                 # also madrs_total, gad7_total, pcl5_total, sleep_nrs, peg_score
# sbp_mmhg = 128                  # also dbp_mmhg, hr_bpm, spo2_percent, rr_per_min, etco2_mmhg
# labs = { alt_u_per_l = 24, alt_upper_limit_u_per_l = 40, egfr_ml_per_min = 95 }
# allergies = [ "penicillin" ]
# medicines = [ { name = "oxycodone", dose = "10 mg", every = "12 h", route = "oral" } ]
# prior_treatments = [ { kind = "nerve block", name = "stellate ganglion", stopped_for = "no benefit" } ]

[patient.history]                 # "yes", "no" or "unknown"
hypertension = "no"
# coronary_disease = "unknown"
# psychosis = "no"
# liver_disease = "no"
# pregnancy = "no"
# substance_use_disorder = "no"
# prior_ketamine = "no"

# [injury]                        # an operation or accident that heals; nrs_pain above is then pain before it
# at = "-2 d"                     # never after 0 h
# kind = "thoracotomy"
# nrs_pain = 5                    # pain at rest on the first day
# heals_in = "7 d"                # half of its drive is gone by then
# cut_nerve = "unknown"           # "yes", "no" or "unknown"

[[infusion]]
drug = "esketamine"               # or "racemic_ketamine"; read the label, nothing converts them
start = "0 h"
# concentration = "1 mg/mL"       # what the bag holds: allows rates in mL/h, and shows them
# bolus = "10 mg"                 # at once; or { dose = "0.1 mg/kg", over = "5 min" }
steps = [
  { rate = "5 mg/h", for = "30 min" },
  { rate = "10 mg/h", for = "3 h" },
  # { dose = "0.5 mg/kg", for = "40 min" },                                   # evenly over the time
  # { from_rate = "10 mg/h", to_rate = "2 mg/h", for = "1 h", in_steps = 4 }, # a taper
]
# Instead of steps, a titration, decided while it runs:
# policy = { start_rate = "5 mg/h", step = "2 mg/h", every = "1 h", for = "8 h", ceiling = "20 mg/h",
#            ... } on one line; also floor, raise_if_pain_above = 3,
#            hold_if = { sbp_above_mmhg = 150, moaas_below = 4, cadss_above = 20 },
#            lower_if = { sbp_above_mmhg = 170, moaas_below = 3, spo2_below_percent = 92 }
series = { every = "1 d", count = 10, skip = "weekend", first_weekday = "monday" }

# [[infusion]]                    # a later single session
# label = "booster"
# drug = "esketamine"
# start = "12 wk"
# steps = [ { rate = "10 mg/h", for = "4 h" } ]

# [[treatment]]                   # another drug, or a therapy
# kind = "drug"
# name = "gabapentin"
# dose = "600 mg"
# every = "8 h"
# route = "oral"
# from = "-30 d"
# until = "60 d"

# [[treatment]]
# kind = "therapy"
# name = "graded motor imagery"
# every = "1 wk"
# from = "0 h"

# [[observation]]
# at = "7 d"
# what = "nrs_pain"
# value = 4

# [answers]                       # more answers for subside screen and subside check; they list the questions
# dissociative_ptsd = "no"
# cssrs_ideation = 0

# [options]                       # the engine's rival sets and hypotheses, by name
# pk_set = "kamp_2020"
"""
