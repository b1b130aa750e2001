"""Nothing half-written: files appear together, or not at all."""

from __future__ import annotations

import pytest

from subside.cli.arguments import WrongCallError
from subside.cli.outfolder import out_folder, write_whole


def test_files_appear_together_at_the_end(tmp_path):
    target = tmp_path / "a" / "b"
    with out_folder(target) as work:
        (work / "one.txt").write_text("1")
        (work / "two.txt").write_text("2")
        assert [p.name for p in target.iterdir() if not p.name.startswith(".")] == []
    assert sorted(p.name for p in target.iterdir()) == ["one.txt", "two.txt"]


@pytest.mark.parametrize("trouble", [RuntimeError, KeyboardInterrupt])
def test_a_failure_or_a_stop_leaves_no_trace(tmp_path, trouble):
    with pytest.raises(trouble), out_folder(tmp_path / "a" / "b") as work:
        (work / "one.txt").write_text("1")
        raise trouble
    assert list(tmp_path.iterdir()) == []


def test_a_failure_keeps_what_an_earlier_run_wrote(tmp_path):
    with out_folder(tmp_path / "a") as work:
        (work / "one.txt").write_text("earlier")
    with pytest.raises(RuntimeError), out_folder(tmp_path / "a") as work:
        (work / "one.txt").write_text("later")
        raise RuntimeError
    assert [(p.name, p.read_text()) for p in (tmp_path / "a").iterdir()] == [("one.txt", "earlier")]


@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_file_in_the_way_is_named(tmp_path, below):
    (tmp_path / "taken").write_text("mine")
    target = tmp_path / "taken" / below
    with pytest.raises(WrongCallError, match=r"taken.*: it is a file"), out_folder(target):
        pass
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_text_file_is_replaced_whole_or_not_at_all(tmp_path):
    target = tmp_path / "case.toml"
    write_whole(target, "one")
    write_whole(target, "two")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("case.toml", "two")]
    with pytest.raises(WrongCallError, match="No such file"):
        write_whole(tmp_path / "missing" / "case.toml", "one")
