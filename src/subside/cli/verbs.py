"""The table of verbs. A new verb is one line here and one module beside this file.

The module offers two functions and loads nothing heavy before ``run`` is called::

    def add_arguments(parser: Parser) -> None: ...
    def run(options: Namespace, talk: Talk) -> Answer: ...
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["VERBS", "Verb"]


class Verb(NamedTuple):
    """One command: where it lives and what it does, in one line."""

    module: str
    does: str


VERBS: Mapping[str, Verb] = MappingProxyType(
    {
        "simulate": Verb("simulate", "the course of a patient, or of many like them"),
        "compare": Verb("compare", "the same patient under several treatments, difference by difference"),
        "case": Verb("case", "case files: new writes one, check checks one, show prints what it says"),
        "cite": Verb("cite", "the sources behind a run, and what in it is only assumed"),
        "evidence": Verb("evidence", "each published outcome beside the model's answer"),
        "sensitivity": Verb("sensitivity", "which of the model's inputs an endpoint hangs on"),
        "study-next": Verb("study_next", "which of the studies in a file would tell most about open questions"),
        "search": Verb("search", "what each regimen of a file gives and costs, and which no other beats"),
        "screen": Verb("screen", "may ketamine be planned for this person? the reasons, rule by rule"),
        "check": Verb("check", "the regimen against limits and unit guards"),
        "replay": Verb("replay", "recorded vitals through the monitor: alarms and states over time"),
        "trial": Verb("trial", "a virtual randomized trial: arms, endpoints, effect with interval, power"),
        "circuit": Verb("circuit", "experiments on the dorsal horn: wind-up, touch, movement, potentiation"),
        "warmup": Verb("warmup", "compile ahead, so that the next run starts at once"),
    }
)
"""By name, in the order in which help lists them."""
