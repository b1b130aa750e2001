"""What must hold of the compiled reference problem whatever the numbers: threads, order, failures."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.kpm_problem import PARAMETERS, population

from subside.engine.kernel import pool
from subside.engine.kernel.lanes import LANES, failed, from_lanes
from subside.engine.systems import kpm

N = 10 * LANES + 3


@pytest.fixture(scope="module")
def short() -> kpm.Regimen:
    times = np.arange(0.0, 48.5, 0.5)
    return kpm.Regimen(
        changes_h=np.array([0.0, 1.0, 5.0]), mg_per_kg_per_h=np.array([0.0, 0.5, 0.0]), times_h=times
    )


@pytest.fixture(scope="module")
def answer(short):
    return kpm.trajectories(population(N), regimen=short, threads=1)


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("chunk", [1, 3, 1000])
def test_threads_and_chunks_do_not_change_a_bit(monkeypatch, short, answer, threads, chunk) -> None:
    monkeypatch.setattr(pool, "BLOCKS_PER_CHUNK", chunk)
    assert np.array_equal(kpm.trajectories(population(N), regimen=short, threads=threads), answer)


def test_a_patient_is_the_same_whoever_sits_in_the_next_lane(short, answer) -> None:
    order = np.random.default_rng(1).permutation(N)
    shuffled = kpm.trajectories(population(N)[order], regimen=short)
    assert np.array_equal(shuffled, answer[order])
    assert np.array_equal(kpm.trajectories(population(N)[:1], regimen=short), answer[:1])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_failed_patient_is_marked_and_spoils_nobody(short, answer, value) -> None:
    people = population(N)
    sick = [0, 7, LANES, N - 1]
    for i, name in zip(sick, ("CL", "C50", "tauP", "kS"), strict=True):
        people[i, PARAMETERS.index(name)] = value
    out = kpm.simulate(people, regimen=short)
    marked = failed(out, N)
    well = np.setdiff1d(np.arange(N), sick)
    assert not marked[well].any()
    assert np.array_equal(from_lanes(out, N)[well], answer[well])
    if np.isnan(value):
        assert marked[sick].all()


def test_output_in_single_precision_is_the_rounded_output(short, answer) -> None:
    out = kpm.buffer(N, len(short.times_h), np.float32)
    kpm.simulate(population(N), regimen=short, out=out)
    assert np.array_equal(from_lanes(out, N), answer.astype(np.float32))


def test_progress_rises_to_one(short) -> None:
    seen: list[float] = []
    pool.over_blocks(lambda _first, _last: None, 20, threads=1, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_an_error_in_a_worker_reaches_the_caller() -> None:
    def work(first: int, last: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        pool.over_blocks(work, 100, threads=2)
