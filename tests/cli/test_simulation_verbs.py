"""simulate, compare and cite keep the contract of the command line, with a stand-in for the engine.

The stand-in answers at once with made-up curves; what it was asked is kept in ``engine.asked``.
"""

from __future__ import annotations

import json

import numpy as np
import pytest

from subside.cli import main
from subside.cli.app import FINDING, OUR_FAILURE, STOPPED, WRONG_CALL
from subside.course import Caution, compare, course_from_samples, read_table
from subside.errors import ComputationError

ENVELOPE = ["format", "subside", "verb", "seed", "warnings", "sources", "result"]
SOURCES = ("dahan_2011.half_life_on_off", "assumptions.rebound")
TIMES_H = (0.0, 24.0, 168.0, 2016.0)


class StandIn:
    """An engine that knows no pharmacology."""

    def __init__(self) -> None:
        self.asked: list[dict] = []
        self.raises: BaseException | None = None

    def _course(self, relief, *, n_patients, seed, times_h, typical, keep):
        times = np.array(TIMES_H if times_h is None else times_h)
        rng = np.random.default_rng(seed)
        rows = 1 if typical else max(n_patients, 40)
        pain = np.clip(rng.normal(7 - relief, 1, size=(rows, len(times))), 0, 10)
        level = np.full((rows, len(times)), 0.0)
        return course_from_samples(
            times,
            {"cp_ketamine_ng_per_ml": level, "nrs_pain": pain},
            n_patients=n_patients,
            seed=seed,
            title="made up",
            baseline_nrs_pain=7.0,
            cautions=(Caution(code="made_up", text="These curves are made up."),),
            sources=SOURCES,
            keep=keep,
        )

    def simulate(
        self, case, *, n_patients=1, seed=1, times_h=None, typical=False, keep=False, **more
    ):
        self.asked.append({"what": "simulate", "n_patients": n_patients, "seed": seed, "times_h": times_h})
        if self.raises is not None:
            raise self.raises
        return self._course(
            2.0, n_patients=n_patients, seed=seed, times_h=times_h, typical=typical, keep=keep
        )

    def compare(
        self, case, arms, *, n_patients=1, seed=1, times_h=None, typical=False, **more
    ):
        names = [arm if isinstance(arm, str) else arm.title for arm in arms]
        self.asked.append({"what": "compare", "arms": names, "given": arms})
        if self.raises is not None:
            raise self.raises
        how = {"n_patients": n_patients, "seed": seed, "times_h": times_h, "typical": typical, "keep": True}
        courses = {"case": self._course(2.0, **how)}
        courses |= {name: self._course(0.5, **how) for name in names}
        return compare(courses)


@pytest.fixture
def engine(monkeypatch):
    """The stand-in, in the engine's place, on a machine that has compiled already."""
    stand_in = StandIn()
    monkeypatch.setattr("subside.engine.simulate", stand_in.simulate, raising=False)
    monkeypatch.setattr("subside.engine.compare", stand_in.compare, raising=False)
    monkeypatch.setattr("subside.engine.kernel.jit.is_warm", lambda: True)
    monkeypatch.setattr("subside.cli.reporting.explained", lambda report: report)
    return stand_in


@pytest.fixture
def case(root):
    """A case file."""
    return str(root / "examples" / "from_papers" / "sigtermans_2009_crps.toml")


def _json(capsys):
    text = capsys.readouterr().out

    def refuse(name):
        raise AssertionError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


def test_simulate_json_is_one_envelope_with_the_result_promised(engine, case, capsys):
    assert main(["simulate", case, "--json", "--seed", "5", "--at", "7 d,40 min,7 d"]) == 0
    document = _json(capsys)
    assert list(document) == ENVELOPE
    assert (document["format"], document["verb"], document["seed"]) == (1, "simulate", 5)
    assert document["warnings"] == [
        {"code": "made_up", "text": "These curves are made up.", "sources": []}
    ]
    assert document["result"]["times_h"] == pytest.approx([40 / 60, 168.0])
    pain = document["result"]["values"]["nrs_pain"]
    assert set(pain) >= {"unit", "median", "low", "high", "mean", "sd"}
    assert len(pain["median"]) == 2
    assert engine.asked[0]["times_h"] == pytest.approx((40 / 60, 168.0))


