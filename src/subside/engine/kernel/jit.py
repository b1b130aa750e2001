"""The compile decorators and the folder that keeps compiled code.

Numba's own cache is keyed by the source of the *decorated* function only: an edit in an equation
that another file inlines would silently give the old answer. Here the cache folder itself is named
after a hash of every source file of the engine, so any edit starts from an empty folder.
"""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import llvmlite.binding
import numba

Function = TypeVar("Function", bound=Callable[..., Any])

ENGINE = Path(__file__).resolve().parent.parent
KEPT_FOLDERS = 4

# "reassoc" would break the rounding trick in ``functions.exp`` without a word; "nnan" and "ninf"
# would let the optimizer assume that a failed patient cannot happen. Neither is wanted.
FASTMATH = {"contract", "nsz", "arcp"}


def sources_hash() -> str:
    """Return a short hash of every source file of the engine, the compiler's version and the processor."""
    made_by = (sys.version_info[:2], numba.__version__, llvmlite.binding.get_host_cpu_name())
    return hashlib.sha256(repr(made_by).encode() + engine_hash().encode()).hexdigest()[:16]


def engine_hash() -> str:
    """Return a short hash of every source file of the engine: equal engines, on any machine."""
    digest = hashlib.sha256()
    for path in sorted(ENGINE.rglob("*.py")):
        digest.update(path.relative_to(ENGINE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@functools.cache
def cache_folder() -> Path:
    """Return the folder that holds code compiled from exactly these sources.

    ``SUBSIDE_CACHE_DIR`` overrides the place; the default is ``$XDG_CACHE_HOME/subside``.
    """
    base = os.environ.get("SUBSIDE_CACHE_DIR")
    root = Path(base) if base else Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "subside"
    return root.expanduser() / "kernels" / sources_hash()


def is_warm() -> bool:
    """Return whether compiled code for these sources is already on disk."""
    return (cache_folder() / "complete").exists()


def mark_warm() -> None:
    """Note that every loop has been compiled, and drop the oldest folders of earlier sources."""
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "complete").touch()
    others = [p for p in folder.parent.iterdir() if p.is_dir() and p != folder]
    others.sort(key=lambda p: p.stat().st_mtime, reverse=True)
    for old in others[KEPT_FOLDERS - 1 :]:
        shutil.rmtree(old, ignore_errors=True)


def _use_cache_folder() -> None:
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
    except OSError:  # a read-only home: compile in memory, each time
        return
    numba.config.CACHE_DIR = str(cache_folder())


_use_cache_folder()


def scalar(function: Function) -> Function:
    """Compile an equation of plain floats that loops inline.

    Inside a lane loop it must be free of branches with side effects, or the loop stays scalar.
    Callable from Python as well; ``.py_func`` is the uncompiled equation.
    """
    return numba.njit(inline="always", error_model="numpy", fastmath=FASTMATH)(function)


def compiled(function: Function) -> Function:
    """Compile a loop, free of the interpreter lock, and keep it in ``cache_folder()``."""
    return _compile(function)


def exact(function: Function) -> Function:
    """Compile a loop that rounds as NumPy does: nothing is contracted or reordered."""
    return _compile(function, fastmath=False)


def inner(function: Function) -> Function:
    """Compile a loop that allocates nothing; for whatever runs once a step.

    As ``compiled``, but arrays are not reference-counted: each count is an atomic instruction, a
    slice takes two, and they would cost as much time as the equations. The caller, ``compiled``,
    owns the arrays.
    """
    return _compile(function, _nrt=False)


def _compile(function: Function, **options: Any) -> Function:
    cached = Path(str(numba.config.CACHE_DIR)).is_dir() if numba.config.CACHE_DIR else False
    options = {"fastmath": FASTMATH, **options}
    return numba.njit(nogil=True, error_model="numpy", cache=cached, **options)(function)
