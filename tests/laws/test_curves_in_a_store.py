"""Full curves on disk: what xarray reads back is what was simulated, and half a store is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import subside
from subside.course import quantity
from subside.engine.scale import job as jobs
from subside.engine.scale import summaries
from subside.engine.scale.job import count_block
from subside.errors import ComputationError, ParameterError

pytest.importorskip("zarr")
xr = pytest.importorskip("xarray")

EXAMPLES = Path(__file__).parents[2] / "examples/from_papers"
TIMES_H = np.array([0.0, 24.0, 7 * 24.0])


@pytest.fixture
def case() -> subside.Case:
    return subside.read_case(EXAMPLES / "noppers_2011_fibromyalgia.toml")


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_AT_ONCE", 128)


def test_a_store_holds_every_curve_with_its_labels_and_units(case: subside.Case, tmp_path: Path) -> None:
    summaries(case, 300, times_h=TIMES_H, curves=tmp_path / "curves.zarr", verify=False)
    exact = subside.simulate(case, n_patients=300, times_h=TIMES_H, verify=False)
    with xr.open_zarr(tmp_path / "curves.zarr", consolidated=False) as stored:
        assert dict(stored.sizes) == {"patient": 300, "time_h": 3}
        assert stored["time_h"].values.tolist() == TIMES_H.tolist()
        assert stored["time_h"].attrs["units"] == "h"
        assert set(stored.data_vars) == set(exact.samples)
        for name, rows in exact.samples.items():
            assert stored[name].dtype == np.float32
            assert stored[name].dims == ("patient", "time_h")
            assert stored[name].attrs["units"] == quantity(name).unit
            assert stored[name].chunks[0][0] == 128
            np.testing.assert_array_equal(stored[name].values, rows)
        assert stored.to_array("quantity").dims == ("quantity", "patient", "time_h")


def test_a_run_that_fails_leaves_no_store_and_nothing_else(
    case: subside.Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = []

    def fails_later(*words: object) -> None:
        blocks.append(words)
        if len(blocks) > 1:
            raise ComputationError("invented")
        count_block(*words)

    monkeypatch.setattr("subside.engine.scale.threads.count_block", fails_later)
    with pytest.raises(ComputationError, match="invented"):
        summaries(case, 300, times_h=TIMES_H, curves=tmp_path / "curves.zarr", threads=1)
    assert len(blocks) > 1
    assert list(tmp_path.iterdir()) == []


def test_a_store_is_not_overwritten(case: subside.Case, tmp_path: Path) -> None:
    (tmp_path / "curves.zarr").mkdir()
    with pytest.raises(ParameterError, match="a store that does not exist yet"):
        summaries(case, 10, times_h=TIMES_H, curves=tmp_path / "curves.zarr")


def test_a_disk_too_small_is_told_before_anything_runs(
    case: subside.Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        free = 1000

    monkeypatch.setattr("shutil.disk_usage", lambda _: Full)
    with pytest.raises(ParameterError, match=r"take up to .* GB; .* has 0\.0 GB"):
        summaries(case, 300, times_h=TIMES_H, curves=tmp_path / "curves.zarr")
    assert list(tmp_path.iterdir()) == []
