"""exp, log and what is built on them, in a form that becomes vector code.

The C library's exp and log are calls, and one call keeps a whole lane loop scalar. These are
straight-line arithmetic on the bits of a double, portable to every 64-bit machine. NaN in gives NaN
out. Errors, for arguments that are normal numbers: ``exp`` 1e-12 (relative, |x| < 700), ``log`` 1e-12
(absolute, x > 0).

Source: range reduction and Taylor forms, Muller, Elementary Functions, 3rd ed. (2016), ch. 11; the
rounding constant is 1.5 * 2**52.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from subside.engine.kernel.jit import scalar
from subside.engine.kernel.vector import FLOATS, INTS, WIDTH

ROUND = 6755399441055744.0  # adding it leaves the nearest integer in the low bits of the mantissa
LOG2_E = 1.4426950408889634
LN_2 = 0.6931471805599453
SMALLEST = 1e-280  # keeps log away from zero and from denormal numbers
BITS_OF_SQRT_HALF = 0x3FE6A09E667F3BCD
BITS_OF_ROUND = 0x4338000000000000


@intrinsic
def _bits(typing_context: Any, x: Any) -> Any:
    """Return the bits of a double, or of a vector of them, as integers."""
    return _reinterpret(INTS(FLOATS) if x == FLOATS else types.int64(types.float64))


@intrinsic
def _double(typing_context: Any, bits: Any) -> Any:
    """Return the double, or the vector of them, with these bits."""
    return _reinterpret(FLOATS(INTS) if bits == INTS else types.float64(types.int64))


@intrinsic
def _root(typing_context: Any, x: Any) -> Any:
    """Return the square root: one machine instruction, of a double or of a vector."""
    kind = FLOATS if x == FLOATS else types.float64
    name = f"llvm.sqrt.v{WIDTH}f64" if x == FLOATS else "llvm.sqrt.f64"

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        value = context.get_value_type(kind)
        root = cgutils.get_or_insert_function(builder.module, ir.FunctionType(value, [value]), name)
        return builder.call(root, arguments)

    return kind(kind), generate


def _reinterpret(signature: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], context.get_value_type(signature.return_type))

    return signature, generate


@scalar
def exp(x: float) -> float:
    """Return e**x; x is clipped to [-700, 700]."""
    clipped = min(max(x, -700.0), 700.0)
    shifted = clipped * LOG2_E + ROUND
    r = clipped - (shifted - ROUND) * LN_2
    p = 1 / 3628800.0
    p = p * r + 1 / 362880.0
    p = p * r + 1 / 40320.0
    p = p * r + 1 / 5040.0
    p = p * r + 1 / 720.0
    p = p * r + 1 / 120.0
    p = p * r + 1 / 24.0
    p = p * r + 1 / 6.0
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return _double(_bits(p) + (_bits(shifted) << 52))


@scalar
def log(x: float) -> float:
    """Return the natural logarithm of x; x below 1e-280 counts as 1e-280."""
    bits = _bits(max(x, SMALLEST))
    exponent = (bits - BITS_OF_SQRT_HALF) >> 52
    mantissa = _double(bits - (exponent << 52))
    f = (mantissa - 1.0) / (mantissa + 1.0)
    q = f * f
    p = 1 / 13.0
    p = p * q + 1 / 11.0
    p = p * q + 1 / 9.0
    p = p * q + 1 / 7.0
    p = p * q + 1 / 5.0
    p = p * q + 1 / 3.0
    p = p * q + 1.0
    whole = _double(exponent + BITS_OF_ROUND) - ROUND
    # The bits of NaN look like those of a number: the last term keeps a failed patient failed.
    return 2.0 * f * p + whole * LN_2 + 0.0 * x


@scalar
def sqrt(x: float) -> float:
    """Return the square root of x; NaN below 0."""
    return _root(x)


@scalar
def power(x: float, exponent: float) -> float:
    """Return x**exponent for x >= 0 (x**0 is 1, also at x = 0 up to 1e-280)."""
    return exp(exponent * log(x))


@scalar
def michaelis(x: float, half: float) -> float:
    """Return the saturating fraction x / (half + x)."""
    return x / (half + x)


@scalar
def hill(x: float, ec50: float, h: float) -> float:
    """Return the sigmoid Emax fraction x**h / (ec50**h + x**h), for x >= 0 and ec50 > 0."""
    return logistic(h * (log(x) - log(ec50)))


@scalar
def logistic(x: float) -> float:
    """Return 1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + exp(-x))
