"""The tables on the pages about the model: typical values and weights as they ship, before and after the fit.

    python -m subside.validation.model_pages            # rewrite the tables in docs/explanation
    python -m subside.validation.model_pages --check    # exit 1 where a page is out of date

A table stands between ``<!-- values: s0 brain_gain -->`` (or ``<!-- weights -->``) and ``<!-- end -->``.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from subside.engine.population.beliefs import Belief, fitted, from_scale, prior
from subside.validation.conventional import outcomes

PAGES = ("the-model.md", "hypotheses.md", "other-painkillers.md")
MARKED = re.compile(r"(<!-- (values: [a-z0-9_ ]+|weights|other treatments) -->\n).*?(<!-- end -->)", re.S)
NORMAL_95 = 1.645  # SDs to the end of a 90 % interval


def filled(text: str) -> str:
    """Return a page with every table as it is today."""

    def table(match: re.Match[str]) -> str:
        kind = match[2]
        named = {"weights": weights, "other treatments": other_treatments}
        rows = named[kind]() if kind in named else values(kind.removeprefix("values: ").split())
        return f"{match[1]}\n{rows}\n\n{match[3]}"

    return MARKED.sub(table, text)


def values(names: Sequence[str]) -> str:
    """Return a table of these parameters: typical value with its interval, spreads, basis."""
    beliefs = fitted()
    lines = [
        "| parameter | typical (90 %) | unit | people | trials | basis |",
        "|---|---|---|---|---|---|",
    ]
    for name in names:
        b = beliefs[name]
        spreads = (f"{sd:.2g}" if sd else "" for sd in (b.patient_sd, b.trial_sd))
        lines.append(f"| `{name}` | {_typical(b)} | {b.unit} | {' | '.join(spreads)} | {b.basis} |")
    return "\n".join(lines)


def other_treatments() -> str:
    """Return the table of published outcomes of treatments beside ketamine, with the model's answer."""
    lines = ["| published | observed | model (90 %) | verdict | used to fit |", "|---|---|---|---|---|"]
    for o in outcomes():
        seen, middle, low, high = (_seen(x) for x in (o.observed, o.predicted, o.low, o.high))
        said = f"| {o.what} (`{o.figure}`) | {seen} | {middle} ({low} to {high}) |"
        lines.append(f"{said} {o.verdict} | {'yes' if o.used_to_fit else ''} |")
    return "\n".join(lines)


def _seen(number: float) -> str:
    return f"{number:.0f}" if abs(number) >= 100 else f"{number:.2g}" if abs(number) < 1 else f"{number:.3g}"


def weights() -> str:
    """Return the table of hypotheses: forms with their weights before and after the fit."""
    before, after = prior().hypotheses, fitted().hypotheses
    lines = ["| hypothesis | form | before | after | alone in a typical line |", "|---|---|---|---|---|"]
    for name, hypothesis in after.items():
        for form, weight in hypothesis.weights.items():
            mark = "yes" if form == hypothesis.typical else ""
            lines.append(
                f"| `{name}` | `{form}` | {before[name].weights[form]:.2f} | {weight:.2f} | {mark} |"
            )
    return "\n".join(lines)


def _typical(b: Belief) -> str:
    if not b.uncertainty_sd:
        return _short(b.median, 3)
    low, high = (
        float(from_scale(np.array(b.location + k * b.uncertainty_sd), b.scale))
        for k in (-NORMAL_95, NORMAL_95)
    )
    return f"{_short(b.median, 3)} ({_short(low, 2)} to {_short(high, 2)})"


def _short(value: float, digits: int) -> str:
    """Return a number to so many significant digits, never with an exponent where it is large."""
    return f"{value:.0f}" if abs(value) >= 100.0 else f"{value:.{digits}g}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Rewrite the pages, or say which are out of date."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--docs", type=Path, default=Path("docs/explanation"))
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    stale = []
    for name in PAGES:
        path = options.docs / name
        text = path.read_text(encoding="utf-8")
        if filled(text) != text:
            stale.append(name)
            if not options.check:
                path.write_text(filled(text), encoding="utf-8")
    print(", ".join(stale) + (" out of date" if options.check else " rewritten") if stale else "up to date")
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
