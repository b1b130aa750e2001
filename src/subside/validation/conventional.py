"""Fits treatments beside ketamine to published differences from placebo, and answers for every outcome.

Run ``python -m subside.validation.conventional`` after the fit of pain (whose expectation it takes as
given): it simulates each protocol and its placebo, fits shares and spreads, writes
``evidence/fitted/conventional.toml`` and prints every outcome beside the model's answer; a few minutes.
``--check`` prints only. Every observed number comes from the evidence by id.
"""

from __future__ import annotations

import argparse
import math
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.optimize import brentq, least_squares

from subside.engine.population.beliefs import FITTED, Beliefs, fitted
from subside.evidence import value
from subside.validation.conventional_outcomes import predict
from subside.validation.conventional_protocols import protocols, simulate
from subside.validation.found import Fit, Found, given
from subside.validation.outcome import Outcome
from subside.validation.side_effects import render, table

__all__ = ["fit", "main", "outcomes"]

FILE: Final = "fitted/conventional.toml"
NAME: Final = "conventional"
Z95: Final = 1.959964
MONTH_D: Final = 30.0
SHIFT: Final = 5.0


def fit(beliefs: Beliefs | None = None) -> tuple[tuple[Fit, ...], Beliefs]:
    """Return every fit, and the beliefs with them all."""
    beliefs = beliefs or fitted(tuple(name for name in FITTED if name != NAME))
    found = []
    for one in (_gabapentinoid, _tricyclic, _nsaid, _opioid_tolerance, _opioid, _hyperalgesia):
        result = one(beliefs)
        beliefs = beliefs.with_values(result.changes())
        found.append(result)
    return tuple(found), beliefs


def outcomes() -> tuple[Outcome, ...]:
    """Return the outcomes as they stood when the shipped parameters were fitted; nothing is simulated."""
    path = files("subside.evidence").joinpath(FILE)
    if not path.is_file():
        return ()
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(Outcome(**{"se": None, **fields}) for fields in raw["outcomes"])


def points_of_nnt(figure_id: str) -> tuple[float, float]:
    """Return what a number needed to treat means in percentage points, with its standard error."""
    found = given(figure_id)
    low, high = found.ends
    return 100.0 / found.value, (100.0 / low - 100.0 / high) / (2.0 * Z95)


def pooled(figure_ids: Sequence[str]) -> tuple[float, float]:
    """Return the mean of differences, each weighed by its interval, with its standard error."""
    means = np.array([given(one).value for one in figure_ids])
    errors = np.array([(given(one).ends[1] - given(one).ends[0]) / (2.0 * Z95) for one in figure_ids])
    weights = errors**-2
    mean = float(weights @ means / weights.sum())
    # more scatter than the intervals allow widens the error
    excess = float(weights @ (means - mean) ** 2) / max(len(means) - 1, 1)
    return mean, float(math.sqrt(max(excess, 1.0) / weights.sum()))


def _share(at: float) -> float:
    return 1.0 / (1.0 + math.exp(-at))


def _two_figures(
    name: str, protocol: str, half_gone: tuple[float, float], mean: tuple[float, float], beliefs: Beliefs
) -> tuple[float, float, float]:
    """Return the middle (logit), the spread between people and the error of the middle.

    ``half_gone``: more people with half their pain gone, in points; ``mean``: difference of pain; each
    with its standard error.
    """

    # Shifted, so that the solver's relative steps are wide enough to be seen among so few people.
    def residuals(shifted: np.ndarray) -> np.ndarray:
        middle, log_sd = shifted - SHIFT
        change = {name: {"median": _share(middle), "patient_sd": math.exp(log_sd), "uncertainty_sd": 0.0}}
        pair = simulate(protocols()[protocol], beliefs, change)
        return np.array(
            [
                (pair.more_with_half_gone() - half_gone[0]) / half_gone[1],
                (pair.difference() - mean[0]) / mean[1],
                (log_sd - math.log(1.2)) / 1.0,  # weak: people differ, how much is little known
            ]
        )

    start = np.array([-1.2, math.log(1.2)]) + SHIFT
    best = least_squares(residuals, start, diff_step=0.05, xtol=1e-3, ftol=1e-4, max_nfev=15)
    # Of the middle with the spread held: the two move together, and the spread is not drawn.
    spread = float(1.0 / np.sqrt((best.jac.T @ best.jac)[0, 0]))
    middle, log_sd = best.x - SHIFT
    return float(middle), float(math.exp(log_sd)), spread


