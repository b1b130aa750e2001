"""The 2016 revision of the fibromyalgia criteria (ACR)."""

from __future__ import annotations

from collections.abc import Mapping

from subside.care.logic import Truth, Value, parse_expression, truth

__all__ = ["fibromyalgia"]

_CRITERIA = parse_expression(
    "(widespread_pain_index >= 7 and symptom_severity_scale >= 5"
    " or 4 <= widespread_pain_index <= 6 and symptom_severity_scale >= 9)"
    " and pain_regions >= 4 and pain_months >= 3"
)


def fibromyalgia(values: Mapping[str, Value]) -> Truth:
    """Return whether the criteria are met; None while an unknown answer decides.

    Widespread pain index and symptom severity high enough together, pain in four of five regions, for
    three months. The self-report form alone does not diagnose one person: a physician confirms.

    Source: Wolfe et al. 2016 (evidence/rules/sources.toml, ``acr_2016``).
    """
    return truth(_CRITERIA, values)
