"""The contract that every verb keeps, whatever it does."""

from __future__ import annotations

import pytest

from subside.cli.verbs import VERBS


def test_help_lists_every_verb_on_stdout(subside):
    done = subside("--help")
    assert done.returncode == 0
    assert done.stderr == ""
    for name, verb in VERBS.items():
        assert f"  {name} " in done.stdout
        assert verb.does in done.stdout


def test_a_call_without_words_shows_help_and_is_a_wrong_call(subside):
    done = subside()
    assert done.returncode == 2
    assert "verbs:" in done.stdout


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_each_verb_explains_itself_and_offers_json(subside, verb):
    done = subside(verb, "--help")
    assert done.returncode == 0
    assert f"usage: subside {verb}" in done.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["warmupp"], "Did you mean 'warmup'?"),
        (["--json", "warmup"], "options follow the verb"),
        (["warmup", "--jsno"], "did you mean --json?"),
        (["wa\x1b[31mrmup"], "no verb"),
    ],
)
def test_a_wrong_call_is_one_clear_line_and_exit_2(subside, words, says):
    done = subside(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr
