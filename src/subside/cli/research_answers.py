"""What the verbs of research share: a result on the screen, in JSON, and with ``--out`` in a folder."""

from __future__ import annotations

import argparse
import csv
import io
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from subside.cli.answer import Answer, envelope, to_json
from subside.cli.arguments import Parser, folder, times

__all__ = ["add_out", "cell", "one_time", "plain", "write_with", "written_table"]


def add_out(parser: Parser, what: str) -> None:
    """Add ``--out``."""
    parser.add_argument(
        "--out", type=folder, default=None, metavar="DIR", help=f"also write {what} and result.json into DIR"
    )


def one_time(text: str) -> float:
    """Return one time in h."""
    found = times(text)
    if len(found) != 1:
        raise argparse.ArgumentTypeError(f'must be one time; got {text!r}. Try "7 d"')
    return float(found[0])


def write_with(
    answer: Callable[[], tuple[Answer, Callable[[Path], None]]], options: Namespace, *, verb: str, what: str
) -> Answer:
    """Return the answer; with ``--out`` its files are written too, all or none."""
    if options.out is None:
        return answer()[0]

    from subside.cli.outfolder import out_folder

    with out_folder(options.out) as work:
        found, write = answer()
        write(work)
        document = to_json(envelope(found, verb=verb, seed=options.seed))
        (work / "result.json").write_text(document + "\n", encoding="utf-8")
    return replace(found, afterwards=f"Wrote {what} and result.json into {options.out}.")


def written_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as CSV text; what is not known is an empty field."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: "" if value is None else value for key, value in row.items()} for row in rows)
    return text.getvalue()


def plain(value: Any) -> Any:
    """Return numbers with seven digits, NaN as None, tuples as lists: what JSON can say."""
    import math

    if isinstance(value, bool) or value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return float(f"{value:.7g}") if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, Sequence):
        return [plain(one) for one in value]
    return plain(float(value))


def cell(value: float | None, digits: int = 2, *, sign: bool = False) -> str:
    """Return a number for a table on the screen."""
    if value is None or value != value:
        return ""
    text = f"{value:{'+' if sign else ''}.{digits}f}"
    if float(text) == 0.0:
        text = text.lstrip("+-")
    return text.replace("-", "\N{MINUS SIGN}")
