"""Thresholds from the rule file, for a site: strict about its keys, so that a typo is no lost alarm."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, TypeVar

from subside.care.monitoring.threshold import (
    Channel,
    Check,
    Policy,
    Rule,
    State,
    Thresholds,
    tighter,
)
from subside.errors import ParameterError, nearest, unknown_name

__all__ = ["DEFAULT_SITE", "SITES", "build", "thresholds"]

#: Sites that the rule file knows.
SITES: Final = ("strict", "texas", "anzca")
DEFAULT_SITE: Final = "strict"

#: The keys that hold the limit of a rule, one each: a site may only tighten it.
_LIMITS: Final = {"at_most", "at_least", "above", "rise"}

_T = TypeVar("_T")


@lru_cache(maxsize=8)
def thresholds(site: str = DEFAULT_SITE) -> Thresholds:
    """Return the thresholds of a site profile: ``strict``, ``texas`` or ``anzca``.

    Raises:
        UnknownNameError: If there is no such site; the nearest is named.
    """
    return build(tomllib.loads(_text()), site=site)


def build(tables: Mapping[str, Any], *, site: str) -> Thresholds:
    """Return the thresholds in the tables of a rule file, with the changes of one site.

    Raises:
        ParameterError: If a key is unknown or missing, a name points nowhere, or a site widens a limit.
    """
    sites = tables["site"]
    if site not in sites:
        raise unknown_name("site profile", site, sites)
    change = sites[site]
    merged = {
        kind: {
            name: {**values, **change.get(kind, {}).get(name, {})} for name, values in tables[kind].items()
        }
        for kind in ("channel", "rule", "check", "state")
    }
    for kind in merged:
        for name in change.get(kind, {}):
            if name not in merged[kind]:
                raise unknown_name(f"monitoring {kind}", name, merged[kind])
    for name, own in change.get("rule", {}).items():
        common = _make(Rule, f"rule.{name}", {"id": name, **tables["rule"][name]})
        for limit in _LIMITS & own.keys():
            tighter(common, own[limit])
    result = Thresholds(
        site=site,
        label=change["label"],
        channels=_all(Channel, "channel", "name", merged),
        rules=_all(Rule, "rule", "id", merged),
        checks=_all(Check, "check", "name", merged),
        states=_all(State, "state", "id", merged),
        policy=_make(Policy, "policy", {**tables["policy"], **change.get("policy", {})}),
        sources=tuple((key, s["citation"], s["address"]) for key, s in tables["source"].items()),
    )
    _coherent(result)
    return result


def _text() -> str:
    return files("subside.evidence").joinpath("rules/monitoring.toml").read_text(encoding="utf-8")


def _all(kind: type[_T], word: str, key: str, merged: Mapping[str, Any]) -> tuple[_T, ...]:
    return tuple(_make(kind, f"{word}.{name}", {key: name, **table}) for name, table in merged[word].items())


def _make(kind: type[_T], where: str, table: Mapping[str, Any]) -> _T:
    """Return one frozen record, or refuse unknown and missing keys."""
    known = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]
    for key in table:
        if key not in known:
            raise ParameterError(
                f"{where} has no key '{key}' in the monitoring rules. "
                f"Did you mean '{nearest(key, known) or next(iter(known))}'? Mend the rule file."
            )
    for name, spec in known.items():
        if name not in table and spec.default is MISSING and spec.default_factory is MISSING:
            raise ParameterError(f"{where} needs the key '{name}' in the monitoring rules; got none. Add it.")
    return kind(**{key: _frozen(value) for key, value in table.items()})


def _frozen(value: object) -> object:
    """Return lists and tables as tuples."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return tuple(value.items())
    return value


def _coherent(t: Thresholds) -> None:
    """Refuse names that point nowhere and limits that say nothing."""
    channels = {channel.name for channel in t.channels}
    rules = {rule.id for rule in t.rules}
    checks = {check.name for check in t.checks}
    sources = {key for key, _, _ in t.sources}
    for rule in t.rules:
        if rule.channel not in channels:
            raise unknown_name(f"channel of rule {rule.id}", rule.channel, channels)
        if rule.covered_by and rule.covered_by not in rules:
            raise unknown_name(f"covering rule of {rule.id}", rule.covered_by, rules)
        for check, _ in rule.recheck:
            if check not in checks:
                raise unknown_name(f"check of rule {rule.id}", check, checks)
        limits = [x for x in (rule.at_most, rule.at_least, rule.above, rule.rise) if x is not None]
        if len(limits) != 1:
            raise ParameterError(
                f"rule.{rule.id} needs exactly one of at_most, at_least, above, rise; got {len(limits)}. "
                "Mend the rule file."
            )
    cited = (*(r.source for r in t.rules), *(c.source for c in t.checks), *(s.source for s in t.states))
    for source in cited:
        if source not in sources:
            raise unknown_name("source of the monitoring rules", source, sources)
    for channel in t.channels:
        if channel.check and channel.check not in checks:
            raise unknown_name(f"check of channel {channel.name}", channel.check, checks)
