"""What a condition's profile holds: where its pain comes from, the state of the cord, the signs published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

from subside.evidence import Figure, figure

__all__ = ["QUALITIES", "Profile", "Sign"]

#: The signs that a circuit can be asked for, in words. Summation is how much is added over a train,
#: wind-up the ratio of last to first: what raises both alike changes the one and not the other.
QUALITIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "pressure": "hyperalgesia: graded pressure hurts more",
        "touch": "allodynia: brushing hurts",
        "movement": "movement-evoked pain: a small movement hurts",
        "summation": "temporal summation: the last of a train minus the first is larger",
        "wind_up": "wind-up ratio: the last of a train over the first is larger",
    }
)

Change = Literal["more", "same", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Sign:
    """What was published about one sign of a condition, against health.

    Attributes:
        change: ``more`` than in health, the ``same``, or ``unknown``.
        figures: Ids of the evidence that says so; empty where nothing is known.
        note: What a reader must know.
    """

    change: Change
    figures: tuple[str, ...] = ()
    note: str = ""

    @property
    def is_weak(self) -> bool:
        """Whether it rests on memory alone."""
        return bool(self.figures) and all(figure(name).is_weak for name in self.figures)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One condition.

    Attributes:
        name: As a case file names it (``nociceptive_pain`` stands for a family alone).
        label: For people.
        stands_in: The profile whose values these are, where the condition has none of its own; else "".
        chronic_pain: Whether there is any: without it the model's outputs of pain mean nothing.
        peripheral_share: Share of the untreated drive that comes from the periphery, 0 to 1.
        cord: State of the cord, as keywords of ``engine.circuit.members.Cord``.
        signature: The published signs, by ``QUALITIES``.
        headache: Whether headache days are counted.
        sources: Ids of the figures behind share and state.
    """

    name: str
    label: str
    chronic_pain: bool = True
    peripheral_share: float
    cord: Mapping[str, float]
    signature: Mapping[str, Sign] = field(default_factory=dict)
    headache: bool = False
    stands_in: str = ""
    sources: tuple[str, ...] = ()

    @property
    def basis(self) -> str:
        """The weakest basis among its figures: a result that leans on the profile shows it."""
        found: list[Figure] = [figure(name) for name in self.sources]
        weak = [one.basis for one in found if one.is_weak]
        return weak[0] if weak else (found[0].basis if found else "design")
