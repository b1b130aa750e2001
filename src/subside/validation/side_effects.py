"""Fits side effects, vital signs and mood to published protocols, and answers for every outcome.

Run ``python -m subside.validation.side_effects`` after the fit of pain (whose expectation it takes as
given): it simulates each protocol with the model, fits what the figures inform, writes
``evidence/fitted/side_effects.toml`` and prints every outcome beside the model's answer; a minute or
two. ``--check`` prints only. Every observed number comes from the evidence by id.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np

from subside.engine.population.beliefs import Beliefs, fitted
from subside.validation.breathing_fit import (
    fit_benzodiazepine,
    fit_gain,
    fit_ketamine_on_breathing,
    fit_opioid,
)
from subside.validation.circulation_fit import fit_age, fit_circulation
from subside.validation.found import Fit
from subside.validation.mind_and_stomach import (
    fit_dissociation,
    fit_psychomimetic,
    fit_sedation,
    fit_stomach,
    fit_tolerance,
)
from subside.validation.mood_fit import fit_mood
from subside.validation.outcome import Outcome
from subside.validation.side_effect_outcomes import at_levels, studies
from subside.validation.side_effect_protocols import SEED, Study, answers, simulate_study

__all__ = ["fit", "main", "outcomes", "predict", "render"]

FILE: Final = "fitted/side_effects.toml"
STUDIES_DRAWN: Final = 100
#: In the order in which they build on one another.
FITS: Final = (
    fit_gain, fit_opioid, fit_benzodiazepine, fit_ketamine_on_breathing, fit_dissociation,
    fit_psychomimetic, fit_stomach, fit_sedation, fit_tolerance, fit_age, fit_circulation, fit_mood,
)  # fmt: skip


def fit() -> tuple[tuple[Fit, ...], Beliefs]:
    """Return every fit, and the beliefs with them all."""
    beliefs = fitted(("chronic_pain",))
    found = []
    for one in FITS:
        result = one(beliefs)
        beliefs = beliefs.with_values(result.changes())
        found.append(result)
    return tuple(found), beliefs


def predict(
    beliefs: Beliefs | None = None,
    *,
    n_studies: int = STUDIES_DRAWN,
    of: Sequence[Study] | None = None,
) -> tuple[Outcome, ...]:
    """Return the model's answer for every published outcome, by simulating its protocol.

    Each protocol is run as ``n_studies`` studies of the published size (150 people at most), each with
    its own draw of parameters and place: the interval is what a new study would report. ``of`` picks
    studies; then what was measured at a known level, which needs no simulation, is left out.
    """
    beliefs = beliefs or fitted()
    found = []
    for study in studies() if of is None else of:
        runs = [
            answers(study, lambda half, k=k: simulate_study(half, beliefs, SEED + 1000 + k))  # type: ignore[misc]
            for k in range(n_studies)
        ]
        for target in study.targets:
            low, middle, high = np.percentile([run[target.figure] for run in runs], [5.0, 50.0, 95.0])
            found.append(
                Outcome(
                    figure=target.figure, what=target.what, observed=target.observed, se=target.se,
                    predicted=float(middle), low=float(low), high=float(high), used_to_fit=target.fitted,
                    note=target.note,
                )
            )  # fmt: skip
    return tuple(found) if of is not None else (*found, *at_levels(beliefs))


def outcomes() -> tuple[Outcome, ...]:
    """Return the outcomes as they stood when the shipped parameters were fitted; nothing is simulated.

    ``predict`` simulates them anew.
    """
    path = files("subside.evidence").joinpath(FILE)
    if not path.is_file():
        return ()
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(Outcome(**{"se": None, **fields}) for fields in raw["outcomes"])


def render(found: Sequence[Fit], said: Sequence[Outcome]) -> str:
    """Return the fitted file: parameters, their joint spread, and how each outcome came out."""
    lines = [
        "# Written by: python -m subside.validation.side_effects",
        "# Medians in the unit of the prior; SDs on its normal scale. Outcomes: the model's median and",
        "# the 5th and 95th percentile of what a new study of that size would report.",
    ]
    for one in (parameter for result in found for parameter in result.found):
        lines += ["", f"[parameters.{one.name}]"]
        for key, item in one.fields().items():
            lines.append(f"{key} = {_toml(item)}")
    names = [name for result in found for name in result.joint]
    covariance = np.zeros((len(names), len(names)))
    at = 0
    for result in found:
        m = len(result.joint)
        covariance[at : at + m, at : at + m] = result.covariance
        at += m
    lines += ["", "[joint]", f"names = {_toml(tuple(names))}", "covariance = ["]
    lines += ["  [" + ", ".join(f"{c:.5g}" for c in row) + "]," for row in covariance]
    lines += ["]"]
    for outcome in said:
        lines += ["", "[[outcomes]]"]
        for key in ("figure", "what", "observed", "se", "predicted", "low", "high", "used_to_fit", "note"):
            item = getattr(outcome, key)
            if item is not None and item != "":
                lines.append(f"{key} = {_toml(item)}")
    return "\n".join(lines) + "\n"


def table(said: Sequence[Outcome]) -> str:
    """Return the outcomes as text, one a line."""
    rows = [f"{'figure':46} {'observed':>9} {'model':>8} {'5 %':>8} {'95 %':>8}  verdict"]
    for o in said:
        use = "" if o.used_to_fit else " (not fitted)"
        rows.append(
            f"{o.figure:46} {o.observed:9.3g} {o.predicted:8.3g} {o.low:8.3g} {o.high:8.3g}  {o.verdict}{use}"
        )
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, write the file, print the outcomes. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m subside.validation.side_effects", description=__doc__)
    parser.add_argument("--check", action="store_true", help="print only; write nothing")
    options = parser.parse_args(arguments)
    found, _ = fit()
    draft = render(found, ())
    path = Path(str(files("subside.evidence") / FILE))
    before = path.read_text(encoding="utf-8") if path.is_file() else None
    path.parent.mkdir(exist_ok=True)
    path.write_text(draft, encoding="utf-8")
    fitted.cache_clear()  # read back as everyone reads it, joint spread and all
    try:
        said = predict(fitted())
    finally:
        if options.check:
            path.unlink() if before is None else path.write_text(before, encoding="utf-8")
    text = render(found, said)
    if not options.check:
        path.write_text(text, encoding="utf-8")
    for one in (parameter for result in found for parameter in result.found):
        print(f"{one.name:32} {one.median:10.4g}  {one.note}")
    print(table(said))
    return 0


def _toml(item: object) -> str:
    if isinstance(item, bool):
        return str(item).lower()
    if isinstance(item, float | np.floating):
        return f"{float(item):.5g}" if float(item) % 1 else f"{float(item):.1f}"
    if isinstance(item, tuple):
        return "[" + ", ".join(f'"{one}"' for one in item) + "]"
    return '"' + str(item).replace("\\", "\\\\").replace('"', "'") + '"'


if __name__ == "__main__":
    raise SystemExit(main())
