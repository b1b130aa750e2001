"""One explicit vector instruction sequence: a sum of products, lane by lane.

The compiler vectorizes the slow equations by itself, but gives up on sparse matrix products,
whose offsets it cannot prove apart. They are spelled out here with vectors of ``LANES`` numbers;
the sum stays in registers.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from subside.engine.kernel.lanes import LANES

VECTOR = ir.VectorType(ir.DoubleType(), LANES)


@intrinsic
def sum_of_products(
    typing_context: Any, out: Any, o: Any, a: Any, at_a: Any, b: Any, at_b: Any, first: Any, last: Any
) -> Any:
    """Set item ``o`` of ``out`` to the sum of ``a[at_a[t]] * b[at_b[t]]``, first <= t < last.

    ``out``, ``a``, ``b`` are flat arrays of items of ``LANES`` doubles; ``at_a`` and ``at_b`` hold
    item numbers. Nothing is checked: callers pass what ``linear.pattern`` made.
    """
    signature = types.void(out, types.int64, a, at_a, b, at_b, types.int64, types.int64)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        arrays = {
            i: context.make_array(signature.args[i])(context, builder, arguments[i]).data
            for i in (0, 2, 3, 4, 5)
        }
        lanes = ir.Constant(ir.IntType(64), LANES)

        def item(array: int, index: Any) -> Any:
            start = builder.gep(arrays[array], [builder.mul(index, lanes)])
            return builder.bitcast(start, VECTOR.as_pointer())

        total = cgutils.alloca_once_value(builder, ir.Constant(VECTOR, [0.0] * LANES))
        with cgutils.for_range_slice(builder, arguments[6], arguments[7], ir.Constant(ir.IntType(64), 1)) as (
            t,
            _,
        ):
            left = builder.load(item(2, builder.load(builder.gep(arrays[3], [t]))), align=8)
            right = builder.load(item(4, builder.load(builder.gep(arrays[5], [t]))), align=8)
            product = builder.fmul(left, right, flags=("contract",))
            builder.store(builder.fadd(builder.load(total), product, flags=("contract",)), total)
        builder.store(builder.load(total), item(0, arguments[1]), align=8)
        return context.get_dummy_value()

    return signature, generate
