"""A course loses nothing on its way to other tools: every number, label and unit comes back."""

from __future__ import annotations

import csv
import subprocess
import sys

import numpy as np
import pytest

from subside.course import compare, course_from_samples, quantity, read_table, write_csv, write_table
from subside.course.plotting import _picture
from subside.errors import MissingExtraError, ParameterError, UnknownNameError

TIMES_H = np.array([0.0, 24.0, 168.0])


def _course(shift=0.0, *, n_patients=30, keep=True, title="invented"):
    rng = np.random.default_rng(3)
    samples = {
        "nrs_pain": np.clip(rng.normal(6 - shift, 1, (30, 3)), 0, 10).astype(np.float32),
        "sbp_mmhg": rng.normal(130, 9, (30, 3)).astype(np.float32),
    }
    return course_from_samples(
        TIMES_H, samples, n_patients=n_patients, seed=4, title=title, baseline_nrs_pain=7.0, keep=keep
    )


@pytest.fixture
def course():
    return _course()


@pytest.fixture
def comparison():
    return compare({"case": _course(2.0), "placebo": _course(0.5)})


def test_summaries_are_labeled_by_statistic_and_time(course):
    data = course.to_xarray()
    for name, curve in course.curves.items():
        assert data[name].dims == ("statistic", "time")
        assert data[name].attrs["units"] == quantity(name).unit
        for statistic in ("median", "low", "high", "low50", "high50", "mean", "sd"):
            there = data[name].sel(statistic=statistic)
            np.testing.assert_array_equal(there, getattr(curve, statistic))
    assert data.time.attrs["units"] == "h"
    np.testing.assert_array_equal(data.time, TIMES_H)


@pytest.mark.parametrize(("n_patients", "dimension"), [(30, "patient"), (1, "draw")])
def test_rows_are_patients_or_draws_of_one(n_patients, dimension):
    course = _course(n_patients=n_patients)
    data = course.to_xarray(samples=True)
    assert data.nrs_pain.dims == (dimension, "time")
    np.testing.assert_array_equal(data.nrs_pain, course.samples["nrs_pain"])


def test_a_dataset_survives_a_file(course, tmp_path):
    xarray = pytest.importorskip("xarray")
    course.to_xarray().to_netcdf(tmp_path / "course.nc", engine="scipy")
    with xarray.open_dataset(tmp_path / "course.nc", engine="scipy") as back:
        np.testing.assert_array_equal(back.nrs_pain, course.to_xarray().nrs_pain)
        assert back.attrs["title"] == "invented"
        assert back.sbp_mmhg.attrs["units"] == "mmHg"


def test_the_table_has_a_row_for_each_quantity_and_time(course):
    table = course.to_pandas()
    assert len(table) == len(course.curves) * len(TIMES_H)
    row = table[(table.name == "nrs_pain") & (table.time_h == 24.0)].iloc[0]
    assert row.unit == "points"
    assert row["median"] == course["nrs_pain"].median[1]


def test_samples_as_a_table_are_what_the_parquet_file_holds(course, tmp_path):
    pandas = pytest.importorskip("pandas")
    columns = ["patient", "time_h", "name", "value", "unit"]
    order = ["patient", "name", "time_h"]
    write_table(tmp_path / "course.parquet", course)
    there = pandas.read_parquet(tmp_path / "course.parquet").astype({"name": str, "unit": str})
    here = course.to_pandas(samples=True)
    assert list(here.columns) == columns
    here, there = (
        table.astype({"name": str, "unit": str}).sort_values(order, ignore_index=True)[columns]
        for table in (here, there)
    )
    pandas.testing.assert_frame_equal(here, there, check_dtype=False)


