"""The report as a browser lays it out: nothing spills over a phone, words stay readable.

Needs Chromium on the machine; without it these tests are skipped, not passed.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from html import escape, unescape
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

from subside.evidence.treatments import treatment_facts, treatments_known
from subside.report import Beside, render

CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

# Run in a copy of the page only: what the browser made of it, as text that the DOM dump holds.
PROBE = """
<script>
const shown = [...document.querySelectorAll('svg.panel text')].filter(t => t.getClientRects().length);
const words = shown.map(t => {
  const own = t.getBoundingClientRect(), box = t.ownerSVGElement.getBoundingClientRect();
  return {text: t.textContent, height: own.height,
          out: Math.max(box.left - own.left, own.right - box.right, box.top - own.top,
                        own.bottom - box.bottom)};
});
const said = {page: document.documentElement.scrollWidth, window: window.innerWidth, words: words};
const pre = parent.document.createElement('pre');
pre.id = 'probe';
pre.textContent = JSON.stringify(said);
parent.document.body.appendChild(pre);
</script>
"""


def _made() -> ModuleType:
    name = "report_examples_for_the_browser"
    if name not in sys.modules:
        path = Path(__file__).parents[1] / "docs" / "test_report.py"
        spec = util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


def _laid_out(folder: Path, text: str, *, width: int, pictures: str = "svg.panel") -> dict:
    page = folder / "page.html"
    probe = PROBE.replace("svg.panel", pictures)
    # In a frame: a window of a headless browser is never narrower than 500 px, a frame can be.
    inside = escape(text.replace("</body>", probe + "</body>"), quote=True)
    page.write_text(
        f'<!DOCTYPE html><body><iframe style="border:0" width="{width}" height="900" srcdoc="{inside}">'
        "</iframe></body>",
        encoding="utf-8",
    )
    done = subprocess.run(
        [
            str(CHROMIUM),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={folder / 'profile'}",
            "--window-size=1400,1000",
            "--virtual-time-budget=5000",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found = re.search(r'<pre id="probe">(.*?)</pre>', done.stdout, flags=re.DOTALL)
    assert found is not None
    return json.loads(unescape(found.group(1)))


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("text", ["INPATIENT", "OUTPATIENT"])
def test_nothing_spills_over_and_words_in_pictures_stay_readable(tmp_path, width, text):
    made = _made()
    page = _laid_out(tmp_path, render(made.report(getattr(made, text))), width=width)
    assert page["window"] == width
    assert page["page"] <= page["window"]
    assert page["words"]
    for word in page["words"]:
        # Half a line may overhang a picture (a tick on its edge); 9 px of line is a 7.5 px letter.
        assert word["out"] <= 8, word
        assert word["height"] >= 9, word


@pytest.mark.parametrize("width", [390, 1280])
def test_the_picture_of_painkillers_fits_its_words_on_a_phone_and_a_screen(tmp_path, width):
    made = _made()
    rows = tuple(
        Beside(facts=treatment_facts(name), during=(-1.0, -5.0, 0.2), after=(0.0, -0.5, 0.5))
        for name in treatments_known()
    )
    report = replace(made.report(made.INPATIENT), beside=rows)
    page = _laid_out(tmp_path, render(report), width=width, pictures="svg.painkiller")
    assert page["page"] <= page["window"]
    said = {word["text"] for word in page["words"]}
    assert {treatment_facts(name).label for name in treatments_known()} <= said
    for word in page["words"]:
        assert word["out"] <= 8, word  # a letter or so may overhang the edge
        assert word["height"] >= 11, word  # 11 px of line is a 9 px letter
