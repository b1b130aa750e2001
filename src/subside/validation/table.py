"""Every published outcome beside the model's answer: the table of ``subside evidence``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from subside.validation.outcome import Outcome


@dataclass(frozen=True, kw_only=True)
class Score:
    """How the model did over some outcomes.

    Attributes:
        n: How many outcomes; ``covered``: share within their 90 % intervals.
        relative_to_never, relative_to_always: Mean score over that of "it never works" and of "it
            always works as in the best trial", each given the model's own spread; below 1 is better.
            None where these rivals say nothing.
    """

    n: int
    covered: float
    relative_to_never: float | None
    relative_to_always: float | None


def evidence_table(
    *, seed: int = 11, replicates: int = 40, progress: Callable[[float], None] | None = None
) -> list[Outcome]:
    """Return every outcome: levels, pain, then mood, mind, stomach, circulation, breathing, others."""
    from subside.validation.acute_to_chronic_outcomes import outcomes as acute_to_chronic
    from subside.validation.conventional import outcomes as conventional
    from subside.validation.headache_outcomes import outcomes as headache
    from subside.validation.pain_outcomes import outcomes as pain
    from subside.validation.pk_outcomes import pk_outcomes
    from subside.validation.side_effects import outcomes as side_effects

    share = (lambda s: progress(0.1 + 0.7 * s)) if progress else None
    found: list[Outcome] = list(pk_outcomes(seed=seed))
    found += pain(seed=seed, replicates=replicates, progress=share)
    found += side_effects()
    found += headache(seed=seed, replicates=max(4, replicates // 4))
    found += acute_to_chronic(seed=seed, replicates=max(4, replicates // 4))
    found += conventional()
    if progress:
        progress(1.0)
    return found


def score(found: Sequence[Outcome]) -> Score:
    """Return the score over these outcomes."""
    rivals = [o for o in found if o.never is not None and o.always is not None]
    own = [o.score() or 0.0 for o in rivals]

    def relative(values: Sequence[float]) -> float | None:
        # each outcome in its own unit: the mean of logs weighs them alike
        if not values:
            return None
        ratio = np.log(np.maximum(own, 1e-9)) - np.log(np.maximum(values, 1e-9))
        return float(np.exp(np.mean(ratio)))

    return Score(
        n=len(found),
        covered=float(np.mean([o.covered for o in found])) if found else float("nan"),
        relative_to_never=relative([o.score(o.never) or 0.0 for o in rivals]),
        relative_to_always=relative([o.score(o.always) or 0.0 for o in rivals]),
    )


def rows(found: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Return outcomes as plain rows, for JSON."""
    return [{**asdict(o), "verdict": o.verdict, "score": o.score()} for o in found]
