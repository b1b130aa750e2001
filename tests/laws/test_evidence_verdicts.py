"""Laws of the evidence box and of citing."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subside.case import CONDITIONS
from subside.errors import UnknownNameError
from subside.evidence import BASES, WEAK_BASES, cite, figures, verdict_conditions, verdicts

CHRONIC_PAIN = sorted(
    name
    for name, known in CONDITIONS.items()
    if known.family not in ("mood", "healthy") and name != "acute_pain"
)


@pytest.mark.parametrize("condition", CHRONIC_PAIN)
def test_consensus_and_review_stand_side_by_side_for_every_chronic_pain(condition: str) -> None:
    found = verdicts(condition)
    assert [one.year for one in found] == [2018, 2025]
    for one in found:
        assert one.source.address
        assert one.basis in BASES


def test_every_condition_of_a_case_file_has_its_verdicts_or_none_on_purpose() -> None:
    assert set(CONDITIONS) <= set(verdict_conditions())


def test_only_complex_regional_pain_syndrome_has_more_than_weak_evidence() -> None:
    better = [name for name in CHRONIC_PAIN if verdicts(name)[0].strength == "moderate"]
    assert better == ["complex_regional_pain_syndrome"]


def test_an_unknown_condition_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'fibromyalgia'"):
        verdicts("fibromialgia")


IDS = [one.id for one in figures()]


@given(st.lists(st.sampled_from(IDS), max_size=30), st.randoms(use_true_random=False))
def test_citing_is_the_same_in_any_order_and_counts_repeats_once(
    ids: list[str], chance: random.Random
) -> None:
    shuffled = [*ids, *ids]
    chance.shuffle(shuffled)
    assert cite(shuffled) == cite(ids)


@given(st.lists(st.sampled_from(IDS), unique=True, max_size=30))
def test_citing_loses_nothing_and_sets_the_weak_apart(ids: list[str]) -> None:
    footing = cite(ids)
    assert sorted(one.id for one in footing.figures) == sorted(ids)
    assert sum(footing.counts.values()) == len(ids)
    assert sum(footing.counts.get(basis, 0) for basis in WEAK_BASES) == len(footing.weak)
    keys = [cited.source.key for cited in footing.sources]
    assert len(keys) == len(set(keys))
    assert [row["weak"] for row in footing.rows()].count(True) == len(footing.weak)


def test_citing_nothing_is_an_empty_footing_and_an_unknown_id_is_refused() -> None:
    assert cite([]).sources == ()
    with pytest.raises(UnknownNameError, match=r"No figure 'dahan_2011\.c50'"):
        cite(["dahan_2011.c50"])
