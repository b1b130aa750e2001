"""Each published outcome beside the model's answer: interval, verdict, whether it was used to fit.

Scores compare the model with two simple rivals, "it never works" and "it always works as in the best
trial"; below 1 the model is better. Misses are listed with their reason. The gates of the dorsal horn
circuit follow, as measured on every member.

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

    from subside.validation.circuit_gates import MeasuredGate
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
    from subside.validation.circuit_gates import circuit_gates, gate_rows
    from subside.validation.table import evidence_table, rows, score

    with talk.progress("Simulating every published study") as progress:
        found = evidence_table(seed=options.seed, replicates=options.replicates, progress=progress)
    whole, unseen = score(found), score([o for o in found if not o.used_to_fit])

    gates = circuit_gates()

    def result() -> dict[str, Any]:
        return {
            "outcomes": rows(found),
            "score": whole.__dict__,
            "score_not_used_to_fit": unseen.__dict__,
            "circuit_gates": gate_rows(gates),
        }

    def show(console: Console) -> None:
        _show(console, found, whole, unseen)
        _show_gates(console, gates)

    figures = [*(o.figure for o in found), *(f for gate in gates for f in gate.figures)]
    return Answer(result=result, show=show, sources=source_rows(dict.fromkeys(figures)))


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


def _show_gates(console: Console, gates: Sequence[MeasuredGate]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(title="What the dorsal horn circuit must do, as measured", pad_edge=False)
    table.add_column("gate", overflow="fold")
    for name in ("accepted", "mean", "members", "within"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("basis", "verdict"):
        table.add_column(name, no_wrap=True)
    for g in gates:
        table.add_row(
            Text(g.says),
            _limits(g),
            f"{g.mean:.4g}",
            f"{g.smallest:.3g} to {g.largest:.3g}",
            f"{g.within}/{g.members}",
            Text(g.basis + (", provisional" if g.provisional else "")),
            Text("met" if g.met else "missed", style="" if g.met else "bold yellow"),
        )
    console.print(table)
    met = sum(g.met for g in gates)
    console.print(
        Text(
            f"Circuit: {met} of {len(gates)} gates met. Fast gates must hold for every member, others for the "
            "mean; in those on opioids a minute passes in a second. Limits are a choice of design where the "
            "source gives a finding and no number; provisional: from memory, or a choice of design."
        )
    )
    for g in gates:
        if not g.met:
            console.print(Text(f"- {g.says}: missed at {g.mean:.3g}. {g.note or 'no reason known'}"))


def _limits(gate: MeasuredGate) -> str:
    if gate.high is None:
        return f"{gate.low:.3g} or more"
    return f"{gate.low or 0.0:.3g} to {gate.high:.3g}"
