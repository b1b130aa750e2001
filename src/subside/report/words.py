"""Numbers and times as a reader sees them: the digits that make sense, with the unit."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from subside.course import NAMES, quantity
from subside.units import show_number

MINUS: Final = "\N{MINUS SIGN}"
GAP: Final = "\N{EN DASH}"
"""What stands where there is no number: never zero, never blank."""

# Shares are read as percent, and the sensitization score keeps its 0 to 1 scale.
_AS_PERCENT: Final = ("probability",)
_ARM_WORDS: Final = {
    "case": "this regimen",
    "placebo": "placebo",
    "active-placebo": "active placebo",
    "none": "no treatment",
    "nsaid": "anti-inflammatory drug",
    "ketamine+therapy": "ketamine with therapy",
}
_DRUG_WORDS: Final = {
    "esketamine": "Esketamine (S-ketamine)",
    "racemic_ketamine": "Racemic ketamine",
}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """How one quantity is shown: course value times ``scale``, in ``unit``, to ``digits``."""

    label: str
    unit: str
    scale: float
    digits: int
    low: float | None
    high: float | None

    def number(self, value: float, *, sign: bool = False) -> str:
        """Return a value of the course as text, without its unit; an en dash for none.

        >>> shown("nrs_pain").number(-1.94), shown("p_nausea").number(0.284)
        ('−1.9', '28')
        """
        if not math.isfinite(value):
            return GAP
        text = f"{value * self.scale:+.{self.digits}f}" if sign else f"{value * self.scale:.{self.digits}f}"
        if float(text) == 0:
            text = text.lstrip("+-")
        return text.replace("-", MINUS)

    def with_unit(self, value: float) -> str:
        """Return a value with its unit."""
        text = self.number(value)
        if text == GAP or not self.unit:
            return text
        return f"{text}\N{NO-BREAK SPACE}{self.unit}"

    @property
    def axis(self) -> str:
        """The title of an axis: what, and its unit."""
        return f"{self.label} ({self.unit})" if self.unit else self.label


def shown(name: str) -> Shown:
    """Return how a quantity of a course is shown."""
    q = quantity(name)
    percent = q.unit in _AS_PERCENT or name == "nmda_block"
    scale = 100.0 if percent else 1.0
    digits = (1 if name == "nmda_block" else 0) if percent else min(q.digits, 2)
    unit = "%" if percent else {"fraction": "0\N{EN DASH}1"}.get(q.unit, q.unit)
    if q.unit == "points" and q.high is not None:
        unit = f"0\N{EN DASH}{q.high:.0f}"
    return Shown(
        label=q.label,
        unit=unit,
        scale=scale,
        digits=digits,
        low=None if q.low is None else q.low * scale,
        high=None if q.high is None else q.high * scale,
    )


def amount(name: str) -> str:
    """Return the unit that a single value carries: "points" for a score, not its range."""
    q = quantity(name)
    return {"probability": "%", "fraction": "%" if name == "nmda_block" else ""}.get(q.unit, q.unit)


def chance(probability: float | None) -> str:
    """Return a probability as percent; never 0 % or 100 %, which no model can know.

    >>> [chance(p).replace("\N{NO-BREAK SPACE}", " ") for p in (0.472, 0.001)]
    ['47 %', 'less than 1 %']
    """
    if probability is None or not math.isfinite(probability):
        return "not computed"
    if probability < 0.01:
        return "less than 1\N{NO-BREAK SPACE}%"
    if probability > 0.99:
        return "more than 99\N{NO-BREAK SPACE}%"
    return f"{100 * probability:.0f}\N{NO-BREAK SPACE}%"


def moment(time_h: float) -> str:
    """Return a time from the start of the first infusion, short: "40 min", "4.2 d", "12 wk"."""
    text = _duration(time_h)
    return text.replace("-", MINUS)


def column_moment(time_h: float) -> str:
    """Return a time as the head of a column; the start is said in words."""
    return "start" if time_h == 0 else moment(time_h)


def per_kg(value: float) -> str:
    """Return a dose or rate per kg with two significant digits, as it is prescribed.

    >>> per_kg(0.0714), per_kg(0.35), per_kg(29.49)
    ('0.071', '0.35', '29')
    """
    return f"{float(f'{value:.2g}'):g}"


def _duration(hours: float) -> str:
    size = abs(hours)
    if size == 0:
        return "0 h"
    if size < 2 and abs(hours - round(hours)) > 1e-9:
        return f"{hours * 60:.0f} min"
    if size < 120:
        return f"{show_number(round(hours, 1))} h"
    days = hours / 24
    if abs(days / 7 - round(days / 7)) < 1e-6:
        return f"{round(days / 7)} wk"
    if size < 24 * 28:
        return f"{show_number(round(days, 1))} d"
    return f"{show_number(round(days / 7, 1))} wk"


def moment_long(time_h: float) -> str:
    """Return a time spelled out: "4 weeks", "1 week", "40 minutes"."""
    number, _, unit = moment(time_h).partition(" ")
    word = {"min": "minute", "h": "hour", "d": "day", "wk": "week"}[unit]
    return f"{number}\N{NO-BREAK SPACE}{word}{'' if number == '1' else 's'}"


def arm_words(name: str) -> str:
    """Return an arm's name for people."""
    return _ARM_WORDS.get(name, name.replace("_", " "))


def drug_words(name: str) -> str:
    """Return a drug form for people; the two forms are never abbreviated to one word."""
    return _DRUG_WORDS.get(name, name.replace("_", " ").capitalize())


def plain_words(name: object) -> str:
    """Return an identifier as words: ``complex_regional_pain_syndrome`` without underscores."""
    return str(name).replace("_", " ")


def plain_list(names: Sequence[str], *, last: str = "and") -> str:
    """Return names as one phrase.

    >>> plain_list(["a", "b", "c"]), plain_list(["a", "b"], last="or"), plain_list(["a"])
    ('a, b and c', 'a or b', 'a')
    """
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def plain_names(text: str) -> str:
    """Return a text with the stable names of quantities replaced by words.

    >>> plain_names("The case does not say gad7_total, sbp_mmhg.")
    'The case does not say GAD-7, systolic pressure.'
    """
    return re.sub(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b", lambda m: _plain_name(m.group()), text)


def _plain_name(name: str) -> str:
    if name not in NAMES:
        return name
    q = NAMES[name]
    if q.group in ("mood", "mind") and ", " in q.label:
        return q.label.rpartition(", ")[2]
    return q.label[:1].lower() + q.label[1:]


def folded(text: str, *, longest: int = 320) -> tuple[str, str]:
    """Return a long text as what it says and the list behind its colon; a short one as it is."""
    lead, colon, rest = text.partition(": ")
    return (f"{lead}.", rest) if colon and len(text) > longest else (text, "")


def lower_or_higher(difference: float, *, digits: int = 1) -> str:
    """Return a difference in words: "1.9 points lower", "0.4 points higher", "no difference"."""
    size = f"{abs(difference):.{digits}f}"
    if float(size) == 0:
        return "the same"
    noun = "point" if size in ("1", "1.0") else "points"
    return f"{size}\N{NO-BREAK SPACE}{noun} {'lower' if difference < 0 else 'higher'}"
