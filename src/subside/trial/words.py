"""A trial's numbers as a reader sees them: the terminal and the page say the same."""

from __future__ import annotations

import math
from typing import Any, Final

from subside.report.words import MINUS
from subside.units import H_PER_WEEK, show_duration

__all__ = ["POWER_MEANS", "difference", "endpoint_words", "event_words", "flow_boxes", "percent", "score_words"]

LOG_SHOWN: Final = 7.0  # of a hazard ratio: 0.001 to 1,000
DASH: Final = "\N{EN DASH}"
_SCORES: Final = {
    "nrs_pain": "pain at rest", "nrs_pain_movement": "pain on movement", "phq9_total": "PHQ-9",
    "gad7_total": "GAD-7", "pcl5_total": "PCL-5", "sleep_nrs": "disturbed sleep", "headache_days": "headache days",
    "relapse": "time to relapse",
}  # fmt: skip
_UNITS: Final = {"nrs_pain": "0 to 10", "nrs_pain_movement": "0 to 10", "phq9_total": "0 to 27",
                 "gad7_total": "0 to 21", "pcl5_total": "0 to 80", "sleep_nrs": "0 to 10",
                 "headache_days": "days in 28"}  # fmt: skip
_EVENTS: Final = {
    "dissociation": "dissociation", "psychomimetic": "felt unreal or drunk", "nausea": "nausea",
    "dizziness": "dizziness", "pressure_surge": "pressure surge", "desaturation": "low oxygen",
    "deep_sedation": "deep sedation",
}  # fmt: skip
_LIMITS: Final = {
    "age_years": "age", "weight_kg": "weight", "height_cm": "height", "bmi_kg_per_m2": "body mass index",
    "pain_months": "duration of pain", "nrs_pain": "pain", "phq9_total": "PHQ-9", "gad7_total": "GAD-7",
    "pcl5_total": "PCL-5", "sleep_nrs": "sleep", "opioids_mg_per_d": "opioid dose", "opioid": "opioids",
    "benzodiazepine": "benzodiazepines",
}  # fmt: skip
POWER_MEANS: Final = {
    "uncertain": "Power is averaged over what is not known of the drug and the clinic (assurance).",
    "typical": "Power holds if the typical values of the model are the truth.",
}


def score_words(name: str, *, unit: bool = False) -> str:
    """Return the name of an outcome in words, with its unit if asked for.

    >>> score_words("nrs_pain", unit=True)
    'pain at rest (0 to 10)'
    """
    return f"{_SCORES[name]} ({_UNITS[name]})" if unit and name in _UNITS else _SCORES[name]


def event_words(name: str) -> str:
    """Return the name of an adverse event in words."""
    return _EVENTS[name]


def endpoint_words(endpoint: dict[str, Any]) -> str:
    """Return an endpoint of a result in words.

    >>> endpoint_words({"what": "nrs_pain", "as": "responders_30", "at_h": 168.0})
    'pain at rest, fall of 30 % or more, 1 wk'
    """
    how = {
        "change": ", change", "percent_change": ", change in %", "responders_30": ", fall of 30 % or more",
        "responders_50": ", fall of 50 % or more",
    }.get(endpoint["as"], "")  # fmt: skip
    when = "" if endpoint["at_h"] is None else f", {when_words(endpoint['at_h'])}"
    return f"{_SCORES.get(endpoint['what']) or event_words(endpoint['what'])}{how}{when}"


def difference(endpoint: dict[str, Any], found: dict[str, Any] | None) -> str:
    """Return a contrast with its interval: points, shares in percent, or a hazard ratio."""
    if found is None or found["estimate"] is None:
        return DASH
    numbers = [found[name] for name in ("estimate", "low", "high")]
    return spread_words(endpoint, *numbers)


def spread_words(endpoint: dict[str, Any], middle: float | None, low: float | None, high: float | None) -> str:
    """Return a value and the two ends around it in the endpoint's own measure."""
    if middle is None or low is None or high is None:
        return DASH
    if endpoint["what"] == "relapse":
        middle, low, high = (math.exp(min(max(x, -LOG_SHOWN), LOG_SHOWN)) for x in (middle, low, high))
        return f"hazard ratio {middle:.2g} ({low:.2g} to {high:.2g})"
    share = endpoint["as"] == "share" or endpoint["as"].startswith("responders")
    scale, digits = (100.0, 0) if share else (1.0, 2)
    unit = " %" if scale == 100.0 or endpoint["as"] == "percent_change" else ""
    text = f"{middle * scale:+.{digits}f} ({low * scale:+.{digits}f} to {high * scale:+.{digits}f}){unit}"
    return text.replace("-", MINUS)


def when_words(hours: float) -> str:
    """Return a time of a trial: in whole weeks where it is so.

    >>> when_words(672.0), when_words(100.0)
    ('4 wk', '4.17 d')
    """
    weeks = hours / H_PER_WEEK
    return f"{weeks:.0f} wk" if weeks >= 1.0 and weeks.is_integer() else show_duration(hours)


def percent(share: float | None) -> str:
    """Return a share in percent."""
    return DASH if share is None else f"{100.0 * share:.0f} %"


def p_words(p: float | None) -> str:
    """Return a p value.

    >>> p_words(0.00004), p_words(0.0321)
    ('< 0.001', '0.032')
    """
    if p is None:
        return DASH
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def flow_boxes(flow: dict[str, Any]) -> list[list[list[str]]]:
    """Return the flow of people as rows of boxes, each a list of lines."""
    out = [f"{_LIMITS.get(name, name)}: {n}" for name, n in flow["excluded"].items()]
    excluded = sum(flow["excluded"].values())
    top = [f"{flow['assessed']} assessed", f"{excluded} excluded" + (f" ({', '.join(out)})" if out else "")]
    if flow["declined"]:
        top.append(f"{flow['declined']} declined")
    rows = [[top], [[f"{flow['randomized']} randomized"]]]
    rows.append([[name, f"{arm['allocated']} allocated"] for name, arm in flow["arms"].items()])
    rows.append(
        [
            [f"{arm['completed']} completed", f"{sum(arm['left_before_visit'])} left",
             f"{arm['in_primary_analysis']} in the primary analysis"]
            for arm in flow["arms"].values()
        ]
    )  # fmt: skip
    return rows
