"""Chronic migraine (ICHD-3, 1.3) and overuse of acute headache medicines (8.2)."""

from __future__ import annotations

from collections.abc import Mapping

from subside.care.logic import Truth, Value, parse_expression, truth

__all__ = ["chronic_migraine", "medication_overuse"]

_CHRONIC_MIGRAINE = parse_expression(
    "headache_days_per_month >= 15 and headache_months > 3 and migraine_days_per_month >= 8"
    " and migraine_attacks_ever_5"
)
_OVERUSE = parse_expression(
    "headache_days_per_month >= 15 and headache_months > 3"
    " and (simple_analgesic_days_per_month >= 15 or other_acute_days_per_month >= 10)"
)


def chronic_migraine(values: Mapping[str, Value]) -> Truth:
    """Return whether the criteria are met: 15 headache days a month for over 3 months, 8 of migraine.

    Source: ICHD-3 1.3 (evidence/rules/sources.toml, ``ichd3``).
    """
    return truth(_CHRONIC_MIGRAINE, values)


def medication_overuse(values: Mapping[str, Value]) -> Truth:
    """Return whether acute medicines are overused: simple ones on 15 days a month, others on 10.

    Others: triptans, ergots, opioids, combinations. Basis: recalled (``ichd3_overuse``).
    """
    return truth(_OVERUSE, values)
