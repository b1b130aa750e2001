"""What is known about a person: typed answers, where not answered means unknown, never no."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

import subside.evidence
from subside.care.logic import Options, Value
from subside.errors import ParameterError, unknown_name

__all__ = ["FactKind", "Facts", "fact_kind", "fact_kinds"]

#: The folder of rules; ``rules.py`` and ``profiles.py`` read it too.
RULES_FOLDER: Final = Path(subside.evidence.__file__ or "").parent / "rules"
_WORDS: Final = {"yes": True, "no": False, "unknown": None}


@dataclass(frozen=True, kw_only=True)
class FactKind:
    """What an answer is called, which values it may take, and how it is asked.

    Attributes:
        kind: ``yes_no``, ``number``, ``choice``, ``text``, or ``group`` (a question about several).
        under: The wider question: "no" there is "no" here, "yes" here is "yes" there.
        needs: For a derived fact, the facts it is computed from.
        question: The name under which it is asked.
    """

    name: str
    kind: Literal["yes_no", "number", "choice", "text", "group"]
    ask: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    under: str = ""
    needs: tuple[str, ...] = ()
    question: str = ""


@cache
def fact_kinds() -> Mapping[str, FactKind]:
    """Return every fact a rule may read, by name."""
    found: dict[str, FactKind] = {}
    for path in sorted(RULES_FOLDER.glob("facts*.toml")):
        for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            low, high = entry.get("range", (None, None))
            found[name] = FactKind(
                name=name,
                kind=entry["kind"],
                ask=entry.get("ask", ""),
                unit=entry.get("unit", ""),
                low=low,
                high=high,
                choices=tuple(entry.get("choices", ())),
                under=entry.get("under", ""),
                needs=tuple(entry.get("needs", ())),
                question=entry.get("question", name),
            )
    return MappingProxyType(found)


def fact_kind(name: str) -> FactKind:
    """Return the kind of a fact.

    Raises:
        UnknownNameError: If no rule may read a fact of this name; suggests the nearest.
    """
    if name not in fact_kinds():
        raise unknown_name("fact", name, fact_kinds())
    return fact_kinds()[name]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Answers of one person, with what follows from them.

    Attributes:
        stated: The answers as given.
        values: The answers with all that follows: wider and narrower questions, derived facts.
        contradictions: What excludes what, in words. Between a yes and a no the yes is taken, between
            a number as stated and as computed the computed one.
    """

    stated: Mapping[str, Value]
    values: Mapping[str, Value] = field(repr=False)
    contradictions: tuple[str, ...] = ()

    @classmethod
    def of(cls, answers: Mapping[str, object]) -> Facts:
        """Return the facts that these answers state.

        Args:
            answers: By fact name: True/False or "yes"/"no"/"unknown", a number, a word; None is unknown.

        Raises:
            UnknownNameError: If a name is no fact.
            ParameterError: If a value is of the wrong kind or outside what is possible.
        """
        from subside.care.derived import derive

        stated = {name: _checked(fact_kind(name), value) for name, value in answers.items()}
        values: dict[str, Value] = {name: value for name, value in stated.items() if value is not None}
        contradictions = [
            *derive(values, early=True),
            *_close(values),
            *derive(values, early=False),
        ]
        return cls(
            stated=MappingProxyType(stated),
            values=MappingProxyType(values),
            contradictions=tuple(contradictions),
        )

    def __getitem__(self, name: str) -> Value:
        """Return the value of a fact; None when unknown."""
        fact_kind(name)
        return self.values.get(name)

    def ways_to_ask(self, name: str, want: bool) -> Options:
        """Return the sets of questions whose answers could make an unknown fact true or false.

        A narrower question answered no is also answered by a no to a wider one that is still open.
        """
        kind = fact_kind(name)
        if kind.needs:
            asked = frozenset(
                fact_kind(need).question for need in kind.needs if self.values.get(need) is None
            )
            return (asked or frozenset({kind.question}),)
        ways = [frozenset({kind.question})]
        while not want and kind.under:
            kind = fact_kind(kind.under)
            if self.values.get(kind.name) is not None:
                break
            ways.append(frozenset({kind.question}))
        return tuple(ways)


def _close(values: dict[str, Value]) -> list[str]:
    """Fill in what wider and narrower questions say about each other; return the contradictions."""
    contradictions = []
    kinds = fact_kinds()
    for name, kind in kinds.items():
        if values.get(name) is not True:
            continue
        while kind.under:
            if values.get(kind.under) is False:
                contradictions.append(f"{kind.under} = no, yet {name} = yes")
            values[kind.under] = True
            kind = kinds[kind.under]
    for name, kind in kinds.items():
        below = kind
        while below.under and values.get(name) is None:
            if values.get(below.under) is False:
                values[name] = False
            below = kinds[below.under]
    return contradictions


def _checked(kind: FactKind, value: object) -> Value:
    """Return the value in its own type, or refuse it."""
    if isinstance(value, str) and value in _WORDS and kind.kind != "text":
        value = _WORDS[value]
    if value is None:
        return None
    if kind.kind == "yes_no" and isinstance(value, bool):
        return value
    if kind.kind == "number" and isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)
        inside = (kind.low is None or number >= kind.low) and (kind.high is None or number <= kind.high)
        if math.isfinite(number) and inside:
            return number
    if kind.kind == "text" and isinstance(value, str):
        return value
    if kind.kind == "choice" and value in kind.choices:
        return str(value)
    raise ParameterError(
        f"{kind.name} must be {_accepted(kind)}; got {value!r}. "
        f"Write one of these, or leave it out if it is not known."
    )


def _accepted(kind: FactKind) -> str:
    if kind.kind == "number":
        span = "" if kind.low is None else f" from {kind.low:g} to {kind.high:g}"
        return f"a number{span}{f' ({kind.unit})' if kind.unit else ''}"
    if kind.kind == "choice":
        return f"one of {', '.join(kind.choices)}"
    if kind.kind == "group":
        return "answered through its parts"
    return "yes, no or unknown" if kind.kind == "yes_no" else "a word"
