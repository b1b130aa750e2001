"""What each of the regimens in a file gives and costs: relief over placebo, dissociation, surges, drug.

Every regimen meets the same clinics and people, under the weighted model and under each rival form. Shown is
the front, which nothing else in the file beats, and how sure that is; there is no best regimen, and none is
tried that the file does not list. What lies outside the tested range or beyond the limits is said, not left
out. Exit code 1 if a listed regimen would not pass the check against limits.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from subside.cli.answer import Answer
from subside.cli.arguments import Parser, whole_number
from subside.cli.research_answers import add_out, cell, plain, write_with, written_table
from subside.cli.run_options import ready
from subside.cli.talk import Talk

if TYPE_CHECKING:
    from rich.console import Console

    from subside.care import Assessment
    from subside.research import Search, Traded, Tradeoff

WEIGHTED = "weighted"
#: Facts that a regimen decides; rules that look at none of them are about the person.
OF_THE_REGIMEN = frozenset({
    "rate_mg_per_kg_h", "start_rate_mg_per_kg_h", "bolus_mg_per_kg", "bolus_mg", "infusion_hours", "total_mg",
})  # fmt: skip


def add_arguments(parser: Parser) -> None:
    """The file of regimens, how many clinics and people, and the site's profile."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a file of regimens (see the reference)")
    parser.add_argument(
        "--clinics", type=whole_number(low=4, high=2000, example="--clinics 40"), default=40, metavar="N",
        help="draws of what is not known (default 40)",
    )  # fmt: skip
    parser.add_argument(
        "--people", type=whole_number(low=4, high=2000, example="--people 24"), default=24, metavar="N",
        help="people in each (default 24)",
    )  # fmt: skip
    parser.add_argument(
        "--profile", default="strict", metavar="NAME",
        help="whose limits each regimen is held against: strict (default), texas, anzca",
    )  # fmt: skip
    add_out(parser, "front.svg, search.csv")


def run(options: Namespace, talk: Talk) -> Answer:
    """Give every regimen to the same people."""
    from subside.care import check_case, load_profile
    from subside.research.regimens import read_search

    search = read_search(options.file)
    profile = load_profile(options.profile)
    checks = {arm.name: check_case(arm.case, profile=profile) for arm in search.arms}

    def answer() -> tuple[Answer, Callable[[Path], None]]:
        ready(talk)
        from subside.research import trade

        with talk.progress(f"Comparing {len(search.arms)} regimens") as progress:
            found = trade(
                search, seed=options.seed, clinics=options.clinics, people=options.people, progress=progress
            )
        given = Answer(
            result=lambda: result(found, search, checks),
            show=lambda console: _show(console, found, checks),
            warnings=_warnings(found, search, checks),
            finding=any(check.verdict.value == "do not proceed" for check in checks.values()),
        )
        return given, lambda work: _write(work, found)

    return write_with(answer, options, verb="search", what="front.svg, search.csv")


def result(found: Tradeoff, search: Search, checks: Mapping[str, Assessment]) -> dict[str, Any]:
    """Return what ``--json`` prints."""
    return {
        "title": found.title,
        "times_h": plain(list(found.times_h)),
        "clinics": found.clinics,
        "people": found.people,
        "regimens": [
            {
                "name": arm.name,
                "drugs": list(arm.case.regimen().drugs),
                "outside_tested": list(found.outside[arm.name]),
                "check": checks[arm.name].verdict.words,
                "check_reasons": _reasons(checks[arm.name]),
            }
            for arm in search.arms
        ],
        "by_form": {form: [_row(one) for one in rows] for form, rows in found.tables.items()},
    }


def _row(one: Traded) -> dict[str, Any]:
    row: dict[str, Any] = plain(
        {
            "regimen": one.regimen,
            "relief_points": [_span(span) for span in one.relief],
            "dissociation_points": _span(one.dissociation),
            "surge_share": _span(one.surge),
            "drug_mg": _span(one.drug_mg),
            "on_front": one.on_front,
        }
    )
    return row


def _span(span: Any) -> dict[str, float]:
    return {"mean": span.mean, "low": span.low, "high": span.high}


def _reasons(check: Assessment) -> list[str]:
    """Return the rules on the regimen that ask for more than conditions, those that an unknown leaves open too."""
    said = []
    for f in (*check.fired, *check.open):
        if f.rule.verdict.admits > 1 or not {seen.name for seen in f.seen} & OF_THE_REGIMEN:
            continue
        unknown = [seen.name for seen in f.seen if seen.value is None]
        until = f"; open until {', '.join(unknown)} is known" if f.outcome == "open" else ""
        said.append(f"{f.rule.id} {f.rule.title} ({f.rule.verdict.words}{until})")
    return said


