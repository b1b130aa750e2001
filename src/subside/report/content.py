"""What a report is made from: the case, its courses, and everything said beside them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from subside.course import Comparison, Course, Split
from subside.errors import ParameterError, UnknownNameError, unknown_name
from subside.evidence import Footing, Verdict, cite, figure, value, verdicts

if TYPE_CHECKING:
    from subside.case import Case
    from subside.report.painkillers import Beside

PERMANENT_LINE: Final = (
    "Decision support and research software, not a medical device. "
    "The certified bedside monitor stays primary."
)
"""Stands on every page and in every summary."""

@dataclass(frozen=True, kw_only=True)
class LedgerRow:
    """How much pain relief travels by one route, in points of the 0 to 10 scale.

    ``points`` is positive for relief and negative where a route adds pain. ``empirical`` marks
    a route that was fitted to outcomes without a mechanism behind it.
    """

    route: str
    points: float
    empirical: bool = False
    note: str = ""
    basis: str = ""


@dataclass(frozen=True, kw_only=True)
class Note:
    """Something the model says beside the case: at one tenth of the dose, after one infusion.

    ``columns`` and ``rows`` make a small table under the text, where several numbers are compared.
    """

    title: str
    text: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def _letters(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def _worth_points() -> float:
    return value("farrar_2001.important_fall_points", unit="NRS 0-10")


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything on the page. Nothing here is computed by the page except words and pictures.

    Attributes:
        case: Who and what regimen; its observations are drawn as marks.
        course: The course under the case's own regimen.
        generated_at: When the run was made, as text; the report reads no clock.
        comparison: The same patients under placebo or nothing; its case arm is ``arm``. Without
            it the headline says that the difference from placebo was not computed.
        reference: The arm that the headline is a difference from.
        horizon_h: The time the headline speaks of, in h from the start of the first infusion;
            None picks the week after the last infusion ends, or the nearest time computed.
        worth_points: How many points of pain relief beyond the reference are worth having; by
            default the fall that people call much improved (``evidence``, ``farrar_2001``).
        split_of: What the splits are of, in words; "" for the quantity itself.
        ledger_of: What the ledger adds up to, in words, such as "pain at rest at 1 wk".
        verdicts: What reviewers concluded; None looks them up by the case's condition.
        footing: The figures behind the run; None takes those that ``course.sources`` names.
        beside: Each treatment beside a dummy treatment, for the picture that answers why this feels
            different from other painkillers; empty leaves it out.
    """

    case: Case
    course: Course
    generated_at: str
    version: str = ""
    seed: int | None = None
    comparison: Comparison | None = None
    arm: str = "case"
    reference: str = "placebo"
    horizon_h: float | None = None
    worth_points: float = field(default_factory=_worth_points)
    splits: tuple[Split, ...] = ()
    split_of: str = "difference from placebo"
    ledger: tuple[LedgerRow, ...] = ()
    ledger_of: str = ""
    notes: tuple[Note, ...] = ()
    verdicts: tuple[Verdict, ...] | None = None
    footing: Footing | None = None
    beside: tuple[Beside, ...] = ()
    model: str = ""
    typical: bool = False
    extra_cautions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (math.isfinite(self.worth_points) and self.worth_points > 0):
            raise ParameterError(
                "worth_points must be a number of points of pain relief above 0; "
                f"got {self.worth_points}. Pass 2.0 for the usual threshold."
            )
        if self.comparison is not None and self.arm not in self.comparison.arms:
            raise unknown_name("arm", self.arm, self.comparison.arms)

    @property
    def reference_course(self) -> Course | None:
        """The course under the reference (placebo, else none); None if neither was computed."""
        name = self.reference_name
        return None if name is None or self.comparison is None else self.comparison.arms[name]

    @property
    def reference_name(self) -> str | None:
        """The arm that stands as reference: the one asked for, else placebo, else none."""
        if self.comparison is None:
            return None
        for name in (self.reference, "placebo", "none"):
            if name in self.comparison.arms and name != self.arm:
                return name
        return None

    @property
    def run_seed(self) -> int:
        """The seed of the run."""
        return self.course.seed if self.seed is None else self.seed

    @property
    def conclusions(self) -> tuple[Verdict, ...]:
        """What reviewers concluded on the patient's condition; empty where they say nothing."""
        if self.verdicts is not None:
            return self.verdicts
        try:
            return verdicts(self.case.patient.condition)
        except UnknownNameError:
            return ()

    @property
    def rests_on(self) -> Footing:
        """The figures behind the run, by source."""
        return self.footing if self.footing is not None else cite(self._split_sources()[0])

    @property
    def other_sources(self) -> tuple[str, ...]:
        """Sources of the course that are no figures of the evidence, as written."""
        return () if self.footing is not None else self._split_sources()[1]

    @property
    def warnings(self) -> tuple[str, ...]:
        """Every warning as text, in the order of the course; what every page carries left out."""
        said = (*(c.text for c in self.course.cautions), *self.extra_cautions)
        return tuple(dict.fromkeys(text for text in said if _letters(text) != _letters(PERMANENT_LINE)))

    def _split_sources(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        cautioned = (source for caution in self.course.cautions for source in caution.sources)
        known: list[str] = []
        other: list[str] = []
        for source in dict.fromkeys((*self.course.sources, *cautioned)):
            try:
                figure(source)
            except UnknownNameError:
                other.append(source)
            else:
                known.append(source)
        return tuple(known), tuple(other)
