"""The parameters that one member of the ensemble differs in, and the state it is probed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from subside.engine.circuit.learning import Rule
from subside.engine.circuit.wiring import GROUPS
from subside.errors import ParameterError

# name -> (lowest, middle, highest); factors of synaptic groups first. Searched on the log scale.
CELLULAR: Final = {
    "nmda": (0.62, 0.75, 0.9),  # factor of every NMDA weight
    "nk1": (0.7, 0.95, 1.3),  # factor of every NK1 weight
    "slow_share": (0.2, 0.3, 0.42),  # of the synaptic NMDA conductance; prior of the evidence: 0.1 to 0.5
    "tau_fast_ms": (70.0, 90.0, 115.0),  # decays at body temperature: guesses, see receptor.pools
    "tau_slow_ms": (650.0, 900.0, 1250.0),
    "can_ns": (2.8, 3.8, 5.2),
    "pad_gain": (0.3, 0.5, 0.8),  # largest share of release that presynaptic inhibition stops
    "on_hz": (1.5, 3.0, 6.0),
    "off_hz": (5.0, 8.0, 13.0),
}
PARAMETERS: Final = (*GROUPS, *CELLULAR)


@dataclass(frozen=True)
class Member:
    """One parameter set and one animal's wiring.

    Attributes:
        animal: Number of the wiring.
        values: In the order of ``PARAMETERS``; factors of groups, then cellular values.
        rule: How calcium changes synapses; None: the shipped rule.
    """

    animal: int
    values: NDArray[np.float64]
    rule: Rule | None = None

    def __getitem__(self, name: str) -> float:
        return float(self.values[PARAMETERS.index(name)])


def typical(animal: int = 0) -> Member:
    """Return the middle of every range."""
    return Member(animal, np.array([1.0] * len(GROUPS) + [middle for _, middle, _ in CELLULAR.values()]))


@dataclass(frozen=True, kw_only=True)
class Cord:
    """The state of the cord in an experiment; the default is healthy and without drug.

    Attributes:
        ketamine_um: Racemic ketamine, unbound, in µM.
        esketamine_um: S-ketamine, unbound, in µM.
        apv: Share of the NMDA current removed by a competitive antagonist, 0 to 1.
        nk1_left: Share of NK1 receptors left, 0 to 1.
        can_left: Share of CAN conductance left, 0 to 1.
        inhibition_left: Share of every GABA and glycine weight left, 0 to 1.
        e_cl_mv: Reversal potential of inhibition, in mV; None: follows ``sensitization``.
        sensitization: 0 to 1: stronger C synapses and NMDA currents, chloride shifted.
        nmda_rise: What full sensitization adds to every NMDA weight, as a share (design).
        c_rise: What it adds to every weight of a C fiber (design).
        chloride_rise_mv: How far it shifts the reversal potential of inhibition, in mV (design).
        descending: Share of control from the brain stem left, 0 (cut) to 1.
        drug_on_descending: Share by which ketamine at a high level raises OFF and stills ON units.
        opioid: Share of release from C and Aδ fibers that an opioid stops while it is given, 0 to 1.
        opioid_stops_ms: When its infusion stops or begins to be tapered; None: it goes on.
        opioid_taper_ms: How long the taper lasts; 0: an abrupt stop.
        calcium_left: Share of calcium that is not caught by a chelator inside the output cells, 0 to 1.
        mg_mm: Magnesium, in mM.
        mg_weakness: How many times more magnesium over-active receptors take.
        learning: Whether calcium-driven plasticity is on, 0 or 1.
    """

    ketamine_um: float = 0.0
    esketamine_um: float = 0.0
    apv: float = 0.0
    nk1_left: float = 1.0
    can_left: float = 1.0
    inhibition_left: float = 1.0
    e_cl_mv: float | None = None
    sensitization: float = 0.0
    nmda_rise: float = 0.5
    c_rise: float = 0.5
    chloride_rise_mv: float = 18.0
    descending: float = 1.0
    drug_on_descending: float = 0.0
    opioid: float = 0.0
    opioid_stops_ms: float | None = None
    opioid_taper_ms: float = 0.0
    calcium_left: float = 1.0
    mg_mm: float = 1.0
    mg_weakness: float = 1.0
    learning: float = 0.0

    def __post_init__(self) -> None:
        for name in (
            "apv",
            "nk1_left",
            "can_left",
            "inhibition_left",
            "sensitization",
            "descending",
            "opioid",
            "calcium_left",
        ):
            given = getattr(self, name)
            if not 0.0 <= given <= 1.0:
                raise ParameterError(f"{name} must lie between 0 and 1; got {given}. It is a share.")
        for name in ("ketamine_um", "esketamine_um"):
            given = getattr(self, name)
            if not 0.0 <= given <= 1000.0:
                raise ParameterError(
                    f"{name} must lie between 0 and 1000 µM of unbound drug; got {given}. "
                    "1 µM is 238 ng/mL unbound."
                )

    @property
    def chloride_mv(self) -> float:
        """Reversal potential of inhibition, in mV."""
        return -70.0 + self.chloride_rise_mv * self.sensitization if self.e_cl_mv is None else self.e_cl_mv


HEALTHY: Final = Cord()