def _warnings(found: Tradeoff, search: Search, checks: Mapping[str, Assessment]) -> list[dict[str, str]]:
    said = [
        {"code": "not_advice", "text": "A regimen that is listed here is compared, not advised; no regimen is best."}
    ]
    if len({drug for arm in search.arms for drug in arm.case.regimen().drugs}) > 1:
        text = "Racemic ketamine and esketamine are both listed: mg of one are not mg of the other."
        said.append({"code": "two_drug_forms", "text": text})
    for name, outside in found.outside.items():
        said += [{"code": "outside_tested", "text": f"{name}: {text}"} for text in outside]
    for name, check in checks.items():
        for reason in _reasons(check):
            said.append({"code": "beyond_limits", "text": f"{name}: {reason}"})
    return said


def _write(work: Path, found: Tradeoff) -> None:
    from subside.research.figures import draw_front

    draw_front(work / "front.svg", found)
    rows = []
    for form, table in found.tables.items():
        for one in table:
            row: dict[str, Any] = {"form": form, "regimen": one.regimen, "on_front": plain(one.on_front)}
            spans = {f"relief_{i + 1}": s for i, s in enumerate(one.relief)}
            spans |= {"dissociation": one.dissociation, "surge": one.surge, "drug_mg": one.drug_mg}
            for name, span in spans.items():
                row |= {f"{name}_{key}": plain(value) for key, value in _span(span).items()}
            rows.append(row)
    (work / "search.csv").write_text(written_table(rows), encoding="utf-8")


def _show(console: Console, found: Tradeoff, checks: Mapping[str, Assessment]) -> None:
    from rich.table import Table
    from rich.text import Text

    from subside.units import show_duration

    console.print(Text(found.title, style="bold"))
    times = [show_duration(t) for t in found.times_h]
    table = Table(pad_edge=False)
    table.add_column("regimen", overflow="fold")
    for name in (*(f"relief {t}" for t in times), "CADSS", "surge %", "mg", "front %", "check"):
        table.add_column(name, justify="right")
    for one in found.tables[WEIGHTED]:
        table.add_row(
            Text(one.regimen),
            *(f"{cell(s.mean, 1)} ({cell(s.low, 1)} to {cell(s.high, 1)})" for s in one.relief),
            cell(one.dissociation.mean, 0), cell(100 * one.surge.mean, 0), cell(one.drug_mg.mean, 0),
            cell(100 * one.on_front, 0), Text(checks[one.regimen].verdict.words),
        )  # fmt: skip
    console.print(table)
    console.print(
        Text(
            "Relief: points of pain at rest below placebo, mean and 90 % of clinics. CADSS: mean of each person's "
            "highest. Surge: systolic pressure up by 40 mmHg or past 180. Front: share of clinics in which no other "
            "listed regimen is nowhere worse and somewhere better. No regimen is best."
        )
    )
    for place, time in enumerate(times):
        rival = Table(title=f"Relief at {time} and share of clinics on the front, by rival form", pad_edge=False)
        rival.add_column("regimen", overflow="fold")
        forms = [form for form in found.tables if form != WEIGHTED]
        for form in forms:
            rival.add_column(form.partition(": ")[2], justify="right")
        for row, one in enumerate(found.tables[WEIGHTED]):
            cells = [found.tables[form][row] for form in forms]
            rival.add_row(
                Text(one.regimen), *(f"{cell(c.relief[place].mean, 1)}, {cell(100 * c.on_front, 0)} %" for c in cells)
            )
        console.print(rival)
    _show_limits(console, found, checks)


def _show_limits(console: Console, found: Tradeoff, checks: Mapping[str, Assessment]) -> None:
    """Print what lies outside, each remark once with the regimens it is of."""
    from rich.text import Text

    remarks: dict[str, list[str]] = {}
    for name, outside in found.outside.items():
        for text in outside:
            remarks.setdefault(f"Outside what was tested: {text}", []).append(name)
    for name, check in checks.items():
        for reason in _reasons(check):
            remarks.setdefault(f"Beyond limits: {reason}", []).append(name)
    for text, names in remarks.items():
        whom = "every regimen" if len(names) == len(checks) else "; ".join(names)
        console.print(Text(f"- {text} ({whom})"))
