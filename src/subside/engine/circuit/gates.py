"""What every member of the ensemble must do, each gate with its limits and where they come from.

A gate measures one number on one member. Fast gates run for every member; the order is the order of
the search, cheap and telling ones first.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from subside.engine.circuit.members import HEALTHY, Cord
from subside.engine.circuit.probes import (
    CHLORIDE_SHIFTED,
    DISINHIBITED,
    FORCES_MN,
    Bench,
    excess,
    growth,
    without_nmda,
)

APV: Final = Cord(apv=1.0)
CLINICAL_UM: Final = 0.5  # unbound; 170 ng/mL in plasma at an unbound share of 0.7: an analgesic infusion


@dataclass(frozen=True)
class Gate:
    """One demand on a member.

    Attributes:
        name: What it is called in tables.
        says: What must hold, in a few words.
        low: Smallest value accepted.
        high: Largest value accepted.
        source: Where the demand comes from, and its basis.
        measure: Measures it on a member.
    """

    name: str
    says: str
    low: float
    high: float
    source: str
    measure: Callable[[Bench], float]

    def holds(self, measured: float) -> bool:
        """Return whether a measured value is accepted; NaN is not."""
        return self.low <= measured <= self.high


INF: Final = float("inf")
HERRERO = (
    "frequency dependence and size of wind-up (recalled); human second pain from 0.33 Hz (PMC2577082, read)"
)
DICKENSON = (
    "Dickenson & Sullivan 1987, doi:10.1016/0028-3908(87)90275-9 (read): AP5 spares the input, cuts wind-up"
)


def _plateau(b: Bench) -> float:
    counts = b.train(1.0)
    return float(counts[12:].mean() / counts[8:12].mean())


def _left(b: Bench, cord: Cord) -> float:
    return max(excess(b.train(1.0, cord)), 0.0) / max(excess(b.train(1.0)), 0.05)


def _steps(b: Bench) -> float:
    """Smallest rise of the rate from one force to the next, in Hz."""
    rates = [b.force_hz(mn) for mn in FORCES_MN]
    return (
        min(later - earlier for earlier, later in itertools.pairwise(rates))
        if (rates[1] >= rates[0])
        else -1.0
    )


def _kept(b: Bench) -> float:
    """Share of the response to warmth that a clinical level leaves."""
    return b.heat_hz(cord=Cord(ketamine_um=CLINICAL_UM)) / max(b.heat_hz(), 0.05)


def _dose_slope(b: Bench) -> float:
    """Spikes in a train that 0.5 uM removes in the sensitized cord, over those in the healthy one."""

    def removed(s: float) -> float:
        with_drug = b.train(1.0, Cord(sensitization=s, ketamine_um=CLINICAL_UM))
        return float((b.train(1.0, Cord(sensitization=s)) - with_drug).sum())

    return removed(1.0) / max(removed(0.0), 0.05)


def _descending(b: Bench) -> float:
    """What 0.5 uM leaves of a train's spikes: the brain stem cut, minus the brain stem intact."""

    def left(descending: float) -> float:
        bare, drug = (
            Cord(descending=descending, drug_on_descending=1.0, ketamine_um=um) for um in (0.0, 0.5)
        )
        return float(b.train(1.0, drug).sum() / max(b.train(1.0, bare).sum(), 0.05))

    return left(0.0) - left(1.0)


