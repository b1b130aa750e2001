"""The import contracts know every room: a new one cannot slip past them."""

from __future__ import annotations

import re
import tomllib

import pytest

# Rooms that must never reach a compiler or the engine, once they exist.
WITHOUT_ENGINE = ("care", "case", "course", "evidence", "clinic", "interop", "forecast/contract.py")
# Rooms that must never reach the web framework, once they exist.
WITHOUT_WEB = (
    "engine", "care", "course", "case", "evidence", "report", "forecast", "interop", "exchange", "validation",
    "units.py", "errors.py",
)  # fmt: skip


@pytest.fixture(scope="module")
def contracts(root):
    """The contracts by name."""
    settings = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]
    return {contract["name"]: contract for contract in settings["contracts"]}


def _existing(root, rooms):
    source = root / "src" / "subside"
    return {
        "subside." + room.removesuffix(".py").replace("/", ".") for room in rooms if (source / room).exists()
    }


def _layered(contract):
    return {name for layer in contract["layers"] for name in re.findall(r"[\w.]+", layer)}


def test_every_room_has_its_place_in_the_stack(root, contracts):
    source = root / "src" / "subside"
    rooms = {f"subside.{p.name}" for p in source.iterdir() if (p / "__init__.py").exists()}
    rooms |= {f"subside.{p.stem}" for p in source.glob("*.py") if not p.name.startswith("__")}
    assert rooms <= _layered(contracts["Imports point down"])


def test_every_part_of_the_engine_has_its_place_in_the_stack(root, contracts):
    engine = root / "src" / "subside" / "engine"
    parts = {p.name for p in engine.iterdir() if (p / "__init__.py").exists()}
    parts |= {p.stem for p in engine.glob("*.py") if not p.name.startswith("__")}
    assert parts <= _layered(contracts["Inside the engine, from inference down to the receptor"])


def test_rooms_that_decide_are_all_kept_from_the_engine(root, contracts):
    listed = set(contracts["Decisions load no engine and no compiler"]["source_modules"])
    assert _existing(root, WITHOUT_ENGINE) <= listed


def test_rooms_below_the_clinic_are_all_kept_from_the_web_framework(root, contracts):
    listed = set(contracts["The web framework stays in the clinic"]["source_modules"])
    assert _existing(root, WITHOUT_WEB) <= listed
