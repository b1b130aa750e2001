"""On which line each key of a TOML text stands.

The text has already been read by ``tomllib``, so it is valid TOML, and all that is left to do is to
find its keys: this walks over strings, comments and brackets, and notes lines.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from collections.abc import Mapping
from typing import Final

__all__ = ["Path", "line_of", "positions"]

Path = tuple[str | int, ...]

_BARE: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def positions(text: str) -> dict[Path, int]:
    """Return the line, counted from 1, of each table, key and list entry of a valid TOML text."""
    return _Walk(text).run()


def line_of(path: Path, lines: Mapping[Path, int]) -> int | None:
    """Return the line of a path, or of the nearest table around it; None for the whole file."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


class _Walk:
    """One walk over one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.breaks = [k for k, character in enumerate(text) if character == "\n"]
        self.lines: dict[Path, int] = {}
        self.entries: dict[Path, int] = {}  # how many tables each list of tables has so far

    def run(self) -> dict[Path, int]:
        table: Path = ()
        while self._skip_blank(newlines=True):
            if self._peek() == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.lines

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _note(self, path: Path) -> None:
        self.lines.setdefault(path, bisect_left(self.breaks, self.at) + 1)

    def _skip_blank(self, *, newlines: bool) -> bool:
        """Move past blanks and comments; return whether any text is left."""
        while self.at < len(self.text):
            character = self.text[self.at]
            if character == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif character in " \t\r" or (newlines and character == "\n"):
                self.at += 1
            else:
                return True
        return False

    def _header(self) -> Path:
        is_list = self.text.startswith("[[", self.at)
        start = self.at
        self.at += 2 if is_list else 1
        keys = self._key()
        self.at += 2 if is_list else 1
        end, self.at = self.at, start
        path: Path = ()
        for key in keys[:-1]:
            path = self._inside((*path, key))
        path = (*path, keys[-1])
        if is_list:
            self._note(path)
            self.entries[path] = self.entries.get(path, 0) + 1
        path = self._inside(path)
        self._note(path)
        self.at = end
        return path

    def _inside(self, path: Path) -> Path:
        """Return the path of a table, or of the last entry where it is a list of tables."""
        return (*path, self.entries[path] - 1) if path in self.entries else path

    def _pair(self, table: Path) -> None:
        start = self.at
        keys = self._key()
        end, self.at = self.at, start
        for length in range(1, len(keys) + 1):
            self._note((*table, *keys[:length]))
        self.at = end + 1  # past "="
        self._skip_blank(newlines=False)
        self._value((*table, *keys))

    def _key(self) -> tuple[str, ...]:
        """Return a key, in its dotted parts, and move behind it and its blanks."""
        parts: list[str] = []
        while True:
            self._skip_blank(newlines=False)
            start = self.at
            if self._peek() in ('"', "'"):
                self._string()
                parts.append(tomllib.loads(f"k = {self.text[start : self.at]}")["k"])
            else:
                while self._peek() in _BARE and self._peek():
                    self.at += 1
                parts.append(self.text[start : self.at])
            self._skip_blank(newlines=False)
            if self._peek() != ".":
                return tuple(parts)
            self.at += 1

    def _string(self) -> None:
        quote = self._peek()
        if self.text.startswith(quote * 3, self.at):
            end = self.at + 3
            while not self.text.startswith(quote * 3, end):
                end += 2 if quote == '"' and self.text[end] == "\\" else 1
            end += 3
            while self.text.startswith(quote, end):  # up to two quotes may precede the closing three
                end += 1
            self.at = end
            return
        end = self.at + 1
        while self.text[end] != quote:
            end += 2 if quote == '"' and self.text[end] == "\\" else 1
        self.at = end + 1

    def _value(self, path: Path) -> None:
        character = self._peek()
        if character in ('"', "'"):
            self._string()
        elif character == "[":
            self.at += 1
            place = 0
            while self._skip_blank(newlines=True) and self._peek() != "]":
                self._note((*path, place))
                self._value((*path, place))
                self._skip_blank(newlines=True)
                if self._peek() == ",":
                    self.at += 1
                place += 1
            self.at += 1
        elif character == "{":
            self.at += 1
            while self._skip_blank(newlines=True) and self._peek() != "}":
                self._pair(path)
                self._skip_blank(newlines=True)
                if self._peek() == ",":
                    self.at += 1
            self.at += 1
        else:
            while self._peek() and self._peek() not in ",]}\n#":
                self.at += 1
