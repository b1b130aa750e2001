"""The warnings that travel with a result."""

from __future__ import annotations

import numpy as np

from subside.case import Case
from subside.course import Caution
from subside.engine.arms import Arm
from subside.engine.conditions import profile
from subside.engine.drugs import pk_set
from subside.engine.drugs.others import others
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
    found += _condition(arm.case)
    found += _others(arm)
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
    stand_ins = _stand_ins(group, arm.case)
    if stand_ins:
        found.append(
            Caution(
                code="stand_ins",
                text="The case does not say these, and assumed values (a wide range) stand in: "
                + ", ".join(stand_ins) + ".",
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


def _stand_ins(group: Group, case: Case) -> tuple[str, ...]:
    """Return what stands in for values that the case does not give; not pain where there is none."""
    has_pain = case.injury is None and profile(case.patient.condition).chronic_pain
    return tuple(n for n in group.start.stand_ins if has_pain or n not in ("nrs_pain", "nrs_pain_movement"))


def _others(arm: Arm) -> list[Caution]:
    """Return what goes with treatments beside ketamine, and which of them do nothing here."""
    if arm.kind == "none":
        return []
    given = others(arm.case)
    found = [
        Caution(code="treatment_not_modeled", text=f"{text[:1].upper()}{text[1:]}.")
        for text in given.unmodeled
    ]
    if given.opioids:
        names = " and ".join(course.name for course in given.opioids)
        found.append(
            Caution(
                code="opioid_given",
                text=f"{names.capitalize()}: one person's level and effect may be half or twice another's; the first "
                "minutes of depressed breathing after a bolus are understated; dependence, withdrawal and overdose "
                "are not modeled. No plan for starting, changing or stopping an opioid.",
                sources=("opioid_assumptions.omega_c50", "mildh_2001.fall_of_minute_volume"),
            )
        )
    if given.reliefs:
        channels = ", ".join(dict.fromkeys(relief.channel for relief in given.reliefs))
        found.append(
            Caution(
                code="published_effect",
                text=f"Beside ketamine ({channels}): the published effect stands in for the mechanism, measured mostly "
                "in nerve pain or back pain and carried over to this condition. No data on the two together.",
            )
        )
    return found


def _condition(case: Case) -> list[Caution]:
    """Return what the condition, or an injury, means for the answer."""
    condition = profile(case.patient.condition)
    named = case.patient.condition.replace("_", " ")
    if case.injury is not None:
        return [
            Caution(
                code="injury",
                text="What becomes of an injury was fitted to shares of people with pain after surgery in two rival "
                "forms, with assumed acute pain of each operation; no drug given around surgery was fitted. Pain "
                "before the injury is what the case states as usual pain.",
            )
        ]
    if not condition.chronic_pain:
        return [
            Caution(
                code="no_chronic_pain",
                text=f"No chronic pain ({named}): sensitization, pain at rest and on movement, and response to "
                "treatment of pain would mean nothing and are left out.",
            )
        ]
    found = []
    if case.patient.condition != FITTED_CONDITION:
        stands = f"; its profile is that of {condition.stands_in.replace('_', ' ')}" if condition.stands_in else ""
        found.append(
            Caution(
                code="condition",
                text="Lasting relief was fitted mostly to complex regional pain syndrome; this condition "
                f"({named}) uses the same parameters{stands}. That is assumed.",
            )
        )
    if condition.headache:
        found.append(
            Caution(
                code="headache_days",
                text="Headache days follow from usual pain by an assumed spread of headache from day to day; they were "
                "fitted to no trial of ketamine.",
            )
        )
    return found


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
