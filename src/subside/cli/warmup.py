"""Compile the model's loops ahead, so that the next run starts at once."""

from __future__ import annotations

from argparse import Namespace
from importlib.util import find_spec
from typing import TYPE_CHECKING

from subside.cli.answer import Answer
from subside.cli.arguments import Parser
from subside.cli.talk import Talk
from subside.errors import MissingExtraError

if TYPE_CHECKING:
    from rich.console import Console


def add_arguments(parser: Parser) -> None:
    """No arguments of its own."""


def run(options: Namespace, talk: Talk) -> Answer:
    """Compile everything that simulations and experiments on the circuit use; compiled code is kept."""
    import time

    if find_spec("numba") is None:
        raise MissingExtraError("engine", needed_for="Compiling the equations")
    from subside.engine import warmup
    from subside.engine.circuit.warm import warm as warm_circuit
    from subside.engine.kernel import cache_folder

    talk.say("Compiling the equations for this machine (once, a few seconds) ...")
    started = time.monotonic()
    warmup()
    warm_circuit()
    seconds = round(time.monotonic() - started, 2)
    folder = str(cache_folder())

    def show(console: Console) -> None:
        console.print(f"Ready after {seconds:.1f} s. Compiled code is kept in {folder}", highlight=False)

    return Answer(result=lambda: {"seconds": seconds, "cache": folder}, show=show)
