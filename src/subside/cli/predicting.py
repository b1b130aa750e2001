"""What the model predicts for an order, as the plain bounds that care takes; made only when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from subside.cli.run_options import ready
from subside.cli.talk import Talk
from subside.errors import ParameterError

if TYPE_CHECKING:
    from subside.care import Predicted
    from subside.case import Case

__all__ = ["predictions"]

#: Points of time over the window that is looked at, and how long it goes on after the last drug.
_POINTS: Final = 97
_AFTER_H: Final = 24.0
#: A series is looked at over its first days only: what adds up over weeks is not what a limit is about.
_LONGEST_H: Final = 14 * 24.0


def predictions(case: Case, *, seed: int, talk: Talk) -> tuple[Predicted, ...]:
    """Return the extreme bounds over the infusions and a day after: pressure, saturation, fall of pain.

    Bounds are the ends of the 90 % band of one patient. The caller hands them to ``check_case``.

    Raises:
        ParameterError: If the case gives no drug.
    """
    from subside.care import Predicted

    regimen = case.regimen()
    start, end = regimen.start_h, regimen.end_h
    if start is None or end is None:
        raise ParameterError(
            "a prediction needs a case with at least one infusion; got none. Add an [[infusion]]."
        )
    ready(talk)
    from subside import engine

    last = min(end + _AFTER_H, start + _LONGEST_H)
    times = [start + (last - start) * k / (_POINTS - 1) for k in range(_POINTS)]
    with talk.progress("Predicting this patient") as progress:
        course = engine.simulate(
            case, n_patients=1, seed=seed, times_h=times, keep=False, verify=False, progress=progress
        )
    pressure, saturation = course["sbp_mmhg"], course["spo2_percent"]
    found = (
        Predicted(name="sbp_mmhg", low=float(pressure.low.max()), high=float(pressure.high.max())),
        Predicted(name="spo2_percent", low=float(saturation.low.min()), high=float(saturation.high.min())),
    )
    if "nrs_pain" not in course:  # no chronic pain: nothing to fall
        return found
    pain, before = course["nrs_pain"], case.patient.nrs_pain
    usual = float(pain.median[0]) if before is None else before
    return (
        *found,
        Predicted(
            name="pain_fall_points",
            low=max(-10.0, usual - float(pain.high.min())),
            high=min(10.0, usual - float(pain.low.min())),
        ),
    )
