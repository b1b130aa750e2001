"""heyoka: Taylor series of high order in batches of patients, one vector lane each."""

from __future__ import annotations

import heyoka
import numpy as np

from benchmarks.kpm_problem import DEFINITIONS, EQUATIONS, PARAMETERS, STATES, segments, start, times_h
from benchmarks.peers.run import main

# Found to meet 1e-4 on the first 20 patients. A tighter one steps over the corner at Ce = 0.
TOLERANCE = 1e-7
CORNER_NG_PER_ML = 1e-6  # the equations must be smooth at Ce = 0

_batch = heyoka.recommended_simd_size()
_times = times_h()


def _system():  # type: ignore[no-untyped-def]
    symbols = dict(zip(STATES, heyoka.make_vars(*STATES), strict=True))
    scope = {name: heyoka.par[i] for i, name in enumerate((*PARAMETERS, "rate"))} | symbols
    scope["positive"] = lambda x: heyoka.sqrt(x * x + CORNER_NG_PER_ML**2)
    for name, text in DEFINITIONS.items():
        scope[name] = eval(text, scope.copy())
    return [(symbols[name], eval(EQUATIONS[name], scope.copy())) for name in STATES]


_engine = heyoka.taylor_adaptive_batch(
    _system(), np.zeros((len(STATES), _batch)), tol=TOLERANCE,
    pars=np.ones((len(PARAMETERS) + 1, _batch)),
)  # fmt: skip


def solve(people):  # type: ignore[no-untyped-def]
    n = len(people)
    rows = np.minimum(np.arange(-(-n // _batch) * _batch), n - 1).reshape(-1, _batch)
    out = np.empty((rows.size, len(_times), len(STATES)))
    for block, who in enumerate(rows):
        p = people[who]
        y = start(p)
        place = slice(block * _batch, (block + 1) * _batch)
        out[place, 0] = y
        _engine.state[:] = y.T
        _engine.pars[:-1] = p.T
        _engine.set_time(np.zeros(_batch))
        for begin, finish, rate in segments():
            inside = (_times > begin + 1e-9) & (_times <= finish + 1e-9)
            _engine.pars[-1] = rate * p[:, -1]
            grid = np.unique(np.concatenate([[begin], _times[inside], [finish]]))
            _, found = _engine.propagate_grid(np.repeat(grid[:, None], _batch, axis=1))
            out[place, inside] = found[1 : 1 + inside.sum()].transpose(2, 0, 1)
    return out[:n]


if __name__ == "__main__":
    main(solve)
