"""Fits the calcium rule of C synapses and what a rebound adds to it.

``python -m subside.engine.circuit.fit_learning`` rewrites ``learning.json`` from means over members:

- threshold and rate together, to 149 % (SE 12) after 100 Hz (evidence ``ltp_2004``), to the middle of 130 to
  160 % after 2 Hz (design: the source gives no size) and to no change after 2 Hz without NK1 receptors
  (``lfs_2011``), each residual over its error;
- then how much more calcium NMDA currents bring in once an opioid has gone, to the middle of what is
  remembered of Drdla et al. 2009 (130 to 150 %) after an abrupt stop.

The ceiling is design. What NMDA block, a taper, warmth, 0.1 Hz and ketamine do is predicted. About six
minutes on two cores.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, least_squares

from subside.engine.circuit.conditioning import setting, strengthened
from subside.engine.circuit.ensemble import ensemble
from subside.engine.circuit.learning import TABLE, Rule
from subside.engine.circuit.members import HEALTHY, Cord
from subside.engine.circuit.simulate import over_threads
from subside.evidence import figure, value

CEILING: Final = 1.66  # design
RULE_MEMBERS, REBOUND_MEMBERS = 8, 16
START: Final = Rule(threshold_um=0.12, rate_per_um_s=0.36, ceiling=CEILING, rebound_on_calcium=0.0)
AFTER_2_HZ, AFTER_2_HZ_SE = 145.0, 15.0  # design: the middle and half the width of the range accepted
UNCHANGED, UNCHANGED_SE = 100.0, 5.0  # design
REBOUNDS: Final = (1.0, 10_000.0)


def percent(protocol: str, rule: Rule, cord: Cord = HEALTHY, *, members: int) -> float:
    """Return the mean strength of C synapses after a protocol, in % of before."""
    train, state = setting(protocol, cord)
    learning = [replace(m, rule=rule) for m in ensemble()[:members]]
    jobs = [lambda m=m: strengthened(m, train, state) for m in learning]  # type: ignore[misc]
    return float(np.mean(over_threads(jobs)))


def residuals(log_sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far a threshold and a rate (their logarithms) are from the targets, in errors."""
    threshold, rate = np.exp(log_sizes)
    rule = replace(START, threshold_um=float(threshold), rate_per_um_s=float(rate))
    size = value("ltp_2004.ltp_size", unit="%")
    se = figure("ltp_2004.ltp_size").high or float("nan")
    found = (
        (percent("hfs", rule, members=RULE_MEMBERS), size, se),
        (percent("lfs", rule, members=RULE_MEMBERS), AFTER_2_HZ, AFTER_2_HZ_SE),
        (percent("lfs", rule, Cord(nk1_left=0.0), members=RULE_MEMBERS), UNCHANGED, UNCHANGED_SE),
    )
    print(f"threshold {threshold:.4g} uM, rate {rate:.4g}:", *(f"{x:.1f}" for x, _, _ in found))
    return np.array([(x - target) / error for x, target, error in found])


def main() -> None:
    """Fit and write."""
    start = np.log([START.threshold_um, START.rate_per_um_s])
    sizes = np.exp(least_squares(residuals, start, diff_step=0.03, xtol=0.01, ftol=0.01, max_nfev=8).x)
    threshold, rate = (float(f"{x:.3g}") for x in sizes)
    rule = replace(START, threshold_um=threshold, rate_per_um_s=rate)
    target = float(np.mean([value(f"drdla_2009.size_{end}", unit="% of control") for end in ("low", "high")]))

    def short(log_size: float) -> float:
        more = replace(rule, rebound_on_calcium=float(np.exp(log_size)))
        return percent("opioid-stop", more, members=REBOUND_MEMBERS) - target

    found = float(np.exp(brentq(short, *np.log(REBOUNDS), xtol=0.02)))
    rule = replace(rule, rebound_on_calcium=float(f"{found:.3g}"))
    TABLE.write_text(json.dumps({"rule": asdict(rule)}, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(asdict(rule)))


if __name__ == "__main__":
    main()
