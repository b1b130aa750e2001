"""Whether a regimen is written per kg of body weight, and what that means for each person of a group.

Disposition is linear: where every rate, dose and bound of a regimen is per kg, someone of another
weight has the levels of the reference weight's regimen times the ratio of weights. So one protocol
serves a whole group.
"""

from __future__ import annotations

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from subside.case import Case, Regimen
from subside.errors import ParameterError

Array = NDArray[np.float64]
RELATIVE = 1e-9  # rounding of a division and a product


def dose_scale(case: Case, weight_kg: Array) -> Array | None:
    """Return each person's amounts relative to the case's regimen; None where it is the same for all.

    Args:
        case: Holds the regimen and the reference weight it is resolved for.
        weight_kg: Of the people. Shape ``(person,)``.

    Raises:
        ParameterError: If people of several weights meet a regimen of which only a part is per kg.
    """
    reference = float(case.patient.weight_kg)
    if np.all(np.abs(weight_kg - reference) <= RELATIVE * reference):
        return None
    patient = case.patient.model_copy(update={"weight_kg": 2.0 * reference})
    once = _amounts(case.regimen())
    twice = _amounts(case.model_copy(update={"patient": patient}).regimen())
    if np.allclose(twice, once, rtol=RELATIVE, atol=0.0):
        return None
    if np.allclose(twice, 2.0 * once, rtol=RELATIVE, atol=0.0):
        return np.asarray(weight_kg / reference, dtype=np.float64)
    raise ParameterError(
        f"regimen of '{case.title}' must be per kg throughout or not at all for people of several weights; got "
        "amounts of both kinds. Write every rate, dose, floor and ceiling per kg, or none of them."
    )


def _amounts(regimen: Regimen) -> Array:
    """Return every amount and rate of a regimen, in order."""
    found = [s.mg_per_h for s in regimen.segments] + [b.mg for b in regimen.boluses]
    for policy in regimen.policies:
        found += [getattr(policy, f.name) for f in fields(policy) if f.name.endswith("_mg_per_h")]
    return np.array(found, dtype=np.float64)
