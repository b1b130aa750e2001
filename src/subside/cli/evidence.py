"""Each published outcome beside the model's answer: interval, verdict, whether it was used to fit.

Scores compare the model with two simple rivals, "it never works" and "it always works as in the best
trial"; below 1 the model is better. Misses are listed with their reason.

Predictions can be frozen before a trial reads out, verified afterwards, and compared with today's.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from subside.cli.answer import Answer
from subside.cli.arguments import Parser, whole_number
from subside.cli.evidence_frozen import add_actions, run_action
from subside.cli.run_options import ready
from subside.cli.sources import source_rows
from subside.cli.talk import Talk

if TYPE_CHECKING:
    from rich.console import Console

    from subside.validation.outcome import Outcome
    from subside.validation.table import Score


def add_arguments(parser: Parser) -> None:
    """How many replicates of each trial."""
    parser.add_argument(
        "--replicates",
        type=whole_number(low=4, high=1000, example="--replicates 40"),
        default=40,
        metavar="N",
        help="new trials simulated for each interval, 4 to 1000 (default 40)",
    )
    add_actions(parser)


def run(options: Namespace, talk: Talk) -> Answer:
    """Simulate every published study anew and hold it against what was reported; or run an action."""
    if options.action:
        return run_action(options, talk)
    ready(talk)
    from subside.validation.table import evidence_table, rows, score

    with talk.progress("Simulating every published study") as progress:
        found = evidence_table(seed=options.seed, replicates=options.replicates, progress=progress)
    whole, unseen = score(found), score([o for o in found if not o.used_to_fit])

    def result() -> dict[str, Any]:
        return {
            "outcomes": rows(found),
            "score": whole.__dict__,
            "score_not_used_to_fit": unseen.__dict__,
        }

    return Answer(
        result=result,
        show=lambda console: _show(console, found, whole, unseen),
        sources=source_rows(o.figure for o in found),
    )


def _show(console: Console, found: Sequence[Outcome], whole: Score, unseen: Score) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(title="Published outcomes beside the model's answer", pad_edge=False)
    table.add_column("outcome", overflow="fold")
    for name in ("observed", "model", "90 % interval"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("fitted", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for o in found:
        table.add_row(
            Text(o.what),
            f"{o.observed:.2f}",
            f"{o.predicted:.2f}",
            f"{o.low:.2f} to {o.high:.2f}",
            "yes" if o.used_to_fit else "no",
            Text(o.verdict, style="" if o.covered else "bold yellow"),
        )
    console.print(table)
    for name, s in (("All outcomes", whole), ("Not used to fit", unseen)):
        words = f"{name}: {s.n}; {100 * s.covered:.0f} % within their 90 % intervals"
        if s.relative_to_never is not None and s.relative_to_always is not None:
            words += (
                f"; score {s.relative_to_never:.2f} of 'it never works', "
                f"{s.relative_to_always:.2f} of 'it always works as in the best trial' (below 1 is better)"
            )
        console.print(Text(words + "."))
    missed = [o for o in found if not o.covered]
    if missed:
        console.print(Text("Misses", style="bold"))
        for o in missed:
            console.print(Text(f"- {o.what}: {o.verdict}. {o.note or 'no reason known'}"))
