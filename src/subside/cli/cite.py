"""The sources behind a run of this case, and what in it is only recalled, a design choice or assumed."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from subside.cli.answer import Answer
from subside.cli.arguments import Parser
from subside.cli.run_options import add_case, load_case, ready
from subside.cli.sources import figure_words, footing_of, source_rows
from subside.cli.talk import Talk

if TYPE_CHECKING:
    from rich.console import Console

    from subside.evidence import Footing


def add_arguments(parser: Parser) -> None:
    """The case."""
    add_case(parser)


def run(options: Namespace, talk: Talk) -> Answer:
    """Run the case's typical line, which rests on the same figures as any run, and list them."""
    case = load_case(options)
    ready(talk)
    from subside import engine
    from subside.engine.population.beliefs import fitted
    from subside.engine.provenance import weak_parameters

    course = engine.simulate(
        case, n_patients=1, seed=options.seed, times_h=(0.0,), typical=True, verify=False
    )
    footing, plain = footing_of(course.sources)
    guessed = weak_parameters(fitted())

    def result() -> dict[str, Any]:
        return {
            "figures": footing.rows(),
            "weak": [one.id for one in footing.weak],
            "counts": footing.counts,
            "weak_parameters": [{"name": n, "basis": basis, "note": note} for n, basis, note in guessed],
            "also": plain,
        }

    return Answer(
        result=result,
        show=lambda console: _show(console, case.title, footing, plain, guessed),
        sources=source_rows(course.sources),
    )


def _show(
    console: Console,
    title: str,
    footing: Footing,
    plain: list[str],
    guessed: Sequence[tuple[str, str, str]],
) -> None:
    from rich.table import Table
    from rich.text import Text

    def line(words: str, style: str = "") -> None:
        console.print(Text(words), style=style)

    def rows(entries: Iterable[tuple[str, str, bool]]) -> None:
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for mark, words, weak in entries:
            table.add_row(Text(mark, style="yellow" if weak else ""), Text(words))
        console.print(table)

    line(f"What a run of this case rests on: {title}", "bold")
    line(", ".join(f"{count} {basis}" for basis, count in footing.counts.items()))
    for cited in footing.sources:
        console.print()
        line(f"{cited.source.citation}  {cited.source.address}".rstrip(), "bold")
        rows(
            (f"! {one.basis}" if one.is_weak else f"  {one.basis}", figure_words(one), one.is_weak)
            for one in cited.figures
        )
    for text in plain:
        line(text)
    console.print()
    line("Parameters and hypotheses of the model that rest on no reading of a source", "bold")
    rows((f"! {basis}", f"{name}: {note}" if note else name, True) for name, basis, note in guessed)
    console.print()
    weak = len(footing.weak)
    line(
        f"{weak} of {len(footing.figures)} figures and {len(guessed)} parameters and hypotheses are "
        "recalled, a design choice or assumed (marked !)."
    )
