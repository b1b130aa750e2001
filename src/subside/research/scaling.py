"""The same regimen with every rate and dose multiplied."""

from __future__ import annotations

import re

from subside.case import Case, Infusion

_NUMBER = re.compile(r"\s*([0-9.]+(?:[eE][+-]?[0-9]+)?)(.*)", re.S)


def scaled(case: Case, factor: float) -> Case:
    """Return the case with every rate and dose of its infusions times ``factor``; hours stay.

    Of a titration its start, steps, floor and ceiling are scaled; what it looks at is not.
    """
    return case.with_infusions(_infusion(one, factor) for one in case.infusions)


def _infusion(one: Infusion, factor: float) -> Infusion:
    changes: dict[str, object] = {
        "steps": tuple(
            step.model_copy(update=_texts(step, ("rate", "dose", "from_rate", "to_rate"), factor))
            for step in one.steps
        )
    }
    if one.bolus is not None:
        changes["bolus"] = one.bolus.model_copy(update=_texts(one.bolus, ("dose",), factor))
    if one.policy is not None:
        names = ("start_rate", "step", "ceiling", "floor", "lower_step")
        changes["policy"] = one.policy.model_copy(update=_texts(one.policy, names, factor))
    return one.model_copy(update=changes)


def _texts(entry: object, names: tuple[str, ...], factor: float) -> dict[str, str]:
    found = {}
    for name in names:
        text = getattr(entry, name)
        if text is not None:
            match = _NUMBER.fullmatch(text)
            assert match is not None  # the case was read: it is a number with a unit
            found[name] = f"{float(match[1]) * factor:.10g}{match[2]}"
    return found
