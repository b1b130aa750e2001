"""What a report is made from: the case, its courses, and everything said beside them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from subside.course import Comparison, Course, Split
from subside.errors import ParameterError, unknown_name

if TYPE_CHECKING:
    from subside.case import Case

PERMANENT_LINE: Final = (
    "Decision support and research software, not a medical device. "
    "The certified bedside monitor stays primary."
)
"""Stands on every page and in every summary."""

WEAK_BASES: Final = ("recalled", "design", "assumed")

Leaning = Literal["for", "unclear", "against"]


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
    """Something the model says beside the case: at one tenth of the dose, after one infusion."""

    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What one body of reviewers says of the treatment, in its own grade.

    ``leaning`` is ours, so that a disagreement can be said: it never replaces ``grade``.
    """

    who: str
    grade: str
    text: str
    leaning: Leaning
    source: str
    address: str = ""
    basis: str = "read"


@dataclass(frozen=True, kw_only=True)
class Citation:
    """One source behind the run, and which figures were taken from it on which basis.

    ``figures`` are lines for people, such as ``"V1 of S-ketamine, 133 L"``.
    """

    group: str
    citation: str
    address: str = ""
    basis: str = "read"
    figures: tuple[str, ...] = ()
    note: str = ""

    @property
    def is_weak(self) -> bool:
        """Whether the result must show that it leans on this."""
        return self.basis in WEAK_BASES


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
        worth_points: How many points of pain relief beyond the reference are worth having
            (about 2 points or 30 %: Farrar et al., Pain 94 (2001) 149).
        ledger_of: What the ledger adds up to, in words, such as "pain at rest at 1 wk".
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
    worth_points: float = 2.0
    splits: tuple[Split, ...] = ()
    ledger: tuple[LedgerRow, ...] = ()
    ledger_of: str = ""
    notes: tuple[Note, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    citations: tuple[Citation, ...] = ()
    model: str = ""
    typical: bool = False
    extra_cautions: tuple[str, ...] = field(default=())

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
