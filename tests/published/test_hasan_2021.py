"""Hasan 2021 Anesthesiology 135:326: 5 mg racemate over 30 min, 15 people, venous.

Printed figures carry a standard deviation between people; the tolerance is two standard errors.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from subside.engine.drugs import pk_set
from subside.engine.pk import Covariates, individual, plasma_clearance
from subside.evidence import figure
from subside.evidence.curves import traced_curve
from subside.validation.pk_protocols import predict
from subside.validation.pk_sets import peak_ratio, score

DEFAULT = "kamp_2020_norketamine"


def two_standard_errors(name: str) -> float:
    """As a fraction of the printed mean."""
    found = figure(f"hasan_2021.{name}")
    assert found.value is not None
    assert found.size is not None
    assert found.n is not None
    return 2.0 * found.size / math.sqrt(found.n) / found.value


@pytest.mark.xfail(
    strict=True,
    reason="one delay compartment lowers the venous peak to 1.2 times the printed one, not further: more "
    "delay would raise the level at 1 h above the traced one",
)
@pytest.mark.parametrize("isomer", ["s", "r"])
def test_the_venous_peak_of_the_default_set_is_the_printed_one(isomer: str) -> None:
    assert abs(peak_ratio(pk_set(DEFAULT), isomer) - 1.0) <= two_standard_errors(f"cmax_{isomer}")


def test_the_delay_brings_the_venous_peak_nearer_than_the_arterial_level() -> None:
    import dataclasses

    delayed = pk_set(DEFAULT)
    at_once = dataclasses.replace(
        delayed, parameters={k: v for k, v in delayed.parameters.items() if k != "venous_per_h"}
    )
    assert 1.0 < peak_ratio(delayed, "s") < peak_ratio(at_once, "s") - 0.1


@pytest.mark.parametrize(
    ("name", "isomer"),
    [
        ("otto_2021", "s"),
        ("simons_2022", "s"),
        pytest.param(
            DEFAULT, "s", marks=pytest.mark.xfail(strict=True, reason="a sixth too high at 6 and 8 h")
        ),
        pytest.param(
            DEFAULT, "r", marks=pytest.mark.xfail(strict=True, reason="a quarter too high at 6 and 8 h")
        ),
    ],
)
def test_the_venous_decay_from_one_to_eight_hours_is_the_traced_one(name: str, isomer: str) -> None:
    found = score(pk_set(name), traced_curve(f"hasan_2021.{isomer}_ketamine"))
    assert found is not None
    # the lower end of the error that the tracers state for this figure
    assert abs(found.bias) <= 0.10


def test_the_clearance_of_s_ketamine_is_the_printed_one() -> None:
    clearance = plasma_clearance(individual(pk_set(DEFAULT), Covariates(weight_kg=[70.0])))[0]
    printed = figure("hasan_2021.cl_s").value
    assert printed is not None
    assert abs(clearance / (printed * 0.06) - 1.0) <= two_standard_errors("cl_s")


@pytest.mark.xfail(
    strict=True,
    reason="volumes from venous samples without compartments are twice the pooled arterial core's",
)
def test_the_steady_state_volume_is_the_printed_one() -> None:
    core = individual(pk_set(DEFAULT), Covariates(weight_kg=[70.0]))
    vss_l_per_kg = sum(core[name][0] for name in ("v1_l", "v2_l", "v3_l")) / 70.0
    printed = figure("hasan_2021.vss_s").value
    assert printed is not None
    assert abs(vss_l_per_kg / printed - 1.0) <= two_standard_errors("vss_s")


@pytest.mark.xfail(strict=True, reason="Simons 2022 gives half the exposure to hydroxynorketamine seen here")
def test_the_exposure_to_hydroxynorketamine_over_ketamine_is_the_printed_one() -> None:
    simons = individual(pk_set("simons_2022"), Covariates(weight_kg=[70.0]))
    formed = simons["nk_fraction"] * simons["hnk_fraction"] * 239.7 / 237.7
    ratio = float((formed * simons["cl_l_per_h"] / simons["hnk_cl_l_per_h"])[0])
    printed = figure("hasan_2021.hnk_auc_ratio_s").value
    assert printed is not None
    assert abs(ratio / printed - 1.0) <= two_standard_errors("hnk_auc_ratio_s")


def test_arterial_levels_lead_during_the_infusion_and_follow_after_it() -> None:
    # the qualitative finding of Henthorn 2018 in ten men: arterial above venous, then below
    from subside.engine.pk import Infusion, levels

    core = pk_set(DEFAULT)
    times = np.array([0.1, 0.25, 0.5, 0.75, 1.5, 3.0])
    found = levels(
        core, individual(core, Covariates(weight_kg=[75.0])),
        [Infusion(start_h=0.0, end_h=0.5, mg_per_h=20.0)], times,
    )  # fmt: skip
    above = found["arterial"][0] > found["venous"][0]
    assert above.tolist() == [True, True, True, False, False, False]


def test_the_printed_peak_lies_above_the_traced_one_as_the_tracers_say() -> None:
    for isomer in ("s", "r"):
        traced = traced_curve(f"hasan_2021.{isomer}_ketamine").peak_ng_per_ml
        printed = figure(f"hasan_2021.cmax_{isomer}").value
        assert printed is not None
        # stated 10 to 20 %; by the ratio 24 to 29 %
        assert 0.10 <= 1.0 - traced / printed <= 0.30


def test_otto_2021_predicts_the_whole_venous_decay_of_another_study() -> None:
    curve = traced_curve("hasan_2021.s_ketamine")
    predicted = predict(pk_set("otto_2021"), curve)
    assert predicted is not None
    times, traced = np.array(curve.times_h), np.array(curve.ng_per_ml)
    keep = (times >= 1.0) & (times <= 8.0)
    # 10 % of the level (tracers) and one step of the tracing, 0.063 ng/mL, together at two deviations
    assert np.all(np.abs(predicted - traced)[keep] <= 2 * np.hypot(0.1 * traced[keep], 0.063))
