"""Which of the studies in a file would tell most about the open questions: expected information, in bits.

Each study is run under every rival form in many clinics, and what it would report is held against the forms:
one bit settles a question of two equal rivals. Small numbers are an answer too. The sum over questions takes
them as independent. Nothing here weighs cost, ethics or the good of knowing.
"""

from __future__ import annotations

from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from subside.cli.answer import Answer
from subside.cli.arguments import Parser, WrongCallError, whole_number
from subside.cli.research_answers import add_out, cell, plain, write_with, written_table
from subside.cli.run_options import ready
from subside.cli.talk import Talk

if TYPE_CHECKING:
    from rich.console import Console

    from subside.research import Ranked

QUESTIONS = ("sensitization", "low_dose_route", "r_ketamine")


def add_arguments(parser: Parser) -> None:
    """The file of studies, the questions, how many clinics."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a file of studies (see the reference)")
    parser.add_argument(
        "--questions", type=names, default=list(QUESTIONS), metavar="LIST",
        help=f"hypotheses of the model, separated by commas (default {','.join(QUESTIONS)})",
    )  # fmt: skip
    parser.add_argument(
        "--replicates", type=whole_number(low=10, high=5000, example="--replicates 100"), default=100, metavar="N",
        help="clinics under each rival form, 10 to 5000 (default 100)",
    )  # fmt: skip
    add_out(parser, "studies.svg, studies.csv")


def names(text: str) -> list[str]:
    """Return names between commas, without repeats."""
    found = [name.strip() for name in text.split(",")]
    if not all(found):
        raise ArgumentTypeError(f"must name hypotheses between commas; got {text!r}. Try sensitization")
    return list(dict.fromkeys(found))


def run(options: Namespace, talk: Talk) -> Answer:
    """Rank the studies."""
    from subside.engine.population.beliefs import prior
    from subside.errors import unknown_name
    from subside.research.study import read_studies

    for question in options.questions:
        if question not in prior().hypotheses:
            raise WrongCallError(str(unknown_name("hypothesis", question, prior().hypotheses)))
    studies = read_studies(options.file)

    def answer() -> tuple[Answer, Callable[[Path], None]]:
        ready(talk)
        from subside.research import rank_studies

        with talk.progress(f"Running {len(studies.studies)} studies") as progress:
            ranked = rank_studies(
                studies, questions=options.questions, replicates=options.replicates, seed=options.seed,
                progress=progress,
            )  # fmt: skip
        given = Answer(
            result=lambda: {
                "title": studies.title,
                "replicates": options.replicates,
                "studies": [_row(one) for one in ranked],
            },
            show=lambda console: _show(console, studies.title, ranked),
        )
        return given, lambda work: _write(work, ranked)

    return write_with(answer, options, verb="study-next", what="studies.svg, studies.csv")


def _row(one: Ranked) -> dict[str, Any]:
    row: dict[str, Any] = plain(
        {
            "name": one.study.name,
            "title": one.study.title,
            "n": one.study.n,
            "bits": one.bits,
            "standard_error": one.error,
            "bits_per_100_people": one.per_100,
            "questions": [
                {
                    "question": told.question,
                    "bits": told.bits,
                    "standard_error": told.error,
                    "entropy_bits": told.entropy,
                    "share": told.share,
                    "probability_of_truth_before": told.before,
                    "probability_of_truth_after": told.truth,
                }
                for told in one.told
            ],
        }
    )
    return row


def _write(work: Path, ranked: Sequence[Ranked]) -> None:
    from subside.research.figures import draw_studies

    draw_studies(work / "studies.svg", ranked)
    rows = []
    for one in ranked:
        whole = _row(one)
        rows += [{"study": whole["name"], "n": whole["n"], **question} for question in whole["questions"]]
    (work / "studies.csv").write_text(written_table(rows), encoding="utf-8")


def _show(console: Console, title: str, ranked: Sequence[Ranked]) -> None:
    from rich.table import Table
    from rich.text import Text

    console.print(Text(title, style="bold"))
    table = Table(pad_edge=False)
    table.add_column("study", overflow="fold")
    table.add_column("n", justify="right")
    for told in ranked[0].told:
        table.add_column(f"{told.question}\n({cell(told.entropy)} open)", justify="right")
    for name in ("in all", "per 100"):
        table.add_column(name, justify="right")
    for one in ranked:
        table.add_row(
            Text(f"{one.study.name}: {one.study.title}"), str(one.study.n),
            *(f"{cell(t.bits)} ± {cell(t.error)}" for t in one.told),
            f"{cell(one.bits)} ± {cell(one.error)}", cell(one.per_100),
        )  # fmt: skip
    console.print(table)
    console.print(
        Text(
            "Bits of expected information, ± one standard error of the simulation; under each question what is not "
            "known of it now. A share of 0.1 or less of that leaves a question about as open as before. Cost, "
            "ethics and the good of knowing are not weighed."
        )
    )
