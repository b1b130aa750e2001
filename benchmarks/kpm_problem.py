"""KPM, the reference problem, written for every engine but Subside.

Thirteen states: three-compartment ketamine (A1-A3, mg), norketamine (M1, M2, mg), effect site (Ce, ng/mL),
sensitization S, pain P, mood M, sleep L, tolerance T, blood pressure BP, heart rate HR. Ten weekday
infusions and 90 days after them, 1,809 output times. It stands in for the shape of such models and is
nobody's physiology. The equations are text, so that each engine reads the same ones in its own way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

STATES = ("A1", "A2", "A3", "M1", "M2", "Ce", "S", "P", "M", "L", "T", "BP", "HR")
TYPICAL = {
    "CL": 69.3, "V1": 12.2, "Q2": 84.0, "V2": 63.6, "Q3": 43.0, "V3": 133.0, "fm": 0.8, "CLm": 60.0,
    "VM1": 120.0, "Qm": 50.0, "VM2": 150.0, "ke0": 5.0, "C50": 60.0, "gam": 1.2, "kS": np.log(2) / 264,
    "gS": 1.1, "S50": 0.5, "s0": 0.05, "dS": 0.9, "P50": 0.6, "tauP": 12.0, "tauM": 168.0, "tauL": 48.0,
    "tauT": 72.0, "koB": 2.0, "EmB": 0.35, "EC50": 200.0, "BP0": 125.0, "koH": 2.0, "EmH": 0.35,
    "HR0": 75.0, "WT": 70.0,
}  # fmt: skip
PARAMETERS = tuple(TYPICAL)

# Algebra first, then dy/dt. ``positive(x)`` is max(x, 0), or a smooth stand-in where an engine needs one.
DEFINITIONS = {
    "C1": "1000*A1/V1",
    "x": "(positive(Ce)/C50)**gam",
    "b": "x/(1 + x)",
    "st": "C1/(EC50 + C1)",
}
EQUATIONS = {
    "A1": "rate - (CL + Q2 + Q3)/V1*A1 + Q2/V2*A2 + Q3/V3*A3",
    "A2": "Q2/V1*A1 - Q2/V2*A2",
    "A3": "Q3/V1*A1 - Q3/V3*A3",
    "M1": "fm*CL/V1*A1 - (CLm + Qm)/VM1*M1 + Qm/VM2*M2",
    "M2": "Qm/VM1*M1 - Qm/VM2*M2",
    "Ce": "ke0*(C1 - Ce)",
    "S": "kS*(gS*S*S/(S*S + S50*S50)*(1 - b) + s0 - dS*S)",
    "P": "(10*S/(S + P50)*(1 + 0.25*(1 - M) + 0.15*(1 - L))*(1 - 0.6*b*(1 - 0.5*T)) - P)/tauP",
    "M": "(1 - 0.06*P - 0.2*(1 - L) + 0.3*b - M)/tauM",
    "L": "(1 - 0.05*P - 0.2*(1 - M) - L)/tauL",
    "T": "(b - T)/tauT",
    "BP": "koB*(BP0*(1 + EmB*st) - BP)",
    "HR": "koH*(HR0*(1 + EmH*st) - HR)",
}
#: Typical size of each state, for absolute tolerances.
SIZES = np.array([50, 100, 100, 50, 50, 500, 1, 5, 0.5, 0.5, 0.1, 100, 70.0])

INFUSION_DAYS = (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)
LAST_DAY = 102


def population(n: int, seed: int = 1) -> NDArray[np.float64]:
    """Return ``n`` patients: log-normal parameters, weight 50-110 kg with allometry. ``(patient, 32)``."""
    rng = np.random.default_rng(seed)
    column = {name: i for i, name in enumerate(PARAMETERS)}
    sd = np.full(len(PARAMETERS), 0.3)
    sd[[column["gam"], column["BP0"], column["HR0"]]] = 0.1
    sd[column["WT"]] = 0.0
    p = np.array(list(TYPICAL.values())) * np.exp(sd * rng.standard_normal((n, len(PARAMETERS))))
    weight = rng.uniform(50, 110, n)
    p[:, column["WT"]] = weight
    for name in ("CL", "Q2", "Q3", "CLm", "Qm"):
        p[:, column[name]] *= (weight / 70) ** 0.75
    for name in ("V1", "V2", "V3", "VM1", "VM2"):
        p[:, column[name]] *= weight / 70
    p[:, column["fm"]] = np.minimum(p[:, column["fm"]], 0.99)
    p[:, column["gam"]] = np.maximum(p[:, column["gam"]], 1.0)
    return p


def start(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the states at time 0, of one patient or of many."""
    y = np.zeros((*p.shape[:-1], len(STATES)))
    y[..., 6:10] = 1.0, 7.0, 0.4, 0.4
    y[..., 11], y[..., 12] = p[..., PARAMETERS.index("BP0")], p[..., PARAMETERS.index("HR0")]
    return y


def times_h() -> NDArray[np.float64]:
    """Return the output times: every 10 minutes on infusion days, else every 6 hours."""
    minutes = [np.zeros(1)]
    for day in range(LAST_DAY):
        gap = 10 if day in INFUSION_DAYS else 360
        minutes.append(day * 1440 + np.arange(gap, 1441, gap))
    return np.concatenate(minutes) / 60.0


def segments() -> list[tuple[float, float, float]]:
    """Return (start, end, mg/kg/h): the constant-rate segments of the reference regimen."""
    cut, pieces = 0.0, []
    for day in INFUSION_DAYS:
        nine = day * 24 + 9.0
        pieces += [(cut, nine, 0.0), (nine, nine + 1, 0.5), (nine + 1, nine + 4, 1.0)]
        cut = nine + 4
    return [*pieces, (cut, LAST_DAY * 24.0, 0.0)]


def error(y: NDArray[np.float64], reference: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the largest of |y - ref| / (|ref| + 1e-3 max over time |ref|): ``(patient, state)``."""
    size = np.abs(reference) + 1e-3 * np.abs(reference).max(axis=1, keepdims=True)
    return np.asarray((np.abs(y - reference) / size).max(axis=1))


def compiled_rhs() -> Callable[..., Any]:
    """Return f(y, p, rate) -> dy/dt, compiled by Numba from the text above."""
    import numba

    lines = ["def rhs(y, p, rate):"]
    lines += [f"    {', '.join(STATES)} = {', '.join(f'y[{i}]' for i in range(len(STATES)))}"]
    lines += [f"    {name} = p[{i}]" for i, name in enumerate(PARAMETERS)]
    lines += [f"    {name} = {text}" for name, text in DEFINITIONS.items()]
    lines += ["    d = np.empty(13)"]
    lines += [f"    d[{i}] = {EQUATIONS[name]}" for i, name in enumerate(STATES)]
    lines += ["    return d"]
    scope: dict[str, Any] = {"np": np, "positive": numba.njit(lambda x: max(x, 0.0))}
    exec("\n".join(lines), scope)
    return numba.njit(error_model="numpy")(scope["rhs"])  # type: ignore[no-any-return]
