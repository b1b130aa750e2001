"""Whatever a file holds, the answer is a case or a list of its mistakes, each with its line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subside.case import OBSERVABLES, Case, parse_case, read_case, template
from subside.case.positions import line_of, positions
from subside.course import NAMES
from subside.errors import CaseError

EXAMPLE = (Path(__file__).parents[2] / "examples/from_papers/schwartzman_2009_crps.toml").read_text(
    encoding="utf-8"
)


def mistakes(text: str) -> CaseError | None:
    """Return the mistakes of a text; any other exception than this one fails the test."""
    found: CaseError | None = None
    try:
        case = parse_case(text)
    except CaseError as error:
        found = error
    if found is None:
        assert isinstance(case, Case)
        return None
    assert found.problems
    assert all(p.got and p.accepted and p.remedy for p in found.problems)
    return found


@settings(max_examples=300)
@given(st.data())
def test_no_edit_of_a_file_leads_to_anything_but_a_case_or_its_mistakes(data: st.DataObject) -> None:
    text = EXAMPLE
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 30)))
        piece = data.draw(st.one_of(st.text(max_size=8), st.sampled_from([*"[]{}\"=\n#.,'", "nan", "-1"])))
        text = text[:start] + piece + text[end:]
    mistakes(text)


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.just("5 mg/h"),
    st.just("4 h"),
)
KEYS = """format title patient infusion treatment observation options about age_years weight_kg condition drug
start steps rate for dose policy series every count bolus over history labs medicines ceiling step at what
value from until kind name start_rate in_steps from_rate to_rate""".split()
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)


def toml(value: Any) -> str:
    """Return a value as TOML, plainly; None as an empty list."""
    if value is None:
        return "[]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(c):08X}" for c in value if not 0xD800 <= ord(c) < 0xE000) + '"'
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k} = {toml(v)}" for k, v in value.items()) + "}"
    return repr(value)


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(KEYS), values, max_size=6))
def test_values_of_any_kind_in_any_place_are_answered_with_mistakes(raw: dict[str, Any]) -> None:
    mistakes("\n".join(f"{key} = {toml(value)}" for key, value in raw.items()))


PAIRS = [k for k, line in enumerate(EXAMPLE.splitlines()) if line[:1].isalpha() and " = " in line]


@pytest.mark.parametrize("k", PAIRS)
def test_a_key_made_unknown_is_told_with_its_own_line(k: int) -> None:
    lines = EXAMPLE.splitlines()
    key = lines[k].split(" = ")[0]
    lines[k] = "qqq" + lines[k]
    error = mistakes("\n".join(lines))
    assert error is not None
    told = [p for p in error.problems if p.where.endswith(f"qqq{key}")]
    assert [p.line for p in told] == [k + 1]


def test_each_key_is_found_on_its_line_in_every_way_of_writing_toml() -> None:
    text = '''# [not.a.table]
a = 1
"b c" = "# no comment, ] no bracket"

[t]   # a table
d.e = [
  1,  # ]
  { f = "}", g = [ 2, 3 ] },
  """
three
lines \\""" still" """,
]
h = \'\'\'
raw ] " \'\'\'
i = 2026-01-02

q = [ "a \\" ] \\\\", 1 ]  # " ] }
r = 1.5 # = "

[[list]]
j = { k.l = 1, "m" = \'n\' }
[[list]]
[list.inner]
o = true
[[list.deep]]
p = 1
[[list.deep]]
p = 2
'''
    found = positions(text)
    expected = {
        ("a",): 2,
        ("b c",): 3,
        ("t",): 5,
        ("t", "d", "e"): 6,
        ("t", "d", "e", 0): 7,
        ("t", "d", "e", 1, "f"): 8,
        ("t", "d", "e", 1, "g", 1): 8,
        ("t", "d", "e", 2): 9,
        ("t", "h"): 13,
        ("t", "i"): 15,
        ("t", "q"): 17,
        ("t", "q", 1): 17,
        ("t", "r"): 18,
        ("list", 0): 20,
        ("list", 0, "j", "k", "l"): 21,
        ("list", 0, "j", "m"): 21,
        ("list", 1): 22,
        ("list", 1, "inner", "o"): 24,
        ("list", 1, "deep", 0, "p"): 26,
        ("list", 1, "deep", 1, "p"): 28,
    }
    assert {path: found.get(path) for path in expected} == expected
    assert line_of(("list", 1, "inner", "missing"), found) == 23
    assert line_of(("nowhere",), found) is None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", r"file: got no key at all.*'subside case new FILE' writes a first one"),
        (b"# only a comment\n", r"file: got no key at all"),
        ("title = 'x'".encode("utf-16"), r"line 1, file: got text in UTF-16.*UTF-8"),
        ("# 1\ntitle = 'Zoë'".encode("latin-1"), r"line 2, file: got a byte that is not UTF-8 \(0xeb\)"),
        (b"title = 'x'\n\x00", r"line 2, file: got a NUL character"),
        (b"#" * 1_000_001, r"file: got a file of 1\.0 MB.*at most 1 MB"),
        (b"title = " + b"[" * 5000, r"nested too deeply|not closed"),
        (b"title = " + b"9" * 5000, r"title: got a number with too many digits"),
        (b"[patient]\nweight_kg = 1" + b"0" * 400, r"line 2, patient.weight_kg: got inf"),
        (b"title = '''\nopen", r"got a string, list or table that is not closed"),
        (b"title = 'x'\ntitle = 'y'", r"line 2, title: got a second title.*once"),
        (b"[patient]\n[patient]\nage_years = 4", r"line 2, \[patient\]: got a second \[patient\]"),
    ],
)
def test_a_file_that_is_no_case_is_refused_in_words(tmp_path: Path, data: bytes, message: str) -> None:
    file = tmp_path / "case.toml"
    file.write_bytes(data)
    with pytest.raises(CaseError, match=message) as caught:
        read_case(file)
    assert caught.value.origin == str(file)


def test_a_folder_and_a_missing_file_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"file: got a directory\. Accepted: a case file"):
        read_case(tmp_path)
    with pytest.raises(CaseError, match=r"file: got no such file.*Check the path"):
        read_case(tmp_path / "none.toml")
    with pytest.raises(CaseError, match=r"file: got a file that cannot be read"):
        read_case("nul\x00.toml")


def test_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    text = template().replace("\n", "\r\n")
    assert parse_case(text) == parse_case(template())


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    file = tmp_path / "case.toml"
    file.write_bytes(b"\xef\xbb\xbf" + template().encode())
    assert read_case(file) == parse_case(template())


def test_reading_a_case_loads_neither_arrays_nor_a_compiler() -> None:
    code = (
        "import sys; from subside.case import parse_case, show, template, write_case; "
        "write_case(parse_case(template())); show(parse_case(template())); "
        "print(sorted({'numpy', 'numba', 'scipy', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_can_be_observed_means_the_same_in_a_case_and_in_a_course() -> None:
    shared = OBSERVABLES.keys() & NAMES.keys()
    assert {"nrs_pain", "phq9_total", "sbp_mmhg", "moaas", "cp_ketamine_ng_per_ml"} <= shared
    for name in shared:
        case, course = OBSERVABLES[name], NAMES[name]
        assert case.unit == course.unit
        if course.unit in ("points", "%"):  # a scale ends where it ends; the body has no such end
            assert case.high == course.high
        if course.unit == "points":
            assert case.low == course.low
