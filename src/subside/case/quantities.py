"""Quantities as a case file holds them: text with a unit, checked when read and kept as written.

Keeping the text means that a case can be written again exactly; what it stands for in h, mg and kg
is worked out by ``subside.units`` whenever asked.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from subside.errors import UnitError
from subside.units import (
    parse_amount_concentration,
    parse_dose,
    parse_duration_h,
    parse_rate,
)

__all__ = [
    "MAX_TIME_H",
    "ConcentrationText",
    "DoseText",
    "DurationText",
    "Entry",
    "Flaw",
    "LineText",
    "PlainRateText",
    "RateText",
    "TimeText",
    "check_dose",
    "checked",
    "flawed",
    "listed",
    "refuse",
]

#: The longest time or duration of a case: 100 years, in h. Beyond it stands a slip, not a plan.
MAX_TIME_H: Final = 100.0 * 365.25 * 24.0

#: Larger than any dose or rate of any drug here, in mg or mg/h: what is above has a wrong unit.
_MAX_MG: Final = 1e6


class Entry(BaseModel):
    """A table of a case file: frozen, strict about types, refusing keys it does not know."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        populate_by_name=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,  # a patient's values stay out of stray tracebacks and logs
    )


class Flaw:
    """Something wrong with how the keys of one table fit together.

    ``at`` is the path below that table; ``compares`` says that the flaw comes from comparing
    values, so that it means nothing while one of these values is itself refused.
    """

    def __init__(self, *at: str | int, got: str, accepted: str, remedy: str, compares: bool = False) -> None:
        self.at = at
        self.got = got
        self.accepted = accepted
        self.remedy = remedy
        self.compares = compares


def listed(name: str, known: Iterable[str]) -> str:
    """Return what is accepted instead of a name: all of a short list, the likest of a long one."""
    names = list(known)
    if len(names) <= 12:
        return f"one of {', '.join(names)}"
    close = difflib.get_close_matches(name.lower(), names, n=5, cutoff=0.0)
    return f"one of {', '.join(close)} and {len(names) - len(close)} more (see the file's reference)"


def flawed(flaws: list[Flaw]) -> PydanticCustomError:
    """Return the one error that carries every flaw of a table."""
    text = "; ".join(f"got {f.got}. Accepted: {f.accepted}. {f.remedy}" for f in flaws)
    return PydanticCustomError("flaws", "{text}", {"text": text, "flaws": flaws})


def refuse(got: str, accepted: str, remedy: str, *, stand_in: Any = None) -> PydanticCustomError:
    """Return the error for one refused value.

    ``stand_in`` is a harmless value of the same kind, with which the rest of the table can still
    be checked, so that every mistake of a file is found in one go.
    """
    return PydanticCustomError(
        "refused",
        "got {got}. Accepted: {accepted}. {remedy}",
        {"got": got, "accepted": accepted, "remedy": remedy, "stand_in": stand_in},
    )


def _checked(parse: Callable[[str], object], stand_in: str | None) -> BeforeValidator:
    """Return a validator that keeps the text and refuses what ``parse`` refuses."""

    return BeforeValidator(lambda text: checked(text, parse, stand_in))


def checked(text: Any, parse: Callable[[str], object], stand_in: Any) -> Any:
    """Return the text as it is, refusing what ``parse`` refuses."""
    try:
        parse(text)
    except UnitError as error:
        raise refuse(error.got, error.accepted, error.remedy, stand_in=stand_in) from None
    return text


def _duration(text: str) -> None:
    hours = parse_duration_h(text, allow_negative=True)
    if not hours > 0:
        raise UnitError(
            "a duration above 0",
            got=f"'{text}'",
            accepted="a duration above 0 in s, min, h, d or wk",
            remedy='Write how long it lasts, such as "8 h".',
        )
    _not_absurd(hours, text)


def _time(text: str) -> None:
    _not_absurd(abs(parse_duration_h(text, allow_negative=True)), text)


def _not_absurd(hours: float, text: str) -> None:
    if hours > MAX_TIME_H:
        raise UnitError(
            "a time within 100 years",
            got=f"'{text[:60]}'",
            accepted="a time within 100 years, in s, min, h, d or wk",
            remedy="Check the number and its unit.",
        )


def _rate(text: str) -> None:
    # The volume of a rate in mL/h is checked with the concentration, where both are known.
    if parse_rate(text, concentration="1 mg/mL").mg_per_h > _MAX_MG:
        raise UnitError(
            "a possible rate",
            got=f"'{text[:60]}'",
            accepted="a rate below 1 kg/h",
            remedy="Check the number and its unit.",
        )


def _plain_rate(text: str) -> None:
    _rate(text)
    if "ml" in text.lower():
        raise UnitError(
            "a rate by mass",
            got=f"'{text[:60]}'",
            accepted="a rate in mg/h, mcg/h or per kg of body weight",
            remedy="Convert it with what the bag holds.",
        )


def check_dose(text: str) -> None:
    """Refuse what is not a possible amount of a drug."""
    dose = parse_dose(text)
    if not 0 < dose.mg <= _MAX_MG:
        raise UnitError(
            "a possible dose",
            got=f"'{text[:60]}'",
            accepted="an amount above 0 and below 1 kg, in g, mg, mcg or per kg of body weight",
            remedy='Write how much is given, such as "10 mg", or leave it out.',
        )


def _one_line(text: str) -> str:
    """Return the text, refusing control characters, which no screen or record shows well."""
    if any(not character.isprintable() for character in text):
        raise refuse("text with control characters or line breaks", "one line of text", "Remove them.")
    return text


# Field descriptions are read by explain.py: they become the "accepted" part of a message.
DurationText = Annotated[
    str, _checked(_duration, "1 s"), Field(description="a duration above 0 in s, min, h, d or wk")
]
TimeText = Annotated[str, _checked(_time, None), Field(description='a time such as "0 h", "7 d" or "-30 d"')]
RateText = Annotated[
    str,
    _checked(_rate, "1 mg/h"),
    Field(description='a rate such as "22 mg/h", "0.35 mg/kg/h", or mL/h with a concentration'),
]
PlainRateText = Annotated[
    str, _checked(_plain_rate, "1 mg/h"), Field(description='a rate such as "25 mcg/h"')
]
DoseText = Annotated[
    str, _checked(check_dose, "1 mg"), Field(description='an amount such as "10 mg" or "0.5 mg/kg"')
]
ConcentrationText = Annotated[
    str,
    _checked(parse_amount_concentration, "1 mg/mL"),
    Field(description='what the bag or syringe holds, such as "1 mg/mL"'),
]
LineText = Annotated[
    str,
    Field(min_length=1, max_length=500, description="a line of text, at most 500 characters"),
    AfterValidator(_one_line),
]
