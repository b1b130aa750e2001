"""The opioids by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from subside.engine.drugs.opioids import fentanyl, morphine, oxycodone, remifentanil
from subside.engine.drugs.opioids.kinds import Body, Opioid
from subside.errors import unknown_name

__all__ = ["OPIOIDS", "opioid"]

_BUILDERS: Final[Mapping[str, Callable[[Body], Opioid]]] = MappingProxyType(
    {
        "morphine": morphine.build,
        "oxycodone": oxycodone.build,
        "fentanyl": fentanyl.build,
        "remifentanil": remifentanil.build,
    }
)

#: The opioids that a regimen may hold.
OPIOIDS: Final = tuple(_BUILDERS)


def opioid(
    name: str, *, weight_kg: float, age_years: float, height_cm: float | None, sex: str | None
) -> Opioid:
    """Return an opioid in the typical person of this body.

    Args:
        name: One of ``OPIOIDS``.
        weight_kg: Body weight.
        age_years: Age.
        height_cm: Height; None takes the typical height of an adult of this sex (remifentanil only).
        sex: ``"female"`` or ``"male"``; None is taken as female, whose lean mass is the smaller.

    Raises:
        UnknownNameError: If there is no such opioid; suggests the nearest.
    """
    if name not in _BUILDERS:
        raise unknown_name("opioid", name, OPIOIDS)
    body = Body(weight_kg=weight_kg, age_years=age_years, height_cm=height_cm, sex=sex or "female")
    return _BUILDERS[name](body)
