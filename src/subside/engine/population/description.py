"""A population described in TOML: distributions, shares, correlations, limits; read like a case file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from subside.case.conditions import CONDITIONS
from subside.case.observables import OBSERVABLES
from subside.case.quantities import Entry, Flaw, LineText, flawed, listed, refuse
from subside.case.toml_file import parse_tables, read_tables
from subside.errors import nearest, unknown_name

__all__ = ["Description", "described_in", "published", "read_description"]

#: What a population must say of everyone, itself or through its base.
NEEDED: Final = ("age_years", "weight_kg")
Basis = Literal["read", "retyped", "secondary", "recalled", "computed", "measured", "design", "assumed"]


Table = TypeVar("Table", bound=Entry)


class Grounds(Entry):
    """Where a number comes from; nothing said is ``assumed``."""

    basis: Basis = "assumed"
    rows: tuple[LineText, ...] = ()
    note: LineText | None = None


class Spread(Entry):
    """A normal distribution, or a lognormal one, cut to its limits."""

    mean: float | None = None
    sd: float | None = Field(default=None, ge=0, description="a standard deviation, at least 0")
    median: float | None = Field(default=None, gt=0, description="a median above 0")
    sd_log: float | None = Field(
        default=None, ge=0, le=5, description="a standard deviation of the logarithm, 0 to 5"
    )
    low: float | None = None
    high: float | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Spread:
        if flaws := list(_spread_flaws(self)):
            raise flawed(flaws)
        return self

    @property
    def is_log(self) -> bool:
        """Whether it is lognormal."""
        return self.median is not None


class Distribution(Spread, Grounds):
    """How one quantity is distributed: in everyone alike, or in women and men."""

    female: Spread | None = None
    male: Spread | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Distribution:
        by_sex = self.female is not None or self.male is not None
        flaws = []
        if by_sex and (self.female is None or self.male is None):
            flaws.append(
                Flaw(
                    got="one sex alone",
                    accepted="female = { ... } and male = { ... }, or mean and sd for everyone",
                    remedy="Add the other.",
                )
            )
        elif by_sex and (self.mean is not None or self.median is not None):
            flaws.append(
                Flaw(
                    got="one distribution for everyone and one for each sex",
                    accepted="one of the two",
                    remedy="Remove one.",
                )
            )
        elif not by_sex:
            flaws = list(_spread_flaws(self))
        if flaws:
            raise flawed(flaws)
        return self

    def of(self, female: bool) -> Spread:
        """Return the distribution that holds for women, or for men."""
        own = self.female if female else self.male
        return self if own is None else own


def _spread_flaws(spread: Spread) -> Iterator[Flaw]:
    if isinstance(spread, Distribution) and spread.female is not None:
        return
    normal = spread.mean is not None and spread.sd is not None
    log = spread.median is not None and spread.sd_log is not None
    if normal == log or (spread.mean is None) != (spread.sd is None):
        yield Flaw(
            got="no whole distribution" if not (normal and log) else "two distributions",
            accepted="mean and sd, or median and sd_log",
            remedy="Write one of the two pairs.",
        )
    if spread.low is not None and spread.high is not None and not spread.low < spread.high:
        yield Flaw(
            "low",
            got=f"{spread.low:g} with high = {spread.high:g}",
            accepted="a lower limit below the upper one",
            remedy="Check both.",
            compares=True,
        )


class Share(Grounds):
    """How many have something."""

    value: float = Field(ge=0, le=1, description="a share, 0 to 1")


def _share(value: Any) -> Any:
    """Accept a share written short, as its number alone."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"value": float(value)}
    return value


_Share = Annotated[Share | None, BeforeValidator(_share)]


class Shares(Entry):
    """How many have each of these; what is left out no one has, and hypertension is then unknown."""

    female: _Share = None
    hypertension: _Share = None
    opioid: _Share = None
    benzodiazepine: _Share = None


class Distributions(Entry):
    """How each quantity is distributed; what is left out is not stated of anyone."""

    age_years: Distribution | None = None
    height_cm: Distribution | None = None
    weight_kg: Distribution | None = None
    pain_months: Distribution | None = None
    nrs_pain: Distribution | None = None
    nrs_pain_movement: Distribution | None = None
    phq9_total: Distribution | None = None
    gad7_total: Distribution | None = None
    pcl5_total: Distribution | None = None
    sleep_nrs: Distribution | None = None
    opioids_mg_per_d: Distribution | None = None


