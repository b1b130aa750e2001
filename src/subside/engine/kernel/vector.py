"""Vectors of patients inside a compiled loop: equations written for one float serve eight at once.

A compiler turns a loop over lanes into vector code only while it can prove a good deal about it; for
a model of thirty states it gives up, and the loop runs four times slower without a word. Here nothing
is left to chance. Inside a compiled loop ::

    for i in range(0, LANES, WIDTH):
        j = together(i)
        y[S + j] = decay(y[S + j], q[KS + j])

an array element at ``S + j`` is a vector of ``WIDTH`` neighbors, and ``+ - * /``, comparisons,
``min``, ``max``, ``abs``, ``where`` and every function of ``functions.py`` work on it as on a float; a
float beside it counts for all lanes. With ``j`` a plain integer the same code handles one patient.
The processor needs no such registers: narrower ones take two or four instructions instead of one.

Not there: ``math`` functions, ``**`` (write ``x * x`` or ``power``), ``if`` on a lane's value (write
``where``), arrays that are not flat.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import types
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, lower_cast, models, overload, register_model

WIDTH = 8
FLAGS = ("contract", "nsz", "arcp")  # as jit.FASTMATH: nothing that would forget a NaN
ALIGNED = 64  # bytes; what a store past the cache needs

_ELEMENTS = {
    types.float64: ir.DoubleType(),
    types.float32: ir.FloatType(),
    types.int64: ir.IntType(64),
    types.boolean: ir.IntType(1),
}


class Vector(types.Type):
    """The compiler's type of ``WIDTH`` neighboring lanes."""

    def __init__(self, element: Any) -> None:
        self.element = element
        super().__init__(name=f"Vector({element})")


class VectorIndex(types.Type):
    """The compiler's type of a position that stands for ``WIDTH`` neighbors."""

    def __init__(self) -> None:
        super().__init__(name="VectorIndex")


FLOATS, INTS, MASK = Vector(types.float64), Vector(types.int64), Vector(types.boolean)
INDEX = VectorIndex()
_BESIDE: dict[Vector, tuple[Any, ...]] = {  # what may stand beside a vector and counts for all lanes
    FLOATS: (types.Float, types.Integer),
    INTS: (types.Integer,),
    MASK: (types.Boolean,),
}


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, vector: Vector) -> None:
        super().__init__(manager, vector, ir.VectorType(_ELEMENTS[vector.element], WIDTH))


@register_model(VectorIndex)
class _IndexModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, index: VectorIndex) -> None:
        super().__init__(manager, index, ir.IntType(64))


def _splat(builder: Any, value: Any) -> Any:
    kind = ir.VectorType(value.type, WIDTH)
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(one, ir.Constant(kind, ir.Undefined), zeros)


@lower_cast(types.Float, Vector)
@lower_cast(types.Integer, Vector)
@lower_cast(types.Boolean, Vector)
def _cast(context: Any, builder: Any, from_type: Any, to_type: Any, value: Any) -> Any:
    return _splat(builder, context.cast(builder, value, from_type, to_type.element))


def _common(args: tuple[Any, ...]) -> Vector | None:
    """Return the vector type that these arguments meet in, or None if there is none."""
    vectors = {a for a in args if isinstance(a, Vector)}
    rest = [a for a in args if not isinstance(a, Vector)]
    if len(vectors) != 1:
        return None
    (vector,) = vectors
    return vector if all(isinstance(a, _BESIDE[vector]) for a in rest) else None


def _define(function: Any, n: int, build: dict[Vector, Callable[..., Any]], result: Vector | None) -> None:
    """Teach the compiler ``function`` of ``n`` vectors; ``build`` makes the instruction by type."""

    @infer_global(function)
    class _Template(AbstractTemplate):  # type: ignore[misc]
        def generic(self, args: tuple[Any, ...], kws: Any) -> Any:
            vector = _common(args) if len(args) == n and not kws else None
            if vector not in build:
                return None
            return signature(result or vector, *[vector] * n)

    @lower_builtin(function, *[Vector] * n)
    def _lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return build[sig.args[0]](builder, *args)


def _float(name: str) -> Callable[..., Any]:
    return lambda builder, *args: getattr(builder, name)(*args, flags=FLAGS)


def _integer(name: str) -> Callable[..., Any]:
    return lambda builder, *args: getattr(builder, name)(*args)


def _compare(sign: str) -> Callable[..., Any]:
    return lambda builder, a, b: builder.fcmp_ordered(sign, a, b)


def _pick(sign: str) -> Callable[..., Any]:
    # A NaN in the first argument stays: one machine instruction, and a failed patient is not healed.
    return lambda builder, a, b: builder.select(builder.fcmp_ordered(sign, b, a), b, a)


def _absolute(builder: Any, a: Any) -> Any:
    return _pick(">")(builder, a, builder.fneg(a, flags=FLAGS))


