"""What is believed about the parameters of the system, before a fit and after it.

The prior stands in ``evidence/priors/chronic_pain.toml`` with the basis of every number; a fit
(``validation/fit.py``) writes the posterior of the parameters that data inform, their joint spread,
and the spreads between patients and trials, to ``evidence/fitted/chronic_pain.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from subside.errors import ParameterError, unknown_name

SCALES = ("log", "logit", "identity")


@dataclass(frozen=True, kw_only=True)
class Belief:
    """One parameter: typical value and its spreads, on a scale where they are normal."""

    name: str
    median: float
    unit: str
    scale: str
    basis: str
    uncertainty_sd: float = 0.0
    patient_sd: float = 0.0
    trial_sd: float = 0.0
    rows: tuple[str, ...] = ()
    note: str = ""

    @property
    def location(self) -> float:
        """The typical value on the normal scale."""
        return float(to_scale(np.array(self.median), self.scale))


@dataclass(frozen=True, kw_only=True)
class Hypothesis:
    """A named choice between rival forms, each with its weight."""

    name: str
    typical: str
    weights: Mapping[str, float]
    basis: str
    rows: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Beliefs:
    """All parameters, hypotheses and stand-ins for baselines that a case leaves out.

    Attributes:
        joint: Names of parameters whose uncertainty is correlated (fitted together).
        joint_cholesky: Lower triangle of their covariance on the normal scales.
    """

    parameters: Mapping[str, Belief]
    hypotheses: Mapping[str, Hypothesis]
    baselines: Mapping[str, Mapping[str, Any]]
    likeness: Mapping[str, Mapping[str, Any]]
    joint: tuple[str, ...] = ()
    joint_cholesky: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))

    def __getitem__(self, name: str) -> Belief:
        try:
            return self.parameters[name]
        except KeyError:
            raise unknown_name("parameter of the model", name, self.parameters) from None

    def with_values(self, changes: Mapping[str, Mapping[str, Any]]) -> Beliefs:
        """Return beliefs with some fields of some parameters replaced."""
        table = dict(self.parameters)
        for name, fields in changes.items():
            table[name] = replace(self[name], **fields)
        return replace(self, parameters=table)


def to_scale(value: NDArray[np.float64], scale: str) -> NDArray[np.float64]:
    """Return values on the scale where their spread is normal."""
    if scale == "log":
        return np.log(value)
    if scale == "logit":
        return np.log(value) - np.log1p(-value)
    return value


def from_scale(value: NDArray[np.float64], scale: str) -> NDArray[np.float64]:
    """Return values back on their own scale."""
    if scale == "log":
        return np.exp(value)
    if scale == "logit":
        return 1.0 / (1.0 + np.exp(-value))
    return value


@cache
def prior() -> Beliefs:
    """Return the beliefs before any fit."""
    raw, headache = (tomllib.loads(_text(f"priors/{name}.toml")) for name in ("chronic_pain", "headache"))
    parameters = {**raw["parameters"], **headache["parameters"]}
    return Beliefs(
        parameters={name: _belief(name, fields) for name, fields in parameters.items()},
        hypotheses={
            name: Hypothesis(name=name, **{**fields, "rows": tuple(fields.get("rows", ()))})
            for name, fields in {**raw["hypotheses"], **headache["hypotheses"]}.items()
        },
        baselines=raw["baselines"],
        likeness=raw["likeness"],
    )


#: What fits wrote, in the order in which they are laid over the prior.
FITTED = ("chronic_pain", "side_effects", "conventional")


@cache
def fitted(names: tuple[str, ...] = FITTED) -> Beliefs:
    """Return the beliefs after the fits that ship with the package; the prior where there is none.

    Args:
        names: Of the files in ``evidence/fitted``; a fit leaves out its own.
    """
    beliefs = prior()
    for name in names:
        path = files("subside.evidence").joinpath(f"fitted/{name}.toml")
        if path.is_file():
            beliefs = with_fit(beliefs, tomllib.loads(path.read_text(encoding="utf-8")))
    return beliefs


def with_fit(beliefs: Beliefs, raw: Mapping[str, Any]) -> Beliefs:
    """Return beliefs with the parameters, weights and joint spread that one fit wrote."""
    beliefs = beliefs.with_values(
        {
            name: {**fields, "rows": tuple(fields["rows"])} if "rows" in fields else fields
            for name, fields in raw["parameters"].items()
        }
    )
    hypotheses = dict(beliefs.hypotheses)
    for name, weights in raw.get("hypotheses", {}).items():
        hypotheses[name] = replace(hypotheses[name], weights=weights)
    beliefs = replace(beliefs, hypotheses=hypotheses)
    if "joint" not in raw:
        return beliefs
    names = tuple(raw["joint"]["names"])
    covariance = np.array(raw["joint"]["covariance"], dtype=np.float64)
    # Fits are independent of one another: a block each.
    before, m = len(beliefs.joint), len(names)
    cholesky = np.zeros((before + m, before + m))
    cholesky[:before, :before] = beliefs.joint_cholesky
    cholesky[before:, before:] = np.linalg.cholesky(covariance + 1e-12 * np.eye(m))
    return replace(beliefs, joint=(*beliefs.joint, *names), joint_cholesky=cholesky)


def _belief(name: str, fields: Mapping[str, Any]) -> Belief:
    scale = fields["scale"]
    if scale not in SCALES:
        raise ParameterError(
            f"scale of parameter '{name}' must be one of {', '.join(SCALES)}; got '{scale}'. "
            "Correct evidence/priors/chronic_pain.toml."
        )
    return Belief(name=name, **{**fields, "rows": tuple(fields.get("rows", ()))})


def _text(name: str) -> str:
    return files("subside.evidence").joinpath(name).read_text(encoding="utf-8")
