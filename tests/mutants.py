"""Mutation testing of ``subside.care``: does a test fail when a line is changed? Run it with ``make mutation``.

mutmut makes the mutants, keeps the results in ``mutants/`` and goes on where it stopped. This file runs it with
one difference: the tests are collected once, and each mutant is tried in a fork of that process, which is
several times as quick as collecting them anew. Generated examples are few and are not shrunk.

    python tests/mutants.py run [--max-children 2] ["subside.care.monitoring*"]   # try those without a result
    python tests/mutants.py show subside.care.logic.x__and__mutmut_1              # the change
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
from collections import Counter
from pathlib import Path

os.environ["HYPOTHESIS_PROFILE"] = "same"
KILLERS = Path("killers.tsv")  # in mutants/: which test noticed which change
TIMEOUT = 36  # what mutmut calls a change that never comes to an end
EXAMPLES = 12  # of each property; the default suite tries 40 to 300


class Plugin:
    """For pytest: properties try few examples; each file of tests reads the rules anew, as a mutant may."""

    file = ""

    def pytest_runtest_setup(self, item):
        if item.location[0] != self.file and os.environ.get("MUTANT_UNDER_TEST") == "stats":
            forget()
        self.file = item.location[0]

    def pytest_collection_modifyitems(self, items):
        from hypothesis import Phase, settings

        for item in items:
            item._nodeid = item.nodeid  # mutmut 3.8 asks for the name that pytest 9.2 no longer has
            test = getattr(item, "obj", None)
            known = getattr(test, "_hypothesis_internal_use_settings", None)
            if known is not None:
                test._hypothesis_internal_use_settings = settings(
                    known,
                    max_examples=min(known.max_examples, EXAMPLES),
                    phases=(Phase.explicit, Phase.generate),
                )


def forget():
    """Empty the caches: of rules, profiles, instruments and plans, and of what tests keep of them."""
    from subside.care.monitoring import plan

    for name, module in list(sys.modules.items()):
        if name.startswith(("subside.care", "tests.")):
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
    plan._PLANS.clear()


def collected_once():
    """Return mutmut's test runner, changed to keep the collected tests."""
    from _pytest.config import _prepareconfig
    from _pytest.main import Session
    from mutmut.runners.harness import PytestRunner
    from mutmut.state import state
    from mutmut.utils.file_utils import change_cwd

    class CollectedOnce(PytestRunner):
        def execute_pytest(self, params, **more):
            return super().execute_pytest(params, plugins=[*more.pop("plugins", ()), Plugin()], **more)

        def collect(self):
            """Collect all tests in this process; the forks run some of them."""
            with change_cwd("mutants"):
                words = ["--rootdir=.", "-q", "-s", "-p", "no:logging", *self._pytest_add_cli_args]
                config = _prepareconfig([*words, *self._pytest_add_cli_args_test_selection], [Plugin()])
                config._do_configure()
                session = Session.from_config(config)
                config.hook.pytest_sessionstart(session=session)
                config.hook.pytest_collection(session=session)
            config.pluginmanager.unregister(name="terminalreporter")  # the forks are silent
            self.session = session
            self.items = {item.nodeid: item for item in session.items}

        def run_tests(self, *, mutant_name, tests):
            if mutant_name is None:
                return super().run_tests(mutant_name=mutant_name, tests=tests)
            forget()
            # Or the garbage collector complains of a file that mutmut opened and pytest lets go.
            self.kept = sys.stdout, sys.stderr
            with change_cwd("mutants"):
                items = [self.items[name] for name in sorted(tests, key=self.turn(mutant_name))]
                signal.signal(signal.SIGVTALRM, lambda *_: os._exit(TIMEOUT))
                for item, following in zip(items, [*items[1:], None], strict=True):
                    # Time of this process on the processor: a busy machine is no endless loop.
                    usual = state().duration_by_test.get(item.nodeid, 0.0)
                    signal.setitimer(signal.ITIMER_VIRTUAL, 2.0 + 10.0 * usual)
                    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                    if self.session.testsfailed:
                        with KILLERS.open("a", encoding="utf-8") as file:
                            file.write(f"{mutant_name}\t{item.nodeid}\n")
                        return 1
            return 0

        def turn(self, mutant_name):
            """Return the order of the tests: first those that noticed changes of this function, of this file."""
            killers = [line.split("\t") for line in KILLERS.read_text(encoding="utf-8").splitlines()]
            name, file = mutant_name.rpartition("__mutmut_")[0], mutant_name.rpartition(".")[0]
            near = Counter(test for mutant, test in killers if mutant.startswith(f"{file}."))
            nearest = Counter(test for mutant, test in killers if mutant.startswith(f"{name}__mutmut_"))
            usual = state().duration_by_test
            return lambda test: (-nearest[test], -near[test], usual.get(test, 0.0))

    return CollectedOnce


def main():
    """Run mutmut's own command line."""
    import mutmut.__main__ as command
    from mutmut.workers import isolation

    isolation.PytestRunner = collected_once()
    # The order is random, and the same each time: what a stopped run has tried is a random sample.
    command.estimated_worst_case_time = lambda name: random.Random(name).random()
    start = isolation.ForkRunner.startup

    def startup(runner):
        Path("mutants", KILLERS).touch()
        runner.test_runner.collect()
        start(runner)
        tests = list(runner.test_runner.items)
        runner.submit("subside.care.unchanged", tests, 3600, 3600.0)
        if runner.wait_for_result().exit_code != 0:
            raise SystemExit(
                "Without any change a fork must pass all tests; this one failed: results would be void."
            )

    isolation.ForkRunner.startup = startup
    # mutmut copies what is not there yet: the rules and figures of an earlier run would stay.
    shutil.copytree("src", "mutants/src", ignore=shutil.ignore_patterns("*.py", "*.pyc"), dirs_exist_ok=True)
    command.cli()


if __name__ == "__main__":
    sys.path.remove(str(Path(__file__).parent))  # the tests find each other through pytest alone
    main()
