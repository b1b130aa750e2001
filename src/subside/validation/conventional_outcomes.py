"""Published outcomes of treatments beside ketamine, each with the model's answer as a new study's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from subside.engine.population.beliefs import Beliefs
from subside.validation.conventional_protocols import PEOPLE_OF_STUDY, SEED, Pair, protocols, simulate
from subside.validation.found import given
from subside.validation.opioid_levels import opioid_outcomes
from subside.validation.opioid_sparing import day_after
from subside.validation.outcome import Outcome

Z95: Final = 1.959964
STUDIES_DRAWN: Final = 60
STUDIES_OF_PUMPS: Final = 30
PEOPLE_OF_PUMPS: Final = 60


@dataclass(frozen=True, kw_only=True)
class Target:
    """A published number, the protocol that stands for its trials, and the statistic that answers it."""

    figure: str
    what: str
    protocol: str
    statistic: Callable[[Pair], float]
    observed: float
    se: float | None
    fitted: bool
    note: str = ""


def _half_gone(pair: Pair) -> float:
    return pair.more_with_half_gone()


def _at(index: int) -> Callable[[Pair], float]:
    return lambda pair: pair.difference(index)


def _nnt(name: str, what: str, protocol: str, *, fitted: bool, note: str = "") -> Target:
    found = given(f"finnerup_2015.nnt_{name}")
    low, high = found.ends
    return Target(
        figure=f"finnerup_2015.nnt_{name}",
        what=f"{what}: more people with half the pain gone, percentage points",
        protocol=protocol,
        statistic=_half_gone,
        observed=100.0 / found.value,
        se=(100.0 / low - 100.0 / high) / (2 * Z95),
        fitted=fitted,
        note=note,
    )


def _difference(
    figure_id: str,
    what: str,
    protocol: str,
    *,
    fitted: bool,
    scale: float = 1.0,
    at: int = -1,
    note: str = "",
) -> Target:
    found = given(figure_id)
    low, high = found.ends
    return Target(
        figure=figure_id,
        what=f"{what}: difference of pain, points",
        protocol=protocol,
        statistic=_at(at),
        observed=scale * found.value,
        se=scale * (high - low) / (2 * Z95),
        fitted=fitted,
        note=note,
    )


def targets() -> tuple[Target, ...]:
    """Return every published outcome of these treatments."""
    important = given("busse_2018.important_relief_difference")
    low, high = important.ends
    dosed = "the dose of one trial stands for those of many"
    return (
        _nnt("pregabalin", "pregabalin, nerve pain", "pregabalin", fitted=True),
        _difference("freeman_2015_trials.pregabalin_600_1", "pregabalin 600 mg", "pregabalin", fitted=True),
        _difference("freeman_2015_trials.pregabalin_600_2", "pregabalin 600 mg", "pregabalin", fitted=True),
        _difference("freeman_2015_trials.pregabalin_600_3", "pregabalin 600 mg", "pregabalin", fitted=True),
        _difference("freeman_2015_trials.pregabalin_300_1", "pregabalin 300 mg", "pregabalin_300", fitted=False),
        _difference("freeman_2015_trials.pregabalin_300_2", "pregabalin 300 mg", "pregabalin_300", fitted=False),
        _difference("freeman_2015_trials.pregabalin_300_3", "pregabalin 300 mg", "pregabalin_300", fitted=False),
        _nnt("gabapentin", "gabapentin, nerve pain", "gabapentin", fitted=False),
        _nnt("tricyclics", "tricyclics, nerve pain", "amitriptyline", fitted=True),
        _difference("freeman_2015_trials.amitriptyline_75", "amitriptyline 75 mg", "amitriptyline", fitted=True),
        _difference(
            "enthoven_2016.pain_difference", "anti-inflammatory drugs, back pain", "naproxen", fitted=True,
            scale=0.1,
        ),
        _difference("katz_2011.difference", "naproxen, back pain, 6 weeks", "naproxen", fitted=False, at=0),
        _difference("busse_2018.pain_difference", "opioids, 3 months", "morphine", fitted=True, note=dosed),
        Target(
            figure="busse_2018.important_relief_difference",
            what="opioids, 3 months: more people with 1 point less pain, percentage points",
            protocol="morphine",
            statistic=lambda pair: pair.more_with_points_gone(1.0),
            observed=important.value,
            se=(high - low) / (2 * Z95),
            fitted=False,
            note=dosed,
        ),
        Target(
            figure="chu_2012.vas_fall",
            what="morphine for a month, back pain: fall of pain, placebo response within it, %",
            protocol="morphine_month",
            statistic=lambda pair: pair.fall_percent(),
            observed=given("chu_2012.vas_fall").value,
            se=None,
            fitted=False,
            note="titrated to comfort; the mean dose stands in; no spread is printed",
        ),
        _nnt(
            "strong_opioids", "strong opioids, nerve pain", "morphine_nerve", fitted=False,
            note="short trials, many small; the fit follows the longer ones (busse_2018)",
        ),
        _difference(
            "krebs_2018.pain_12_months_difference", "opioid against non-opioid, 12 months", "space", fitted=False,
            note="opioid dose of the trial from memory, about 20 mg of morphine a day",
        ),
        _difference("fletcher_2014.pain_1_h", "after high against low remifentanil, 1 h", "remifentanil",
                    fitted=True, scale=0.1, at=0),
        _difference("fletcher_2014.pain_4_h", "after high against low remifentanil, 4 h", "remifentanil",
                    fitted=True, scale=0.1, at=1),
        _difference("fletcher_2014.pain_24_h", "after high against low remifentanil, 24 h", "remifentanil",
                    fitted=False, scale=0.1, at=2),
    )  # fmt: skip


def predict(beliefs: Beliefs, *, n_studies: int = STUDIES_DRAWN) -> tuple[Outcome, ...]:
    """Return the model's answer for every outcome: median, 5th and 95th percentile of new studies.

    Each study has its own draw of parameters and place. The error of the observed figure is added.
    """
    asked = targets()
    drawn: dict[str, list[Pair]] = {}
    for name in dict.fromkeys(target.protocol for target in asked):
        drawn[name] = [
            simulate(protocols()[name], beliefs, people=PEOPLE_OF_STUDY, seed=SEED + 1000 + k, one_trial=True)
            for k in range(n_studies)
        ]
    rng = np.random.default_rng(SEED)
    found = []
    for target in asked:
        answers = np.array([target.statistic(pair) for pair in drawn[target.protocol]])
        answers = answers + (target.se or 0.0) * rng.standard_normal(len(answers))
        low, middle, high = np.percentile(answers, [5.0, 50.0, 95.0])
        found.append(
            Outcome(
                figure=target.figure,
                what=target.what,
                observed=target.observed,
                se=target.se,
                predicted=float(middle),
                low=float(low),
                high=float(high),
                used_to_fit=target.fitted,
                note=target.note,
                never=0.0,
                always=None,
            )
        )
    return (*found, *spared(beliefs), *opioid_outcomes(beliefs))


def spared(beliefs: Beliefs, *, n_studies: int = STUDIES_OF_PUMPS) -> tuple[Outcome, ...]:
    """Return the morphine of the first day after surgery, and how much ketamine spares."""
    pairs = [
        [
            day_after(beliefs, ketamine=given_it, people=PEOPLE_OF_PUMPS, seed=SEED + 2000 + k)
            for given_it in (False, True)
        ]
        for k in range(n_studies)
    ]
    without = np.array([pair[0].morphine_mg.mean() for pair in pairs])
    gap = np.array([(pair[1].morphine_mg - pair[0].morphine_mg).mean() for pair in pairs])
    found = []
    for figure_id, what, answers, note in (
        ("cortinez_2001.morphine_24_h_without", "morphine of 24 h at a pump of their own, mg", without,
         "what people settle for is assumed"),
        ("brinck_2018.morphine_24h_change", "morphine of 24 h, with ketamine less without, mg", gap,
         "130 trials of many doses; one dose stands for them"),
    ):  # fmt: skip
        low, middle, high = np.percentile(answers, [5.0, 50.0, 95.0])
        seen = given(figure_id)
        found.append(
            Outcome(
                figure=figure_id, what=what, observed=seen.value, se=None, predicted=float(middle),
                low=float(low), high=float(high), used_to_fit=False, note=note,
            )
        )  # fmt: skip
    return tuple(found)
