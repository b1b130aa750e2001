"""NEWS2 against its chart, column by column, as printed: 3 2 1 0 1 2 3.

Source: Royal College of Physicians, National Early Warning Score (NEWS) 2, chart 1; read in a mirror.
Every whole number (tenth of a degree) between the bounds of a column is tried, so no edge is left out.
"""

from __future__ import annotations

import pytest

from subside.care.monitoring.early_warning import score

COLUMNS = (3, 2, 1, 0, 1, 2, 3)
CHART = {
    "rr_per_min": ("..8", "", "9..11", "12..20", "", "21..24", "25.."),
    "spo2_percent": ("..91", "92..93", "94..95", "96..", "", "", ""),
    "sbp_mmhg": ("..90", "91..100", "101..110", "111..219", "", "", "220.."),
    "hr_bpm": ("..40", "", "41..50", "51..90", "91..110", "111..130", "131.."),
    "temp_c": ("..35.0", "", "35.1..36.0", "36.1..38.0", "38.1..39.0", "39.1..", ""),
}
SCALE_2_OXYGEN = ("..83", "84..85", "86..87", "88..92", "93..94", "95..96", "97..")
SCALE_2_AIR = ("..83", "84..85", "86..87", "88..", "", "", "")
ENDS = {
    "rr_per_min": (0, 60),
    "spo2_percent": (60, 100),
    "sbp_mmhg": (50, 260),
    "hr_bpm": (20, 200),
    "temp_c": (33, 41),
}


def values(column: str, what: str) -> list[float]:
    """Every value of a printed column."""
    step = 10 if what == "temp_c" else 1
    low, high = ENDS[what]
    first, last = column.split("..")
    begin = round(float(first or low) * step)
    end = round(float(last or high) * step)
    return [v / step for v in range(begin, end + 1)]


def points(what: str, value: float, **how: object) -> int:
    found = score({what: value}, **{"oxygen": False, **how})  # type: ignore[arg-type]
    return dict(found.parts)[what]


@pytest.mark.parametrize("what", CHART)
def test_every_value_scores_what_its_column_says(what: str) -> None:
    for column, expected in zip(CHART[what], COLUMNS, strict=True):
        for value in values(column, what) if column else ():
            assert points(what, value) == expected, (what, value)


@pytest.mark.parametrize(("row", "oxygen"), [(SCALE_2_OXYGEN, True), (SCALE_2_AIR, False)])
def test_the_second_saturation_scale_scores_what_its_columns_say(row: tuple[str, ...], oxygen: bool) -> None:
    for column, expected in zip(row, COLUMNS, strict=True):
        for value in values(column, "spo2_percent") if column else ():
            assert points("spo2_percent", value, oxygen=oxygen, spo2_scale=2) == expected, value


def test_oxygen_scores_two_and_anything_but_alert_three() -> None:
    assert dict(score({}, oxygen=True).parts) == {"oxygen": 2}
    assert dict(score({"consciousness": 1.0}, oxygen=False).parts)["consciousness"] == 3
    assert dict(score({"consciousness": 0.0}, oxygen=False).parts)["consciousness"] == 0


@pytest.mark.parametrize(
    ("total", "band"),
    [(0, "low"), (4, "low"), (5, "urgent"), (6, "urgent"), (7, "emergency"), (9, "emergency")],
)
def test_the_bands_begin_at_five_and_seven(total: int, band: str) -> None:
    # Built from parts of at most two points each, so that no single three decides.
    ladder = [("temp_c", 39.1), ("hr_bpm", 111.0), ("rr_per_min", 21.0), ("sbp_mmhg", 100.0)]
    given = dict(ladder[: total // 2])
    if total % 2:
        given["spo2_percent"] = 95.0
    assert score(given, oxygen=False).score == total
    assert score(given, oxygen=False).band == band
    assert score({"rr_per_min": 8.0}, oxygen=False).band == "single_3"
