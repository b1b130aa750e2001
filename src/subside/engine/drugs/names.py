"""Knowing a medicine by a word of its name, and the table of what opioids weigh in morphine."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["background_medicines", "words_of"]


def words_of(name: str) -> frozenset[str]:
    """Return the words of a medicine's name, in small letters (``oxycodone/naloxone``, ``fentanyl patch``)."""
    return frozenset(re.findall(r"[a-z]+", name.lower()))


@cache
def background_medicines() -> dict[str, Any]:
    """Return the table of background medicines as it stands in the evidence."""
    path = files("subside.evidence").joinpath("priors/background_medicines.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