def _gabapentinoid(beliefs: Beliefs) -> Fit:
    rows = tuple(f"freeman_2015_trials.pregabalin_600_{k}" for k in (1, 2, 3, 4))
    at, sd, error = _two_figures(
        "gabapentinoid_share",
        "pregabalin",
        points_of_nnt("finnerup_2015.nnt_pregabalin"),
        pooled(rows),
        beliefs,
    )
    return Fit(
        found=(
            Found(
                name="gabapentinoid_share",
                median=_share(at),
                patient_sd=sd,
                uncertainty_sd=max(error, 0.1),
                rows=("finnerup_2015.nnt_pregabalin", *rows),
                note="To the share with half the pain gone and the mean difference, both against placebo, in "
                "nerve pain. Other pain: assumed the same.",
            ),
        )
    )


def _tricyclic(beliefs: Beliefs) -> Fit:
    at, sd, error = _two_figures(
        "tricyclic_share",
        "amitriptyline",
        points_of_nnt("finnerup_2015.nnt_tricyclics"),
        pooled(("freeman_2015_trials.amitriptyline_75",)),
        beliefs,
    )
    return Fit(
        found=(
            Found(
                name="tricyclic_share",
                median=_share(at),
                patient_sd=sd,
                uncertainty_sd=max(error, 0.1),
                rows=("finnerup_2015.nnt_tricyclics", "freeman_2015_trials.amitriptyline_75"),
                note="To the share with half the pain gone and the mean difference of the one large trial, both "
                "against placebo, in nerve pain; they agree only if few people gain much.",
            ),
        )
    )


def _one_figure(
    name: str,
    protocol: str,
    target: tuple[float, float],
    beliefs: Beliefs,
    at: int = -1,
    extra: dict[str, Any] | None = None,
) -> tuple[float, float]:
    """Return the middle (logit) with which the mean difference is met, and its error."""

    def difference(middle: float) -> float:
        change = {name: {"median": _share(middle), "uncertainty_sd": 0.0, **(extra or {})}}
        return simulate(protocols()[protocol], beliefs, change).difference(at)

    low, high = -5.0, 3.0
    middle = float(brentq(lambda m: difference(m) - target[0], low, high, xtol=0.01))
    slope = (difference(middle + 0.3) - difference(middle - 0.3)) / 0.6
    return middle, abs(target[1] / slope)


def _error(figure_id: str, scale: float = 1.0) -> tuple[float, float]:
    found = given(figure_id)
    low, high = found.ends
    return scale * found.value, scale * (high - low) / (2.0 * Z95)


def _nsaid(beliefs: Beliefs) -> Fit:
    spread = value("conventional_assumptions.share_spread", unit="1")
    middle, error = _one_figure(
        "nsaid_share",
        "naproxen",
        _error("enthoven_2016.pain_difference", 0.1),
        beliefs,
        extra={"patient_sd": spread},
    )
    return Fit(
        found=(
            Found(
                name="nsaid_share",
                median=_share(middle),
                patient_sd=spread,
                uncertainty_sd=min(error, 1.0),
                rows=("enthoven_2016.pain_difference", "conventional_assumptions.share_spread"),
                basis="assumed",
                note="Share of the peripheral drive, to the mean difference from placebo in lasting back pain. "
                "How much of that pain comes from the periphery is assumed, and so is the spread.",
            ),
        )
    )


def _opioid_tolerance(beliefs: Beliefs) -> Fit:
    """Fit what a month of morphine takes from the potency of an opioid (chu_2012)."""
    from subside.engine.drugs.opioids import opioid

    loss = value("chu_2012.loss_of_potency", unit="%") / 100.0
    mg_per_d = 78.0
    drug = opioid("morphine", weight_kg=75.0, age_years=45.0, height_cm=None, sex=None)
    assert drug.bioavailability is not None
    x = drug.steady_ng_per_ml(mg_per_d / 24.0 * drug.bioavailability) / drug.c50_ng_per_ml
    full = -math.expm1(-MONTH_D / beliefs["tau_opioid_tolerance_d"].median) * x / (1.0 + x)
    gain = loss / (1.0 - loss) / full
    return Fit(
        found=(
            Found(
                name="opioid_tolerance_gain",
                median=gain,
                uncertainty_sd=0.4,
                rows=("chu_2012.loss_of_potency", "opioid_assumptions.c50_morphine"),
                basis="assumed",
                note="A month of 78 mg morphine a day took 42 % from the potency of remifentanil against "
                "experimental pain. How fast tolerance comes is assumed.",
            ),
        )
    )


