"""Counted in fixed bins: the same whatever the order, and close to what sorting everyone would say."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from subside.course import NAMES, summarize
from subside.engine.scale import Bins, Tally, bins

#: A distribution for each kind of bins: name, values of 5,000 patients at two times.
_RNG = np.random.default_rng(7)
KINDS = {
    "nrs_pain": np.clip(_RNG.normal(6.0, 2.5, (5000, 2)), 0.0, 10.0),  # with many at both ends of the scale
    "sensitization": _RNG.beta(2.0, 5.0, (5000, 2)),
    "sbp_mmhg": _RNG.normal(130.0, 18.0, (5000, 2)),
    "hr_bpm": _RNG.gamma(40.0, 2.0, (5000, 2)),
    "cp_ketamine_ng_per_ml": np.exp(_RNG.normal(4.0, 2.0, (5000, 2))),
    "moaas": np.minimum(_RNG.gamma(9.0, 0.7, (5000, 2)), 5.0),
}  # fmt: skip
NO_ONE_LEFT_OUT = np.ones(5000, dtype=bool)


def tallied(name: str, rows: NDArray[np.floating], good: NDArray[np.bool_] | None = None) -> Tally:
    tally = Tally()
    good = np.ones(len(rows), dtype=bool) if good is None else good
    tally.add({name: rows.astype(np.float32)}, good, {name: bins(name)})
    return tally


@pytest.mark.parametrize("name", KINDS)
def test_percentiles_lie_within_one_bin_of_those_of_everyone_sorted(name: str) -> None:
    rows = KINDS[name].astype(np.float32)
    counted, exact = tallied(name, rows).curves()[name], summarize(rows, name)
    edges = bins(name).edges
    for field in ("median", "low", "high", "low50", "high50"):
        found, wanted = getattr(counted, field), getattr(exact, field)
        at = np.clip(np.searchsorted(edges, wanted, side="right") - 1, 0, len(edges) - 2)
        # One bin, as the docs promise: that of the value itself or of its neighbor in rank.
        assert np.all(np.abs(found - wanted) <= np.diff(edges)[at] * (1.0 + 1e-6)), field


@pytest.mark.parametrize("name", KINDS)
def test_mean_and_spread_are_exact(name: str) -> None:
    rows = KINDS[name].astype(np.float32)
    counted, exact = tallied(name, rows).curves()[name], summarize(rows, name)
    # Values are rounded to whole numbers of 2**-30 of the end of their scale, which is at most 2**15.
    unit = 1.0 / bins(name).scale
    np.testing.assert_allclose(counted.mean, exact.mean, rtol=1e-12, atol=unit)
    np.testing.assert_allclose(counted.sd, exact.sd, rtol=1e-9, atol=unit)


def test_the_spread_of_equal_values_is_zero_however_far_they_are_from_zero() -> None:
    curve = tallied("sbp_mmhg", np.full((1000, 1), 123.456)).curves()["sbp_mmhg"]
    assert curve.sd[0] == 0.0
    assert curve.low[0] == curve.median[0] == curve.high[0] == np.float32(123.456)


def test_any_split_and_any_order_give_the_same_bytes() -> None:
    rows = KINDS["cp_ketamine_ng_per_ml"]
    whole = tallied("cp_ketamine_ng_per_ml", rows).bytes()
    parts = [rows[:17], rows[17:3000], rows[3000:3001], rows[3001:]]
    for order in itertools.permutations(parts):
        together = Tally()
        for part in order:
            together.merge(Tally.unpack(tallied("cp_ketamine_ng_per_ml", part).pack()))
        assert together.bytes() == whole


def test_one_patient_more_changes_the_bytes() -> None:
    rows = KINDS["nrs_pain"]
    assert tallied("nrs_pain", rows).bytes() != tallied("nrs_pain", rows[:-1]).bytes()


def test_a_failed_patient_is_counted_as_failed_and_nowhere_else() -> None:
    rows = KINDS["nrs_pain"].copy()
    rows[11] = np.nan
    good = np.isfinite(rows).all(axis=1)
    tally = tallied("nrs_pain", rows, good)
    assert (tally.n, tally.failed) == (4999, 1)
    assert tally.counted["nrs_pain"].counts.sum(axis=1).tolist() == [4999, 4999]
    np.testing.assert_allclose(tally.curves()["nrs_pain"].mean, rows[good].mean(axis=0), rtol=1e-6)


def test_nobody_counted_is_nothing_known() -> None:
    curve = tallied("nrs_pain", np.full((3, 2), np.nan), np.zeros(3, dtype=bool)).curves()["nrs_pain"]
    assert np.isnan(curve.median).all()
    assert np.isnan(curve.mean).all()


def test_shares_of_responders_are_exact() -> None:
    tally = Tally()
    met = np.arange(5000)[:, None] < np.array([1250, 5000])
    tally.add({"nrs_pain": KINDS["nrs_pain"].astype(np.float32)}, NO_ONE_LEFT_OUT, {"nrs_pain": bins("nrs_pain")},
              {"p_response_50": met})  # fmt: skip
    assert tally.curves()["p_response_50"].median.tolist() == [0.25, 1.0]


@pytest.mark.parametrize("name", [name for name, q in NAMES.items() if q.group != "response"])
def test_every_quantity_has_bins_that_cover_it_with_a_width_of_a_power_of_two(name: str) -> None:
    found: Bins = bins(name)
    assert np.frexp(found.width)[0] == 0.5
    assert np.frexp(found.scale)[0] == 0.5
    assert np.all(np.diff(found.edges) > 0)
    assert found.edges[0] <= (NAMES[name].low or 0.0)
    assert found.edges[-1] >= (NAMES[name].high or 0.0)
    assert len(found.edges) == found.n + 1


def test_values_beyond_the_bins_keep_their_true_extremes() -> None:
    rows = np.array([[90.0], [110.0], [900.0]])
    curve = tallied("sbp_mmhg", rows).curves()["sbp_mmhg"]
    assert curve.mean[0] == pytest.approx(1100.0 / 3.0, abs=1e-6)
    assert curve.median[0] == pytest.approx(110.0, abs=0.25)  # one bin of pressure
    assert curve.high[0] == pytest.approx(110.0 + 0.9 * 790.0, abs=0.25)
