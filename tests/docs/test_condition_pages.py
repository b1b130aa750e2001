"""The page on conditions has the profiles as they ship and a row for each sign."""

from __future__ import annotations

import re
from pathlib import Path

from subside.engine.conditions import QUALITIES
from subside.evidence import figure
from subside.validation.condition_pages import PAGE, filled, painful


def test_the_page_has_the_profiles_of_today_and_a_verdict_on_every_sign(root: Path) -> None:
    page = (root / "docs/explanation" / PAGE).read_text(encoding="utf-8")
    assert filled(page, None) == page, "run python -m subside.validation.condition_pages"
    ends = ("| as published |", "| **missed** |", "| no figure |")
    rows = [line for line in page.splitlines() if line.endswith(ends)]
    assert len(rows) == len(painful()) * len(QUALITIES)
    for name in re.findall(r"`([a-z_0-9]+\.[a-z_0-9]+)`", "\n".join(rows)):
        figure(name)
