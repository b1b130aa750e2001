"""What is stated of each person of a group: one value a person, NaN where it is not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from subside.case import Case
from subside.engine.population.background import morphine_equivalents_mg_per_d, takes_benzodiazepine
from subside.errors import ParameterError

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Described:
    """Stated values of n people, as a case states them of one.

    Attributes:
        stated: By numeric field of ``case.Patient``, in its unit; absent or NaN where not known, but
            ``age_years`` and ``weight_kg`` stand for everyone. Shape ``(person,)`` each.
        hypertension: ``yes``, ``no`` or ``unknown``. Shape ``(person,)``.
        opioids_mg_per_d: Regular opioids in oral morphine equivalents a day. Shape ``(person,)``.
        benzodiazepine: Whether one is taken. Shape ``(person,)``.
        alike: All carry the words of one case.
    """

    stated: Mapping[str, Array]
    hypertension: NDArray[np.str_]
    opioids_mg_per_d: Array
    benzodiazepine: NDArray[np.bool_]
    alike: bool = False

    def __post_init__(self) -> None:
        for name in ("age_years", "weight_kg"):
            if name not in self.stated or not np.all(np.isfinite(self.stated[name])):
                raise ParameterError(
                    f"{name} must be a finite number for everyone described; got one that is missing. "
                    "Give every person an age and a weight."
                )

    def __len__(self) -> int:
        return len(self.stated["weight_kg"])

    def get(self, name: str) -> Array | None:
        """Return the stated values of a field; None where no one's is known."""
        values = self.stated.get(name)
        return None if values is None or bool(np.isnan(values).all()) else values

    def beside(self, case: Case) -> Described:
        """Return these people with what a case gives all of them beside their own medicines."""
        if self.alike:
            return self
        return replace(
            self,
            opioids_mg_per_d=self.opioids_mg_per_d + morphine_equivalents_mg_per_d(case, with_given=False),
            benzodiazepine=self.benzodiazepine | takes_benzodiazepine(case),
        )

    def take(self, rows: NDArray[np.int64] | slice) -> Described:
        """Return some of these people."""
        return Described(
            stated={name: values[rows] for name, values in self.stated.items()},
            hypertension=self.hypertension[rows],
            opioids_mg_per_d=self.opioids_mg_per_d[rows],
            benzodiazepine=self.benzodiazepine[rows],
            alike=self.alike,
        )


def by_case(case: Case, n: int) -> Described:
    """Return ``n`` people of whom the same is stated: what a case says."""
    patient = case.patient
    stated = {
        name: np.full(n, float(value))
        for name in type(patient).model_fields
        if isinstance(value := getattr(patient, name), int | float) and not isinstance(value, bool)
    }
    return Described(
        stated=stated,
        hypertension=np.full(n, patient.answer("hypertension")),
        opioids_mg_per_d=np.full(n, morphine_equivalents_mg_per_d(case, with_given=False)),
        benzodiazepine=np.full(n, takes_benzodiazepine(case)),
        alike=True,
    )
