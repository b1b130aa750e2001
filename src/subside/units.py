"""Every unit conversion of Subside, in one place.

Inside, Subside counts in mg, L, h, kg and ng/mL. Quantities written by people are text with a unit
("8 h", "0.35 mg/kg/h", "10 mg"); they are read here, once. An unknown unit is an error that names
the accepted ones; nothing is ever assumed. Plain Python: importing this module costs nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from subside.errors import UnitError, nearest

__all__ = [
    "MOLAR_MASS_G_PER_MOL",
    "Dose",
    "Rate",
    "from_micromolar",
    "parse_amount_concentration",
    "parse_dose",
    "parse_duration_h",
    "parse_plasma_concentration",
    "parse_rate",
    "parse_times_h",
    "rate_ml_per_h",
    "show_duration",
    "show_number",
    "to_micromolar",
]

MINUTES_PER_H: Final = 60.0
H_PER_DAY: Final = 24.0
H_PER_WEEK: Final = 168.0
MCG_PER_MG: Final = 1000.0
DAYS_PER_MONTH: Final = 30.4375  # a quarter of four years of 365.25 days, over twelve

#: Molar masses of the free bases, in g/mol (PubChem: C13H16ClNO, C12H14ClNO, C12H14ClNO2).
MOLAR_MASS_G_PER_MOL: Final[Mapping[str, float]] = {
    "ketamine": 237.7,
    "norketamine": 223.7,
    "hydroxynorketamine": 239.7,
}

_H_PER_DURATION_UNIT: Final[Mapping[str, float]] = {
    "s": 1.0 / 3600.0,
    "min": 1.0 / MINUTES_PER_H,
    "h": 1.0,
    "d": H_PER_DAY,
    "wk": H_PER_WEEK,
}
_DURATION_ALIASES: Final[Mapping[str, str]] = {
    **{word: "s" for word in ("sec", "second", "seconds")},
    **{word: "min" for word in ("mins", "minute", "minutes")},
    **{word: "h" for word in ("hr", "hrs", "hour", "hours")},
    **{word: "d" for word in ("day", "days")},
    **{word: "wk" for word in ("w", "wks", "week", "weeks")},
}
_MG_PER_MASS_UNIT: Final[Mapping[str, float]] = {
    "g": 1000.0,
    "mg": 1.0,
    "mcg": 1.0 / MCG_PER_MG,
    "ug": 1.0 / MCG_PER_MG,
}
# per hour: mg in one unit, and whether it is per kg of body weight
_RATE_UNITS: Final[Mapping[str, tuple[float, bool]]] = {
    "mg/h": (1.0, False),
    "mg/kg/h": (1.0, True),
    "mg/min": (MINUTES_PER_H, False),
    "mg/kg/min": (MINUTES_PER_H, True),
    "mcg/h": (1.0 / MCG_PER_MG, False),
    "mcg/min": (MINUTES_PER_H / MCG_PER_MG, False),
    "mcg/kg/h": (1.0 / MCG_PER_MG, True),
    "mcg/kg/min": (MINUTES_PER_H / MCG_PER_MG, True),
    "ug/kg/h": (1.0 / MCG_PER_MG, True),
    "ug/kg/min": (MINUTES_PER_H / MCG_PER_MG, True),
}
_VOLUME_RATE_UNITS: Final = ("mL/h",)
_AMOUNT_CONCENTRATION_MG_PER_ML: Final[Mapping[str, float]] = {
    "mg/ml": 1.0,
    "mcg/ml": 1.0 / MCG_PER_MG,
    "ug/ml": 1.0 / MCG_PER_MG,
    "g/l": 1.0,
    "mg/l": 1.0 / MCG_PER_MG,
}
_PLASMA_NG_PER_ML: Final[Mapping[str, float]] = {
    "ng/ml": 1.0,
    "ug/l": 1.0,
    "mcg/l": 1.0,
    "ug/ml": MCG_PER_MG,
    "mcg/ml": MCG_PER_MG,
    "mg/l": MCG_PER_MG,
}
_ACCEPTED_DURATIONS: Final = "s, min, h, d, wk"
_ACCEPTED_RATES: Final = (
    "mg/h, mg/kg/h, mg/min, mg/kg/min, mcg/min, mcg/kg/h, mcg/kg/min (ug for mcg), "
    'or mL/h with concentration = "1 mg/mL"'
)
_ACCEPTED_DOSES: Final = "g, mg, mcg, ug, mg/kg, mcg/kg, ug/kg"

# A plain decimal number, then the unit. No thousands separators: "1,000" is 1 or 1000 by country.
_QUANTITY: Final = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*(.*?)\s*")


@dataclass(frozen=True, kw_only=True)
class Rate:
    """An infusion rate: a value in mg/h, or in mg/kg/h when ``per_kg``."""

    mg_per_h: float
    per_kg: bool

    def for_weight(self, weight_kg: float) -> float:
        """Return the rate in mg/h for this body weight."""
        return self.mg_per_h * weight_kg if self.per_kg else self.mg_per_h


@dataclass(frozen=True, kw_only=True)
class Dose:
    """An amount of drug: a value in mg, or in mg/kg when ``per_kg``."""

    mg: float
    per_kg: bool

    def for_weight(self, weight_kg: float) -> float:
        """Return the amount in mg for this body weight."""
        return self.mg * weight_kg if self.per_kg else self.mg


def parse_duration_h(text: str, *, allow_negative: bool = False) -> float:
    """Return a duration or time in h, from text such as "8 h", "40 min", "10 d" or "12 wk".

    Args:
        text: A number and a unit: s, min, h, d or wk (or their English words).
        allow_negative: Accept a time before the start, such as "-30 d".

    Raises:
        UnitError: If the unit is unknown or the number missing, not finite or negative.

    >>> parse_duration_h("40 min")
    0.6666666666666666
    """
    number, unit = _split(text, "a duration", _ACCEPTED_DURATIONS, '"8 h"')
    key = _DURATION_ALIASES.get(unit.lower(), unit.lower())
    if key not in _H_PER_DURATION_UNIT:
        raise _unknown_unit(text, unit, "a duration", _ACCEPTED_DURATIONS, _H_PER_DURATION_UNIT)
    if number < 0 and not allow_negative:
        raise _bad_number(text, "a duration of at least 0", '"8 h"')
    # 40 min is 40/60, not 40 * (1/60): the division rounds once and gives the same as 2/3.
    if key == "min":
        value = number / MINUTES_PER_H
    elif key == "s":
        value = number / 3600.0
    else:
        value = number * _H_PER_DURATION_UNIT[key]
    return _finite(value, text, "a duration", '"8 h"')


def parse_times_h(text: str, *, allow_negative: bool = True) -> tuple[float, ...]:
    """Return times in h from a list such as "40 min, 7 d, 12 wk", in the order given.

    Raises:
        UnitError: If the list or one of its entries is empty or cannot be read.

    >>> parse_times_h("30 min,7 d")
    (0.5, 168.0)
    """
    if not isinstance(text, str) or not text.strip():
        raise UnitError(
            'times must be a list such as "40 min,7 d,12 wk"; got nothing. Write at least one.',
            got="nothing",
            accepted='a list such as "40 min,7 d,12 wk"',
            remedy="Write at least one time.",
        )
    return tuple(
        parse_duration_h(part, allow_negative=allow_negative) for part in text.split(",")
    )


def parse_rate(text: str, *, concentration: str | None = None) -> Rate:
    """Return an infusion rate, and whether it is per kg of body weight.

    Args:
        text: "22 mg/h", "0.35 mg/kg/h", "5 mcg/kg/min", or "10 mL/h" with a concentration.
        concentration: What the bag or syringe holds, such as "1 mg/mL"; needed for mL/h.

    Raises:
        UnitError: If the unit is unknown, the number impossible, or mL/h has no concentration.

    >>> parse_rate("5 mcg/kg/min")
    Rate(mg_per_h=0.3, per_kg=True)
    >>> parse_rate("22 mL/h", concentration="1 mg/mL")
    Rate(mg_per_h=22.0, per_kg=False)
    """
    number, unit = _split(text, "an infusion rate", _ACCEPTED_RATES, '"22 mg/h"')
    key = _canonical(unit)
    if number < 0:
        raise _bad_number(text, "an infusion rate of at least 0", '"22 mg/h"')
    if key == "ml/h":
        if concentration is None:
            raise UnitError(
                f"a rate in mL/h needs the concentration of the bag; got '{_clip(text)}' alone. "
                'Add concentration = "1 mg/mL" (what your bag holds), or write the rate in mg/h.',
                got=f"'{_clip(text)}' without a concentration",
                accepted='mL/h together with concentration, such as "1 mg/mL"; or mg/h',
                remedy='Add concentration = "... mg/mL" (what the bag holds), or write mg/h.',
            )
        per_ml = parse_amount_concentration(concentration)
        return Rate(mg_per_h=_finite(number * per_ml, text, "a rate", '"22 mg/h"'), per_kg=False)
    if key not in _RATE_UNITS:
        raise _unknown_unit(
            text, unit, "an infusion rate", _ACCEPTED_RATES, (*_RATE_UNITS, *_VOLUME_RATE_UNITS)
        )
    factor, per_kg = _RATE_UNITS[key]
    value = _finite(_scaled(number, factor), text, "an infusion rate", '"22 mg/h"')
    return Rate(mg_per_h=value, per_kg=per_kg)


def parse_dose(text: str) -> Dose:
    """Return an amount of drug, and whether it is per kg of body weight.

    Raises:
        UnitError: If the unit is unknown or the number missing, not finite or negative.

    >>> parse_dose("0.5 mg/kg")
    Dose(mg=0.5, per_kg=True)
    """
    number, unit = _split(text, "a dose", _ACCEPTED_DOSES, '"10 mg"')
    key = _canonical(unit)
    per_kg = key.endswith("/kg")
    mass = key.removesuffix("/kg")
    if mass not in _MG_PER_MASS_UNIT or key == "g/kg":
        known = (*_MG_PER_MASS_UNIT, "mg/kg", "mcg/kg", "ug/kg")
        raise _unknown_unit(text, unit, "a dose", _ACCEPTED_DOSES, known)
    if number < 0:
        raise _bad_number(text, "a dose of at least 0", '"10 mg"')
    value = _finite(_scaled(number, _MG_PER_MASS_UNIT[mass]), text, "a dose", '"10 mg"')
    return Dose(mg=value, per_kg=per_kg)


def parse_amount_concentration(text: str) -> float:
    """Return what a bag or syringe holds, in mg/mL, from text such as "1 mg/mL"; above 0."""
    return _parse_positive(
        text, "a concentration", _AMOUNT_CONCENTRATION_MG_PER_ML, "mg/mL, mcg/mL, g/L", '"1 mg/mL"'
    )


def parse_plasma_concentration(text: str, *, substance: str = "ketamine") -> float:
    """Return a plasma concentration in ng/mL, from text such as "250 ng/mL" or "0.8 uM".

    Args:
        text: A number and one of ng/mL, ug/L, ug/mL, mg/L, uM, nM.
        substance: Whose molar mass converts uM and nM.
    """
    accepted = "ng/mL, ug/L, ug/mL, mg/L, uM, nM"
    number, unit = _split(text, "a plasma concentration", accepted, '"250 ng/mL"')
    if number < 0:
        raise _bad_number(text, "a concentration of at least 0", '"250 ng/mL"')
    key = _canonical(unit)
    if key in ("um", "nm"):
        return from_micromolar(number if key == "um" else number / 1000.0, substance=substance)
    if key not in _PLASMA_NG_PER_ML:
        known = (*_PLASMA_NG_PER_ML, "uM", "nM")
        raise _unknown_unit(text, unit, "a plasma concentration", accepted, known)
    return _finite(number * _PLASMA_NG_PER_ML[key], text, "a concentration", '"250 ng/mL"')


def to_micromolar(ng_per_ml: float, *, substance: str = "ketamine") -> float:
    """Return a concentration in micromol/L, from ng/mL (the same as micrograms a liter).

    >>> round(to_micromolar(237.7), 6)
    1.0
    """
    return ng_per_ml / _molar_mass(substance)


def from_micromolar(micromolar: float, *, substance: str = "ketamine") -> float:
    """Return a concentration in ng/mL, from micromol/L."""
    return micromolar * _molar_mass(substance)


def rate_ml_per_h(mg_per_h: float, *, mg_per_ml: float) -> float:
    """Return the pump's volume rate in mL/h for a drug rate and what the bag holds."""
    return mg_per_h / mg_per_ml


