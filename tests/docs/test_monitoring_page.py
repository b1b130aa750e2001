"""The page on monitoring names everything a record may hold, and every limit with its number."""

from __future__ import annotations

from subside.care.monitoring import SITES, thresholds
from subside.care.monitoring.observation import EVENTS


def test_every_channel_event_and_limit_stands_on_the_page(root):
    page = (root / "docs/explanation/monitoring.md").read_text(encoding="utf-8")
    limits = thresholds("strict")
    for channel in limits.channels:
        assert f"| `{channel.name}` | {channel.label} |" in page
    for name, means in EVENTS.items():
        assert f"| `{name}` | {means} |" in page
    # Some signs and their limits share a name; the table of limits comes first on the page.
    table = page.split("## The limits")[1].split("## Records")[0]
    rows = {line.split("|")[1].strip(): line for line in table.splitlines() if line.startswith("| `")}
    for rule in limits.rules:
        row = rows[f"`{rule.id}`"]
        number = next(x for x in (rule.at_most, rule.at_least, rule.above, rule.rise) if x is not None)
        assert rule.priority in row
        assert rule.basis in row
        assert rule.row in row
        assert f"{number:g}" in row or "seen" in row
    for site in SITES:
        assert f"`{site}`" in page
