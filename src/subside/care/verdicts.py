"""The verdicts, and how much each admits."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Verdict"]


class Verdict(StrEnum):
    """What follows from an assessment; also what one rule asks for when it speaks."""

    PROCEED = "proceed"
    NOTE = "note"
    CONDITIONS = "conditions"
    REVIEW = "review"
    INCOMPLETE = "incomplete"
    DO_NOT_PROCEED = "do not proceed"

    @property
    def admits(self) -> int:
        """How much the verdict lets through: 3 proceed, 2 with conditions, 1 after review, 0 nothing.

        Incomplete and do not proceed admit the same: nothing. An answer that is missing never lets
        through more than the worst answer would.
        """
        return {"proceed": 3, "note": 3, "conditions": 2, "review": 1}.get(self.value, 0)

    @property
    def words(self) -> str:
        """The verdict as people say it."""
        return "proceed with conditions" if self is Verdict.CONDITIONS else self.value
