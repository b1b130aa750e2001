"""Regimens to be compared: each listed in one TOML file, or as a grid that is written out; nothing else is tried.

::

    format = 1
    title = "Hours and rate"
    case = "../from_papers/sigtermans_2009_crps.toml"   # beside this file; its patient
    at = "1 wk, 12 wk"                                  # when relief is looked at
    rivals = ["sensitization", "low_dose_route"]        # hypotheses told apart; these two if left out

    [[regimen]]
    name = "as in the trial"
    give = "case"            # or ketamine, esketamine, or another case file
    times_rate = 1.0         # every rate and dose multiplied

    [[regimen]]
    name = "titrated"
    [[regimen.infusion]]     # as in a case file: steps, policy, series
    drug = "esketamine"
    start = "0 h"
    policy = { start_rate = "5 mg/h", step = "5 mg/h", every = "30 min", for = "4 h", ceiling = "20 mg/h" }

    [[grid]]
    name = "{rate} for {hours}, {days} d, {boosters} boosters"
    drug = "esketamine"
    rate = ["10 mg/h", "20 mg/h"]
    hours = ["4 h"]
    days = [1, 5]
    boosters = [0, 2]
    booster_every = "4 wk"
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from subside.case import Case, parse_case
from subside.engine.arms import REGIMENS, Arm, like, named
from subside.engine.population.beliefs import prior
from subside.errors import CaseError, Problem, SubsideError, UnknownNameError, nearest
from subside.research.reading import TableReader, file_text, located, stand_in, toml_tables
from subside.research.scaling import scaled
from subside.units import parse_duration_h, parse_times_h

RIVALS = ("sensitization", "low_dose_route")
MOST_REGIMENS = 60
GRID_KEYS = ("name", "drug", "rate", "hours", "days", "boosters", "booster_every")


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is compared.

    Attributes:
        case: Its patient gets every regimen.
        arms: One a regimen, named as in the file.
        times_h: When relief is looked at.
        rivals: Hypotheses whose forms are told apart.
    """

    title: str
    case: Case
    arms: tuple[Arm, ...]
    times_h: tuple[float, ...]
    rivals: tuple[str, ...]


def read_search(path: str | Path) -> Search:
    """Return the regimens of a file.

    Raises:
        CaseError: If it cannot be read or has mistakes; it holds all of them.
    """
    text = file_text(path, kind="a TOML file of regimens")
    return parse_search(text, origin=str(path), beside=Path(path).parent)


def parse_search(
    text: str, *, origin: str = "regimens", beside: Path | None = None, texts: Mapping[str, str] | None = None
) -> Search:
    """Return the regimens of a text; arguments as of ``study.parse_studies``."""
    raw = toml_tables(text, origin=origin)
    reader = _Reader(beside or Path(), dict(texts or {}))
    found = reader.search(raw)
    if found is None or reader.problems:
        raise CaseError(located(reader.problems, text), origin=origin)
    return found


