"""Urgent paths: what happens at once, and whom to call, by country or as the site sets it.

Only numbers that are public and widely known are shipped, each with its source; where a country is
not listed, no number is invented: the site has to set one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from subside.care.facts import RULES_FOLDER
from subside.errors import unknown_name

__all__ = ["CrisisContact", "UrgentPath", "crisis_contact", "urgent_path"]


@dataclass(frozen=True, kw_only=True)
class CrisisContact:
    """Whom to call: a crisis line and the emergency number, with the source of both."""

    name: str
    crisis: str
    emergency: str
    source: str
    basis: str

    def __str__(self) -> str:
        return f"{self.name}: {self.crisis} In danger now: {self.emergency}"


@dataclass(frozen=True, kw_only=True)
class UrgentPath:
    """What is done at once: the steps in order, and the contact."""

    name: str
    title: str
    steps: tuple[str, ...]
    contact: CrisisContact
    calls_h: tuple[float, ...] = ()

    def result(self) -> dict[str, Any]:
        """Return the path as plain data for JSON."""
        return {
            "name": self.name,
            "title": self.title,
            "steps": list(self.steps),
            "calls_h": list(self.calls_h),
            "contact": {
                "name": self.contact.name,
                "crisis": self.contact.crisis,
                "emergency": self.contact.emergency,
                "source": self.contact.source,
                "basis": self.contact.basis,
            },
        }


def crisis_contact(country: str) -> CrisisContact:
    """Return the public crisis contact of a country, by its two letters.

    An unlisted country gets no number but the statement that the site has to set one.
    """
    contacts = _table()["contact"]
    entry = contacts.get(country.upper()) or contacts["ELSEWHERE"]
    return CrisisContact(**entry)


def urgent_path(name: str, *, contact: CrisisContact) -> UrgentPath:
    """Return an urgent path by name, with the contact of the site."""
    paths = _table()["path"]
    if name not in paths:
        raise unknown_name("urgent path", name, paths)
    entry = paths[name]
    return UrgentPath(
        name=name,
        title=entry["title"],
        steps=tuple(entry["steps"]),
        contact=contact,
        calls_h=tuple(entry.get("calls_h", ())),
    )


@cache
def _table() -> Mapping[str, Any]:
    text = (RULES_FOLDER / "crisis.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))
