"""Clinical rules as data: read from ``evidence/rules/*.toml``, checked once, never edited at run time."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, Final, Literal

from subside.care.facts import RULES_FOLDER, fact_kind, fact_kinds
from subside.care.logic import Expression, parse_expression
from subside.care.verdicts import Verdict
from subside.errors import ParameterError, unknown_name
from subside.evidence import BASES, WEAK_BASES, Source

__all__ = [
    "NEEDS_SIGNATURE",
    "Rule",
    "RuleSource",
    "all_rules",
    "join_rules",
    "parse_rules",
    "rule",
    "rule_set",
    "rule_sources",
    "rules_hash",
]

#: Thresholds on these bases count only after a named person signed the profile.
NEEDS_SIGNATURE: Final = WEAK_BASES
SEVERITIES: Final = ("info", "warning", "major", "critical")
#: The sets whose rules are conditions over facts; monitoring keeps thresholds of its own shape.
RULE_SETS: Final = ("screening", "start", "limits", "pump", "discharge")


@dataclass(frozen=True, kw_only=True)
class RuleSource:
    """Where a rule comes from. ``tier``: A original, B reproduction, C mirror or secondary reading."""

    source: Source
    tier: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One clinical rule.

    Attributes:
        when: The condition under which it speaks.
        limits: Its thresholds by name; a site profile may tighten or choose them.
        tighter: For each threshold, whether "lower" or "higher" is the stricter.
        verdict: What follows when it speaks.
        specialty: Who reviews, for a review; who is called, otherwise.
        urgent: The urgent path it opens, or "".
        route: The route of ketamine it holds for; "any" by default.
        only: The profiles in which it holds; empty for all.
        do: What to do, in words.
        basis: How we know the threshold (``subside.evidence.BASES``).
    """

    id: str
    set: str
    title: str
    when: Expression
    verdict: Verdict
    do: str
    severity: Literal["info", "warning", "major", "critical"]
    source: Source
    tier: str
    basis: str
    limits: Mapping[str, float | str] = field(default_factory=dict)
    tighter: Mapping[str, str] = field(default_factory=dict)
    specialty: str = ""
    urgent: str = ""
    route: str = "any"
    only: tuple[str, ...] = ()

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts the condition reads, in alphabetical order."""
        return tuple(sorted(self.when.names - set(self.limits)))

    @property
    def needs_signature(self) -> bool:
        """Whether the rule rests on design or memory, until a named person signs the profile."""
        return self.basis in NEEDS_SIGNATURE

    def holds_for(self, route: str) -> bool:
        """Return whether the rule is about this route of ketamine: an oral one never is for an infusion."""
        return self.route in ("any", route)


def rule_set(name: str) -> tuple[Rule, ...]:
    """Return the rules of one set, such as ``"screening"``, in the order of the files."""
    found = tuple(rule for rule in all_rules().values() if rule.set == name)
    if not found:
        raise unknown_name("rule set", name, {rule.set for rule in all_rules().values()})
    return found


def rule(rule_id: str) -> Rule:
    """Return one rule; an unknown id suggests the nearest."""
    if rule_id not in all_rules():
        raise unknown_name("rule", rule_id, all_rules())
    return all_rules()[rule_id]


@cache
def rule_sources() -> Mapping[str, RuleSource]:
    """Return the sources of the rules, by key."""
    entries = tomllib.loads((RULES_FOLDER / "sources.toml").read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            key: RuleSource(
                source=Source(key=key, citation=entry["citation"], address=entry["address"]),
                tier=entry["tier"],
            )
            for key, entry in entries.items()
        }
    )


@cache
def all_rules() -> Mapping[str, Rule]:
    """Return every rule of ``RULE_SETS``, by id.

    Raises:
        ParameterError: If a rule file is malformed: a condition, basis, source or threshold is wrong.
    """
    return join_rules(
        parse_rules(path.read_text(encoding="utf-8")) for path in sorted(RULES_FOLDER.glob("*.toml"))
    )


def join_rules(files: Iterable[Iterable[Rule]]) -> Mapping[str, Rule]:
    """Return the rules of several files by id; an id that stands twice raises ParameterError."""
    found: dict[str, Rule] = {}
    for rules in files:
        for one in rules:
            if one.id in found:
                raise _wrong(one.id, "id", one.id, "an id that no other rule has")
            found[one.id] = one
    return MappingProxyType(found)


def parse_rules(text: str) -> tuple[Rule, ...]:
    """Return the rules that a TOML text writes, in its order; none for a text of another kind.

    Raises:
        ParameterError: If a condition, basis, severity, threshold or verdict is wrong.
        UnknownNameError: If a rule reads a fact, or names a source, that is not known.
    """
    table = tomllib.loads(text)
    name = table.pop("set", None)
    if name not in RULE_SETS:
        return ()
    return tuple(_read(rule_id, name, entry) for rule_id, entry in table.items())


@cache
def rules_hash() -> str:
    """Return the SHA-256 of all rule files: what a signature is for."""
    digest = hashlib.sha256()
    for path in sorted(RULES_FOLDER.rglob("*.toml")):
        digest.update(path.relative_to(RULES_FOLDER).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _read(rule_id: str, set_name: str, entry: Mapping[str, Any]) -> Rule:
    """Return the rule that a table writes, checked."""
    limits = entry.get("limits", {})
    tighter = entry.get("tighter", {})
    when = parse_expression(entry["when"])
    for name in when.names - set(limits):
        fact_kind(name)
    for name in limits:
        if name in fact_kinds():
            raise _wrong(rule_id, "limits", name, "a name that no fact has")
    if set(tighter) - set(limits) or set(tighter.values()) - {"lower", "higher"}:
        raise _wrong(rule_id, "tighter", tighter, "lower or higher, for thresholds of the rule")
    if entry["basis"] not in BASES:
        raise _wrong(rule_id, "basis", entry["basis"], ", ".join(BASES))
    if entry["severity"] not in SEVERITIES:
        raise _wrong(rule_id, "severity", entry["severity"], ", ".join(SEVERITIES))
    if entry["source"] not in rule_sources():
        raise unknown_name("source", entry["source"], rule_sources())
    verdicts = {verdict.name.lower(): verdict for verdict in Verdict}
    if entry["verdict"] not in verdicts:
        raise _wrong(rule_id, "verdict", entry["verdict"], ", ".join(verdicts))
    verdict = verdicts[entry["verdict"]]
    if verdict is Verdict.REVIEW and not entry.get("specialty"):
        raise _wrong(rule_id, "specialty", "", "who reviews")
    found = rule_sources()[entry["source"]]
    return Rule(
        id=rule_id,
        set=set_name,
        title=entry["title"],
        when=when,
        verdict=verdict,
        do=entry["do"],
        severity=entry["severity"],
        source=found.source,
        tier=found.tier,
        basis=entry["basis"],
        limits=MappingProxyType(dict(limits)),
        tighter=MappingProxyType(dict(tighter)),
        specialty=entry.get("specialty", ""),
        urgent=entry.get("urgent", ""),
        route=entry.get("route", "any"),
        only=tuple(entry.get("only", ())),
    )


def _wrong(rule_id: str, what: str, got: object, accepted: str) -> ParameterError:
    return ParameterError(f"rule {rule_id}: {what} must be {accepted}; got {got!r}. Correct the rule file.")
