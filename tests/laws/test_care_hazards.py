"""Every hazard's control is proven: break the control, and the test that names it must fail.

Reads the tables of ``docs/explanation/hazards.md``. A control is a rule (taken out, then turned around),
a function or attribute that is replaced as the row says, or one that a test file removes itself: its
``CONTROLS`` hold, by hazard, what gives the limits without the control.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
from dataclasses import replace
from pathlib import Path

import pytest

from subside.care import rules
from subside.care.logic import parse_expression

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "hazards.md"
ROW = re.compile(r"^\| (HAZ-\d+) \|(.*)\|$", re.M)
RULE = re.compile(r"rule `([\w-]+)`")
SWAP = re.compile(r"`([\w.]+):([\w.]+)` (returns|is) `([^`]+)`")
CONTROL = re.compile(r"control removed in `(tests/[\w/]+\.py)`")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)(?:\[([^`]+)\])?`")


def rows():
    found = []
    for row in ROW.finditer(PAGE.read_text(encoding="utf-8")):
        cells = [cell.strip() for cell in row[2].split("|")]
        found.append((row[1], cells[3], TEST.findall(cells[4]), cells))
    return found


ROWS = rows()
_modules = {}


def loaded(path):
    """Return another test file as a module."""
    if path not in _modules:
        spec = importlib.util.spec_from_file_location(f"hazard_{Path(path).stem}", ROOT / path)
        _modules[path] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(_modules[path])
    return _modules[path]


def the_test(path, name, case):
    """Return a test of another file as a call without arguments."""
    function = getattr(loaded(path), name)
    if not case:
        return function
    for mark in function.pytestmark:
        if mark.name == "parametrize":
            names = (
                [part.strip() for part in mark.args[0].split(",")]
                if isinstance(mark.args[0], str)
                else mark.args[0]
            )
            for place, values in enumerate(mark.args[1]):
                values = values if len(names) > 1 else (values,)
                ids = mark.kwargs.get("ids")
                if (ids[place] if ids else "-".join(map(str, values))) == case:
                    return lambda: function(**dict(zip(names, values, strict=True)))
    raise LookupError(f"{path}::{name} has no case [{case}]")


def fails(test):
    """Return whether the test fails as a test fails: an assertion, or an error that did not come."""
    try:
        test()
    except (AssertionError, pytest.fail.Exception):
        return True
    except BaseExceptionGroup as group:
        return any(isinstance(error, AssertionError) for error in group.exceptions)
    return False


def breaks_of(control, hazard=""):
    """Return the ways to break what a row names: (label, break it)."""
    ways = []
    for rule_id in RULE.findall(control):
        known = dict(rules.all_rules())
        rule = known[rule_id]
        without = {name: other for name, other in known.items() if name != rule_id}
        turned = replace(rule, when=parse_expression(f"not ({rule.when.text})"))
        for label, table in (("out", without), ("turned around", {**known, rule_id: turned})):
            ways.append(
                (
                    f"{rule_id} {label}",
                    lambda patch, table=table: patch.setattr(rules, "all_rules", lambda: table),
                )
            )
    for module, attribute, how, text in SWAP.findall(control):
        value = ast.literal_eval(text)
        target = importlib.import_module(module)
        *outer, last = attribute.split(".")
        for name in outer:
            target = getattr(target, name)
        new = value if how == "is" else (lambda *_, value=value, **__: value)
        ways.append((f"{module}:{attribute}", lambda patch, t=target, n=last, v=new: patch.setattr(t, n, v)))
    for path in CONTROL.findall(control):
        module = loaded(path)
        removed = {known.hazard: known.removed for known in module.CONTROLS}[hazard]
        ways.append(
            (
                f"{hazard} in {path}",
                lambda patch, m=module, r=removed: patch.setattr(m, "LIMITS", r(patch)),
            )
        )
    return ways


@pytest.mark.parametrize(("hazard", "control", "tests", "cells"), ROWS, ids=[row[0] for row in ROWS])
def test_with_its_control_broken_a_hazards_test_fails(hazard, control, tests, cells):
    ways = breaks_of(control, hazard)
    calls = [the_test(*named) for named in tests]
    assert ways
    assert calls
    assert all(cells[:4])
    for call in calls:
        call()  # it passes while the control stands
    caught = set()
    for label, break_it in ways:
        with pytest.MonkeyPatch.context() as patch:
            break_it(patch)
            failed = {place for place, call in enumerate(calls) if fails(call)}
        assert failed, f"{hazard}: no test notices when {label} is broken"
        caught |= failed
    assert caught == set(range(len(calls))), f"{hazard}: a named test proves none of the controls"


def test_the_table_is_complete_and_every_id_stands_once():
    ids = [row[0] for row in ROWS]
    assert len(ids) == len(set(ids))
    assert len(ids) >= 30
    written = set(re.findall(r"^\| (HAZ-\d+)", PAGE.read_text(encoding="utf-8"), re.M))
    assert written == set(ids)