def show_duration(hours: float) -> str:
    """Return a duration for people: minutes below 2 h, days from 2 d, weeks from 4 wk.

    >>> show_duration(2 / 3), show_duration(100.0), show_duration(2016.0)
    ('40 min', '4.17 d', '12 wk')
    """
    size = abs(hours)
    if size == 0:
        return "0 h"
    if size < 2:
        return f"{show_number(hours * MINUTES_PER_H)} min"
    if size < 2 * H_PER_DAY:
        return f"{show_number(hours)} h"
    if size < 4 * H_PER_WEEK:
        return f"{show_number(hours / H_PER_DAY)} d"
    return f"{show_number(hours / H_PER_WEEK)} wk"


def show_number(value: float) -> str:
    """Return a number with three significant digits at least, and no idle zeros.

    >>> show_number(24.500001), show_number(2058.0), show_number(0.35)
    ('24.5', '2058', '0.35')
    """
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else str(value)
    if abs(value) >= 1000:
        return f"{value:.0f}"
    if abs(value) < 0.001:
        return f"{value:.3g}"
    text = f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _molar_mass(substance: str) -> float:
    """Return the molar mass of a substance; both enantiomers weigh the same."""
    key = substance.lower().removeprefix("s_").removeprefix("r_")
    key = {"esketamine": "ketamine", "racemic_ketamine": "ketamine", "hnk": "hydroxynorketamine"}.get(
        key, key
    )
    if key not in MOLAR_MASS_G_PER_MOL:
        from subside.errors import unknown_name

        raise unknown_name("substance", substance, MOLAR_MASS_G_PER_MOL)
    return MOLAR_MASS_G_PER_MOL[key]


