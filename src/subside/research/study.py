"""A study that has not been done: who, which arms, how many, which visits, which endpoint; from a TOML file.

::

    format = 1
    title = "Candidate studies"

    [[study]]
    name = "follow_up_12_wk"
    title = "The trial of 2009, followed for twelve weeks"
    case = "../from_papers/sigtermans_2009_crps.toml"   # beside this file; its patient stands for the people
    control = "placebo"                                 # the arm that others are held against

    [[study.arm]]
    name = "esketamine"
    give = "case"        # or none, placebo, an arm of ``subside compare`` by name, or another case file
    times_rate = 1.0     # every rate and dose of its infusions multiplied
    n = 30               # who finish

    [[study.arm]]
    name = "placebo"
    give = "placebo"
    n = 30

    [[study.endpoint]]
    name = "nrs_pain"    # or p_response_30, p_response_50, cadss_total ...
    at = "1 wk, 4 wk, 12 wk"
    figures = ["smith_2027.week_1", "smith_2027.week_4", "smith_2027.week_12"]   # where results will stand; optional
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from subside.case import Case
from subside.engine.arms import ARMS, Arm, like, named, own
from subside.errors import CaseError, ParameterError, SubsideError, nearest
from subside.research.endpoint import ENDPOINTS
from subside.research.reading import TableReader, file_text, located, stand_in, toml_tables
from subside.research.scaling import scaled
from subside.units import parse_times_h

MOST_N = 100_000


@dataclass(frozen=True, kw_only=True)
class StudyArm:
    """One arm: what is given, to how many."""

    name: str
    arm: Arm
    n: int


@dataclass(frozen=True, kw_only=True)
class StudyEndpoint:
    """A quantity at its visits; ``figures``: ids under which results will stand, one a visit, or none."""

    name: str
    times_h: tuple[float, ...]
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Study:
    """A study.

    Attributes:
        name: A word. title: In full. why: What it could tell.
        case: Its patient stands for the people, described alike.
        arms: In the order of the file; parallel groups.
        control: Name of the arm that the others are held against; empty where there is one arm.
        endpoints: What is reported.
    """

    name: str
    title: str
    why: str
    case: Case
    arms: tuple[StudyArm, ...]
    control: str
    endpoints: tuple[StudyEndpoint, ...]

    @property
    def n(self) -> int:
        """People in all arms."""
        return sum(arm.n for arm in self.arms)

    @property
    def times_h(self) -> tuple[float, ...]:
        """Every visit of every endpoint, rising."""
        return tuple(sorted({t for endpoint in self.endpoints for t in endpoint.times_h}))


@dataclass(frozen=True, kw_only=True)
class Studies:
    """A file of studies, with all the text it rests on."""

    title: str
    studies: tuple[Study, ...]
    texts: Mapping[str, str]


def read_studies(path: str | Path) -> Studies:
    """Return the studies of a file.

    Raises:
        CaseError: If it cannot be read or has mistakes; it holds all of them.
    """
    text = file_text(path, kind="a TOML file of studies")
    return parse_studies(text, origin=str(path), beside=Path(path).parent)


def parse_studies(
    text: str, *, origin: str = "studies", beside: Path | None = None, texts: Mapping[str, str] | None = None
) -> Studies:
    """Return the studies of a text.

    Args:
        text: TOML, as above.
        origin: What messages call it.
        beside: The folder that paths of case files start from.
        texts: Case files by the path that the text names, read from here in place of the disk.
    """
    raw = toml_tables(text, origin=origin)
    reader = _Reader(beside or Path(), dict(texts or {}))
    reader.keys(raw, "", ("format", "title", "study"))
    if raw.get("format") != 1:
        reader.wrong("format", repr(raw.get("format")), "1", "Begin the file with format = 1.")
    tables = raw.get("study")
    if not isinstance(tables, list) or not tables:
        reader.wrong("study", "none", "at least one [[study]]", "Add one.")
        tables = []
    found = [reader.study(table, f"study[{place}]") for place, table in enumerate(tables, 1)]
    names = [one.name for one in found if one]
    for name in sorted({n for n in names if names.count(n) > 1}):
        reader.wrong("study.name", f"{name!r} twice", "names that differ", "Rename one.")
    if reader.problems:
        raise CaseError(located(reader.problems, text), origin=origin)
    used = {"": text, **reader.used}
    return Studies(title=str(raw.get("title", origin)), studies=tuple(s for s in found if s), texts=used)


class _Reader(TableReader):
    """Reads studies."""

    def study(self, table: Mapping[str, Any], where: str) -> Study | None:
        before = len(self.problems)
        self.keys(table, where, ("name", "title", "why", "case", "control", "arm", "endpoint"))
        name = self.text(table, "name", where)
        case = self.case(self.text(table, "case", where), f"{where}.case")
        arms = [
            self.arm(one, f"{where}.arm[{place}]", case or stand_in())
            for place, one in enumerate(self.tables(table, "arm", where), 1)
        ]
        endpoints = [
            self.endpoint(one, f"{where}.endpoint[{place}]")
            for place, one in enumerate(self.tables(table, "endpoint", where), 1)
        ]
        names = [arm.name for arm in arms if arm]
        control = self.text(table, "control", where, "" if len(names) < 2 else names[-1])
        if len(set(names)) < len(names):
            self.wrong(f"{where}.arm", "two arms of one name", "names that differ", "Rename one.")
        if control and control not in names:
            self.wrong(f"{where}.control", repr(control), f"one of {', '.join(names)}", "Name an arm.")
        contrasts = len(names) - bool(control)
        if contrasts != 1 and any(e and e.figures for e in endpoints):
            self.wrong(f"{where}.endpoint.figures", f"ids for {contrasts} contrasts", "ids where there is one",
                       "Leave figures out; results are then given by the name of the prediction.")  # fmt: skip
        if case is None or len(self.problems) > before:
            return None
        return Study(
            name=name, title=self.text(table, "title", where, name), why=self.text(table, "why", where, ""),
            case=case, arms=tuple(a for a in arms if a), control=control,
            endpoints=tuple(e for e in endpoints if e),
        )  # fmt: skip

    def arm(self, table: Mapping[str, Any], where: str, case: Case) -> StudyArm | None:
        self.keys(table, where, ("name", "give", "times_rate", "n"))
        name, give = self.text(table, "name", where), self.text(table, "give", where)
        n, factor = table.get("n"), table.get("times_rate", 1.0)
        if isinstance(n, bool) or not isinstance(n, int) or not 2 <= n <= MOST_N:
            self.wrong(f"{where}.n", repr(n), f"a whole number from 2 to {MOST_N}", "Say how many finish.")
        if isinstance(factor, bool) or not isinstance(factor, int | float) or not 0.0 < factor <= 100.0:
            self.wrong(f"{where}.times_rate", repr(factor), "a number above 0, up to 100", "Such as 0.1.")
        if not give or any(p.where.startswith(where) for p in self.problems):
            return None
        try:
            return StudyArm(name=name, arm=self.given(give, name, case, float(factor), where), n=int(n or 0))
        except CaseError:
            return None  # already told
        except SubsideError as error:
            self.wrong(f"{where}.give", repr(give), f"case, {', '.join(ARMS)} or a case file", str(error))
            return None

    def given(self, give: str, name: str, case: Case, factor: float, where: str) -> Arm:
        """Return what these people get; a case file's mistakes are noted and it raises ``CaseError``."""
        if give == "case":
            arm = own(case)
        elif give.endswith(".toml"):
            other = self.case(give, f"{where}.give")
            if other is None:
                raise CaseError([], origin=give)
            arm = like(other, case, name=name)
        else:
            arm = named(give, case)
        if factor != 1.0:
            if arm.kind != "drug":
                raise ParameterError("times_rate multiplies infusions of ketamine; this arm has none. Leave it out.")
            arm = replace(arm, case=scaled(arm.case, factor))
        return replace(arm, name=name)

    def endpoint(self, table: Mapping[str, Any], where: str) -> StudyEndpoint | None:
        self.keys(table, where, ("name", "at", "figures"))
        name, at = self.text(table, "name", where), self.text(table, "at", where)
        figures = table.get("figures", [])
        if name and name not in ENDPOINTS:
            close = nearest(name, ENDPOINTS)
            self.wrong(f"{where}.name", repr(name), "a quantity of the course",
                       f"Did you mean '{close}'?" if close else "See the glossary.")  # fmt: skip
        times: tuple[float, ...] = ()
        if at:
            try:
                times = tuple(dict.fromkeys(parse_times_h(at)))
            except SubsideError as error:
                self.wrong(f"{where}.at", repr(at), 'times such as "1 wk, 12 wk"', str(error))
        if not isinstance(figures, list) or (figures and len(figures) != len(times)):
            self.wrong(f"{where}.figures", repr(figures)[:40], "one id a visit, or none", "Name each visit's.")
            return None
        order = sorted(range(len(times)), key=lambda i: times[i])
        return StudyEndpoint(
            name=name,
            times_h=tuple(times[i] for i in order),
            figures=tuple(str(figures[i]) for i in order) if figures else (),
        )
