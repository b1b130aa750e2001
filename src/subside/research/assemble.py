"""People put together from deviates that the caller chooses, in place of random streams."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from subside.case import Case
from subside.engine.group import Group
from subside.engine.population.baselines import baselines
from subside.engine.population.beliefs import Beliefs, from_scale
from subside.engine.population.draws import BOUNDS, Draws
from subside.errors import unknown_name

Array = NDArray[np.float64]


def assemble(
    beliefs: Beliefs,
    shifts: Mapping[str, Array],
    choices: Mapping[str, NDArray[np.str_]],
    people: NDArray[np.int64],
) -> Draws:
    """Return the draws of people with given shifts from the typical values.

    Args:
        beliefs: Typical values and forms.
        shifts: By parameter, on its normal scale. Shape ``(person,)`` each; what is left out is typical.
        choices: By hypothesis; what is left out has its typical form.
        people: Numbers that key what is drawn besides (kinetics, scores, swings). Shape ``(person,)``.
    """
    n = len(people)
    values = {}
    for name, b in beliefs.parameters.items():
        value = from_scale(np.full(n, b.location) + shifts.get(name, 0.0), b.scale)
        values[name] = np.clip(value, *BOUNDS[name]) if name in BOUNDS else value
    return Draws(
        values=values,
        choices={
            name: choices[name] if name in choices else np.full(n, hypothesis.typical)
            for name, hypothesis in beliefs.hypotheses.items()
        },
        people=people,
    )


def assembled_group(
    case: Case,
    beliefs: Beliefs,
    draws: Draws,
    *,
    seed: int,
    alike: bool = False,
    drawn: bool = False,
    scores: NDArray[np.int64] | None = None,
) -> Group:
    """Return a group of assembled people.

    Args:
        case: Its patient gives what is known.
        beliefs: Give the stand-ins for the rest.
        draws: From ``assemble``.
        seed: Of the streams of kinetics, scores and swings.
        alike: They are many patients described alike.
        drawn: Kinetics and scores differ between people, keyed by their numbers; else all are typical.
        scores: Other numbers that key the scores before treatment, where they are drawn.
    """
    vary = frozenset({"patient"}) if drawn else frozenset[str]()
    keyed = draws if scores is None else Draws(values=draws.values, choices=draws.choices, people=scores)
    return Group(
        draws=draws,
        start=baselines(case, beliefs, keyed, seed=seed, alike=alike, vary=vary),
        seed=seed,
        vary=vary,
        anew=frozenset(),
        beliefs=beliefs,
    )


def chosen_forms(case: Case, beliefs: Beliefs) -> dict[str, str]:
    """Return the hypotheses that a case fixes by name.

    Raises:
        UnknownNameError: If it names a hypothesis or form that is not known.
    """
    fixed = {}
    for name, value in case.options.items():
        if name == "pk_set":
            continue
        form = {True: "on", False: "off"}.get(value, str(value)) if isinstance(value, bool) else str(value)
        if name not in beliefs.hypotheses:
            raise unknown_name("hypothesis", name, beliefs.hypotheses)
        if form not in beliefs.hypotheses[name].weights:
            raise unknown_name(f"form of the hypothesis '{name}'", form, beliefs.hypotheses[name].weights)
        fixed[name] = form
    return fixed
