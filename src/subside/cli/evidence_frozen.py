"""The actions of ``subside evidence`` on predictions: freeze them, verify a file, compare it with today."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from subside.cli.answer import Answer
from subside.cli.arguments import WrongCallError, add_common, whole_number
from subside.cli.outfolder import write_whole
from subside.cli.research_answers import cell, plain
from subside.cli.run_options import ready
from subside.cli.talk import Talk

if TYPE_CHECKING:
    from rich.console import Console

    from subside.validation.predictions import Scored, Verdict
    from subside.validation.update import Compared


def add_actions(parser: argparse.ArgumentParser) -> None:
    """Add freeze, verify and compare; without an action the table is printed."""
    actions = parser.add_subparsers(dest="action", metavar="freeze|verify|compare", required=False)
    does = "write down what the model predicts, with a hash and a date"
    freeze = actions.add_parser("freeze", help=does, description=does[0].upper() + does[1:])
    freeze.add_argument("--out", type=Path, required=True, metavar="FILE", help="the file to write (JSON)")
    freeze.add_argument(
        "--date", required=True, metavar="DAY", help="the day, such as 2027-01-31: you give it, the model has no clock"
    )
    freeze.add_argument(
        "--studies", type=Path, default=None, metavar="FILE", help="studies that have not read out, predicted as well"
    )
    freeze.add_argument(
        "--only-studies", action="store_true", help="leave out the published outcomes"
    )
    # SUPPRESS: the verb's own --replicates may stand before the action.
    _replicates(freeze)
    does = "is a file of predictions unaltered, and how did they score?"
    check = actions.add_parser("verify", help=does, description=does[0].upper() + does[1:])
    check.add_argument("file", type=Path, metavar="FILE", help="a file that freeze wrote")
    check.add_argument(
        "--observed", action="append", default=[], type=_observed, metavar="NAME=VALUE",
        help="a result that is not in the evidence, by figure id or name of the prediction; may be repeated",
    )  # fmt: skip
    check.add_argument("--sha256", default=None, metavar="HASH", help="the hash as it was published")
    does = "which of a file's predictions moved since, and by how much"
    compare = actions.add_parser("compare", help=does, description=does[0].upper() + does[1:])
    compare.add_argument("file", type=Path, metavar="FILE", help="a file that freeze wrote")
    for action in (freeze, check, compare):
        add_common(action, below=True)


def _replicates(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--replicates",
        type=whole_number(low=4, high=1000, example="--replicates 40"),
        default=argparse.SUPPRESS,
        metavar="N",
        help="new trials simulated for each interval of a published outcome, 4 to 1000 (default 40)",
    )


def _observed(text: str) -> tuple[str, float]:
    name, found, value = text.rpartition("=")
    try:
        if not found or not name.strip():
            raise ValueError
        return name.strip(), float(value)
    except ValueError:
        said = f"must be a name and a number; got {text!r}. Try smith_2027.week_4=-1.2"
        raise argparse.ArgumentTypeError(said) from None


def run_action(options: Namespace, talk: Talk) -> Answer:
    """Run one of the actions."""
    return {"freeze": _freeze, "verify": _verify, "compare": _compare}[options.action](options, talk)


def _freeze(options: Namespace, talk: Talk) -> Answer:
    from subside.research.study import read_studies
    from subside.validation import predictions as frozen

    frozen.freeze((), date=options.date, seed=1, replicates=1)  # a wrong date costs no one a long run
    if options.only_studies and options.studies is None:
        raise WrongCallError("--only-studies needs --studies FILE; got none. Name the file of studies.")
    if not options.out.resolve().parent.is_dir():
        raise WrongCallError(f"cannot write to {str(options.out)!r}: there is no such folder. Make it first.")
    studies = read_studies(options.studies) if options.studies else None
    ready(talk)
    with talk.progress("Predicting") as progress:
        made = frozen.predict(
            seed=options.seed, replicates=options.replicates, studies=studies,
            published=not options.only_studies, progress=progress,
        )  # fmt: skip
    text = frozen.freeze(
        made, date=options.date, seed=options.seed, replicates=options.replicates, studies=studies
    )
    write_whole(options.out, text)
    found = frozen.verify(text)

    def show(console: Console) -> None:
        from rich.text import Text

        console.print(Text(f"{len(made)} predictions of {options.date}"))
        console.print(Text(f"SHA-256 {found.sha256}"))

    return Answer(
        result=lambda: {
            "file": str(options.out), "sha256": found.sha256, "date": options.date, "predictions": len(made),
        },
        show=show,
        afterwards=f"Wrote {options.out}. Publish the hash where it cannot be taken back.",
    )  # fmt: skip


def _verify(options: Namespace, talk: Talk) -> Answer:
    from subside.validation.predictions import verify

    found = verify(_text(options.file), observed=dict(options.observed))
    known = {s.prediction.name for s in found.scores} | {s.prediction.figure for s in found.scores}
    for name, _ in options.observed:
        if name not in known:
            raise WrongCallError(
                f"--observed {name!r} is no prediction or figure of this file. See --json for their names."
            )
    other = options.sha256 is not None and options.sha256.strip().lower() != found.sha256
    trouble = found.trouble or (f"its hash is {found.sha256}, not the one published" if other else "")
    return Answer(
        result=lambda: {
            "unaltered": not trouble, "trouble": trouble, "sha256": found.sha256, "date": found.date,
            "subside": found.version, "predictions": [_scored_row(one) for one in found.scores],
        },
        show=lambda console: _show_verdict(console, found, trouble),
        finding=bool(trouble),
    )  # fmt: skip


def _scored_row(one: Scored) -> dict[str, Any]:
    p = one.prediction
    return {
        "name": p.name, "figure": p.figure, "median": p.median, "low": p.low, "high": p.high,
        "observed": one.observed, "known_when_frozen": p.observed is not None, "within_interval": one.hit,
        "place": plain(one.place), "crps": plain(one.crps), "log_score": plain(one.log_score),
    }  # fmt: skip


def _show_verdict(console: Console, found: Verdict, trouble: str) -> None:
    from rich.table import Table
    from rich.text import Text

    verdict = f"ALTERED: {trouble}" if trouble else "Unaltered"
    console.print(Text(f"{verdict}. Frozen {found.date} by Subside {found.version}; SHA-256 {found.sha256}"))
    table = Table(pad_edge=False)
    table.add_column("prediction", overflow="fold")
    for name in ("90 % interval", "observed", "CRPS", "log score", ""):
        table.add_column(name, justify="right")
    for one in found.scores:
        p = one.prediction
        word = "not yet known" if one.observed is None else "within" if one.hit else "missed"
        when = "" if p.observed is None else "*"
        table.add_row(
            Text(p.name + when), f"{cell(p.low)} to {cell(p.high)}", cell(one.observed), cell(one.crps),
            cell(one.log_score), word,
        )  # fmt: skip
    console.print(table)
    if any(one.prediction.observed is not None for one in found.scores):
        console.print(Text("* known when it was frozen: no test of foresight."))


def _compare(options: Namespace, talk: Talk) -> Answer:
    from subside.validation.predictions import again, predictions_in, verify
    from subside.validation.update import compared

    text = _text(options.file)
    before = predictions_in(text)
    trouble = verify(text).trouble
    ready(talk)
    with talk.progress("Predicting again") as progress:
        found = compared(before, again(text, progress=progress))
    warnings = [{"code": "altered", "text": f"The file was altered: {trouble}."}] if trouble else []
    return Answer(
        result=lambda: {
            "moved": [_moved_row(m) for m in found.reported],
            "unmoved": len(found.moved) - len(found.reported),
            "new": list(found.appeared),
            "no_longer_made": list(found.vanished),
        },
        show=lambda console: _show_moved(console, found),
        warnings=warnings,
        finding=bool(found.reported),
    )


def _moved_row(m: Any) -> dict[str, Any]:
    row: dict[str, Any] = plain(
        {
            "name": m.before.name, "figure": m.before.figure, "observed": m.before.observed,
            "before": {"median": m.before.median, "low": m.before.low, "high": m.before.high},
            "after": {"median": m.after.median, "low": m.after.low, "high": m.after.high},
            "shift": m.shift, "shift_in_sd": m.in_sd, "interval_after_over_before": m.narrower,
        }
    )  # fmt: skip
    return row


def _show_moved(console: Console, found: Compared) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(title="Predictions that moved", pad_edge=False)
    table.add_column("prediction", overflow="fold")
    for name in ("before", "after", "shift", "in SD"):
        table.add_column(name, justify="right")
    for m in found.reported:
        table.add_row(
            Text(m.before.name), f"{cell(m.before.median)} ({cell(m.before.low)} to {cell(m.before.high)})",
            f"{cell(m.after.median)} ({cell(m.after.low)} to {cell(m.after.high)})",
            cell(m.shift, sign=True), cell(m.in_sd, sign=True),
        )  # fmt: skip
    if found.reported:
        console.print(table)
    console.print(Text(f"{len(found.reported)} moved, {len(found.moved) - len(found.reported)} did not."))
    for words, names in (("new", found.appeared), ("no longer made", found.vanished)):
        _say(console, words, names)


def _say(console: Console, words: str, names: Sequence[str]) -> None:
    from rich.text import Text

    for name in names:
        console.print(Text(f"{words}: {name}"))


def _text(path: Path) -> str:
    try:
        # Bytes as they are: a changed line ending is a change.
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise WrongCallError(f"cannot read {str(path)!r}: {reason}. Name a file that freeze wrote.") from None