def test_text_and_parquet_hold_the_same_numbers(course, tmp_path):
    write_table(tmp_path / "course.parquet", course)
    write_csv(tmp_path / "course.csv", course)
    binary = read_table(tmp_path / "course.parquet")
    with (tmp_path / "course.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["patient", "time_h", "name", "value", "unit"]
    assert len(rows) == sum(values.size for values in binary.values.values())
    for row in rows:
        at = list(binary.times_h).index(float(row["time_h"]))
        value = binary.values[row["name"]][int(row["patient"]), at]
        assert float(row["value"]) == pytest.approx(value, rel=1e-6)  # seven digits written
        assert row["unit"] == binary.units[row["name"]]


def test_a_patient_that_failed_is_empty_in_the_text_not_a_zero(tmp_path):
    rows = np.array([[5.0, 4.0, 3.0], [np.nan, np.nan, np.nan]])
    course = course_from_samples(TIMES_H, {"nrs_pain": rows}, n_patients=2, seed=1, title="x", keep=True)
    write_csv(tmp_path / "course.csv", course)
    lines = (tmp_path / "course.csv").read_text().splitlines()
    assert lines[-1] == "1,168,nrs_pain,,points"


def test_arms_and_differences_are_labeled(comparison):
    arms, differences = comparison.to_xarray(), comparison.to_xarray(differences=True)
    assert arms.nrs_pain.dims == ("arm", "statistic", "time")
    expected = comparison.arms["placebo"]["nrs_pain"].mean
    np.testing.assert_array_equal(arms.nrs_pain.sel(arm="placebo", statistic="mean"), expected)
    between = differences.nrs_pain.sel(difference="case - placebo", statistic="median")
    np.testing.assert_array_equal(between, comparison.difference("case", "placebo", "nrs_pain").median)
    table = comparison.to_pandas(differences=True, names=["nrs_pain"])
    assert set(table.difference) == {"case - placebo"}
    np.testing.assert_array_equal(table["median"], between)


def test_a_figure_has_a_panel_for_each_quantity_with_its_unit(course, comparison):
    panels = course.plot(["nrs_pain", "sbp_mmhg"]).axes
    assert [axes.get_title(loc="left") for axes in panels] == ["Pain at rest, points", "Systolic pressure, mmHg"]
    labels = comparison.plot(["nrs_pain"]).axes[0].get_legend_handles_labels()[1]
    assert labels == ["case", "placebo"]


def test_what_a_notebook_shows_has_bands_and_escapes_titles(course, comparison):
    shown = _course(title="<script>alert(1)</script>")._repr_html_()
    assert "<script>" not in shown
    pain = course["nrs_pain"]
    assert f"{pain.median[1]:.1f} ({pain.low[1]:.1f} to {pain.high[1]:.1f})" in course._repr_html_()
    assert "not a medical device" in course._repr_html_()
    assert comparison._repr_html_().index("case - placebo") < comparison._repr_html_().index("pain, case<")


def test_full_curves_that_were_not_kept_are_asked_for_in_words():
    course = _course(keep=False)
    for wanted in (course.to_xarray, course.to_pandas):
        with pytest.raises(ParameterError, match="keep=True"):
            wanted(samples=True)


def test_a_misspelled_quantity_gets_the_nearest(course):
    for wanted in (course.to_xarray, course.to_pandas):
        with pytest.raises(UnknownNameError, match="Did you mean 'nrs_pain'"):
            wanted(names=["nrs_pian"])


@pytest.mark.parametrize(
    ("module", "call", "extra"),
    [("xarray", "to_xarray", "cohort"), ("pandas", "to_pandas", "cohort"), ("matplotlib.figure", "plot", "report")],
)
def test_a_missing_part_is_named(course, monkeypatch, module, call, extra):
    _picture.cache_clear()
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=rf"subside\[{extra}\]"):
        getattr(course, call)()


def test_a_course_loads_no_table_library_before_it_is_asked():
    code = (
        "import sys, numpy as np\n"
        "from subside.course import course_from_samples\n"
        "c = course_from_samples([0.0], {'nrs_pain': np.ones((2, 1))}, n_patients=2, seed=1, title='x', keep=True)\n"
        "c._repr_html_()\n"
        "assert not {'xarray', 'pandas', 'matplotlib', 'pyarrow'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
