"""How many states a cord can rest in after an injury: one in the shallow form, two in the steep one."""

from __future__ import annotations

import numpy as np
import pytest

from subside.engine.population.injury import Wounded, beliefs, gain, table
from subside.validation.acute_to_chronic import before_operation

#: From next to nothing: with little drive the cord rests there.
S = np.concatenate([np.geomspace(1e-15, 1e-3, 500), np.linspace(1.01e-3, 1.0, 4000)])
DRIVES = np.geomspace(0.005, 0.6, 60)


def crossings(form: str) -> list[int]:
    """Return for each lasting drive how often dS/dt changes sign: 1 for one resting state, 3 for two."""
    system, _ = before_operation(form, 1, 1)
    found, one = beliefs(form), table()["forms"][form]
    h, half = one["feedback_steepness"]["value"], one["feedback_half"]["value"]
    k_pot, k_fade = found["potentiation_per_d"].median, 0.026
    gained = gain(S, np.repeat(system.parameters, len(S), axis=0))
    counts = []
    for drive in DRIVES:
        r = -np.expm1(-drive * gained)
        slope = k_pot * r**h / (r**h + half**h) * (1.0 - S) - k_fade * S
        counts.append(int((np.diff(np.sign(slope)) != 0).sum()))
    return counts


def test_the_shallow_form_has_one_resting_state_for_every_lasting_drive() -> None:
    assert set(crossings("monostable")) == {1}


def test_the_steep_form_has_two_for_a_band_of_drives_and_one_outside_it() -> None:
    counts = crossings("bistable")
    assert set(counts) == {1, 3}
    band = [k for k, count in enumerate(counts) if count == 3]
    assert band == list(range(band[0], band[-1] + 1))  # one band, no holes
    assert counts[0] == counts[-1] == 1  # no drive keeps nobody up, a large one leaves no choice


@pytest.mark.parametrize("form", ["monostable", "bistable"])
def test_nothing_lasting_means_full_recovery(form: str) -> None:
    from subside.validation.acute_to_chronic import operated
    from subside.validation.acute_to_chronic_outcomes import typical

    values = {**typical(form), ("lasting_share", False): 1e-6}
    people = operated("gastrointestinal", form, values, people=96)
    assert isinstance(people.wounds, Wounded)
    painless_before = people.wounds.before_nrs == 0.0
    # half-lives of weeks leave a rest at a year in the slowest healers alone
    assert np.quantile(people.gained_nrs[painless_before, 2], 0.95) < 0.05
