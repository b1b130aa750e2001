"""Predictions once written cannot be changed unseen, and are scored by rules whose value is known."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subside.errors import ParameterError
from subside.validation.predictions import Prediction, freeze, predictions_in, sample_crps, verify

Z90 = 1.6448536269514722


def _prediction(name="invented: pain at 4 wk", *, mean=-1.2, sd=0.8, observed=None, figure="", sample=()):
    low, high = mean - Z90 * sd, mean + Z90 * sd
    return Prediction(
        name=name, figure=figure, median=mean, low=low, high=high, mean=mean, sd=sd, observed=observed, sample=sample
    )


def _file(*predictions):
    made = predictions or (_prediction(), _prediction("µ: other", mean=3.0, figure="invented_2099.week_4"))
    return freeze(made, date="2027-01-31", seed=5, replicates=40)


TEXT = _file()


def test_a_file_that_nobody_touched_is_unaltered():
    found = verify(TEXT)
    assert (found.unaltered, found.trouble, found.date) == (True, "", "2027-01-31")
    assert [s.observed for s in found.scores] == [None, None]


def test_the_same_predictions_make_the_same_file():
    assert _file() == TEXT
    assert json.loads(TEXT)["content"]["parameters"].keys() >= {"priors/chronic_pain.toml"}


@given(st.data())
def test_any_byte_changed_is_noticed(data):
    raw = bytearray(TEXT.encode("utf-8"))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] = data.draw(st.integers(0, 255).filter(lambda b: b != raw[place]))
    _is_noticed(bytes(raw))


@given(st.integers(0, len(TEXT.encode("utf-8")) - 1))
def test_any_byte_removed_or_doubled_is_noticed(place):
    raw = TEXT.encode("utf-8")
    _is_noticed(raw[:place] + raw[place + 1 :])
    _is_noticed(raw[:place] + raw[place : place + 1] + raw[place:])


def _is_noticed(raw):
    try:
        text = raw.decode("utf-8")
        found = verify(text)
    except (UnicodeDecodeError, ParameterError):
        return  # no longer a file of predictions at all
    assert not found.unaltered


def test_other_spaces_or_another_order_are_noticed_though_the_content_is_the_same():
    document = json.loads(TEXT)
    assert not verify(json.dumps(document)).unaltered
    assert not verify(TEXT.replace("\n", "\r\n")).unaltered
    assert not verify(TEXT.rstrip("\n")).unaltered


def test_a_prediction_rewritten_with_its_hash_shows_in_the_hash():
    other = _file(_prediction(mean=-1.3))
    assert verify(other).unaltered  # alone it cannot be told: that is why the hash is published
    assert verify(other).sha256 != verify(TEXT).sha256


def test_predictions_come_back_as_they_were_to_seven_digits():
    sample = tuple(np.sort(np.random.default_rng(1).normal(size=50)))
    for back, made in zip(predictions_in(_file(_prediction(sample=sample))), [_prediction(sample=sample)], strict=True):
        assert back.name == made.name
        assert back.sample == pytest.approx(made.sample, rel=1e-6)
        assert back.low == pytest.approx(made.low, rel=1e-6)


@pytest.mark.parametrize("date", ["yesterday", "2027-02-30", "20270131", ""])
def test_a_date_that_is_no_day_is_refused(date):
    with pytest.raises(ParameterError, match="has no clock"):
        freeze((), date=date, seed=1, replicates=4)


def test_a_result_within_the_interval_hits_and_one_outside_misses():
    name = "invented: pain at 4 wk"
    hit, missed = (verify(TEXT, observed={name: v}).scores[0] for v in (-1.0, 2.0))
    assert (hit.hit, missed.hit) == (True, False)
    assert missed.crps > hit.crps
    assert missed.log_score > hit.log_score
    assert verify(TEXT, observed={"invented_2099.week_4": 3.0}).scores[1].hit


def test_scores_of_a_normal_prediction_are_those_of_the_closed_form():
    score = verify(_file(_prediction(mean=2.0, sd=0.5)), observed={"invented: pain at 4 wk": 2.0}).scores[0]
    # Gneiting & Raftery 2007: CRPS of N(m, s) at m is s (sqrt 2 - 1) / sqrt pi.
    assert score.crps == pytest.approx(0.5 * (math.sqrt(2.0) - 1.0) / math.sqrt(math.pi), rel=1e-6)
    assert score.log_score == pytest.approx(math.log(0.5 * math.sqrt(2.0 * math.pi)), rel=1e-6)
    assert score.place == pytest.approx(0.5)


def test_the_score_of_a_sample_is_the_mean_of_its_pairs():
    x = np.sort(np.random.default_rng(2).normal(size=37))
    for y in (-1.0, 0.2, 5.0):
        pairs = np.mean(np.abs(x - y)) - 0.5 * np.mean(np.abs(x[:, None] - x[None, :]))
        assert sample_crps(x, y) == pytest.approx(pairs, rel=1e-12)


def test_what_was_known_when_frozen_is_marked():
    found = verify(_file(_prediction(observed=-0.4))).scores[0]
    assert found.observed == -0.4
    assert found.prediction.observed == -0.4


def test_a_result_that_stands_in_the_evidence_is_found_by_its_figure():
    found = verify(_file(_prediction(mean=5.0, figure="pickering_2020.daily_pain_placebo"))).scores[0]
    assert found.observed == 5.34


def test_what_is_no_file_of_predictions_is_refused():
    for text in ("", "{}", "[1]", '{"content": {"kind": "other", "format": 1}}'):
        with pytest.raises(ParameterError, match="evidence freeze"):
            verify(text)


def test_verifying_needs_no_compiler(fresh_python, tmp_path):
    path = tmp_path / "predictions.json"
    path.write_text(TEXT, encoding="utf-8")
    code = (
        "import sys\nfrom subside.cli import main\n"
        f"assert main(['evidence', 'verify', {str(path)!r}]) == 0\nassert 'numba' not in sys.modules\n"
    )
    done = fresh_python("-c", code)
    assert done.returncode == 0, done.stderr
