"""People differ by as much as the papers print."""

from __future__ import annotations

import math

import numpy as np
import pytest

from subside.engine.drugs import PK_SETS, pk_set
from subside.engine.pk import Covariates, individual
from subside.errors import ParameterError, UnknownNameError
from subside.evidence import by_row

N = 8000
# set, parameter, row of the literature table that prints its spread
PRINTED = [
    ("simons_2022", "v1_l", "E029a"),
    ("simons_2022", "nk_v1_l", "E029a"),
    ("simons_2022", "cl_l_per_h", "E032a"),
    ("simons_2022", "q3_l_per_h", "E034a"),
    ("simons_2022", "nk_mtt_h", "E035a"),
    ("simons_2022", "nk_cl_l_per_h", "E039a"),
    ("simons_2022", "hnk_v1_l", "E043a"),
    ("simons_2022", "hnk_cl_l_per_h", "E045a"),
    ("simons_2022", "hnk_q_l_per_h", "E046a"),
    ("otto_2021", "v1_l", "E018a"),
    ("otto_2021", "cl_l_per_h", "E019"),
    ("otto_2021", "nk_v1_l", "E024a"),
    ("otto_2021", "nk_cl_l_per_h", "E025a"),
    ("kamp_2020_norketamine", "nk_cl_l_per_h", "E025a"),
    ("perez_ruixo_2021", "v1_l", "E050"),
    ("perez_ruixo_2021", "v2_l", "E052"),
    ("perez_ruixo_2021", "qh_l_per_h", "E055a"),
    ("perez_ruixo_2021", "vh_l", "E056"),
    ("perez_ruixo_2021", "kel_per_h", "E057a"),
    ("perez_ruixo_2021", "nk_v1_l", "E059"),
    ("perez_ruixo_2021", "nk_cl_l_per_h", "E060a"),
    ("flint_2017", "cl_l_per_h", "E067a"),
    ("flint_2017", "nk_cl_l_per_h", "E071a"),
    ("herd_2007", "cl_l_per_h", "E082c"),
    ("herd_2007", "v1_l", "E082a"),
]


def sample(name: str, seed: int = 31) -> dict[str, np.ndarray]:
    a_set = pk_set(name)
    z = np.random.default_rng(seed).standard_normal((N, a_set.n_eta))
    return individual(a_set, Covariates(weight_kg=np.full(N, 70.0)), z)


@pytest.mark.parametrize(("name", "parameter", "row"), PRINTED)
def test_the_spread_between_people_is_the_printed_one(name: str, parameter: str, row: str) -> None:
    figure = by_row(row)
    assert figure.high is not None
    # of a lognormal: CV^2 = exp(omega^2) - 1
    variance = figure.high if figure.spread == "omega2" else math.log(1.0 + (figure.high / 100.0) ** 2)
    found = np.std(np.log(sample(name)[parameter]))
    standard_error = math.sqrt(variance / (2 * N))  # of a normal's standard deviation
    assert abs(found - math.sqrt(variance)) < 4 * standard_error


@pytest.mark.parametrize("name", PK_SETS)
def test_the_median_person_is_the_typical_one(name: str) -> None:
    a_set = pk_set(name)
    typical = individual(a_set, Covariates(weight_kg=[70.0]))
    people = sample(name)
    for parameter, values in people.items():
        omega = max((eta.omega for eta in a_set.etas if parameter in eta.parameters), default=0.0)
        # the median of a normal has a standard error of 1.2533 sd / sqrt(n)
        allowed = 4 * 1.2533 * omega / math.sqrt(N) + 1e-12
        assert abs(np.log(np.median(values) / typical[parameter][0])) <= allowed, parameter


@pytest.mark.parametrize(
    ("name", "first", "second", "printed"),
    [
        # covariance over the two standard deviations, as Otto 2021 prints them
        ("otto_2021", "v1_l", "cl_l_per_h", 0.0226 / math.sqrt(0.0842 * 0.0260)),
        ("otto_2021", "nk_v1_l", "nk_cl_l_per_h", 0.0446 / math.sqrt(0.0404 * 0.1032)),
        ("kamp_2020_norketamine", "nk_v1_l", "nk_cl_l_per_h", 0.0446 / math.sqrt(0.0404 * 0.1032)),
        ("flint_2017", "cl_l_per_h", "nk_cl_l_per_h", 0.506),
        ("simons_2022", "v1_l", "nk_v1_l", 1.0),
        ("kamp_2020", "cl_l_per_h", "v1_l", 0.0),
    ],
)
def test_correlations_between_parameters_are_the_printed_ones(
    name: str, first: str, second: str, printed: float
) -> None:
    people = sample(name)
    found = np.corrcoef(np.log(people[first]), np.log(people[second]))[0, 1]
    assert abs(found - printed) < 4 * (1 - printed**2) / math.sqrt(N) + 1e-9


def test_parameters_that_the_paper_gives_no_spread_do_not_vary() -> None:
    people = sample("perez_ruixo_2021")
    assert np.ptp(people["kmet_per_h"]) == 0.0
    assert np.ptp(people["q2_l_per_h"]) == 0.0


def test_the_assumed_spread_of_the_kamp_core_says_so() -> None:
    for name in ("kamp_2020", "kamp_2020_norketamine", "domino_1984"):
        a_set = pk_set(name)
        assert "pk_variability_assumed" in {code for code, _, _ in a_set.cautions}
        assert any(figure.startswith("pk_assumptions.") for figure in a_set.weak_figures)


def test_normals_of_the_wrong_shape_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"z must have shape \(2, 8\) for simons_2022 .* got \(2, 3\)"):
        individual(pk_set("simons_2022"), Covariates(weight_kg=[60.0, 70.0]), np.zeros((2, 3)))


@pytest.mark.parametrize("weight", [0.0, -70.0, float("nan"), float("inf")])
def test_a_weight_that_no_one_has_is_refused(weight: float) -> None:
    with pytest.raises(ParameterError, match="weight_kg must be one positive number"):
        Covariates(weight_kg=[70.0, weight])


def test_an_unknown_set_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'domino_1984'"):
        pk_set("domino1983")
