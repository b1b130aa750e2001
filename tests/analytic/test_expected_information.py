"""Expected information of a study whose reports are normal: closed forms and limits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from subside.research.information import information
from subside.research.outcomes import Label, Outcomes


def _two_normals(apart, w):
    """Mutual information of a form and N(form's mean, 1) in bits, by quadrature of its definition."""
    y = np.linspace(-12.0, 12.0 + apart, 40001)
    density = [np.exp(-0.5 * (y - m) ** 2) / math.sqrt(2 * math.pi) for m in (0.0, apart)]
    mixed = w[0] * density[0] + w[1] * density[1]
    total = 0.0
    for weight, p in zip(w, density, strict=True):
        inside = np.where(p > 0, p * np.log2(np.maximum(p, 1e-300) / np.maximum(mixed, 1e-300)), 0.0)
        total += weight * np.trapezoid(inside, y)
    return float(total)


def _run(means, errors):
    labels = tuple(Label(arm="a", control="b", endpoint="nrs_pain", time_h=float(i)) for i in range(means.shape[1]))
    return Outcomes(labels=labels, means=means, errors=errors, choices={})


def _runs(centers, *, clinic_sd=0.0, error_sd=1.0, clinics=400, seed=1):
    z = np.random.default_rng(seed).standard_normal((clinics, len(centers[0])))
    n = len(centers[0])
    errors = np.broadcast_to(error_sd**2 * np.eye(n), (clinics, n, n)).copy()
    return {
        f"form {k}": _run(np.asarray(center, dtype=float) + clinic_sd * z, errors)
        for k, center in enumerate(centers)
    }


@pytest.mark.parametrize("apart", [0.5, 1.0, 2.0, 4.0])
@pytest.mark.parametrize("w", [(0.5, 0.5), (0.8, 0.2)])
def test_two_forms_that_report_normals_give_the_information_of_the_closed_form(apart, w):
    told = information("q", {"form 0": w[0], "form 1": w[1]}, _runs([[0.0], [apart]]), seed=3)
    assert told.bits == pytest.approx(_two_normals(apart, w), abs=4.0 * told.error)
    assert told.error < 0.03
    assert told.entropy == pytest.approx(-sum(p * math.log2(p) for p in w))


@pytest.mark.parametrize("clinic_sd", [0.5, 1.0, 2.0])
def test_differences_between_clinics_count_as_error_does(clinic_sd):
    """Clinics normal about the form's mean: reports are normal with both variances."""
    apart = 3.0
    runs = _runs([[0.0], [apart]], clinic_sd=clinic_sd, error_sd=1.0, clinics=600)
    told = information("q", {"form 0": 0.5, "form 1": 0.5}, runs, seed=3)
    expected = _two_normals(apart / math.hypot(1.0, clinic_sd), (0.5, 0.5))
    # The density from a finite number of clinics is rough, which costs a little information.
    assert told.bits == pytest.approx(expected, abs=4.0 * told.error + 0.01)


def test_several_reports_count_by_their_distance_together():
    centers = [[0.0, 0.0, 0.0], [1.0, 1.5, -0.5]]
    told = information("q", {"form 0": 0.5, "form 1": 0.5}, _runs(centers), seed=3)
    distance = math.sqrt(1.0 + 1.5**2 + 0.5**2)
    assert told.bits == pytest.approx(_two_normals(distance, (0.5, 0.5)), abs=4.0 * told.error)


def test_the_unit_of_a_report_does_not_matter():
    one = information("q", {"form 0": 0.5, "form 1": 0.5}, _runs([[0.0], [1.5]]), seed=3)
    runs = {
        form: _run(1000.0 * run.means, 1e6 * run.errors) for form, run in _runs([[0.0], [1.5]]).items()
    }
    other = information("q", {"form 0": 0.5, "form 1": 0.5}, runs, seed=3)
    assert other.bits == pytest.approx(one.bits, rel=1e-6)


def test_forms_that_report_the_same_tell_nothing():
    told = information("q", {"form 0": 0.5, "form 1": 0.5}, _runs([[1.0], [1.0]], clinic_sd=1.0), seed=3)
    assert told.bits == pytest.approx(0.0, abs=1e-9)
    assert told.truth == pytest.approx(told.before)


def test_forms_far_apart_are_settled():
    w = {f"form {k}": 0.25 for k in range(4)}
    corners = [[0.0, 0.0], [60.0, 0.0], [0.0, 60.0], [60.0, 60.0]]
    told = information("q", w, _runs(corners, clinic_sd=1.0), seed=3)
    assert told.bits == pytest.approx(2.0, abs=1e-6)
    assert told.truth == pytest.approx(1.0, abs=1e-6)
    assert told.share == pytest.approx(1.0)


def test_information_never_exceeds_what_is_not_known():
    for apart in (0.1, 1.0, 10.0):
        told = information("q", {"form 0": 0.9, "form 1": 0.1}, _runs([[0.0], [apart]]), seed=3)
        assert -4.0 * told.error - 1e-9 <= told.bits <= told.entropy + 1e-9
