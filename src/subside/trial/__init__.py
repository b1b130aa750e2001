"""Virtual randomized trials: from a trial file to effects, intervals, power and the flow of people.

A trial recruits virtual people (``engine.population``), allocates them, treats each arm with the whole
model, lets people guess, leave and miss visits, and analyzes what was observed as a real trial would.

Names are loaded on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subside.trial.conduct import Trial, run_trial
    from subside.trial.plan import ArmPlan, Endpoint, TrialPlan
    from subside.trial.read import parse_trial, read_trial
    from subside.trial.result import trial_result

_HOMES = {
    "ArmPlan": "plan",
    "Endpoint": "plan",
    "Trial": "conduct",
    "TrialPlan": "plan",
    "parse_trial": "read",
    "read_trial": "read",
    "run_trial": "conduct",
    "trial_result": "result",
}

__all__ = [
    "ArmPlan",
    "Endpoint",
    "Trial",
    "TrialPlan",
    "parse_trial",
    "read_trial",
    "run_trial",
    "trial_result",
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
