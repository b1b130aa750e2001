"""Examples with an opioid beside ketamine run from file to answer and say what they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from subside.case import read_case
from subside.engine import compare
from subside.engine.drugs.others import others
from subside.report.treatments import treatment_words

FOLDER = Path(__file__).parents[2] / "examples/other_painkillers"
FILES = sorted(FOLDER.glob("*.toml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_example_gives_its_opioid_and_says_what_it_is_not(file):
    case = read_case(file)
    assert case.about.is_not
    assert others(case).opioids
    assert not others(case).unmodeled
    assert len(treatment_words(case)) == len(case.treatments)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_opioid_beside_ketamine_is_in_both_arms_and_levels_are_believable(file):
    found = compare(read_case(file), ["placebo"], times_h=[-1.0, 1.0, 2.5, 4.0, 27.0], draws=40, verify=False)
    for arm in found.arms.values():
        level = arm["ce_opioid_c50"].median
        assert level[0] == 0.0
        assert level[2] > 1.0
        assert level[4] < 0.01
        assert np.all(np.isfinite(arm["nrs_pain"].median))
    # After the operation ketamine's arm hurts less: less of what remifentanil brings, and ketamine itself.
    assert found.arms["case"]["nrs_pain"].mean[3] < found.arms["placebo"]["nrs_pain"].mean[3]
