"""Many patients in blocks: the same as all at once, on threads, on two workers, and when a worker is killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np
import pytest

import subside
from subside.course import Course, quantity
from subside.engine.arms import own
from subside.engine.scale import binning, compared, summaries
from subside.engine.scale import job as jobs
from subside.engine.scale.job import Job, Tallies, engine_code
from subside.engine.scale.threads import in_threads
from subside.errors import ComputationError, ParameterError

EXAMPLES = Path(__file__).parents[2] / "examples/from_papers"
TIMES_H = np.array([0.0, 24.0, 7 * 24.0])
N = 3000


@pytest.fixture
def case() -> subside.Case:
    return subside.read_case(EXAMPLES / "noppers_2011_fibromyalgia.toml")


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks and tasks so small that a run of thousands has many; workers inherit nothing of it."""
    monkeypatch.setattr(jobs, "MOST_AT_ONCE", 256)
    monkeypatch.setattr(jobs, "PATIENTS_A_TASK", 256)


def job(case: subside.Case, n: int = N) -> Job:
    return Job(
        case=case, arms=(own(case),), n_patients=n, seed=1, times_h=TIMES_H, beliefs=None, code=engine_code()
    )


def in_bytes(tallies: Tallies) -> dict[str, bytes]:
    return {name: tally.bytes() for name, tally in tallies.items()}


def test_summaries_are_those_of_all_patients_at_once_within_a_bin(case: subside.Case, small_pieces: None) -> None:
    counted = summaries(case, N, times_h=TIMES_H, verify=False)
    exact = subside.simulate(case, n_patients=N, times_h=TIMES_H, keep=False, verify=False)
    assert counted.curves.keys() == exact.curves.keys()
    for name, curve in exact.curves.items():
        if quantity(name).group == "response":
            np.testing.assert_array_equal(counted[name].median, curve.median)
            continue
        edges = binning.bins(name).edges
        at = np.clip(np.searchsorted(edges, curve.median, side="right") - 1, 0, len(edges) - 2)
        assert np.all(np.abs(counted[name].median - curve.median) <= np.diff(edges)[at] * (1.0 + 1e-6)), name
        np.testing.assert_allclose(counted[name].mean, curve.mean, rtol=1e-6, atol=1e-4, err_msg=name)
    assert _told(counted) == {"counted_in_bins"} | _told(exact)


def _told(course: Course) -> set[str]:
    return {caution.code for caution in course.cautions}


def test_differences_from_placebo_are_those_of_all_patients_at_once(
    case: subside.Case, small_pieces: None
) -> None:
    counted = compared(case, ["placebo"], 1000, times_h=TIMES_H, verify=False)
    exact = subside.compare(case, ["placebo"], n_patients=1000, times_h=TIMES_H, verify=False)
    one, other = (c.difference("case", "placebo", "nrs_pain") for c in (counted, exact))
    np.testing.assert_allclose(one.mean, other.mean, atol=1e-6)
    np.testing.assert_allclose(one.median, other.median, atol=binning.bins("nrs_pain").width)
    for at_least in (1.0, 2.0):
        chances = [
            c.chance("case", "placebo", "nrs_pain", time_h=24.0, at_least=at_least) for c in (counted, exact)
        ]
        assert chances[0] == chances[1]


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_the_number_of_threads_leaves_every_byte_as_it_is(
    case: subside.Case, small_pieces: None, threads: int
) -> None:
    reference = in_bytes(in_threads(job(case), threads=1))
    assert in_bytes(in_threads(job(case), threads=threads)) == reference


def test_the_blocks_of_every_task_are_the_blocks_of_the_run(case: subside.Case) -> None:
    for times in (1, 30, 500, 20_000):
        run = Job(case=case, arms=(own(case),), n_patients=50_001, seed=1, times_h=np.arange(float(times)),
                  beliefs=None, code="")  # fmt: skip
        in_tasks = [block for first, last in run.tasks() for block in run.blocks(first, last)]
        assert in_tasks == list(run.blocks())
        assert in_tasks[-1][1] == 50_001


def test_a_worker_killed_on_the_way_loses_nothing(case: subside.Case, small_pieces: None) -> None:
    pytest.importorskip("distributed")
    import dask

    from subside.engine.scale.cluster import SETTINGS, _own_cluster, on_cluster

    # Forty tasks: work is left to do when the first is done.
    asked = job(case, 40 * 256)
    reference = in_bytes(in_threads(asked))
    with dask.config.set(SETTINGS), _own_cluster(2) as cluster:
        address = cluster.scheduler_address
        assert address.startswith("tcp://127.0.0.1:")
        assert in_bytes(on_cluster(asked, scheduler=address)) == reference
        first, second = (nanny.pid for nanny in cluster.workers.values())
        killed: list[int] = []

        def kill_one(share: float) -> None:
            if share < 1.0 and not killed:
                killed.append(first)
                os.kill(first, signal.SIGKILL)

        assert in_bytes(on_cluster(asked, scheduler=address, progress=kill_one)) == reference
        assert killed == [first]
        assert second in [nanny.pid for nanny in cluster.workers.values()]


def test_a_worker_with_another_engine_refuses_to_work(case: subside.Case) -> None:
    asked = Job(case=case, arms=(own(case),), n_patients=1, seed=1, times_h=TIMES_H, beliefs=None, code="0.0.9 abc")
    with pytest.raises(ComputationError, match=r"the same Subside .* \(0\.0\.9 abc\)"):
        jobs.check_code(asked)


def test_a_scheduler_that_does_not_answer_is_a_clear_mistake(
    case: subside.Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("subside.engine.scale.cluster.ANSWERS_WITHIN_S", 0.3)
    with pytest.raises(ParameterError, match=r"got 'tcp://127\.0\.0\.1:9', which did not answer"):
        summaries(case, 10, times_h=TIMES_H, scheduler="tcp://127.0.0.1:9")


def test_a_failure_in_one_block_is_not_swallowed(case: subside.Case, small_pieces: None, monkeypatch) -> None:
    def fails(*_: object) -> None:
        raise ComputationError("invented")

    monkeypatch.setattr("subside.engine.scale.threads.count_block", fails)
    with pytest.raises(ComputationError, match="invented"):
        in_threads(job(case))


def test_no_patients_are_no_run(case: subside.Case) -> None:
    with pytest.raises(ParameterError, match="got 0"):
        summaries(case, 0)


@pytest.mark.parametrize("name", ["zarate_2006_depression", "lauritsen_2016_migraine"])
def test_a_course_holds_the_same_names_counted_as_kept(name: str, small_pieces: None) -> None:
    other = subside.read_case(EXAMPLES / f"{name}.toml")
    counted = summaries(other, 40, times_h=TIMES_H, verify=False)
    exact = subside.simulate(other, n_patients=40, times_h=TIMES_H, keep=False, verify=False)
    assert list(counted.curves) == list(exact.curves)
