"""Which of the model's inputs an endpoint hangs on: a table of indices and a tornado figure.

Over parameters: how imprecise each typical value is, and which of rival forms is true, in one typical person.
Over patients: how people differ. Over trials: how clinics differ. Sobol indices are shares of the endpoint's
variance, alone (first) and together with others (total); Morris effects cost less and rank as well.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from subside.cli.answer import Answer
from subside.cli.arguments import Parser, whole_number
from subside.cli.research_answers import add_out, cell, one_time, plain, write_with, written_table
from subside.cli.run_options import add_case, load_case, ready
from subside.cli.sources import source_rows
from subside.cli.talk import Talk

if TYPE_CHECKING:
    from rich.console import Console

    from subside.research import Sensitivity

SHOWN = 15
CORRELATED = 0.1  # of the spread, from which the correlation of fitted parameters is worth a warning


def add_arguments(parser: Parser) -> None:
    """The case, the endpoint, the inputs, the method."""
    add_case(parser)
    parser.add_argument(
        "--endpoint", default="nrs_pain", metavar="NAME",
        help="a quantity of the course, such as nrs_pain (default), cadss_total, sbp_mmhg, p_response_30",
    )  # fmt: skip
    parser.add_argument(
        "--at", type=one_time, default=168.0, metavar="TIME",
        help='when, from the start of the first infusion (default "7 d")',
    )  # fmt: skip
    parser.add_argument(
        "--against", default="placebo", metavar="NAME",
        help="difference from placebo (default), active-placebo or none; nothing: the value itself",
    )  # fmt: skip
    parser.add_argument(
        "--over", choices=("parameters", "patients", "trials"), default="parameters",
        help="what varies: what is not known of typical values and forms (default), people, or clinics",
    )  # fmt: skip
    parser.add_argument(
        "--method", choices=("sobol", "morris"), default="sobol", help="sobol (default) or morris"
    )
    parser.add_argument(
        "--samples", type=whole_number(low=2, high=16384, example="--samples 512"), default=None, metavar="N",
        help="base points of Sobol, a power of two (default 512), or trajectories of Morris (default 32)",
    )  # fmt: skip
    parser.add_argument(
        "--beliefs", choices=("fitted", "prior"), default="fitted", help="ranges after the fit (default) or before"
    )
    add_out(parser, "tornado.svg, sensitivity.csv")


def run(options: Namespace, talk: Talk) -> Answer:
    """Vary the inputs and rank them."""
    case = load_case(options)
    from subside.engine.population.beliefs import fitted, prior
    from subside.research import Endpoint, sensitivity

    endpoint = Endpoint(name=options.endpoint, at_h=options.at, against=options.against)
    beliefs = fitted() if options.beliefs == "fitted" else prior()

    def answer() -> tuple[Answer, Callable[[Path], None]]:
        ready(talk)
        with talk.progress("Varying the inputs") as progress:
            found = sensitivity(
                case, endpoint, over=options.over, method=options.method, n=options.samples,
                seed=options.seed, beliefs=beliefs, progress=progress,
            )  # fmt: skip
        ids = [row for r in found.rows if r.factor.kind == "value" for row in beliefs[r.factor.name].rows]
        given = Answer(
            result=lambda: result(found, options.beliefs),
            show=lambda console: _show(console, case.title, found),
            warnings=_warnings(found),
            sources=source_rows(ids),
        )
        return given, lambda work: _write(work, found)

    return write_with(answer, options, verb="sensitivity", what="tornado.svg, sensitivity.csv")


def result(found: Sensitivity, beliefs: str) -> dict[str, Any]:
    """Return what ``--json`` prints."""
    return {
        "endpoint": found.endpoint.name,
        "unit": found.endpoint.unit,
        "at_h": plain(found.endpoint.at_h),
        "against": found.endpoint.against,
        "method": found.method,
        "over": found.over,
        "beliefs": beliefs,
        "typical": plain(found.typical),
        "spread": plain(found.spread),
        "spread_correlated": plain(found.joint_spread),
        "first_order_sum": plain(found.alone),
        "people_simulated": found.runs,
        "inputs": rows(found),
        "without_influence": list(found.silent),
    }


def rows(found: Sensitivity) -> list[dict[str, Any]]:
    """Return one plain row an input."""
    return [
        {
            "name": row.factor.name,
            "kind": row.factor.kind,
            "basis": row.factor.basis,
            **{
                key: plain(getattr(row.index, key))
                for key in ("first", "first_error", "total", "total_error", "mu_star", "mu_star_error", "sigma")
                if getattr(row.index, key) is not None
            },
            "at_low": row.at_low,
            "at_high": row.at_high,
            "endpoint_at_low": plain(row.low),
            "endpoint_at_high": plain(row.high),
        }
        for row in found.rows
    ]


def _write(work: Path, found: Sensitivity) -> None:
    from subside.research.figures import draw_tornado

    draw_tornado(work / "tornado.svg", found)
    (work / "sensitivity.csv").write_text(written_table(rows(found)), encoding="utf-8")


def _warnings(found: Sensitivity) -> list[dict[str, str]]:
    said = []
    first = found.rows[0].index
    error = first.total_error if found.method == "sobol" else None
    if error is not None and error > 0.15:
        text = f"The indices are coarse (±{error:.2f} for the first): ask for more with --samples."
        said.append({"code": "coarse_indices", "text": text})
    if found.joint_spread is not None and abs(found.joint_spread / found.spread - 1.0) > CORRELATED:
        text = (
            "Parameters fitted together are correlated, and the indices vary them independently: the endpoint's "
            f"standard deviation is {found.spread:.2g} {found.endpoint.unit} so, {found.joint_spread:.2g} as fitted."
        )
        said.append({"code": "correlated_inputs", "text": text})
    return said


def _show(console: Console, title: str, found: Sensitivity) -> None:
    from rich.table import Table
    from rich.text import Text

    console.print(Text(title, style="bold"))
    unit = found.endpoint.unit
    console.print(
        Text(
            f"{found.endpoint.words}: typically {cell(found.typical)} {unit}, "
            f"standard deviation over {found.over} {cell(found.spread)}"
        )
    )
    table = Table(pad_edge=False)
    table.add_column("input", overflow="fold")
    names = ("alone", "in all") if found.method == "sobol" else ("mean effect", "its spread")
    for name in (*names, "at 5 %", "at 95 %"):
        table.add_column(name, justify="right")
    table.add_column("input there", overflow="fold")
    table.add_column("basis")
    for row in found.rows[:SHOWN]:
        i = row.index
        values = (
            (f"{_percent(i.first)} ± {_percent(i.first_error)}", f"{_percent(i.total)} ± {_percent(i.total_error)}")
            if found.method == "sobol"
            else (f"{cell(i.mu_star)} ± {cell(i.mu_star_error)}", cell(i.sigma))
        )
        table.add_row(
            Text(row.factor.name), *values, cell(row.low), cell(row.high),
            Text(f"{row.at_low}; {row.at_high}"), row.factor.basis,
        )  # fmt: skip
    console.print(table)
    if len(found.rows) > SHOWN:
        console.print(Text(f"{len(found.rows) - SHOWN} more inputs matter less; --json lists them."))
    if found.alone is not None:
        console.print(
            Text(f"Alone the inputs explain {_percent(found.alone)} % of the variance; the rest is theirs together.")
        )
    if found.silent:
        console.print(Text(f"{len(found.silent)} more do not move this endpoint at all."))
    for warning in _warnings(found):
        console.print(Text(f"Note: {warning['text']}"))


def _percent(share: float | None) -> str:
    return cell(100.0 * (share or 0.0), 0)
