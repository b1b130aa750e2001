"""Kamp 2020 Br J Anaesth 125:750, figure 1: stepped infusion in 20 men, arterial, traced means.

The default set is compared point by point; the tolerance is the tracers' own reading error, a
fraction of the curve's peak. The norketamine of the default set was chosen among published ones by
these curves (docs: pharmacokinetics), so its agreement is a choice confirmed, not a prediction.
"""

from __future__ import annotations

import numpy as np
import pytest

from subside.engine.drugs import default_set, pk_set
from subside.evidence.curves import traced_curve
from subside.validation.pk_protocols import predict
from subside.validation.pk_sets import score

FIGURE = "kamp_2020_bja"
ESK, RAC = "s_ketamine_after_esketamine", "s_ketamine_after_racemate"
NK_ESK, NK_RAC = "s_norketamine_after_esketamine", "s_norketamine_after_racemate"

_STEP = "the traced point lies on the rate change: it jumps by half within 15 min of a constant rate"
_FALL = "the pooled core falls more slowly in the first hour after the infusion than these 20 men"
_END = "the pooled core overshoots the end of the third hour a little"
_NK_TURN = "modeled norketamine peaks at the end of the infusion, the traced one 5 min later"
_NK_TAIL = "modeled norketamine declines faster over the last hour"
MISSES = {
    (ESK, 1.0): _STEP,
    (ESK, 3.0): _END,
    (ESK, 3.167): _FALL,
    (ESK, 3.5): _FALL,
    (RAC, 3.083): "the traced point, 5 min after the end, still lies near the peak",
    (RAC, 3.5): _FALL,
    (NK_ESK, 3.0): _NK_TURN,
    (NK_ESK, 5.0): _NK_TAIL,
    (NK_RAC, 3.0): _NK_TURN,
    (NK_RAC, 3.5): _NK_TURN,
    (NK_RAC, 5.0): _NK_TAIL,
}


def points() -> list[object]:
    found: list[object] = []
    for name in (ESK, RAC, NK_ESK, NK_RAC):
        for time_h in traced_curve(f"{FIGURE}.{name}").times_h:
            reason = MISSES.get((name, time_h))
            marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
            found.append(pytest.param(name, time_h, marks=marks))
    return found


@pytest.mark.parametrize(("name", "time_h"), points())
def test_the_default_set_meets_the_traced_point_within_the_reading_error(name: str, time_h: float) -> None:
    curve = traced_curve(f"{FIGURE}.{name}")
    predicted = predict(pk_set(default_set("esketamine", 25.0)), curve)
    assert predicted is not None
    assert curve.reading_error is not None
    at = curve.times_h.index(time_h)
    assert abs(predicted[at] - curve.ng_per_ml[at]) <= curve.reading_error * curve.peak_ng_per_ml


@pytest.mark.parametrize("name", [ESK, RAC, NK_ESK, NK_RAC])
def test_the_default_set_is_unbiased_to_the_reading_error(name: str) -> None:
    found = score(pk_set(default_set("esketamine", 25.0)), traced_curve(f"{FIGURE}.{name}"))
    assert found is not None
    assert abs(found.bias) <= 0.05  # the tracers' error, here as a fraction of the level


def test_r_ketamine_lies_above_s_ketamine_by_what_its_clearance_says() -> None:
    times, s = (
        np.array(v)
        for v in (traced_curve(f"{FIGURE}.{RAC}").times_h, traced_curve(f"{FIGURE}.{RAC}").ng_per_ml)
    )
    r = np.array(traced_curve(f"{FIGURE}.r_ketamine_after_racemate").ng_per_ml)
    default = pk_set(default_set("racemic_ketamine", 25.0))
    predicted = [
        predict(default, traced_curve(f"{FIGURE}.{name}")) for name in (RAC, "r_ketamine_after_racemate")
    ]
    assert predicted[0] is not None
    assert predicted[1] is not None
    late = times >= 2.5
    late &= times != 3.083  # the S point there is read before the fall, the R point after it
    # both curves carry 5 % of reading error: 7 % on their ratio, less over six points; kept at 7 %
    observed = np.exp(np.mean(np.log(r[late] / s[late])))
    modeled = np.exp(np.mean(np.log(predicted[1][late] / predicted[0][late])))
    assert abs(modeled / observed - 1.0) <= 0.07


@pytest.mark.xfail(
    strict=True,
    reason="R-norketamine is taken to behave as S-norketamine; in these men it lay about a fifth higher",
)
def test_r_norketamine_is_unbiased_to_the_reading_error() -> None:
    found = score(
        pk_set(default_set("racemic_ketamine", 25.0)), traced_curve(f"{FIGURE}.r_norketamine_after_racemate")
    )
    assert found is not None
    assert abs(found.bias) <= 0.07


@pytest.mark.xfail(
    strict=True, reason="Simons 2022 gives more than twice the hydroxynorketamine of these men"
)
def test_the_hydroxynorketamine_of_simons_2022_is_unbiased_to_the_reading_error() -> None:
    found = score(pk_set("simons_2022"), traced_curve(f"{FIGURE}.hydroxynorketamine_after_racemate"))
    assert found is not None
    assert abs(found.bias) <= 0.19


def test_no_other_described_norketamine_comes_as_near_as_the_default_one() -> None:
    curve = traced_curve(f"{FIGURE}.{NK_ESK}")

    def total_error(name: str) -> float:
        found = score(pk_set(name), curve)
        assert found is not None
        return float(np.hypot(np.log1p(found.bias), found.scatter))

    rivals = ("simons_2022", "otto_2021", "perez_ruixo_2021", "flint_2017")
    assert all(total_error("kamp_2020_norketamine") < 0.5 * total_error(rival) for rival in rivals)
