# Two commands do all the set-up: `make run` and `make test`. Everything goes into .venv; nothing else changes.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
CASE ?= examples/from_papers/sigtermans_2009_crps.toml
OUT ?= out
INPUTS := pyproject.toml constraints.txt

.DEFAULT_GOAL := help
.PHONY: help run test test-slow lint types contracts mutation docs bench check constraints clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1\t\2/' | expand -t 18

run: .venv/.main ## simulate the published CRPS trial's case; report in out/report.html
	$(BIN)/subside simulate $(CASE) --out $(OUT)

test: .venv/.test ## the whole default test suite
	$(BIN)/python -m pytest -m "not slow"

test-slow: .venv/.test ## the tests that take minutes
	$(BIN)/python -m pytest -m slow

lint: .venv/.lint ## ruff
	$(BIN)/ruff check .

types: .venv/.cohort .venv/.lint ## mypy, strict
	$(BIN)/mypy

contracts: .venv/.lint ## imports point down (import-linter)
	$(BIN)/lint-imports --no-cache

mutation: .venv/.mutation ## change care/ in small ways: does a test fail? goes on where it stopped
	$(BIN)/python tests/mutants.py run

docs: .venv/.docs ## build the site into site/; any warning fails
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "Wrote site/index.html"

bench: .venv/.bench ## measure speed against other engines; writes benchmarks/results/
	$(BIN)/python benchmarks

check: lint types contracts test docs ## everything that must pass before a change lands

constraints: .venv/.uv ## choose all versions anew, for every Python and platform
	$(BIN)/uv pip compile --universal --python-version 3.11 --no-header --no-annotate --upgrade --quiet \
	  $(addprefix --extra ,main pdf cohort gpu web) $(addprefix --group ,test lint docs) \
	  pyproject.toml -o constraints.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --no-header --no-annotate --upgrade --quiet \
	  --extra main --extra neuro pyproject.toml -o constraints-neuro.txt

clean: ## remove what the commands above made, the environment too
	rm -rf .venv site out build dist mutants .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# --- the environment, in layers: each is installed once, and again when its inputs change -------------------

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Subside needs Python 3.11 or later; $(PYTHON) is older. Try: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 2; }
	@$(PYTHON) -m venv .venv || \
	  { echo "Could not make .venv. On Debian: apt-get install python3-venv" >&2; exit 2; }
	@$(PIP) install -qq --upgrade "pip>=25.1"  # the first to read dependency groups
	@touch $@

.venv/.main: .venv/.made $(INPUTS)
	@echo "Installing Subside into .venv ..." >&2
	@$(PIP) install -qq -c constraints.txt -e ".[main]"
	@touch $@

.venv/.cohort: .venv/.main $(INPUTS)
	@$(PIP) install -qq -c constraints.txt -e ".[main,cohort,gpu]"
	@touch $@

.venv/.test: .venv/.cohort

.venv/.mutation: .venv/.test

.venv/.test .venv/.lint .venv/.docs .venv/.mutation: .venv/.%: .venv/.main $(INPUTS)
	@$(PIP) install -qq -c constraints.txt --group $*
	@touch $@

.venv/.bench: .venv/.main $(INPUTS)
	@$(PIP) install -qq -c constraints.txt --group bench
	@touch $@

.venv/.uv: .venv/.made
	@$(PIP) install -qq uv
	@touch $@