SHARES: Final = tuple(Shares.model_fields)
QUANTITIES: Final = tuple(Distributions.model_fields)
#: Of the streams, in the order in which they are joined.
VARIABLES: Final = (*SHARES, *QUANTITIES)
_BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "age_years": (0.0, 120.0), "height_cm": (30.0, 250.0), "weight_kg": (0.5, 350.0),
    "pain_months": (0.0, 1440.0), "opioids_mg_per_d": (0.0, 5000.0),
    **{name: (OBSERVABLES[name].low, OBSERVABLES[name].high) for name in QUANTITIES if name in OBSERVABLES},
}  # fmt: skip


def _named(kind: str, known: tuple[str, ...]) -> BeforeValidator:
    """Return a validator that refuses a name, or keys of a table, that are not known."""

    def check(value: Any) -> Any:
        names = value if isinstance(value, Mapping) else (value,)
        flaws = []
        for name in names:
            if isinstance(name, str) and name not in known:
                close = nearest(name, known)
                hint = f"Did you mean '{close}'?" if close else "Choose one of these."
                if not isinstance(value, Mapping):
                    raise refuse(f"'{name[:60]}'", listed(name, known), hint)
                flaws.append(Flaw(name, got=f"a {kind} that is not known", accepted=listed(name, known), remedy=hint))
        if flaws:
            raise flawed(flaws)
        return value

    return BeforeValidator(check)


Variable = Annotated[str, _named("variable", VARIABLES), Field(description="the name of a variable")]


class Correlation(Grounds):
    """How two variables go together: the correlation of the normal variables behind them."""

    of: Variable
    with_: Variable = Field(alias="with")
    r: float = Field(gt=-1, lt=1, description="a correlation between -1 and 1")

    @model_validator(mode="after")
    def _fits_together(self) -> Correlation:
        if self.of == self.with_:
            raise flawed(
                [Flaw("with", got=f"'{self.of}' twice", accepted="two variables", remedy="Name another.")]
            )
        return self


Limits = tuple[float, float]


class Inclusion(Entry):
    """Who is let in: ranges (both ends included), answers, sexes, conditions."""

    age_years: Limits | None = None
    weight_kg: Limits | None = None
    height_cm: Limits | None = None
    bmi_kg_per_m2: Limits | None = None
    pain_months: Limits | None = None
    nrs_pain: Limits | None = None
    phq9_total: Limits | None = None
    gad7_total: Limits | None = None
    pcl5_total: Limits | None = None
    sleep_nrs: Limits | None = None
    opioids_mg_per_d: Limits | None = None
    sex: Literal["female", "male"] | None = None
    hypertension: Literal["yes", "no"] | None = None
    opioid: bool | None = None
    benzodiazepine: bool | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Inclusion:
        flaws = [
            Flaw(
                name,
                got=f"{value[0]:g} to {value[1]:g}",
                accepted="[lowest, highest], the lowest first",
                remedy="Swap them.",
            )
            for name in type(self).model_fields
            if isinstance(value := getattr(self, name), tuple) and not value[0] <= value[1]
        ]
        if flaws:
            raise flawed(flaws)
        return self


