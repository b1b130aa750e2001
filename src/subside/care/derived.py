"""Facts that follow from other facts by a pure function: body mass index, diagnostic criteria, ratios.

Early ones run before wider and narrower questions are squared, late ones after. A function sees values
that may be missing and returns None when what it needs is; it must never turn a known result into
another known one when an answer is taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from subside.care.criteria.budapest import budapest
from subside.care.criteria.fibromyalgia import fibromyalgia
from subside.care.criteria.headache import chronic_migraine, medication_overuse
from subside.care.derived_visit import VISIT, number
from subside.care.logic import Value

__all__ = ["EARLY", "LATE", "derive"]

Derivation: TypeAlias = Callable[[Mapping[str, Value]], Value]


def derive(values: dict[str, Value], *, early: bool) -> list[str]:
    """Add the derived facts that can be computed; return where an answer says otherwise, in words.

    Between a yes and a no the yes is taken, between two numbers the computed one.
    """
    contradictions = []
    for name, function in (EARLY if early else LATE).items():
        computed, stated = function(values), values.get(name)
        if computed is None:
            continue
        if stated is not None and not _same(stated, computed):
            contradictions.append(f"{name} = {stated}, yet the other answers make it {computed}")
        if stated is not True:
            values[name] = computed
    item, total = number(values, "phq9_item9"), number(values, "phq9_total")
    if early and item is not None and total is not None and item > total:
        contradictions.append(f"phq9_item9 = {item:g}, yet phq9_total = {total:g}")
    return contradictions


def _same(stated: Value, computed: Value) -> bool:
    """Return whether two values agree; numbers within 2 %, since people round."""
    if isinstance(stated, bool) or isinstance(computed, bool):
        return stated is computed
    if isinstance(stated, int | float) and isinstance(computed, int | float):
        return abs(stated - computed) <= 0.02 * max(abs(stated), abs(computed))
    return stated == computed


def _bmi(values: Mapping[str, Value]) -> Value:
    weight, height = number(values, "weight_kg"), number(values, "height_cm")
    return None if weight is None or height is None else weight / (height / 100.0) ** 2


def _not_for_men(values: Mapping[str, Value]) -> Value:
    return False if values.get("sex") == "male" else None


def _raised(values: Mapping[str, Value]) -> Value:
    times = number(values, "alt_times_uln")
    return None if times is None else times > 1.0


def _high_risk_of_apnea(values: Mapping[str, Value]) -> Value:
    total = number(values, "stop_bang_total")
    return None if total is None else total >= STOP_BANG_HIGH


def _nothing_in_item_9(values: Mapping[str, Value]) -> Value:
    nothing = number(values, "phq9_total") == 0 and values.get("phq9_item9") is None
    return 0.0 if nothing else None


def _provisional_ptsd(values: Mapping[str, Value]) -> Value:
    total = number(values, "pcl5_total")
    named = values.get("condition") == "post_traumatic_stress"
    return True if named or (total is not None and total >= PCL5_PROVISIONAL) else None


def _on_home_oxygen(values: Mapping[str, Value]) -> Value:
    flow = number(values, "baseline_oxygen_l_per_min")
    return True if flow is not None and flow > 0 else None


def _low_filtration(values: Mapping[str, Value]) -> Value:
    rate = number(values, "egfr_ml_per_min")
    return True if rate is not None and rate < EGFR_LOW_ML_PER_MIN else None


def _suppressed_thyrotropin(values: Mapping[str, Value]) -> Value:
    tsh = number(values, "tsh_miu_per_l")
    return True if tsh is not None and tsh < TSH_SUPPRESSED_MIU_PER_L else None


#: A total that means provisional post-traumatic stress (evidence/instruments/pcl5.toml).
PCL5_PROVISIONAL: Final = 33
#: Filtration below which kidneys count as diseased, and thyrotropin that suggests an overactive thyroid; both
#: general knowledge (recalled).
EGFR_LOW_ML_PER_MIN: Final = 60
TSH_SUPPRESSED_MIU_PER_L: Final = 0.1
#: Points that mean a high risk of sleep apnea (evidence/rules/sources.toml, ``stop_bang``).
STOP_BANG_HIGH: Final = 5

EARLY: Final[dict[str, Derivation]] = {
    "liver_enzymes_raised": _raised,
    "sleep_apnea_high_risk": _high_risk_of_apnea,
    "phq9_item9": _nothing_in_item_9,
    "ptsd": _provisional_ptsd,
    "severe_lung_disease": _on_home_oxygen,
    "kidney_disease": _low_filtration,
    "hyperthyroidism": _suppressed_thyrotropin,
    "pregnancy_possible": _not_for_men,
    "breastfeeding": _not_for_men,
}
LATE: Final[dict[str, Derivation]] = {
    "bmi": _bmi,
    "budapest_met": budapest,
    "fibromyalgia_met": fibromyalgia,
    "chronic_migraine_met": chronic_migraine,
    "medication_overuse": medication_overuse,
    **VISIT,
}
