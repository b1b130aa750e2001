"""Instruments by name, read from ``evidence/instruments/``, one file each."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import subside.evidence
from subside.care.instruments.kinds import Band, ImportantChange, Instrument, Item
from subside.errors import ParameterError, unknown_name

__all__ = ["instrument", "instrument_names", "parse_instrument"]

_FOLDER: Final = Path(subside.evidence.__file__ or "").parent / "instruments"


@cache
def instrument_names() -> tuple[str, ...]:
    """Return the names of all instruments, sorted."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@cache
def instrument(name: str) -> Instrument:
    """Return one instrument, such as ``"phq9"``.

    Raises:
        UnknownNameError: If there is none of this name; suggests the nearest.
    """
    if name not in instrument_names():
        raise unknown_name("instrument", name, instrument_names())
    return parse_instrument((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"), name=name)


def parse_instrument(text: str, *, name: str) -> Instrument:
    """Return the instrument that a TOML text writes.

    Raises:
        ParameterError: If it holds items that may not be shipped.
    """
    table = tomllib.loads(text)
    low, high = table["range"]
    if not table["items_shipped"] and table.get("item"):
        raise ParameterError(
            f"instrument {name} must not hold items, because they may not be shipped; got "
            f"{len(table['item'])}. Remove them from its file."
        )
    return Instrument(
        name=name,
        title=table["title"],
        domain=table["domain"],
        low=float(low),
        high=float(high),
        scoring=table["scoring"],
        better=table["better"],
        items_shipped=table["items_shipped"],
        recall=table["recall"],
        license=table["license"],
        source=table["source"],
        address=table["address"],
        basis=table["basis"],
        stem=table.get("stem", ""),
        note=table.get("note", ""),
        items=tuple(_item(entry, table.get("options", [])) for entry in table.get("item", [])),
        bands=tuple(Band(**entry) for entry in table.get("band", [])),
        changes=tuple(ImportantChange(**entry) for entry in table.get("change", [])),
        loinc=MappingProxyType(table.get("loinc", {})),
    )


def _item(entry: dict[str, Any], options: list[str]) -> Item:
    own = entry.get("options", options)
    return Item(**{**entry, "options": tuple(own)})
