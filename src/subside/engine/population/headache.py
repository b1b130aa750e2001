"""Headache days: on how many of the last 28 days a person with migraine had a headache that counts.

A headache day is one with moderate or severe headache (4 of 10 or more) for four hours or more. Which level
that is on a person's own scale is not known; how many days they have is. So each person's threshold is set
such that at the usual pain their days come out as stated (``answers.headache_days_per_month``) or as drawn:

    day d counts if z_d > -Phi^-1(p) - (R_d - R_usual) / spread

with p the stated share of days, R_d the modeled pain of that day (0 to 10, without swings) and z_d a
standard normal that lasts as spells of pain do. The same person has the same z in every arm. People come in
a bad month, so from time zero on the right side rises within weeks whatever is done (``headache_regression``).
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from subside.case import Case
from subside.engine.kernel.random import normals, uniforms
from subside.engine.population.draws import Draws
from subside.evidence import figure

Array = NDArray[np.float64]

DAYS: Final = 28
H_PER_D: Final = 24.0
DAYS_PER_MONTH: Final = 30.4375
LEAST_SHARE: Final = 0.02  # of days; a threshold needs a share between none and all


def headache_days(
    times_h: Array, pain: Array, *, case: Case, draws: Draws, usual: Array, study: str, vary: Collection[str]
) -> Array:
    """Return headache days of the 28 days before each time. Shape ``(person, time)``.

    Args:
        times_h: Output times in h, rising.
        pain: Modeled pain at rest without swings, 0 to 10. Shape ``(person, time)``.
        case: Its answers give the diary.
        draws: The people.
        usual: Their usual pain, 0 to 10.
        study: Of the random streams, the patients' own.
        vary: Parts drawn.
    """
    v = draws.values
    first = int(np.floor(times_h[0] / H_PER_D)) - DAYS
    last = int(np.ceil(times_h[-1] / H_PER_D))
    day = np.arange(first, last + 1)
    share = baseline_days(case, draws, study=study, vary=vary) / DAYS
    bar = -ndtri(np.clip(share, LEAST_SHARE, 1.0 - LEAST_SHARE))
    at = np.searchsorted(times_h, day * H_PER_D, side="right") - 1
    follows = np.clip(at + 1, 0, len(times_h) - 1)
    held = np.clip(at, 0, len(times_h) - 1)
    gap = times_h[follows] - times_h[held]
    part = np.where(gap > 0.0, (day * H_PER_D - times_h[held]) / np.where(gap > 0.0, gap, 1.0), 0.0)
    daily = pain[:, held] * (1.0 - part) + pain[:, follows] * part
    change = np.where(at < 0, 0.0, daily - usual[:, None])  # before the first output: as usual
    bad_month = v["headache_regression"][:, None] * -np.expm1(-np.maximum(day, 0)[None, :] / DAYS)
    gone = _withdrawn(case, draws, day, study=study, vary=vary)
    rises = change / v["headache_spread_nrs"][:, None] - bad_month - gone
    if "patient" in vary:
        counts = _spells(draws, len(day), v["fluctuation_tau_d"], study=study) + rises > bar[:, None]
    else:
        counts = ndtr(rises - bar[:, None])  # the typical line: the chance of each day
    total = np.concatenate([np.zeros((len(draws), 1)), np.cumsum(counts, axis=1, dtype=np.float64)], axis=1)
    end = np.floor(times_h / H_PER_D).astype(np.int64) - first  # days that are over
    return np.asarray(total[:, end] - total[:, end - DAYS], dtype=np.float64)


def baseline_days(case: Case, draws: Draws, *, study: str, vary: Collection[str]) -> Array:
    """Return headache days in 28 before treatment: as the diary says, else drawn. Shape ``(person,)``."""
    stated = _number(case, "headache_days_per_month")
    if stated is not None:
        return np.full(len(draws), min(stated * DAYS / DAYS_PER_MONTH, float(DAYS)))
    entry = table()["baselines"]["headache_days_per_28_d"]
    z = normals(f"{study}/headache", draws.people, "baseline", 1)[:, 0] if "patient" in vary else 0.0
    return np.asarray(np.clip(np.full(len(draws), entry["mean"]) + entry["sd"] * z, 1.0, DAYS - 0.5))


def overuses(case: Case, draws: Draws, *, study: str, vary: Collection[str]) -> NDArray[np.bool_]:
    """Return who overuses acute medication: as the diary says, else as often as in two trials."""
    limits = table()["overuse"]
    simple, other = (_number(case, f"{kind}_days_per_month") for kind in ("simple_analgesic", "other_acute"))
    if simple is not None or other is not None:
        over = (simple or 0.0) >= limits["simple_days"]["value"] or (other or 0.0) >= limits["other_days"]["value"]
        return np.full(len(draws), over)
    share = float(figure("silberstein_2013.overuse").value or 0.0) / 100.0
    if "patient" not in vary:
        return np.full(len(draws), share > 0.5)
    return np.asarray(uniforms(f"{study}/headache", draws.people, "overuse", 1)[:, 0] < share)


def _withdrawn(case: Case, draws: Draws, day: NDArray[np.int64], *, study: str, vary: Collection[str]) -> Array:
    """Return by how many SDs the chance of a headache day has fallen since acute medication was stopped."""
    gone = draws.choices["medication_overuse"] == "withdrawn"
    if not gone.any():
        return np.zeros((len(draws), 1))
    gone = gone & overuses(case, draws, study=study, vary=vary)
    since = np.maximum(day, 0)[None, :] / draws.values["tau_withdrawal_d"][:, None]
    fallen: Array = np.where(gone, draws.values["overuse_shift"], 0.0)[:, None] * -np.expm1(-since)
    return fallen


def _spells(draws: Draws, n_days: int, tau_d: Array, *, study: str) -> Array:
    """Return standard normals a day that last as spells of pain do. Shape ``(person, day)``."""
    z = normals(f"{study}/headache", draws.people, "days", n_days)
    keep = np.exp(-1.0 / tau_d)
    fresh = np.sqrt(1.0 - keep * keep)
    for day in range(1, n_days):
        z[:, day] = keep * z[:, day - 1] + fresh * z[:, day]
    return z


def _number(case: Case, name: str) -> float | None:
    found = case.answers.get(name)
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


@cache
def table() -> Mapping[str, Any]:
    """Return ``priors/headache.toml`` as it stands."""
    text = files("subside.evidence").joinpath("priors/headache.toml").read_text(encoding="utf-8")
    found: dict[str, Any] = tomllib.loads(text)
    return found
