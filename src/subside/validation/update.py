"""When research is published: refit with the new row, and report every prediction that moved.

    python -m subside.validation.update --with smith_2027.toml                       # about 15 minutes
    python -m subside.validation.update --with smith_2027.toml --quick --out trial.toml

The trials of the fit, those in ``evidence/trials/`` and those named with ``--with`` are fitted together; the
parameter file is written and every outcome of pain predicted before and after, with the same seeds. With
``--quick`` one structure is refitted and the weights of rival forms stay: a first look, not to be shipped.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from subside.engine.population.beliefs import FITTED, Beliefs, fitted, prior, with_fit
from subside.research.study import Studies, read_studies
from subside.validation.fit import FORMS, ROUTES, Fit, Structure, fit, output_path, write
from subside.validation.pain_outcomes import REPLICATES, outcomes
from subside.validation.predictions import OF_STUDIES, Prediction, of_new_studies
from subside.validation.trial_files import read_trial
from subside.validation.trials import Trial, trials

SEED = 11
MOVED = 0.1  # of the prediction's own standard deviation, from which a move is reported


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A prediction before and after.

    Attributes:
        shift: Change of the median, in the prediction's unit. in_sd: The same in standard deviations before.
        narrower: Width of the 90 % interval after, over that before.
    """

    before: Prediction
    after: Prediction

    @property
    def shift(self) -> float:
        return self.after.median - self.before.median

    @property
    def in_sd(self) -> float:
        return self.shift / max(self.before.sd, 1e-9)

    @property
    def narrower(self) -> float:
        return (self.after.high - self.after.low) / max(self.before.high - self.before.low, 1e-9)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """All predictions that two models share, those that moved most first; and those of one alone."""

    moved: tuple[Moved, ...]
    appeared: tuple[str, ...]
    vanished: tuple[str, ...]

    @property
    def reported(self) -> tuple[Moved, ...]:
        """Those that moved by a tenth of a standard deviation, or whose interval changed by a tenth."""
        return tuple(m for m in self.moved if abs(m.in_sd) >= MOVED or abs(m.narrower - 1.0) >= MOVED)


def compared(before: Sequence[Prediction], after: Sequence[Prediction]) -> Compared:
    """Return what moved between two sets of predictions, matched by name."""
    old, new = {p.name: p for p in before}, {p.name: p for p in after}
    shared = [Moved(before=old[name], after=new[name]) for name in old if name in new]
    return Compared(
        moved=tuple(sorted(shared, key=lambda m: -abs(m.in_sd))),
        appeared=tuple(name for name in new if name not in old),
        vanished=tuple(name for name in old if name not in new),
    )


def refit(
    studies: Sequence[Trial],
    structures: Sequence[Structure],
    path: Path,
    *,
    told: Callable[[str], None] | None = None,
) -> Beliefs:
    """Refit these structures to these trials, write the parameter file, and return the beliefs."""
    found: list[Fit] = []
    for structure in structures:
        found.append(fit(structure, studies, start=found[-1].x if found else None))
        if told:
            told(f"{structure.name}: log evidence {found[-1].log_evidence:.2f}")
    write(found, path)
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    if len(structures) < len(FORMS) * len(ROUTES):
        # One structure says nothing about its rivals: their weights stay as they were.
        raw["hypotheses"] = {
            name: dict(fitted().hypotheses[name].weights) for name in ("sensitization", "low_dose_route")
        }
    return laid_over(raw)


def laid_over(raw: Mapping[str, object]) -> Beliefs:
    """Return the beliefs with this fit of pain in place of the one that ships; other fits as they ship."""
    from importlib.resources import files

    beliefs = prior()
    for name in FITTED:
        shipped = files("subside.evidence").joinpath(f"fitted/{name}.toml")
        if name == "chronic_pain":
            beliefs = with_fit(beliefs, raw)
        elif shipped.is_file():
            beliefs = with_fit(beliefs, tomllib.loads(shipped.read_text(encoding="utf-8")))
    return beliefs


def pain_predictions(
    beliefs: Beliefs, *, seed: int = SEED, replicates: int = REPLICATES, studies: Studies | None = None
) -> list[Prediction]:
    """Return the predictions of every published outcome of pain, and of new studies."""
    found = [
        Prediction(
            name=f"{o.figure}: {o.what}", figure=o.figure, median=o.predicted, low=o.low, high=o.high,
            mean=0.5 * (o.low + o.high), sd=o.spread, observed=o.observed,
        )
        for o in outcomes(beliefs, seed=seed, replicates=replicates)
    ]  # fmt: skip
    if studies:
        found += of_new_studies(studies, beliefs, seed=seed, replicates=OF_STUDIES)
    return found


def report(found: Compared, *, heading: str) -> str:
    """Return what moved, in Markdown."""
    shown = found.reported
    lines = [
        f"# {heading}",
        "",
        f"{len(shown)} of {len(found.moved)} predictions moved by at least {MOVED:g} of their standard "
        f"deviation, or their 90 % interval by a tenth of its width. Same seeds before and after.",
        "",
        "| prediction | before | after | shift | in SD | interval after / before | observed |",
        "|---|---|---|---|---|---|---|",
    ]
    for m in shown:
        seen = "" if m.before.observed is None else f"{m.before.observed:.2f}"
        lines.append(
            f"| {m.before.name} | {_interval(m.before)} | {_interval(m.after)} | {m.shift:+.2f} | "
            f"{m.in_sd:+.2f} | {m.narrower:.2f} | {seen} |"
        )
    lines += ["", f"Unmoved: {len(found.moved) - len(shown)}."]
    lines += [f"New: {name}." for name in found.appeared] + [f"No longer made: {n}." for n in found.vanished]
    return "\n".join(lines) + "\n"


def _interval(p: Prediction) -> str:
    return f"{p.median:.2f} ({p.low:.2f} to {p.high:.2f})"


def main(arguments: Sequence[str] | None = None) -> int:
    """Refit and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--with", dest="added", type=Path, nargs="*", default=[], help="trial files to add")
    parser.add_argument("--quick", action="store_true", help="the typical structure alone")
    parser.add_argument("--out", type=Path, default=output_path(), help="the parameter file to write")
    parser.add_argument("--report", type=Path, default=None, help="where to write what moved (else printed)")
    parser.add_argument("--studies", type=Path, default=None, help="studies not read out, predicted as well")
    parser.add_argument("--replicates", type=int, default=REPLICATES)
    options = parser.parse_args(arguments)
    added = [read_trial(path) for path in options.added]
    studies = read_studies(options.studies) if options.studies else None
    every = [Structure(form=form, route=route) for form in FORMS for route in ROUTES]

    def told(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    before = pain_predictions(fitted(), replicates=options.replicates, studies=studies)
    structures = [Structure()] if options.quick else every
    beliefs = refit((*trials(), *added), structures, options.out, told=told)
    after = pain_predictions(beliefs, replicates=options.replicates, studies=studies)
    names = ", ".join(trial.name for trial in added) or "the trials that ship"
    text = report(compared(before, after), heading=f"Predictions after a refit with {names}")
    if options.report:
        options.report.write_text(text, encoding="utf-8")
        told(f"wrote {options.out} and {options.report}")
    else:
        print(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
