"""The notebooks of examples/ run from top to bottom as a reader would run them, and ship without outputs."""

from __future__ import annotations

import json
import os
import shutil

import pytest


def _notebooks(root):
    return sorted((root / "examples").glob("*.ipynb"))


def pytest_generate_tests(metafunc):
    if "notebook" in metafunc.fixturenames:
        found = _notebooks(metafunc.config.rootpath)
        metafunc.parametrize("notebook", found, ids=[path.stem for path in found])


def test_there_is_a_notebook(root):
    assert _notebooks(root)


def test_a_notebook_ships_without_outputs_and_without_the_paths_of_a_machine(notebook):
    text = notebook.read_text(encoding="utf-8")
    for cell in json.loads(text)["cells"]:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None
    folders = ("home", "root", "Users", "tmp")  # put together here, so that this file names none itself
    assert not any(f"/{folder}/" in text for folder in folders)
    assert "C:\\\\" not in text


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning")
def test_a_notebook_runs_from_top_to_bottom(notebook, root, tmp_path, monkeypatch):
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    shutil.copytree(root / "examples", tmp_path / "examples")
    # The kernel is a process of its own: it reads this checkout, and keeps its files in this folder.
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(root / "src"), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    pages = nbformat.read(notebook, as_version=4)
    folder = {"metadata": {"path": str(tmp_path / "examples")}}
    # Long times: a shared machine may have to compile first.
    client = nbclient.NotebookClient(
        pages, timeout=300, startup_timeout=300, kernel_name="python3", resources=folder
    )
    client.execute()
    shown = [out for cell in pages.cells for out in cell.get("outputs", ())]
    assert [out for out in shown if out.output_type == "error"] == []
    assert any("text/html" in out.get("data", {}) for out in shown), "a course shows itself"
    assert any("image/png" in out.get("data", {}) for out in shown), "the figure is drawn"
