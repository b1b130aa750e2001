"""Trial files read: every mistake in one go, with its key and its line; nothing runs before that."""

from __future__ import annotations

from dataclasses import replace
from os import PathLike
from pathlib import Path

from subside.case.source import read_text
from subside.case.toml_file import parse_tables
from subside.engine.population.description import Description, described_in
from subside.engine.population.parquet import read_population
from subside.errors import CaseError, ParameterError, Problem
from subside.trial.checks import trial_flaws
from subside.trial.plan import TrialPlan
from subside.trial.recruits import Source

__all__ = ["parse_trial", "read_trial"]

KIND = "trial file"


def read_trial(path: str | PathLike[str]) -> tuple[TrialPlan, Source]:
    """Return the plan that a file holds, and the population it recruits from.

    Raises:
        CaseError: If the file, or the population file it names, cannot be read or has mistakes; it
            holds all of them.
    """
    file = Path(path)
    return parse_trial(read_text(file, kind=KIND), origin=str(path), folder=file.parent)


def parse_trial(
    text: str, *, origin: str = "trial", folder: Path | None = None
) -> tuple[TrialPlan, Source]:
    """Return the plan of a TOML text, and its population; a population file is looked for in ``folder``."""
    problems: list[Problem] = []
    plan: TrialPlan | None = None
    try:
        plan = parse_tables(text, TrialPlan, origin=origin, kind=KIND, more=trial_flaws)
    except CaseError as error:
        problems += error.problems
    name = _file_named(text) if plan is None else plan.population.file
    source: Source | None = None
    if name is not None:
        target = (folder or Path()) / name
        try:
            if target.suffix == ".parquet":
                source = read_population(target)
            else:
                source = described_in(read_text(target, kind="population file"), origin=str(target))
        except ParameterError as error:
            problems.append(
                Problem(
                    where="population.file",
                    got=str(error).split("; got ", 1)[-1].split(". ", 1)[0],
                    accepted="a TOML file that describes people, or a Parquet file of people",
                    remedy="Write one with write_population, or describe the people.",
                )
            )
        except CaseError as error:
            problems += [
                Problem(
                    where=f"population.file, {target.name}, "
                    + (p.where if p.line is None else f"line {p.line}, {p.where}"),
                    got=p.got,
                    accepted=p.accepted,
                    remedy=p.remedy,
                )
                for p in error.problems
            ]
    if problems or plan is None:
        raise CaseError(problems, origin=origin)
    if source is None:
        source = plan.description()
    # What the trial lets in is its own; the population's limits hold as well.
    if isinstance(source, Description):
        return plan, source.model_copy(update={"study": plan.key})
    return plan, replace(source, study=plan.key)


def _file_named(text: str) -> str | None:
    """Return the population file that a text with mistakes names, so that its own are told as well."""
    import tomllib

    try:
        value = tomllib.loads(text)["population"]["file"]
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        return None
    return value if isinstance(value, str) else None
