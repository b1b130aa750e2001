"""What can be observed in a patient and written in a case file: name, unit, possible range.

Names shared with ``subside.course.NAMES`` mean the same thing there; a test holds the two together.
``low`` and ``high`` bound what the scale or the body allows, not what is normal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["OBSERVABLES", "Observable"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Observable:
    """One thing that can be observed; ``description`` is what a reader sees."""

    name: str
    unit: str
    low: float
    high: float
    description: str


def _of(name: str, unit: str, low: float, high: float, description: str) -> Observable:
    return Observable(name=name, unit=unit, low=low, high=high, description=description)


# The upper ends without a scale behind them (levels, pressures, laboratory values) are `design`:
# far beyond survivable, so that what they refuse is a wrong unit or a slipped decimal point.
_ALL = (
    _of("nrs_pain", "points", 0, 10, "pain at rest, 0 none to 10 worst imaginable"),
    _of("nrs_pain_movement", "points", 0, 10, "pain on movement, 0 none to 10 worst imaginable"),
    _of("peg_score", "points", 0, 10, "PEG mean: pain, enjoyment, general activity"),
    _of("pgic", "points", 1, 7, "patient's global impression of change, 1 very much improved to 7"),
    _of("phq9_total", "points", 0, 27, "depressive symptoms, PHQ-9 total"),
    _of("madrs_total", "points", 0, 60, "depression rated by a clinician, MADRS total"),
    _of("gad7_total", "points", 0, 21, "anxiety symptoms, GAD-7 total"),
    _of("pcl5_total", "points", 0, 80, "post-traumatic stress symptoms, PCL-5 total"),
    _of("sleep_nrs", "points", 0, 10, "how much sleep is disturbed, 0 not at all to 10"),
    _of("cadss_total", "points", 0, 92, "dissociation, CADSS total"),
    _of("moaas", "points", 0, 5, "alertness, MOAA/S: 5 awake, 0 no response to pain"),
    _of("nausea_nrs", "points", 0, 10, "nausea, 0 none to 10"),
    _of("dizziness_nrs", "points", 0, 10, "dizziness, 0 none to 10"),
    _of("sbp_mmhg", "mmHg", 20, 320, "systolic blood pressure"),
    _of("dbp_mmhg", "mmHg", 10, 220, "diastolic blood pressure"),
    _of("map_mmhg", "mmHg", 10, 260, "mean arterial pressure"),
    _of("hr_bpm", "/min", 10, 320, "heart rate"),
    _of("spo2_percent", "%", 30, 100, "oxygen saturation by pulse oximeter"),
    _of("etco2_mmhg", "mmHg", 0, 150, "end-tidal carbon dioxide"),
    _of("rr_per_min", "/min", 0, 100, "respiratory rate"),
    _of("oxygen_l_per_min", "L/min", 0, 60, "added oxygen"),
    _of("cp_ketamine_ng_per_ml", "ng/mL", 0, 50_000, "ketamine in arterial plasma, both enantiomers"),
    _of("cp_s_ketamine_ng_per_ml", "ng/mL", 0, 50_000, "S-ketamine in arterial plasma"),
    _of("cp_r_ketamine_ng_per_ml", "ng/mL", 0, 50_000, "R-ketamine in arterial plasma"),
    _of("cp_ketamine_venous_ng_per_ml", "ng/mL", 0, 50_000, "ketamine in venous plasma"),
    _of("cp_norketamine_ng_per_ml", "ng/mL", 0, 50_000, "norketamine in arterial plasma"),
    _of("cp_hydroxynorketamine_ng_per_ml", "ng/mL", 0, 50_000, "hydroxynorketamine in arterial plasma"),
    _of("alt_u_per_l", "U/L", 0, 20_000, "alanine aminotransferase"),
    _of("ast_u_per_l", "U/L", 0, 20_000, "aspartate aminotransferase"),
    _of("weight_kg", "kg", 0.5, 350, "body weight"),
)

OBSERVABLES: Mapping[str, Observable] = MappingProxyType({o.name: o for o in _ALL})
"""Everything an ``[[observation]]`` can name."""