def test_sources_name_each_work_once_and_the_weak_figures_in_it(engine, case, capsys):
    main(["simulate", case, "--json"])
    by_key = {source["key"]: source for source in _json(capsys)["sources"]}
    assert by_key["dahan_2011"]["weak"] == []
    assert by_key["assumptions"]["weak"] == ["assumptions.rebound"]


def test_simulate_for_people_leads_with_the_difference_from_placebo(engine, case, capsys):
    assert main(["simulate", case]) == 0
    out = capsys.readouterr()
    assert "placebo" in out.out
    assert "not a medical device" in out.out
    assert engine.asked[0]["arms"] == ["placebo"]


def test_out_holds_the_report_the_table_and_the_summary(engine, case, capsys, tmp_path):
    target = tmp_path / "new" / "out"
    assert main(["simulate", case, "--out", str(target), "--patients", "50"]) == 0
    captured = capsys.readouterr()
    assert "report.html" in captured.err
    assert sorted(p.name for p in target.iterdir()) == ["course.parquet", "report.html", "summary.json"]
    summary = json.loads((target / "summary.json").read_text())
    assert list(summary) == ENVELOPE
    table = read_table(target / "course.parquet")
    assert table.values["nrs_pain"].shape == (50, len(TIMES_H))
    page = (target / "report.html").read_text()
    assert "made up" in page
    assert page.index("2018") > 0
    assert "Cochrane" in page


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--patients", "0"], "--patients: must be a whole number from 1 to"),
        (["--patients", "many"], "got 'many'"),
        (["--patients", "1e3"], "got '1e3'"),
        (["--seed", "-1"], "--seed"),
        (["--at", "40 bananas"], "unknown unit 'bananas'"),
        (["--at", ""], "times must be a list"),
        (["--at", "nan d"], "finite number"),
        (["--patiens", "3"], "did you mean --patients?"),
        (["another.toml"], "another.toml"),
        (["--out", ""], "name of a folder"),
        (["--typical", "--patients", "5"], "Leave one of the two out"),
    ],
)
def test_a_wrong_option_is_one_line_that_names_it(engine, case, capsys, words, says):
    assert main(["simulate", case, *words]) == WRONG_CALL
    captured = capsys.readouterr()
    assert captured.out == ""
    assert says in captured.err
    assert len(captured.err.splitlines()) == 1
    assert engine.asked == []


