"""The questions of a history, each answered yes, no or unknown; unknown is never no.

This is the one list of history keys. A key that a case leaves out is unknown. What follows from an
answer is decided in ``subside.care``, with its source; here stands only what is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

__all__ = ["ANSWERS", "HISTORY", "Answer", "HistoryItem"]

Answer = Literal["yes", "no", "unknown"]
ANSWERS: tuple[Answer, ...] = ("yes", "no", "unknown")


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryItem:
    """One question: its key, the group under which a form shows it, and its wording."""

    key: str
    group: str
    question: str


_QUESTIONS: Mapping[str, Mapping[str, str]] = {
    "cardiovascular": {
        "hypertension": "High blood pressure, treated or not",
        "uncontrolled_hypertension": "Resting blood pressure not under control",
        "coronary_disease": "Coronary heart disease",
        "recent_myocardial_infarction": "Heart attack or unstable angina within the last 6 months",
        "severe_heart_disease": "Severe coronary, valve or heart muscle disease",
        "heart_failure": "Heart failure",
        "arrhythmia": "Disturbance of the heart's rhythm that needs treatment",
        "stroke": "Stroke or transient ischemic attack",
        "intracerebral_hemorrhage": "Bleeding inside the skull at any time",
        "aneurysm": "Aneurysm of the aorta, of the brain or of other arteries",
        "arteriovenous_malformation": "Arteriovenous malformation",
        "blood_pressure_rise_hazard": "Another reason for which a rise of blood pressure would be dangerous",
    },
    "psychiatric": {
        "psychosis": "Psychosis or schizophrenia, now or before",
        "active_psychosis": "Psychotic symptoms now",
        "mania": "Mania or bipolar disorder",
        "severe_psychiatric_disorder": "Another severe psychiatric disorder, now or before",
        "suicidal_ideation": "Thoughts of suicide in the last month",
        "suicide_attempt": "Suicide attempt or preparation in the last 3 months",
        "dementia": "Dementia, or unable to report symptoms",
        "delirium": "Delirium, now or after earlier sedation",
    },
    "neurological": {
        "seizures": "Epilepsy or seizures",
        "uncontrolled_seizures": "Seizures not controlled by treatment",
        "raised_intracranial_pressure": "Raised pressure inside the skull",
        "head_injury": "Serious head injury, recent or with lasting effects",
        "glaucoma": "Glaucoma or raised pressure inside the eye",
        "open_eye_injury": "Open injury of the eye",
    },
    "liver": {
        "liver_disease": "Liver disease of any degree",
        "moderate_liver_disease": "Moderate liver disease (Child-Pugh B)",
        "severe_liver_disease": "Severe liver disease or cirrhosis (Child-Pugh C)",
    },
    "kidney_and_bladder": {
        "kidney_disease": "Kidney disease",
        "cystitis": "Interstitial or ulcerating cystitis",
        "urinary_symptoms": "New urgency, frequency, pain or blood on passing urine",
    },
    "pregnancy": {
        "pregnancy": "Pregnant, or possibly pregnant",
        "preeclampsia": "Eclampsia or pre-eclampsia",
        "breastfeeding": "Breastfeeding",
    },
    "substance_use": {
        "substance_use_disorder": "Substance use disorder, at any time",
        "active_substance_use_disorder": "Substance use disorder now",
        "alcohol_use_disorder": "Alcohol use disorder",
        "opioid_use_disorder": "Opioid use disorder",
        "ketamine_misuse": "Ketamine used outside treatment",
        "acute_intoxication": "Under the influence of alcohol or another drug today",
    },
    "airway_and_breathing": {
        "sleep_apnea": "Sleep apnea, known or likely",
        "difficult_airway": "Difficult airway, known or expected",
        "severe_lung_disease": "Severe lung disease",
        "anesthesia_problem": "Serious problem under anesthesia or sedation, in the patient or family",
    },
    "other": {
        "hyperthyroidism": "Overactive thyroid",
        "uncontrolled_hyperthyroidism": "Overactive thyroid, untreated or not under control",
        "porphyria": "Acute porphyria",
        "ketamine_allergy": "Hypersensitivity to ketamine or an ingredient",
    },
    "ketamine_before": {
        "prior_ketamine": "Ketamine or esketamine given before",
        "prior_ketamine_benefit": "Benefit from ketamine given before",
        "prior_ketamine_reaction": "Serious unwanted reaction to ketamine given before",
    },
    "day_of_treatment": {
        "escort": "A responsible adult takes the patient home",
        "fasted": "Fasted as the clinic asks",
    },
}

HISTORY: Mapping[str, HistoryItem] = MappingProxyType(
    {
        key: HistoryItem(key=key, group=group, question=question)
        for group, questions in _QUESTIONS.items()
        for key, question in questions.items()
    }
)
"""Every history key, in the order in which a form asks."""
