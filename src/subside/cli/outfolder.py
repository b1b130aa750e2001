"""Writing results so that nothing is ever half-written: all files appear together, or none."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from subside.cli.arguments import WrongCallError

__all__ = ["out_folder", "write_whole"]


@contextmanager
def out_folder(target: Path) -> Iterator[Path]:
    """Give a hidden working folder inside ``target``; its files move to ``target`` at the end.

    ``target`` is made before any work starts, so that a folder that cannot be written costs no one
    a long run. If the work fails or is stopped, the working folder goes, and ``target`` too if it
    was made here.

    Raises:
        WrongCallError: If the folder cannot be made or written.
    """
    with _stopped_like_ctrl_c():
        yield from _folder(target)


def _folder(target: Path) -> Iterator[Path]:
    new = [path for path in (target, *target.parents) if not path.exists()]  # innermost first
    work = target / f".subside-{os.getpid()}-{time.time_ns()}"
    try:  # from before the first folder is made: a stop may come at any moment
        try:
            work.mkdir(parents=True)
        except OSError as error:
            raise _cannot_write(target, error) from None
        yield work
        for file in sorted(work.iterdir()):
            file.replace(target / file.name)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        _undo(new)
        raise
    shutil.rmtree(work, ignore_errors=True)


@contextmanager
def _stopped_like_ctrl_c() -> Iterator[None]:
    """Let a polite kill (SIGTERM) clean up as Ctrl-C does; only the main thread may ask for that."""

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def write_whole(target: Path, text: str) -> None:
    """Write a text file that appears under its name only when it is whole.

    Raises:
        WrongCallError: If it cannot be written there.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".subside-", dir=target.parent) as folder:
            part = Path(folder) / target.name
            part.write_text(text, encoding="utf-8")
            part.replace(target)
    except OSError as error:
        raise _cannot_write(target, error) from None


def _undo(made: list[Path]) -> None:
    for path in made:
        with contextlib.suppress(OSError):  # not empty, or never made
            path.rmdir()


def _cannot_write(target: Path, error: OSError) -> WrongCallError:
    reason = "it is a file" if isinstance(error, FileExistsError | NotADirectoryError) else error.strerror
    return WrongCallError(
        f"cannot write to {str(target)!r}: {reason or error}. Nothing was written. "
        "Name a folder that you may write to."
    )
