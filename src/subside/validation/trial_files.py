"""Trials of the fit as data: one TOML file a trial, for results that came after this version.

::

    name = "smith_2027"
    protocol = "sigtermans_2009_crps"     # among the published protocols, or a case file beside this one
    design = "randomized"                 # or "open"

    [arms]                                # stated pain at the start, by arm
    case = 7.1
    placebo = 7.0

    [[target]]
    what = "difference of mean pain, week 4"
    figure = "smith_2027.difference_week_4"
    arms = ["case", "placebo"]            # first minus second; or one arm
    at = "4 wk"
    statistic = "mean"                    # or sd, change_points, change_percent, share_points 2, share_percent 50
    observed = -1.4                       # left out: the figure's value in the evidence
    se = 0.5
    se_basis = "published"                # or computed, assumed
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from subside.errors import CaseError, Problem, SubsideError, nearest
from subside.evidence import figure
from subside.research.reading import file_text, located, toml_tables
from subside.units import parse_times_h
from subside.validation.trials import (
    Statistic,
    Target,
    Trial,
    change_percent,
    change_points,
    mean_at,
    sd_between,
    share_fraction,
    share_points,
)

PLAIN: Mapping[str, Statistic] = {
    "mean": mean_at, "sd": sd_between, "change_points": change_points, "change_percent": change_percent,
}  # fmt: skip
WITH_NUMBER = ("share_points", "share_percent")
KEYS = ("name", "protocol", "design", "arms", "target")
TARGET_KEYS = ("what", "figure", "arms", "at", "statistic", "observed", "se", "se_basis", "note")
SE_BASES = ("published", "computed", "assumed")


def read_trial(path: str | Path) -> Trial:
    """Return the trial that a file holds.

    Raises:
        CaseError: If the file cannot be read or has mistakes; it holds all of them.
    """
    file = Path(path)
    text = file_text(file, kind="a TOML file of one trial")
    raw = toml_tables(text, origin=str(path))
    problems: list[Problem] = []

    def wrong(where: str, got: object, accepted: str, remedy: str = "Correct it.") -> None:
        problems.append(Problem(where=where, got=repr(got)[:60], accepted=accepted, remedy=remedy))

    for key in raw:
        if key not in KEYS:
            wrong(key, "an unknown key", ", ".join(KEYS), f"Did you mean '{nearest(key, KEYS)}'?")
    arms = raw.get("arms")
    if not isinstance(arms, dict) or not arms or not all(_is_pain(v) for v in arms.values()):
        wrong("arms", arms, "a table of arms with the pain stated at the start, 0 to 10")
        arms = {}
    if raw.get("design") not in ("randomized", "open"):
        wrong("design", raw.get("design"), '"randomized" or "open"')
    name, protocol = raw.get("name"), raw.get("protocol")
    for key, value in (("name", name), ("protocol", protocol)):
        if not isinstance(value, str) or not value:
            wrong(key, value, "a text in quotes")
    listed = raw.get("target")
    tables = listed if isinstance(listed, list) and listed else []
    if not tables:
        wrong("target", listed, "at least one [[target]]")
    targets = [_target(table, f"target[{i}]", arms, wrong) for i, table in enumerate(tables, 1)]
    if problems:
        raise CaseError(located(problems, text), origin=str(path))
    beside = file.parent / str(protocol)
    return Trial(
        name=str(name),
        protocol=str(beside) if str(protocol).endswith(".toml") else str(protocol),
        arms={key: float(value) for key, value in arms.items()},
        design=str(raw["design"]),
        targets=tuple(target for target in targets if target),
    )


def read_folder(folder: Path) -> tuple[Trial, ...]:
    """Return the trials of a folder, by file name; none where there is no folder."""
    return tuple(read_trial(path) for path in sorted(folder.glob("*.toml")))


def statistic_of(text: str) -> Statistic:
    """Return the statistic of these words.

    Raises:
        ValueError: If there is none.
    """
    if text in PLAIN:
        return PLAIN[text]
    word, _, number = text.partition(" ")
    if word not in WITH_NUMBER:
        raise ValueError(text)
    return share_points(float(number)) if word == "share_points" else share_fraction(float(number) / 100.0)


def _target(table: Mapping[str, Any], where: str, arms: Mapping[str, Any], wrong: Any) -> Target | None:
    for key in table:
        if key not in TARGET_KEYS:
            wrong(f"{where}.{key}", "an unknown key", ", ".join(TARGET_KEYS),
                  f"Did you mean '{nearest(key, TARGET_KEYS)}'?")  # fmt: skip
    named = table.get("arms", [])
    if not isinstance(named, list) or len(named) not in (1, 2) or any(a not in arms for a in named):
        wrong(f"{where}.arms", named, f"one or two of {', '.join(arms)}")
    try:
        statistic = statistic_of(str(table.get("statistic")))
    except ValueError:
        wrong(f"{where}.statistic", table.get("statistic"),
              f"{', '.join(PLAIN)}, or share_points 2, share_percent 50")  # fmt: skip
        statistic = mean_at
    times: tuple[float, ...] = ()
    try:
        times = parse_times_h(str(table.get("at", "")))
    except SubsideError as error:
        wrong(f"{where}.at", table.get("at"), str(error))
    se, observed = table.get("se"), table.get("observed", _known(table.get("figure")))
    if isinstance(se, bool) or not isinstance(se, int | float) or not se > 0:
        wrong(f"{where}.se", se, "a standard error above 0, in the unit of the number")
        se = 1.0
    if isinstance(observed, bool) or not isinstance(observed, int | float):
        wrong(f"{where}.observed", observed, "a number, or a figure of the evidence that has one")
        observed = 0.0
    if table.get("se_basis") not in SE_BASES:
        wrong(f"{where}.se_basis", table.get("se_basis"), ", ".join(SE_BASES))
    return Target(
        what=str(table.get("what", "")), figures=(str(table.get("figure", "")),), arms=tuple(map(str, named)),
        times_h=times, statistic=statistic, observed=float(observed), se=float(se),
        se_basis=str(table.get("se_basis")), note=str(table.get("note", "")),
    )  # fmt: skip


def _known(figure_id: object) -> float | None:
    try:
        return figure(str(figure_id)).value
    except SubsideError:
        return None


def _is_pain(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0.0 < value <= 10.0