class _Reader(TableReader):
    """Reads regimens."""

    def search(self, raw: Mapping[str, Any]) -> Search | None:
        self.keys(raw, "", ("format", "title", "case", "at", "rivals", "regimen", "grid"))
        if raw.get("format") != 1:
            self.wrong("format", repr(raw.get("format")), "1", "Begin the file with format = 1.")
        case = self.case(self.text(raw, "case", ""), "case")
        times = self.times(raw)
        rivals = raw.get("rivals", list(RIVALS))
        known = prior().hypotheses
        if not isinstance(rivals, list) or any(r not in known for r in rivals):
            self.wrong("rivals", repr(rivals)[:60], f"some of {', '.join(known)}", "Correct the names.")
        arms = list(self.arms(raw, case or stand_in()))
        names = [arm.name for arm in arms]
        for name in sorted({n for n in names if names.count(n) > 1}):
            self.wrong("regimen.name", f"{name!r} twice", "names that differ", "Rename one.")
        if not arms and not self.problems:
            self.wrong("regimen", "none", "at least one [[regimen]] or [[grid]]", "Add one.")
        if len(arms) > MOST_REGIMENS:
            self.wrong("regimen", f"{len(arms)} regimens", f"at most {MOST_REGIMENS}", "List fewer.")
        if case is None or self.problems:
            return None
        return Search(
            title=str(raw.get("title", case.title)), case=case, arms=tuple(arms), times_h=times,
            rivals=tuple(map(str, rivals)),
        )  # fmt: skip

    def times(self, raw: Mapping[str, Any]) -> tuple[float, ...]:
        text = self.text(raw, "at", "", "1 wk, 12 wk")
        try:
            return tuple(dict.fromkeys(parse_times_h(text)))
        except SubsideError as error:
            self.wrong("at", repr(text), 'times such as "1 wk, 12 wk"', str(error))
            return ()

    def arms(self, raw: Mapping[str, Any], case: Case) -> Iterator[Arm]:
        for key, read in (("regimen", self.regimen), ("grid", self.grid)):
            listed = raw.get(key, [])
            if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
                self.wrong(key, repr(listed)[:40], f"tables [[{key}]]", "Write each as a table.")
                continue
            for place, table in enumerate(listed, 1):
                yield from read(table, f"{key}[{place}]", case)

    def regimen(self, table: Mapping[str, Any], where: str, case: Case) -> Iterator[Arm]:
        self.keys(table, where, ("name", "give", "times_rate", "infusion"))
        name = self.text(table, "name", where)
        give, infusions, factor = table.get("give"), table.get("infusion"), table.get("times_rate", 1.0)
        if (give is None) == (infusions is None):
            got = "both" if give is not None else "neither"
            self.wrong(where, f"{got} of give and infusion", "one of them", "Say what is given, once.")
            return
        if isinstance(factor, bool) or not isinstance(factor, int | float) or not 0.0 < factor <= 100.0:
            self.wrong(f"{where}.times_rate", repr(factor), "a number above 0, up to 100", "Such as 0.1.")
            return
        treated = self.infused(infusions, where, case) if give is None else self.given(str(give), where, case)
        if treated is not None:
            yield _arm(name, scaled(treated, float(factor)) if factor != 1.0 else treated)

    def given(self, give: str, where: str, case: Case) -> Case | None:
        if give == "case":
            return case
        if give.endswith(".toml"):
            other = self.case(give, f"{where}.give")
            return None if other is None else like(other, case, name=give).case
        try:
            arm = named(give, case)
            if arm.kind == "drug" and arm.case.infusions:
                return arm.case
        except UnknownNameError:
            pass
        close = nearest(give, ("case", *REGIMENS))
        remedy = f"Did you mean '{close}'?" if close else "Placebo stands beside every regimen anyway."
        self.wrong(f"{where}.give", repr(give), f"case, {', '.join(REGIMENS)} or a case file", remedy)
        return None

    def infused(self, infusions: object, where: str, case: Case) -> Case | None:
        """Return the case under infusions written as in a case file; their mistakes are its mistakes."""
        if not isinstance(infusions, list) or not all(isinstance(one, dict) for one in infusions):
            self.wrong(f"{where}.infusion", repr(infusions)[:40], "tables [[regimen.infusion]]", "Write tables.")
            return None
        lines = [
            "format = 1", 'title = "regimen"', "[patient]", "age_years = 40",
            f"weight_kg = {case.patient.weight_kg}", 'condition = "healthy"',
        ]  # fmt: skip
        for one in infusions:
            lines += ["[[infusion]]", *(f"{key} = {_toml(value)}" for key, value in one.items())]
        try:
            written = parse_case("\n".join(lines), origin=where)
        except CaseError as error:
            for problem in error.problems:
                # Its lines are those of a text nobody wrote: the place in this file is said instead.
                self.problems.append(
                    Problem(where=f"{where}.{problem.where}", got=problem.got, accepted=problem.accepted,
                            remedy=problem.remedy)
                )  # fmt: skip
            return None
        return case.with_infusions(written.infusions)

    def grid(self, table: Mapping[str, Any], where: str, case: Case) -> Iterator[Arm]:
        self.keys(table, where, GRID_KEYS)
        name = self.text(table, "name", where, "{rate} for {hours}, {days} d, {boosters} boosters")
        lists = {}
        for key, default in (("rate", None), ("hours", None), ("days", [1]), ("boosters", [0])):
            value = table.get(key, default)
            good = isinstance(value, list) and value and all(
                isinstance(v, str) if key in ("rate", "hours")
                else isinstance(v, int) and not isinstance(v, bool) and (0 if key == "boosters" else 1) <= v <= 365
                for v in value
            )  # fmt: skip
            if not good:
                example = {"rate": '["10 mg/h"]', "hours": '["4 h"]', "days": "[1, 5]", "boosters": "[0, 2]"}[key]
                self.wrong(f"{where}.{key}", repr(value)[:40], f"a list such as {example}", "Write a list.")
                return
            lists[key] = value
        every_h = 0.0
        if any(lists["boosters"]):
            every = self.text(table, "booster_every", where)
            try:
                every_h = parse_duration_h(every)
            except SubsideError as error:
                self.wrong(f"{where}.booster_every", repr(every), 'a time such as "4 wk"', str(error))
                return
        if len(list(itertools.product(*lists.values()))) > MOST_REGIMENS:
            self.wrong(where, "a larger grid", f"at most {MOST_REGIMENS} regimens", "Shorten a list.")
            return
        for rate, hours, days, boosters in itertools.product(*lists.values()):
            step = {"rate": rate, "for": hours}
            first: dict[str, Any] = {"drug": table.get("drug"), "start": "0 h", "steps": [step]}
            if days > 1:
                first["series"] = {"every": "1 d", "count": days}
            infusions = [first]
            infusions += [
                {"drug": table.get("drug"), "start": f"{24.0 * (days - 1) + every_h * k:g} h", "steps": [step]}
                for k in range(1, boosters + 1)
            ]
            treated = self.infused(infusions, where, case)
            if treated is None:
                return
            try:
                words = name.format(rate=rate, hours=hours, days=days, boosters=boosters)
            except (KeyError, IndexError, ValueError):
                self.wrong(f"{where}.name", repr(name), "{rate}, {hours}, {days}, {boosters}", "Use these names.")
                return
            yield _arm(words, treated)


def _arm(name: str, case: Case) -> Arm:
    return Arm(name=name, title=name, case=case, kind="drug")


def _toml(value: object) -> str:
    """Return a value as TOML on one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    # Text, numbers and switches are written alike in JSON and TOML.
    return json.dumps(value, ensure_ascii=False, default=str)
