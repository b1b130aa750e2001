"""Pain swings from day to day around its usual level, and people come for treatment on bad days.

An Ornstein-Uhlenbeck process sampled exactly at daily knots, straight lines between. Its mean starts
at the excess with which people enter treatment and fades with the same time constant: that is
regression to the mean, and it would happen without any treatment. Added to the rating, it does not
feed back on sensitization.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from subside.engine.kernel.random import normals

Array = NDArray[np.float64]
H_PER_D = 24.0


def excess_at(times_h: Array, excess_nrs: Array, tau_d: Array) -> Array:
    """Return the mean of the swing: ``excess`` at entry, fading before and after it.

    Shape ``(person, time)``.
    """
    return excess_nrs[:, None] * np.exp(-np.abs(times_h)[None, :] / (H_PER_D * tau_d[:, None]))


def swing(times_h: Array, *, people: NDArray[np.int64], study: str, sd_nrs: Array, tau_d: Array) -> Array:
    """Return the random part of the swing, in points. Shape ``(person, time)``.

    Args:
        times_h: Times in h, rising.
        people: Numbers of the people; the same person swings alike in every arm.
        study: Of the random streams.
        sd_nrs: Standard deviation of each person.
        tau_d: Time constant of each person, in d.
    """
    first = min(0, int(np.floor(times_h[0] / H_PER_D)))
    last = max(0, int(np.ceil(times_h[-1] / H_PER_D))) + 1
    keep = np.exp(-1.0 / tau_d)
    fresh = np.sqrt(1.0 - keep * keep)
    # From day 0 both ways: the process reads the same in either direction, so that a person's day is
    # the same whatever times are asked for.
    z = normals(study, people, "swing", last + 1)
    knots = np.empty((len(people), last - first + 1))
    knots[:, -first] = z[:, 0]
    for day in range(1, last + 1):
        knots[:, day - first] = keep * knots[:, day - first - 1] + fresh * z[:, day]
    if first < 0:
        before = normals(study, people, "swing before", -first)
        for day in range(1, 1 - first):
            knots[:, -first - day] = keep * knots[:, -first - day + 1] + fresh * before[:, day - 1]
    at = times_h / H_PER_D - first
    left = np.floor(at).astype(np.int64)
    share = at - left
    line = knots[:, left] * (1.0 - share) + knots[:, left + 1] * share
    return sd_nrs[:, None] * line