def _scaled(number: float, factor: float) -> float:
    """Return number times factor; a factor below 1 is so many thousandths: 5 mcg is 0.005 exactly."""
    if factor < 1:
        return number * round(factor * MCG_PER_MG) / MCG_PER_MG
    return number * factor


def _canonical(unit: str) -> str:
    """Return a unit in lower case, without spaces, with "per" as "/" and the micro sign as u."""
    text = unit.replace("\N{MICRO SIGN}", "u").replace("\N{GREEK SMALL LETTER MU}", "u")
    text = re.sub(r"\s*\bper\b\s*", "/", text.lower())
    text = text.replace(" ", "")
    return re.sub(r"/(hr|hour)$", "/h", text)


def _split(text: object, kind: str, accepted: str, example: str) -> tuple[float, str]:
    """Return the number and the unit of a quantity, or say what is wrong with it."""
    if not isinstance(text, str):
        raise UnitError(
            f"{kind} must be text with a unit, one of {accepted}; got {_clip(repr(text))}. "
            f"Write it as {example}.",
            got=f"{_clip(repr(text))} (no unit)",
            accepted=f"{kind} as text with a unit: {accepted}",
            remedy=f"Write it in quotes with its unit, such as {example}.",
        )
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise _bad_number(text, f"{kind}: a finite number and a unit ({accepted})", example)
    number = float(match.group(1))
    if not math.isfinite(number):
        raise _bad_number(text, f"{kind}: a finite number and a unit ({accepted})", example)
    if not match.group(2):
        raise UnitError(
            f"{kind} must have a unit, one of {accepted}; got '{_clip(text)}'. "
            f"Write it as {example}.",
            got=f"'{_clip(text)}' without a unit",
            accepted=f"{kind} with a unit: {accepted}",
            remedy=f"Add the unit, such as {example}.",
        )
    return number, match.group(2)


