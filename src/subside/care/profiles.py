"""Site profiles: which of the conflicting sources a site follows, and who answers for it."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Final

from subside.care.facts import RULES_FOLDER
from subside.care.rules import Rule, all_rules, rules_hash
from subside.errors import ParameterError, unknown_name

__all__ = [
    "DEFAULT_PROFILE",
    "Choice",
    "Profile",
    "Signature",
    "at_least_as_strict",
    "load_profile",
    "parse_profile",
    "profile_names",
    "sign",
]

DEFAULT_PROFILE: Final = "strict"
_FOLDER: Final = RULES_FOLDER / "profiles"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One conflict between sources and what this profile chose.

    Attributes:
        thresholds: The thresholds it sets, by ``"RULE.name"``.
        instead_of: What the other sources say.
    """

    topic: str
    chosen: str
    instead_of: str
    thresholds: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Signature:
    """A named person answers for a profile: the text signed is identified by its hash."""

    who: str
    role: str
    at: datetime
    profile_hash: str


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a site follows: choices between conflicting sources, and a signature or none.

    ``follows`` names the shipped profile whose site rules hold; a shipped profile follows itself.
    """

    name: str
    follows: str
    title: str
    country: str
    about: str
    choices: tuple[Choice, ...] = ()
    signature: Signature | None = None

    @property
    def thresholds(self) -> Mapping[str, float]:
        """The thresholds that this profile sets, by ``"RULE.name"``."""
        return {key: value for choice in self.choices for key, value in choice.thresholds.items()}

    @property
    def hash(self) -> str:
        """The SHA-256 of the profile and of all rules it stands on."""
        text = json.dumps(
            {
                "name": self.name,
                "follows": self.follows,
                "country": self.country,
                "choices": [[c.topic, c.chosen, sorted(c.thresholds.items())] for c in self.choices],
                "rules": rules_hash(),
            },
            sort_keys=True,
        )
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def is_signed(self) -> bool:
        """Whether a named person signed exactly this profile with exactly these rules."""
        return self.signature is not None and self.signature.profile_hash == self.hash

    @property
    def statement(self) -> str:
        """The line about the signature that every output carries."""
        if self.is_signed and self.signature is not None:
            signed = self.signature
            return (
                f"Profile '{self.name}' signed by {signed.who} ({signed.role}) on "
                f"{signed.at.date().isoformat()}."
            )
        if self.signature is not None:
            return (
                f"Profile '{self.name}' was signed by {self.signature.who}, but profile or rules have "
                "changed since: it counts as UNSIGNED until signed again."
            )
        return (
            f"Profile '{self.name}' is UNSIGNED: no medical director answers for its thresholds. "
            "Those of basis design, recalled or assumed are marked."
        )

    def limits(self, rule: Rule) -> Mapping[str, float | str]:
        """Return the thresholds of a rule as this profile sets them."""
        own = self.thresholds
        return {name: own.get(f"{rule.id}.{name}", value) for name, value in rule.limits.items()}

    def holds(self, rule: Rule) -> bool:
        """Return whether the rule is in force in this profile."""
        return not rule.only or self.follows in rule.only


def profile_names() -> tuple[str, ...]:
    """Return the names of the profiles that are shipped."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@cache
def _shipped(name: str) -> Profile:
    if name not in profile_names():
        raise unknown_name("profile", name, profile_names())
    return parse_profile((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"), name=name)


def load_profile(name: str = DEFAULT_PROFILE, *, signature: Signature | None = None) -> Profile:
    """Return a shipped profile, with the signature that was recorded for it.

    Raises:
        UnknownNameError: If no profile has this name.
    """
    return _signed(_shipped(name), signature)


def parse_profile(text: str, *, name: str) -> Profile:
    """Return the profile that a TOML text writes.

    Raises:
        ParameterError: If it sets a threshold that no rule has.
    """
    table = tomllib.loads(text)
    choices = []
    for entry in table.get("choice", []):
        thresholds = {key: float(value) for key, value in entry.get("set", {}).items()}
        for key in thresholds:
            rule_id, _, threshold = key.partition(".")
            if rule_id not in all_rules():
                raise unknown_name("rule", rule_id, all_rules())
            if threshold not in all_rules()[rule_id].limits:
                raise unknown_name(f"threshold of {rule_id}", threshold, all_rules()[rule_id].limits)
        choices.append(
            Choice(
                topic=entry["topic"],
                chosen=entry["chosen"],
                instead_of=entry.get("instead_of", ""),
                thresholds=MappingProxyType(thresholds),
            )
        )
    return Profile(
        name=name,
        follows=table.get("follows", name),
        title=table["title"],
        country=table.get("country", ""),
        about=table.get("about", ""),
        choices=tuple(choices),
    )


def sign(profile: Profile, *, who: str, role: str, at: datetime) -> Profile:
    """Return the profile with a signature over its present text.

    Args:
        who: The full name of the person who answers for it.
        role: Their role, such as "medical director".
        at: When; with a time zone.

    Raises:
        ParameterError: If the name or role is empty, or the time has no zone.
    """
    if not who.strip() or not role.strip():
        raise ParameterError(
            f"who and role must name a person and their role; got {who!r}, {role!r}. "
            "A profile is signed by a named person, such as the medical director."
        )
    if at.tzinfo is None:
        raise ParameterError(
            f"at must have a time zone; got {at.isoformat()}. Pass an aware datetime, such as UTC."
        )
    return _signed(profile, Signature(who=who.strip(), role=role.strip(), at=at, profile_hash=profile.hash))


def at_least_as_strict(one: Profile, other: Profile) -> bool:
    """Return whether a profile is nowhere looser than another: every threshold, every rule."""
    for rule in all_rules().values():
        if other.holds(rule) and not one.holds(rule):
            return False
        mine, theirs = one.limits(rule), other.limits(rule)
        if not one.holds(rule):
            continue
        for name, value in mine.items():
            against = theirs[name]
            direction = rule.tighter.get(name)
            if direction is None:
                if value != against:
                    return False
            elif (value > against) if direction == "lower" else (value < against):  # type: ignore[operator]
                return False
    return True


def _signed(profile: Profile, signature: Signature | None) -> Profile:
    return replace(profile, signature=signature)
