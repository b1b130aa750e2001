"""Virtual people drawn from a description: the same person k in a population of ten or of ten thousand.

Each variable has a normal number a person from a stream of its own, keyed by (study, patient,
variable). The numbers of one person are mixed so that they correlate as described, and each is then
carried to its own distribution (a Gaussian copula). People outside the inclusion limits are passed
over: the numbers of those let in stay their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subside.engine.kernel.random import normal_quantile, normals, uniforms
from subside.engine.population.described import Described
from subside.engine.population.description import (
    QUANTITIES,
    SHARES,
    VARIABLES,
    Description,
    Inclusion,
    Spread,
)
from subside.errors import ParameterError

__all__ = ["Population", "draw_population", "excluded", "people_of"]

Array = NDArray[np.float64]
LEAST_ADMITTED = 0.001  # of those drawn; below it the limits describe almost no one


@dataclass(frozen=True, kw_only=True, eq=False)
class Population:
    """Virtual people and what is stated of each.

    Attributes:
        numbers: Of the people, by which their streams are keyed. Shape ``(person,)``.
        columns: By quantity in its unit; ``nan`` where not stated. Shape ``(person,)`` each.
        words: ``sex``, ``condition`` and ``hypertension``. Shape ``(person,)`` of str each.
        title, study, seed: What the population is and what keyed it.
        rows: Figures behind it.
        version: Of Subside, where it was read from a file.
    """

    numbers: NDArray[np.int64]
    columns: Mapping[str, Array]
    words: Mapping[str, NDArray[np.str_]]
    title: str
    study: str
    seed: int
    rows: tuple[str, ...] = ()
    version: str = ""

    def __len__(self) -> int:
        return len(self.numbers)

    def take(self, rows: NDArray[np.int64] | slice) -> Population:
        """Return some of these people."""
        return Population(
            numbers=self.numbers[rows],
            columns={name: values[rows] for name, values in self.columns.items()},
            words={name: values[rows] for name, values in self.words.items()},
            title=self.title,
            study=self.study,
            seed=self.seed,
            rows=self.rows,
            version=self.version,
        )

    def described(self) -> Described:
        """Return what is stated of each, as the engine reads it."""
        apart = ("opioids_mg_per_d", "benzodiazepine")
        return Described(
            stated={name: values for name, values in self.columns.items() if name not in apart},
            hypertension=self.words["hypertension"],
            opioids_mg_per_d=self.columns["opioids_mg_per_d"],
            benzodiazepine=self.columns["benzodiazepine"] > 0.0,
        )


def draw_population(description: Description, *, seed: int, n: int | None = None) -> Population:
    """Return the first ``n`` people who meet the inclusion limits of a description.

    Args:
        description: Of the population.
        seed: Keys every stream, with the study's name.
        n: How many; as the description says if not given.

    Raises:
        ParameterError: If the limits admit fewer than one in a thousand.
    """
    wanted = description.n if n is None else n
    found: list[Population] = []
    have, first, block = 0, 0, max(64, wanted)
    while have < wanted:
        drawn = people_of(description, np.arange(first, first + block), seed=seed)
        kept = np.flatnonzero(excluded(drawn, description.inclusion) == "")
        found.append(drawn.take(kept[: wanted - have]))
        have += len(found[-1])
        first += block
        if first >= 1000 and have < LEAST_ADMITTED * first:
            raise ParameterError(
                f"inclusion of '{description.title}' must admit at least {LEAST_ADMITTED:.1%} of those drawn; "
                f"got {have} of {first}. Widen the limits, or describe people nearer to them."
            )
    return _joined(found)


def people_of(description: Description, numbers: NDArray[np.int64], *, seed: int) -> Population:
    """Return the people of these numbers, whether or not they meet the limits."""
    whole = description.with_base()
    study = f"{seed}/{description.key}/population"
    raw = np.stack([normals(study, numbers, name, 1)[:, 0] for name in VARIABLES], axis=1)
    mix = np.linalg.cholesky(whole.correlation_matrix())
    # Not a matrix product of the library: its last bits depend on how many people there are.
    z = dict(zip(VARIABLES, np.einsum("pj,ij->pi", raw, mix).T, strict=True))
    has = {}
    for name in SHARES:
        share = getattr(whole.share, name)
        # above, not below: with a positive correlation who has more of the one is likelier to have the other
        has[name] = z[name] > normal_quantile(1.0 - (0.0 if share is None else share.value))
    women = has["female"]
    columns: dict[str, Array] = {}
    for name in QUANTITIES:
        d = getattr(whole.distribution, name)
        if d is None:
            columns[name] = np.full(len(numbers), np.nan)
        elif d.female is None:
            columns[name] = _carried(z[name], d)
        else:
            columns[name] = np.where(women, _carried(z[name], d.of(True)), _carried(z[name], d.of(False)))
    columns["opioids_mg_per_d"] = np.where(has["opioid"], np.nan_to_num(columns["opioids_mg_per_d"]), 0.0)
    # No one's pain is older than they are, and none hurts less on movement than at rest.
    columns["pain_months"] = np.minimum(columns["pain_months"], 12.0 * columns["age_years"])
    columns["nrs_pain_movement"] = np.maximum(columns["nrs_pain_movement"], columns["nrs_pain"])
    columns["benzodiazepine"] = has["benzodiazepine"].astype(np.float64)
    names = list(whole.conditions)
    edges = np.cumsum([whole.conditions[name] for name in names])
    u = uniforms(study, numbers, "condition", 1)[:, 0]
    which = np.minimum(np.searchsorted(edges, u, side="right"), len(names) - 1)
    return Population(
        numbers=np.asarray(numbers, dtype=np.int64),
        columns=columns,
        words={
            "sex": np.where(women, "female", "male"),
            "condition": np.array(names)[which],
            "hypertension": np.where(has["hypertension"], "yes", "no")
            if whole.share.hypertension is not None
            else np.full(len(numbers), "unknown"),
        },
        title=description.title,
        study=description.key,
        seed=seed,
        rows=whole.rows(),
    )


def excluded(people: Population, inclusion: Inclusion) -> NDArray[np.str_]:
    """Return the first limit that keeps each person out, or an empty text. Shape ``(person,)``."""
    reason = np.full(len(people), "", dtype="<U20")
    for name in type(inclusion).model_fields:
        limit = getattr(inclusion, name)
        if limit is None:
            continue
        if name == "bmi_kg_per_m2":
            values = people.columns["weight_kg"] / (people.columns["height_cm"] / 100.0) ** 2
            out = ~((values >= limit[0]) & (values <= limit[1]))
        elif name in people.columns and isinstance(limit, tuple):
            values = people.columns[name]
            out = ~((values >= limit[0]) & (values <= limit[1]))
        elif name == "opioid":
            out = (people.columns["opioids_mg_per_d"] > 0.0) != limit
        elif name == "benzodiazepine":
            out = (people.columns["benzodiazepine"] > 0.0) != limit
        else:
            out = people.words[name] != limit
        reason[out & (reason == "")] = name
    return reason


def _carried(z: Array, spread: Spread) -> Array:
    """Return the values of a distribution, cut to its limits, at standard normal numbers."""
    from scipy.special import ndtr

    if spread.median is not None and spread.sd_log is not None:
        location, scale = np.log(spread.median), spread.sd_log
        low, high = (None if b is None else np.log(max(b, 1e-300)) for b in (spread.low, spread.high))
    else:
        assert spread.mean is not None
        assert spread.sd is not None
        location, scale, low, high = spread.mean, spread.sd, spread.low, spread.high
    if scale == 0.0:
        on = np.full_like(z, location)
    else:
        a = 0.0 if low is None else float(ndtr((low - location) / scale))
        b = 1.0 if high is None else float(ndtr((high - location) / scale))
        on = z if a == 0.0 and b == 1.0 else normal_quantile(a + (b - a) * ndtr(z))
        on = location + scale * on
    values: Array = np.exp(on) if spread.median is not None else on
    bounded = spread.low is not None or spread.high is not None
    return np.clip(values, spread.low, spread.high) if bounded else values


def _joined(parts: list[Population]) -> Population:
    one = parts[0]
    return Population(
        numbers=np.concatenate([p.numbers for p in parts]),
        columns={name: np.concatenate([p.columns[name] for p in parts]) for name in one.columns},
        words={name: np.concatenate([p.words[name] for p in parts]) for name in one.words},
        title=one.title,
        study=one.study,
        seed=one.seed,
        rows=one.rows,
    )
