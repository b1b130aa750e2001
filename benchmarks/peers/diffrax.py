"""diffrax (JAX): Tsit5 with adaptive steps, all patients in one vmapped solve."""

from __future__ import annotations

import os

from benchmarks.peers.run import ONE_THREAD, main

os.environ.update(ONE_THREAD)

import diffrax
import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.kpm_problem import (
    DEFINITIONS,
    EQUATIONS,
    PARAMETERS,
    SIZES,
    STATES,
    segments,
    start,
    times_h,
)

jax.config.update("jax_enable_x64", True)

# Found to meet 1e-4 on the first 20 patients.
RTOL, ATOL = 1e-7, 1e-9

_changes = jnp.array([begin for begin, _, _ in segments()])
_rates = jnp.array([rate for _, _, rate in segments()])
_compiled = {name: compile(text, name, "eval") for name, text in (*DEFINITIONS.items(), *EQUATIONS.items())}


def _rhs(t, y, p):  # type: ignore[no-untyped-def]
    scope = {name: p[i] for i, name in enumerate(PARAMETERS)}
    scope |= {name: y[i] for i, name in enumerate(STATES)}
    scope["rate"] = _rates[jnp.searchsorted(_changes, t, side="right") - 1] * p[-1]
    scope["positive"] = lambda x: jnp.maximum(x, 1e-30)
    for name, text in DEFINITIONS.items():
        scope[name] = eval(text, scope.copy())
    return jnp.stack([eval(_compiled[name], scope.copy()) for name in STATES])


def _one(p, y0):  # type: ignore[no-untyped-def]
    times = jnp.array(times_h())
    return diffrax.diffeqsolve(
        diffrax.ODETerm(_rhs), diffrax.Tsit5(), 0.0, times[-1], 0.01, y0, p,
        saveat=diffrax.SaveAt(ts=times), max_steps=200_000,
        stepsize_controller=diffrax.ClipStepSizeController(
            diffrax.PIDController(rtol=RTOL, atol=ATOL * jnp.array(SIZES)), jump_ts=_changes[1:]
        ),
    ).ys  # fmt: skip


_all = jax.jit(jax.vmap(_one))


def solve(people):  # type: ignore[no-untyped-def]
    return np.asarray(jax.block_until_ready(_all(jnp.array(people), jnp.array(start(people)))))


if __name__ == "__main__":
    main(solve)
