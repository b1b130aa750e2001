"""The patient of a case. What is not written is None, that is unknown; unknown is never "no".

The bounds of age, weight and height are ``design``: what lies outside is a slip of the pen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from subside.case.conditions import CONDITIONS, Condition
from subside.case.history import ANSWERS, HISTORY, Answer
from subside.case.observables import OBSERVABLES
from subside.case.quantities import (
    DoseText,
    DurationText,
    Entry,
    Flaw,
    LineText,
    PlainRateText,
    flawed,
    listed,
    refuse,
)
from subside.errors import nearest, unknown_name
from subside.units import H_PER_DAY, parse_dose, parse_duration_h

__all__ = ["Labs", "Medicine", "Patient", "PriorTreatment", "Route"]

Route = Literal[
    "intravenous",
    "oral",
    "sublingual",
    "nasal",
    "intramuscular",
    "subcutaneous",
    "transdermal",
    "topical",
    "rectal",
    "epidural",
    "intrathecal",
    "inhaled",
]

_POUNDS = "Weight in kg only; did you mean pounds? 1 lb is 0.4536 kg."


def _measured(name: str) -> Any:
    """Return the field of an optional value of one observable, within its range."""
    o = OBSERVABLES[name]
    return _number(o.low, o.high, f"{o.description}, {o.low:g} to {o.high:g} {o.unit}")


def _number(low: float, high: float, description: str) -> Any:
    """Return the field of an optional number within a range."""
    return Field(default=None, ge=low, le=high, description=description)


def _condition(name: Any) -> Any:
    if isinstance(name, str) and name not in CONDITIONS:
        close = nearest(name.replace(" ", "_"), CONDITIONS)
        raise refuse(
            f"'{name[:60]}'",
            listed(name, CONDITIONS),
            f"Did you mean '{close}'?" if close else "Choose the nearest one and say more in title.",
            stand_in="healthy",
        )
    return name


def _weight(value: Any) -> Any:
    """Refuse what no person weighs, with the usual reason for it; the type is checked after this."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return value
    if not 0.5 <= value <= 350:
        raise refuse(f"{value:g}", "a body weight in kg, 0.5 to 350", _POUNDS, stand_in=70.0)
    return value


def _history(answers: Any) -> Any:
    if not isinstance(answers, Mapping):
        return answers
    flaws = []
    for key, answer in answers.items():
        if key not in HISTORY:
            close = nearest(str(key), HISTORY)
            flaws.append(
                Flaw(
                    key,
                    got="a question that is not known",
                    accepted=listed(str(key), HISTORY),
                    remedy=f"Did you mean '{close}'?" if close else "See the case-file reference.",
                )
            )
        elif answer not in ANSWERS:
            shown = str(answer).lower() if isinstance(answer, bool) else repr(answer)[:60]
            flaws.append(
                Flaw(
                    key,
                    got=shown,
                    accepted='"yes", "no" or "unknown", in quotes',
                    remedy=f'Write {key} = "yes", "no" or "unknown"; unknown is never no.',
                )
            )
    if flaws:
        raise flawed(flaws)
    return answers


class Medicine(Entry):
    """A medicine that the patient takes anyway, without its being part of the plan."""

    name: LineText
    dose: DoseText | None = None
    rate: PlainRateText | None = None  # a patch or a pump, such as "25 mcg/h"
    every: DurationText | None = None
    as_needed: bool = False
    route: Route | None = None
    note: LineText | None = None

    @property
    def every_h(self) -> float | None:
        """The time between two doses, in h."""
        return None if self.every is None else parse_duration_h(self.every)

    def daily_mg(self, weight_kg: float) -> float | None:
        """Return what is taken in 24 h, in mg; None where dose or interval is not known."""
        if self.dose is None or self.every_h is None:
            return None
        return parse_dose(self.dose).for_weight(weight_kg) * H_PER_DAY / self.every_h


class PriorTreatment(Entry):
    """What was tried before, and why it ended."""

    kind: LineText
    name: LineText | None = None
    dose: LineText | None = None  # as reported; often no more than "low dose"
    duration: DurationText | None = None
    stopped_for: LineText | None = None
    note: LineText | None = None


class Labs(Entry):
    """Laboratory values at baseline, and the upper limits of normal of that laboratory."""

    alt_u_per_l: float | None = _measured("alt_u_per_l")
    ast_u_per_l: float | None = _measured("ast_u_per_l")
    ggt_u_per_l: float | None = _number(0, 20_000, "gamma-glutamyl transferase in U/L")
    alp_u_per_l: float | None = _number(0, 20_000, "alkaline phosphatase in U/L")
    alt_upper_limit_u_per_l: float | None = _number(5, 500, "the laboratory's limit for ALT in U/L")
    ast_upper_limit_u_per_l: float | None = _number(5, 500, "the laboratory's limit for AST in U/L")
    bilirubin_mg_per_dl: float | None = _number(0, 80, "total bilirubin in mg/dL")
    albumin_g_per_dl: float | None = _number(0.5, 8, "albumin in g/dL")
    creatinine_mg_per_dl: float | None = _number(0, 40, "creatinine in mg/dL")
    egfr_ml_per_min: float | None = _number(0, 250, "estimated filtration rate, mL/min per 1.73 m2")
    potassium_mmol_per_l: float | None = _number(1, 12, "potassium in mmol/L")
    hemoglobin_g_per_dl: float | None = _number(1, 30, "hemoglobin in g/dL")
    tsh_miu_per_l: float | None = _number(0, 500, "thyroid-stimulating hormone in mIU/L")


