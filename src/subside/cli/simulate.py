"""The course of this patient, or of many patients like them, under the case's regimen.

With one patient the bands hold what is not known of them; with more, the spread between patients as well.
"""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from subside.cli.answer import Answer, envelope, to_json
from subside.cli.arguments import Parser, WrongCallError, folder
from subside.cli.many import add_many, check_gpu, compare_many, is_counted, say_table, simulate_many
from subside.cli.memory import check_memory
from subside.cli.run_options import add_case, add_run, load_case, ready
from subside.cli.sources import source_rows
from subside.cli.talk import Talk

if TYPE_CHECKING:
    from rich.console import Console

    from subside.case import Case
    from subside.course import Comparison, Course

FORMATS = ("parquet", "csv")
"""What ``--out`` writes full curves as; the columns are the same."""


def add_arguments(parser: Parser) -> None:
    """The case, how many, when, and where to."""
    add_case(parser)
    add_run(parser)
    add_many(parser)
    parser.add_argument(
        "--typical", action="store_true", help="one typical line without a band; no one's prediction"
    )
    parser.add_argument(
        "--out",
        type=folder,
        default=None,
        metavar="DIR",
        help="also write report.html, course.parquet and summary.json into DIR",
    )
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="parquet",
        help="with --out: the table of full curves as course.parquet (default) or course.csv",
    )


def run(options: Namespace, talk: Talk) -> Answer:
    """Simulate the case, and placebo beside it wherever a headline is shown."""
    if options.typical and options.patients > 1:
        raise WrongCallError(
            "--typical is one line without people in it; got --patients "
            f"{options.patients} beside it. Leave one of the two out."
        )
    counted = is_counted(options)
    check_gpu(options)
    case = load_case(options)
    if options.out is None:
        return _answer(options, case, *_simulate(options, case, talk, keep=False))

    from subside.cli.outfolder import out_folder

    with out_folder(options.out) as work:
        course, comparison = _simulate(options, case, talk, keep=True)
        answer = _answer(options, case, course, comparison)
        _write(work, options, case, course, comparison, answer)
    where = options.out / "report.html"
    files = "summary.json" if counted else f"course.{options.format} and summary.json"
    return replace(answer, afterwards=f"Wrote {where}, with {files} beside it.")


def _simulate(
    options: Namespace, case: Case, talk: Talk, *, keep: bool
) -> tuple[Course, Comparison | None]:
    """The course, and the comparison with placebo if someone will read its headline."""
    alone = bool(options.json and options.out is None)
    if is_counted(options):
        ready(talk)
        if alone:
            return simulate_many(options, case, talk), None
        comparison = compare_many(options, case, ["placebo"], talk)
        return comparison.arms["case"], comparison
    if keep:
        say_table(options, case, talk)
    check_memory(case, n_patients=options.patients, times_h=options.at, arms=1 if alone else 2)
    ready(talk)
    from subside import engine

    common: dict[str, Any] = {
        "n_patients": options.patients,
        "seed": options.seed,
        "times_h": options.at,
        "typical": options.typical,
        "device": options.device,
    }
    people = "1 patient" if options.patients == 1 else f"{options.patients} patients"
    with talk.progress(f"Simulating {people}") as progress:
        if alone:
            return engine.simulate(case, **common, keep=keep, progress=progress), None
        comparison = engine.compare(case, ["placebo"], **common, progress=progress)
    return comparison.arms["case"], comparison


def _answer(
    options: Namespace, case: Case, course: Course, comparison: Comparison | None
) -> Answer:
    from subside.course import simulate_result

    def show(console: Console) -> None:
        from subside.cli.reporting import report_of
        from subside.report import summary

        console.print(summary(report_of(case, course, comparison, typical=options.typical)))

    return Answer(
        result=lambda: simulate_result(course),
        show=show,
        warnings=[{"code": c.code, "text": c.text, "sources": list(c.sources)} for c in course.cautions],
        sources=source_rows(course.sources),
    )


def _write(
    folder: Path,
    options: Namespace,
    case: Case,
    course: Course,
    comparison: Comparison | None,
    answer: Answer,
) -> None:
    from subside.cli.reporting import explained, report_of
    from subside.course import write_csv, write_table
    from subside.report import write_report

    report = explained(report_of(case, course, comparison, typical=options.typical))
    write_report(folder / "report.html", report)
    if course.samples:
        write = write_csv if options.format == "csv" else write_table
        write(folder / f"course.{options.format}", course)
    document = to_json(envelope(answer, verb="simulate", seed=options.seed))
    (folder / "summary.json").write_text(document + "\n", encoding="utf-8")
