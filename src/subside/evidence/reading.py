"""Reading one study file: strict, so that a typo in the evidence is an error and not a lost number."""

from __future__ import annotations

import math
import re
import tomllib
from typing import Any, Final

from subside.errors import ParameterError, nearest
from subside.evidence.kinds import BASES, SIZES, SPREADS, USES, Figure, Source

__all__ = ["parse_study"]

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_NUMBERS: Final = ("value", "low", "high", "at_h")
_TEXTS: Final = (
    "quantity", "unit", "basis", "use", "spread", "population", "dose", "drug", "condition",
    "finding", "note", "row", "seen_at",
)  # fmt: skip
_KEYS: Final = frozenset((*_NUMBERS, *_TEXTS, "n"))
_DEFAULTABLE: Final = frozenset(("population", "n", "dose", "drug", "condition", "basis", "use", "seen_at"))
_REQUIRED: Final = ("quantity", "unit", "basis", "use")
_SOURCE_KEYS: Final = frozenset(("citation", "address"))


def parse_study(text: str, *, study: str) -> dict[str, Figure]:
    """Return the figures of one study file by id.

    Args:
        text: TOML: a table ``[source]`` (citation, address), an optional table ``[defaults]``
            (what the figures share), then one table a figure.
        study: The file's name without ``.toml``.

    Raises:
        ParameterError: If a key or word is unknown, something is missing, or an interval is upside
            down; the message names the file and the key.

    >>> text = '''
    ... [source]
    ... citation = "Example 2001 J Examples 1:1"
    ... address = "doi:10.0000/example"
    ... [half_life]
    ... quantity = "half-life of an example"
    ... value = 2.5
    ... unit = "h"
    ... basis = "read"
    ... use = "input"
    ... '''
    >>> parse_study(text, study="example_2001")["example_2001.half_life"].value
    2.5
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _fault(study, "", f"text that is not TOML ({error})", "valid TOML", "Mend the file") from error
    source = _source(tables.pop("source", None), study)
    defaults = _defaults(tables.pop("defaults", {}), study)
    found: dict[str, Figure] = {}
    for name, table in tables.items():
        if not isinstance(table, dict) or not _NAME.fullmatch(name):
            raise _fault(
                study, name, "no table with a plain name", "[lower_case_name] and its keys", "Rename it"
            )
        figure = _figure({**defaults, **table}, f"{study}.{name}", source)
        found[figure.id] = figure
    return found


def _source(table: object, study: str) -> Source:
    """Return the source, complete."""
    if not isinstance(table, dict):
        raise _fault(study, "source", "no such table", "[source] with citation and address", "Add it")
    _known(table, _SOURCE_KEYS, study, "source")
    for key in sorted(_SOURCE_KEYS):
        if not isinstance(table.get(key), str) or (key == "citation" and not table[key].strip()):
            raise _fault(study, f"source.{key}", repr(table.get(key)), "text in quotes", "Fill it in")
    return Source(key=study, citation=table["citation"], address=table["address"])


def _defaults(table: object, study: str) -> dict[str, Any]:
    """Return what the figures of the file share."""
    if not isinstance(table, dict):
        raise _fault(study, "defaults", repr(table), "a table of keys", "Write [defaults]")
    _known(table, _DEFAULTABLE, study, "defaults")
    return table


def _figure(table: dict[str, Any], figure_id: str, source: Source) -> Figure:
    """Return one figure, checked."""
    study, _, name = figure_id.partition(".")

    def fault(key: str, got: str, accepted: str, remedy: str) -> ParameterError:
        return _fault(study, f"{name}.{key}" if key else name, got, accepted, remedy)

    _known(table, _KEYS, study, name)
    for key in _REQUIRED:
        if not table.get(key):
            raise fault(key, "nothing", "text in quotes (unit: '1' for a ratio, '-' for a finding)", "Add it")
    for key in _TEXTS:
        if not isinstance(table.get(key, ""), str):
            raise fault(key, repr(table[key]), "text in quotes", "Write it as text")
    for key in _NUMBERS:
        number = table.get(key)
        if number is not None:
            if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
                raise fault(key, repr(number), "a finite number", "Write it without quotes or unit")
            table[key] = float(number)
    n = table.get("n")
    if n is not None and (isinstance(n, bool) or not isinstance(n, int) or n < 1):
        raise fault("n", repr(n), "a whole number of at least 1", "Correct it or leave it out")
    for key, words in (("basis", tuple(BASES)), ("use", tuple(USES)), ("spread", SPREADS)):
        word = table.get(key, "none")
        if word not in words:
            close = nearest(word, words)
            raise fault(key, f"'{word}'", ", ".join(words), f"Write '{close}'" if close else "Choose one")
    _check_spread(table, fault)
    if table["basis"] not in ("recalled", "assumed", "design", "computed") and not (
        source.address or table.get("seen_at")
    ):
        raise fault(
            "basis",
            f"'{table['basis']}' in a file whose source has no address",
            "an address, or one of recalled, assumed, design, computed",
            "Add the address",
        )
    return Figure(id=figure_id, source=source, **table)


def _check_spread(table: dict[str, Any], fault: Any) -> None:
    """Refuse an interval without two ends, upside down, or not around its value."""
    spread = table.get("spread", "none")
    value, low, high = (table.get(key) for key in ("value", "low", "high"))
    if spread == "none" and (low is not None or high is not None):
        raise fault("spread", "low or high without a kind of spread", ", ".join(SPREADS[1:]), "Say which")
    if spread in SIZES and (low is not None or high is None or not high >= 0):
        raise fault(
            "high", f"low {low}, high {high}", f"the {spread} as high, at least 0, and no low", "Mend it"
        )
    if spread in ("ci95", "iqr", "range"):
        if low is None or high is None or not low <= high:
            raise fault("low", f"low {low}, high {high}", "low and high, low first", "Give both ends")
        if value is not None and not low <= value <= high:
            raise fault(
                "value", f"{value} outside {low} to {high}", "a value inside its interval", "Check it"
            )
    if value is None and low is None and not table.get("finding"):
        raise fault("value", "no value, interval or finding", "one of them", "Add it")


def _known(table: dict[str, Any], known: frozenset[str], study: str, where: str) -> None:
    """Refuse a key that means nothing here."""
    for key in table:
        if key not in known:
            close = nearest(key, known)
            hint = f"Did you mean '{close}'?" if close else "Remove it"
            raise _fault(study, f"{where}.{key}", "an unknown key", ", ".join(sorted(known)), hint)


def _fault(study: str, key: str, got: str, accepted: str, remedy: str) -> ParameterError:
    """Return the error for a mistake in a study file, naming file and key."""
    place = f"evidence/figures/{study}.toml" + (f", {key}" if key else "")
    end = "" if remedy.endswith("?") else "."
    return ParameterError(f"{place}: got {got}. Accepted: {accepted}. {remedy}{end}")