def test_a_case_that_is_wrong_lists_its_mistakes_and_writes_nothing(engine, capsys, tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_text('title = "bad"\n[patient]\nage_years = -4\n')
    target = tmp_path / "out"
    assert main(["simulate", str(bad), "--out", str(target)]) == WRONG_CALL
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "age_years" in captured.err
    assert not target.exists()


def test_an_out_folder_in_the_way_stops_before_the_work(engine, case, capsys, tmp_path):
    (tmp_path / "taken").write_text("mine")
    assert main(["simulate", case, "--out", str(tmp_path / "taken")]) == WRONG_CALL
    assert "it is a file" in capsys.readouterr().err
    assert engine.asked == []


@pytest.mark.parametrize(
    ("trouble", "code", "says"),
    [
        (ComputationError("patient 3: the solver stopped."), OUR_FAILURE, "patient 3: the solver stopped"),
        (ZeroDivisionError("division by zero"), OUR_FAILURE, "ZeroDivisionError"),
        (MemoryError(), OUR_FAILURE, "MemoryError"),
        (KeyboardInterrupt(), STOPPED, "Stopped"),
    ],
)
def test_a_failure_of_ours_is_short_and_leaves_no_file(
    engine, case, capsys, tmp_path, monkeypatch, trouble, code, says
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    engine.raises = trouble
    target = tmp_path / "out"
    assert main(["simulate", case, "--out", str(target)]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert says in captured.err
    assert "Traceback" not in captured.err
    assert len(captured.err.splitlines()) == 1
    assert not target.exists()
    details = list(tmp_path.glob("subside-failure-*.txt"))
    assert len(details) == (1 if code == OUR_FAILURE else 0)
    for file in details:
        assert str(file) in captured.err
        assert "Traceback" in file.read_text()


def test_compare_runs_named_arms_and_case_files(engine, case, capsys, root):
    other = str(root / "examples" / "from_papers" / "schwartzman_2009_crps.toml")
    assert main(["compare", case, "--with", f"none, placebo,{other},none", "--json"]) == 0
    document = _json(capsys)
    assert document["verb"] == "compare"
    assert list(document["result"]["arms"]) == ["case", "none", "placebo", "schwartzman_2009_crps"]
    assert "case - placebo" in document["result"]["differences"]
    assert engine.asked[0]["given"][2].infusions


def test_compare_for_people_shows_every_arm(engine, case, capsys):
    assert main(["compare", case, "--with", "placebo"]) == 0
    assert "placebo" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("placbo", "Did you mean 'placebo'?"),
        ("none,,placebo", "between commas"),
        ("none,gone.toml", "gone.toml"),
    ],
)
def test_an_unknown_arm_suggests_the_nearest(engine, case, capsys, text, says):
    assert main(["compare", case, "--with", text]) == WRONG_CALL
    captured = capsys.readouterr()
    assert says in captured.err
    assert engine.asked == []


def test_a_run_that_no_memory_holds_is_refused_before_it_starts(engine, case, capsys, monkeypatch):
    monkeypatch.setattr("subside.cli.memory.available_bytes", lambda: 4e8)
    assert main(["simulate", case, "--patients", "10000", "--out", "never"]) == WRONG_CALL
    assert "fewer patients" in capsys.readouterr().err
    assert main(["simulate", case, "--patients", "1000000", "--out", "never"]) == WRONG_CALL
    assert "few times" in capsys.readouterr().err
    assert engine.asked == []
    monkeypatch.setattr("subside.cli.memory.available_bytes", lambda: 4e9)
    assert main(["simulate", case, "--patients", "2000", "--json"]) == 0


def test_without_the_solver_a_simulation_names_the_part_to_install(engine, case, capsys, monkeypatch):
    monkeypatch.setattr("subside.cli.run_options.find_spec", lambda _name: None)
    assert main(["simulate", case]) == WRONG_CALL
    assert "subside[engine]" in capsys.readouterr().err
    assert main(["case", "check", case]) == 0


def test_cite_marks_the_figures_that_nobody_confirmed(engine, case, capsys):
    assert main(["cite", case]) == 0
    text = capsys.readouterr().out
    assert "! assumed" in text
    assert "1 of 2 figures and " in text
    assert main(["cite", case, "--json"]) == 0
    document = _json(capsys)
    assert document["result"]["weak"] == ["assumptions.rebound"]
    assert {row["id"] for row in document["result"]["figures"]} == set(SOURCES)


def test_findings_and_failures_have_codes_of_their_own():
    assert (FINDING, WRONG_CALL, OUR_FAILURE) == (1, 2, 3)


def test_full_curves_are_written_as_parquet_or_as_text(engine, case, tmp_path):
    for form in ("parquet", "csv"):
        assert main(["simulate", case, "--out", str(tmp_path / form), "--format", form]) == 0
        names = {path.name for path in (tmp_path / form).iterdir()}
        assert names == {"report.html", f"course.{form}", "summary.json"}
    head = (tmp_path / "csv" / "course.csv").read_text(encoding="utf-8").splitlines()[0]
    assert head == "patient,time_h,name,value,unit"
