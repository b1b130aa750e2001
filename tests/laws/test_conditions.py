"""Profiles of conditions: every name resolves, every number has a figure, and the cord accepts the state."""

from __future__ import annotations

import pytest

from subside.case import CONDITIONS
from subside.engine.circuit.members import Cord
from subside.engine.circuit.states import state
from subside.engine.conditions import PROFILES, QUALITIES, profile
from subside.errors import UnknownNameError
from subside.evidence import figure


@pytest.mark.parametrize("name", CONDITIONS)
def test_every_condition_of_a_case_file_has_a_profile_its_own_or_its_familys(name: str) -> None:
    found = profile(name)
    assert found.name == name
    assert (found.stands_in == "") == (name in PROFILES)
    assert found.chronic_pain == (CONDITIONS[name].family not in ("mood", "healthy"))
    assert found.headache == (CONDITIONS[name].family == "chronic_migraine")
    assert state(name) == Cord(**found.cord)


@pytest.mark.parametrize("name", PROFILES)
def test_every_number_and_sign_of_a_profile_stands_in_the_evidence(name: str) -> None:
    found = profile(name)
    ids = [*found.sources, *(one for sign in found.signature.values() for one in sign.figures)]
    for one in ids:
        figure(one)
    if found.chronic_pain:
        assert len(found.sources) == 1 + len(found.cord)
        assert tuple(found.signature) == tuple(QUALITIES)
        # what is said to be known has a figure, what is not has none
        assert all(bool(sign.figures) == (sign.change != "unknown") for sign in found.signature.values())
        assert 0.0 <= found.peripheral_share <= 1.0


def test_an_unknown_condition_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="fibromyalgia"):
        profile("fibromyalgie")
    with pytest.raises(UnknownNameError, match="nerve_injury"):
        state("nerve_injry")
