"""A trial as one HTML page: the effect first, then its power, the flow of people, figures, tables, grounds."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import Any

from subside.report.content import PERMANENT_LINE
from subside.trial.drawing import KINDS, Series, chart, flow_chart
from subside.trial.words import (
    POWER_MEANS,
    difference,
    endpoint_words,
    event_words,
    flow_boxes,
    p_words,
    percent,
    score_words,
    spread_words,
    when_words,
)

__all__ = ["render"]

WEEK_H = 168.0


def render(
    result: dict[str, Any],
    *,
    warnings: Sequence[dict[str, Any]],
    sources: Sequence[dict[str, Any]],
    version: str,
    seed: int,
) -> str:
    """Return the page: styles and pictures inside, no script, nothing from a network."""
    style = files("subside.report").joinpath("page.css").read_text(encoding="utf-8")
    title = escape(result["title"])
    parts = [
        _effects(result),
        _power(result),
        _flow(result),
        _courses(result),
        _relief(result),
        _visits(result),
        _events(result),
        _grounds(warnings, sources),
    ]
    kicker = f"Subside {version} \N{MIDDLE DOT} a virtual trial, simulated, not measured \N{MIDDLE DOT} seed {seed}"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title} \N{MIDDLE DOT} Subside</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f'<p class="permanent" role="note">{escape(PERMANENT_LINE)}</p>\n'
        f'<header class="top"><p class="kicker">{escape(kicker)}</p><h1>{title}</h1>'
        f"<p>{escape(design_words(result))}</p></header>\n<main>\n"
        + "\n".join(part for part in parts if part)
        + f"\n</main>\n<footer>{escape(PERMANENT_LINE)}</footer>\n</body>\n</html>\n"
    )


def design_words(result: dict[str, Any]) -> str:
    """Return the design in one sentence or three."""
    d = result["design"]
    blind = "open" if d["blinding"] == "open" else "double-blind"
    if d["breach"] == "dissociation":
        blind += ", a blind that dissociation breaks"
    others = ", ".join(name for name in result["arms"] if name != d["control"])
    return (
        f"{d['patients']} virtual people, {d['kind']}, {blind}; {others} against {d['control']}. "
        f"The first of {result['repetitions']} repetitions is shown as a trial would report it; "
        "all of them give the power."
    )


def _section(key: str, title: str, body: str, lead: str = "") -> str:
    said = f'<p class="lead">{escape(lead)}</p>' if lead else ""
    return f'<section aria-labelledby="{key}"><h2 id="{key}">{escape(title)}</h2>{said}{body}</section>'


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "") -> str:
    top = "".join(f'<th scope="col"{"" if i == 0 else " class=n"}>{escape(h)}</th>' for i, h in enumerate(head))
    lines = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{escape(c)}</th>' if i == 0 else f'<td class="n">{escape(c)}</td>'
            for i, c in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    said = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f'<div class="scroll"><table class="numbers">{said}<thead><tr>{top}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def _effects(result: dict[str, Any]) -> str:
    level = f"{100 * result['design']['level']:g} %"
    rows = []
    for endpoint in result["endpoints"]:
        for name, arm in endpoint["arms"].items():
            again, report = arm["repeated"], arm["reported"]
            rows.append(
                [
                    ("Primary: " if endpoint["primary"] else "") + f"{endpoint_words(endpoint)}; {name}",
                    difference(endpoint, report),
                    p_words(None if report is None else report["p"]),
                    spread_words(endpoint, again["mean"], again["low"], again["high"]),
                ]
            )
    head = ("Endpoint", f"This trial ({level} interval)", "p", "All repetitions (90 % of them)")
    lead = f"Each arm minus {result['design']['control']}, at the same baseline; below zero is less pain."
    return _section("effects", "Effects", _table(head, rows), lead)


def _power(result: dict[str, Any]) -> str:
    sizes = sorted({p["patients"] for e in result["endpoints"] for a in e["arms"].values() for p in a["power"]})
    primary = next(e for e in result["endpoints"] if e["primary"])
    rows = []
    for endpoint in result["endpoints"]:
        for name, arm in endpoint["arms"].items():
            by = {p["patients"]: p for p in arm["power"]}
            rows.append([f"{endpoint_words(endpoint)}; {name}", *(_chance(by.get(size)) for size in sizes)])
    body = ""
    if len(sizes) > 1:
        series = [
            Series(
                label=name, kind=KINDS[i % len(KINDS)], x=[p["patients"] for p in arm["power"]],
                y=[p["power"] for p in arm["power"]], low=[p["low"] for p in arm["power"]],
                high=[p["high"] for p in arm["power"]],
            )
            for i, (name, arm) in enumerate(primary["arms"].items())
        ]  # fmt: skip
        body = chart(
            series, key="power-curve", title=f"Power by size: {endpoint_words(primary)}", x_title="people randomized",
            y_title="share of trials that find a difference", x_ticks=[(s, str(s)) for s in sizes],
            y_range=(0.0, 1.0), rule=0.8,
        )  # fmt: skip
        body = _alone(body)
    body += _table(("Endpoint", *(f"{size} people" for size in sizes)), rows)
    return _section("power", "Power", body, POWER_MEANS[result["truth"]])


def _chance(p: dict[str, Any] | None) -> str:
    if p is None or p["power"] is None:
        return percent(None)
    form = "" if p["closed_form"] is None else f"; t test {percent(p['closed_form'])}"
    return f"{percent(p['power'])} ({percent(p['low'])} to {percent(p['high'])}{form})"


def _flow(result: dict[str, Any]) -> str:
    body = flow_chart(flow_boxes(result["flow"]), key="flow-chart", title="The first repetition")
    rows = [
        [name, percent(arm["believes_drug"]["share"]), str(arm["believes_drug"]["n"])]
        for name, arm in result["arms"].items()
    ]
    body += _table(
        ("Arm", "believe that they have the drug", "of"), rows, "What people believe after the first infusion"
    )
    return _section("flow", "Flow of people", body)


def _kind(result: dict[str, Any], name: str) -> str:
    if name == result["design"]["control"]:
        return "placebo"
    others = [n for n in result["arms"] if n != result["design"]["control"]]
    return KINDS[others.index(name) % len(KINDS)]


def _courses(result: dict[str, Any]) -> str:
    body = ""
    for score in ("nrs_pain", "nrs_pain_movement", "phq9_total"):
        series = []
        for name, arm in result["arms"].items():
            base = arm["baseline"][score]
            cells = [base, *(visit["values"][score] for visit in arm["visits"])]
            mean = [c["mean"] for c in cells]
            half = [None if c["se"] is None else 1.96 * c["se"] for c in cells]
            series.append(
                Series(
                    label=name, kind=_kind(result, name),
                    x=[0.0, *(t / WEEK_H for t in result["visits_h"])], y=mean,
                    low=[None if m is None or h is None else m - h for m, h in zip(mean, half, strict=True)],
                    high=[None if m is None or h is None else m + h for m, h in zip(mean, half, strict=True)],
                )
            )  # fmt: skip
        ticks = [(0.0, "0"), *((t / WEEK_H, f"{t / WEEK_H:.3g}") for t in result["visits_h"])]
        body += chart(
            series, key=f"course-{score}", title=f"Mean {score_words(score)} of those observed, with 95 % intervals",
            x_title="weeks from the start of treatment", y_title=score_words(score, unit=True),
            x_ticks=_sparse(ticks), y_range=(0.0, 10.0) if score.startswith("nrs") else None,
        )  # fmt: skip
    return _section("courses", "Course by arm", f'<div class="panels">{body}</div>')


def _sparse(ticks: list[tuple[float, str]], most: int = 9) -> list[tuple[float, str]]:
    """Return ticks far enough apart to be read."""
    span = ticks[-1][0] - ticks[0][0]
    kept: list[tuple[float, str]] = []
    for tick in ticks:
        if not kept or tick[0] - kept[-1][0] >= span / most:
            kept.append(tick)
    return kept


def _relief(result: dict[str, Any]) -> str:
    arms = [(name, arm) for name, arm in result["arms"].items() if "relief_kept" in arm]
    if not arms:
        return ""
    series = [
        Series(
            label=name, kind=_kind(result, name), steps=True,
            x=[t / WEEK_H for t in arm["relief_kept"]["times_h"]], y=arm["relief_kept"]["share"],
        )
        for name, arm in arms
    ]  # fmt: skip
    last = max(x for s in series for x in s.x)
    step = max(1, round(last / 6))
    body = chart(
        series, key="relief-kept", title="People whose relief lasts (Kaplan-Meier)",
        x_title="weeks after the last infusion", y_title="share",
        x_ticks=[(float(w), str(w)) for w in range(0, int(last) + 1, step)], y_range=(0.0, 1.0),
    )  # fmt: skip
    rows = [
        [name, "not reached" if (m := arm["relief_kept"]["median_h"]) is None else when_words(m)]
        for name, arm in arms
    ]
    return _section("relief", "How long relief lasts", _alone(body) + _table(("Arm", "median"), rows))


def _visits(result: dict[str, Any]) -> str:
    body = ""
    for score in next(iter(result["arms"].values()))["visits"][0]["values"]:
        rows = []
        for name, arm in result["arms"].items():
            for visit in arm["visits"]:
                cell = visit["values"][score]
                contrast = cell["contrast"]
                rows.append(
                    [
                        f"{name}, {when_words(visit['at_h'])}", str(cell["n"]), _plain(cell["mean"]),
                        _plain(cell["sd"]), _plain(cell["se"]), difference({"what": score, "as": "mean"}, contrast),
                        p_words(None if contrast is None else contrast["p"]),
                    ]
                )  # fmt: skip
        body += "<details><summary>" + escape(score_words(score, unit=True)) + "</summary>"
        body += _table(("Arm and visit", "n", "mean", "SD", "SE", "difference", "p"), rows) + "</details>"
    rows = []
    for name, arm in result["arms"].items():
        for visit in arm["visits"]:
            rows.append(
                [f"{name}, {when_words(visit['at_h'])}"]
                + [
                    f"{percent(r['share'])} ({percent(r['low'])} to {percent(r['high'])})"
                    for r in visit["responders"].values()
                ]
            )
    body += _table(("Arm and visit", "fall of 30 % or more", "fall of 50 % or more"), rows,
                   "Responders; who is not observed counts as none")  # fmt: skip
    return _section("visits", "By arm and visit", body)


def _events(result: dict[str, Any]) -> str:
    names = list(result["arms"])
    events = next(iter(result["arms"].values()))["events"]
    rows = [
        [event_words(e), *(_event(result["arms"][name]["events"][e]) for name in names)] for e in events
    ]
    lead = f"How many, and the difference from {result['design']['control']} with its interval."
    return _section("events", "Adverse events during the infusions", _table(("Event", *names), rows), lead)


def _event(e: dict[str, Any]) -> str:
    found = f"{e['count']} of {e['n']} ({percent(e['share'])})"
    if e["contrast"] is None:
        return found
    return f"{found}; {difference({'what': 'event', 'as': 'share'}, e['contrast'])}"


def _grounds(warnings: Sequence[dict[str, Any]], sources: Sequence[dict[str, Any]]) -> str:
    said = "".join(f"<li>{escape(w['text'])}</li>" for w in warnings)
    cited = "".join(
        f"<li>{escape(s['citation'])}. {escape(s['address'])}"
        + (' <span class="weak">recalled or assumed in part</span>' if s["weak"] else "")
        + "</li>"
        for s in sources
    )
    listed = f'<details><summary>{len(sources)} sources</summary><ul class="sources">{cited}</ul></details>'
    return _section("warnings", "Warnings", f'<ul class="warnings">{said}</ul>') + _section(
        "sources", "Sources", listed
    )


def _alone(figure: str) -> str:
    """Return a chart no wider than one that stands beside another."""
    return f'<div class="panels one">{figure}</div>'


def _plain(value: float | None) -> str:
    return percent(None) if value is None else f"{value:.2f}".replace("-", "\N{MINUS SIGN}")