_define(operator.add, 2, {FLOATS: _float("fadd"), INTS: _integer("add")}, None)
_define(operator.sub, 2, {FLOATS: _float("fsub"), INTS: _integer("sub")}, None)
_define(operator.mul, 2, {FLOATS: _float("fmul")}, None)
_define(operator.truediv, 2, {FLOATS: _float("fdiv")}, None)
_define(operator.neg, 1, {FLOATS: _float("fneg")}, None)
_define(operator.lshift, 2, {INTS: _integer("shl")}, None)
_define(operator.rshift, 2, {INTS: _integer("ashr")}, None)
_define(operator.and_, 2, {MASK: _integer("and_")}, None)
_define(operator.or_, 2, {MASK: _integer("or_")}, None)
_define(max, 2, {FLOATS: _pick(">")}, None)
_define(min, 2, {FLOATS: _pick("<")}, None)
_define(abs, 1, {FLOATS: _absolute}, None)
for _operator, _sign in (("lt", "<"), ("le", "<="), ("gt", ">"), ("ge", ">=")):
    _define(getattr(operator, _operator), 2, {FLOATS: _compare(_sign)}, MASK)


@intrinsic
def together(typing_context: Any, first: Any) -> Any:
    """Return the position of the ``WIDTH`` lanes from ``first`` on; add a plain integer to it."""
    if isinstance(first, types.Integer):
        return INDEX(types.int64), _same
    return None


def _same(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return args[0]


@infer_global(operator.add)
class _IndexSum(AbstractTemplate):  # type: ignore[misc]
    def generic(self, args: tuple[Any, ...], _: Any) -> Any:
        a, b = args
        if isinstance(a, types.Integer) and b == INDEX:
            return signature(INDEX, types.int64, INDEX)
        if isinstance(b, types.Integer) and a == INDEX:
            return signature(INDEX, INDEX, types.int64)
        return None


@lower_builtin(operator.add, types.Integer, VectorIndex)
@lower_builtin(operator.add, VectorIndex, types.Integer)
def _index_sum(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return builder.add(*args)


def _flat(array: Any) -> bool:
    return (
        isinstance(array, types.Array)
        and array.ndim == 1
        and array.layout == "C"
        and array.dtype in (types.float64, types.float32)
    )


def _address(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    data = context.make_array(array_type)(context, builder, array).data
    kind = ir.VectorType(_ELEMENTS[array_type.dtype], WIDTH)
    return builder.bitcast(builder.gep(data, [index]), kind.as_pointer())


def _narrow(builder: Any, array_type: Any, value: Any) -> Any:
    if array_type.dtype == types.float64:
        return value
    return builder.fptrunc(value, ir.VectorType(ir.FloatType(), WIDTH))


@infer_global(operator.getitem)
class _Load(AbstractTemplate):  # type: ignore[misc]
    def generic(self, args: tuple[Any, ...], _: Any) -> Any:
        array, index = args
        return signature(FLOATS, array, index) if index == INDEX and _flat(array) else None


@lower_builtin(operator.getitem, types.Array, VectorIndex)
def _load(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    item = builder.load(_address(context, builder, sig.args[0], *args), align=4)
    if sig.args[0].dtype == types.float64:
        item.align = 8
        return item
    return builder.fpext(item, ir.VectorType(ir.DoubleType(), WIDTH))


@infer_global(operator.setitem)
class _Store(AbstractTemplate):  # type: ignore[misc]
    def generic(self, args: tuple[Any, ...], _: Any) -> Any:
        array, index, value = args
        fits = value == FLOATS or isinstance(value, (types.Float, types.Integer))
        if index == INDEX and _flat(array) and fits:
            return signature(types.none, array, index, FLOATS)
        return None


@lower_builtin(operator.setitem, types.Array, VectorIndex, Vector)
def _store(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    array, index, value = args
    value = _narrow(builder, sig.args[0], value)
    builder.store(value, _address(context, builder, sig.args[0], array, index), align=4)
    return context.get_dummy_value()


@intrinsic
def stream(typing_context: Any, array: Any, index: Any, value: Any) -> Any:
    """Store a vector past the cache, for output that is written once: half the memory traffic.

    Falls back to a plain store where the place is not aligned (see ``lanes.aligned``).
    """
    if not (_flat(array) and index == INDEX and value == FLOATS):
        return None

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = _address(context, builder, sig.args[0], args[0], args[1])
        narrow = _narrow(builder, sig.args[0], args[2])
        size = WIDTH * (8 if sig.args[0].dtype == types.float64 else 4)
        number = builder.ptrtoint(place, ir.IntType(64))
        rest = builder.and_(number, ir.Constant(ir.IntType(64), size - 1))
        aligned = builder.icmp_unsigned("==", rest, ir.Constant(ir.IntType(64), 0))
        with builder.if_else(aligned, likely=True) as (then, otherwise):
            with then:
                past = builder.store(narrow, place, align=size)
                once = builder.module.add_metadata([ir.Constant(ir.IntType(32), 1)])
                past.set_metadata("nontemporal", once)
            with otherwise:
                builder.store(narrow, place, align=4)
        return context.get_dummy_value()

    return types.void(array, index, value), generate


@intrinsic
def _select(typing_context: Any, condition: Any, a: Any, b: Any) -> Any:
    vector = FLOATS if FLOATS in (a, b) or condition == MASK else types.float64
    which = MASK if condition == MASK else types.boolean

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(*args)

    return vector(which, vector, vector), generate


def where(condition: Any, a: Any, b: Any) -> Any:
    """Return ``a`` where the condition holds and ``b`` elsewhere; both are always computed."""
    return a if condition else b


@overload(where, inline="always", strict=False)
def _where(condition: Any, a: Any, b: Any) -> Any:
    return lambda condition, a, b: _select(condition, a, b)
