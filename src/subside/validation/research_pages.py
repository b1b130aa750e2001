"""The tables on the page about questions of research, as the model answers them today.

    python -m subside.validation.research_pages             # rewrite them (about five minutes on two cores)
    python -m subside.validation.research_pages sensitivity # or: search, studies: one of them

A table stands between ``<!-- sensitivity -->`` (or ``search``, ``studies``) and ``<!-- end -->``.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from subside.case import read_case
from subside.errors import unknown_name
from subside.research import Endpoint, rank_studies, read_search, read_studies, sensitivity, trade
from subside.units import show_duration
from subside.validation.protocols import folder

PAGE = "research-questions.md"
MARKED = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end -->)", re.S)
TOP = 6


def examples() -> Path:
    """Return the folder of example files."""
    return folder().parent / "research"


def sensitivity_tables() -> str:
    """Return what relief a week after the trial's regimen hangs on: over parameters, patients, trials."""
    case = read_case(folder() / "sigtermans_2009_crps.toml")
    endpoint = Endpoint(name="nrs_pain", at_h=168.0)
    heads = ("over", "input", "alone, %", "in all, %", "at its 5th percentile", "at its 95th")
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for over in ("parameters", "patients", "trials"):
        found = sensitivity(case, endpoint, over=over, n=1024)
        for row in found.rows[:TOP]:
            i = row.index
            lines.append(
                f"| {over} | `{row.factor.name}` | {_percent(i.first)} ± {_percent(i.first_error)} | "
                f"{_percent(i.total)} ± {_percent(i.total_error)} | {_number(row.low)} ({row.at_low}) | "
                f"{_number(row.high)} ({row.at_high}) |"
            )
        spread = f"standard deviation {found.spread:.2f} points"
        if found.joint_spread is not None:
            spread += f", {found.joint_spread:.2f} with the correlations of the fit"
        lines.append(f"| {over} | all: {spread} | {_percent(found.alone)} | | | |")
    return "\n".join(lines)


def search_table() -> str:
    """Return what the regimens of the larger example give and cost."""
    found = trade(read_search(examples() / "hours_and_rate.toml"))
    times = [show_duration(t) for t in found.times_h]
    rivals = [form for form in found.tables if form != "weighted"]
    heads = [*(f"relief {t}" for t in times), "highest CADSS", "surge, %", "mg", "on the front, %"]
    lines = [
        f"| regimen | {' | '.join(heads)} | relief {times[0]} by form |",
        "|---" * (len(heads) + 2) + "|",
    ]
    for place, row in enumerate(found.tables["weighted"]):
        reliefs = [f"{_number(s.mean, 1)} ({_number(s.low, 1)} to {_number(s.high, 1)})" for s in row.relief]
        by_form = ", ".join(
            f"{form.partition(': ')[2]} {_number(found.tables[form][place].relief[0].mean, 1)}" for form in rivals
        )
        lines.append(
            f"| {row.regimen} | {' | '.join(reliefs)} | {row.dissociation.mean:.0f} "
            f"({row.dissociation.low:.0f} to {row.dissociation.high:.0f}) | {100 * row.surge.mean:.0f} | "
            f"{row.drug_mg.mean:.0f} | {100 * row.on_front:.0f} | {by_form} |"
        )
    return "\n".join(lines)


def studies_table() -> str:
    """Return what the candidate studies are expected to tell."""
    ranked = rank_studies(read_studies(examples() / "next_studies.toml"), replicates=200)
    heads = [f"`{t.question}` ({t.entropy:.2f} bits open)" for t in ranked[0].told]
    lines = [
        f"| study | people | {' | '.join(heads)} | in all | for 100 people |",
        "|---" * (len(heads) + 4) + "|",
    ]
    for one in ranked:
        cells = [f"{_number(t.bits)} ± {t.error:.2f}" for t in one.told]
        lines.append(
            f"| {one.study.title} (`{one.study.name}`) | {one.study.n} | {' | '.join(cells)} | "
            f"{_number(one.bits)} ± {one.error:.2f} | {_number(one.per_100)} |"
        )
    return "\n".join(lines)


TABLES: Mapping[str, Callable[[], str]] = {
    "sensitivity": sensitivity_tables, "search": search_table, "studies": studies_table,
}  # fmt: skip


def filled(text: str, names: Sequence[str]) -> str:
    """Return the page with these tables as they are today."""

    def table(match: re.Match[str]) -> str:
        if match[2] not in names:
            return match[0]
        print(f"{match[2]} ...", file=sys.stderr, flush=True)
        return f"{match[1]}\n{TABLES[match[2]]()}\n\n{match[3]}"

    return MARKED.sub(table, text)


def _percent(share: float | None) -> str:
    text = f"{100.0 * (share or 0.0):.0f}"
    return "0" if text == "-0" else text.replace("-", "\N{MINUS SIGN}")


def _number(value: float, digits: int = 2) -> str:
    text = f"{value:.{digits}f}"
    return (text.lstrip("-") if float(text) == 0.0 else text).replace("-", "\N{MINUS SIGN}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Rewrite the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tables", nargs="*", help="which; all if none is named")
    parser.add_argument("--docs", type=Path, default=Path("docs/explanation"))
    options = parser.parse_args(arguments)
    for name in options.tables:
        if name not in TABLES:
            raise unknown_name("table", name, TABLES)
    path = options.docs / PAGE
    text = path.read_text(encoding="utf-8")
    path.write_text(filled(text, options.tables or list(TABLES)), encoding="utf-8")
    print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
