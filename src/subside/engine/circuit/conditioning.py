"""What leaves C synapses stronger: trains of stimuli, and an opioid that is stopped abruptly.

A train potentiates by the calcium rule in ``loop``. An opioid cuts release from C fibers while it is there, and the
cells on the other side adapt to it; stopped abruptly, release is back before the adaptation is gone, and the ordinary
volleys of a test electrode bring in enough calcium to strengthen the synapse. A taper lets both fade together. That
it takes postsynaptic NMDA receptors and calcium, and that a taper prevents it, is Drdla et al. 2009; that the opioid
acts presynaptically while it is given, Heinl et al. 2011 (evidence ``drdla_2009``, ``heinl_2011``).

**Time is compressed in the opioid protocols**: one second stands for a minute. The volleys of the test electrode,
every five minutes in the experiment, come every five seconds, so that their number is the experiment's; synapses and
calcium run at their own speed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subside.engine.circuit.experiments import Band, band, each
from subside.engine.circuit.learning import MS_PER_MIN, STOPPED_RELEASE
from subside.engine.circuit.members import HEALTHY, Cord, Member
from subside.engine.circuit.populations import CELLS_OF
from subside.engine.circuit.simulate import run
from subside.engine.circuit.stimuli import Train
from subside.errors import ParameterError, unknown_name
from subside.evidence import value

PROTOCOLS: Final = MappingProxyType(
    {
        "hfs": "100 Hz for 1 s, five times",
        "lfs": "2 Hz for 2 min",
        "opioid-stop": "an hour of an opioid, stopped abruptly",
        "opioid-taper": "an hour of an opioid, tapered",
    }
)
HOURS: Final = (0.0, 1.0, 3.0, 6.0, 12.0, 24.0, 48.0)
COMPRESSED: Final = 60.0  # opioid protocols: a minute passes in a second
TAPER_MIN: Final = 60.0  # design: as long as the infusion was
TEST_HZ: Final = 0.2  # compressed: one volley in five minutes
STOP_MS: Final = 4000.0
AFTER_MS: Final = 37_000.0  # watched after the end of the opioid
CONSOLIDATES_ABOVE: Final = 0.3  # design: potentiation beyond it turns into the late phase
CONSOLIDATION_PER_H: Final = 0.1  # design: about one in ten hours


@dataclass(frozen=True)
class Conditioned:
    """C synapses on projection cells after conditioning.

    Attributes:
        protocol: Name in ``PROTOCOLS``, or "train".
        weight_percent: Strength at once, in % of before.
        hours: Times after conditioning, in h.
        later_percent: Strength at these times. Shape ``(hour,)``.
        time_compressed: How many times faster than life slow processes ran.
        members: How many members answered.
    """

    protocol: str
    weight_percent: Band
    hours: tuple[float, ...]
    later_percent: Band
    time_compressed: float
    members: int


def condition(
    members: Sequence[Member], protocol: str | Train, *, cord: Cord = HEALTHY, taper_min: float = TAPER_MIN,
    seed: int = 1, threads: int | None = None,
) -> Conditioned:  # fmt: skip
    """Return how strong C synapses on projection cells are after conditioning, over members.

    Args:
        members: Who answers.
        protocol: A name in ``PROTOCOLS``, or a train of one's own.
        cord: State and drugs; what an opioid protocol sets of it is replaced.
        taper_min: How long the taper of "opioid-taper" lasts, in min.
        seed: Of what is random in the stimulus.
        threads: How many; None: as many as there are.

    Raises:
        UnknownNameError: If there is no protocol of that name.
        ParameterError: If the taper is not longer than 0 and at most 600 min.
    """
    if not 0.0 < taper_min <= 600.0:
        raise ParameterError(
            f"taper_min must lie above 0 and at most at 600 min; got {taper_min}. An abrupt stop is the protocol "
            "'opioid-stop'."
        )
    train, state = setting(protocol, cord, taper_min)
    percent = np.array(each(members, lambda m: strengthened(m, train, state, seed=seed), threads))
    return Conditioned(
        protocol=protocol if isinstance(protocol, str) else "train",
        weight_percent=band(percent),
        hours=HOURS,
        later_percent=band(later(percent[:, None], HOURS)),
        time_compressed=COMPRESSED if state.opioid_stops_ms is not None else 1.0,
        members=len(members),
    )


def strengthened(member: Member, train: Train, cord: Cord, *, seed: int = 1) -> float:
    """Return the mean strength of one member's C synapses on projection cells, in % of before."""
    record = run(member, (train,), cord=replace(cord, learning=1.0), seed=seed)
    return 100.0 * float(record.potentiation[CELLS_OF["nk1"]].mean())


