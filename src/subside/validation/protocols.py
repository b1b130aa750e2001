"""Where the cases of published protocols are, in an installed package as in a clone."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import subside
from subside.case import Case, read_case
from subside.errors import unknown_name


def folder() -> Path:
    """Return the folder that holds ``author_year_topic.toml``."""
    package = Path(subside.__file__).parent
    installed = package / "examples" / "from_papers"
    return installed if installed.is_dir() else package.parents[1] / "examples" / "from_papers"


@cache
def protocol_case(name: str) -> Case:
    """Return the case of a published protocol, such as ``sigtermans_2009_crps``, or of a path to a case file.

    Raises:
        UnknownNameError: If there is none of that name; suggests the nearest.
    """
    if name.endswith(".toml"):
        return read_case(name)
    path = folder() / f"{name}.toml"
    if not path.is_file():
        raise unknown_name("published protocol", name, [p.stem for p in folder().glob("*.toml")])
    return read_case(path)
