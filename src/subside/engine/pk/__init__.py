"""Disposition of ketamine and its metabolites as a linear system, for many patients at once.

::

    from subside.engine.drugs import pk_set
    from subside.engine.pk import Covariates, individual, outputs, rate_entries

    kamp = pk_set("kamp_2020_norketamine")
    people = Covariates(weight_kg=weights, age_years=ages)
    s = individual(kamp, people, z)                      # z: standard normals (patient, kamp.n_eta)
    r = individual(kamp, people, z, enantiomer="r")      # the same people
    non_zeros, values = rate_entries(kamp, s)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subside.engine.pk.cautions import RegimenFacts, range_warnings
    from subside.engine.pk.disposition import (
        INPUT,
        N_STATES,
        STATES,
        Output,
        norketamine_drift_factor,
        outputs,
        rate_entries,
    )
    from subside.engine.pk.people import Covariates, individual, plasma_clearance
    from subside.engine.pk.solution import Bolus, Infusion, amounts, levels

_HOMES = {
    "Bolus": "solution",
    "Covariates": "people",
    "INPUT": "disposition",
    "Infusion": "solution",
    "N_STATES": "disposition",
    "Output": "disposition",
    "RegimenFacts": "cautions",
    "STATES": "disposition",
    "amounts": "solution",
    "individual": "people",
    "levels": "solution",
    "norketamine_drift_factor": "disposition",
    "outputs": "disposition",
    "plasma_clearance": "people",
    "range_warnings": "cautions",
    "rate_entries": "disposition",
}

__all__ = [
    "INPUT",
    "N_STATES",
    "STATES",
    "Bolus",
    "Covariates",
    "Infusion",
    "Output",
    "RegimenFacts",
    "amounts",
    "individual",
    "levels",
    "norketamine_drift_factor",
    "outputs",
    "plasma_clearance",
    "range_warnings",
    "rate_entries",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
