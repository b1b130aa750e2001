"""Runs of so many patients that they are counted instead of kept, here or on a cluster."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from subside.cli import memory
from subside.cli.arguments import Parser, WrongCallError, folder, whole_number
from subside.cli.talk import Talk

if TYPE_CHECKING:
    from subside.case import Case
    from subside.course import Comparison, Course

__all__ = ["MOST_WORKERS", "add_many", "check_gpu", "compare_many", "is_counted", "say_table", "simulate_many"]

MOST_WORKERS = 256


def add_many(parser: Parser) -> None:
    """Add where the work is done and where full curves of many go."""
    parser.add_argument(
        "--curves",
        type=folder,
        default=None,
        metavar="DIR.zarr",
        help="also write every patient's full curves to a new Zarr store, which xarray opens",
    )
    parser.add_argument(
        "--workers",
        type=whole_number(low=0, high=MOST_WORKERS, example="--workers 2"),
        default=None,
        metavar="N",
        help="processes of a local cluster; 0: threads of this process. Default: one a processor from 100000 "
        "patients on, else 0",
    )
    parser.add_argument(
        "--scheduler",
        default=None,
        metavar="ADDRESS",
        help="let the workers of a running Dask scheduler do it, such as tcp://10.0.0.5:8786 (a trusted network)",
    )
    parser.add_argument(
        "--device",
        choices=("cpu", "gpu"),
        default="cpu",
        help="gpu: an NVIDIA graphics processor computes the same equations (needs subside[gpu])",
    )


def check_gpu(options: Namespace) -> None:
    """Refuse ``--device gpu`` where there is none, before anything is made ready."""
    if options.device == "gpu":
        from subside.engine.kernel.device import check_device

        check_device()


def is_counted(options: Namespace) -> bool:
    """Return whether this run is counted in bins instead of keeping every curve."""
    from subside.engine.scale.sizes import COUNTED_ABOVE

    asked = options.curves is not None or options.scheduler is not None or options.workers is not None
    if asked and options.patients == 1:
        raise WrongCallError(
            "--curves, --workers and --scheduler are for many patients; got one. "
            "Add --patients 1000, or leave them out."
        )
    if options.curves is not None and options.curves.exists():
        raise WrongCallError(
            f"--curves must name a store that does not exist yet; got {str(options.curves)!r}, which does. "
            "Remove it or choose another name."
        )
    return asked or options.patients > COUNTED_ABOVE


def simulate_many(options: Namespace, case: Case, talk: Talk) -> Course:
    """Return the course of many patients, counted."""
    where = _where(options, case, talk, arms=1)
    from subside.engine.scale import summaries

    with talk.progress(f"Simulating {options.patients:,} patients") as progress:
        return summaries(case, options.patients, progress=progress, **where)


def compare_many(
    options: Namespace, case: Case, arms: Sequence[str | Case], talk: Talk
) -> Comparison:
    """Return the comparison of many patients in several arms, counted."""
    where = _where(options, case, talk, arms=len(arms) + 1)
    from subside.engine.scale import compared

    with talk.progress(f"Simulating {options.patients:,} patients, {len(arms) + 1} treatments") as progress:
        return compared(case, arms, options.patients, progress=progress, **where)


def say_table(options: Namespace, case: Case, talk: Talk) -> None:
    """Say how large the table of full curves will be, if it is large."""
    from subside.engine.scale.sizes import table_bytes

    size = table_bytes(options.patients, _n_times(options, case), options.format)
    if options.patients > 1 and size > 10e6:
        talk.say(f"course.{options.format} will take about {_size(size)}.")


def _where(options: Namespace, case: Case, talk: Talk, *, arms: int) -> dict[str, Any]:
    """Return when and where to work, after saying so; refuse what memory or disk cannot hold."""
    from subside.engine.scale.sizes import CLUSTER_FROM, store_bytes

    n_times = _n_times(options, case)
    workers = options.workers
    if workers is None:
        large = options.patients >= CLUSTER_FROM and options.scheduler is None
        workers = _processors() if large and find_spec("distributed") is not None else 0
        workers = 0 if workers == 1 else workers
    if options.scheduler is not None:
        place = f"by the workers of {options.scheduler}"
    elif workers:
        place = f"by a local cluster of {workers} process{'' if workers == 1 else 'es'}"
    else:
        place = f"on {_processors()} thread{'' if _processors() == 1 else 's'} of this process"
    _check(n_times, arms=arms, workers=max(workers, _processors()), patients=options.patients)
    talk.say(
        f"{options.patients:,} patients are counted in bins, {place}: percentiles within one bin, means exact, "
        "no single curves kept."
    )
    if options.curves is not None:
        size = _size(store_bytes(options.patients, n_times))
        talk.say(f"{options.curves} will take up to {size} (float32, before compression).")
    elif getattr(options, "out", None) is not None:
        size = _size(store_bytes(options.patients, n_times))
        talk.say(f"No table of curves is written: it would hold {size}. --curves DIR.zarr writes them, in chunks.")
    return {
        "seed": options.seed,
        "times_h": options.at,
        "workers": workers,
        "scheduler": options.scheduler,
        "curves": options.curves,
        "device": options.device,
    }


def _check(n_times: int, *, arms: int, workers: int, patients: int) -> None:
    """Refuse so many times that even counts would not fit.

    Raises:
        WrongCallError: If the counts need more than four fifths of the memory that is free now.
    """
    from subside.engine.scale.sizes import counted_bytes

    need, free = counted_bytes(n_times, arms=arms, workers=workers), memory.available_bytes()
    if free is not None and need > 0.8 * free:
        raise WrongCallError(
            f"--patients {patients} at {n_times} times in {arms} arm{'' if arms == 1 else 's'} needs about "
            f"{need / 1e9:.0f} GB of memory; {free / 1e9:.0f} GB are free. Ask for few times with --at."
        )


def _n_times(options: Namespace, case: Case) -> int:
    from subside.engine.times import default_times_h

    return len(default_times_h(case) if options.at is None else options.at)


def _processors() -> int:
    from subside.engine.kernel.pool import available_threads

    return available_threads()


def _size(size: float) -> str:
    """Return a size in words.

    >>> [_size(5e10), _size(7.2e8), _size(4e4)]
    ['50 GB', '720 MB', '1 MB']
    """
    return f"{size / 1e9:.0f} GB" if size >= 1e9 else f"{max(size / 1e6, 1):.0f} MB"


