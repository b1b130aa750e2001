"""The tables and figures of docs/explanation/acute-to-chronic.md, from the fit that ships.

    python -m subside.validation.acute_to_chronic --pages
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from subside.case import parse_case
from subside.engine.arms import own
from subside.engine.group import gather, treat
from subside.engine.population.beliefs import fitted
from subside.engine.population.injury import FORMS, beliefs, table
from subside.evidence import figure
from subside.validation.acute_to_chronic import FREE, ODDS, SHARES, Patients, log_spread_of, spread_of
from subside.validation.acute_to_chronic_outcomes import operations, typical

Array = NDArray[np.float64]

PAGE = "acute-to-chronic.md"
DRAWING = "acute-to-chronic.svg"
MARKED = re.compile(r"(<!-- (shares|odds|parameters|surgeries) -->\n).*?(<!-- end -->)", re.S)
PEOPLE = 768
NORMAL_90 = 1.645
INK = {"monostable": "#00695c", "bistable": "#c2571a"}

CASE = """
format = 1
title = "An invented operation"
follow_up = "365 d"
[patient]
age_years = 58
weight_kg = 74
condition = "acute_pain"
[injury]
at = "0 h"
nrs_pain = 4
cut_nerve = "unknown"
"""


def rewrite(docs: Path) -> None:
    """Rewrite the page's tables and draw its figure anew."""
    found = {form: operations(form, typical(form), people=PEOPLE) for form in FORMS}
    path = docs / PAGE
    path.write_text(filled(path.read_text(encoding="utf-8"), found), encoding="utf-8")
    draw(docs / DRAWING)
    print(f"{PAGE} and {DRAWING} rewritten")


def filled(text: str, found: Mapping[str, Mapping[str, Patients]] | None) -> str:
    """Return the page with its tables as they are today; without measurements those that need them stay."""

    def one(match: re.Match[str]) -> str:
        if match[2] in ("shares", "odds") and found is None:
            return match[0]
        rows = {
            "shares": lambda: shares_table(found or {}),
            "odds": lambda: odds_table(found or {}),
            "parameters": parameters_table,
            "surgeries": surgeries_table,
        }[match[2]]()
        return f"{match[1]}\n{rows}\n\n{match[3]}"

    return MARKED.sub(one, text)


def shares_table(found: Mapping[str, Mapping[str, Patients]]) -> str:
    """Return published shares beside both forms."""
    lines = [
        "| operation, pain, time | published | monostable | bistable | fitted | figure |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for asked in SHARES:
        observed, se = asked.published, spread_of(asked)
        cells = []
        for form in FORMS:
            share = found[form][asked.surgery].share(asked)
            cells.append(f"{share:.1f}" + ("" if abs(share - observed) <= NORMAL_90 * se else " **missed**"))
        said = "yes" if asked.fitted else "no"
        lines.append(
            f"| {asked.what} | {observed:.1f} | {' | '.join(cells)} | {said} | `{asked.figure}` |"
        )
    return "\n".join(lines)


def odds_table(found: Mapping[str, Mapping[str, Patients]]) -> str:
    """Return published odds beside both forms."""
    lines = ["| odds | published | monostable | bistable | fitted | figure |", "|---|---|---|---|---|---|"]
    for asked in ODDS:
        observed, se = float(figure(asked.figure).value or 1.0), log_spread_of(asked)
        cells = []
        for form in FORMS:
            ratio = found[form][asked.surgery].odds(asked)
            near = abs(np.log(ratio / observed)) <= NORMAL_90 * se
            cells.append(f"{ratio:.2f}" + ("" if near else " **missed**"))
        said = "yes" if asked.fitted else "no"
        lines.append(f"| {asked.what} | {observed:.2f} | {' | '.join(cells)} | {said} | `{asked.figure}` |")
    return "\n".join(lines)


def parameters_table() -> str:
    """Return the parameters of both forms after the fit."""
    units = table()["parameters"]
    lines = ["| parameter | monostable | bistable | people | unit | prior |", "|---|---|---|---|---|---|"]
    for name in dict.fromkeys(name for name, _ in FREE):
        both = [beliefs(form)[name] for form in FORMS]
        spread = " / ".join(f"{b.patient_sd:.2g}" for b in both) if both[0].patient_sd else ""
        medians = " | ".join(f"{b.median:.2g}" for b in both)
        prior = units[name]["median"]
        lines.append(f"| `{name}` | {medians} | {spread} | {both[0].unit} | {prior:g} |")
    return "\n".join(lines)


def surgeries_table() -> str:
    """Return the people of each operation as they are assumed."""
    lines = ["| operation | acute pain (SD) | nerve cut | pain before | operation treats it | basis |"]
    lines += ["|---|---|---|---|---|---|"]
    for name, one in table()["surgery"].items():
        lines.append(
            f"| {name} | {one['acute_nrs']:g} ({one['acute_sd']:g}) | {100 * one['cut_nerve']:.0f} % | "
            f"{100 * one['prior_share']:.0f} %, {one['prior_nrs']:g} | {'yes' if one['treats'] else 'no'} | "
            f"{one['basis']} |"
        )
    return "\n".join(lines)


def draw(path: Path) -> None:
    """Draw forty people after the same operation in each form, and the share in moderate pain."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    days = np.unique(np.concatenate([np.arange(0, 15), np.arange(15, 366, 5)])).astype(np.float64)
    with mpl.rc_context({"svg.hashsalt": "subside", "svg.fonttype": "none", "font.size": 9}):
        drawing = Figure(figsize=(7.2, 3.0), layout="constrained")
        axes = drawing.subplots(1, 3, width_ratios=(1, 1, 1.1))
        for axis, form in zip(axes, FORMS, strict=False):
            pain = _course(form, days)
            _people(axis, form, days, pain)
            share = 100.0 * (pain >= 2.5).mean(axis=0)
            axes[2].plot(days / 30.4, share, color=INK[form], label=form)
        axes[0].set_ylabel("pain at rest, 0 to 10")
        axes[2].set_ylim(0, 100)
        axes[2].set_ylabel("% with pain of 3 or more")
        axes[2].set_xlabel("months")
        axes[2].legend(frameon=False)
        for axis in axes:
            axis.spines[["top", "right"]].set_visible(False)
        drawing.savefig(path, metadata={"Date": None})


def _people(axis: Any, form: str, days: Array, pain: Array) -> None:
    for row in pain[:40]:
        axis.plot(days / 30.4, row, color=INK[form], alpha=0.35, linewidth=0.7)
    axis.set_title(form, fontsize=9)
    axis.set_ylim(0, 10)
    axis.set_xlabel("months")


def _course(form: str, days: Array) -> Array:
    """Return pain of people after the operation of ``CASE`` without day-to-day swings."""
    case = parse_case(CASE).model_copy(update={"options": {"sensitization": form}})
    still = fitted().with_values({"fluctuation_sd_nrs": {"median": 1e-6}})
    group = gather(case, still, 400, seed=1, alike=True, vary=("patient",))
    return np.asarray(treat(group, own(case), 24.0 * days)["nrs_pain"], dtype=np.float64)
