"""The file of monitoring limits: a mistake in it is an error at once, never an alarm that does not come."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest

from subside.care.monitoring import Baseline, Observation, fold, new_snapshot, thresholds, view
from subside.care.monitoring.rulebook import build
from subside.errors import ParameterError, SubsideError, UnknownNameError

Tables = dict[str, Any]


def rule_file() -> Tables:
    text = files("subside.evidence").joinpath("rules/monitoring.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def put(*path: str, value: object) -> Callable[[Tables], None]:
    def change(tables: Tables) -> None:
        for key in path[:-1]:
            tables = tables.setdefault(key, {})
        tables[path[-1]] = value

    return change


def drop(*path: str) -> Callable[[Tables], None]:
    def change(tables: Tables) -> None:
        for key in path[:-1]:
            tables = tables[key]
        del tables[path[-1]]

    return change


@pytest.mark.parametrize(
    ("mistake", "says"),
    [
        (put("rule", "spo2_low", "channel", value="spo2"), "No channel of rule spo2_low 'spo2'"),
        (put("rule", "spo2_low", "covered_by", value="spo2_crtical"),
         "No covering rule of spo2_low 'spo2_crtical'. Did you mean 'spo2_critical'?"),
        (put("rule", "sbp_high", "recheck", value={"blood_presure": 120}),
         "No check of rule sbp_high 'blood_presure'. Did you mean 'blood_pressure'?"),
        (put("rule", "spo2_low", "source", value="nowhere_2020"),
         "No source of the monitoring rules 'nowhere_2020'"),
        (put("check", "sedation", "source", value="nowhere_2020"),
         "No source of the monitoring rules 'nowhere_2020'"),
        (put("state", "watchdog", "source", value="nowhere_2020"),
         "No source of the monitoring rules 'nowhere_2020'"),
        (put("channel", "sbp_mmhg", "check", value="blood_presure"),
         "No check of channel sbp_mmhg 'blood_presure'. Did you mean 'blood_pressure'?"),
        (put("rule", "spo2_low", "above", value=99),
         "rule.spo2_low needs exactly one of at_most, at_least, above, rise; got 2. Mend the rule file."),
        (put("rule", "spo2_low", "delay", value=99),
         "rule.spo2_low has no key 'delay' in the monitoring rules. Did you mean 'delay_s'? Mend the rule file."),
        (put("policy", "zzzzz", value=1),
         "policy has no key 'zzzzz' in the monitoring rules. Did you mean 'reorder_window_s'? Mend the rule file."),
        (drop("policy", "watchdog_s"),
         "policy needs the key 'watchdog_s' in the monitoring rules; got none. Add it."),
        (drop("rule", "spo2_low", "priority"),
         "rule.spo2_low needs the key 'priority' in the monitoring rules; got none. Add it."),
        (put("site", "texas", "rule", "spo2_lwo", value={"at_most": 95}),
         "No monitoring rule 'spo2_lwo'. Did you mean 'spo2_low'?"),
        (put("site", "texas", "check", "sedatoin", value={"every_s": 60}),
         "No monitoring check 'sedatoin'. Did you mean 'sedation'?"),
        (put("site", "texas", "policy", value={"watchdog": 5}),
         "policy has no key 'watchdog' in the monitoring rules. Did you mean 'watchdog_s'? Mend the rule file."),
    ],
)  # fmt: skip
def test_a_mistake_in_the_rule_file_is_an_error_at_once(mistake: Callable[[Tables], None], says: str) -> None:
    tables = rule_file()
    mistake(tables)
    with pytest.raises(SubsideError) as caught:
        build(tables, site="texas")
    assert str(caught.value).startswith(says)


@pytest.mark.parametrize(
    ("limit", "key", "looser", "stricter"),
    [
        ("spo2_critical", "at_most", 90, 92),
        ("hr_critical_high", "at_least", 140, 120),
        ("sbp_pause", "above", 190, 170),
    ],
)
def test_a_site_may_tighten_a_limit_and_never_widen_it(
    limit: str, key: str, looser: float, stricter: float
) -> None:
    tables = rule_file()
    put("site", "texas", "rule", limit, value={key: stricter})(tables)
    assert getattr(build(tables, site="texas").rule(limit), key) == stricter
    put("site", "texas", "rule", limit, value={key: looser})(tables)
    with pytest.raises(
        ParameterError, match=f"the limit of {limit} may only be made stricter: .+ got {looser}"
    ):
        build(tables, site="texas")


def test_an_unknown_site_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"site profile 'texsa'\. Did you mean 'texas'"):
        build(rule_file(), site="texsa")


@pytest.mark.parametrize("site", ["strict", "texas", "anzca"])
def test_a_site_is_the_common_file_with_its_own_changes_and_nothing_else(site: str) -> None:
    tables = rule_file()
    built = build(tables, site=site)
    assert built == thresholds(site)
    change = tables["site"][site]
    assert (built.site, built.label) == (site, change["label"])
    wanted = {**tables["policy"], **change.get("policy", {})}
    assert {
        name: list(value) if isinstance(value, tuple) else value for name, value in vars_of(built.policy).items()
    } == wanted  # fmt: skip
    for kind, key, items in (
        ("rule", "id", built.rules), ("check", "name", built.checks), ("state", "id", built.states),
        ("channel", "name", built.channels),
    ):  # fmt: skip
        assert [getattr(item, key) for item in items] == list(tables[kind])
        for item in items:
            own = {**tables[kind][getattr(item, key)], **change.get(kind, {}).get(getattr(item, key), {})}
            for name, value in own.items():
                plain = tuple(value.items()) if isinstance(value, dict) else value
                plain = tuple(plain) if isinstance(plain, list) else plain
                assert getattr(item, name) == plain, f"{kind}.{getattr(item, key)}.{name}"
    assert {key for key, _, _ in built.sources} == set(tables["source"])


def vars_of(policy: object) -> dict[str, Any]:
    return {name: getattr(policy, name) for name in policy.__dataclass_fields__}  # type: ignore[attr-defined]


# --- stricter for one patient ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "looser", "says"),
    [
        ("spo2_critical", 90, "at least 91; got 90"),
        ("spo2_critical", 90.5, "at least 91; got 90.5"),
        ("hr_critical_high", 131.5, "at most 131; got 131.5"),
        ("sbp_pause", 180.5, "at most 180; got 180.5"),
        ("sbp_rise", 40.5, "at most 40; got 40.5"),
        ("spo2_critical", float("nan"), "at least 91; got nan"),
    ],
)
def test_a_limit_is_never_widened_not_even_by_half_a_point(limit: str, looser: float, says: str) -> None:
    with pytest.raises(ParameterError) as caught:
        thresholds("strict").tightened({limit: looser})
    assert str(caught.value) == (
        f"the limit of {limit} may only be made stricter: {says}. A wider limit needs a new signed rule file."
    )


def test_the_limit_as_it_is_and_one_that_is_a_little_stricter_are_taken() -> None:
    strict = thresholds("strict")
    assert strict.tightened({"spo2_critical": 91}) == strict
    assert strict.tightened({"spo2_critical": 91.5}).rule("spo2_critical").at_most == 91.5
    assert strict.tightened({"sbp_rise": 39.5}).rule("sbp_rise").rise == 39.5
    assert strict.tightened({"hr_critical_high": 130.5}).rule("hr_critical_high").at_least == 130.5


def test_an_unknown_limit_is_refused_by_its_kind() -> None:
    with pytest.raises(UnknownNameError, match="monitoring limit 'spo2_citical'"):
        thresholds("strict").rule("spo2_citical")


# --- the screen -----------------------------------------------------------------------------------------


def test_a_channel_that_was_taken_off_is_shown_as_off_with_its_unit_and_no_value() -> None:
    off = Observation(at_ms=0, what="channel_off", text="etco2_mmhg", source="Nurse Example", received_ms=0)
    limits = thresholds("texas")
    snapshot, _ = fold(new_snapshot(0), [off], limits, Baseline(), 2_000)
    (shown,) = [v for v in view(snapshot, limits, Baseline(), 2_000).vitals if v.what == "etco2_mmhg"]
    assert (shown.label, shown.unit, shown.text) == ("EtCO2", "mmHg", "EtCO2 ---")
    assert (shown.value, shown.state, shown.age_s, shown.by_hand) == (None, "off", None, False)
    assert shown.note == "taken off on purpose: no alarms"
