"""A case: one patient, what is given, what was observed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from subside.case.infusion import Infusion
from subside.case.injury import Injury
from subside.case.patient import Patient
from subside.case.quantities import DurationText, Entry, Flaw, LineText, flawed
from subside.case.regimen import Regimen
from subside.case.resolve import overlap_flaws, resolve, weight_flaws
from subside.case.totals import Exposure, exposures
from subside.case.treatment import Observation, Treatment
from subside.errors import CaseError, Problem
from subside.units import parse_duration_h

__all__ = ["About", "Case", "Option"]

#: The value of an engine option: a name, or on and off.
Option = str | bool


def _options(options: Any) -> Any:
    """Refuse options that are not a name or a switch; which names exist, the engine knows."""
    if not isinstance(options, dict):
        return options
    flaws = [
        Flaw(
            key,
            got=repr(value)[:60],
            accepted='a name in quotes, such as "kamp_2020", or true or false',
            remedy="See the engine's options in the reference.",
        )
        for key, value in options.items()
        if not isinstance(value, bool) and not (isinstance(value, str) and value.isprintable() and value)
    ]
    if flaws:
        raise flawed(flaws)
    return options


def _answers(answers: Any) -> Any:
    """Refuse answers that are not yes, no, unknown, a number or a word; which exist, care knows."""
    if not isinstance(answers, dict):
        return answers
    flaws = [
        Flaw(
            key,
            got=repr(value)[:60],
            accepted='"yes", "no", "unknown", a number, or a word in quotes',
            remedy="subside screen lists the questions with their names.",
        )
        for key, value in answers.items()
        if isinstance(value, bool) or not _is_answer(value)
    ]
    if flaws:
        raise flawed(flaws)
    return answers


def _is_answer(value: Any) -> bool:
    if isinstance(value, str):
        return bool(value) and value.isprintable()
    return isinstance(value, int | float) and math.isfinite(value)


class About(Entry):
    """What a case is and is not, for people; programs print it beside the result."""

    is_: LineText | None = Field(default=None, alias="is")
    is_not: LineText | None = None
    source: LineText | None = None
    doi: LineText | None = None
    from_paper: tuple[LineText, ...] = ()  # which figures stand in the source
    assumed: tuple[LineText, ...] = ()  # which do not


class Case(Entry):
    """One patient, their regimen, other treatments and observations; times in h from time zero.

    Time zero is the start of the first infusion. Lists are in the order of the file.
    """

    format: Annotated[Literal[1], Field(description="1, the format of this version")] = 1
    title: LineText
    about: About = About()
    patient: Patient
    injury: Injury | None = None
    infusions: tuple[Infusion, ...] = Field(default=(), alias="infusion")
    treatments: tuple[Treatment, ...] = Field(default=(), alias="treatment")
    observations: tuple[Observation, ...] = Field(default=(), alias="observation")
    follow_up: DurationText | None = None
    answers: Annotated[
        dict[str, Any],
        BeforeValidator(_answers),
        Field(description='a table such as { dissociative_ptsd = "no", cssrs_ideation = 0 }'),
    ] = Field(default_factory=dict)
    options: Annotated[
        dict[str, Any],
        BeforeValidator(_options),
        Field(description='a table such as { pk_set = "kamp_2020", tolerance = true }'),
    ] = Field(default_factory=dict)

    @cached_property
    def _regimen(self) -> Regimen:
        if problems := case_problems(self):
            raise CaseError(problems, origin=self.title)
        return resolve(self.infusions, weight_kg=self.patient.weight_kg)

    def regimen(self) -> Regimen:
        """Return what is given, resolved for this patient: series expanded, rates in mg/h.

        Raises:
            CaseError: If infusions overlap. A case that was read from a file is already checked.
        """
        return self._regimen

    def exposures(self) -> tuple[Exposure, ...]:
        """Return how much of each drug form is given, per kg of this patient too."""
        return exposures(self.regimen(), weight_kg=self.patient.weight_kg)

    def option(self, name: str, default: Option | None = None) -> Option | None:
        """Return an engine option, or ``default`` when the case does not set it."""
        value: Option | None = self.options.get(name, default)
        return value

    def with_infusions(self, infusions: Iterable[Infusion]) -> Case:
        """Return the same case under another regimen."""
        return self.model_copy(update={"infusions": tuple(infusions)})

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Case:
        """Return a copy with some fields replaced; what was resolved before the change is forgotten."""
        copy = super().model_copy(update=update, deep=deep)
        copy.__dict__.pop("_regimen", None)
        return copy

    @property
    def start_h(self) -> float:
        """When the case begins, in h: at time zero, or with what is written before it."""
        begins = [infusion.start_h for infusion in self.infusions]
        begins += [treatment.from_h for treatment in self.treatments]
        begins += [] if self.injury is None else [self.injury.at_h]
        begins += [observation.at_h for observation in self.observations]
        return min([0.0, *begins])

    @property
    def end_h(self) -> float:
        """When the case ends, in h: with the last infusion, treatment, observation or follow-up."""
        ends = [0.0, self.regimen().end_h or 0.0]
        ends += [t.from_h if t.until_h is None else t.until_h for t in self.treatments]
        ends += [o.at_h for o in self.observations]
        if self.follow_up is not None:
            ends.append(parse_duration_h(self.follow_up))
        return max(ends)

    def __hash__(self) -> int:
        """Refuse to be hashed: history, answers and options are tables."""
        raise TypeError("a Case holds tables and cannot be hashed; hash write_case(case) instead")


def case_problems(case: Case) -> tuple[Problem, ...]:
    """Return what does not fit together across the tables of a case, without lines."""
    infusions = list(enumerate(case.infusions))
    flaws = [
        *overlap_flaws(infusions),
        *weight_flaws(infusions, weight_kg=case.patient.weight_kg),
    ]
    return tuple(
        Problem(where=dotted(flaw.at), got=flaw.got, accepted=flaw.accepted, remedy=flaw.remedy)
        for flaw in flaws
    )


def dotted(path: Iterable[str | int]) -> str:
    """Return a path as a reader finds it: keys with dots, places counted from 1 in brackets."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += f".{part}" if text else part
    return text or "case"
