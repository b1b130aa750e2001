"""What a record or a session file tells the person who wrote it: every mistake by place, and what to do."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import pytest

from subside.care.monitoring import (
    Baseline,
    Observation,
    baseline_from_case,
    change_to_json,
    fold,
    new_snapshot,
    observation_to_json,
    snapshot_from_json,
    snapshot_from_text,
    snapshot_to_json,
    thresholds,
)
from subside.care.monitoring.jsonable import observation_from_json
from subside.care.monitoring.record import parse_csv, read_table
from subside.care.monitoring.scenario import parse_scenario, read_scenario
from subside.care.monitoring.snapshot import Change
from subside.case import parse_case
from subside.errors import CaseError, MissingExtraError, ParameterError

HEAD = "at,what,value,unit,source,device,sequence,received,text\n"
COLUMNS = "Accepted: at, what, value, unit, source, device, sequence, received, text."
TIME = (
    'Accepted: "0:12:30" or "12 min 30 s" from the start, '
    'or a time with zone "2030-01-05T14:30:00Z". Write the time so.'
)
NAME = "Accepted: a channel such as spo2_percent, or an event such as infusion_start."
PER_MIN = (
    "Accepted: /min or 1/min or bpm or beat/min or {beat}/min or beats/min or breath/min or {breath}/min. "
    "Convert to /min and say so."
)


def said(call) -> list[str]:
    with pytest.raises(CaseError) as caught:
        call()
    return [str(problem) for problem in caught.value.problems]


# --- one row of a record ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("5,hr_bpm,70,/min", f"at: got '5' without a unit. {TIME}"),
        (",hr_bpm,70,/min", f"at: got nothing. {TIME}"),
        ("1 parsec,hr_bpm,70,/min", f"at: got '1 parsec' (unknown unit 'parsec'). {TIME}"),
        ("2030-13-05T14:30:00Z,hr_bpm,70,/min", f"at: got no time (month must be in 1..12). {TIME}"),
        ("2030-01-05T14:30:00,hr_bpm,70,/min", f"at: got a clock time without a time zone. {TIME}"),
        ("0:00:14,hr_bpm,70,/min,device,m,,soon", f"received: got 'soon'. {TIME}"),
        ("0:00:06,spo2,97,%", f"what: got 'spo2'. {NAME} Did you mean 'spo2_percent'?"),
        ("0:00:06,Infu,97,%", f"what: got 'Infu'. {NAME} Did you mean 'infusion_start'?"),
        (
            "0:00:06,baselin_hr_bpm,97,%",
            f"what: got 'baselin_hr_bpm'. {NAME} Did you mean 'baseline_hr_bpm'?",
        ),
        ("0:00:06,xyzzy,9,%", f"what: got 'xyzzy'. {NAME} See docs/explanation/monitoring.md for the names."),
        ("0:00:06,,97,%", f"what: got nothing. {NAME} See docs/explanation/monitoring.md for the names."),
        (
            f"0:00:06,{'x' * 50},1,%",
            f"what: got '{'x' * 37}...'. {NAME} See docs/explanation/monitoring.md for the names.",
        ),
        (
            "0:00:08,spo2_percent,many,%",
            "value: got 'many'. Accepted: a number in %, or empty for no value. Write the number.",
        ),
        (
            "0:00:08,hr_bpm,inf,/min",
            "value: got 'inf'. Accepted: a finite number in /min. Leave the cell empty for no value.",
        ),
        (
            "0:00:08,seizure,perhaps,",
            "value: got 'perhaps'. Accepted: yes or no, or empty for no value. Write one of them.",
        ),
        (
            "0:00:08,seizure,2,",
            "value: got '2'. Accepted: yes or no, or empty for no value. Write one of them.",
        ),
        (
            "0:00:11,ack,,,Nurse Example",
            "value: got nothing. Accepted: what the ack is about. Name the alarm, check or channel.",
        ),
        (
            "0:00:12,rate_change,,mg/h,Nurse Example",
            "value: got nothing. Accepted: the new rate with unit mg/h. Write the ordered rate.",
        ),
        (
            "0:00:12,infusion_stop,2,mg/h,Nurse Example",
            "value: got '2'. Accepted: nothing: infusion_stop has no value. Leave the cell empty.",
        ),
        (
            "0:00:14,capnography_needed,maybe,",
            "value: got 'maybe'. Accepted: yes or no. Write one of them.",
        ),
        ("0:00:14,news2_spo2_scale,3,", "value: got '3'. Accepted: 1 or 2. Write one of them."),
        (
            "0:00:14,baseline_sbp_mmhg,high,mmHg",
            "value: got 'high'. Accepted: a number in mmHg, or empty for no value. Write the number.",
        ),
        (
            "0:00:10,hr_bpm,70,/min,telepathy",
            "source: got 'telepathy'. Accepted: device or manual. Say where the reading comes from.",
        ),
        (
            "0:00:14,hr_bpm,70,/min,device,m,first",
            "sequence: got 'first'. Accepted: a whole number. Write one, or leave the column out.",
        ),
        (
            "0:00:13,hr_bpm,70,/min,device,m,1,2,3,4",
            "row: got 10 cells. Accepted: 9, as in the header. Quote the commas.",
        ),
    ],
)
def test_a_row_that_cannot_be_read_says_what_to_write_instead(row: str, says: str) -> None:
    assert said(lambda: parse_csv(HEAD + row, origin="r.csv")) == [f"line 2, {says}"]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("hr_bpm,70,", f"no unit. {PER_MIN}"),
        ("etco2_mmhg,5.1,kPa", "'kPa'. Accepted: mmHg or mm[Hg]. Convert to mmHg and say so."),
        ("temp_c,98.6,F", "'F'. Accepted: degC or Cel or °C. Convert to degC and say so."),
        ("spo2_percent,0.97,1", "'1'. Accepted: % or percent. Convert to % and say so."),
        ("apnea_s,1,min", "'min'. Accepted: s. Convert to s and say so."),
        ("vomiting,1,mL", "'mL'. Accepted: times. Convert to times and say so."),
        ("dissociation_nrs,3,%", "'%'. Accepted: 0-10 or 1 or score. Convert to 0-10 and say so."),
        ("pump_mg_per_h,2,mL/h", "'mL/h'. Accepted: mg/h. Convert to mg/h and say so."),
        ("rate_change,2,mL/h", "'mL/h'. Accepted: mg/h. Convert to mg/h and say so."),
        ("infusion_start,2,mL/h", "'mL/h'. Accepted: mg/h. Convert to mg/h and say so."),
        ("infusion_resume,2,mL/h", "'mL/h'. Accepted: mg/h. Convert to mg/h and say so."),
        ("oxygen_on,2,%", "'%'. Accepted: L/min. Convert to L/min and say so."),
        ("baseline_sbp_mmhg,16,kPa", "'kPa'. Accepted: mmHg or mm[Hg]. Convert to mmHg and say so."),
    ],
)
def test_a_unit_is_never_guessed_milliliters_never_pass_for_milligrams(row: str, says: str) -> None:
    found = said(lambda: parse_csv(f"{HEAD}0:00:05,{row}", origin="r.csv"))
    assert found == [f"line 2, unit: got {says}"]


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ("hr_bpm,70,bpm", 70.0),
        ("spo2_percent,97,percent", 97.0),
        ("temp_c,37.1,Cel", 37.1),
        ("etco2_mmhg,38,mm[Hg]", 38.0),
        ("etco2_mmhg,---,", None),
        ("etco2_mmhg,,", None),
        ("seizure,yes,", 1.0),
        ("seizure,TRUE,", 1.0),
        ("seizure,No,", 0.0),
        ("seizure,false,", 0.0),
        ("seizure,1,", 1.0),
        ("vomiting,2,", 2.0),
        ("dissociation_nrs,3,score", 3.0),
        ("dissociation_nrs,3,", 3.0),
        ("rate_change,12,mg/h", 12.0),
        ("oxygen_on,2,L/min", 2.0),
        ("oxygen_on,,", None),
    ],
)
def test_what_monitors_and_people_write_is_read_as_they_mean_it(row: str, value: float | None) -> None:
    (found,) = parse_csv(f"{HEAD}0:00:05,{row}", origin="r.csv").observations
    assert (found.at_ms, found.what, found.value) == (5000, row.split(",")[0], value)


def test_a_row_holds_who_which_device_when_it_came_and_in_which_order() -> None:
    text = (
        HEAD
        + "0:00:05,spo2_percent,97,%,manual,monitor 2,7,0:00:09,\n"
        + "0:00:06,ack,spo2_low,,Nurse Example,,,,\n"
        + "0:00:07,ack,,,Nurse Example,,,,spo2_low\n"
        + "0:00:08,hr_bpm,70,/min\n"
    )
    reading, by_value, by_text, plain = parse_csv(text, origin="r.csv").observations
    assert reading == Observation(
        at_ms=5000, what="spo2_percent", value=97.0, source="manual", device="monitor 2",
        sequence=7, received_ms=9000,
    )  # fmt: skip
    assert (by_value.text, by_value.value, by_value.source) == ("spo2_low", None, "Nurse Example")
    assert by_text.text == "spo2_low"
    # Without the columns: a device sent it, at once, in the order of the rows.
    assert (plain.source, plain.device, plain.sequence, plain.received_ms) == ("device", "", 4, 8000)


def test_a_record_says_what_the_patient_needs() -> None:
    def needs(*rows: str) -> Baseline:
        return parse_csv(HEAD + "\n".join(["0 s,hr_bpm,70,/min", *rows]), origin="r.csv").baseline

    assert needs() == Baseline()
    for word, needed in {"yes": True, "1": True, "YES": True, "no": False, "0": False}.items():
        assert needs(f"0 s,capnography_needed,{word},").capnography is needed
    assert needs("0 s,news2_spo2_scale,2,").news2_spo2_scale == 2
    assert needs("0 s,baseline_spo2_percent,94,%").spo2_percent == 94.0
    assert needs("0 s,baseline_spo2_percent,,").spo2_percent is None


# --- the table ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "",
            [
                "line 1, header: got an empty file. Accepted: at, what, value, unit, source, device. Add the header."
            ],
        ),
        (
            "# only a remark\n\n",
            [
                "line 1, header: got an empty file. Accepted: at, what, value, unit, source, device. Add the header."
            ],
        ),
        (
            "# a remark\nat,what,valeu\n",
            [
                f"line 2, header: got the column 'valeu'. {COLUMNS} Did you mean 'value'?",
                f"line 2, header: got no column 'value'. {COLUMNS} Add it.",
            ],
        ),
        (
            "at;what;value\n",
            [
                f"line 1, header: got the column 'at;what;value'. {COLUMNS} Separate the cells by commas.",
                f"line 1, header: got no column 'at'. {COLUMNS} Add it.",
                f"line 1, header: got no column 'what'. {COLUMNS} Add it.",
                f"line 1, header: got no column 'value'. {COLUMNS} Add it.",
            ],
        ),
        ("at,what,value,color\n", [f"line 1, header: got the column 'color'. {COLUMNS} Remove it."]),
        (
            "at,what,value,value\n",
            ["line 1, header: got a column twice. Accepted: each column once. Remove one."],
        ),
        (
            "at,what,value\n",
            ["line 1, rows: got a table without readings. Accepted: one reading a row. Add the readings."],
        ),
        (
            'at,what,value\n\n"0:00:01,spo2_percent,97\n',
            [
                "line 3, row: got a row that is no CSV (unexpected end of data). "
                "Accepted: one reading a line. Mend the quotes."
            ],
        ),
        (
            f"{HEAD}0:00:01,hr_bpm,70,/min\n2030-01-05T14:30:00Z,hr_bpm,70,/min\n",
            [f"line 3, at: got a clock time among times counted from the start. {TIME}"],
        ),
        (
            f"{HEAD}2030-01-05T14:30:00Z,hr_bpm,70,/min\n0:00:01,hr_bpm,70,/min\n",
            [f"line 3, at: got a time counted from the start among clock times. {TIME}"],
        ),
    ],
)
def test_a_table_that_cannot_be_read_says_which_line_to_mend(text: str, says: list[str]) -> None:
    assert said(lambda: parse_csv(text, origin="r.csv")) == says


def test_remarks_empty_lines_and_spaces_do_not_matter_and_lines_keep_their_numbers() -> None:
    text = (
        "# a session\n\n At , What, VALUE, unit\n\n 1 s, hr_bpm, 70, /min\n# later\n2 s, hr_bpm, 7o, /min\n"
    )
    (found,) = said(lambda: parse_csv(text, origin="r.csv"))
    assert found.startswith("line 7, value: got '7o'")


def test_more_than_fifty_mistakes_are_counted_and_fifty_are_not() -> None:
    def mistakes(count: int) -> list[str]:
        return said(lambda: parse_csv(HEAD + "5,hr_bpm,70,/min\n" * count, origin="r.csv"))

    assert len(mistakes(50)) == 50
    assert mistakes(51)[50:] == ["rows: got 1 more mistakes. Accepted: none. Mend these first."]


def test_the_file_is_named_in_its_mistakes(tmp_path) -> None:
    path = tmp_path / "bed_3.csv"
    path.write_text(HEAD + "5,hr_bpm,70,/min\n", encoding="utf-8")
    with pytest.raises(CaseError, match=r"^bed_3\.csv: 1 mistake\n"):
        read_table(path)
    path.write_bytes(b"at,what,value\n0:00:01,caf\xe9,1\n")
    with pytest.raises(
        ParameterError,
        match=r"^bed_3\.csv must be text in UTF-8; got a byte that is none at position 25\. "
        r"Save it as UTF-8, or pass a \.parquet file\.$",
    ):
        read_table(path)


def test_a_table_saved_by_a_spreadsheet_with_a_mark_at_its_start_is_read(tmp_path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_bytes(b"\xef\xbb\xbfat,what,value,unit\n1 s,temp_c,37.2,\xc2\xb0C\n")
    assert read_table(path).observations[0].value == 37.2


# --- Parquet ------------------------------------------------------------------------------------------


def parquet_file(path, **columns):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    parquet.write_table(pyarrow.table(columns), path)
    return path


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_a_parquet_table_of_clock_times_is_the_record_of_its_csv(tmp_path, unit: str) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    start = int(datetime(2030, 1, 5, 14, 30, tzinfo=UTC).timestamp())
    per_s = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    at = pyarrow.array([(start + s) * per_s for s in (0, 2, 5)], pyarrow.timestamp(unit, tz="UTC"))
    path = parquet_file(
        tmp_path / "r.PARQUET",
        **{"At": at, " what ": ["hr_bpm"] * 3, "value": [70.0, None, 72.0], "unit": ["/min"] * 3},
    )
    text = "at,what,value,unit\n" + "".join(
        f"2030-01-05T14:30:0{s}Z,hr_bpm,{value},/min\n" for s, value in ((0, "70"), (2, ""), (5, "72"))
    )
    assert read_table(path) == parse_csv(text, origin="r.csv")
    assert read_table(path).zero == datetime(2030, 1, 5, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_a_parquet_table_may_count_from_the_start(tmp_path, unit: str) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    per_s = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    at = pyarrow.array([1 * per_s, 90 * per_s], pyarrow.duration(unit))
    path = parquet_file(tmp_path / "r.parquet", at=at, what=["hr_bpm"] * 2, value=[70, 71], unit=["bpm"] * 2)
    assert [o.at_ms for o in read_table(path).observations] == [1000, 90_000]
    assert read_table(path).zero is None


def test_a_parquet_table_with_mistakes_names_its_rows(tmp_path) -> None:
    path = parquet_file(tmp_path / "r.parquet", at=["1 s", "2 s"], what=["hr_bpm"] * 2, value=["70", "7o"],
                        unit=["/min"] * 2)  # fmt: skip
    with pytest.raises(CaseError, match=r"^r\.parquet: 1 mistake\n  line 2, value: got '7o'"):
        read_table(path)
    path = parquet_file(tmp_path / "r.parquet", at=["1 s"], waht=["hr_bpm"], value=["70"])
    with pytest.raises(CaseError, match=r"^r\.parquet: 2 mistakes\n  line 1, header: got the column 'waht'"):
        read_table(path)


def test_what_is_no_parquet_table_is_refused_by_name(tmp_path) -> None:
    pytest.importorskip("pyarrow")
    path = tmp_path / "r.parquet"
    path.write_bytes(b"PAR1 and nothing else")
    with pytest.raises(
        ParameterError,
        match=r"^r\.parquet must be a Parquet table; got one that cannot be read \(.+\)\. "
        r"Write it again, or pass a CSV table\.$",
    ):
        read_table(path)


# --- a session written by hand ------------------------------------------------------------------------

ROW = 'record = "1 s, hr_bpm, 70, /min"\n'
SIGNAL = (
    '[[signal]]\nwhat = "hr_bpm"\nunit = "/min"\nevery = "1 s"\nfrom = "0 s"\nto = "5 s"\n'
    'points = [["0 s", 70]]\n'
)
CORNERS = "Accepted: what, unit, every, from, to, points."
TOP = "Accepted: title, story, incident, site, until, baseline, record, signal, well, expect, never, end."
USUAL = "Accepted: sbp_mmhg, dbp_mmhg, hr_bpm, spo2_percent, rr_per_min, capnography, news2_spo2_scale."
NUMBERS = (
    "Accepted: numbers in the units of the names; capnography = true or false; news2_spo2_scale = 1 or 2. "
    "Mend this part."
)
EXPECT = "Accepted: at, within, kind, alarm, priority, says, to."


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title = \n", "file: got no TOML (Invalid value (at line 1, column 9)). Accepted: TOML. "
                       "Mend the line that it names."),
        ('titel = "x"\n', f"scenario.titel: got an unknown key. {TOP} Did you mean 'title'?"),
        ("frobnicate = 1\n", f"scenario.frobnicate: got an unknown key. {TOP} Remove it."),
        ('title = "x"\n', "scenario: got no readings. Accepted: record or [[signal]]. Add one."),
        (f'site = "texsa"\n{ROW}', "site: got 'texsa'. Accepted: strict or texas or anzca. Choose one."),
        ("record = 5\n", "record: got no text. Accepted: rows of at, what, value, ... in triple quotes. "
                         "Write them."),
        (f"until = 5\n{ROW}", 'until: got 5 (no unit). Accepted: a time such as "45 min". Mend this part.'),
        (f'until = "soon"\n{ROW}', "until: got 'soon'. Accepted: a time such as \"45 min\". Mend this part."),
        ("signal = 5\n", "signal: got 5. Accepted: tables [[signal]]. Write them so."),
        ("signal = [5]\n", "signal: got [5]. Accepted: tables [[signal]]. Write them so."),
        ('[[signal]]\nwhat = "spo2"\n',
         f"signal[0]: got no channel 'spo2'; nearest: spo2_percent. {CORNERS} Mend this part."),
        ('[[signal]]\nwhat = "hr_pbm"\n',
         f"signal[0]: got no channel 'hr_pbm'; nearest: hr_bpm. {CORNERS} Mend this part."),
        ('[[signal]]\nwhat = "lactate"\n', f"signal[0]: got no channel 'lactate'. {CORNERS} Mend this part."),
        ('[[signal]]\nunit = "%"\n', f"signal[0]: got no 'what'. {CORNERS} Add it."),
        (SIGNAL + SIGNAL.replace('"/min"', '"bpm"'),
         f"signal[1]: got unit 'bpm'; hr_bpm is in /min. {CORNERS} Mend this part."),
        (SIGNAL.replace("every", "evry"), "signal[0].evry: got an unknown key. Accepted: what, unit, device, "
         "every, from, to, points, shape, gaps, source, lag. Did you mean 'every'?"),
        (SIGNAL.replace('"1 s"', '"0 s"'),
         f"signal[0]: got every = '0 s': above 0, and at most 200000 readings. {CORNERS} Mend this part."),
        (SIGNAL.replace('"5 s"', '"200001 s"'),
         f"signal[0]: got every = '1 s': above 0, and at most 200000 readings. {CORNERS} Mend this part."),
        (SIGNAL.replace('"1 s"', "5"), f"signal[0]: got 5 (no unit). {CORNERS} Mend this part."),
        (SIGNAL.replace('[["0 s", 70]]', "[]"),
         f"signal[0]: got points without a corner. {CORNERS} Mend this part."),
        ("well = {}\n", "well: got no 'from'. Accepted: from, to, except. Add it."),
        ("well = 5\n", "well: got 5. Accepted: from, to, except. Write a table."),
        ('well = { from = "0 s", to = "5 s", excpt = [] }\n',
         "well.excpt: got an unknown key. Accepted: from, to, except. Did you mean 'except'?"),
        (f"baseline = 5\n{ROW}", f"baseline: got 5. {USUAL} Write a table."),
        (f"baseline = {{ sbp = 1 }}\n{ROW}", f"baseline.sbp: got an unknown key. {USUAL} Remove it."),
        (f'baseline = {{ sbp_mmhg = "128" }}\n{ROW}', f"baseline: got sbp_mmhg = '128'. {NUMBERS}"),
        (f"baseline = {{ sbp_mmhg = true }}\n{ROW}", f"baseline: got sbp_mmhg = True. {NUMBERS}"),
        (f"baseline = {{ capnography = 1 }}\n{ROW}", f"baseline: got capnography = 1. {NUMBERS}"),
        (f"baseline = {{ news2_spo2_scale = 3 }}\n{ROW}", f"baseline: got news2_spo2_scale = 3. {NUMBERS}"),
        (f"expect = 5\n{ROW}", "expect: got 5. Accepted: tables [[expect]]. Write them so."),
        (f'expect = [{{}}, {{ at = 5 }}]\n{ROW}', f"expect[1]: got 5 (no unit). {EXPECT} Mend this part."),
        (f'expect = [{{ att = "5 s" }}]\n{ROW}',
         f"expect[0].att: got an unknown key. {EXPECT} Did you mean 'at'?"),
        (f'never = [{{ at = "5 s" }}]\n{ROW}',
         "never[0].at: got an unknown key. Accepted: kind, alarm, from, to, why. Remove it."),
        (f"never = [{{ from = 5 }}]\n{ROW}",
         "never[0]: got 5 (no unit). Accepted: kind, alarm, from, to, why. Mend this part."),
        (f"end = 5\n{ROW}", "end: got 5. Accepted: standing, clear, shows, blank, news2. Write a table."),
        (f"end = {{ standin = [] }}\n{ROW}", "end.standin: got an unknown key. Accepted: standing, clear, shows, "
         "blank, news2. Did you mean 'standing'?"),
        (f"end = {{ standing = 5 }}\n{ROW}",
         "end: got standing = 5. Accepted: lists of names: standing, clear, shows, blank, news2. Mend this part."),
    ],
)  # fmt: skip
def test_a_session_file_that_cannot_be_read_says_which_part_to_mend(text: str, says: str) -> None:
    with pytest.raises(CaseError, match=r"^s\.toml: 1 mistake\n") as caught:
        parse_scenario(text, origin="s.toml")
    assert [str(problem) for problem in caught.value.problems] == [says]


def test_a_case_is_no_session_and_the_verb_for_it_is_named() -> None:
    (found,) = said(lambda: parse_scenario("format = 1\n[patient]\n[[infusion]]\n", origin="case.toml"))
    assert found == (
        "file: got a case. Accepted: a recorded session. Pass a record, or 'subside check' for the case."
    )


def test_a_mistake_in_the_rows_of_a_session_file_is_named_by_their_line() -> None:
    text = 'record = """\n1 s, hr_bpm, 70, /min\n\n2 s, hr_bpm, 70,\n"""\n'
    with pytest.raises(CaseError, match=r"^s\.toml, record: 1 mistake\n  line 3, unit: got no unit"):
        parse_scenario(text, origin="s.toml")


def test_a_session_file_that_is_no_text_is_refused_by_name(tmp_path) -> None:
    path = tmp_path / "night.toml"
    path.write_bytes(b'title = "caf\xe9"')
    with pytest.raises(CaseError, match=r"^night\.toml: 1 mistake\n") as caught:
        read_scenario(path)
    assert str(caught.value.problems[0]) == (
        "file: got text that is not UTF-8. Accepted: UTF-8. Save it as UTF-8."
    )
    path.write_text(ROW, encoding="utf-8")
    assert read_scenario(path).title == "night.toml"


def test_a_drawn_signal_goes_straight_between_its_corners_or_holds_and_keeps_its_gaps() -> None:
    def values(more: str) -> list[tuple[int, float | None]]:
        text = SIGNAL.replace('[["0 s", 70]]', '[["1 s", 70], ["3 s", 80], ["4 s", ""]]') + more
        return [(o.at_ms, o.value) for o in parse_scenario(text, origin="s").record.observations]

    # Before its first corner it has the first value, after its last corner the last.
    assert values("") == [(0, 70), (1000, 70), (2000, 70), (3000, 80), (4000, None), (5000, None)]
    line = 'shape = "line"\n'
    assert values(line) == [(0, 70), (1000, 70), (2000, 75), (3000, 80), (4000, None), (5000, None)]
    thousandth = SIGNAL.replace('"1 s"', '"0.001 s"').replace('"5 s"', '"0.003 s"')
    assert len(parse_scenario(thousandth, origin="s").record.observations) == 4
    assert [at for at, _ in values('gaps = [["1 s", "3 s"]]\n')] == [0, 3000, 4000, 5000]


def test_a_drawn_signal_says_who_sent_it_and_how_late_it_came() -> None:
    plain = parse_scenario(ROW + SIGNAL, origin="s").record.observations
    assert [o.sequence for o in plain] == [1, 2, 3, 4, 5, 6, 7]
    assert plain[1] == Observation(
        at_ms=0, what="hr_bpm", value=70.0, source="device", device="monitor", sequence=2, received_ms=0
    )
    told = parse_scenario(SIGNAL + 'source = "manual"\ndevice = "ward"\nlag = "3 s"\n', origin="s")
    assert told.record.observations[0] == Observation(
        at_ms=0, what="hr_bpm", value=70.0, source="manual", device="ward", sequence=1, received_ms=3000
    )


def test_who_is_well_sends_every_usual_signal_that_the_file_does_not_draw() -> None:
    text = 'well = { from = "0 s", to = "20 min", except = ["moaas"] }\n' + SIGNAL
    found = parse_scenario(text, origin="s").record.observations
    assert {o.what for o in found} == {
        "spo2_percent", "hr_bpm", "rr_per_min", "etco2_mmhg", "sbp_mmhg", "dbp_mmhg",
        "dissociation_nrs", "nausea_nrs", "dizziness_nrs",
    }  # fmt: skip
    assert len([o for o in found if o.what == "hr_bpm"]) == 6  # as drawn, and no usual one beside it
    assert [o.sequence for o in found] == list(range(1, len(found) + 1))
    last = {o.what: o for o in found}
    assert last["sbp_mmhg"].at_ms == 20 * 60_000
    # Nothing of it alarms, or "well" would be the wrong word; only the start and silence may be noted.
    snapshot, changes = fold(new_snapshot(0), found, thresholds("strict"), Baseline(), 20 * 60_000)
    assert [c.key for c in changes if c.kind == "raised" and c.priority == "high"] == []
    assert snapshot.now_ms == 20 * 60_000


def test_a_session_file_holds_its_story_and_what_must_come() -> None:
    text = (
        'title = "A night"\nstory = """\n  Of a kind.\n"""\nincident = "I-1"\nsite = "texas"\nuntil = "2 min"\n'
        "baseline = { sbp_mmhg = 121, capnography = true, news2_spo2_scale = 2 }\n"
        + ROW
        + 'expect = [{ at = "5 s", alarm = "spo2_low", priority = "medium", says = "SpO2", to = "team" }, '
        '{ at = "9 s", within = "1 s", kind = "cleared" }]\n'
        'never = [{ alarm = "asystole", from = "3 s", to = "4 s", why = "x" }, {}]\n'
        'end = { standing = ["spo2_low"], clear = [7] }\n'
    )
    found = parse_scenario(text, origin="s.toml")
    assert (found.title, found.story, found.incident) == ("A night", "Of a kind.", "I-1")
    assert (found.site, found.until_ms) == ("texas", 120_000)
    assert found.record.baseline == Baseline(sbp_mmhg=121, capnography=True, news2_spo2_scale=2)
    first, second = found.expect
    assert (first.at_ms, first.within_ms, first.kind) == (5000, 2000, "raised")
    assert (first.alarm, first.priority, first.says, first.to) == ("spo2_low", "medium", "SpO2", "team")
    assert (second.within_ms, second.kind, second.alarm, second.to) == (1000, "cleared", "", "")
    never, always = found.never
    assert (never.alarm, never.from_ms, never.to_ms) == ("asystole", 3000, 4000)
    assert (always.from_ms, always.to_ms, always.at_ms, always.kind) == (0, None, None, "raised")
    assert found.end == {"standing": ("spo2_low",), "clear": ("7",)}
    least = parse_scenario(ROW, origin="s.toml")
    assert (least.title, least.story, least.incident, least.site) == ("s.toml", "", "", "strict")
    assert (least.until_ms, least.expect, least.never, least.end) == (None, (), (), {})
    assert least.record.baseline == Baseline()


# --- what is stored and handed on ---------------------------------------------------------------------


def test_an_observation_is_handed_on_whole() -> None:
    given = Observation(
        at_ms=5, what="ack", value=None, text="spo2_low", source="Nurse Example", device="d", sequence=3,
        received_ms=9,
    )  # fmt: skip
    assert observation_to_json(given) == (5, "ack", None, "spo2_low", "Nurse Example", "d", 3, 9)
    assert observation_from_json(observation_to_json(given)) == given


def test_a_change_is_handed_on_without_its_empty_parts() -> None:
    least = change_to_json(Change(at_ms=0, kind="raised", key="k", text=""))
    assert least == {"at_ms": 0, "kind": "raised", "key": "k"}  # a zero is a moment, not an empty part
    full = Change(
        at_ms=1, kind="raised", key="k", text="t", priority="high", value=0.0, limit=91.0, to="team", by="A",
        prompts=("look", "call"), grouped=True, since_ms=0,
    )  # fmt: skip
    assert change_to_json(full) == {
        "at_ms": 1, "kind": "raised", "key": "k", "text": "t", "priority": "high", "value": 0.0, "limit": 91.0,
        "to": "team", "by": "A", "prompts": ["look", "call"], "grouped": True, "since_ms": 0,
    }  # fmt: skip


def test_a_stored_state_that_cannot_be_read_says_why_and_to_replay() -> None:
    remedy = r"Replay the session from its observations\.$"
    with pytest.raises(
        ParameterError, match=r"^a stored monitoring snapshot must be JSON; got text that is none"
    ):
        snapshot_from_text("{")
    with pytest.raises(
        ParameterError, match=rf"^a monitoring snapshot must have format 1; got 99\. {remedy}"
    ):
        snapshot_from_json({"format": 99})
    whole = snapshot_to_json(new_snapshot(0))
    for part in whole:
        if part != "format":
            with pytest.raises(
                ParameterError, match=rf"^a monitoring snapshot must hold every part.+{remedy}"
            ):
                snapshot_from_json({name: value for name, value in whole.items() if name != part})


def test_every_reading_of_a_case_becomes_the_baseline_and_nothing_else_does() -> None:
    text = """\
