"""A trial as its file says: who, which arms, how blind, when measured, what compared, how often repeated."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field

from subside.case.case import About, Case, _options
from subside.case.infusion import Infusion
from subside.case.quantities import DurationText, Entry, LineText, TimeText
from subside.case.read import parse_case
from subside.case.treatment import Treatment
from subside.engine.population.description import Correlation, Description, Distributions, Inclusion, Shares
from subside.units import parse_duration_h

__all__ = ["EVENTS", "REGIMENS", "SCORES", "ArmPlan", "Endpoint", "TrialPlan"]

#: What is measured at every visit.
SCORES: Final = ("nrs_pain", "nrs_pain_movement", "phq9_total", "gad7_total", "pcl5_total", "sleep_nrs")
#: What may happen during the infusions.
EVENTS: Final = (
    "dissociation", "psychomimetic", "nausea", "dizziness", "pressure_surge", "desaturation", "deep_sedation",
)  # fmt: skip
What = Literal[
    "nrs_pain", "nrs_pain_movement", "phq9_total", "gad7_total", "pcl5_total", "sleep_nrs", "headache_days",
    "relapse", "dissociation", "psychomimetic", "nausea", "dizziness", "pressure_surge", "desaturation",
    "deep_sedation",
]  # fmt: skip
Measure = Literal["mean", "change", "percent_change", "responders_30", "responders_50", "days", "time", "share"]


REGIMENS: Final = tuple(
    sorted(
        entry.name.removesuffix(".toml")
        for entry in files("subside.evidence").joinpath("regimens").iterdir()
        if entry.name.endswith(".toml")
    )
)
"""Published regimens, by name."""


@cache
def published_regimen(name: str) -> Case:
    """Return a published regimen as the case that holds it."""
    text = files("subside.evidence").joinpath(f"regimens/{name}.toml").read_text(encoding="utf-8")
    return parse_case(text, origin=f"regimen '{name}'")


class ArmPlan(Entry):
    """One arm: what is given, to how many relative to the others, and what people expect of it.

    A placebo gives nothing at the times of the infusions of the arm that it is ``like``. ``regimen`` gives a
    published one by name, as published.
    """

    name: LineText
    kind: Literal["drug", "placebo", "active-placebo", "none"]
    title: LineText | None = None
    control: bool = False
    ratio: int = Field(default=1, ge=1, le=20, description="a whole number, 1 to 20")
    like: LineText | None = None
    expectation: float = Field(
        default=1.0, ge=0, le=3, description="a factor on what people expect, 0 to 3 (1: as in a blind trial)"
    )
    feels_like_drug: float | None = Field(
        default=None, ge=0, le=1, description="a share of people who feel a drug where none acts, 0 to 1"
    )
    effect: Literal["model", "null"] = "model"
    regimen: Annotated[str | None, Field(description="the name of a published regimen")] = None
    infusions: tuple[Infusion, ...] = Field(default=(), alias="infusion")
    treatments: tuple[Treatment, ...] = Field(default=(), alias="treatment")

    @property
    def given_infusions(self) -> tuple[Infusion, ...]:
        """The infusions, written here or of the published regimen."""
        return self.infusions if self.regimen is None else published_regimen(self.regimen).infusions

    @property
    def given_treatments(self) -> tuple[Treatment, ...]:
        """The other treatments, written here or of the published regimen."""
        return self.treatments if self.regimen is None else published_regimen(self.regimen).treatments

    @property
    def words(self) -> str:
        """What the arm is, in full."""
        own = self.name if self.regimen is None else published_regimen(self.regimen).title
        return self.title or own


class Recruits(Entry):
    """Where the people come from: a published population, a file, or one described here."""

    base: str | None = None
    file: LineText | None = None
    conditions: dict[str, float] = Field(default_factory=dict)
    share: Shares = Shares()
    distribution: Distributions = Distributions()
    correlations: tuple[Correlation, ...] = Field(default=(), alias="correlation")


class DesignPlan(Entry):
    """How people are allocated."""

    kind: Literal["parallel", "crossover"] = "parallel"
    patients: int = Field(ge=4, le=20_000, description="a number of people randomized, 4 to 20000")
    block: int | None = Field(default=None, ge=2, le=100, description="a block size, 2 to 100")
    strata: tuple[LineText, ...] = ()
    washout: DurationText | None = None
    declined: float = Field(
        default=0.0, ge=0, le=0.95, description="a share of eligible people who decline, 0 to 0.95"
    )

    @property
    def washout_h(self) -> float:
        """The time from the last visit of one period to the start of the next, in h."""
        return 0.0 if self.washout is None else parse_duration_h(self.washout)


class BlindingPlan(Entry):
    """Who knows what: a blind that holds, one that dissociation breaks, or none."""

    kind: Literal["double", "open"] = "double"
    breach: Literal["none", "dissociation"] = "none"


class VisitPlan(Entry):
    """When outcomes are measured: at one moment, or as the mean of the daily ratings over a time before it.

    The baseline is the mean over ``baseline``, or over ``average`` where that is not given.
    """

    at: Annotated[tuple[TimeText, ...], Field(description='a list of times, such as ["1 wk", "12 wk"]')]
    average: DurationText | None = None
    baseline: DurationText | None = None

    @property
    def at_h(self) -> tuple[float, ...]:
        """The visits, in h."""
        return tuple(parse_duration_h(text) for text in self.at)

    @property
    def days(self) -> int:
        """How many daily ratings make one value."""
        return 1 if self.average is None else max(1, round(parse_duration_h(self.average) / 24.0))

    @property
    def days_before(self) -> int:
        """How many daily ratings make the baseline."""
        return self.days if self.baseline is None else max(1, round(parse_duration_h(self.baseline) / 24.0))


class Endpoint(Entry):
    """What is compared, how, and when."""

    what: What
    as_: Measure = Field(default="mean", alias="as")
    at: TimeText | None = None
    primary: bool = False

    @property
    def at_h(self) -> float | None:
        """The visit, in h."""
        return None if self.at is None else parse_duration_h(self.at)


def looked_at(what: str, as_: str, at: str | None = None) -> Endpoint:
    """Return an endpoint that the file need not name."""
    return Endpoint.model_validate({"what": what, "as": as_, "at": at}, by_alias=True)


class MissingPlan(Entry):
    """Who leaves, and which visits are missed.

    ``drop_out`` is the chance of leaving between two visits for someone whose pain is as it was at the
    start. With ``per_point`` the odds rise by so much (logarithm) for each point that the last
    observed rating lies above one's own baseline, and fall below it: missing at random. Without, it is
    missing completely at random. Single ``visits`` are missed completely at random.
    """

    drop_out: float = Field(default=0.0, ge=0, le=0.9, description="a chance, 0 to 0.9")
    per_point: float = Field(default=0.0, ge=-3, le=3, description="a logarithm of odds, -3 to 3")
    visits: float = Field(default=0.0, ge=0, le=0.9, description="a chance, 0 to 0.9")


class RelapsePlan(Entry):
    """When relief counts as lost: the fall from baseline is less than ``fall`` at one of the checks."""

    fall: float = Field(default=0.3, gt=0, lt=1, description="a share of the baseline, 0 to 1")
    every: DurationText = "1 wk"


class AnalysisPlan(Entry):
    """How the arms are compared: with the baseline as covariate, at one visit or over all."""

    method: Literal["ancova", "mixed"] = "ancova"
    level: float = Field(
        default=0.95, ge=0.5, le=0.999, description="the level of the intervals, 0.5 to 0.999"
    )


class PowerPlan(Entry):
    """How often the trial is repeated, at which sizes, and what is taken as true.

    ``uncertain``: every repetition draws what is not known of the drug and the clinic (assurance).
    ``typical``: typical values throughout; only people differ (power in the textbook's sense).
    """

    replicates: int = Field(default=200, ge=1, le=100_000, description="a number of repetitions, 1 to 100000")
    sizes: tuple[int, ...] = ()
    truth: Literal["uncertain", "typical"] = "uncertain"


class TrialPlan(Entry):
    """A randomized trial, as its file says."""

    format: Annotated[Literal[1], Field(description="1, the format of this version")] = 1
    title: LineText
    study: LineText | None = None
    about: About = About()
    population: Recruits
    inclusion: Inclusion = Inclusion()
    design: DesignPlan
    arms: Annotated[tuple[ArmPlan, ...], Field(alias="arm")]
    treatments: tuple[Treatment, ...] = Field(default=(), alias="treatment")
    blinding: BlindingPlan = BlindingPlan()
    visits: VisitPlan
    endpoints: Annotated[tuple[Endpoint, ...], Field(alias="endpoint")]
    relapse: RelapsePlan = RelapsePlan()
    missing: MissingPlan = MissingPlan()
    analysis: AnalysisPlan = AnalysisPlan()
    power: PowerPlan = PowerPlan()
    options: Annotated[
        dict[str, Any],
        BeforeValidator(_options),
        Field(description='a table such as { low_dose_route = "pore" }'),
    ] = Field(default_factory=dict)

    @property
    def key(self) -> str:
        """The name under which the streams are keyed, with the seed."""
        return self.study or self.title

    @property
    def control(self) -> int:
        """The place of the arm that the others are compared with."""
        return next(i for i, arm in enumerate(self.arms) if arm.control)

    @property
    def primary(self) -> Endpoint:
        """The primary endpoint."""
        return next(e for e in self.endpoints if e.primary)

    def description(self) -> Description:
        """Return the population that people are recruited from, without the trial's own limits."""
        p = self.population
        return Description(
            title=self.title,
            study=self.study,
            base=p.base,
            conditions=p.conditions,
            share=p.share,
            distribution=p.distribution,
            correlation=p.correlations,
        )

    def liked(self, arm: ArmPlan) -> ArmPlan | None:
        """Return the arm whose times a placebo keeps; None where there is none, or for another kind."""
        if arm.kind not in ("placebo", "active-placebo"):
            return None
        return next((a for a in self.arms if a.kind == "drug" and arm.like in (None, a.name)), None)

    def infusions_of(self, arm: ArmPlan) -> tuple[Infusion, ...]:
        """Return the infusions of an arm; of a placebo those whose times it keeps."""
        like = self.liked(arm)
        return arm.given_infusions if like is None else like.given_infusions
