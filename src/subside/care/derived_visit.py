"""Derived facts of one visit: per-kg rates, ratios to plan and last time, discharge scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from subside.care.logic import Value

__all__ = ["VISIT"]

KG_PER_LB: Final = 0.45359237
#: Two numbers count as the same when they differ by less than this share (1 %, design).
_SAME: Final = 0.01


def number(values: Mapping[str, Value], name: str) -> float | None:
    """Return a numeric fact, or None."""
    value = values.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _ratio(values: Mapping[str, Value], *, over: str, under: str) -> Value:
    """Return one fact over another; None when one is missing or the lower is 0."""
    a, b = number(values, over), number(values, under)
    return None if a is None or not b else a / b


def _bolus_speed(values: Mapping[str, Value]) -> Value:
    per_kg, over_s = number(values, "bolus_mg_per_kg"), number(values, "bolus_over_s")
    if per_kg is None or over_s is None:
        return None
    return float("inf") if over_s == 0 and per_kg > 0 else per_kg / (max(over_s, 1e-9) / 60.0)


def _bmi_if_pounds(values: Mapping[str, Value]) -> Value:
    weight, height = number(values, "weight_kg"), number(values, "height_cm")
    if weight is None or height is None:
        return None
    return weight * KG_PER_LB / (height / 100.0) ** 2


def _weight_based(values: Mapping[str, Value]) -> Value:
    unit = values.get("entered_unit")
    return "/kg" in unit if isinstance(unit, str) else None


def _name_matches(values: Mapping[str, Value]) -> Value:
    name, drug = values.get("product_name"), values.get("drug")
    if not isinstance(name, str) or not isinstance(drug, str):
        return None
    printed = name.lower().replace("-", "").replace("(+)", "").replace(" ", "")
    is_esketamine = any(word in printed for word in ("esketamine", "sketamine", "ketanest"))
    is_ketamine = "ketamine" in printed or "ketalar" in printed
    return is_esketamine if drug == "esketamine" else is_ketamine and not is_esketamine


def _repeats(values: Mapping[str, Value]) -> Value:
    earlier = number(values, "earlier_infusions")
    return None if earlier is None else earlier > 0


def _first(values: Mapping[str, Value]) -> Value:
    earlier = number(values, "earlier_infusions")
    return None if earlier is None else earlier == 0


def _typed_as_ml(values: Mapping[str, Value]) -> Value:
    pump, rate = number(values, "pump_ml_per_h"), number(values, "rate_mg_per_h")
    label = number(values, "label_mg_per_ml")
    if pump is None or rate is None or label is None:
        return None
    return _close(pump, rate) and not _close(label, 1.0)


def _pump_over_order(values: Mapping[str, Value]) -> Value:
    pump, expected = number(values, "pump_ml_per_h"), number(values, "expected_ml_per_h")
    return None if pump is None or not expected else pump / expected


def _vial_total(values: Mapping[str, Value]) -> Value:
    strength, volume = number(values, "vial_mg_per_ml"), number(values, "vial_ml")
    return None if strength is None or volume is None else strength * volume


def _score(values: Mapping[str, Value], *, item: str, needs: tuple[str, ...]) -> Value:
    """Return an item of a discharge score by its function in ``discharge``; None while a value is missing."""
    from subside.care import discharge

    given = {name: values.get(name) for name in needs}
    if any(value is None for value in given.values()):
        return None
    return float(getattr(discharge, item)(**given))


def _sum(values: Mapping[str, Value], *, items: tuple[str, ...]) -> Value:
    """Return the total of a score; None while an item is missing."""
    scores = [number(values, item) for item in items]
    known = [score for score in scores if score is not None]
    return sum(known) if len(known) == len(scores) else None


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= _SAME * max(abs(a), abs(b))


#: In the order in which they may lean on each other.
VISIT: Final[dict[str, Callable[[Mapping[str, Value]], Value]]] = {
    "first_infusion": _first,
    "repeats": _repeats,
    "weight_based": _weight_based,
    "bmi_if_pounds": _bmi_if_pounds,
    "rate_mg_per_kg_h": partial(_ratio, over="rate_mg_per_h", under="weight_kg"),
    "start_rate_mg_per_kg_h": partial(_ratio, over="start_rate_mg_per_h", under="weight_kg"),
    "bolus_mg_per_kg": partial(_ratio, over="bolus_mg", under="weight_kg"),
    "bolus_mg_per_kg_min": _bolus_speed,
    "total_mg_per_kg": partial(_ratio, over="total_mg", under="weight_kg"),
    "total_over_plan": partial(_ratio, over="total_mg", under="planned_total_mg"),
    "rate_over_plan": partial(_ratio, over="rate_mg_per_h", under="planned_rate_mg_per_h"),
    "rate_over_last": partial(_ratio, over="rate_mg_per_h", under="last_rate_mg_per_h"),
    "weight_over_last": partial(_ratio, over="weight_kg", under="last_weight_kg"),
    "name_matches": _name_matches,
    "vial_total_mg": _vial_total,
    "expected_ml_per_h": partial(_ratio, over="rate_mg_per_h", under="label_mg_per_ml"),
    "pump_over_order": _pump_over_order,
    "mg_number_typed_as_ml": _typed_as_ml,
    "padss_vitals": partial(
        _score,
        item="padss_vitals",
        needs=(
            "baseline_sbp_mmhg",
            "now_sbp_mmhg",
            "baseline_hr_bpm",
            "now_hr_bpm",
        ),
    ),
    "padss_pain": partial(
        _score,
        item="padss_pain",
        needs=(
            "baseline_nrs_pain",
            "now_nrs_pain",
        ),
    ),
    "padss_total": partial(
        _sum,
        items=(
            "padss_vitals",
            "padss_activity",
            "padss_nausea",
            "padss_pain",
            "padss_bleeding",
        ),
    ),
    "aldrete_circulation": partial(
        _score,
        item="aldrete_circulation",
        needs=(
            "baseline_sbp_mmhg",
            "now_sbp_mmhg",
        ),
    ),
    "aldrete_saturation": partial(
        _score,
        item="aldrete_saturation",
        needs=(
            "now_spo2_percent",
            "on_added_oxygen",
        ),
    ),
    "aldrete_total": partial(
        _sum,
        items=(
            "aldrete_activity",
            "aldrete_breathing",
            "aldrete_circulation",
            "aldrete_consciousness",
            "aldrete_saturation",
        ),
    ),
}
