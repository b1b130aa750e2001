"""Models how chronic pain is amplified and how ketamine turns it down; runs the clinic that infuses it.

Decision support and research software, not a medical device. Three names do the main job::

    import subside

    case = subside.read_case("examples/from_papers/sigtermans_2009_crps.toml")
    course = subside.simulate(case, n_patients=200)
    course["nrs_pain"].median

``simulate`` takes a path as well, and what it returns shows itself in a notebook: ``course.plot()``,
``course.to_xarray()``, ``course.to_pandas()``. They are loaded on first use.
Each room exports its own: ``subside.case``, ``subside.course``,
``subside.evidence``, ``subside.engine``, ``subside.report``, ``subside.research``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subside.case import read_case
    from subside.engine import compare, simulate

__version__ = "0.1.0"

__all__ = ["__version__", "compare", "read_case", "simulate"]

_HOMES = {"compare": "engine", "read_case": "case", "simulate": "engine"}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
