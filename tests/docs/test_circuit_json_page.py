"""The reference of ``subside circuit`` names exactly the keys that it answers with."""

from __future__ import annotations

import json
import re

import pytest

from subside.cli import main
from subside.validation.circuit_gates import circuit_gates, gate_rows


@pytest.fixture(scope="module")
def keys(root):
    """Key column of each section: heading -> names."""
    page = (root / "docs/reference/circuit-json.md").read_text(encoding="utf-8")
    found = {}
    for section in page.split("\n## ")[1:]:
        heading, _, body = section.partition("\n")
        rows = [line.split("|")[1] for line in body.splitlines() if line.startswith("| `")]
        found[heading] = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    return found


@pytest.mark.parametrize(
    ("words", "heading"),
    [
        (["windup", "--members", "1", "--frequency-hz", "2"], "`windup`"),
        (["touch", "--members", "1"], "`touch`, `movement`"),
        (["movement", "--members", "1"], "`touch`, `movement`"),
        (["ltp", "--members", "1"], "`ltp`"),
        (["emulate"], "`emulate`"),
    ],
)
def test_every_key_is_described_and_no_other(words, heading, keys, capsys):
    assert main(["circuit", *words, "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)["result"]) == keys[heading]


def test_the_gates_keys_are_described(keys):
    described = keys["The gates in `subside evidence`"]
    assert sorted(described) == sorted(gate_rows(circuit_gates())[0])