def _opioid(beliefs: Beliefs) -> Fit:
    spread = value("conventional_assumptions.share_spread", unit="1")
    middle, error = _one_figure(
        "opioid_emax", "morphine", _error("busse_2018.pain_difference"), beliefs, extra={"patient_sd": spread}
    )
    return Fit(
        found=(
            Found(
                name="opioid_emax",
                median=_share(middle),
                patient_sd=spread,
                uncertainty_sd=max(error, 0.15),
                rows=("busse_2018.pain_difference", "moulin_1996.mean_dose"),
                basis="assumed",
                note="To the mean difference from placebo after three months in lasting pain, under the mean dose "
                "of one trial. Spread between people assumed.",
            ),
        )
    )


def _hyperalgesia(beliefs: Beliefs) -> Fit:
    """Fit how much, and for how long, pain after surgery is higher after a high dose of remifentanil."""
    protocol = protocols()["remifentanil"]
    targets = [_error(f"fletcher_2014.pain_{t}_h", 0.1) for t in (1, 4)]

    def residuals(at: np.ndarray) -> np.ndarray:
        change = {
            "hyperalgesia_gain": {"median": math.exp(at[0]), "uncertainty_sd": 0.0},
            "tau_hyperalgesia_h": {"median": math.exp(at[1]), "uncertainty_sd": 0.0},
        }
        pair = simulate(protocol, beliefs, change, people=400)
        misses = [(pair.difference(k) - mean) / se for k, (mean, se) in enumerate(targets)]
        return np.array([*misses, (at[1] - math.log(12.0)) / 0.7])

    best = least_squares(
        residuals, [math.log(3.0), math.log(12.0)], diff_step=0.05, xtol=1e-3, ftol=1e-3, max_nfev=12
    )
    errors = np.sqrt(np.diag(np.linalg.pinv(best.jac.T @ best.jac)))
    rows = ("fletcher_2014.pain_1_h", "fletcher_2014.pain_4_h", "conventional_assumptions.pain_after_surgery")
    return Fit(
        found=(
            Found(
                name="hyperalgesia_gain",
                median=math.exp(best.x[0]),
                uncertainty_sd=float(errors[0]),
                rows=(*rows, "opioid_assumptions.hyperalgesia_level"),
                basis="assumed",
                note="To pain after surgery, high against low dose. That patients asked for more morphine, which "
                "hides part of it, is left out.",
            ),
            Found(
                name="tau_hyperalgesia_h",
                median=math.exp(best.x[1]),
                uncertainty_sd=float(errors[1]),
                rows=rows,
                basis="assumed",
                note="To the same at 1 and 4 h; 24 h is held out.",
            ),
        )
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, write the file, print the outcomes. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m subside.validation.conventional", description=__doc__)
    parser.add_argument("--check", action="store_true", help="print only; write nothing")
    options = parser.parse_args(arguments)
    found, _ = fit()
    path = Path(str(files("subside.evidence") / FILE))
    before = path.read_text(encoding="utf-8") if path.is_file() else None
    path.write_text(_rendered(found, ()), encoding="utf-8")
    fitted.cache_clear()  # read back as everyone reads it
    try:
        said = predict(fitted())
    finally:
        if options.check:
            path.unlink() if before is None else path.write_text(before, encoding="utf-8")
    if not options.check:
        path.write_text(_rendered(found, said), encoding="utf-8")
    for one in (parameter for result in found for parameter in result.found):
        print(f"{one.name:24} {one.median:8.3g}  uncertainty {one.uncertainty_sd}  people {one.patient_sd}")
    print(table(said))
    return 0


def _rendered(found: Sequence[Fit], said: Sequence[Outcome]) -> str:
    return render(found, said).replace("validation.side_effects", "validation.conventional", 1)


if __name__ == "__main__":
    raise SystemExit(main())
