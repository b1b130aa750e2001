"""Run the benchmarks: ``python benchmarks [--quick] [NAME ...]``; all of them when none is named."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

if not __package__:  # called as `python benchmarks`
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

NAMES = ("kpm", "kpm_accuracy", "full_model", "full_model_accuracy", "scale", "speed_trap")


def main() -> int:
    """Run what was asked for and return 1 if a benchmark found a regression."""
    parser = argparse.ArgumentParser(prog="python benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--quick", action="store_true", help="one round instead of three")
    options = parser.parse_args()
    worst = 0
    for name in options.names or NAMES:
        found = importlib.import_module(f"benchmarks.{name}").run(quick=options.quick)
        worst = max(worst, int(found.get("regression", False)))
    return worst


if __name__ == "__main__":
    sys.exit(main())
