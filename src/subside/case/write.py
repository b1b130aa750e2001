"""A case written as TOML, so that reading it again gives the same case."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from pydantic import BaseModel

from subside.case.case import Case
from subside.case.infusion import BolusDose

__all__ = ["write_case"]

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_LONG: Final = 100


def write_case(case: Case) -> str:
    """Return the case as the text of a case file; ``parse_case`` gives the same case back.

    Quantities are written as they came in. Keys at their default are left out; comments of the
    file that the case was read from are not kept.
    """
    parts = [f"format = {case.format}", f"title = {_value(case.title)}"]
    if case.follow_up is not None:
        parts.append(f"follow_up = {_value(case.follow_up)}")
    parts += _table("about", case.about)
    parts += _table("patient", case.patient, always=True)
    if case.injury is not None:
        parts += _table("injury", case.injury, always=True)
    for name, entries in (
        ("infusion", case.infusions),
        ("treatment", case.treatments),
        ("observation", case.observations),
    ):
        for entry in entries:
            parts += ["", f"[[{name}]]", *_pairs(entry)]
    if case.answers:
        parts += ["", "[answers]", *(f"{_key(k)} = {_value(v)}" for k, v in case.answers.items())]
    if case.options:
        parts += ["", "[options]", *(f"{_key(k)} = {_value(v)}" for k, v in case.options.items())]
    return "\n".join(parts) + "\n"


def _table(header: str, entry: BaseModel, *, always: bool = False) -> list[str]:
    """Return the lines of a table, with tables inside it (labs, history) as tables of their own."""
    pairs = list(_pairs(entry, inner=False))
    lines = ["", f"[{header}]", *pairs] if pairs or always else []
    for name, value in _written(entry):
        if isinstance(value, BaseModel):
            lines += _table(f"{header}.{name}", value)
        elif isinstance(value, dict):
            lines += ["", f"[{header}.{name}]"]
            lines += [f"{_key(k)} = {_value(v)}" for k, v in value.items()]
    return lines


def _pairs(entry: BaseModel, *, inner: bool = True) -> Iterator[str]:
    """Yield the lines ``key = value`` of a table; without ``inner``, none for tables inside it."""
    for name, value in _written(entry):
        if not inner and isinstance(value, BaseModel | dict):
            continue
        text = f"{_key(name)} = {_value(value)}"
        if isinstance(value, tuple) and len(text) > _LONG:
            entries = "".join(f"  {_value(item)},\n" for item in value)
            text = f"{_key(name)} = [\n{entries}]"
        yield text


def _written(entry: BaseModel) -> Iterator[tuple[str, Any]]:
    """Yield key and value of everything that is not at its default."""
    for name, info in type(entry).model_fields.items():
        value = getattr(entry, name)
        if info.is_required() or value != info.get_default(call_default_factory=True):
            yield info.alias or name, value


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, BolusDose) and value.over is None:
        return _text(value.dose)
    if isinstance(value, BaseModel):
        return _inline([(name, inner) for name, inner in _written(value)])
    if isinstance(value, dict):
        return _inline(list(value.items()))
    if isinstance(value, tuple):
        return f"[ {', '.join(_value(item) for item in value)} ]" if value else "[]"
    return str(value)


def _inline(pairs: list[tuple[str, Any]]) -> str:
    inside = ", ".join(f"{_key(name)} = {_value(value)}" for name, value in pairs)
    return f"{{ {inside} }}" if inside else "{}"


def _text(text: str) -> str:
    # JSON's escapes are TOML's too, save that TOML wants DEL escaped as well.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
