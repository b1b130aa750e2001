"""Which of the model's inputs an endpoint hangs on: what is not known of them, or how people differ in them.

Inputs are the model's beliefs. Over ``parameters``: how imprecise each typical value is, and which of rival
forms is true, in one typical person. Over ``patients``: how people differ, each typical value held. Over
``trials``: how clinics differ. Inputs are varied independently; parameters fitted together are correlated,
and the spread with and without that stands beside the result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from subside.case import Case
from subside.engine.group import Group, gather
from subside.engine.population.beliefs import Beliefs, fitted, from_scale
from subside.engine.population.draws import Draws
from subside.errors import ParameterError, unknown_name
from subside.research.assemble import assemble, assembled_group, chosen_forms
from subside.research.endpoint import NOTHING, Endpoint, in_chunks
from subside.research.indices import Index, morris, sobol

Array = NDArray[np.float64]
OVERS = ("parameters", "patients", "trials")
METHODS = ("sobol", "morris")
#: Inputs that are many numbers a person at once: streams keyed by the person's number.
PERSONS = {
    "kinetics": "clearances and volumes",
    "scores": "what is not said of them before treatment",
    "swings": "natural swings of pain from day to day",
}
EDGE = 1e-4  # of a uniform input, where its deviate would be infinite
RANGE = 0.05  # a bar, and a Morris design, go from this quantile to one minus it
SCREENED = 6  # places at which an input is tried; one that never moves anything is left out
NUMBERS = 2**40
JOINT = 1024  # people for the spread with correlated parameters
MOVES = 1e-6  # of the endpoint's unit: samples are stored in single precision


@dataclass(frozen=True, kw_only=True)
class Factor:
    """One input.

    Attributes:
        name: Of the parameter, the hypothesis, or one of ``PERSONS``.
        kind: ``value`` (a deviate of a parameter), ``form`` or ``person``.
        sd: Of a value, on its normal scale. basis: How the figure is known.
        forms: Of a hypothesis, with their weights.
    """

    name: str
    kind: str
    basis: str = ""
    sd: float = 0.0
    forms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Influence:
    """One input with its index and what it does alone.

    Attributes:
        index: Of Sobol or Morris.
        low, high: The endpoint with this input at its 5th and 95th percentile and all else typical; of a
            form, the smallest and the largest over the forms; of a person's own streams, percentiles.
        at_low, at_high: The input there, in words.
    """

    factor: Factor
    index: Index
    low: float
    high: float
    at_low: str
    at_high: str


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """The inputs of an endpoint, most influential first.

    Attributes:
        typical: The endpoint with every input typical.
        spread: Standard deviation with inputs independent; ``joint_spread`` with the correlations of
            parameters that were fitted together, None where none are varied.
        silent: Inputs that moved nothing at several places; they have no row.
        runs: People simulated.
    """

    endpoint: Endpoint
    method: str
    over: str
    rows: tuple[Influence, ...]
    typical: float
    spread: float
    joint_spread: float | None
    silent: tuple[str, ...]
    runs: int

    @property
    def alone(self) -> float | None:
        """Sum of the first-order shares: what falls short of 1 is inputs acting together."""
        if self.method != "sobol":
            return None
        return float(sum(row.index.first or 0.0 for row in self.rows))


def sensitivity(
    case: Case,
    endpoint: Endpoint,
    *,
    over: str = "parameters",
    method: str = "sobol",
    n: int | None = None,
    seed: int = 1,
    beliefs: Beliefs | None = None,
    progress: Callable[[float], None] | None = None,
) -> Sensitivity:
    """Return which inputs move an endpoint of a case.

    Args:
        case: Patient and regimen; forms that its options fix are not varied.
        endpoint: What is looked at.
        over: ``parameters``, ``patients`` or ``trials``.
        method: ``sobol`` (shares of the variance) or ``morris`` (cheaper; effects across the range).
        n: Base points (Sobol, a power of two; 512 by default) or trajectories (Morris; 32 by default).
        seed: Of the design.
        beliefs: The fitted ones if not given; ``prior()`` for the ranges before the fit.
        progress: Told the share done, from 0 to 1.

    Raises:
        UnknownNameError: If ``over`` or ``method`` is not known.
        ParameterError: If nothing varies.
    """
    if over not in OVERS:
        raise unknown_name("kind of input", over, OVERS)
    if method not in METHODS:
        raise unknown_name("method", method, METHODS)
    beliefs = beliefs or fitted()
    study = _Study(case, endpoint, beliefs, over, seed)
    factors, silent = study.screened(method)
    if not factors:
        raise ParameterError(
            f"{endpoint.words} must depend on something; no input over {over} moves it. "
            "Choose a later time, another endpoint, or --against nothing."
        )
    n = n or (512 if method == "sobol" else 32)
    total = n * (len(factors) + (2 if method == "sobol" else 1))
    done = 0

    def told(count: int) -> None:
        nonlocal done
        done += count
        if progress:
            progress(min(1.0, done / total))

    names = [factor.name for factor in factors]
    kept: list[Array] = []

    def function(points: Array) -> Array:
        y = in_chunks(lambda part: study.values(factors, part, whole=method == "sobol"), points, told)
        kept.append(y)
        return y

    indices = (sobol if method == "sobol" else morris)(function, names, n=n, seed=seed)
    bars = study.bars(factors)
    rows = [
        Influence(factor=f, index=i, low=b[0], high=b[1], at_low=b[2], at_high=b[3])
        for f, i, b in zip(factors, indices, bars, strict=True)
    ]
    return Sensitivity(
        endpoint=endpoint,
        method=method,
        over=over,
        rows=tuple(sorted(rows, key=lambda row: -row.index.rank_by)),
        typical=study.typical(),
        spread=float(np.std(kept[0])),
        joint_spread=study.joint_spread() if over == "parameters" else None,
        silent=silent,
        runs=study.runs,
    )


class _Study:
    """A case and endpoint as a function of the unit cube."""

    def __init__(self, case: Case, endpoint: Endpoint, beliefs: Beliefs, over: str, seed: int) -> None:
        self.case, self.endpoint, self.beliefs, self.over, self.seed = case, endpoint, beliefs, over, seed
        self.fixed = chosen_forms(case, beliefs)
        self.runs = 0

    def factors(self, method: str) -> tuple[Factor, ...]:
        """Return every input there is; Morris cannot cross streams, which have no order."""
        beliefs = self.beliefs
        if self.over == "parameters":
            sds = uncertainty(beliefs)
        else:
            of = "patient_sd" if self.over == "patients" else "trial_sd"
            sds = {name: getattr(b, of) for name, b in beliefs.parameters.items()}
        found = [
            Factor(name=name, kind="value", sd=sd, basis=beliefs[name].basis) for name, sd in sds.items() if sd
        ]
        if self.over == "parameters":
            for hypothesis in beliefs.hypotheses.values():
                weights = {form: w for form, w in hypothesis.weights.items() if w > 0}
                if len(weights) > 1 and hypothesis.name not in self.fixed:
                    found.append(
                        Factor(name=hypothesis.name, kind="form", forms=weights, basis=hypothesis.basis)
                    )
        if self.over == "patients" and method == "sobol":
            found += [Factor(name=name, kind="person", basis="read") for name in PERSONS]
        return tuple(found)

    def values(self, factors: Sequence[Factor], points: Array, *, whole: bool = True) -> Array:
        """Return the endpoint at points of the unit cube; inputs not among the factors are typical.

        ``whole``: a uniform value is a quantile; otherwise 0 to 1 is the range from 5th to 95th percentile.
        """
        n = len(points)
        self.runs += n
        quantiles = np.clip(points, EDGE, 1.0 - EDGE) if whole else RANGE + (1.0 - 2.0 * RANGE) * points
        shifts: dict[str, Array] = {}
        choices = {name: np.full(n, form) for name, form in self.fixed.items()}
        keys = {name: np.zeros(n, dtype=np.int64) for name in PERSONS}
        persons = False
        for column, factor in enumerate(factors):
            if factor.kind == "value":
                shifts[factor.name] = factor.sd * normal_quantile(quantiles[:, column])
            elif factor.kind == "form":
                choices[factor.name] = _form_at(factor.forms, points[:, column])
            else:
                persons = True
                keys[factor.name] = (points[:, column] * NUMBERS).astype(np.int64)
        draws = assemble(self.beliefs, shifts, choices, keys["kinetics"])
        group = assembled_group(
            self.case, self.beliefs, draws, seed=self.seed, alike=self.over == "patients",
            drawn=persons, scores=keys["scores"],
        )  # fmt: skip
        swings = Draws(values=draws.values, choices=draws.choices, people=keys["swings"]) if persons else None
        return self.endpoint.of(group, self.case, swings=swings)

    def screened(self, method: str) -> tuple[tuple[Factor, ...], tuple[str, ...]]:
        """Return the inputs that move the endpoint somewhere, and the names of those that never did."""
        factors = self.factors(method)
        places = np.random.default_rng(self.seed).random((SCREENED, len(factors)))
        points = np.repeat(places, len(factors) + 1, axis=0)
        for place in range(SCREENED):
            for column in range(len(factors)):
                row = place * (len(factors) + 1) + 1 + column
                points[row, column] = (points[row, column] + 0.5) % 1.0
        y = in_chunks(lambda part: self.values(factors, part), points, None)
        y = y.reshape(SCREENED, len(factors) + 1)
        moved = np.max(np.abs(y[:, 1:] - y[:, :1]), axis=0) > MOVES
        kept = tuple(f for f, m in zip(factors, moved, strict=True) if m)
        return kept, tuple(f.name for f, m in zip(factors, moved, strict=True) if not m)

    def typical(self) -> float:
        """Return the endpoint with every input typical."""
        return float(self.values((), np.zeros((1, 0)))[0])

    def bars(self, factors: Sequence[Factor]) -> list[tuple[float, float, str, str]]:
        """Return what each input does alone: the endpoint at both ends, and the input there in words."""
        found = []
        for factor in factors:
            if factor.kind == "value":
                y = self.values((factor,), np.array([[RANGE], [1.0 - RANGE]]))
                belief = self.beliefs[factor.name]
                ends = belief.location + factor.sd * normal_quantile(np.array([RANGE, 1.0 - RANGE]))
                words = [f"{v:.3g} {belief.unit}".rstrip() for v in from_scale(ends, belief.scale)]
                found.append((float(y[0]), float(y[1]), words[0], words[1]))
            elif factor.kind == "form":
                forms = list(factor.forms)
                edges = np.concatenate([[0.0], np.cumsum(list(factor.forms.values()))])
                middles = (edges[:-1] + edges[1:]) / (2.0 * edges[-1])
                y = self.values((factor,), middles[:, None])
                at = int(np.argmin(y)), int(np.argmax(y))
                found.append((float(y[at[0]]), float(y[at[1]]), forms[at[0]], forms[at[1]]))
            else:
                many = (np.arange(200.0)[:, None] + 0.5) / 200.0
                low, high = np.quantile(self.values((factor,), many), [RANGE, 1.0 - RANGE])
                found.append((float(low), float(high), "5th percentile", "95th percentile"))
        return found

    def joint_spread(self) -> float:
        """Return the standard deviation with parameters drawn as they were fitted: correlated."""
        group: Group = gather(
            self.case, self.beliefs, JOINT, seed=self.seed, vary=("parameter", "structure")
        )
        self.runs += JOINT
        return float(np.std(self.endpoint.of(group, self.case)))


def uncertainty(beliefs: Beliefs) -> dict[str, float]:
    """Return the standard deviation of each typical value on its normal scale; of a joint fit the marginal."""
    sds = {name: b.uncertainty_sd for name, b in beliefs.parameters.items()}
    marginal = np.sqrt(np.sum(beliefs.joint_cholesky**2, axis=1))
    return sds | {name: float(sd) for name, sd in zip(beliefs.joint, marginal, strict=True)}


def normal_quantile(p: Array) -> Array:
    """Return the standard normal deviates of probabilities."""
    from scipy.special import ndtri

    deviates: Array = ndtri(p)
    return deviates


def _form_at(weights: Mapping[str, float], u: Array) -> NDArray[np.str_]:
    edges = np.cumsum(list(weights.values()))
    at = np.searchsorted(edges, u * edges[-1], side="right")
    forms: NDArray[np.str_] = np.array(list(weights))[np.minimum(at, len(weights) - 1)]
    return forms


__all__ = ["METHODS", "NOTHING", "OVERS", "Factor", "Influence", "Sensitivity", "sensitivity", "uncertainty"]
