"""Compile the circuit's loop ahead, and know whether that has been done."""

from __future__ import annotations

from subside.engine.kernel.jit import cache_folder

MARK = "circuit"  # beside the kernel's own mark, since simulations do without the circuit


def is_warm() -> bool:
    """Return whether compiled code for these sources is already on disk."""
    return (cache_folder() / MARK).exists()


def warm() -> None:
    """Run the shortest experiment once."""
    from subside.engine.circuit.members import HEALTHY, typical
    from subside.engine.circuit.simulate import run
    from subside.engine.circuit.stimuli import Train

    run(typical(), (Train(frequency_hz=1.0, count=1, tail_ms=1.0),), cord=HEALTHY)
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
