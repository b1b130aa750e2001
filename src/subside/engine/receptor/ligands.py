"""What blocks the channel: four forms of ketamine, and memantine for contrast.

A blocker is described by its half-blocking concentration at -70 mV without magnesium, the rate at which
it leaves an open channel there, and how strongly voltage acts on that rate. What it binds with follows:
``leaving / half``. All of the voltage dependence sits on leaving.

Potencies of the four forms keep Ebert's ratios of binding (evidence ``ebert_1997``), scaled so that the
50:50 racemate blocks half at Gilling's 0.71 µM (``gilling_2009``). The leaving rate is not free either:
Gilling's macroscopic association rate, divided by the share of channels open, is the binding rate of an
open channel. The dissociation rate that then emerges is half the measured one; the measured rates and
the measured half block disagree with each other by that factor.

Memantine escapes: a sixth of it leaves closed channels within a second (``blanpied_1997``). Here a
sixth of blocked channels hold it at a shallow site that closing does not lock.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from subside.engine.receptor.gating import gating_rates
from subside.errors import unknown_name
from subside.evidence import value

REFERENCE_MV: Final = -70.0
KETAMINE_FORMS: Final = ("s_ketamine", "r_ketamine", "s_norketamine", "r_norketamine")
BLOCKERS: Final = (*KETAMINE_FORMS, "racemic_ketamine", "memantine")


@dataclass(frozen=True, kw_only=True)
class Blocker:
    """One drug at the pore.

    Attributes:
        name: One of ``BLOCKERS``.
        half_block_um: Concentration that blocks half at -70 mV without magnesium, in µM.
        leaving_per_s: Rate of leaving an open channel at -70 mV, in 1/s.
        electrical_distance: Share of the membrane's field that the drug crosses, 0 to 1.
        escaping_share: Share of blocked channels that lose the drug while closed, 0 to 1.
        escape_per_s: How fast those lose it, in 1/s.
        basis: ``read``, ``computed`` or ``assumed``: the weakest that the values lean on.
    """

    name: str
    half_block_um: float
    leaving_per_s: float
    electrical_distance: float
    escaping_share: float = 0.0
    escape_per_s: float = 0.0
    basis: str = "computed"

    @property
    def binding_per_um_s(self) -> float:
        """Rate of entering an open channel free of magnesium, in 1/(µM s)."""
        return self.leaving_per_s / self.half_block_um


@functools.cache
def half_block_um() -> Mapping[str, float]:
    """Return the half-blocking concentration of each form of ketamine at -70 mV without magnesium, in µM.

    >>> {name: round(um, 2) for name, um in half_block_um().items()}
    {'s_ketamine': 0.43, 'r_ketamine': 2.01, 's_norketamine': 2.44, 'r_norketamine': 18.68}
    """
    ki = {name: value(f"ebert_1997.ki_{name}", unit="uM") for name in KETAMINE_FORMS}
    racemate = value("gilling_2009.ic50", unit="uM")
    # Half of the racemate is either form: 0.5/h_s + 0.5/h_r = 1/racemate, with h_i = scale * ki_i.
    scale = racemate * 0.5 * (1.0 / ki["s_ketamine"] + 1.0 / ki["r_ketamine"])
    return MappingProxyType({name: scale * ki[name] for name in KETAMINE_FORMS})


@functools.cache
def blocker(name: str) -> Blocker:
    """Return a blocker by name.

    Raises:
        UnknownNameError: If no blocker has that name; the message gives the nearest.

    >>> round(blocker("racemic_ketamine").leaving_per_s, 2)
    1.3
    """
    if name not in BLOCKERS:
        raise unknown_name("blocker", name, BLOCKERS)
    open_share = gating_rates().steady_open
    distance = value("gilling_2009.delta", unit="1")
    racemate = value("gilling_2009.ic50", unit="uM")
    leaving = racemate * value("gilling_2009.kon", unit="1/(uM s)") / open_share
    if name == "memantine":
        half = value("blanpied_1997.memantine_ic50", unit="uM")
        return Blocker(
            name=name,
            half_block_um=half,
            leaving_per_s=half * value("gilling_2009.memantine_kon", unit="1/(uM s)") / open_share,
            electrical_distance=distance,
            escaping_share=value("blanpied_1997.memantine_release_share", unit="1"),
            escape_per_s=1.0 / value("blanpied_1997.memantine_release_tau", unit="s"),
            basis="assumed",  # its electrical distance is taken to be ketamine's
        )
    half = racemate if name == "racemic_ketamine" else half_block_um()[name]
    return Blocker(name=name, half_block_um=half, leaving_per_s=leaving, electrical_distance=distance)
