"""The one-page report and the terminal summary, drawn from courses; no engine, no clock.

Names are loaded on first use::

    from subside.report import Report, write_report

    write_report("report.html", Report(case=case, course=course, generated_at="2026-03-01 09:30 UTC"))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subside.report.content import LedgerRow, Note, Report
    from subside.report.headlines import Headline, headline
    from subside.report.page import render, write_report
    from subside.report.painkillers import Beside, painkillers_svg
    from subside.report.terminal import comparison_summary, summary

_HOMES = {
    "Beside": "painkillers",
    "Headline": "headlines",
    "LedgerRow": "content",
    "Note": "content",
    "Report": "content",
    "comparison_summary": "terminal",
    "headline": "headlines",
    "painkillers_svg": "painkillers",
    "render": "page",
    "summary": "terminal",
    "write_report": "page",
}

__all__ = [
    "Beside",
    "Headline",
    "LedgerRow",
    "Note",
    "Report",
    "comparison_summary",
    "headline",
    "painkillers_svg",
    "render",
    "summary",
    "write_report",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Not import_module(...).name alone: a function and its module may share a name.
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
