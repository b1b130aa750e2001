"""Compiled code is kept by the engine's sources: an edit anywhere must show in the next number."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from subside.engine.kernel import jit

ASK = """
from subside.engine.kernel.jit import cache_folder
from subside.engine.systems.probe import answer
print(answer(3.0), cache_folder().name, sum(1 for _ in cache_folder().rglob("*.nbi")))
"""
PROBE = """
from subside.engine.effects_probe import equation
from subside.engine.kernel.jit import compiled

@compiled
def answer(x):
    return equation(x)
"""
EQUATION = """
from subside.engine.kernel.jit import scalar

@scalar
def equation(x):
    return {factor} * x
"""


@pytest.fixture
def copy(tmp_path: Path, root: Path) -> Path:
    """What a compiled loop needs of the package, with an equation in one file and a loop in another."""
    package = tmp_path / "src" / "subside"
    for part in ("__init__.py", "errors.py", "engine/__init__.py", "engine/systems/__init__.py"):
        (package / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / "src" / "subside" / part, package / part)
    shutil.copytree(root / "src/subside/engine/kernel", package / "engine/kernel")
    (package / "engine/systems/probe.py").write_text(PROBE)
    (package / "engine/effects_probe.py").write_text(EQUATION.format(factor=2.0))
    return tmp_path


def _ask(copy: Path) -> tuple[float, str, int]:
    environment = os.environ | {
        "PYTHONPATH": str(copy / "src"),
        "SUBSIDE_CACHE_DIR": str(copy / "cache"),
        "PYTHONDONTWRITEBYTECODE": "1",  # two edits within a second would share a .pyc
    }
    run = subprocess.run(
        [sys.executable, "-c", ASK], env=environment, cwd=copy, capture_output=True, text=True, check=True
    )
    number, folder, files = run.stdout.split()
    return float(number), folder, int(files)


def test_an_edit_in_another_file_shows_in_the_next_number(copy: Path) -> None:
    first = _ask(copy)
    assert first[0] == 6.0
    assert first[2] > 0, "nothing was kept"
    assert _ask(copy) == first  # from the cache, the same
    # Numba looks at the file of the loop alone, and there nothing changes: on its own it answers 6 again.
    (copy / "src/subside/engine/effects_probe.py").write_text(EQUATION.format(factor=5.0))
    second = _ask(copy)
    assert second[0] == 15.0
    assert second[1] != first[1]
    (copy / "src/subside/engine/effects_probe.py").write_text(EQUATION.format(factor=2.0))
    assert _ask(copy)[:2] == first[:2]


def test_a_home_that_cannot_be_written_compiles_in_memory(copy: Path) -> None:
    (copy / "cache").write_text("a file where a folder should be")
    environment = os.environ | {
        "PYTHONPATH": str(copy / "src"),
        "SUBSIDE_CACHE_DIR": str(copy / "cache"),
        "HOME": str(copy),
    }
    ask = "from subside.engine.systems.probe import answer; print(answer(3.0))"
    run = subprocess.run(
        [sys.executable, "-c", ask], env=environment, cwd=copy, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "6.0"


def test_the_sources_are_read_in_a_small_part_of_a_start() -> None:
    # Start-up allows a second for a warm run; a tenth of it is generous for a hundred small files. Best of
    # five, in processor seconds, so that a busy machine does not fail the test.
    seconds = []
    for _ in range(5):
        began = time.process_time()
        jit.sources_hash()
        seconds.append(time.process_time() - began)
    assert min(seconds) < 0.1


def test_old_folders_are_dropped_and_the_newest_kept(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(jit, "cache_folder", lambda: tmp_path / "kernels" / "now")
    for age, name in enumerate(["a", "b", "c", "d", "e"]):
        folder = tmp_path / "kernels" / name
        folder.mkdir(parents=True)
        os.utime(folder, (1e9 - age, 1e9 - age))
    assert not jit.is_warm()
    jit.mark_warm()
    assert jit.is_warm()
    left = {p.name for p in (tmp_path / "kernels").iterdir()}
    assert left == {"now", "a", "b", "c"}


@pytest.mark.slow
def test_an_edit_in_the_kernel_shows_in_a_whole_model(copy: Path, root: Path) -> None:
    shutil.copy(root / "src/subside/engine/systems/kpm.py", copy / "src/subside/engine/systems/kpm.py")
    (copy / "src/subside/engine/systems/probe.py").write_text(
        "import numpy as np\n"
        "from subside.engine.systems import kpm\n"
        "def answer(x):\n"
        "    times = np.array([0, x])\n"
        "    regimen = kpm.Regimen(changes_h=np.zeros(1), mg_per_kg_per_h=np.ones(1), times_h=times)\n"
        "    return kpm.trajectories(np.full((1, 32), 0.5), regimen=regimen)[0, 1, 7]\n"
    )
    before = _ask(copy)[0]
    functions = copy / "src/subside/engine/kernel/functions.py"
    text = functions.read_text()
    assert "return x / (half + x)" in text
    functions.write_text(text.replace("return x / (half + x)", "return x / (half + half + x)"))
    assert _ask(copy)[0] != before
