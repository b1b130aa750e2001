"""What a verb hands back, and the one JSON envelope around it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from subside import __version__

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["FORMAT", "Answer", "envelope", "to_json"]

FORMAT = 1
"""Version of the envelope; it changes only when a program that reads it would break."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The result of one command.

    Attributes:
        result: What ``--json`` prints as ``result``. Called only with ``--json``.
        show: Prints the same for people.
        warnings: What travels with the result: ``{"code": ..., "text": ...}``.
        sources: What it rests on.
        finding: Whether the command found something to act on (exit code 1).
        afterwards: Said on stderr at the very end, such as where files were written.
    """

    result: Callable[[], Any]
    show: Callable[[Console], None]
    warnings: Sequence[Mapping[str, Any]] = field(default=())
    sources: Sequence[Any] = field(default=())
    finding: bool = False
    afterwards: str = ""


def envelope(answer: Answer, *, verb: str, seed: int) -> dict[str, Any]:
    """Return the document that ``--json`` prints; the seed stands there also where no chance plays."""
    return {
        "format": FORMAT,
        "subside": __version__,
        "verb": verb,
        "seed": seed,
        "warnings": [dict(warning) for warning in answer.warnings],
        "sources": list(answer.sources),
        "result": answer.result(),
    }


def to_json(document: Any) -> str:
    """Return one line of JSON; a NaN is our mistake and raises ValueError, since JSON has none."""
    return json.dumps(document, allow_nan=False, ensure_ascii=False)
