"""The warnings that travel with a result."""

from __future__ import annotations

import numpy as np

from subside.course import Caution
from subside.engine.arms import Arm
from subside.engine.drugs import pk_set
from subside.engine.group import Group, Samples
from subside.engine.pk import RegimenFacts, range_warnings
from subside.engine.population.background import morphine_equivalents_mg_per_d, takes_benzodiazepine
from subside.engine.population.people import set_name
from subside.engine.provenance import weak_parameters
from subside.engine.times import visit_spans

LONGEST_STUDIED_FOR_MOOD_H = 2.0
HIGHEST_FITTED_NG_PER_ML = 1000.0  # design: the trials of pain stay below, general anesthesia above
FITTED_CONDITION = "complex_regional_pain_syndrome"


def cautions(group: Group, arm: Arm) -> tuple[Caution, ...]:
    """Return what a reader of this arm's result must know."""
    found = [_standing()]
    patient = arm.case.patient
    if arm.kind == "drug":
        found += range_warnings(
            pk_set(set_name(arm.case)),
            weight_kg=[patient.weight_kg],
            age_years=[patient.age_years],
            facts=_facts(arm),
        )
    if patient.condition != FITTED_CONDITION:
        found.append(
            Caution(
                code="condition",
                text="Lasting relief was fitted mostly to complex regional pain syndrome; this condition "
                f"({patient.condition.replace('_', ' ')}) uses the same parameters. That is assumed.",
            )
        )
    if arm.kind == "drug":
        found += _mood(arm)
    if arm.kind == "drug" and (morphine_equivalents_mg_per_d(arm.case) or takes_benzodiazepine(arm.case)):
        found.append(
            Caution(
                code="breathing_with_sedatives",
                text="An opioid or benzodiazepine is taken: a change of 0 in breathing means nothing added to "
                "what it already does. The model understates opioid depression of breathing in one of its own "
                "checks; watch the breathing itself.",
            )
        )
    if patient.age_years < 18:
        found.append(
            Caution(
                code="age_effects",
                text="Effects (pain, mood, vital signs) rest on adults alone; for this age they are assumed.",
            )
        )
    if group.start.stand_ins:
        found.append(
            Caution(
                code="stand_ins",
                text="The case does not say these, and assumed values (a wide range) stand in: "
                + ", ".join(group.start.stand_ins) + ".",
            )
        )  # fmt: skip
    weak = weak_parameters(group.beliefs)
    found.append(
        Caution(
            code="weak_basis",
            text=f"{len(weak)} parameters and hypotheses of the model rest on no reading of a source "
            "(recalled, assumed or a choice of design): " + ", ".join(name for name, _, _ in weak) + ".",
        )
    )
    return tuple(found)


def _standing() -> Caution:
    return Caution(
        code="not_a_device",
        text="Decision support and research software, not a medical device; "
        "the certified bedside monitor stays primary.",
    )


def _facts(arm: Arm) -> RegimenFacts:
    spans = visit_spans(arm.case)
    days = {int(start // 24) for start, _ in spans}
    return RegimenFacts(
        drug_forms=arm.case.regimen().drugs,
        longest_infusion_h=max((stop - start for start, stop in spans), default=0.0),
        n_days_with_dose=len(days),
    )


def level_cautions(samples: Samples) -> tuple[Caution, ...]:
    """Return a warning when levels lie beyond those that the effects were fitted to."""
    return peak_cautions(float(np.median(samples["cp_ketamine_ng_per_ml"].max(axis=1))))


def peak_cautions(peak: float) -> tuple[Caution, ...]:
    """Return the same warning from the median of everyone's highest level, in ng/mL."""
    if not peak > HIGHEST_FITTED_NG_PER_ML:
        return ()
    return (
        Caution(
            code="level_beyond_fit",
            text=f"Levels reach {peak:.0f} ng/mL, those of anesthesia. Relief was fitted near 250 ng/mL; above "
            f"{HIGHEST_FITTED_NG_PER_ML:.0f} ng/mL breathing, pressure and alertness are not to be relied on. "
            "`subside check` holds the regimen against limits.",
        ),
    )


def _mood(arm: Arm) -> list[Caution]:
    """Return what limits the answer on mood."""
    longest = max((stop - start for start, stop in visit_spans(arm.case)), default=0.0)
    if longest <= LONGEST_STUDIED_FOR_MOOD_H and arm.case.patient.condition == "depression":
        return []
    return [
        Caution(
            code="mood_extrapolated",
            text="Relief of depression was measured in treatment-resistant depression after infusions of "
            "40 min; here it is carried over to another condition or a longer infusion. That is assumed, "
            "and it may be much too good.",
        )
    ]
