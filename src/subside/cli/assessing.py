"""An assessment of care on a terminal and in JSON; shared by the verbs that judge a case."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from subside.cli.answer import Answer
from subside.cli.arguments import Parser, WrongCallError

if TYPE_CHECKING:
    from rich.console import Console

    from subside.care import Assessment, Finding, Profile, Question
    from subside.care.refractory import Refractoriness
    from subside.case import Case

__all__ = ["add_profile", "answer_for", "profile_of"]


def add_profile(parser: Parser) -> None:
    """Add the site's profile and its signature."""
    parser.add_argument("case", metavar="CASE", type=Path, help="a case file")
    parser.add_argument(
        "--profile",
        default="strict",
        metavar="NAME",
        help="which of the conflicting sources the site follows: strict (default), texas, anzca",
    )
    parser.add_argument(
        "--signature",
        type=Path,
        metavar="FILE",
        help="the recorded signature of the profile (JSON: who, role, at, profile_hash)",
    )
    parser.add_argument(
        "--all", action="store_true", help="print every rule that was looked at, not only those that speak"
    )


def profile_of(options: Namespace) -> Profile:
    """Return the profile that the command names, signed if a signature was given."""
    from subside.care import Signature, load_profile

    if options.signature is None:
        return load_profile(options.profile)
    from datetime import datetime

    try:
        fields = json.loads(options.signature.read_text(encoding="utf-8"))
        signature = Signature(
            who=str(fields["who"]),
            role=str(fields["role"]),
            at=datetime.fromisoformat(fields["at"]),
            profile_hash=str(fields["profile_hash"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        got = {FileNotFoundError: "no such file", KeyError: f"none with {error}"}.get(type(error), str(error))
        raise WrongCallError(
            f"{str(options.signature)!r} must be a JSON file with who, role, at and profile_hash; "
            f"got {got}. Leave --signature out to work unsigned."
        ) from None
    return load_profile(options.profile, signature=signature)


def answer_for(assessment: Assessment, case: Case, *, everything: bool) -> Answer:
    """Return the answer of a verb: the assessment, with a finding unless it may simply proceed."""
    sources = {f.rule.source.key: f.rule.source for f in (*assessment.fired, *assessment.open)}
    marked = sorted({f.rule.id for f in assessment.findings if f.marked and f.outcome != "clear"})
    warnings = []
    if not assessment.profile.is_signed:
        warnings.append({"code": "unsigned_profile", "text": assessment.profile.statement})
    if marked:
        text = f"Thresholds of basis design, recalled or assumed, unsigned: {', '.join(marked)}."
        warnings.append({"code": "unsigned_thresholds", "text": text})

    def result() -> dict[str, Any]:
        found = assessment.result()
        for question in found["questions"]:
            question["write"] = _where_to_write(question["name"])
        return {"title": case.title, **found}

    return Answer(
        result=result,
        show=lambda console: _print(console, assessment, case, everything),
        warnings=warnings,
        sources=[{"key": s.key, "citation": s.citation, "address": s.address} for s in sources.values()],
        finding=assessment.verdict.value != "proceed",
    )


def _print(console: Console, assessment: Assessment, case: Case, everything: bool) -> None:
    say = _Say(console)
    say(f"{case.title}", "bold")
    say(f"Verdict: {assessment.words}", "bold")
    for path in assessment.urgent:
        say(f"URGENT  {path.title}", "bold")
        for number, step in enumerate(path.steps, 1):
            say(f"  {number}. {step}")
        say(f"  {path.contact}")
    for line in assessment.contradictions:
        say(f"Contradiction: {line}")
    if assessment.questions:
        say(f"\nThe shortest list of questions that could settle it ({len(assessment.questions)}):", "bold")
        for question in assessment.questions:
            _print_question(say, question)
    if assessment.reasons:
        say("\nReasons:", "bold")
        for finding in assessment.reasons:
            _print_finding(say, finding)
    if assessment.conditions:
        say("\nConditions:", "bold")
        for line in assessment.conditions:
            say(f"  - {line}")
    notes = [f for f in assessment.fired if f not in assessment.reasons]
    if notes:
        say("\nFor information:", "bold")
        for finding in notes:
            _print_finding(say, finding)
    if assessment.refractoriness is not None:
        say(f"\nRefractory to standard treatment: {_refractory(assessment.refractoriness)}")
    if assessment.benefit is not None:
        say(f"\nBenefit: {assessment.benefit}")
    if everything:
        say("\nEvery rule:", "bold")
        for finding in assessment.findings:
            say(f"  {finding.outcome:<5}  {finding.rule.id:<12} {finding.rule.title}")
    clear = sum(finding.outcome == "clear" for finding in assessment.findings)
    say(f"\n{len(assessment.findings)} rules looked at, {clear} clear, {len(assessment.open)} open.")
    for choice in assessment.choices:
        say(f"Choice of the profile: {choice.topic}: {choice.chosen}. Instead of: {choice.instead_of}.")
    say(assessment.profile.statement)
    from subside.care import NOT_A_DEVICE

    say(NOT_A_DEVICE)


def _print_finding(say: _Say, finding: Finding) -> None:
    rule = finding.rule
    seen = "; ".join(map(str, finding.seen))
    limits = ", ".join(f"{name} {value}" for name, value in finding.limits.items())
    who = f" ({rule.specialty})" if rule.specialty else ""
    say(f"  {rule.id}  {rule.title} -> {rule.verdict.words}{who}")
    say(f"      seen: {seen}" + (f"; limits: {limits}" if limits else ""))
    say(f"      {rule.do}")
    mark = ", UNSIGNED" if finding.marked else ""
    say(f"      source: {rule.source.citation} [{rule.basis}{mark}]", "dim")


def _print_question(say: _Say, question: Question) -> None:
    say(f"  - {question.ask}")
    say(f"      write {_where_to_write(question.name)}; settles {', '.join(question.settles)}", "dim")


def _refractory(found: Refractoriness) -> str:
    answer = {True: "yes", False: "no", None: "unknown"}[found.refractory]
    return f"{answer}: {found.why}"


def _where_to_write(name: str) -> str:
    """Return the key of a case file that answers a question."""
    from subside.care.facts import fact_kinds
    from subside.case import HISTORY
    from subside.case.patient import Patient

    if name in Patient.model_fields:
        return f"patient.{name}"
    if name in HISTORY:
        return f"patient.history.{name}"
    if name == "alt_times_uln":
        return "patient.labs.alt_u_per_l and alt_upper_limit_u_per_l"
    kinds = fact_kinds()
    if kinds[name].kind == "group":
        parts = [k.name for k in kinds.values() if k.question == name and k.name != name]
        asked = [part for part in parts if not part.endswith("_met") and part != "medication_overuse"]
        keys = [f"patient.history.{p}" if p in HISTORY else f"answers.{p}" for p in asked]
        return ", ".join(keys)
    return f"answers.{name}"


class _Say:
    """Prints a line as it is: no markup, no highlighting."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, text: str, style: str = "") -> None:
        self._console.print(text, style=style or None, markup=False, highlight=False)
