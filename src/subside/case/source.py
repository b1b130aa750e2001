"""From a file to TOML tables: size, encoding and syntax, each mistake a ``Problem``."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path as FilePath
from typing import Any, Final

from subside.errors import CaseError, Problem

__all__ = ["MAX_BYTES", "read_text", "tables"]

#: A case file is written by hand; what is larger is something else.
MAX_BYTES: Final = 1_000_000

_MAX_SYNTAX_MISTAKES: Final = 20
_PLACE: Final = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")
_PAIR: Final = re.compile(r"\s*((?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=(.*)")
_HEADER: Final = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]\]?\s*(?:#.*)?")
_TOO_LONG: Final = re.compile(r"[0-9_]{4300}")
_UNQUOTED: Final = re.compile(r"=\s*([+-]?[\d.]+\s*(?:[a-zA-Z%][\w/%]*)|[A-Za-z][\w /]*)")


def read_text(path: FilePath, *, kind: str = "case file") -> str:
    """Return the text of a case file, or of another ``kind`` of file.

    Raises:
        CaseError: If there is no such file, or it cannot be read, is too large or not UTF-8.
    """
    try:
        if path.is_dir():
            raise _whole(path, "a directory", f"a {kind}", "Name a .toml file in it.")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise _whole(
                path,
                f"a file of {size / 1e6:.1f} MB",
                f"a {kind} of at most {MAX_BYTES / 1e6:.0f} MB",
                f"Recorded vitals belong in a record for replay, not in a {kind}.",
            )
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except CaseError:  # is a ValueError too, and says already what is wrong
        raise
    except FileNotFoundError:
        raise _whole(
            path,
            "no such file",
            f"the path of a {kind}",
            "Check the path; 'subside case new FILE' writes a first one."
            if kind == "case file"
            else "Check the path; examples/ holds some.",
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise _whole(
            path, f"a file that cannot be read ({reason})", "a readable file", "Check its permissions."
        ) from None
    return decode(data, origin=str(path))


def decode(data: bytes, *, origin: str) -> str:
    """Return the text of a case file's bytes, which must be UTF-8.

    Raises:
        CaseError: If they are not.
    """
    accepted = "text in UTF-8"
    if len(data) > MAX_BYTES:
        problem = _problem("a file that does not end", f"at most {MAX_BYTES / 1e6:.0f} MB", "Name a file.")
        raise CaseError([problem], origin=origin)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        problem = _problem("text in UTF-16", accepted, "Save it again with the encoding UTF-8.", line=1)
        raise CaseError([problem], origin=origin)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = _problem(
            f"a byte that is not UTF-8 (0x{data[error.start]:02x})",
            accepted,
            "Save the file again with the encoding UTF-8 (it may be Latin-1 or Windows-1252).",
            line=line,
        )
        raise CaseError([problem], origin=origin) from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise CaseError(
            [_problem("a NUL character (a binary file?)", accepted, "Name a text file.", line=line)],
            origin=origin,
        )
    return text.replace("\r\n", "\n")


def tables(text: str) -> tuple[dict[str, Any], str, list[Problem]]:
    """Return the tables of a TOML text, the text they came from, and its mistakes of syntax.

    A line with a mistake of syntax is noted, blanked and left out, so that the rest of the file can
    still be checked; where that does not help, the tables are empty.
    """
    problems: list[Problem] = []
    text += "\n"  # so that a mistake on the last line has a line and not "the end"
    while True:
        try:
            return tomllib.loads(text), text, problems
        except RecursionError:
            nested = _problem("lists or tables nested too deeply", "a case file", "Check the brackets.")
            return {}, "", [*problems, nested]
        except ValueError as error:  # TOMLDecodeError, or a number with too many digits
            message = str(error)
        lines = text.split("\n")
        place = _PLACE.search(message)
        line = int(place.group(1)) if place is not None and place.group(1) else None
        if place is None:  # the reader of whole numbers, which does not say where it was
            line = next((k for k, here in enumerate(lines, 1) if _TOO_LONG.search(here)), None)
        reason = _PLACE.sub("", message)
        problems.append(_syntax(reason, line, lines))
        alone = line is not None and line <= len(lines) and _stands_alone(lines[line - 1])
        if line is None or not alone or len(problems) >= _MAX_SYNTAX_MISTAKES:
            return {}, "", problems
        lines[line - 1] = ""
        text = "\n".join(lines)


def _stands_alone(line: str) -> bool:
    """Return whether a line can be left out without leaving a bracket or a string open."""
    closed = all(line.count(a) == line.count(b) for a, b in (("[", "]"), ("{", "}")))
    return closed and not _HEADER.fullmatch(line) and '"""' not in line and "'''" not in line


def _syntax(reason: str, line: int | None, lines: list[str]) -> Problem:
    """Return the problem for what the TOML reader did not understand."""
    here = lines[line - 1] if line is not None and line <= len(lines) else ""
    pair = _PAIR.fullmatch(here)
    key = pair.group(1).strip() if pair else ""
    where = f"{_table_above(lines, line)}{key}" if key else "syntax"
    shown = _clip(here) if here.strip() else "the end of the file"
    got, accepted, remedy = f"{shown} ({reason[:1].lower()}{reason[1:]})", "valid TOML", "Check this line."
    if "verwrite" in reason or "twice" in reason or "uplicate" in reason or "mutate" in reason:
        if here.strip().startswith("["):
            where = here.strip()
        got, accepted = f"a second {where}", "each key and table once"
        remedy = "Remove one; repeated infusions, treatments and observations are written [[infusion]]."
    elif "digits" in reason:
        got, accepted, remedy = "a number with too many digits", "a number of a possible size", "Check it."
    elif line is None:
        got = "a string, list or table that is not closed at the end of the file"
        remedy = 'Look for a missing ", ] or }.'
    elif _UNQUOTED.search(here) and '"' not in here.partition("=")[2].partition("#")[0]:
        accepted = "a number alone, or text in quotes"
        remedy = 'Put quantities and names in quotes, such as start = "0 h".'
    elif pair and _UNQUOTED.search(here):
        remedy = 'Quantities and names go in quotes, such as rate = "22 mg/h"; one entry a line.'
    elif not pair and not here.strip().startswith("["):
        remedy = "Write key = value, such as weight_kg = 70; a comment starts with #."
    return Problem(where=where, got=got, accepted=accepted, remedy=remedy, line=line)


def _table_above(lines: list[str], line: int | None) -> str:
    """Return the header of the table that a line is in, as a prefix of a path."""
    above = [match for text in lines[: line or 0] if (match := _HEADER.fullmatch(text))]
    if not above:
        return ""
    name = above[-1].group(2)
    if above[-1].group(1) == "[":
        return f"{name}."
    return f"{name}[{sum(match.group(2) == name for match in above)}]."


def _clip(line: str) -> str:
    flat = " ".join("".join(c if c.isprintable() else " " for c in line).split())
    return f"'{flat}'" if len(flat) <= 60 else f"'{flat[:57]}...'"


def _problem(got: str, accepted: str, remedy: str, *, line: int | None = None) -> Problem:
    return Problem(where="file", got=got, accepted=accepted, remedy=remedy, line=line)


def _whole(path: FilePath, got: str, accepted: str, remedy: str) -> CaseError:
    return CaseError([_problem(got, accepted, remedy)], origin=str(path))
