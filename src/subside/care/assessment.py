"""An assessment: a verdict with each rule, the value it saw, its source, and what is still to be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from subside.care.crisis import UrgentPath
from subside.care.logic import Value
from subside.care.profiles import Choice, Profile
from subside.care.refractory import Refractoriness
from subside.care.rules import Rule
from subside.care.verdicts import Verdict
from subside.units import show_number

__all__ = ["NOT_A_DEVICE", "Assessment", "Benefit", "Finding", "Question", "Seen", "show_value"]

#: The line that every screen and report carries.
NOT_A_DEVICE = (
    "Decision support and research software, not a medical device; a licensed clinician decides, and the "
    "certified bedside monitor stays primary."
)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The value of one fact as a rule saw it; None is unknown."""

    name: str
    value: Value
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.name} = {show_value(self.value)}{f' {self.unit}' if self.unit else ''}"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One rule against one person.

    Attributes:
        outcome: ``fired``: the rule speaks; ``clear``: it does not; ``open``: an unknown answer decides.
        seen: The values it looked at.
        limits: Its thresholds as the profile sets them.
        marked: Whether the threshold rests on design or memory and nobody has signed for it.
    """

    rule: Rule
    outcome: Literal["fired", "clear", "open"]
    seen: tuple[Seen, ...]
    limits: Mapping[str, float | str]
    marked: bool

    def __str__(self) -> str:
        seen = "; ".join(map(str, self.seen))
        mark = f" [{self.rule.basis}, unsigned]" if self.marked else ""
        return f"{self.rule.id} {self.rule.title}: {seen}. {self.rule.do}{mark}"


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question whose answer helps to settle the verdict, and the rules it would settle."""

    name: str
    ask: str
    settles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Benefit:
    """What can be hoped for beyond a placebo; computed elsewhere and passed in.

    Attributes:
        difference: Points of 0-10 pain lower than with placebo; low and high bound it.
        at: When, in words: "7 d after the last infusion".
        grade: The grade of the evidence, in the source's own words.
        source: Where it comes from.
    """

    difference: float
    low: float
    high: float
    at: str
    grade: str
    source: str

    def __str__(self) -> str:
        return (
            f"expected {self.difference:.1f} points (of 10) below placebo at {self.at}, "
            f"{self.low:.1f} to {self.high:.1f}; evidence: {self.grade} ({self.source})"
        )


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """The answer to "may this go ahead?", with its reasons.

    Attributes:
        subject: The set of rules: ``screening``, ``start``, ``limits``, ``discharge``.
        verdict: See ``Verdict``; ``words`` says it with the specialties.
        specialties: Who reviews.
        findings: Every rule that was looked at, in order.
        questions: The shortest list that could settle an incomplete assessment; else empty.
        contradictions: Answers that exclude each other; the more careful one was taken.
        urgent: Urgent paths that are open, whatever the verdict.
        benefit: What can be hoped for, where the caller passed it.
        refractoriness: What earlier treatments amount to, where the caller passed it.
    """

    subject: str
    verdict: Verdict
    specialties: tuple[str, ...]
    findings: tuple[Finding, ...]
    questions: tuple[Question, ...]
    contradictions: tuple[str, ...]
    urgent: tuple[UrgentPath, ...]
    profile: Profile
    benefit: Benefit | None = None
    refractoriness: Refractoriness | None = None

    @property
    def words(self) -> str:
        """The verdict as people say it, with who reviews."""
        if self.verdict is Verdict.REVIEW:
            return f"review by {' and '.join(self.specialties)}"
        return self.verdict.words

    @property
    def fired(self) -> tuple[Finding, ...]:
        """The rules that speak, the gravest first."""
        speaking = [finding for finding in self.findings if finding.outcome == "fired"]
        return tuple(sorted(speaking, key=lambda finding: finding.rule.verdict.admits))

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """The rules that speak and ask for something: notes left out."""
        return tuple(finding for finding in self.fired if finding.rule.verdict is not Verdict.NOTE)

    @property
    def open(self) -> tuple[Finding, ...]:
        """The rules that an unknown answer leaves open."""
        return tuple(finding for finding in self.findings if finding.outcome == "open")

    @property
    def conditions(self) -> tuple[str, ...]:
        """What has to be done if it goes ahead; for open conditions, until they are answered."""
        found = [
            f.rule.do if f.outcome == "fired" else f"Until answered: {f.rule.do}"
            for f in (*self.reasons, *self.open)
            if f.rule.verdict is Verdict.CONDITIONS
        ]
        return tuple(dict.fromkeys(found))

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The conflicts between sources that bear on this assessment, as the profile chose."""
        looked_at = {finding.rule.id for finding in self.findings}
        return tuple(
            choice
            for choice in self.profile.choices
            if not choice.thresholds or looked_at & {key.partition(".")[0] for key in choice.thresholds}
        )

    def finding(self, rule_id: str) -> Finding | None:
        """Return what one rule found, or None when it is not among those looked at."""
        return next((finding for finding in self.findings if finding.rule.id == rule_id), None)

    def result(self) -> dict[str, Any]:
        """Return the assessment as plain data for JSON; stable keys."""
        return {
            "subject": self.subject,
            "verdict": self.verdict.words,
            "words": self.words,
            "specialties": list(self.specialties),
            "reasons": [_plain(finding) for finding in self.reasons],
            "notes": [_plain(f) for f in self.fired if f.rule.verdict is Verdict.NOTE],
            "open": [_plain(finding) for finding in self.open],
            "clear": [f.rule.id for f in self.findings if f.outcome == "clear"],
            "conditions": list(self.conditions),
            "questions": [{"name": q.name, "ask": q.ask, "settles": list(q.settles)} for q in self.questions],
            "contradictions": list(self.contradictions),
            "urgent": [path.result() for path in self.urgent],
            "benefit": None
            if self.benefit is None
            else {
                "difference": self.benefit.difference,
                "low": self.benefit.low,
                "high": self.benefit.high,
                "at": self.benefit.at,
                "grade": self.benefit.grade,
                "source": self.benefit.source,
            },
            "refractoriness": None
            if self.refractoriness is None
            else {
                "refractory": show_value(self.refractoriness.refractory),
                "failed": list(self.refractoriness.failed),
                "unclear": list(self.refractoriness.unclear),
                "why": self.refractoriness.why,
            },
            "profile": {
                "name": self.profile.name,
                "signed": self.profile.is_signed,
                "statement": self.profile.statement,
                "hash": self.profile.hash,
                "choices": [
                    {"topic": c.topic, "chosen": c.chosen, "instead_of": c.instead_of} for c in self.choices
                ],
            },
            "statement": NOT_A_DEVICE,
        }


def show_value(value: Value) -> str:
    """Return a value for people: yes, no, unknown, a number, a word."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return show_number(value) if isinstance(value, float) else str(value)


def _plain(finding: Finding) -> dict[str, Any]:
    rule = finding.rule
    return {
        "rule": rule.id,
        "title": rule.title,
        "verdict": rule.verdict.words,
        "specialty": rule.specialty,
        "severity": rule.severity,
        "when": rule.when.text,
        "limits": dict(finding.limits),
        "seen": [{"name": s.name, "value": s.value, "unit": s.unit} for s in finding.seen],
        "do": rule.do,
        "source": {"key": rule.source.key, "citation": rule.source.citation, "address": rule.source.address},
        "basis": rule.basis,
        "unsigned": finding.marked,
    }
