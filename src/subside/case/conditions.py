"""The conditions a case can name.

``family`` says which of the engine's condition profiles is meant to stand for it; several conditions
may share one, and the engine says so in its result when they do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

__all__ = ["CONDITIONS", "Condition", "Family"]

Family = Literal[
    "complex_regional_pain_syndrome",
    "neuropathic_pain",
    "fibromyalgia",
    "chronic_migraine",
    "nociceptive_pain",
    "mood",
    "healthy",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """One condition: its name in a case file, how it is shown, the profile that stands for it."""

    name: str
    label: str
    family: Family


def _of(name: str, label: str, family: Family) -> Condition:
    return Condition(name=name, label=label, family=family)


_ALL = (
    _of(
        "complex_regional_pain_syndrome",
        "Complex regional pain syndrome",
        "complex_regional_pain_syndrome",
    ),
    _of("neuropathic_pain", "Neuropathic pain, mixed or other", "neuropathic_pain"),
    _of("spinal_cord_injury_pain", "Spinal cord injury pain", "neuropathic_pain"),
    _of("phantom_limb_pain", "Phantom limb pain", "neuropathic_pain"),
    _of("postherpetic_neuralgia", "Postherpetic neuralgia", "neuropathic_pain"),
    _of("painful_diabetic_neuropathy", "Painful diabetic neuropathy", "neuropathic_pain"),
    _of("trigeminal_neuropathic_pain", "Trigeminal or orofacial neuropathic pain", "neuropathic_pain"),
    _of("chronic_postsurgical_pain", "Chronic postsurgical pain", "neuropathic_pain"),
    _of("radicular_pain", "Radicular pain", "neuropathic_pain"),
    _of("central_post_stroke_pain", "Central post-stroke pain", "neuropathic_pain"),
    _of("fibromyalgia", "Fibromyalgia", "fibromyalgia"),
    _of("chronic_migraine", "Chronic or refractory migraine", "chronic_migraine"),
    _of("new_daily_persistent_headache", "New daily persistent headache", "chronic_migraine"),
    _of("low_back_pain", "Chronic low back pain", "nociceptive_pain"),
    _of("osteoarthritis", "Osteoarthritis", "nociceptive_pain"),
    _of("cancer_pain", "Cancer pain", "nociceptive_pain"),
    _of("ischemic_limb_pain", "Ischemic limb pain", "nociceptive_pain"),
    _of("chronic_pain", "Chronic pain of another or mixed kind", "nociceptive_pain"),
    _of("acute_pain", "Acute or postoperative pain", "nociceptive_pain"),
    _of("depression", "Depression without chronic pain", "mood"),
    _of("post_traumatic_stress", "Post-traumatic stress without chronic pain", "mood"),
    _of("healthy", "Healthy volunteer", "healthy"),
)

CONDITIONS: Mapping[str, Condition] = MappingProxyType({c.name: c for c in _ALL})
"""Every condition a case file can name."""
