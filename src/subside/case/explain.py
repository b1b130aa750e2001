"""What pydantic found, said in the four parts of our messages."""

from __future__ import annotations

import datetime
import math
import types
import typing
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from subside.case.case import Case
from subside.case.infusion import Infusion, TitrationPlan
from subside.case.injury import Injury
from subside.case.patient import Patient
from subside.case.positions import Path
from subside.case.quantities import Flaw, listed
from subside.case.treatment import Observation, Treatment
from subside.errors import nearest

__all__ = ["Found", "found_in"]

# Names a writer may reach for, where plain likeness would miss ours or deserves a word.
_SAID_OTHERWISE = {
    "weight": ("weight_kg", "Weight in kg only."),
    "weight_lb": ("weight_kg", "Weight in kg only; 1 lb is 0.4536 kg."),
    "weight_lbs": ("weight_kg", "Weight in kg only; 1 lb is 0.4536 kg."),
    "height": ("height_cm", "Height in cm only."),
    "height_m": ("height_cm", "Height in cm only."),
    "height_in": ("height_cm", "Height in cm only; 1 in is 2.54 cm."),
    "age": ("age_years", ""),
    "gender": ("sex", ""),
    "diagnosis": ("condition", ""),
    "pain": ("nrs_pain", ""),
    "duration": ("for", ""),
    "to": ("until", ""),
    "end": ("until", ""),
    "begin": ("from", ""),
    "time": ("at", ""),
    "repeat": ("series", ""),
    "times": ("count", ""),
    "max": ("ceiling", ""),
    "min": ("floor", ""),
    "maximum": ("ceiling", ""),
    "minimum": ("floor", ""),
    "interval": ("every", ""),
    "surgery": ("injury", "An operation is an injury that heals: [injury]."),
    "operation": ("injury", "An operation is an injury that heals: [injury]."),
    "infusions": ("infusion", "Each infusion is a table of its own: [[infusion]]."),
    "treatments": ("treatment", "Each treatment is a table of its own: [[treatment]]."),
    "observations": ("observation", "Each observation is a table of its own: [[observation]]."),
}


# Keys of a step, which a writer may put beside it.
_IN_STEPS = ("rate", "dose", "for", "duration", "over", "from_rate", "to_rate", "in_steps")


class Found:
    """One mistake: where, the three other parts of its message, and what can stand in for it."""

    def __init__(
        self,
        path: Path,
        got: str,
        accepted: str,
        remedy: str,
        *,
        kind: str,
        stand_in: Any = None,
        compares: bool = False,
        meant: str = "",
    ) -> None:
        self.path = path
        self.got = got
        self.accepted = accepted
        self.remedy = remedy
        self.kind = kind
        self.stand_in = stand_in
        self.compares = compares
        self.meant = meant  # the key that an unknown one most likely means
        self.written_at = path  # where the file has it; differs under a key that was misspelled


def found_in(error: ValidationError, model: type[BaseModel], at: Path) -> Iterator[Found]:
    """Yield each mistake that pydantic found in the table of this kind that stands at ``at``."""
    for detail in error.errors(include_url=False, include_context=True, include_input=True):
        yield from _found(dict(detail), model, at)


def _found(detail: dict[str, Any], model: type[BaseModel], at: Path) -> Iterator[Found]:
    kind, context = detail["type"], detail.get("ctx", {})
    loc: Path = tuple(detail["loc"])
    path = (*at, *loc)
    if kind == "flaws":
        for flaw in context["flaws"]:
            yield _from_flaw(flaw, path)
        return
    if kind == "refused":
        yield Found(
            path,
            context["got"],
            context["accepted"],
            context["remedy"],
            kind=kind,
            stand_in=context["stand_in"],
        )
        return
    owner, info = _field(model, loc)
    key = str(loc[-1]) if loc else ""
    accepted = _accepted(info, entry=bool(loc) and isinstance(loc[-1], int))
    if kind == "extra_forbidden":
        yield _unknown_key(path, key, owner)
    elif kind == "missing":
        yield Found(
            path,
            "nothing",
            accepted,
            _add(key),
            kind=kind,
            stand_in="esketamine" if key == "drug" else None,
        )
    else:
        yield Found(path, _shown(detail.get("input")), accepted, _remedy(kind, key), kind=kind)


def _from_flaw(flaw: Flaw, path: Path) -> Found:
    return Found(
        (*path, *flaw.at),
        flaw.got,
        flaw.accepted,
        flaw.remedy,
        kind="flaw",
        compares=flaw.compares,
    )


def _unknown_key(path: Path, key: str, owner: type[BaseModel] | None) -> Found:
    names = [] if owner is None else [info.alias or name for name, info in owner.model_fields.items()]
    said, word = _SAID_OTHERWISE.get(key.lower(), ("", ""))
    close = said if said in names else nearest(key, names)
    remedy = f"Did you mean '{close}'?" if close else "Remove it, or see the file's reference."
    if "steps" in names and key.lower() in _IN_STEPS:
        close, remedy = "", 'Write it in steps = [ { rate = "22 mg/h", for = "4 h" } ].'
    elif not close and (home := _home_of(key)):
        remedy = f"{key} belongs {home}."
    if said in names and word:
        remedy = f"{remedy} {word}"
    got = "a key that is not known here"
    return Found(path, got, listed(key, names), remedy, kind="extra", meant=close)


