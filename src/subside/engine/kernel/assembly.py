"""Look at the machine code: is a loop really vector code? For tests and for whoever tunes a loop."""

from __future__ import annotations

import platform
import re
from typing import Any, NamedTuple

import numba

from subside.errors import ParameterError

_ARITHMETIC = re.compile(r"^\s+v?(?:add|sub|mul|div|fn?m(?:add|sub)\d*)([ps])d\s", re.MULTILINE)


class Arithmetic(NamedTuple):
    """How many instructions of double-precision arithmetic work on several numbers, and on one."""

    packed: int
    single: int

    @property
    def packed_share(self) -> float:
        """Share of the instructions that work on several numbers; 0 if there are none."""
        return self.packed / max(1, self.packed + self.single)


def readable_here() -> bool:
    """Return whether this machine's code is one that ``arithmetic`` can read."""
    return platform.machine().lower() in ("x86_64", "amd64")


def arithmetic(dispatcher: Any) -> Arithmetic:
    """Return the arithmetic instructions of a compiled loop that has been called at least once.

    The loop is compiled again: what comes from the cache carries no assembly. Functions it calls are
    seen only where they are inlined, as all ``inner`` ones of a time loop should be; look at such a loop
    itself after looking at its caller (which makes the compiler type the call).

    Raises:
        ParameterError: If the loop has never been called.
    """
    if not dispatcher.signatures:
        raise ParameterError(
            f"dispatcher must have been called; got {dispatcher.py_func.__name__}, not compiled for any "
            "arguments yet. Run it once, or look at its caller first."
        )
    options = {name: value for name, value in dispatcher.targetoptions.items() if name != "boundscheck"}
    again = numba.jit(**options)(dispatcher.py_func)
    for signature in dispatcher.signatures:
        again.compile(signature)
    kinds = [kind for text in again.inspect_asm().values() for kind in _ARITHMETIC.findall(text)]
    return Arithmetic(packed=kinds.count("p"), single=kinds.count("s"))
