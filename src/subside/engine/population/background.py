"""What medicines taken anyway mean for breathing and alertness.

A medicine is known by any word of its name (``oxycodone/naloxone``, ``fentanyl patch``); what is not
known counts as nothing here, and ``care`` asks about it.
"""

from __future__ import annotations

from collections.abc import Iterator

from subside.case import Case
from subside.engine.drugs.names import background_medicines as table
from subside.engine.drugs.names import words_of
from subside.engine.drugs.others import is_background, others
from subside.units import H_PER_DAY, MCG_PER_MG, parse_rate

UNKNOWN_DOSE_MME = 30.0  # assumed


def morphine_equivalents_mg_per_d(case: Case, *, with_given: bool = True) -> float:
    """Return the regular opioids of a case in oral morphine equivalents a day.

    A known opioid whose dose is not written, or which has no factor, counts as ``UNKNOWN_DOSE_MME``:
    unknown is never none.

    Args:
        case: Its medicines and treatments.
        with_given: Count also the opioids whose levels are followed from time zero on. A model leaves
            them out here, so as not to count them twice; a warning counts all.
    """
    total = 0.0
    by_mg, by_patch = table()["mme_per_mg"], table()["mme_per_d_per_mcg_per_h"]
    without = set(table()["opioids_without_factor"])
    for words, daily_mg, mg_per_h in _taken(case, with_given=with_given):
        for name in words & (by_mg.keys() | by_patch.keys() | without):
            if name in by_patch and mg_per_h is not None:
                total += by_patch[name] * mg_per_h * MCG_PER_MG
            elif name in by_mg and daily_mg is not None:
                total += by_mg[name] * daily_mg
            else:
                total += UNKNOWN_DOSE_MME
    return total


def takes_benzodiazepine(case: Case) -> bool:
    """Return whether a benzodiazepine, or a drug of the same receptor, is among the medicines."""
    known = {*table()["benzodiazepines"], *table()["benzodiazepine_like"]}
    return any(known & words for words, _, _ in _taken(case))


def _taken(
    case: Case, *, with_given: bool = True
) -> Iterator[tuple[frozenset[str], float | None, float | None]]:
    """Yield the words of the name, daily dose (mg) and rate (mg/h) of every other drug of a case."""
    weight = case.patient.weight_kg
    followed = frozenset() if with_given else frozenset(course.name for course in others(case).opioids)
    for medicine in case.patient.medicines:
        rate = None if medicine.rate is None else parse_rate(medicine.rate).for_weight(weight)
        yield words_of(medicine.name), medicine.daily_mg(weight), rate
    for treatment in case.treatments:
        words = words_of(treatment.name)
        if treatment.kind != "drug" or (words & followed and not is_background(treatment)):
            continue
        dose, every = treatment.dose_mg(weight), treatment.every_h
        daily = None if dose is None or every is None else dose * H_PER_DAY / every
        yield words, daily, treatment.mg_per_h(weight)
