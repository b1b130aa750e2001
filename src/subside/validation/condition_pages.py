"""The sensory signature of each condition beside what was published: the tables of docs/explanation/conditions.md.

    python -m subside.validation.condition_pages              # measure again and rewrite (about two minutes)
    python -m subside.validation.condition_pages --members 2  # quicker, coarser

The tables stand between ``<!-- profiles -->`` or ``<!-- signatures -->`` and ``<!-- end -->``.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from subside.case import CONDITIONS
from subside.engine.circuit.ensemble import members
from subside.engine.circuit.signature import Signature, signature
from subside.engine.conditions import PROFILES, Profile, Sign, profile

PAGE = "conditions.md"
MARKED = re.compile(r"(<!-- (profiles|signatures) -->\n).*?(<!-- end -->)", re.S)
MEMBERS = 6
_UNITS = {"touch": " Hz", "movement": " Hz"}


def painful() -> tuple[Profile, ...]:
    """Return the profiles with chronic pain."""
    return tuple(p for p in map(profile, PROFILES) if p.chronic_pain)


def profiles_table() -> str:
    """Return the table of profiles: who they stand for, share and state of the cord."""
    lines = [
        "| profile | stands also for | peripheral share | state of the cord |",
        "|---|---|---|---|",
    ]
    for one in map(profile, PROFILES):
        others = [c.label for c in CONDITIONS.values() if profile(c.name).stands_in == one.name]
        cord = ", ".join(f"{key} {number:g}" for key, number in one.cord.items()) or "healthy"
        share = f"{one.peripheral_share:g}" if one.chronic_pain else "no chronic pain"
        lines.append(f"| {one.label} | {'; '.join(others) or 'itself alone'} | {share} | {cord} |")
    return "\n".join(lines)


def signatures_table(found: Mapping[str, Signature]) -> str:
    """Return the table of signs: published, measured on the circuit, and whether they agree."""
    lines = ["| condition | sign | published | figures | cord (5th to 95th) | verdict |", "|---|---|---|---|---|---|"]
    for one in painful():
        measured = found[one.name]
        for quality, sign in one.signature.items():
            band = getattr(measured, quality)
            unit = _UNITS.get(quality, " x")
            sign_of = "+" if unit == " Hz" else ""
            numbers = f"{sign_of}{float(band.mean):.2g}{unit} ({float(band.low):.2g} to {float(band.high):.2g})"
            lines.append(
                f"| {one.label} | {quality.replace('_', '-')} | {_published(sign)} | {_cited(sign)} | {numbers} | "
                f"{verdict(sign, change=measured.changes()[quality])} |"
            )
    return "\n".join(lines)


def verdict(sign: Sign, *, change: str) -> str:
    """Return whether the cord does what was published, in a word."""
    if sign.change == "unknown":
        return "no figure"
    return "as published" if change == sign.change else "**missed**"


def _published(sign: Sign) -> str:
    words = {"more": "more", "same": "as in health", "unknown": "not known"}[sign.change]
    if sign.note:
        words += f" ({sign.note})"
    return words + (", recalled" if sign.is_weak else "")


def _cited(sign: Sign) -> str:
    return ", ".join(f"`{name}`" for name in sign.figures) or "-"


def filled(text: str, found: Mapping[str, Signature] | None) -> str:
    """Return a page with its tables as they are today; without measurements those of signs stay."""

    def table(match: re.Match[str]) -> str:
        if match[2] == "signatures" and found is None:
            return match[0]
        rows = profiles_table() if match[2] == "profiles" else signatures_table(found or {})
        return f"{match[1]}\n{rows}\n\n{match[3]}"

    return MARKED.sub(table, text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure every condition's cord and rewrite the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--docs", type=Path, default=Path("docs/explanation"))
    parser.add_argument("--members", type=int, default=MEMBERS)
    options = parser.parse_args(arguments)
    chosen = members(options.members)
    found = {one.name: signature(one, chosen) for one in painful()}
    path = options.docs / PAGE
    path.write_text(filled(path.read_text(encoding="utf-8"), found), encoding="utf-8")
    print(f"{PAGE} rewritten, {options.members} members")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
