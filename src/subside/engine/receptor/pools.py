"""Three pools of NMDA receptors, what disease does to them, and the allosteric site.

- ``fast``: synaptic GluN2A/2B, whose current decays in a tenth of a second;
- ``slow``: synaptic GluN2B/2D, in a second or two, which lets stimuli once a second add up, and which
  magnesium holds less tightly;
- ``tonic``: outside synapses, kept a little open by ambient glutamate.

Decay times are those of recombinant receptors at room temperature (``glun2_deactivation``) and are
divided by ``warmed(q10)`` at body temperature, which is a guess. How weakly magnesium holds GluN2D
follows from the shift of ketamine's potency (``kotermanski_johnson_2009``, from memory); a receptor
with one GluN2B and one GluN2D is assumed to lie in the middle.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from subside.engine.receptor.gating import warmed
from subside.engine.receptor.magnesium import unblocked, weakness_from_shift
from subside.engine.receptor.trapping import blocked, potency_shift
from subside.errors import ParameterError, unknown_name
from subside.evidence import value

POOLS = ("fast", "slow", "tonic")
RISE_MS = 5.0  # design: the rise of the five-state scheme after a short pulse, e-fold
PEAK_OPEN = {"fast": 0.25, "slow": 0.05, "tonic": 0.01}  # fast: five-state scheme; slow, tonic: assumed
MEASURED_MV = -66.0
MEASURED_MG_MM = 1.0


@dataclass(frozen=True, kw_only=True)
class Pool:
    """One kind of receptor at one kind of place.

    Attributes:
        name: One of ``POOLS``.
        rise_ms: Rise of the current after a release of glutamate, in ms.
        decay_ms: Its decay, in ms.
        peak_open: Share of channels open at the peak of one response, 0 to 1.
        mg_weakness: How many times more magnesium it takes than at GluN2A/2B.
    """

    name: str
    rise_ms: float
    decay_ms: float
    peak_open: float
    mg_weakness: float


@dataclass(frozen=True, kw_only=True)
class ReceptorState:
    """How active the receptors of a person or a disease are; all 1 in health.

    Attributes:
        up_regulation: How many times more receptors (or longer openings) than in health.
        mg_weakness: How many times more magnesium it takes to hold them, as after phosphorylation.
    """

    up_regulation: float = 1.0
    mg_weakness: float = 1.0

    def __post_init__(self) -> None:
        for name in ("up_regulation", "mg_weakness"):
            given = getattr(self, name)
            if not 0.0 < given < 100.0:
                raise ParameterError(
                    f"{name} must be a positive factor below 100; got {given}. Use 1 for health."
                )


HEALTHY = ReceptorState()


@functools.cache
def pool(name: str, *, celsius: float = 23.0) -> Pool:
    """Return a pool by name, with its decay at this temperature.

    Raises:
        UnknownNameError: If no pool has that name.

    >>> pool("slow").decay_ms, round(pool("slow").mg_weakness, 1)
    (1767.0, 3.8)
    """
    if name not in POOLS:
        raise unknown_name("receptor pool", name, POOLS)
    kind = {"fast": "2a_2b", "slow": "2b_2d", "tonic": "2b_2d"}[name]
    decay_ms = value(f"glun2_deactivation.tau_{kind}", unit="ms")
    faster = warmed(value("assumptions.receptor_q10", unit="1"), celsius=celsius)
    weakness = 1.0 if name == "fast" else 0.5 * (1.0 + glun2d_mg_weakness())
    return Pool(
        name=name, rise_ms=RISE_MS / faster, decay_ms=decay_ms / faster, peak_open=PEAK_OPEN[name],
        mg_weakness=weakness,
    )  # fmt: skip


@functools.cache
def glun2d_mg_weakness() -> float:
    """Return how many times more magnesium GluN1/2D takes than GluN2A/2B, from ketamine's potency shift."""
    with_mg = value("kotermanski_johnson_2009.ic50_2d_mg", unit="uM")
    without = value("kotermanski_johnson_2009.ic50_2d_no_mg", unit="uM")
    return weakness_from_shift(with_mg / without, v_mv=MEASURED_MV, mg_mm=MEASURED_MG_MM)


def conductance_share(
    v_mv: float, *, of: Pool, mg_mm: float, ligand: float = 0.0, state: ReceptorState = HEALTHY
) -> float:
    """Return the conductance of a pool relative to all its channels in health, free of magnesium and drug.

    Steady block; ``ligand`` is the sum over drugs of unbound concentration over half-blocking
    concentration (at -70 mV, no magnesium).
    """
    weakness = of.mg_weakness * state.mg_weakness
    share = blocked(ligand, potency_shift(v_mv, mg_mm / weakness))
    return state.up_regulation * unblocked(v_mv, mg_mm, weakness=weakness) * (1.0 - share)


def tonic_left(c_um: float, *, depth: float, switch: bool = True) -> float:
    """Return what the allosteric site leaves of the tonic pool's opening, 0 to 1.

    Reached through the membrane with half effect near 0.1 µM; it spares short synaptic openings, so it
    acts on the tonic pool alone, and not fully: ``depth`` (0 to 1, prior 0.2 to 0.6) is its largest
    effect. A rival hypothesis: off with ``switch=False``. Source: evidence ``abbott_2024``.

    >>> round(tonic_left(0.1, depth=0.4), 2)
    0.8
    """
    if not 0.0 <= depth <= 1.0:
        raise ParameterError(f"depth must lie between 0 and 1; got {depth}. Its prior is 0.2 to 0.6.")
    if not switch:
        return 1.0
    half = value("abbott_2024.allosteric_ec50", unit="uM")
    return 1.0 - depth * c_um / (c_um + half)
