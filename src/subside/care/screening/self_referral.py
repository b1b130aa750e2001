"""What follows from a self-referral: a place in the clinician's queue, and words for the person.

A person who refers themselves is never told "eligible", nor a reason: a clinician reads the answers,
decides, and talks with them. Only danger is spoken of at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from subside.care.assessment import Assessment
from subside.care.verdicts import Verdict

__all__ = ["Triage", "triage"]

_READ = (
    "Thank you. A clinician reads your answers and contacts you. Until then nothing is booked and nothing "
    "is decided."
)
_CRISIS = (
    "Your answers suggest that you may be in danger. Please get help now; you do not have to wait for us. "
    "{contact} A clinician of ours is told at once."
)
_WARNING = (
    "One of your answers can be a sign of something that needs an emergency assessment today. Please go to "
    "an emergency department, or call {emergency}. A clinician of ours is told at once."
)


@dataclass(frozen=True, kw_only=True)
class Triage:
    """Where a self-referral goes.

    Attributes:
        queue: ``urgent``: someone is called at once; ``do not book``: a clinician sees why first;
            ``needs review``: everything else. There is no fourth: nobody is accepted by a program.
        says: What the person reads.
    """

    queue: Literal["urgent", "do not book", "needs review"]
    says: str


def triage(assessment: Assessment) -> Triage:
    """Return where a self-referral goes and what the person reads; never whether they are eligible.

    Args:
        assessment: The screening of the answers that the person gave.
    """
    open_paths = {path.name: path for path in assessment.urgent}
    if "suicidality" in open_paths:
        return Triage(queue="urgent", says=_CRISIS.format(contact=open_paths["suicidality"].contact))
    if open_paths:
        emergency = next(iter(open_paths.values())).contact.emergency
        return Triage(queue="urgent", says=_WARNING.format(emergency=emergency))
    if assessment.verdict is Verdict.DO_NOT_PROCEED:
        return Triage(queue="do not book", says=_READ)
    return Triage(queue="needs review", says=_READ)