# Where a key that stands in the wrong table belongs. In TOML a key belongs to the last [table] above it.
_HOMES: tuple[tuple[type[BaseModel], str], ...] = (
    (Case, "at the top of the file, above the first [table]"),
    (Patient, "in [patient]"),
    (TitrationPlan, "in policy"),
    (Infusion, "in [[infusion]]"),
    (Treatment, "in [[treatment]]"),
    (Observation, "in [[observation]]"),
    (Injury, "in [injury]"),
)


def _home_of(key: str) -> str:
    """Return where a key belongs, in words; empty when it belongs nowhere."""
    for table, home in _HOMES:
        if key in {info.alias or name for name, info in table.model_fields.items()}:
            return home
    return ""


def _field(model: type[BaseModel], loc: Path) -> tuple[type[BaseModel] | None, FieldInfo | None]:
    """Return the model whose key ends ``loc``, and that key's field where there is one."""
    owner: type[BaseModel] | None = model
    info: FieldInfo | None = None
    for part in loc:
        if isinstance(part, int):
            continue
        owner = model if info is None else _model_in(info.annotation)
        info = None
        if owner is not None:
            for name, candidate in owner.model_fields.items():
                if part in (name, candidate.alias):
                    info = candidate
    return owner, info


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the table type within an annotation such as ``tuple[Step, ...] | None``."""
    if isinstance(annotation, type) and not typing.get_args(annotation):
        return annotation if issubclass(annotation, BaseModel) else None
    for inner in typing.get_args(annotation):
        if (model := _model_in(inner)) is not None:
            return model
    return None


def _accepted(info: FieldInfo | None, *, entry: bool) -> str:
    """Return what a field, or an entry of its list, accepts in words: its description, or its type."""
    if info is None:
        return "what the case-file reference says"
    if entry:
        return _words(typing.get_args(info.annotation)[0])
    if info.description:
        return info.description
    return _words(info.annotation)


def _words(annotation: Any) -> str:
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        for extra in inner[1:]:
            if isinstance(extra, FieldInfo) and extra.description:
                return extra.description
        return _words(inner[0])
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_words(part) for part in inner if part is not type(None))
    if origin is typing.Literal:
        return " or ".join(f'"{part}"' if isinstance(part, str) else str(part) for part in inner)
    if origin is tuple:
        return f"a list, each entry {_words(inner[0])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        keys = [field.alias or name for name, field in annotation.model_fields.items()]
        if len(keys) > 12:
            keys = [*keys[:8], f"{len(keys) - 8} more (see the file's reference)"]
        return f"a table with the keys {', '.join(keys)}"
    return {float: "a number", int: "a whole number", str: "text in quotes", bool: "true or false"}.get(
        annotation, "what the case-file reference says"
    )


def _shown(value: Any) -> str:
    """Return what came, shortly, in the words of a TOML writer."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        flat = " ".join(value.split())
        return f"'{flat}'" if len(flat) <= 60 else f"'{flat[:57]}...'"
    if isinstance(value, int | float):
        if isinstance(value, float) and not math.isfinite(value):
            return f"{value} (not a finite number)"
        return f"{value}" if abs(value) < 1e15 else "a very large number"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, datetime.date | datetime.time):
        return f"a date or clock time ({value})"
    return f"a {type(value).__name__}"


def _remedy(kind: str, key: str) -> str:
    """Return what to do about a value of the wrong type or size."""
    if kind == "finite_number":
        return "Write a finite number, or leave the key out where the value is not known."
    if kind in ("float_type", "int_type", "int_from_float"):
        return f"Write a plain number, without quotes: {key} = ..."
    if kind == "string_type":
        return "Write it in quotes."
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return "Write a table: { ... }." if key.isdigit() else f"Write a table: {key} = {{ ... }}."
    if key in ("infusion", "treatment", "observation"):
        return f"Write double brackets, [[{key}]], for each one."
    if key == "format":
        return "Use the version of Subside that the file was written for."
    if kind in ("tuple_type", "list_type"):
        return f"Write a list: {key} = [ ... ]."
    if kind == "literal_error":
        return "Choose one of these."
    return "Correct the value or leave the key out."


def _add(key: str) -> str:
    examples = {
        "drug": 'Read the label and write drug = "esketamine" or drug = "racemic_ketamine".',
        "start": 'Add start = "0 h" (times count from the start of the first infusion).',
        "weight_kg": "Add weight_kg = ... (in kg).",
        "age_years": "Add age_years = ...",
        "patient": "Add a [patient] table with age_years, weight_kg and condition.",
        "title": 'Add title = "...".',
        "for": 'Add how long it lasts, such as for = "4 h".',
        "ceiling": 'Add the highest rate allowed, such as ceiling = "40 mg/h".',
        "format": "Add format = 1.",
    }
    return examples.get(key, f"Add {key} = ...")
