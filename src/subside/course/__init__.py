"""The answer: labeled curves with bands, warnings and sources. Plain NumPy; no engine.

Names are loaded on first use, so that reading one (``from subside.course import NAMES``) does not
load NumPy or pyarrow.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subside.course.comparison import Chance, Comparison, compare
    from subside.course.course import Caution, Course
    from subside.course.curve import Curve
    from subside.course.jsonable import compare_result, simulate_result
    from subside.course.names import NAMES, Quantity, quantity
    from subside.course.split import Split
    from subside.course.summary import course_from_samples, response_share, summarize
    from subside.course.table import Table, read_table, write_csv, write_table

_HOMES = {
    "Caution": "course",
    "Chance": "comparison",
    "Comparison": "comparison",
    "Course": "course",
    "Curve": "curve",
    "NAMES": "names",
    "Quantity": "names",
    "Split": "split",
    "Table": "table",
    "compare": "comparison",
    "compare_result": "jsonable",
    "course_from_samples": "summary",
    "quantity": "names",
    "read_table": "table",
    "response_share": "summary",
    "simulate_result": "jsonable",
    "summarize": "summary",
    "write_csv": "table",
    "write_table": "table",
}

__all__ = [
    "NAMES",
    "Caution",
    "Chance",
    "Comparison",
    "Course",
    "Curve",
    "Quantity",
    "Split",
    "Table",
    "compare",
    "compare_result",
    "course_from_samples",
    "quantity",
    "read_table",
    "response_share",
    "simulate_result",
    "summarize",
    "write_csv",
    "write_table",
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
