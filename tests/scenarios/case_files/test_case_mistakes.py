"""Each case file of this folder has mistakes; the file of the same name beside it says which.

An ``.expected`` file holds, one a line, the whole of every message that a reader gets, in order, as we
want them to read. A case that someone could not read makes a new pair.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from subside.case import read_case
from subside.errors import CaseError

FILES = sorted(Path(__file__).parent.glob("*.toml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_mistake_of_the_file_is_told_once_and_as_expected(file: Path) -> None:
    with pytest.raises(CaseError) as caught:
        read_case(file)
    expected = file.with_suffix(".expected").read_text(encoding="utf-8").splitlines()
    assert [str(problem) for problem in caught.value.problems] == expected


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_message_has_four_parts_and_names_a_line_of_the_file(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    with pytest.raises(CaseError) as caught:
        read_case(file)
    for problem in caught.value.problems:
        assert all((problem.where, problem.got, problem.accepted, problem.remedy))
        assert problem.line is not None
        # The key stands on that line, or its table does where the key is what is missing.
        *tables, key = (part.partition("[")[0] for part in problem.where.split("."))
        here = lines[problem.line - 1]
        is_entry = problem.where.endswith("]")  # of a list over several lines: no key stands there
        assert is_entry or problem.where == "syntax" or any(part in here for part in (key, *tables[-1:]))
