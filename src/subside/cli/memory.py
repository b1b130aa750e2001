"""Refusing a run that this machine's memory cannot hold, before it starts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from subside.cli.arguments import WrongCallError

if TYPE_CHECKING:
    from subside.case import Case

__all__ = ["check_memory"]

BYTES_A_VALUE = 4  # samples are float32
COPIES = 2.5  # measured: 10,000 patients at 87 times peak at 2.2 times their samples
BASE_BYTES = 300e6
DRAWS_OF_ONE = 400  # what stands behind one patient's bands


def check_memory(case: Case, *, n_patients: int, times_h: Sequence[float] | None, arms: int) -> None:
    """Refuse a run whose full curves would not fit.

    Raises:
        WrongCallError: If it needs more than four fifths of the memory that is free now.
    """
    if n_patients <= DRAWS_OF_ONE:
        return
    from subside.course import NAMES
    from subside.engine.times import default_times_h

    n_times = len(default_times_h(case) if times_h is None else times_h)
    need = BASE_BYTES + COPIES * BYTES_A_VALUE * n_patients * n_times * len(NAMES) * arms
    free = available_bytes()
    if free is not None and need > 0.8 * free:
        raise WrongCallError(
            f"--patients {n_patients} at {n_times} times in {arms} arm{'' if arms == 1 else 's'} needs about "
            f"{need / 1e9:.0f} GB of memory; {free / 1e9:.0f} GB are free. "
            "Ask for fewer patients, or for few times with --at."
        )


def available_bytes() -> float | None:
    """Return how much memory a process may still take, or None where no one says."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return float(line.split()[1]) * 1024.0
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (OSError, ValueError, AttributeError):
        return None
