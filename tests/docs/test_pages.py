"""What the pages show runs: Python blocks, commands, links to files.

A page is read from top to bottom by one person in one folder: its Python blocks share their names, and its
commands share a working folder, beside a copy of ``examples/``.
"""

from __future__ import annotations

import re
import shlex
import shutil

import pytest

from subside.cli import main
from subside.cli.verbs import VERBS

FENCE = re.compile(r"^( *)```(\w+)[^\n]*\n(.*?)^\1```\s*$", re.M | re.S)
COMMENT_CODE = re.compile(r"exits with (\d)")


def _pages(root):
    return sorted([*root.glob("*.md"), *(root / "docs").rglob("*.md")])


def _blocks(page, language):
    for indent, tag, body in FENCE.findall(page.read_text(encoding="utf-8")):
        if tag == language:
            yield "\n".join(line.removeprefix(indent) for line in body.splitlines())


def _commands(page):
    for body in _blocks(page, "console"):
        for line in body.replace("\\\n", " ").splitlines():
            words, _, comment = line.strip().partition("  #")
            if words:
                yield words.strip(), int(m[1]) if (m := COMMENT_CODE.search(comment)) else 0


def pytest_generate_tests(metafunc):
    root = metafunc.config.rootpath
    if "page" in metafunc.fixturenames:
        wanted = metafunc.function.language
        pages = [page for page in _pages(root) if any(_blocks(page, wanted))]
        metafunc.parametrize("page", pages, ids=[str(page.relative_to(root)) for page in pages])


@pytest.fixture
def reader(root, tmp_path, monkeypatch):
    """A reader's folder: the examples are there, and nothing else."""
    if (root / "examples").is_dir():
        shutil.copytree(root / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_python_blocks_run_from_top_to_bottom(page, reader):
    names = {"__name__": "page"}
    for block in _blocks(page, "python"):
        exec(compile(block, str(page), "exec"), names)


test_python_blocks_run_from_top_to_bottom.language = "python"


def test_commands_run_in_order_and_end_as_the_page_says(page, reader, root, capsys):
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(), re.M))
    for words, code in _commands(page):
        first, *rest = shlex.split(words)
        if first == "make":
            assert {word for word in rest if "=" not in word} <= targets, words
        elif first == "subside":
            if ">" in rest:
                rest = rest[: rest.index(">")]
            assert main(rest) == code, f"{words}: {capsys.readouterr().err}"
        else:
            assert first in {
                "git",
                "cd",
                "python3",
                "pip",
                ".venv/bin/pip",
                ".venv-neuro/bin/pip",
                "apt-get",
                "source",
            }, words


test_commands_run_in_order_and_end_as_the_page_says.language = "console"


def test_every_verb_stands_in_some_page(root):
    text = "\n".join(page.read_text(encoding="utf-8") for page in _pages(root))
    for verb in VERBS:
        assert re.search(rf"subside {verb}\b", text), verb


def test_links_between_files_lead_somewhere(root):
    for page in _pages(root):
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            generated = "reference" in (page.parent / target).parts  # the site's build checks these
            if generated or re.match(r"[a-z]+:", target):
                continue
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_first_screen_of_the_readme_links_limits_and_what_it_is_not_for(root):
    first_screen = "\n".join((root / "README.md").read_text(encoding="utf-8").splitlines()[:25])
    assert "docs/not-for.md" in first_screen
    assert "docs/limits.md" in first_screen
