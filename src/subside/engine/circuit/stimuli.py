"""What reaches the cord: spikes of fibers under electrical trains and natural stimuli.

A stimulus is drawn for one animal and one seed and answered as sorted spikes. A fiber keeps its own
conduction latency in every volley. Natural stimuli are Poisson trains whose rates follow Medlock et
al. 2022 (its input files): at 400 mN, at onset, slowly adapting Abeta 36 Hz, Adelta 27 Hz, C 32 Hz,
decaying over seconds; 200, 100 and 50 mN are a half, a quarter and an eighth of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from subside.engine.circuit.loop import DT_MS
from subside.engine.circuit.populations import FIBERS, FIBERS_OF
from subside.engine.kernel.random import uniforms
from subside.errors import ParameterError

START_MS: Final = 500.0  # quiet before the first stimulus, so that the cells have settled
JITTER_MS: Final = 8.0
FULL_FORCE_MN: Final = 400.0
ONSET_HZ: Final = {"abeta": 36.0, "adelta": 27.0, "c_peptidergic": 32.0, "c_nonpeptidergic": 32.0}
ADAPTATION_MS: Final = 4000.0
ADAPTED_SHARE: Final = 0.35  # design: what is left of the onset rate after adaptation
RECRUITED: Final = (
    0.3  # design: share of the fibers whose fields a natural stimulus meets; a shock excites all
)
TOUCH_HZ: Final = 30.0  # design: brushing, Abeta only
MOVEMENT_HZ: Final = {"abeta": 15.0, "adelta": 4.0}  # design: small movement; Adelta stand for group III
HEAT_HZ: Final = {"c_peptidergic": 12.0, "adelta": 5.0}  # design: noxious warmth on the skin


@dataclass(frozen=True)
class Arrivals:
    """Spikes of fibers in order of time.

    Attributes:
        step: Time step of each. Shape ``(spike,)``.
        fiber: Its fiber. Shape ``(spike,)``.
        ends_ms: When the experiment ends, in ms.
    """

    step: NDArray[np.int64]
    fiber: NDArray[np.int64]
    ends_ms: float


@dataclass(frozen=True, kw_only=True)
class Train:
    """Electrical stimuli to a nerve, strong enough for C fibers unless ``fibers`` says otherwise.

    Attributes:
        frequency_hz: Stimuli a second.
        count: How many stimuli.
        repeats: How often the train is given.
        every_ms: From the start of one train to that of the next, in ms.
        tail_ms: How long to go on after the last, in ms.
        fibers: Kinds of fiber that the strength excites.
    """

    frequency_hz: float
    count: int = 16
    repeats: int = 1
    every_ms: float = 10_000.0
    tail_ms: float = 3000.0
    fibers: tuple[str, ...] = ("abeta", "adelta", "c_peptidergic", "c_nonpeptidergic")

    def __post_init__(self) -> None:
        if not 0.01 <= self.frequency_hz <= 200.0:
            raise ParameterError(
                f"frequency_hz must lie between 0.01 and 200; got {self.frequency_hz}. "
                "Wind-up is studied at 0.1 to 2 Hz."
            )

    @property
    def times_ms(self) -> NDArray[np.float64]:
        """Time of each stimulus, in ms. Shape ``(stimulus,)``: those of the first train, then of the next."""
        once = 1000.0 / self.frequency_hz * np.arange(self.count)
        starts = START_MS + self.every_ms * np.arange(self.repeats)
        return np.asarray((starts[:, None] + once).ravel(), dtype=np.float64)


@dataclass(frozen=True, kw_only=True)
class Natural:
    """A natural stimulus as rates of fibers, in Hz at onset, from ``start_ms`` for ``lasts_ms``."""

    onset_hz: tuple[tuple[str, float], ...]
    lasts_ms: float = 2000.0
    start_ms: float = START_MS
    adapts: bool = True
    tail_ms: float = 500.0


def force(mn: float, **timing: float) -> Natural:
    """Return a blunt probe pressed on the skin with this force, in mN (0 to 800)."""
    if not 0.0 <= mn <= 800.0:
        raise ParameterError(f"force must lie between 0 and 800 mN; got {mn}. The model knows 50 to 400 mN.")
    scale = mn / FULL_FORCE_MN
    return Natural(onset_hz=tuple((k, hz * scale) for k, hz in ONSET_HZ.items()), **timing)  # type: ignore[arg-type]


def touch(**timing: float) -> Natural:
    """Return light brushing: low-threshold Abeta fibers alone."""
    return Natural(onset_hz=(("abeta", TOUCH_HZ),), adapts=False, **timing)  # type: ignore[arg-type]


def movement(**timing: float) -> Natural:
    """Return a small movement of a joint."""
    return Natural(onset_hz=tuple(MOVEMENT_HZ.items()), adapts=False, **timing)  # type: ignore[arg-type]


def heat(**timing: float) -> Natural:
    """Return noxious warmth: C fibers that carry peptides, and some Adelta."""
    return Natural(onset_hz=tuple(HEAT_HZ.items()), **timing)  # type: ignore[arg-type]


def arrivals(
    *parts: Train | Natural, animal: int, seed: int, on_hz: float = 0.0, off_hz: float = 0.0
) -> Arrivals:
    """Return the spikes of all fibers under stimuli given together.

    Args:
        parts: Trains and natural stimuli, each with its own times.
        animal: Whose fibers: fixes the conduction latencies.
        seed: Of what is random within the stimulus.
        on_hz: Rate of descending ON units, in Hz.
        off_hz: Rate of descending OFF units, in Hz.
    """
    ends = max(_end(p) for p in parts)
    times, fibers = [np.empty(0)], [np.empty(0, dtype=np.int64)]
    for number, part in enumerate(parts):
        pairs = _volleys(part, animal, seed) if isinstance(part, Train) else _poisson(part, seed, number)
        for t, fiber in pairs:
            times.append(t)
            fibers.append(fiber)
    for name, hz in (("on", on_hz), ("off", off_hz)):
        steady = Natural(onset_hz=((name, hz),), lasts_ms=ends, start_ms=0.0, adapts=False, tail_ms=0.0)
        for t, fiber in _poisson(steady, seed, name):
            times.append(t)
            fibers.append(fiber)
    t, fiber = np.concatenate(times), np.concatenate(fibers)
    step = np.round(t / DT_MS).astype(np.int64)
    inside = (t >= 0.0) & (t < ends)
    order = np.lexsort((fiber[inside], step[inside]))
    return Arrivals(step[inside][order], fiber[inside][order], ends)


def _end(part: Train | Natural) -> float:
    if isinstance(part, Train):
        return float(part.times_ms[-1] + part.tail_ms)
    return part.start_ms + part.lasts_ms + part.tail_ms


def _volleys(train: Train, animal: int, seed: int):  # type: ignore[no-untyped-def]
    times = train.times_ms
    for kind in FIBERS:
        if kind.name not in train.fibers:
            continue
        draws = uniforms("circuit", [animal], f"latency {kind.name}", 2 * kind.size)[0]
        # gamma of shape 2: a steep start and a long tail, as compound action potentials have
        own = kind.latency_ms - 0.5 * kind.spread_ms * np.log(draws).reshape(2, kind.size).sum(axis=0)
        jitter = uniforms(f"circuit {seed}", [animal], f"jitter {kind.name}", times.size * kind.size)[0]
        wobble = min(JITTER_MS, kind.spread_ms) * (jitter.reshape(times.size, kind.size) - 0.5)
        t = times[:, None] + np.maximum(own + wobble, 0.5)
        fiber = np.arange(FIBERS_OF[kind.name].start, FIBERS_OF[kind.name].stop)
        # A fiber that cannot follow every stimulus follows some of them, evenly.
        share = min(1.0, kind.follows_hz / train.frequency_hz)
        once = np.diff(np.floor(np.arange(train.count + 1) * share + 1e-9)) > 0.0
        followed = np.tile(once, train.repeats)
        yield t[followed].ravel(), np.tile(fiber, int(followed.sum()))


def _poisson(part: Natural, seed: int, stream: int | str):  # type: ignore[no-untyped-def]
    """Poisson spikes by thinning a train at the onset rate."""
    for name, hz in part.onset_hz:
        if hz <= 0.0:
            continue
        where = FIBERS_OF[name]
        numbers = np.arange(where.start, where.stop)
        if name not in ("on", "off"):
            numbers = numbers[: max(1, round((1.0 if name == "abeta" else RECRUITED) * len(numbers)))]
        expected = hz * part.lasts_ms / 1000.0
        n = int(expected + 6.0 * expected**0.5 + 10.0)
        draws = uniforms(f"circuit {seed}", numbers, f"poisson {stream} {name}", 2 * n)
        t = np.cumsum(-np.log(draws[:, :n]), axis=1) * 1000.0 / hz
        kept = t < part.lasts_ms
        if part.adapts:
            rate = ADAPTED_SHARE + (1.0 - ADAPTED_SHARE) * np.exp(-t / ADAPTATION_MS)
            kept &= draws[:, n:] < rate
        row, column = np.nonzero(kept)
        yield part.start_ms + t[row, column], numbers[row]
