"""Three-valued conditions and the shortest list: against brute force over every completion."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from subside.care.logic import at_least, parse_expression, settlers, truth
from subside.care.shortest import shortest
from subside.errors import ParameterError

NAMES = "abcd"


def texts():
    names = st.sampled_from(NAMES)
    return st.recursive(
        names,
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda p: f"({p[0]} and {p[1]})"),
            st.tuples(inner, inner).map(lambda p: f"({p[0]} or {p[1]})"),
            inner.map(lambda t: f"(not {t})"),
        ),
        max_leaves=6,
    )


answers = st.fixed_dictionaries({name: st.sampled_from([True, False, None]) for name in NAMES})


def completions(values):
    unknown = [name for name, value in values.items() if value is None]
    for filled in itertools.product([True, False], repeat=len(unknown)):
        yield {**values, **dict(zip(unknown, filled, strict=True))}


@settings(max_examples=300)
@given(texts(), answers)
def test_what_is_known_holds_for_every_way_to_fill_in_the_unknown(text, values):
    expression = parse_expression(text)
    known = truth(expression, values)
    if known is not None:
        assert {truth(expression, full) for full in completions(values)} == {known}


@settings(max_examples=300)
@given(texts(), answers)
def test_with_every_answer_a_condition_is_what_python_says(text, values):
    full = next(completions(values))
    assert truth(parse_expression(text), full) is bool(eval(text, {}, dict(full)))


def ask(name, want):
    return (frozenset({name}),)


@settings(max_examples=300)
@given(texts(), answers, st.booleans())
def test_each_set_of_questions_can_bring_the_wished_answer(text, values, want):
    # Where a name stands twice, "b" alone may be offered for "(not b) and (b or c)": the rest is asked next.
    assume(all(text.count(name) <= 1 for name in NAMES))
    expression = parse_expression(text)
    for option in settlers(expression, values, ask, want=want):
        reached = any(
            truth(expression, {**values, **{name: full[name] for name in option}}) is want
            for full in completions(values)
        )
        # "a and not a" is unknown to three-valued logic and can be made true by no answer.
        assert reached or {truth(expression, full) for full in completions(values)} == {not want}


@settings(max_examples=200)
@given(
    st.lists(
        st.lists(st.frozensets(st.sampled_from("abcdef"), min_size=1, max_size=3), min_size=1, max_size=4),
        max_size=6,
    )
)
def test_no_shorter_list_meets_every_requirement(requirements):
    found = frozenset(shortest(requirements, order=ord))
    assert all(any(option <= found for option in options) for options in requirements)
    for size in range(len(found)):
        for tried in itertools.combinations("abcdef", size):
            assert not all(any(o <= frozenset(tried) for o in options) for options in requirements)


@given(st.integers(0, 5), st.lists(st.sampled_from([True, False, None]), max_size=6))
def test_at_least_so_many_agrees_with_every_completion(count, given_answers):
    full = {
        sum(filled) >= count
        for filled in itertools.product(*[[True, False] if a is None else [a] for a in given_answers])
    }
    assert at_least(count, given_answers) == (full.pop() if len(full) == 1 else None)


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("x > 3", {"x": None}, None),
        ("x > 3 or y", {"x": None, "y": True}, True),
        ("1 <= x < 3", {"x": 3}, False),
        ("1 <= x < y", {"x": 0, "y": None}, False),
        ("x in ['a', 'b']", {"x": "b"}, True),
        ("x not in ['a', 'b']", {"x": "b"}, False),
        ("x in ['a']", {}, None),
        ("x == 'a'", {"x": "a"}, True),
        ("x != 'a'", {"x": None}, None),
        ("x < -1", {"x": -2.0}, True),
        ("x < -1", {"x": 0.0}, False),
        ("1 <= x < 3", {"x": None}, None),
        ("y < x < 1", {"x": 2, "y": None}, False),
        ("x < -y", {"x": -2.0, "y": 1.0}, True),
        ("x < -y", {"x": -2.0, "y": None}, None),
        ("x in [y, 'b']", {"x": "a", "y": "a"}, True),
        ("(x and y) == z", {"x": True, "y": True, "z": True}, True),
    ],
)
def test_comparisons(text, values, expected):
    assert truth(parse_expression(text), values) is expected


@pytest.mark.parametrize(
    "text", ["__import__('os')", "a.b", "a + 1", "[x for x in y]", "lambda: 1", "a if b else c", "a ="]
)
def test_a_condition_can_do_nothing_but_compare(text):
    with pytest.raises(ParameterError, match="a rule's condition may hold"):
        parse_expression(text)
