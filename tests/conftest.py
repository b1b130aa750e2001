"""What every test may use."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples each time, so that a change lands or fails for what it changes; no deadline, since a
# shared machine is no fault of the code. `HYPOTHESIS_PROFILE=explore make test` looks for new ones.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

ROOT = Path(__file__).resolve().parent.parent

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's top folder."""
    return ROOT


@pytest.fixture
def fresh_python() -> Command:
    """Run Python in a process of its own: ``fresh_python("-c", "...")``."""

    def call(
        *words: str, cwd: Path = ROOT, timeout: float = 120, **more: str
    ) -> subprocess.CompletedProcess[str]:
        return _call([sys.executable, *words], cwd=cwd, timeout=timeout, more=more)

    return call


@pytest.fixture
def subside(fresh_python: Command) -> Command:
    """Run the command line in a process of its own: ``subside("simulate", "case.toml")``."""

    def call(*words: str, **settings: object) -> subprocess.CompletedProcess[str]:
        return fresh_python("-m", "subside", *words, **settings)

    return call


def _call(
    words: Sequence[str], *, cwd: Path, timeout: float, more: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", **more}
    return subprocess.run(
        words, cwd=cwd, env=env, timeout=timeout, capture_output=True, text=True, check=False
    )
