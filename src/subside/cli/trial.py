"""A virtual randomized trial: arms, endpoints, effect with interval, power.

The first repetition is shown as a trial would report it; all repetitions give the power.
"""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from subside.cli.answer import Answer, envelope, to_json
from subside.cli.arguments import Parser, folder, whole_number
from subside.cli.run_options import ready
from subside.cli.sources import source_rows
from subside.cli.talk import Talk
from subside.errors import MissingExtraError

if TYPE_CHECKING:
    from rich.console import Console

    from subside.trial import Trial, TrialPlan
    from subside.trial.recruits import Source

NEEDED = ("statsmodels", "lifelines", "pandas")


def add_arguments(parser: Parser) -> None:
    """The trial, how often, and where to."""
    parser.add_argument("trial", metavar="TRIAL", type=Path, help="a trial file (examples/trials holds some)")
    parser.add_argument(
        "--replicates",
        type=whole_number(low=1, high=100_000, example="--replicates 200"),
        default=None,
        metavar="N",
        help="repeat the trial N times instead of as often as its file says",
    )
    parser.add_argument(
        "--out",
        type=folder,
        default=None,
        metavar="DIR",
        help="also write report.html, summary.json, tables (effects.csv, visits.csv, power.csv, people.parquet) and "
        "population.parquet",
    )


def run(options: Namespace, talk: Talk) -> Answer:
    """Conduct the trial; a file with mistakes is told whole and nothing runs."""
    from subside.trial import read_trial

    plan, source = read_trial(options.trial)
    for package in NEEDED:
        if find_spec(package) is None:
            raise MissingExtraError("cohort", needed_for="The analysis of a trial")
    if options.out is None:
        return _answer(_conduct(options, plan, source, talk))[0]

    from subside.cli.outfolder import out_folder

    with out_folder(options.out) as work:
        trial = _conduct(options, plan, source, talk)
        answer, result = _answer(trial)
        _write(work, options, trial, answer, result)
    where = options.out / "report.html"
    said = f"Wrote {where}, with summary.json, three tables, people.parquet and population.parquet beside it."
    return replace(answer, afterwards=said)


def _conduct(options: Namespace, plan: TrialPlan, source: Source, talk: Talk) -> Trial:
    ready(talk)
    from subside.trial import run_trial

    count = options.replicates or plan.power.replicates
    with talk.progress(f"Repeating the trial {count} times") as progress:
        return run_trial(plan, source, seed=options.seed, repetitions=count, progress=progress)


def _answer(trial: Trial) -> tuple[Answer, dict[str, Any]]:
    from subside.trial import trial_result

    result = trial_result(trial)

    def show(console: Console) -> None:
        from subside.trial.terminal import summary

        console.print(summary(result, warnings=len(trial.cautions)))

    return (
        Answer(
            result=lambda: result,
            show=show,
            warnings=[{"code": c.code, "text": c.text, "sources": list(c.sources)} for c in trial.cautions],
            sources=source_rows(trial.sources),
        ),
        result,
    )


def _write(work: Path, options: Namespace, trial: Trial, answer: Answer, result: dict[str, Any]) -> None:
    from subside import __version__
    from subside.engine.population import write_population
    from subside.trial.page import render
    from subside.trial.tables import (
        effect_rows,
        people_rows,
        power_rows,
        visit_rows,
        write_csv,
        write_parquet,
    )

    page = render(
        result,
        warnings=[dict(w) for w in answer.warnings],
        sources=list(answer.sources),
        version=__version__,
        seed=options.seed,
    )
    (work / "report.html").write_text(page, encoding="utf-8")
    write_csv(work / "effects.csv", effect_rows(result))
    write_csv(work / "visits.csv", visit_rows(result))
    write_csv(work / "power.csv", power_rows(result))
    write_parquet(work / "people.parquet", people_rows(trial))
    write_population(work / "population.parquet", trial.enrolled.people.take(slice(0, trial.plan.design.patients)))
    document = to_json(envelope(answer, verb="trial", seed=options.seed))
    (work / "summary.json").write_text(document + "\n", encoding="utf-8")
