"""The Budapest clinical criteria for complex regional pain syndrome."""

from __future__ import annotations

from collections.abc import Mapping

from subside.care.logic import Truth, Value, at_least

__all__ = ["CATEGORIES", "budapest"]

#: The four groups of symptoms and signs: pain or touch felt too strongly; skin color or temperature;
#: swelling or sweating; movement, or skin, hair and nails.
CATEGORIES = ("sensory", "vasomotor", "swelling_sweating", "motor_trophic")


def budapest(values: Mapping[str, Value]) -> Truth:
    """Return whether the clinical criteria are met; None while an unknown answer decides.

    Pain out of proportion, a symptom in at least three of the four groups, a sign at examination in at
    least two, and no diagnosis that explains it better.

    Source: Harden et al. 2010 (evidence/rules/sources.toml, ``budapest``). Sensitivity and specificity
    of the clinical form as quoted there: 82 and 68 %.
    """
    other = _yes_no(values, "budapest_other_diagnosis")
    parts = [
        _yes_no(values, "budapest_disproportionate_pain"),
        at_least(3, [_yes_no(values, f"budapest_symptom_{group}") for group in CATEGORIES]),
        at_least(2, [_yes_no(values, f"budapest_sign_{group}") for group in CATEGORIES]),
        None if other is None else not other,
    ]
    return at_least(len(parts), parts)


def _yes_no(values: Mapping[str, Value], name: str) -> Truth:
    value = values.get(name)
    return value if isinstance(value, bool) else None
