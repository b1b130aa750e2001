"""subside replay: records in, the alarm time line out; a bad record names each mistake with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

GOOD = """\
# an invented session
at, what, value, unit, source, device
0:00:00, baseline_sbp_mmhg, 128, mmHg
0:00:00, baseline_dbp_mmhg, 78, mmHg
0:00:05, spo2_percent, 97, %, device, monitor
0:00:08, infusion_start, 22, mg/h, Nurse Example,
0:00:12, spo2_percent, 90, %, device, monitor
0:00:20, spo2_percent, 89, %, device, monitor
0:00:25, spo2_percent, 89, %, device, monitor
28 s, ack, spo2_critical, , Nurse Example,
"""


@pytest.fixture
def record(tmp_path: Path) -> Path:
    path = tmp_path / "session.csv"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_the_time_line_shows_alarms_with_marks_values_limits_and_prompts(subside, record):
    done = subside("replay", str(record), "--site", "texas")
    assert done.returncode == 1  # a finding: alarms were raised
    assert "0:00:22    raised          *** SpO2 89 % <= 91 for 10 s (monitor)" in done.stdout
    assert "Look at the patient" in done.stdout
    assert "acknowledged    *** spo2_critical@monitor" in done.stdout
    assert "[Nurse Example]" in done.stdout
    assert "not a medical device" in done.stdout
    assert "await a medical director's signature" in done.stdout
    assert "beside the rules, never alone" in done.stdout


def test_json_holds_the_time_line_the_episodes_and_the_states(subside, record):
    done = subside("replay", str(record), "--json", "--site", "texas")
    document = json.loads(done.stdout)
    result = document["result"]
    raised = [c for c in result["timeline"] if c["kind"] == "raised" and c["key"] == "spo2_critical@monitor"]
    assert [c["at_ms"] for c in raised] == [22_000]
    assert raised[0]["priority"] == "high"
    assert raised[0]["news2"].startswith("NEWS2 at least")
    episode = next(e for e in result["episodes"] if e["key"] == "spo2_critical@monitor")
    assert episode["acknowledged_by"] == "Nurse Example"
    assert result["states"][0]["phase"] == "before"
    assert result["states"][-1]["phase"] == "infusing"
    assert document["warnings"][0]["code"] == "unsigned_profile"
    assert {s["key"] for s in document["sources"]} >= {"news2", "design"}


def test_a_quiet_session_is_no_finding(subside, root):
    done = subside("replay", str(root / "tests/scenarios/monitoring/quiet_infusion.toml"))
    # The file asks for the texas profile; nothing is raised under it.
    assert done.returncode == 0
    assert "Alarms: 0 high, 0 medium, 0 low" in done.stdout


def test_going_on_in_silence_raises_the_watchdog(subside, record):
    done = subside("replay", str(record), "--until", "2 min")
    assert "0:00:40    raised          *** no data from any device: 15 s" in done.stdout


def test_a_parquet_record_gives_the_same_as_its_csv(subside, record, tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    rows = [line.split(", ") for line in GOOD.splitlines()[2:]]
    names = ("at", "what", "value", "unit", "source", "device")
    columns = {n: [r[i].rstrip(",") if i < len(r) else None for r in rows] for i, n in enumerate(names)}
    path = tmp_path / "session.parquet"
    parquet.write_table(pyarrow.table(columns), path)
    first = json.loads(subside("replay", str(record), "--json").stdout)["result"]
    second = json.loads(subside("replay", str(path), "--json").stdout)["result"]
    assert second["timeline"] == first["timeline"]
    assert second["states"] == first["states"]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_a_parquet_record_may_hold_real_times_of_any_resolution(subside, tmp_path, unit):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    per_s = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    found = []
    for kind in (pyarrow.timestamp(unit, tz="UTC"), pyarrow.duration(unit)):
        at = pyarrow.array([i * per_s for i in range(15)], kind)
        table = {"at": at, "what": ["spo2_percent"] * 15, "value": [90.0] * 15, "unit": ["%"] * 15}
        path = tmp_path / "session.parquet"
        parquet.write_table(pyarrow.table(table), path)
        result = json.loads(subside("replay", str(path), "--json").stdout)["result"]
        found.append([(c["at_ms"], c["key"]) for c in result["timeline"] if c["kind"] == "raised"])
    assert (10_000, "spo2_critical") in found[0]
    assert found[0] == found[1]


def test_every_mistake_of_a_record_is_named_with_its_line_and_nothing_else_is_printed(subside, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text(
        "at,what,value,unit,source,device\n"
        "5,spo2_percent,97,%,device,m\n"
        "0:00:06,spo2,97,%,device,m\n"
        "0:00:07,etco2_mmhg,5.1,kPa,device,m\n"
        "0:00:08,spo2_percent,many,%,device,m\n"
        "0:00:09,hr_bpm,70,,device,m\n"
        "0:00:10,hr_bpm,70,/min,telepathy,m\n"
        "0:00:11,ack,,,Nurse Example,\n"
        "2030-01-05T14:30:00Z,hr_bpm,70,/min,device,m\n"
        "0:00:12,rate_change,22,mL/h,Nurse Example,\n"
        "0:00:13,hr_bpm,70,/min,device,m,1,2,3,4\n"
        "0:00:14,hr_bpm,inf,/min,device,m\n",
        encoding="utf-8",
    )
    done = subside("replay", str(path))
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "bad.csv: 11 mistakes" in done.stderr
    for line in range(2, 13):
        assert f"line {line}, " in done.stderr
    assert "Did you mean 'spo2_percent'?" in done.stderr
    assert "Convert to mmHg" in done.stderr


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none.csv", None, "must be a file"),
        ("empty.csv", "", "an empty file"),
        ("header.csv", "at,what,valeu\n", "Did you mean 'value'?"),
        ("semicolons.csv", "at;what;value\n", "Separate the cells by commas"),
        ("no_rows.csv", "at,what,value\n", "a table without readings"),
        ("quote.csv", 'at,what,value\n"0:00:01,spo2_percent,97\n', "no CSV"),
        ("latin.csv", b"at,what,value\n0:00:01,caf\xe9,1\n", "text in UTF-8"),
        ("no.parquet", b"PAR1 and nothing else", "must be a Parquet table"),
        ("no.toml", "title = \n", "no TOML"),
        ("key.toml", 'titel = "x"\n', "Did you mean 'title'?"),
        ("nothing.toml", 'title = "x"\n', "no readings"),
        ("signal.toml", '[[signal]]\nwhat = "spo2"\n', "signal[0]"),
        (
            "baseline.toml",
            'baseline = { sbp_mmhg = "128" }\nrecord = "1 s, hr_bpm, 70, /min"',
            "sbp_mmhg = '128'",
        ),
        ("until.toml", 'until = 5\nrecord = "1 s, hr_bpm, 70, /min"', "until"),
        ("well.toml", "well = {}", "no 'from'"),
        ("many.toml", "signal = 5", "tables [[signal]]"),
        ("expect.toml", 'expect = [{ at = 5 }]\nrecord = "1 s, hr_bpm, 70, /min"', "expect[0]"),
        ("notes.txt", "x", "must be a .csv, .parquet or .toml"),
    ],
)
def test_a_file_that_is_no_record_is_refused_in_a_clear_line(subside, tmp_path, name, content, says):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = subside("replay", str(path))
    assert done.returncode == 2
    assert done.stdout == ""
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_site_names_the_nearest(subside, record):
    done = subside("replay", str(record), "--site", "texsa")
    assert done.returncode == 2
    assert "Did you mean 'texas'?" in done.stderr
