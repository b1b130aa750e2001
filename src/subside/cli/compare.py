"""The same patient under several treatments, and what each adds.

Treatments: none, placebo, active-placebo, published regimens by name (ketamine, esketamine, opioid,
nsaid, gabapentinoid, tricyclic, ketamine+therapy; each is printed in full, nothing is converted), or
other case files, whose regimen this case's patient gets.
"""

from __future__ import annotations

from argparse import ArgumentTypeError, Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from subside.cli.answer import Answer, envelope, to_json
from subside.cli.arguments import Parser, folder
from subside.cli.many import add_many, check_gpu, compare_many, is_counted
from subside.cli.memory import check_memory
from subside.cli.run_options import add_case, add_run, load_case, ready
from subside.cli.sources import source_rows
from subside.cli.talk import Talk
from subside.errors import unknown_name

if TYPE_CHECKING:
    from rich.console import Console

    from subside.case import Case
    from subside.course import Comparison

ARMS = (
    "none", "placebo", "active-placebo", "ketamine", "esketamine", "opioid", "nsaid", "gabapentinoid",
    "tricyclic", "ketamine+therapy",
)  # fmt: skip
"""Treatments by name; anything else is a case file."""

AT_HOME = (
    "A treatment taken at home is seen at its start and every four weeks, an infusion at each visit: part of a "
    "difference between them is what visits do. The picture of --out compares each with a dummy of its own."
)


def add_arguments(parser: Parser) -> None:
    """The case, the other treatments, how many patients, when."""
    add_case(parser)
    parser.add_argument(
        "--with",
        dest="arms",
        type=arm_names,
        required=True,
        metavar="LIST",
        help=f"treatments to compare with, separated by commas: {', '.join(ARMS)}, or case files",
    )
    add_run(parser)
    add_many(parser)
    parser.add_argument(
        "--out",
        type=folder,
        default=None,
        metavar="DIR",
        help="also write report.html (with the picture of how treatments differ), painkillers.svg and "
        "comparison.json into DIR",
    )


def arm_names(text: str) -> list[str]:
    """Return the names of a list such as ``none,placebo,other.toml``, without repeats."""
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise ArgumentTypeError(f"must name treatments between commas; got {text!r}. Try none,placebo")
    for name in names:
        if name not in ARMS and not _is_file(name):
            raise ArgumentTypeError(str(unknown_name("treatment or case file", name, ARMS)).rstrip("."))
    return list(dict.fromkeys(names))


def run(options: Namespace, talk: Talk) -> Answer:
    """Simulate every arm with the same patients and the same random streams."""
    counted = is_counted(options)
    check_gpu(options)
    case = load_case(options)
    arms = _arms(options.arms)
    if not counted:
        check_memory(case, n_patients=options.patients, times_h=options.at, arms=len(arms) + 1)
    ready(talk)
    compare = compare_many if counted else _compare
    if options.out is None:
        return _answer(case, arms, compare(options, case, arms, talk))

    from subside.cli.outfolder import out_folder

    with out_folder(options.out) as work:
        comparison = compare(options, case, arms, talk)
        answer = _answer(case, arms, comparison)
        written = _write(work, options, case, arms, comparison, answer, talk)
    where = options.out / "report.html"
    return replace(answer, afterwards=f"Wrote {where}, with {' and '.join(written)} beside it.")


def _answer(case: Case, arms: list[str | Case], comparison: Comparison) -> Answer:
    from subside.course import compare_result

    def show(console: Console) -> None:
        from subside.cli.reporting import report_of
        from subside.report import comparison_summary

        console.print(comparison_summary(report_of(case, comparison.arms["case"], comparison)))
        _print_treatments(console, case, arms)

    def result() -> dict[str, Any]:
        document = compare_result(comparison)
        for name, arm in comparison.arms.items():
            document["arms"][name]["title"] = arm.title
        return document

    cautions = {(c.code, c.text): c for arm in comparison.arms.values() for c in arm.cautions}
    return Answer(
        result=result,
        show=show,
        warnings=[{"code": c.code, "text": c.text, "sources": list(c.sources)} for c in cautions.values()],
        sources=source_rows(name for arm in comparison.arms.values() for name in arm.sources),
    )


def _write(
    work: Path,
    options: Namespace,
    case: Case,
    arms: list[str | Case],
    comparison: Comparison,
    answer: Answer,
    talk: Talk,
) -> list[str]:
    """Write the report, the picture where it has lines, and the answer as JSON; return the last two's names."""
    from subside.cli.reporting import beside, report_of
    from subside.report import painkillers_svg, write_report

    with talk.progress("Comparing each treatment with its own dummy"):
        rows = beside(case, arms, seed=options.seed, n_patients=options.patients)
    report = replace(report_of(case, comparison.arms["case"], comparison), beside=rows)
    write_report(work / "report.html", report)
    written = []
    if rows:
        (work / "painkillers.svg").write_text(painkillers_svg(rows) + "\n", encoding="utf-8")
        written.append("painkillers.svg")
    document = to_json(envelope(answer, verb="compare", seed=options.seed))
    (work / "comparison.json").write_text(document + "\n", encoding="utf-8")
    return [*written, "comparison.json"]


def _print_treatments(console: Console, case: Case, arms: list[str | Case]) -> None:
    """Print every other treatment in full."""
    from rich.text import Text

    from subside.engine.arms import like, named
    from subside.report.regimen import in_words, lane
    from subside.report.treatments import treatment_words

    console.print(Text("The treatments compared", style="bold"))
    at_home = False
    for given in arms:
        arm = named(given, case) if isinstance(given, str) else like(given, case, name=given.title)
        console.print(Text(f"{arm.name}: {arm.title if isinstance(given, str) else 'from a case file'}"))
        if arm.kind not in ("drug", "other"):
            continue
        infused = in_words(lane(arm.case)) if arm.case.infusions else ()
        for sentence in (*infused, *treatment_words(arm.case)):
            console.print(Text(f"  {sentence}"))
        at_home = at_home or arm.kind == "other"
    if at_home:
        console.print(Text(AT_HOME))


def _is_file(name: str) -> bool:
    return name.endswith(".toml") or Path(name).is_file()


def _compare(options: Namespace, case: Case, arms: Sequence[str | Case], talk: Talk) -> Comparison:
    from subside import engine

    with talk.progress(f"Simulating {len(arms) + 1} treatments") as progress:
        return engine.compare(
            case,
            arms,
            n_patients=options.patients,
            seed=options.seed,
            times_h=options.at,
            device=options.device,
            progress=progress,
        )


def _arms(names: list[str]) -> list[str | Case]:
    """Return each arm: the name of a known treatment, or a case from a file, titled by that file."""
    from subside.case import read_case

    arms: list[str | Case] = []
    taken = {"case", *ARMS}
    for name in names:
        if not _is_file(name):
            arms.append(name)
            continue
        stem = Path(name).stem
        title = name if stem in taken else stem
        taken.add(title)
        arms.append(read_case(name).model_copy(update={"title": title}))
    return arms
