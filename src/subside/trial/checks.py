"""What does not fit together across the tables of a trial file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from subside.case.quantities import Flaw, listed
from subside.case.resolve import overlap_flaws, weight_flaws
from subside.engine.conditions import profile
from subside.engine.population.description import PUBLISHED, QUANTITIES, flaws_of
from subside.errors import nearest
from subside.trial.plan import EVENTS, REGIMENS, Endpoint, TrialPlan

__all__ = ["STRATUM", "trial_flaws"]

REFERENCE_KG: Final = 70.0  # for what is checked of a regimen per kg before anyone is weighed
LEAST_WASHOUT_H: Final = 72.0
MOST_ARMS: Final = 12
MOST_VISITS: Final = 60
#: ``sex``, ``hypertension``, ``condition``, or a quantity and a bound.
STRATUM: Final = re.compile(r"\s*(sex|hypertension|condition|([a-z0-9_]+)\s*>=\s*([0-9.]+))\s*")
_SCALES: Final = ("mean", "change", "percent_change")
_FITS: Final = {
    "nrs_pain": (*_SCALES, "responders_30", "responders_50"),
    "nrs_pain_movement": (*_SCALES, "responders_30", "responders_50"),
    "headache_days": ("days",),
    "relapse": ("time",),
    **dict.fromkeys(EVENTS, ("share",)),
}


def trial_flaws(plan: TrialPlan) -> Iterator[Flaw]:
    """Yield every flaw of a plan whose tables are right one by one."""
    yield from _arms(plan)
    if any(arm.regimen is not None and arm.regimen not in REGIMENS for arm in plan.arms):
        return
    yield from _population(plan)
    yield from _design(plan)
    yield from _visits(plan)
    for place, endpoint in enumerate(plan.endpoints):
        yield from _endpoint(plan, place, endpoint)
    yield from _primary(plan)
    yield from _power(plan)
    if plan.blinding.breach != "none" and plan.options.get("unblinding") in ("on", True):
        yield Flaw(
            "blinding", "breach",
            got="a breach here and unblinding in [options]", accepted="one of the two",
            remedy="Leave the option out: the breach says person by person what the option says of all.",
        )  # fmt: skip


def _arms(plan: TrialPlan) -> Iterator[Flaw]:
    names = [arm.name for arm in plan.arms]
    if not 2 <= len(names) <= MOST_ARMS:
        yield Flaw("arm", got=f"{len(names)} arms", accepted=f"2 to {MOST_ARMS} arms",
                   remedy="Write [[arm]] for each one.")  # fmt: skip
    for place, arm in enumerate(plan.arms):
        at = ("arm", place)
        if names.index(arm.name) != place:
            yield Flaw(*at, "name", got=f"a second arm '{arm.name}'", accepted="a name of its own",
                       remedy="Rename one.")  # fmt: skip
        if arm.regimen is not None and (arm.kind != "drug" or arm.infusions or arm.treatments):
            what = f"a regimen in an arm of kind '{arm.kind}'" if arm.kind != "drug" else "a regimen and more beside it"
            yield Flaw(*at, "regimen", got=what, accepted='a regimen alone, in an arm of kind "drug"',
                       remedy="Remove one of the two.")  # fmt: skip
        if arm.regimen is not None and arm.regimen not in REGIMENS:
            close = nearest(arm.regimen, REGIMENS)
            yield Flaw(*at, "regimen", got=f"'{arm.regimen}'", accepted=listed(arm.regimen, REGIMENS),
                       remedy=f"Did you mean '{close}'?" if close else "Write the infusions.")  # fmt: skip
            return
        if arm.kind == "drug" and not arm.given_infusions and not arm.given_treatments:
            yield Flaw(*at, "kind", got="a drug arm that gives nothing",
                       accepted="[[arm.infusion]] or [[arm.treatment]]",
                       remedy='Add what is given, or write kind = "none".')  # fmt: skip
        if arm.kind != "drug" and arm.infusions:
            yield Flaw(*at, "infusion", got=f"infusions in an arm of kind '{arm.kind}'",
                       accepted="no infusion: its times are those of the arm it is like",
                       remedy="Remove them.")  # fmt: skip
        if arm.like is not None:
            yield from _like(plan, place)
        elif arm.kind == "placebo" and plan.liked(arm) is None:
            yield Flaw(*at, "kind", got="a placebo, and no arm whose times it could keep",
                       accepted="a drug arm", remedy="Add one.")  # fmt: skip
        if arm.kind == "active-placebo" and not plan.infusions_of(arm):
            yield Flaw(*at, "kind", got="midazolam, and no infusion in whose place it is given",
                       accepted="a drug arm with infusions", remedy='Write kind = "placebo".')  # fmt: skip
        if arm.effect == "null" and arm.kind != "drug":
            yield Flaw(*at, "effect", got=f"a null effect of an arm of kind '{arm.kind}'",
                       accepted='kind = "drug" with effect = "null"', remedy="Remove it.")  # fmt: skip
        infusions = list(enumerate(arm.infusions))
        for flaw in (*overlap_flaws(infusions), *weight_flaws(infusions, weight_kg=REFERENCE_KG)):
            yield Flaw(*at, *flaw.at, got=flaw.got, accepted=flaw.accepted, remedy=flaw.remedy)
    controls = [place for place, arm in enumerate(plan.arms) if arm.control]
    if len(controls) != 1:
        where: tuple[str | int, ...] = ("arm", controls[1], "control") if controls else ("arm",)
        yield Flaw(*where, got=f"{len(controls)} control arms", accepted="one arm with control = true",
                   remedy="Say which arm the others are compared with.")  # fmt: skip


def _like(plan: TrialPlan, place: int) -> Iterator[Flaw]:
    arm = plan.arms[place]
    known = [a.name for a in plan.arms if a.kind == "drug"]
    if arm.kind not in ("placebo", "active-placebo"):
        yield Flaw("arm", place, "like", got=f"like in an arm of kind '{arm.kind}'",
                   accepted="like in a placebo arm", remedy="Remove it.")  # fmt: skip
    elif arm.like not in known:
        close = nearest(arm.like or "", known)
        yield Flaw("arm", place, "like", got=f"'{arm.like}'",
                   accepted="the name of a drug arm: " + (", ".join(known) or "none here"),
                   remedy=f"Did you mean '{close}'?" if close else "Name one of them.")  # fmt: skip


def _population(plan: TrialPlan) -> Iterator[Flaw]:
    if plan.population.file is not None:
        own = plan.population.model_copy(update={"file": None})
        if own != type(own)():
            yield Flaw("population", "file", got="a file and more beside it", accepted="a file alone, or tables",
                       remedy="Put the rest into the file, with base.")  # fmt: skip
        return
    for flaw in flaws_of(plan.description()):
        yield Flaw("population", *flaw.at, got=flaw.got, accepted=flaw.accepted, remedy=flaw.remedy)
    whole = plan.description()
    conditions = whole.with_base().conditions if whole.base in (None, *PUBLISHED) else {}
    without = [name for name in conditions if not profile(name).headache]
    for place, endpoint in enumerate(plan.endpoints):
        if endpoint.what == "headache_days" and without:
            yield Flaw("endpoint", place, "what", got=f"headache days of people with {without[0].replace('_', ' ')}",
                       accepted="headache days of a condition in which they are counted, such as chronic_migraine",
                       remedy="Write conditions = { chronic_migraine = 1 } under [population].")  # fmt: skip


def _design(plan: TrialPlan) -> Iterator[Flaw]:
    design, total = plan.design, sum(arm.ratio for arm in plan.arms)
    if design.block is not None and design.block % total:
        yield Flaw("design", "block", got=f"{design.block}", accepted=f"a multiple of {total}, the sum of the ratios",
                   remedy=f"Write block = {2 * total}.")  # fmt: skip
    for place, text in enumerate(design.strata):
        match = STRATUM.fullmatch(text)
        if match is None or (match[2] and match[2] not in QUANTITIES):
            word = text.split(">=")[0].strip()
            close = nearest(word, QUANTITIES)
            yield Flaw("design", "strata", place, got=f"'{text}'",
                       accepted='sex, hypertension, condition, or a quantity and a bound: "nrs_pain >= 7"',
                       remedy=f"Did you mean '{close} >= ...'?" if close else listed(word, QUANTITIES))  # fmt: skip
    if design.kind == "crossover":
        if len(plan.arms) != 2 or len({arm.ratio for arm in plan.arms}) != 1:
            yield Flaw("design", "kind", got=f"a crossover of {len(plan.arms)} arms",
                       accepted="a crossover of two arms at equal ratio",
                       remedy='Write kind = "parallel", or two arms.')  # fmt: skip
        if design.washout is None or design.washout_h < LEAST_WASHOUT_H:
            yield Flaw("design", *(("washout",) if design.washout else ()),
                       got=f"'{design.washout}'" if design.washout else "a crossover without washout",
                       accepted="a washout of at least 3 d after the last visit of a period",
                       remedy='Add washout = "4 wk": the drug must be gone when the next period starts.')  # fmt: skip
        elif 24.0 * plan.visits.days_before > design.washout_h:
            key = "average" if plan.visits.baseline is None else "baseline"
            yield Flaw("visits", key, got=f"a baseline of {plan.visits.days_before} days",
                       accepted=f"a baseline no longer than the washout ({design.washout})",
                       remedy='Write baseline = "1 d", or a longer washout.')  # fmt: skip
        for place, endpoint in enumerate(plan.endpoints):
            if endpoint.what == "relapse":
                yield Flaw("endpoint", place, "what", got="time to relapse in a crossover",
                           accepted="an endpoint of a visit",
                           remedy="The next period ends the follow-up: choose a parallel design.")  # fmt: skip
    elif design.washout is not None:
        yield Flaw("design", "washout", got="a washout in a parallel trial", accepted="none",
                   remedy='Remove it, or write kind = "crossover".')  # fmt: skip


def _visits(plan: TrialPlan) -> Iterator[Flaw]:
    at = plan.visits.at_h
    if not 1 <= len(at) <= MOST_VISITS:
        yield Flaw("visits", "at", got=f"{len(at)} visits", accepted=f"1 to {MOST_VISITS} visits",
                   remedy='Write at = ["1 wk", "12 wk"].')  # fmt: skip
    for place, hour in enumerate(at):
        if hour <= 0 or (place and hour <= at[place - 1]):
            yield Flaw("visits", "at", place, got=f"'{plan.visits.at[place]}'",
                       accepted="times after the start, rising",
                       remedy="The baseline is measured by itself.")  # fmt: skip


    last = max((i.starts_h[-1] + i.length_h for arm in plan.arms for i in arm.given_infusions), default=0.0)
    if at and at[-1] < last:
        yield Flaw("visits", "at", len(at) - 1, got=f"'{plan.visits.at[-1]}', and an infusion that ends later",
                   accepted="a last visit after the last infusion", remedy="Add a later visit.")  # fmt: skip


def _endpoint(plan: TrialPlan, place: int, endpoint: Endpoint) -> Iterator[Flaw]:
    fits = _FITS.get(endpoint.what, _SCALES)
    if endpoint.as_ not in fits:
        yield Flaw("endpoint", place, "as", got=f"'{endpoint.as_}' of {endpoint.what}",
                   accepted=" or ".join(f'"{name}"' for name in fits), remedy="Choose one of these.")  # fmt: skip
    if endpoint.what == "relapse" or endpoint.what in EVENTS:
        if endpoint.at is not None:
            yield Flaw("endpoint", place, "at", got=f"a time for {endpoint.what}", accepted="no time",
                       remedy="Remove it: relapse is followed to the last visit, events are those of all "
                       "infusions.")  # fmt: skip
    elif endpoint.at_h not in plan.visits.at_h:
        got = "no time" if endpoint.at is None else f"'{endpoint.at}'"
        yield Flaw("endpoint", place, *(("at",) if endpoint.at else ()), got=got,
                   accepted="one of the visits: " + ", ".join(plan.visits.at),
                   remedy="Write one of them, or add the visit.")  # fmt: skip


def _primary(plan: TrialPlan) -> Iterator[Flaw]:
    found = [place for place, e in enumerate(plan.endpoints) if e.primary]
    if len(found) != 1:
        at: tuple[str | int, ...] = ("endpoint", found[1], "primary") if found else ("endpoint",)
        yield Flaw(*at, got=f"{len(found)} primary endpoints", accepted="one with primary = true",
                   remedy="Say which one the trial is sized for.")  # fmt: skip
    same = Counter((e.what, e.as_, e.at_h) for e in plan.endpoints)
    for key, count in same.items():
        if count > 1:
            place = max(i for i, e in enumerate(plan.endpoints) if (e.what, e.as_, e.at_h) == key)
            yield Flaw("endpoint", place, got="the same endpoint twice", accepted="each once",
                       remedy="Remove one.")  # fmt: skip


def _power(plan: TrialPlan) -> Iterator[Flaw]:
    for place, size in enumerate(plan.power.sizes):
        if not 2 * len(plan.arms) <= size <= 20_000:
            yield Flaw("power", "sizes", place, got=f"{size}",
                       accepted=f"a number of people from {2 * len(plan.arms)} to 20000",
                       remedy="Two people an arm is the least that can be analyzed.")  # fmt: skip
