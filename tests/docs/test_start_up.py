"""Quick to start: a fresh process loads nothing heavy before it is needed.

Modules are looked at, not seconds: a slow machine is no fault of the code, a stray import is.
"""

from __future__ import annotations

import importlib.util

import pytest

HEAVY = ("numba", "llvmlite", "scipy", "matplotlib", "pyarrow", "django", "brian2", "pandas")
COMPILER = ("numba", "llvmlite", "scipy", "matplotlib", "pyarrow")
# What the first screen may not load either.
NOT_FOR_HELP = (*HEAVY, "numpy", "pydantic", "rich", "asyncio", "email", "importlib.metadata")

ROOMS = ["", ".cli", ".case", ".course", ".evidence", ".care", ".report", ".forecast.contract", ".interop"]

LIST_MODULES = "import sys; print('\\n'.join(sorted(sys.modules)))"


def _exists(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _loaded(text: str, names: tuple[str, ...]) -> set[str]:
    return {line for line in text.splitlines() if line in names}


@pytest.mark.parametrize("room", [f"subside{r}" for r in ROOMS if _exists(f"subside{r}")])
def test_importing_a_room_loads_no_compiler_and_no_plotting(fresh_python, room):
    done = fresh_python("-c", f"import {room}; {LIST_MODULES}")
    assert done.returncode == 0, done.stderr
    assert room in done.stdout.splitlines()
    assert _loaded(done.stdout, COMPILER) == set()
    if not room.startswith("subside.engine"):
        assert "subside.engine" not in done.stdout.splitlines()


@pytest.mark.parametrize("words", [["--help"], ["--version"]])
def test_the_first_screen_loads_nothing_heavy(fresh_python, words):
    code = f"from subside.cli import main; main({words!r}); {LIST_MODULES}"
    done = fresh_python("-c", code)
    assert done.returncode == 0, done.stderr
    assert "subside.cli.app" in done.stdout.splitlines()
    assert _loaded(done.stdout, NOT_FOR_HELP) == set()
