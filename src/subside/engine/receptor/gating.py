"""How glutamate opens the NMDA receptor: five states, under four published rate sets.

::

    C0 <-> C1 <-> C2 <-> O        two glutamate molecules bind, then the channel opens
                  |
                  D               or desensitizes

The sets differ in their tail and plateau (``docs/explanation/receptor.md``); ``DEFAULT_GATING`` is the
one most used. Rates are at room temperature.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final

from subside.errors import unknown_name
from subside.evidence import value

GATES: Final = ("C0", "C1", "C2", "D", "O")
DEFAULT_GATING: Final = "edmonds_colquhoun_1992"
GATING_SETS: Final = (DEFAULT_GATING, "lester_jahr_1992", "destexhe_1996", "clements_1992")
ROOM_CELSIUS: Final = 23.0


@dataclass(frozen=True, kw_only=True)
class GatingRates:
    """The six rates of the five-state scheme.

    Attributes:
        name: The study whose rates these are.
        binding_per_um_s: Binding of one glutamate to one site, in 1/(µM s).
        unbinding_per_s: Unbinding from one site, in 1/s.
        desensitization_per_s: From C2 to D, in 1/s.
        resensitization_per_s: From D to C2, in 1/s.
        opening_per_s: From C2 to O, in 1/s.
        closing_per_s: From O to C2, in 1/s.
    """

    name: str
    binding_per_um_s: float
    unbinding_per_s: float
    desensitization_per_s: float
    resensitization_per_s: float
    opening_per_s: float
    closing_per_s: float

    @property
    def steady_open(self) -> float:
        """Share of channels open under saturating glutamate, once desensitized."""
        to_open = self.opening_per_s / self.closing_per_s
        to_desensitized = self.desensitization_per_s / self.resensitization_per_s
        return to_open / (1.0 + to_open + to_desensitized)


@functools.cache
def gating_rates(name: str = DEFAULT_GATING) -> GatingRates:
    """Return a published rate set by the name of its study.

    Raises:
        UnknownNameError: If no set has that name; the message gives the nearest.

    >>> round(gating_rates().steady_open, 3)
    0.082
    """
    if name not in GATING_SETS:
        raise unknown_name("gating rate set", name, GATING_SETS)
    return GatingRates(
        name=name,
        binding_per_um_s=value(f"{name}.kb", unit="1/(uM s)"),
        unbinding_per_s=value(f"{name}.ku", unit="1/s"),
        desensitization_per_s=value(f"{name}.kd", unit="1/s"),
        resensitization_per_s=value(f"{name}.kr", unit="1/s"),
        opening_per_s=value(f"{name}.beta", unit="1/s"),
        closing_per_s=value(f"{name}.alpha", unit="1/s"),
    )


def warmed(factor_per_10: float, *, celsius: float) -> float:
    """Return how many times faster a rate is at this temperature than at room temperature (23 °C)."""
    return float(factor_per_10 ** ((celsius - ROOM_CELSIUS) / 10.0))
