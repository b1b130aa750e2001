"""Reading tables of a file of research: every mistake is gathered, with its key, and told in one go."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from subside.case import Case, parse_case, read_case
from subside.case.positions import line_of, positions
from subside.errors import CaseError, Problem, nearest

__all__ = ["TableReader", "file_text", "located", "stand_in", "toml_tables"]

_PART: Final = re.compile(r"([A-Za-z_][\w-]*)|\[(\d+)\]")


def file_text(path: str | Path, *, kind: str) -> str:
    """Return the text of a file.

    Raises:
        CaseError: If it cannot be read.
    """
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        problem = Problem(
            where="file", got=f"a file that cannot be read ({reason})", accepted=kind, remedy="Check the path."
        )
        raise CaseError([problem], origin=str(path)) from None


def toml_tables(text: str, *, origin: str) -> dict[str, Any]:
    """Return the tables of a text.

    Raises:
        CaseError: If it is not TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem = Problem(
            where="file", got=f"text that is not TOML ({error})", accepted="TOML", remedy="Mend that line."
        )
        raise CaseError([problem], origin=origin) from None


@cache
def stand_in() -> Case:
    """Return a case in the place of one that cannot be read, so that other mistakes are found all the same."""
    return parse_case(
        'format = 1\ntitle = "stand-in"\n[patient]\nage_years = 40\nweight_kg = 70\ncondition = "healthy"\n'
        '[[infusion]]\ndrug = "esketamine"\nstart = "0 h"\nsteps = [ { rate = "10 mg/h", for = "1 h" } ]\n'
    )


def located(problems: Sequence[Problem], text: str) -> list[Problem]:
    """Return mistakes with the line of the text on which each stands, or of the nearest table around it."""
    lines = positions(text)
    return [replace(one, line=line_of(_path(one.where), lines)) for one in problems]


def _path(where: str) -> tuple[str | int, ...]:
    """Return the path of a key as it is shown: ``study[2].arm[1].n``; what follows a blank is not in this text."""
    parts = _PART.findall(where.split(" ")[0])
    return tuple(name if name else int(place) - 1 for name, place in parts)


class TableReader:
    """Reads tables and gathers every mistake."""

    def __init__(self, beside: Path, texts: dict[str, str]) -> None:
        self.beside, self.texts, self.used = beside, texts, dict[str, str]()
        self.problems: list[Problem] = []

    def wrong(self, where: str, got: str, accepted: str, remedy: str) -> None:
        """Note a mistake."""
        self.problems.append(Problem(where=where, got=got, accepted=accepted, remedy=remedy))

    def keys(self, table: Mapping[str, Any], where: str, known: Sequence[str]) -> None:
        """Note every key that is not known, with the nearest."""
        for key in table:
            if key not in known:
                close = nearest(key, known)
                remedy = f"Did you mean '{close}'?" if close else "Remove it."
                self.wrong(f"{where}.{key}".lstrip("."), "an unknown key", ", ".join(known), remedy)

    def text(self, table: Mapping[str, Any], key: str, where: str, default: str | None = None) -> str:
        """Return a text; without a default it must be there."""
        value = table.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            self.wrong(f"{where}.{key}".lstrip("."), repr(value)[:40], "a text in quotes", f"Write {key} = \"...\".")
            return ""
        return value

    def tables(self, table: Mapping[str, Any], key: str, where: str) -> list[Mapping[str, Any]]:
        """Return the tables of a list, of which there must be one at least."""
        value = table.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
            self.wrong(f"{where}.{key}", "none", f"at least one [[{key}]] in it", "Add one.")
            return []
        return value

    def case(self, path: str, where: str) -> Case | None:
        """Return a case from a file, or None with its mistakes noted."""
        if not path:
            return None
        try:
            if path in self.texts:
                text = self.texts[path]
                found = parse_case(text, origin=path)
            else:
                found = read_case(self.beside / path)
                text = (self.beside / path).read_text(encoding="utf-8")
        except CaseError as error:
            for problem in error.problems:
                self.wrong(f"{where} {path}: {problem.where}", problem.got, problem.accepted, problem.remedy)
            return None
        self.used[path] = text
        return found