class Description(Entry):
    """A population: how many, which conditions, distributions, shares, correlations, who is let in."""

    format: Annotated[Literal[1], Field(description="1, the format of this version")] = 1
    title: LineText
    study: LineText | None = None  # keys the streams, with the seed; the title if not given
    n: int = Field(default=1000, ge=1, le=10_000_000, description="a number of people, 1 to 10000000")
    base: Annotated[str | None, Field(description="the name of a published population")] = None
    conditions: Annotated[
        dict[str, float], _named("condition", tuple(CONDITIONS)), Field(description="a table of shares, by condition")
    ] = Field(default_factory=dict)
    share: Shares = Shares()
    distribution: Distributions = Distributions()
    correlations: tuple[Correlation, ...] = Field(default=(), alias="correlation")
    inclusion: Inclusion = Inclusion()

    @property
    def key(self) -> str:
        """The name under which the streams are keyed."""
        return self.study or self.title

    def with_base(self) -> Description:
        """Return the description with what its base says and it does not; itself without a base.

        Raises:
            UnknownNameError: If there is no such published population.
        """
        if self.base is None:
            return self
        base = published(self.base).with_base()
        own = {frozenset((c.of, c.with_)) for c in self.correlations}
        kept = tuple(c for c in base.correlations if frozenset((c.of, c.with_)) not in own)
        return self.model_copy(
            update={
                "base": None,
                "conditions": self.conditions or base.conditions,
                "share": _over(base.share, self.share),
                "distribution": _over(base.distribution, self.distribution),
                "correlations": (*kept, *self.correlations),
            }
        )

    def correlation_matrix(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return the correlations of the normal variables, in the order of ``VARIABLES``."""
        matrix = np.eye(len(VARIABLES))
        for c in self.correlations:
            i, j = VARIABLES.index(c.of), VARIABLES.index(c.with_)
            matrix[i, j] = matrix[j, i] = c.r
        return matrix

    def rows(self) -> tuple[str, ...]:
        """Return the ids of the figures behind the description, each once."""
        return tuple(sorted({row for _, part in self._parts() for row in part.rows}))

    def weak(self) -> tuple[tuple[str, str, str], ...]:
        """Return (what, basis, note) of each number that rests on no reading."""
        weak = ("recalled", "assumed", "design")
        return tuple((name, p.basis, p.note or "") for name, p in self._parts() if p.basis in weak)

    def _parts(self) -> Iterator[tuple[str, Grounds]]:
        for table in (self.share, self.distribution):
            for name in type(table).model_fields:
                if (part := getattr(table, name)) is not None:
                    yield name, part
        for c in self.correlations:
            yield f"{c.of} with {c.with_}", c


def _over(base: Table, own: Table) -> Table:
    """Return a table with what is not given taken from another."""
    return base.model_copy(
        update={name: v for name in type(own).model_fields if (v := getattr(own, name)) is not None}
    )


def flaws_of(description: Description) -> Iterator[Flaw]:
    """Yield what does not fit together across the tables of a description."""
    if description.base is not None and description.base not in PUBLISHED:
        close = nearest(description.base, PUBLISHED)
        yield Flaw(
            "base",
            got=f"'{description.base}'",
            accepted=listed(description.base, PUBLISHED),
            remedy=f"Did you mean '{close}'?" if close else "Choose one of these.",
        )
        return
    whole = description.with_base()
    for name in NEEDED:
        if getattr(whole.distribution, name) is None:
            yield Flaw(
                "distribution",
                got=f"no {name}",
                accepted=f"[distribution.{name}], or a base that has it",
                remedy='Add it, or base = "chronic_pain_clinic".',
            )
    total = sum(whole.conditions.values())
    if not abs(total - 1.0) < 1e-6 or min(whole.conditions.values(), default=0.0) < 0.0:
        yield Flaw(
            "conditions",
            got=f"shares that sum to {total:g}" if whole.conditions else "no condition",
            accepted="shares of at least 0 that sum to 1",
            remedy="Write [conditions] with one name = share a line.",
        )
    for name in QUANTITIES:
        d, (low, high) = getattr(description.distribution, name), _BOUNDS[name]
        sexes = () if d is None else ((("female",), d.female), (("male",), d.male))
        for at, part in (((), d), *sexes):
            for key in ("mean", "median", "low", "high"):
                value = None if part is None else getattr(part, key)
                if value is not None and not low <= value <= high:
                    yield Flaw(
                        "distribution", name, *at, key,
                        got=f"{value:g}", accepted=f"{low:g} to {high:g}", remedy="Check the number and its unit.",
                    )  # fmt: skip
    seen: set[frozenset[str]] = set()
    for place, c in enumerate(description.correlations):
        pair = frozenset((c.of, c.with_))
        if pair in seen:
            yield Flaw(
                "correlation", place,
                got=f"a second correlation of {c.of} with {c.with_}", accepted="one a pair", remedy="Remove one.",
            )  # fmt: skip
        seen.add(pair)
    if np.linalg.eigvalsh(whole.correlation_matrix())[0] < 1e-6:
        yield Flaw(
            "correlation",
            got="correlations that contradict one another",
            accepted="a positive definite correlation matrix",
            remedy="Make the largest of them smaller.",
        )


PUBLISHED: Final = tuple(
    sorted(
        entry.name.removesuffix(".toml")
        for entry in files("subside.evidence").joinpath("populations").iterdir()
        if entry.name.endswith(".toml")
    )
)
"""Populations that ship, by name."""


@cache
def published(name: str) -> Description:
    """Return a population that ships with the package.

    Raises:
        UnknownNameError: If there is none of this name; suggests the nearest.
    """
    if name not in PUBLISHED:
        raise unknown_name("published population", name, PUBLISHED)
    text = files("subside.evidence").joinpath(f"populations/{name}.toml").read_text(encoding="utf-8")
    return described_in(text, origin=f"population '{name}'")


def described_in(text: str, *, origin: str = "population") -> Description:
    """Return the population that a TOML text describes.

    Raises:
        CaseError: If the text has mistakes; it holds all of them, with key and line.
    """
    return parse_tables(text, Description, origin=origin, kind="population file", more=flaws_of)


def read_description(path: str | PathLike[str]) -> Description:
    """Return the population that a TOML file describes.

    Raises:
        CaseError: If the file cannot be read or has mistakes; it holds all of them.
    """
    return read_tables(Path(path), Description, kind="population file", more=flaws_of)