def setting(protocol: str | Train, cord: Cord, taper_min: float = TAPER_MIN) -> tuple[Train, Cord]:
    """Return the stimulus of a protocol and the cord it acts on."""
    if isinstance(protocol, Train):
        return protocol, cord
    if protocol == "hfs":
        return conditioning_train(100.0), cord
    if protocol == "lfs":
        return conditioning_train(2.0), cord
    if protocol not in PROTOCOLS:
        raise unknown_name("protocol of conditioning", protocol, PROTOCOLS)
    taper_ms = MS_PER_MIN * taper_min if protocol == "opioid-taper" else 0.0
    count = round((STOP_MS + taper_ms + AFTER_MS) / 1000.0 * TEST_HZ) + 1
    state = replace(cord, opioid=STOPPED_RELEASE, opioid_stops_ms=STOP_MS, opioid_taper_ms=taper_ms)
    return Train(frequency_hz=TEST_HZ, count=count, tail_ms=1500.0), state


def conditioning_train(frequency_hz: float) -> Train:
    """Return the train of an experiment: from 20 Hz up a second, five times, ten seconds apart; below, 120 s.

    Five trains as in the experiments on people (evidence ``klein_2006``, ``pfau_2011``), which follow those on
    rats. C fibers follow 20 Hz at most.
    """
    if frequency_hz >= 20.0:
        return Train(frequency_hz=frequency_hz, count=round(frequency_hz), repeats=5, tail_ms=1500.0)
    return Train(frequency_hz=frequency_hz, count=max(1, round(120.0 * frequency_hz)), tail_ms=1500.0)


def potentiation(
    members: Sequence[Member], *, frequency_hz: float, cord: Cord = HEALTHY, seed: int = 1,
    threads: int | None = None,
) -> Band:  # fmt: skip
    """Return the strength of C synapses on projection cells after a train, at once, in % of before, over members."""
    return condition(
        members, conditioning_train(frequency_hz), cord=cord, seed=seed, threads=threads
    ).weight_percent


def later(percent: ArrayLike, hours: ArrayLike, *, protein_synthesis: float = 1.0) -> NDArray[np.float64]:
    """Return how strong a synapse still is some hours after conditioning, in % of before.

    ::

        dw/dt = -(w - w_L) / tau_E;   dw_L/dt = (w - w_L) / (10 h) while w - w_L > 0.3

    The early phase fades with the half-life of the pain that follows 100 Hz in people (6.9 h, evidence
    ``pfau_2011``; tau_E = 10 h). What is left above 0.3 turns into the late phase, which needs protein synthesis and
    stays (10 of 28 people took more than ten days). A synapse that was weakened recovers with tau_E.

    Args:
        percent: Strength at once, in % of before.
        hours: Time since, in h, 0 or more.
        protein_synthesis: Share of it left, 0 (blocked) to 1.
    """
    start, t = np.broadcast_arrays(
        np.asarray(percent, dtype=np.float64) / 100.0 - 1.0, np.asarray(hours, dtype=np.float64)
    )
    fading = math.log(2.0) / value("pfau_2011.half_life_homotopic_h", unit="h")
    turning = CONSOLIDATION_PER_H * protein_synthesis
    both = fading + turning
    until = np.log(np.maximum(start, CONSOLIDATES_ABOVE) / CONSOLIDATES_ABOVE) / both
    first = np.minimum(t, until)
    late = np.where(start > CONSOLIDATES_ABOVE, turning / both * start * -np.expm1(-both * first), 0.0)
    early = start * np.exp(-both * first) * np.exp(-fading * (t - first))
    return np.asarray(100.0 * (1.0 + late + early), dtype=np.float64)
