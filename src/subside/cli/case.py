"""Case files: write a commented first one, check one, print what was understood with all conversions."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from subside.cli.answer import Answer
from subside.cli.arguments import Parser, WrongCallError, add_common
from subside.cli.talk import Talk
from subside.errors import CaseError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from subside.case import Understood


def add_arguments(parser: Parser) -> None:
    """Three actions, each with the file it is about."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="new|check|show")
    new = actions.add_parser("new", help="write a commented skeleton", description="Write a first case file.")
    new.add_argument("file", metavar="FILE", type=Path, nargs="?", help="where to; without it, stdout")
    new.add_argument("--force", action="store_true", help="replace a file that is there")
    check = actions.add_parser(
        "check", help="list every mistake", description="List every mistake; exit code 1 if there is one."
    )
    check.add_argument("file", metavar="CASE", type=Path, help="a case file")
    show = actions.add_parser(
        "show", help="print what was understood", description="Print what was understood, with conversions."
    )
    show.add_argument("file", metavar="CASE", type=Path, help="a case file")
    for action in (new, check, show):
        add_common(action, below=True)


def run(options: Namespace, talk: Talk) -> Answer:
    """Do what the action says."""
    return {"new": _new, "check": _check, "show": _show}[options.action](options, talk)


def _new(options: Namespace, talk: Talk) -> Answer:
    from subside.case import template

    text = template()
    if options.file is None:
        return Answer(result=lambda: {"file": None, "text": text}, show=lambda console: _plain(console, text))

    from subside.cli.outfolder import write_whole

    if options.file.exists() and not options.force:
        raise WrongCallError(
            f"{str(options.file)!r} is there already and was left as it is. "
            "Name another file, or add --force to replace it."
        )
    write_whole(options.file, text)
    return Answer(
        result=lambda: {"file": str(options.file), "text": text},
        show=lambda console: _plain(console, f"Wrote {options.file}\n"),
        afterwards=f"Next: subside case check {options.file}; then: subside simulate {options.file}",
    )


def _check(options: Namespace, talk: Talk) -> Answer:
    from subside.case import read_case

    problems: tuple[dict[str, object], ...] = ()
    text = f"{options.file}: no mistakes\n"
    try:
        read_case(options.file)
    except CaseError as error:
        if not options.file.is_file():  # nothing was checked
            raise
        text = f"{error}\n"
        problems = tuple(
            {
                "where": p.where,
                "line": p.line,
                "got": p.got,
                "accepted": p.accepted,
                "remedy": p.remedy,
            }
            for p in error.problems
        )
    return Answer(
        result=lambda: {"file": str(options.file), "valid": not problems, "problems": list(problems)},
        show=lambda console: _plain(console, text),
        finding=bool(problems),
    )


def _show(options: Namespace, talk: Talk) -> Answer:
    from subside.case import read_case, show

    understood = show(read_case(options.file))
    return Answer(result=understood.as_json, show=lambda console: _print(console, understood))


def _print(console: Console, understood: Understood) -> None:
    from rich.table import Table

    console.print(understood.title, style="bold", markup=False, highlight=False)
    table = Table(box=None, pad_edge=False, show_header=True, header_style="dim")
    table.add_column(no_wrap=True)
    table.add_column("written", overflow="fold")
    table.add_column("understood as", overflow="fold")
    for section in understood.sections:
        table.add_row(_text(section.title, "bold"), "", "")
        for row in section.rows:
            table.add_row(_text(f"  {row.label}"), _text(row.written), _text(row.means))
    console.print(table)
    for note in understood.notes:
        console.print(f"! {note}", markup=False, highlight=False)


def _text(words: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(words, style=style)  # never markup: a title may hold brackets


def _plain(console: Console, text: str) -> None:
    console.print(text, end="", markup=False, highlight=False, soft_wrap=True)
