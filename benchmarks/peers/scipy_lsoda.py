"""SciPy's LSODA with a compiled right-hand side, restarted at every change of rate."""

from __future__ import annotations

import sys

import numpy as np
from scipy.integrate import solve_ivp

from benchmarks.kpm_problem import SIZES, STATES, compiled_rhs, segments, start, times_h
from benchmarks.peers.run import main

# Found to meet 1e-4 on the first 20 patients.
RTOL, ATOL = 1e-6, 1e-8

_rhs = compiled_rhs()
_times, _segments = times_h(), segments()


def solve_one(p, *, rtol=RTOL, atol=ATOL, pieces=None, times=None):  # type: ignore[no-untyped-def]
    """Return ``(time, state)`` of one patient under the reference regimen, or under other segments."""
    times = _times if times is None else times
    y = start(p)
    out = np.empty((len(times), len(STATES)))
    out[0] = y
    for begin, finish, rate in _segments if pieces is None else pieces:
        inside = (times > begin + 1e-9) & (times <= finish + 1e-9)
        at = np.append(np.minimum(times[inside], finish), finish)
        found = solve_ivp(
            lambda _, y, r: _rhs(y, p, r), (begin, finish), y, "LSODA", np.unique(at),
            args=(rate * p[-1],), rtol=rtol, atol=atol * SIZES,
        )  # fmt: skip
        if not found.success:
            raise RuntimeError(found.message)
        out[inside] = found.y.T[: inside.sum()]
        y = found.y[:, -1]
    return out


def solve(people):  # type: ignore[no-untyped-def]
    return np.stack([solve_one(p) for p in people])


def reference(people):  # type: ignore[no-untyped-def]
    """Return the answer at a tolerance three orders tighter than any engine here is run at."""
    return np.stack([solve_one(p, rtol=1e-10, atol=1e-13) for p in people])


if __name__ == "__main__":
    if sys.argv[1] == "reference":
        from benchmarks.kpm_problem import population

        np.savez(sys.argv[2], y=reference(population(10_000)[:20]))
    else:
        main(solve)
