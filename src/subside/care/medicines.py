"""Medicines by class: which interactions a list of names can raise, and which names nobody knows."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from subside.care.facts import RULES_FOLDER
from subside.errors import nearest

__all__ = ["classes_of", "medicine_answers", "unrecognized"]

#: Words that say how a drug is made up or given, not which drug it is.
_PADDING = re.compile(
    r"\b(hydrochloride|hcl|sulfate|sulphate|tartrate|succinate|sodium|mesylate|er|xr|sr|ir|cr|la|xl|od|"
    r"extended|immediate|release|tablets?|capsules?|patch(es)?|gel|cream|ointment|injection|oral|"
    r"transdermal|topical|spray|syrup|drops?)\b|\d+(\.\d+)?\s*(mg|mcg|g|ml|%)?(/\w+)?"
)


def classes_of(name: str) -> tuple[str, ...]:
    """Return the facts that a medicine makes true, such as ``("takes_opioid",)``; empty for no rule.

    A product of two drugs ("oxycodone / acetaminophen") has the classes of both.
    """
    found = [fact for part in _parts(name) for fact in _by_name().get(part, ())]
    return tuple(dict.fromkeys(found))


def unrecognized(names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return the names (and the nearest known name) of which some part is not known here."""
    return tuple(
        (name, nearest(_parts(name)[0], _by_name()) if _parts(name) else "")
        for name in names
        if not _parts(name) or any(part not in _by_name() for part in _parts(name))
    )


def medicine_answers(names: Iterable[str] | None) -> dict[str, bool | None]:
    """Return the ``takes_...`` facts that a list of medicines answers.

    Args:
        names: As written by people. None: the list is not known, and every answer is unknown. An empty
            list: reconciled, and nothing is taken.
    """
    facts = {fact for found in _by_name().values() for fact in found} | {"takes_unrecognized"}
    if names is None:
        return dict.fromkeys(sorted(facts), None)
    listed = tuple(names)
    taken = {fact for name in listed for fact in classes_of(name)}
    answers: dict[str, bool | None] = {fact: fact in taken for fact in sorted(facts)}
    answers["takes_unrecognized"] = bool(unrecognized(listed))
    return answers


@cache
def _by_name() -> Mapping[str, tuple[str, ...]]:
    """Return the facts that each known name makes true; nothing for a name without a rule."""
    table = tomllib.loads((RULES_FOLDER / "medicines.toml").read_text(encoding="utf-8"))
    found: dict[str, tuple[str, ...]] = {name: () for name in table["known"]["no_rule"]}
    for fact, names in table["class"].items():
        for name in names:
            found[name] = (*found.get(name, ()), fact)
    return MappingProxyType(found)


def _parts(name: str) -> tuple[str, ...]:
    """Return the drugs of a product: in lower case, without salts, forms and strengths."""
    text = " ".join(name.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())
    if text in _by_name():
        return (text,)
    parts = []
    # Strengths go first: the "/" of "25 mcg/h" does not part two drugs.
    for piece in re.split(r"\s*(?:/|\+|,| and | with )\s*", _PADDING.sub(" ", text)):
        bare = " ".join(piece.split()).strip(" .-()")
        if bare:
            parts.append(bare)
    return tuple(parts)
