"""What everything is about: the patient, the regimen, what was observed; case files read and written.

Names are loaded on first use: ``from subside.case import CONDITIONS`` loads no Pydantic, and nothing
here loads NumPy or a compiler.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subside.case.case import About, Case
    from subside.case.conditions import CONDITIONS, Condition
    from subside.case.conversions import Row
    from subside.case.history import HISTORY, HistoryItem
    from subside.case.infusion import BolusDose, Infusion, Series, Step, Thresholds, TitrationPlan
    from subside.case.injury import Injury
    from subside.case.observables import OBSERVABLES, Observable
    from subside.case.patient import Labs, Medicine, Patient, PriorTreatment
    from subside.case.read import parse_case, read_case
    from subside.case.regimen import DRUGS, Bolus, Limits, Policy, Regimen, Segment
    from subside.case.skeleton import template
    from subside.case.totals import Exposure, Span, exposure, exposures
    from subside.case.treatment import Observation, Treatment
    from subside.case.understood import Section, Understood, show
    from subside.case.write import write_case

_HOMES = {
    "About": "case",
    "Bolus": "regimen",
    "BolusDose": "infusion",
    "CONDITIONS": "conditions",
    "Case": "case",
    "Condition": "conditions",
    "DRUGS": "regimen",
    "Exposure": "totals",
    "HISTORY": "history",
    "HistoryItem": "history",
    "Infusion": "infusion",
    "Injury": "injury",
    "Labs": "patient",
    "Limits": "regimen",
    "Medicine": "patient",
    "OBSERVABLES": "observables",
    "Observable": "observables",
    "Observation": "treatment",
    "Patient": "patient",
    "Policy": "regimen",
    "PriorTreatment": "patient",
    "Regimen": "regimen",
    "Row": "conversions",
    "Section": "understood",
    "Segment": "regimen",
    "Series": "infusion",
    "Span": "totals",
    "Step": "infusion",
    "Thresholds": "infusion",
    "TitrationPlan": "infusion",
    "Treatment": "treatment",
    "Understood": "understood",
    "exposure": "totals",
    "exposures": "totals",
    "parse_case": "read",
    "read_case": "read",
    "show": "understood",
    "template": "skeleton",
    "write_case": "write",
}

__all__ = [
    "CONDITIONS",
    "DRUGS",
    "HISTORY",
    "OBSERVABLES",
    "About",
    "Bolus",
    "BolusDose",
    "Case",
    "Condition",
    "Exposure",
    "HistoryItem",
    "Infusion",
    "Injury",
    "Labs",
    "Limits",
    "Medicine",
    "Observable",
    "Observation",
    "Patient",
    "Policy",
    "PriorTreatment",
    "Regimen",
    "Row",
    "Section",
    "Segment",
    "Series",
    "Span",
    "Step",
    "Thresholds",
    "TitrationPlan",
    "Treatment",
    "Understood",
    "exposure",
    "exposures",
    "parse_case",
    "read_case",
    "show",
    "template",
    "write_case",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # No module here shares its name with what it exports: importing it would hide the export.
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