class Patient(Entry):
    """Who is treated: covariates, baseline scores and vital signs, history, medicines."""

    age_years: float = Field(ge=0, le=120, description="an age in years, 0 to 120")
    weight_kg: Annotated[
        float, BeforeValidator(_weight), Field(description="a body weight in kg, 0.5 to 350")
    ]
    condition: Annotated[str, BeforeValidator(_condition), Field(description="the name of a condition")]
    sex: Literal["female", "male"] | None = None
    height_cm: float | None = _number(30, 250, "a body height in cm, 30 to 250")
    pain_months: float | None = _number(0, 1440, "how long the pain has lasted, in months")

    nrs_pain: float | None = _measured("nrs_pain")
    nrs_pain_movement: float | None = _measured("nrs_pain_movement")
    peg_score: float | None = _measured("peg_score")
    phq9_total: float | None = _measured("phq9_total")
    madrs_total: float | None = _measured("madrs_total")
    gad7_total: float | None = _measured("gad7_total")
    pcl5_total: float | None = _measured("pcl5_total")
    sleep_nrs: float | None = _measured("sleep_nrs")
    cadss_total: float | None = _measured("cadss_total")
    audit_c_total: float | None = _number(0, 12, "alcohol use, AUDIT-C total, 0 to 12")
    stop_bang_total: float | None = _number(0, 8, "risk of sleep apnea, STOP-Bang total, 0 to 8")
    asa_class: int | None = Field(default=None, ge=1, le=6, description="ASA class, 1 to 6")

    sbp_mmhg: float | None = _measured("sbp_mmhg")
    dbp_mmhg: float | None = _measured("dbp_mmhg")
    hr_bpm: float | None = _measured("hr_bpm")
    spo2_percent: float | None = _measured("spo2_percent")
    etco2_mmhg: float | None = _measured("etco2_mmhg")
    rr_per_min: float | None = _measured("rr_per_min")
    oxygen_l_per_min: float | None = _measured("oxygen_l_per_min")

    labs: Labs = Labs()
    history: Annotated[
        dict[str, Answer],
        BeforeValidator(_history),
        Field(description='a table of answers, such as { hypertension = "no" }'),
    ] = Field(default_factory=dict)
    allergies: tuple[LineText, ...] = ()
    medicines: tuple[Medicine, ...] = ()
    prior_treatments: tuple[PriorTreatment, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Patient:
        if flaws := list(_flaws(self)):
            raise flawed(flaws)
        return self

    def answer(self, key: str) -> Answer:
        """Return the answer to a history question; "unknown" when it was not asked.

        Raises:
            UnknownNameError: If ``key`` is not one of ``HISTORY``.
        """
        if key not in HISTORY:
            raise unknown_name("history question", key, HISTORY)
        return self.history.get(key, "unknown")

    @property
    def condition_entry(self) -> Condition:
        """What stands for the condition's name."""
        return CONDITIONS[self.condition]

    @property
    def bmi_kg_per_m2(self) -> float | None:
        """The body mass index; None without a height."""
        return None if self.height_cm is None else self.weight_kg / (self.height_cm / 100.0) ** 2

    @property
    def map_mmhg(self) -> float | None:
        """The mean arterial pressure at baseline, a third of the way up from diastolic."""
        if self.sbp_mmhg is None or self.dbp_mmhg is None:
            return None
        return self.dbp_mmhg + (self.sbp_mmhg - self.dbp_mmhg) / 3.0


def _flaws(patient: Patient) -> Iterator[Flaw]:
    """Yield what is impossible about the values of a patient taken together."""
    weight, bmi = patient.weight_kg, patient.bmi_kg_per_m2
    if patient.age_years >= 18 and weight < 20:
        yield Flaw(
            "weight_kg",
            got=f"{weight:g} kg at {patient.age_years:g} years",
            accepted="a body weight in kg that goes with the age",
            remedy="Check age_years and weight_kg.",
            compares=True,
        )
    elif bmi is not None and not 8 <= bmi <= 90:
        yield Flaw(
            "weight_kg",
            got=f"{weight:g} kg at {patient.height_cm:g} cm (body mass index {bmi:.0f})",
            accepted="a weight in kg and a height in cm with a body mass index of 8 to 90",
            remedy=_POUNDS if bmi > 90 else "Height in cm only; check both.",
            compares=True,
        )
    if patient.pain_months is not None and patient.pain_months > patient.age_years * 12 + 1:
        yield Flaw(
            "pain_months",
            got=f"{patient.pain_months:g} months at {patient.age_years:g} years of age",
            accepted="a duration of pain no longer than the patient's life",
            remedy="Check both; pain_months counts months.",
            compares=True,
        )
    sbp, dbp = patient.sbp_mmhg, patient.dbp_mmhg
    if sbp is not None and dbp is not None and dbp >= sbp:
        yield Flaw(
            "dbp_mmhg",
            got=f"{dbp:g} with sbp_mmhg = {sbp:g}",
            accepted="a diastolic pressure below the systolic one",
            remedy="Check whether the two were swapped.",
            compares=True,
        )
