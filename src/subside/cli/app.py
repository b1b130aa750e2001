"""From the words of a command to its exit code; no mistake of anyone's ends in a traceback."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from importlib import import_module

from subside import __version__
from subside.cli.answer import Answer, envelope, to_json
from subside.cli.arguments import Parser, WrongCallError, add_common
from subside.cli.talk import Talk
from subside.cli.verbs import VERBS
from subside.errors import CaseError, ComputationError, SubsideError, nearest

__all__ = ["DONE", "FINDING", "OUR_FAILURE", "STOPPED", "WRONG_CALL", "help_text", "run", "verb_help"]

DONE, FINDING, WRONG_CALL, OUR_FAILURE = 0, 1, 2, 3
STOPPED = 130  # what shells give for Ctrl-C

WIDTH_OF_A_FILE = 110  # columns of a table that goes into a file or a pipe

NOT_A_DEVICE = "Decision support and research software, not a medical device."


def run(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    talk = Talk()
    try:
        return _dispatch(words, talk)
    except KeyboardInterrupt:
        talk.say("Stopped. No file was left half-written.")
        return STOPPED
    except BrokenPipeError:
        _silence_stdout()
        return DONE  # the reader (head, less) has all it wanted
    except ComputationError as error:
        return _our_failure(error, talk)
    except SubsideError as error:
        talk.say(_in_words(error))
        return WRONG_CALL
    except Exception as error:  # whatever it is, it is ours: a short message, details in a file
        return _our_failure(error, talk)


def _dispatch(words: list[str], talk: Talk) -> int:
    first = words[0] if words else "--help"
    if first in ("--help", "-h", "help"):
        print(help_text())
        return DONE if words else WRONG_CALL
    if first in ("--version", "-V"):
        print(f"subside {__version__}")
        return DONE
    if first not in VERBS:
        raise WrongCallError(_unknown_verb(first))
    options = _parse(first, words[1:])
    if options is None:
        return DONE
    answer: Answer = _module(first).run(options, talk)
    _print(answer, options, verb=first)
    if answer.afterwards:
        talk.say(answer.afterwards)
    return FINDING if answer.finding else DONE


def _module(verb: str):  # type: ignore[no-untyped-def]  # a module, checked by its test
    return import_module(f"subside.cli.{VERBS[verb].module}")


def _parse(verb: str, words: Sequence[str]) -> Namespace | None:
    """The options, or None if help was asked for and printed."""
    try:
        return _parser(verb).parse_args(list(words))
    except SystemExit:  # only --help leaves this way: Parser.error raises
        return None


def _parser(verb: str) -> Parser:
    module = _module(verb)
    parser = Parser(prog=f"subside {verb}", description=module.__doc__)
    add_common(parser)
    module.add_arguments(parser)
    return parser


def _print(answer: Answer, options: Namespace, *, verb: str) -> None:
    if options.json:
        print(to_json(envelope(answer, verb=verb, seed=options.seed)))
    else:
        from subside.cli.terminal import Terminal

        watched = sys.stdout.isatty() or "COLUMNS" in os.environ
        answer.show(Terminal(width=None if watched else WIDTH_OF_A_FILE))
    sys.stdout.flush()


def help_text() -> str:
    """Return what ``subside --help`` prints."""
    width = max(map(len, VERBS)) + 2
    verbs = "\n".join(f"  {name:<{width}}{verb.does}" for name, verb in VERBS.items())
    return f"""usage: subside VERB ... [--json]

Models how chronic pain is amplified in the nervous system and how ketamine turns it down.
{NOT_A_DEVICE}

verbs:
{verbs}

Start with:  subside case new my_case.toml
Each verb:   subside VERB --help
Results go to stdout, talk to stderr.
Exit codes:  0 done, 1 done with a finding, 2 a wrong call, 3 a failure of ours, 130 stopped (Ctrl-C)."""


def verb_help(verb: str) -> str:
    """Return what ``subside VERB --help`` prints."""
    return _parser(verb).format_help().rstrip()


def _in_words(error: SubsideError) -> str:
    """The message; one mistake of a case file in one line, several in a line each below its name."""
    if isinstance(error, CaseError) and len(error.problems) == 1:
        return f"{error.origin}: {error.problems[0]}"
    return str(error)


def _unknown_verb(word: str) -> str:
    if word.startswith("-"):
        return f"subside: options follow the verb; got {word!r} before it. See: subside --help"
    close = nearest(word, VERBS)
    hint = f"Did you mean {close!r}?" if close else f"Known: {', '.join(VERBS)}."
    return f"subside: no verb {word!r}. {hint} See: subside --help"


def _our_failure(error: Exception, talk: Talk) -> int:
    kind = type(error).__name__
    head = str(error).splitlines()[0] if str(error) else kind
    where = _write_details(error)
    place = f"Details are in {where}." if where else "The details could not be written."
    talk.say(f"Subside failed ({kind}): {head}. Nothing was left half-written. {place}")
    return OUR_FAILURE


def _write_details(error: Exception) -> str:
    import tempfile
    import traceback

    try:
        handle, name = tempfile.mkstemp(prefix="subside-failure-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"subside {__version__}, Python {sys.version}\ncommand: {sys.argv[1:]}\n\n")
            file.writelines(traceback.format_exception(error))
    except OSError:
        return ""
    return name


def _silence_stdout() -> None:
    """Point stdout at nothing, so that the interpreter's last flush does not complain as well."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