def _parse_positive(
    text: str, kind: str, units: Mapping[str, float], accepted: str, example: str
) -> float:
    """Return a quantity above zero in the base unit of a table."""
    number, unit = _split(text, kind, accepted, example)
    key = _canonical(unit)
    if key not in units:
        raise _unknown_unit(text, unit, kind, accepted, units)
    if not number > 0:
        raise _bad_number(text, f"{kind} above 0", example)
    return _finite(_scaled(number, units[key]), text, kind, example)


def _finite(value: float, text: str, kind: str, example: str) -> float:
    """Return the value, or refuse one that overflowed."""
    if not math.isfinite(value):
        raise _bad_number(text, f"{kind} of a possible size", example)
    return value


def _unknown_unit(
    text: str, unit: str, kind: str, accepted: str, known: Mapping[str, object] | tuple[str, ...]
) -> UnitError:
    """Return the error for a unit that is not known, with the nearest known one."""
    close = nearest(_canonical(unit), known)
    hint = f"Did you mean '{close}'?" if close else "Write the quantity in one of these units."
    return UnitError(
        f"{kind} must have one of the units {accepted}; got '{_clip(text)}' "
        f"(unknown unit '{_clip(unit)}'). {hint}",
        got=f"'{_clip(text)}' (unknown unit '{_clip(unit)}')",
        accepted=f"{kind} in {accepted}",
        remedy=hint,
    )


def _bad_number(text: str, accepted: str, example: str) -> UnitError:
    """Return the error for a number that is missing, not finite or negative."""
    return UnitError(
        f"expected {accepted}; got '{_clip(text)}'. Write it as {example}.",
        got=f"'{_clip(text)}'",
        accepted=accepted,
        remedy=f"Write a number and a unit, such as {example}.",
    )


def _clip(text: str) -> str:
    """Return the text shortened to what fits a message."""
    flat = " ".join(str(text).split())
    return flat if len(flat) <= 60 else flat[:57] + "..."
