"""The time loop of the whole model is vector code too."""

from __future__ import annotations

import numpy as np
import pytest

from subside.case import parse_case
from subside.engine.arms import own
from subside.engine.group import gather, treat
from subside.engine.kernel.assembly import arithmetic, readable_here
from subside.engine.population.beliefs import prior
from subside.engine.systems.chronic_pain import loop

TEXT = """
format = 1
title = "invented"
[patient]
age_years = 45
weight_kg = 70
condition = "neuropathic_pain"
[[infusion]]
drug = "esketamine"
start = "0 h"
steps = [ { rate = "20 mg/h", for = "1 h" } ]
"""


@pytest.mark.skipif(not readable_here(), reason="reads x86-64 assembly; this machine has another")
def test_the_time_loop_of_the_whole_model_is_vector_code() -> None:
    case = parse_case(TEXT, origin="invented")
    treat(gather(case, prior(), 4, seed=1), own(case), np.array([1.0, 24.0]))
    found = arithmetic(loop.run_block)
    assert found.packed > 500  # three evaluations of seven states and 28 outputs
    assert found.packed_share > 0.95, found  # what is left decides titrated rates, patient by patient
