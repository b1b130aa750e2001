"""The same functions for a graphics processor: one patient a thread instead of eight in a vector.

Equations and loops are written once, for lanes. ``on_device`` makes the device's form of a function from its own
source: lanes and vectors become one patient, the few pieces that are spelled in machine terms for the processor
(``exp`` and ``log`` on the bits of a double, sums of products, stores past the cache) get plain ones, and every
compiled function it calls is made likewise.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

from subside.engine.kernel import functions, products, vector
from subside.errors import MissingExtraError, ParameterError

#: What stands for the number of lanes or the width of a vector, by the names that loops give them.
ONE_PATIENT = {"LANES": 1, "WIDTH": 1, "L": 1}
#: Patients of one block of threads.
THREADS_A_BLOCK = 64


def _exp(x):  # type: ignore[no-untyped-def]
    return math.exp(min(max(x, -700.0), 700.0))


def _log(x):  # type: ignore[no-untyped-def]
    # NaN, which max may drop, stays: the last term keeps a failed patient failed, as in functions.log
    return math.log(max(x, functions.SMALLEST)) + 0.0 * x


def _root(x):  # type: ignore[no-untyped-def]
    return math.sqrt(x) if x >= 0.0 else math.nan


def _where(condition, a, b):  # type: ignore[no-untyped-def]
    return a if condition else b


def _together(first):  # type: ignore[no-untyped-def]
    return first


def _stream(array, index, value):  # type: ignore[no-untyped-def]
    array[index] = value


def _sum_of_products(out, o, a, at_a, b, at_b, first, last):  # type: ignore[no-untyped-def]
    total = 0.0
    for t in range(first, last):
        total += a[at_a[t]] * b[at_b[t]]
    out[o] = total


_INSTEAD: Mapping[int, Callable[..., Any]] = {
    id(functions.exp): _exp,
    id(functions.log): _log,
    id(functions.sqrt): _root,
    id(vector.where): _where,
    id(vector.together): _together,
    id(vector.stream): _stream,
    id(products.sum_of_products): _sum_of_products,
}


def cuda() -> Any:
    """Return ``numba.cuda``.

    Raises:
        MissingExtraError: If numba-cuda is not installed.
    """
    try:
        from numba import cuda as module
    except ImportError as error:
        raise MissingExtraError("gpu", needed_for="A graphics processor (--device gpu)") from error
    return module


def check_device() -> None:
    """Refuse where no graphics processor answers; the simulator counts as one.

    Raises:
        MissingExtraError: If numba-cuda is not installed.
        ParameterError: If there is no NVIDIA graphics processor, or its driver does not answer.
    """
    if not cuda().is_available():
        raise ParameterError(
            "device must be one that this machine has; got 'gpu', and no NVIDIA graphics processor with a working "
            "driver was found. Leave --device out to use the processor, which gives the same answer."
        )


@functools.cache
def on_device(function: Any) -> Any:
    """Return the device's form of a compiled function, or of a plain one."""
    made = _INSTEAD.get(id(function))
    return cuda().jit(device=True)(rewired(function) if made is None else made)


def rewired(function: Any) -> FunctionType:
    """Return a function with the same source that handles one patient and calls devices' forms."""
    plain = getattr(function, "py_func", function)
    names = _names(plain.__code__)
    values = {name: _for_device(name, value) for name, value in plain.__globals__.items() if name in names}
    copy = FunctionType(
        plain.__code__, {"__builtins__": __builtins__, "__name__": plain.__module__, **values}, plain.__name__
    )
    copy.__module__ = plain.__module__
    return copy


def _for_device(name: str, value: Any) -> Any:
    if name in ONE_PATIENT:
        return ONE_PATIENT[name]
    if id(value) in _INSTEAD or hasattr(value, "py_func"):
        return on_device(value)
    return value


def _names(code: Any) -> set[str]:
    found = set(code.co_names)
    for constant in code.co_consts:
        if hasattr(constant, "co_names"):
            found |= _names(constant)
    return found
