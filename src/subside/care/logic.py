"""Conditions of rules: a small language over answers that may be unknown.

A condition is written as in ``"sbp_mmhg > upper or dbp_mmhg > lower"``: names, numbers, quoted words, lists,
comparisons, ``in``, ``and``, ``or``, ``not``; nothing else. It is true, false or **unknown** (None),
by Kleene's three-valued logic: unknown or true is true, unknown and false is false, otherwise what
leans on an unknown answer is unknown. So taking an answer away can turn true or false into unknown,
and never one into the other; the screening's safety rests on this.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from subside.errors import ParameterError

__all__ = ["Expression", "Truth", "Value", "at_least", "parse_expression", "settlers", "truth"]

Truth: TypeAlias = bool | None
Value: TypeAlias = bool | float | str | None
#: Sets of questions, each of which could settle a condition.
Options: TypeAlias = tuple[frozenset[str], ...]

_COMPARE: Final[Mapping[type[ast.cmpop], Callable[[object, object], bool]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,  # type: ignore[dict-item]
    ast.LtE: operator.le,  # type: ignore[dict-item]
    ast.Gt: operator.gt,  # type: ignore[dict-item]
    ast.GtE: operator.ge,  # type: ignore[dict-item]
}
#: More ways to settle one condition than this are not weighed against each other.
_MOST_OPTIONS: Final = 48


@dataclass(frozen=True, kw_only=True)
class Expression:
    """A parsed condition: its text, its tree and the names it reads."""

    text: str
    tree: ast.expr
    names: frozenset[str]


def parse_expression(text: str) -> Expression:
    """Return the condition that a text writes.

    Raises:
        ParameterError: If the text holds anything but names, constants, comparisons and and/or/not.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise _refused(text, str(error.msg)) from None
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            raise _refused(text, type(node).__name__)
    names = frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    return Expression(text=text.strip(), tree=tree, names=names)


def truth(expression: Expression, values: Mapping[str, Value]) -> Truth:
    """Return whether the condition holds for these values; None where that is unknown.

    A name that ``values`` lacks, or holds as None, is unknown.
    """
    return _truth(expression.tree, values)


def at_least(count: int, answers: Iterable[Truth]) -> Truth:
    """Return whether at least ``count`` of the answers are yes; None while the unknown ones decide.

    >>> at_least(2, [True, None, False]) is None, at_least(2, [True, False, False])
    (True, False)
    """
    given = list(answers)
    yes = sum(answer is True for answer in given)
    unknown = sum(answer is None for answer in given)
    if yes >= count:
        return True
    return None if yes + unknown >= count else False


def settlers(
    expression: Expression,
    values: Mapping[str, Value],
    ask: Callable[[str, bool], Options],
    *,
    want: bool,
) -> Options:
    """Return the smallest sets of questions whose answers could make an unknown condition ``want``.

    Args:
        expression: The condition.
        values: What is known.
        ask: For a name and the truth wished for it, the sets of questions that could give it.
        want: The truth wished for the whole.

    Returns:
        Sets none of which holds another. One empty set when nothing needs asking; no set when
        the condition is settled the other way. Exact where no name stands twice in the condition;
        where one does, a set may bring the next question instead of the answer.
    """
    return _settlers(expression.tree, values, ask, want)


_ALLOWED: Final = (
    ast.BoolOp,
    ast.And,
    ast.Or,
    ast.UnaryOp,
    ast.Not,
    ast.USub,
    ast.Compare,
    ast.Name,
    ast.Load,
    ast.Constant,
    ast.List,
    ast.Tuple,
    ast.In,
    ast.NotIn,
    *_COMPARE,
)


def _refused(text: str, what: str) -> ParameterError:
    return ParameterError(
        f"a rule's condition may hold names, constants, comparisons, in, and, or, not; got {what} in "
        f"'{text}'. Write the rest as a derived fact."
    )


def _truth(node: ast.expr, values: Mapping[str, Value]) -> Truth:
    if isinstance(node, ast.BoolOp):
        parts = [_truth(part, values) for part in node.values]
        decisive = isinstance(node.op, ast.Or)  # a true part decides an "or", a false one an "and"
        if decisive in parts:
            return decisive
        return None if None in parts else not decisive
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = _truth(node.operand, values)
        return None if inner is None else not inner
    if isinstance(node, ast.Compare):
        return _comparison(node, values)
    value = _value(node, values)
    return None if value is None else bool(value)


def _comparison(node: ast.Compare, values: Mapping[str, Value]) -> Truth:
    """Return the truth of ``a < b <= c``, link by link."""
    sides = [node.left, *node.comparators]
    links: list[Truth] = []
    for left_node, right_node, op in zip(sides, sides[1:], node.ops, strict=False):
        left = _value(left_node, values)
        if isinstance(op, ast.In | ast.NotIn):
            choices = [_value(item, values) for item in getattr(right_node, "elts", [])]
            inside = None if left is None else left in choices
            links.append(inside if inside is None or isinstance(op, ast.In) else not inside)
            continue
        right = _value(right_node, values)
        links.append(None if left is None or right is None else _COMPARE[type(op)](left, right))
    if False in links:
        return False
    return None if None in links else True


def _value(node: ast.expr, values: Mapping[str, Value]) -> Value:
    if isinstance(node, ast.Name):
        return values.get(node.id)
    if isinstance(node, ast.Constant):
        return node.value  # type: ignore[return-value]
    if isinstance(node, ast.UnaryOp):
        inner = _value(node.operand, values)
        return None if inner is None else -inner  # type: ignore[operator]
    return _truth(node, values)


def _settlers(
    node: ast.expr, values: Mapping[str, Value], ask: Callable[[str, bool], Options], want: bool
) -> Options:
    known = _truth(node, values)
    if known is not None:
        return (frozenset(),) if known is want else ()
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _settlers(node.operand, values, ask, not want)
    if isinstance(node, ast.BoolOp):
        parts = [_settlers(part, values, ask, want) for part in node.values]
        every = isinstance(node.op, ast.And) is want  # all parts are needed, or any one is enough
        return _all_of(parts) if every else _smallest(option for part in parts for option in part)
    if isinstance(node, ast.Name):
        return _smallest(ask(node.id, want))
    unknown = sorted(
        {name.id for name in ast.walk(node) if isinstance(name, ast.Name) and values.get(name.id) is None}
    )
    return _all_of([ask(name, want) for name in unknown])


def _all_of(parts: list[Options]) -> Options:
    """Return the sets that hold one option of every part."""
    found: Options = (frozenset(),)
    for part in parts:
        found = _smallest(have | more for have in found for more in part)
    return found


def _smallest(options: Iterable[frozenset[str]]) -> Options:
    """Return the options that hold no other, the smallest first."""
    kept: list[frozenset[str]] = []
    for option in sorted(set(options), key=lambda o: (len(o), sorted(o))):
        if not any(smaller <= option for smaller in kept):
            kept.append(option)
    return tuple(kept[:_MOST_OPTIONS])