format = 1
title = "An invented person"
[patient]
age_years = 50
weight_kg = 70
condition = "complex_regional_pain_syndrome"
sbp_mmhg = 131
dbp_mmhg = 79
hr_bpm = 66
spo2_percent = 95
rr_per_min = 13
[[infusion]]
drug = "esketamine"
start = "0 h"
steps = [ { rate = "10 mg/h", for = "4 h" } ]
"""
    found = baseline_from_case(parse_case(text, origin="case.toml"))
    assert found == Baseline(
        sbp_mmhg=131, dbp_mmhg=79, hr_bpm=66, spo2_percent=95, rr_per_min=13, capnography=True
    )


def test_what_is_quoted_from_a_record_is_cut_to_a_line() -> None:
    for length, quoted in ((40, "x" * 40), (41, "x" * 37 + "...")):
        (found,) = said(lambda n=length: parse_csv(f"{HEAD}1 s,{'x' * n},1,%", origin="r.csv"))
        assert f"got '{quoted}'." in found


def test_the_usual_scale_of_the_early_warning_score_may_be_written_down() -> None:
    text = f"{HEAD}0 s,hr_bpm,70,/min\n0 s,news2_spo2_scale,1,\n"
    assert parse_csv(text, origin="r.csv").baseline.news2_spo2_scale == 1


def test_without_the_library_for_parquet_the_way_to_get_it_is_said(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)  # as if it were not installed
    path = tmp_path / "r.parquet"
    path.write_bytes(b"PAR1")
    with pytest.raises(MissingExtraError, match=r"^Reading a Parquet record .*\[table\]"):
        read_table(path)


def test_the_columns_of_a_parquet_table_stand_in_any_order_and_parts_of_a_millisecond_are_dropped(
    tmp_path,
) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    at = pyarrow.array([1_500_000_001], pyarrow.duration("ns"))
    path = parquet_file(tmp_path / "r.parquet", what=["hr_bpm"], value=[70], unit=["bpm"], at=at)
    assert [o.at_ms for o in read_table(path).observations] == [1500]
