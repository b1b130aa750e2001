"""The sources behind a run of this case, and what in it is only recalled, a design choice or assumed."""

from __future__ import annotations

from argparse import Namespace
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

    course = engine.simulate(
        case, n_patients=1, seed=options.seed, times_h=(0.0,), typical=True, verify=False
    )
    footing, plain = footing_of(course.sources)

    def result() -> dict[str, Any]:
        return {
            "figures": footing.rows(),
            "weak": [one.id for one in footing.weak],
            "counts": footing.counts,
            "also": plain,
        }

    return Answer(
        result=result,
        show=lambda console: _show(console, case.title, footing, plain),
        sources=source_rows(course.sources),
    )


def _show(console: Console, title: str, footing: Footing, plain: list[str]) -> None:
    from rich.table import Table
    from rich.text import Text

    def line(words: str, style: str = "") -> None:
        console.print(Text(words), style=style)

    line(f"What a run of this case rests on: {title}", "bold")
    line(", ".join(f"{count} {basis}" for basis, count in footing.counts.items()))
    for cited in footing.sources:
        console.print()
        line(f"{cited.source.citation}  {cited.source.address}".rstrip(), "bold")
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for one in cited.figures:
            mark = f"! {one.basis}" if one.is_weak else f"  {one.basis}"
            table.add_row(Text(mark, style="yellow" if one.is_weak else ""), Text(figure_words(one)))
        console.print(table)
    for text in plain:
        line(text)
    console.print()
    weak = len(footing.weak)
    line(
        f"{weak} of {len(footing.figures)} figures are recalled, a design choice or assumed (marked !)."
        if weak
        else "No figure is only recalled, a design choice or assumed."
    )
