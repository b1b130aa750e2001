"""The repository speaks of the software alone and installs from anywhere."""

from __future__ import annotations

import re
import subprocess

import pytest

# Built in pieces, so that this file does not find itself.
HOMES = "|".join(("work", "root", "farm", "home"))
MACHINE_PATHS = re.compile(rf"(?<![\w.}}])/({HOMES})/|\.\./" + "shared")
LOCK_FILES = re.compile(r"(^|/)(uv\.lock|pylock[^/]*\.toml|(poetry|Pipfile|yarn)\.lock|package-lock\.json)$")
HOST = re.compile(r"https?://|file://|--(extra-)?index-url|--find-links|\b(pypi|pythonhosted)\.org\b")


@pytest.fixture(scope="module")
def tracked(root):
    """Every file of the repository, by name; outside a checkout there is nothing to look at."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [name for name in done.stdout.split("\0") if name and (root / name).is_file()]


def _lines(root, names):
    for name in names:
        data = (root / name).read_bytes()
        if b"\0" in data[:8192]:
            continue
        for number, line in enumerate(data.decode("utf-8").splitlines(), start=1):
            yield name, number, line


def test_no_file_names_a_path_of_one_machine(root, tracked):
    lines = _lines(root, tracked)
    found = [f"{name}:{n}: {line.strip()[:80]}" for name, n, line in lines if MACHINE_PATHS.search(line)]
    assert found == []


def test_no_lock_file_is_kept(tracked):
    assert [name for name in tracked if LOCK_FILES.search(name)] == []


def test_constraints_pin_every_version_and_name_no_host(root):
    for file in sorted(root.glob("constraints*.txt")):
        text = file.read_text()
        assert HOST.search(text) is None, file.name
        for line in text.splitlines():
            assert re.match(r"[a-z0-9][a-z0-9._-]*==\S+( ; .+)?$", line), f"{file.name}: {line}"


def test_no_build_file_names_a_registry(root, tracked):
    build = {"Makefile", ".ci/run", "pyproject.toml", "README.md", "CONTRIBUTING.md"}
    lines = _lines(root, [name for name in tracked if name in build])
    registry = re.compile("pypi|index-url|find-links")
    assert [f"{name}:{n}" for name, n, line in lines if registry.search(line)] == []
