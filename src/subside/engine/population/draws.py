"""One value a person for every parameter: what is not known, drawn in four separable parts.

``parameter``: figures are imprecise. ``trial``: clinics and trials differ. ``patient``: people differ.
``structure``: rival forms differ. Each part has random streams of its own, keyed by person, so that
one part can be drawn anew while the others stay: that is how the uncertainty is split.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from subside.engine.kernel.random import normals, uniforms
from subside.engine.population.beliefs import Beliefs, from_scale
from subside.errors import unknown_name

PARTS = ("patient", "parameter", "trial", "structure")

#: Where a normal spread could reach what cannot be.
BOUNDS: Mapping[str, tuple[float, float]] = {
    "expectation": (-0.3, 0.9),
    "entry_excess_nrs": (-1.0, 3.0),
    "mood_by_pain": (0.0, 1.0),
    "mood_by_sleep": (0.0, 1.0),
    "pain_by_mood": (-0.3, 1.0),
    "pain_by_sleep": (-0.3, 1.0),
    "sleep_by_pain": (0.0, 1.0),
    "sleep_by_mood": (0.0, 1.0),
    "mind_tolerance_gain": (0.0, 0.95),
    "feedback_threshold": (0.3, 0.9),
    "pressure_rise_per_decade": (0.0, 0.5),
    "therapy_effect": (-0.3, 0.5),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Draws:
    """Values of every parameter and choices of every hypothesis, one a person.

    Attributes:
        values: By parameter, in its own unit. Shape ``(person,)`` each.
        choices: By hypothesis, the name of the form. Shape ``(person,)`` of str each.
        people: Numbers of the people, by which their streams are keyed.
    """

    values: Mapping[str, NDArray[np.float64]]
    choices: Mapping[str, NDArray[np.str_]]
    people: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.people)

    def take(self, rows: NDArray[np.int64] | slice) -> Draws:
        """Return some of these people."""
        return Draws(
            values={name: values[rows] for name, values in self.values.items()},
            choices={name: forms[rows] for name, forms in self.choices.items()},
            people=self.people[rows],
        )

    def with_forms(self, forms: Mapping[str, str]) -> Draws:
        """Return the same people with some hypotheses fixed by name, as an arm may ask."""
        fixed = {name: np.full(len(self), form) for name, form in forms.items()}
        return replace(self, choices={**self.choices, **fixed})


def patient_study(seed: int, vary: Collection[str]) -> str:
    """Return the key of the patients' own streams; ``patient:anew`` in ``vary`` asks for the second set."""
    return f"{seed}/patient/{'anew' if 'patient:anew' in vary else 'first'}"


def draw(
    beliefs: Beliefs,
    n: int,
    *,
    seed: int,
    vary: Collection[str] = PARTS,
    anew: Collection[str] = (),
    chosen: Mapping[str, str] | None = None,
    same_trial: bool = False,
    first: int = 0,
    numbers: NDArray[np.int64] | None = None,
    trials: NDArray[np.int64] | None = None,
) -> Draws:
    """Return the values of ``n`` people.

    Args:
        beliefs: Typical values and spreads.
        n: How many.
        seed: Keys every stream, with the number of the person and the name of the parameter.
        vary: Parts that are drawn; the others stay typical.
        anew: Parts drawn from a second, independent set of streams.
        chosen: Hypotheses fixed by name.
        same_trial: Everyone shares person 0's parameters and trial: one clinic, many patients.
        first: Number of the first person.
        numbers: Of the people, where they do not follow one another. Shape ``(person,)``.
        trials: The trial each is in: people of one trial share its parameters, trial effect and
            structure. Shape ``(person,)``.

    Raises:
        UnknownNameError: If a hypothesis or its form is not known.
    """
    people = np.arange(first, first + n) if numbers is None else numbers
    shared = np.zeros(n, dtype=np.int64) if same_trial else people if trials is None else trials
    # What people share is drawn once: a trial of sixty has one clinic, not sixty alike.
    clinics, inside = (shared, slice(None)) if shared is people else np.unique(shared, return_inverse=True)

    def study(part: str) -> str:
        return f"{seed}/{part}/{'anew' if part in anew else 'first'}"

    def z(part: str, name: str, who: NDArray[np.int64]) -> NDArray[np.float64]:
        if part not in vary:
            return np.zeros(n)
        if who is shared:
            return normals(study(part), clinics, name, 1)[:, 0][inside]
        return normals(study(part), who, name, 1)[:, 0]

    joint = {}
    if beliefs.joint and "parameter" in vary:
        raw = normals(study("parameter"), clinics, "joint", len(beliefs.joint))
        # Not a matrix product of the library: its last bits depend on how many people there are.
        shifted = np.einsum("pj,ij->pi", raw, beliefs.joint_cholesky)[inside]
        joint = {name: shifted[:, i] for i, name in enumerate(beliefs.joint)}
    values = {}
    for name, b in beliefs.parameters.items():
        at = np.full(n, b.location)
        if name in joint:
            at = at + joint[name]
        elif b.uncertainty_sd and name not in beliefs.joint:
            at = at + b.uncertainty_sd * z("parameter", name, shared)
        if b.trial_sd:
            at = at + b.trial_sd * z("trial", name, shared)
        if b.patient_sd:
            at = at + b.patient_sd * z("patient", name, people)
        value = from_scale(at, b.scale)
        if name in BOUNDS:
            value = np.clip(value, *BOUNDS[name])
        values[name] = value
    choices = {
        name: _choose(name, beliefs, len(clinics), chosen or {}, vary, study("structure"), clinics)[inside]
        for name in beliefs.hypotheses
    }
    for name in chosen or {}:
        if name not in beliefs.hypotheses:
            raise unknown_name("hypothesis", name, beliefs.hypotheses)
    return Draws(values=values, choices=choices, people=people)


def _choose(
    name: str,
    beliefs: Beliefs,
    n: int,
    chosen: Mapping[str, str],
    vary: Collection[str],
    study: str,
    who: NDArray[np.int64],
) -> NDArray[np.str_]:
    hypothesis = beliefs.hypotheses[name]
    forms = tuple(hypothesis.weights)
    if name in chosen:
        if chosen[name] not in forms:
            raise unknown_name(f"form of the hypothesis '{name}'", chosen[name], forms)
        return np.full(n, chosen[name])
    if "structure" not in vary:
        return np.full(n, hypothesis.typical)
    edges = np.cumsum([hypothesis.weights[form] for form in forms])
    u = uniforms(study, who, name, 1)[:, 0] * edges[-1]
    return np.array(forms)[np.minimum(np.searchsorted(edges, u, side="right"), len(forms) - 1)]
