"""A trial as tables: one row an arm and visit, one a person and visit, one a size; CSV or Parquet."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np

from subside.errors import MissingExtraError
from subside.trial.conduct import Trial

__all__ = ["Rows", "effect_rows", "people_rows", "power_rows", "visit_rows", "write_csv", "write_parquet"]

Rows = list[dict[str, Any]]
_REPORTED = ("estimate", "se", "low", "high", "p", "n", "n_control", "method")


def effect_rows(result: dict[str, Any]) -> Rows:
    """Return one row an endpoint and arm."""
    rows = []
    for endpoint in result["endpoints"]:
        for name, arm in endpoint["arms"].items():
            report = arm["reported"] or {}
            rows.append(
                {
                    "what": endpoint["what"], "as": endpoint["as"], "at_h": endpoint["at_h"],
                    "primary": endpoint["primary"], "arm": name, "versus": endpoint["versus"],
                    **{key: report.get(key) for key in _REPORTED},
                    **{f"repeated_{key}": value for key, value in arm["repeated"].items()},
                }
            )  # fmt: skip
    return rows


def visit_rows(result: dict[str, Any]) -> Rows:
    """Return one row an arm, visit and outcome."""
    rows = []
    for name, arm in result["arms"].items():
        for visit in arm["visits"]:
            for what, cell in visit["values"].items():
                contrast = cell["contrast"] or {}
                rows.append(
                    {
                        "arm": name, "at_h": visit["at_h"], "what": what,
                        **{key: cell[key] for key in ("n", "mean", "sd", "se")},
                        **{f"contrast_{key}": contrast.get(key) for key in ("estimate", "low", "high", "p")},
                    }
                )  # fmt: skip
            for percent, cell in visit["responders"].items():
                contrast = cell["contrast"] or {}
                rows.append(
                    {
                        "arm": name, "at_h": visit["at_h"], "what": f"responders_{percent}",
                        "n": cell["n"], "mean": cell["share"], "sd": None, "se": None,
                        **{f"contrast_{key}": contrast.get(key) for key in ("estimate", "low", "high", "p")},
                    }
                )  # fmt: skip
    return rows


def power_rows(result: dict[str, Any]) -> Rows:
    """Return one row an endpoint, arm and size."""
    return [
        {"what": e["what"], "as": e["as"], "at_h": e["at_h"], "arm": name, **power}
        for e in result["endpoints"]
        for name, arm in e["arms"].items()
        for power in arm["power"]
    ]


def people_rows(trial: Trial) -> Rows:
    """Return one row a person, period, outcome and visit of the first repetition; nothing where not observed."""
    plan, data = trial.plan, trial.observed.one(0)
    rows: Rows = []
    for period in range(len(data.arm)):
        for person in range(plan.design.patients):
            about = {
                "person": int(trial.enrolled.people.numbers[person]),
                "period": period + 1,
                "arm": plan.arms[int(data.arm[period, 0, person])].name,
                "believes_drug": bool(trial.records.believes[period, 0, person]),
            }
            for what, at in data.at.items():
                start = data.start.get(what)
                before = None if start is None else float(start[period, 0, person])
                for hour, value in zip(plan.visits.at_h, at[period, 0, person], strict=True):
                    shown = float(value) if np.isfinite(value) else None
                    rows.append({**about, "what": what, "baseline": before, "at_h": hour, "value": shown})
    return rows


def write_csv(path: Path, rows: Rows) -> None:
    """Write rows as CSV; what is not known is empty."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_parquet(path: Path, rows: Rows) -> None:
    """Write rows as Parquet; what is not known is null."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError("table", needed_for="A table as a Parquet file") from error
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)
