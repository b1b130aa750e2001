"""Any file of tables read like a case: every mistake in one go, with its key and line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from os import PathLike
from pathlib import Path as FilePath
from typing import Any, TypeVar

from pydantic import BaseModel

from subside.case.explain import Found
from subside.case.positions import positions
from subside.case.quantities import Flaw
from subside.case.read import _frozen, _problem, _table
from subside.case.source import read_text, tables
from subside.errors import CaseError, Problem

__all__ = ["parse_tables", "read_tables"]

Model = TypeVar("Model", bound=BaseModel)
More = Callable[[Any], Iterable[Flaw]]


def read_tables(path: str | PathLike[str], model: type[Model], *, kind: str, more: More | None = None) -> Model:
    """Return what a file holds; arguments as for ``parse_tables``.

    Raises:
        CaseError: If the file cannot be read or has mistakes; it holds all of them.
    """
    return parse_tables(read_text(FilePath(path), kind=kind), model, origin=str(path), kind=kind, more=more)


def parse_tables(
    text: str, model: type[Model], *, origin: str, kind: str, more: More | None = None
) -> Model:
    """Return what a TOML text holds as this model.

    Args:
        text: The content of the file.
        model: A strict table type, ``quantities.Entry``.
        origin: What messages call it, such as the file's path.
        kind: What it should be, in words: ``"trial file"``.
        more: Looks for what does not fit together across tables, in a text whose tables are right.

    Raises:
        CaseError: If the text has mistakes; it holds all of them, in the order of the text.
    """
    raw, readable, problems = tables(text)
    if not raw and not problems:
        problems.append(
            Problem(
                where="file",
                got="no key at all",
                accepted=f"a {kind}: format, title and its tables",
                remedy="The reference pages show a whole one.",
            )
        )
    if raw:
        made, found = _table(model, _frozen(raw), ())
        if problems:  # what seems to be missing may have stood on a line that was left out
            found = [m for m in found if m.kind != "missing" and (m.kind != "flaw" or m.compares)]
        elif made is not None and more is not None:
            found = [Found(f.at, f.got, f.accepted, f.remedy, kind="flaw") for f in more(made)]
        lines = positions(readable)
        problems += [_problem(mistake, lines) for mistake in found]
        if made is not None and not problems:
            whole: Model = made
            return whole
    raise CaseError(problems, origin=origin)