FAST_GATES: Final[tuple[Gate, ...]] = (
    Gate("first_response", "spikes a cell after the first C volley", 1.5, 20.0, HERRERO,
         lambda b: float(b.train(1.0, count=1)[0])),
    Gate("first_response_apv", "first response left without NMDA", 2 / 3, 1.1, DICKENSON,
         lambda b: float(b.train(1.0, APV, count=1)[0] / max(b.train(1.0, count=1)[0], 0.05))),
    Gate("touch_healthy", "projection cells under brushing, Hz", 0.0, 2.0, "PMID 16467532 (read)", lambda b: b.touch_hz()),
    Gate("touch_disinhibited", "the same without inhibition, Hz", 5.0, 200.0, "PMID 16467532 (read)",
         lambda b: b.touch_hz(DISINHIBITED)),
    Gate("touch_disinhibited_apv", "share of it left without NMDA", 0.0, 0.25, "PMID 16467532 (read)",
         lambda b: b.touch_hz(without_nmda(DISINHIBITED)) / max(b.touch_hz(DISINHIBITED), 0.05)),
    Gate("touch_chloride", "brushing with chloride at -50 mV, Hz", 5.0, 200.0, "Prescott 2006 (read)",
         lambda b: b.touch_hz(CHLORIDE_SHIFTED)),
    Gate("touch_chloride_apv", "share of it left without NMDA", 0.0, 0.25, "PMID 16467532 (read)",
         lambda b: b.touch_hz(without_nmda(CHLORIDE_SHIFTED)) / max(b.touch_hz(CHLORIDE_SHIFTED), 0.05)),
    Gate("force_rises", "smallest rise of rate, 100 to 200 to 400 mN, Hz", 0.5, INF, "Medlock 2022 (read)", _steps),
    Gate("force_400", "projection cells at 400 mN, Hz", 5.0, 120.0, "Medlock 2022 (recalled range)", lambda b: b.force_hz(400.0)),
    Gate("touch_eases", "rate under warmth with brushing over without", 0.0, 0.9, "gate control; Zhang 2014 (retyped)",
         lambda b: b.heat_hz(touched=True) / max(b.heat_hz(), 0.05)),
    Gate("heat", "projection cells under noxious warmth, Hz", 1.0, 80.0, "design", lambda b: b.heat_hz()),
    Gate("growth_1_hz", "last four responses over the first, 1 Hz", 2.0, 6.0, HERRERO, lambda b: growth(b.train(1.0))),
    Gate("plateau", "responses 13-16 over 9-12, 1 Hz", 0.85, 1.15, HERRERO, _plateau),
    Gate("growth_apv", "growth at 1 Hz without NMDA", 0.0, 1.3, DICKENSON, lambda b: growth(b.train(1.0, APV))),
    Gate("excess_no_nk1", "excess left without NK1", 0.0, 0.5, "Aguiar 2010 (computed); Liu & Sandkuhler 1997 (recalled)",
         lambda b: _left(b, Cord(nk1_left=0.0))),
    Gate("excess_no_can", "excess left without CAN", 0.0, 0.5, "Aguiar 2010 (computed); Morisset & Nagy 1999 (recalled)",
         lambda b: _left(b, Cord(can_left=0.0))),
    Gate("growth_0_5_hz", "growth at 0.5 Hz", 1.4, 4.0, HERRERO, lambda b: growth(b.train(0.5, count=12))),
    Gate("growth_0_2_hz", "growth at 0.2 Hz", 0.7, 1.3, HERRERO, lambda b: growth(b.train(0.2, count=6))),
    Gate("ketamine_wind_up", "excess left at 0.5 uM", 0.0, 0.9, "dose-dependent in rats (Urch 2001, read)",
         lambda b: _left(b, Cord(ketamine_um=CLINICAL_UM))),
    Gate("ketamine_heat", "single warmth left at 0.5 uM", 0.85, 1.1, "PMC1192343 (read): natural responses nearly unchanged",
         _kept),
    Gate("ketamine_force", "200 mN left at 0.5 uM", 0.85, 1.1, "PMC1192343 (read): natural responses nearly unchanged",
         lambda b: b.force_hz(200.0, Cord(ketamine_um=CLINICAL_UM)) / max(b.force_hz(200.0), 0.05)),
    Gate("ketamine_selective", "share of warmth left minus share of wind-up excess left, 0.5 uM", 0.03, 1.0,
         "PMC1192343 and Guirimand 2000 (read): wind-up falls, single responses stay",
         lambda b: _kept(b) - _left(b, Cord(ketamine_um=CLINICAL_UM))),
    Gate("ketamine_sensitized", "spikes 0.5 uM removes, sensitized over healthy", 1.0, INF,
         "stronger in arthritic rats (PMID 12959746, read)", _dose_slope),
    Gate("ketamine_descending", "share of the train that 0.5 uM leaves, brain stem cut minus intact", 0.02, 1.0,
         "lost after a dorsolateral lesion (Crisp 1991, read)", _descending),
)  # fmt: skip
"""Every member passes all of these, or the table in ``docs/explanation/dorsal-horn.md`` says which it misses."""


def measured(bench: Bench) -> dict[str, float]:
    """Return every fast gate's number for one member."""
    return {gate.name: gate.measure(bench) for gate in FAST_GATES}


def first_missed(bench: Bench) -> str:
    """Return the name of the first gate that a member misses, or an empty string."""
    for gate in FAST_GATES:
        if not gate.holds(gate.measure(bench)):
            return gate.name
    return ""


__all__ = ["CLINICAL_UM", "FAST_GATES", "HEALTHY", "Gate", "first_missed", "measured"]
