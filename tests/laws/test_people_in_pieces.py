"""A patient is a number: the same person alone, in a block of any size, and among a hundred."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import subside
from subside.engine.arms import own
from subside.engine.group import gather, prepare, treat
from subside.engine.population.beliefs import fitted
from subside.engine.population.draws import PARTS

EXAMPLES = Path(__file__).parents[2] / "examples/from_papers"
TIMES_H = np.array([-24.0, 0.0, 4.0, 24.0, 14 * 24.0])


@pytest.mark.parametrize("name", ["schwartzman_2009_crps", "zarate_2006_depression"])
@pytest.mark.parametrize(("first", "n"), [(0, 1), (37, 23), (99, 1)])
def test_people_drawn_from_a_later_number_on_are_those_of_the_whole_group(
    name: str, first: int, n: int
) -> None:
    case = subside.read_case(EXAMPLES / f"{name}.toml")
    rows = slice(first, first + n)
    whole = gather(case, fitted(), 100, seed=3, alike=True, vary=PARTS)
    part = gather(case, fitted(), n, seed=3, alike=True, vary=PARTS, first=first)
    one, _ = prepare(whole, own(case), TIMES_H)
    other, _ = prepare(part, own(case), TIMES_H)
    for field in ("rates", "slow_rates", "parameters", "start"):
        np.testing.assert_array_equal(getattr(one, field)[rows], getattr(other, field))


def test_treated_in_pieces_people_answer_as_they_do_together() -> None:
    case = subside.read_case(EXAMPLES / "zarate_2006_depression.toml")
    whole = treat(gather(case, fitted(), 50, seed=3, alike=True), own(case), TIMES_H)
    pieces = [treat(gather(case, fitted(), n, seed=3, alike=True, first=first), own(case), TIMES_H)
              for first, n in ((0, 21), (21, 29))]  # fmt: skip
    for name, rows in whole.items():
        np.testing.assert_array_equal(rows, np.concatenate([piece[name] for piece in pieces]))
