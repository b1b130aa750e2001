"""The stable names of everything a course can hold, with unit, range and what each means.

Other programs read these names from ``--json`` and ``course.parquet``: a name, once here, keeps
its meaning. ``low`` and ``high`` bound what the quantity can be (``None``: no bound on that side);
they are not limits of normal. ``digits`` is how many decimals a reader is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from subside.errors import unknown_name

Group = Literal[
    "level",
    "receptor",
    "pain",
    "mood",
    "sleep",
    "mind",
    "stomach",
    "circulation",
    "breathing",
    "response",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Quantity:
    """One thing a course can hold.

    ``label`` is the short form for an axis; ``description`` the full meaning.
    ``better`` says which way is good for the patient, ``None`` where neither is.
    """

    name: str
    unit: str
    label: str
    description: str
    low: float | None
    high: float | None
    digits: int
    group: Group
    better: Literal["lower", "higher"] | None = None


def _level(name: str, label: str, description: str) -> Quantity:
    return Quantity(
        name=name,
        unit="ng/mL",
        label=label,
        description=description,
        low=0.0,
        high=None,
        digits=0,
        group="level",
    )


def _score(
    name: str, label: str, description: str, *, high: float, digits: int, group: Group
) -> Quantity:
    return Quantity(
        name=name,
        unit="points",
        label=label,
        description=description,
        low=0.0,
        high=high,
        digits=digits,
        group=group,
        better="lower",
    )


def _chance(
    name: str,
    label: str,
    description: str,
    *,
    group: Group,
    better: Literal["lower", "higher"],
) -> Quantity:
    return Quantity(
        name=name,
        unit="probability",
        label=label,
        description=description,
        low=0.0,
        high=1.0,
        digits=2,
        group=group,
        better=better,
    )


def _fraction(
    name: str, label: str, description: str, *, digits: int, group: Group
) -> Quantity:
    return Quantity(
        name=name,
        unit="fraction",
        label=label,
        description=description,
        low=0.0,
        high=1.0,
        digits=digits,
        group=group,
    )


def _vital(
    name: str, unit: str, label: str, description: str, *, high: float | None, group: Group
) -> Quantity:
    return Quantity(
        name=name,
        unit=unit,
        label=label,
        description=description,
        low=0.0,
        high=high,
        digits=0,
        group=group,
    )


_ALL = (
    _level(
        "cp_ketamine_ng_per_ml",
        "Ketamine, arterial",
        "Ketamine in arterial plasma, the sum of both enantiomers",
    ),
    _level("cp_s_ketamine_ng_per_ml", "S-ketamine, arterial", "S-ketamine in arterial plasma"),
    _level("cp_r_ketamine_ng_per_ml", "R-ketamine, arterial", "R-ketamine in arterial plasma"),
    _level(
        "cp_ketamine_venous_ng_per_ml",
        "Ketamine, venous",
        "Ketamine in venous plasma, the sum of both enantiomers; it lags behind arterial plasma",
    ),
    _level(
        "cp_norketamine_ng_per_ml",
        "Norketamine",
        "Norketamine in arterial plasma, the sum of both enantiomers",
    ),
    _level(
        "cp_hydroxynorketamine_ng_per_ml",
        "Hydroxynorketamine",
        "Hydroxynorketamine in arterial plasma, the sum of both enantiomers",
    ),
    _level(
        "ce_ketamine_ng_per_ml",
        "Ketamine, effect site",
        "Ketamine at the effect site of pain, the sum of both enantiomers",
    ),
    Quantity(
        name="ce_opioid_c50",
        unit="ratio",
        label="Opioid, effect site",
        description="Opioids given as treatments, at the effect site, in multiples of their half effect",
        low=0.0,
        high=None,
        digits=2,
        group="level",
    ),
    _fraction(
        "nmda_block",
        "Receptor block",
        "Share of open NMDA receptor channels that ketamine blocks",
        digits=3,
        group="receptor",
    ),
    _fraction(
        "sensitization",
        "Sensitization",
        "Central sensitization: 0 none, 1 the most the model holds",
        digits=3,
        group="pain",
    ),
    _score(
        "nrs_pain",
        "Pain at rest",
        "Pain at rest on the numeric rating scale: 0 no pain, 10 the worst imaginable",
        high=10.0,
        digits=1,
        group="pain",
    ),
    _score(
        "nrs_pain_movement",
        "Pain on movement",
        "Pain on movement on the numeric rating scale: 0 no pain, 10 the worst imaginable",
        high=10.0,
        digits=1,
        group="pain",
    ),
    Quantity(
        name="headache_days_per_28_d",
        unit="d",
        label="Headache days",
        description="Days of the last 28 with moderate or severe headache for four hours or more",
        low=0.0,
        high=28.0,
        digits=0,
        group="pain",
        better="lower",
    ),
    _score(
        "phq9_total",
        "Depression, PHQ-9",
        "Depressive symptoms, Patient Health Questionnaire total",
        high=27.0,
        digits=1,
        group="mood",
    ),
    _score(
        "madrs_total",
        "Depression, MADRS",
        "Depression rated by a clinician, Montgomery-Asberg scale total",
        high=60.0,
        digits=1,
        group="mood",
    ),
    _score(
        "gad7_total",
        "Anxiety, GAD-7",
        "Anxiety symptoms, Generalized Anxiety Disorder scale total",
        high=21.0,
        digits=1,
        group="mood",
    ),
    _score(
        "pcl5_total",
        "Post-traumatic stress, PCL-5",
        "Post-traumatic stress symptoms, PTSD Checklist total",
        high=80.0,
        digits=1,
        group="mood",
    ),
    _score(
        "sleep_nrs",
        "Sleep problem",
        "How much sleep is disturbed on a 0 to 10 rating: 0 not at all, 10 as badly as can be",
        high=10.0,
        digits=1,
        group="sleep",
    ),
    _score(
        "cadss_total",
        "Dissociation, CADSS",
        "Dissociation, Clinician-Administered Dissociative States Scale total",
        high=92.0,
        digits=0,
        group="mind",
    ),
    _chance(
        "p_psychomimetic",
        "Psychotomimetic effect",
        "Probability of a psychotomimetic effect (strange perceptions, dreams, unreality)",
        group="mind",
        better="lower",
    ),
    Quantity(
        name="moaas",
        unit="points",
        label="Sedation, MOAA/S",
        description="Alertness, modified observer's scale: 5 fully awake, 0 no response to pain",
        low=0.0,
        high=5.0,
        digits=1,
        group="mind",
        better="higher",
    ),
    _chance("p_nausea", "Nausea", "Probability of nausea", group="stomach", better="lower"),
    _chance(
        "p_dizziness", "Dizziness", "Probability of dizziness", group="stomach", better="lower"
    ),
    _vital(
        "sbp_mmhg",
        "mmHg",
        "Systolic pressure",
        "Systolic blood pressure",
        high=None,
        group="circulation",
    ),
    _vital(
        "dbp_mmhg",
        "mmHg",
        "Diastolic pressure",
        "Diastolic blood pressure",
        high=None,
        group="circulation",
    ),
    _vital(
        "map_mmhg",
        "mmHg",
        "Mean pressure",
        "Mean arterial pressure",
        high=None,
        group="circulation",
    ),
    _vital("hr_bpm", "/min", "Heart rate", "Heart rate", high=None, group="circulation"),
    _vital(
        "spo2_percent",
        "%",
        "Oxygen saturation",
        "Oxygen saturation by pulse oximeter; on added oxygen no evidence of breathing",
        high=100.0,
        group="breathing",
    ),
    _vital(
        "etco2_mmhg",
        "mmHg",
        "End-tidal CO2",
        "Carbon dioxide at the end of a breath",
        high=None,
        group="breathing",
    ),
    _vital(
        "rr_per_min", "/min", "Respiratory rate", "Breaths a minute", high=None, group="breathing"
    ),
    _chance(
        "p_response_30",
        "30 % relief",
        "Pain at rest at least 30 % below its baseline: the share of a population, the "
        "probability in one patient",
        group="response",
        better="higher",
    ),
    _chance(
        "p_response_50",
        "50 % relief",
        "Pain at rest at least 50 % below its baseline: the share of a population, the "
        "probability in one patient",
        group="response",
        better="higher",
    ),
    _chance(
        "p_moderate_pain",
        "Pain of 3 or more",
        "Pain at rest of 3 or more after an injury: the share of a population, the probability in one "
        "patient",
        group="response",
        better="lower",
    ),
)

NAMES: Mapping[str, Quantity] = MappingProxyType({q.name: q for q in _ALL})
"""Every stable name, in the order in which a reader meets it: drug, receptor, pain, the rest."""


def quantity(name: str) -> Quantity:
    """Return what a name means.

    Raises:
        UnknownNameError: If the name is not one of ``NAMES``; the nearest ones are suggested.

    >>> quantity("nrs_pain").unit
    'points'
    """
    try:
        return NAMES[name]
    except KeyError:
        raise unknown_name("quantity", name, NAMES) from None
