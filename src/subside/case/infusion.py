"""An infusion as prescribed: steps, tapers, a bolus, a titration, and the series that repeats it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from subside.case.fitting import infusion_flaws
from subside.case.quantities import (
    ConcentrationText,
    DoseText,
    DurationText,
    Entry,
    LineText,
    RateText,
    TimeText,
    check_dose,
    checked,
    flawed,
    refuse,
)
from subside.case.regimen import Limits
from subside.case.series import Series
from subside.units import parse_duration_h

__all__ = ["BolusDose", "Infusion", "Series", "Step", "Thresholds", "TitrationPlan"]

Drug = Literal["esketamine", "racemic_ketamine"]

_MAX_TAPER_STEPS = 200

#: The validation context in which flaws that do not touch the times of an infusion are let through.
TIMES_ONLY = "times only"


def _drug(name: Any) -> Any:
    """Refuse what does not say which drug form is meant; nothing is guessed."""
    if name in ("esketamine", "racemic_ketamine"):
        return name
    accepted = '"esketamine" or "racemic_ketamine"'
    shown = f"'{name[:60]}'" if isinstance(name, str) else repr(name)[:60]
    word = name.strip().lower().replace("-", "_").replace(" ", "_") if isinstance(name, str) else ""
    if word in ("ketamine", "ketalar", "ketanest"):
        remedy = (
            "The name does not say which form: esketamine and the racemate differ in potency. "
            "Read the vial's label and write which it is."
        )
    elif word in ("s_ketamine", "s_(+)_ketamine", "esketamin", "spravato", "ketanest_s", "(s)_ketamine"):
        remedy = 'Did you mean "esketamine"?'
    elif word in ("racemic", "racemate", "rs_ketamine", "r,s_ketamine", "racemic_ketamin"):
        remedy = 'Did you mean "racemic_ketamine"?'
    elif word in ("r_ketamine", "arketamine"):
        remedy = "Arketamine alone is not modeled as a treatment."
    else:
        remedy = "Other drugs go in [[treatment]]."
    raise refuse(shown, accepted, remedy, stand_in="esketamine")


def _bolus(value: Any) -> Any:
    """Accept a bolus written short, as its amount alone."""
    if value is None or isinstance(value, dict | BolusDose):
        return value
    return {"dose": checked(value, check_dose, {"dose": "1 mg"})}


class Step(Entry):
    """A stretch of an infusion: a rate, a dose spread evenly, or a taper, ``for`` so long.

    A taper goes from ``from_rate`` to ``to_rate`` in ``in_steps`` equal steps, both rates included.
    """

    rate: RateText | None = None
    dose: DoseText | None = None
    from_rate: RateText | None = None
    to_rate: RateText | None = None
    in_steps: int | None = Field(
        default=None,
        ge=2,
        le=_MAX_TAPER_STEPS,
        description=f"a number of steps, 2 to {_MAX_TAPER_STEPS}",
    )
    for_: DurationText = Field(alias="for")

    @property
    def for_h(self) -> float:
        """How long it lasts, in h."""
        return parse_duration_h(self.for_)

    @property
    def is_taper(self) -> bool:
        """Whether the rate goes from one value to another in steps."""
        return not (self.from_rate is None and self.to_rate is None and self.in_steps is None)


class BolusDose(Entry):
    """An amount given at the start of the infusion: at once, or evenly ``over`` a time before it."""

    dose: DoseText
    over: DurationText | None = None

    @property
    def over_h(self) -> float:
        """How long it takes, in h; 0 when given at once."""
        return 0.0 if self.over is None else parse_duration_h(self.over)


class Thresholds(Entry):
    """What makes a titration hold or lower its rate: any one of these being so."""

    pain_below: float | None = Field(default=None, ge=0, le=10, description="a pain score, 0 to 10")
    sbp_above_mmhg: float | None = Field(default=None, ge=60, le=300, description="60 to 300 mmHg")
    map_above_mmhg: float | None = Field(default=None, ge=40, le=220, description="40 to 220 mmHg")
    hr_above_bpm: float | None = Field(default=None, ge=40, le=250, description="40 to 250 /min")
    moaas_below: float | None = Field(default=None, ge=1, le=5, description="MOAA/S, 1 to 5")
    cadss_above: float | None = Field(default=None, ge=0, le=92, description="CADSS total, 0 to 92")
    spo2_below_percent: float | None = Field(default=None, ge=50, le=100, description="50 to 100 %")

    def limits(self) -> Limits:
        """Return the same in the form the engine reads."""
        return Limits(**{name: getattr(self, name) for name in type(self).model_fields})


class TitrationPlan(Entry):
    """A titration: where it starts, how it moves, how far it may go.

    Every ``every`` the first that applies decides: ``lower_if`` lowers by ``lower_step`` (``step``
    when left out), ``hold_if`` keeps the rate, pain above ``raise_if_pain_above`` raises by
    ``step``, else the rate stays.
    """

    start_rate: RateText
    step: RateText
    every: DurationText
    for_: DurationText = Field(alias="for")
    ceiling: RateText
    floor: RateText = "0 mg/h"
    lower_step: RateText | None = None
    raise_if_pain_above: float | None = Field(default=None, ge=0, le=10, description="a pain score, 0 to 10")
    hold_if: Thresholds = Thresholds()
    lower_if: Thresholds = Thresholds()

    @property
    def every_h(self) -> float:
        """The time between two decisions, in h."""
        return parse_duration_h(self.every)

    @property
    def for_h(self) -> float:
        """How long the titrated infusion lasts, in h."""
        return parse_duration_h(self.for_)


class Infusion(Entry):
    """One infusion, or a series of the same.

    A bolus comes first; ``steps`` or ``policy`` follow it. ``concentration`` is what the bag holds:
    needed for rates in mL/h, and shown as mL/h beside every other rate.
    """

    drug: Annotated[Drug, BeforeValidator(_drug), Field(description='"esketamine" or "racemic_ketamine"')]
    start: TimeText
    label: LineText | None = None
    concentration: ConcentrationText | None = None
    bolus: Annotated[BolusDose | None, BeforeValidator(_bolus)] = None
    steps: tuple[Step, ...] = ()
    policy: TitrationPlan | None = None
    series: Series | None = None

    @model_validator(mode="after")
    def _fits_together(self, info: ValidationInfo) -> Infusion:
        # The reader may ask for when it runs alone, of an infusion whose flaws it already knows.
        if info.context != TIMES_ONLY and (flaws := list(infusion_flaws(self))):
            raise flawed(flaws)
        return self

    @property
    def start_h(self) -> float:
        """When the first session starts, in h."""
        return parse_duration_h(self.start, allow_negative=True)

    @property
    def starts_h(self) -> tuple[float, ...]:
        """When each session starts, in h."""
        return (self.start_h,) if self.series is None else self.series.starts_h(self.start_h)

    @property
    def length_h(self) -> float:
        """How long one session lasts, in h; 0 for a bolus given at once and nothing more."""
        steps = sum(step.for_h for step in self.steps)
        policy = 0.0 if self.policy is None else self.policy.for_h
        return (0.0 if self.bolus is None else self.bolus.over_h) + steps + policy
