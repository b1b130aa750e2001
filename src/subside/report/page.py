"""The one-page report: one HTML file that needs nothing else, on a screen, a phone or paper."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from pathlib import Path

from subside.report import back, figures, front, sources, tables
from subside.report.content import PERMANENT_LINE, Report
from subside.report.headlines import PAIN, RELIEF, has_pain_to_relieve, headline
from subside.report.painkillers import painkillers_section
from subside.report.remarks import no_relief_words, recall_words, start_band_words
from subside.report.safety import safety_table
from subside.report.windows import windows
from subside.report.words import arm_words, column_moment, shown


def write_report(path: str | Path, report: Report) -> Path:
    """Write the report as one HTML file and return its path.

    The file appears under its name only when it is whole.
    """
    target = Path(path)
    part = target.with_name(target.name + ".part")
    try:
        part.write_text(render(report), encoding="utf-8")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target


def render(report: Report) -> str:
    """Return the report as HTML: styles and pictures inside, no script, nothing from a network."""
    head = headline(report)
    title = report.case.title or "Untitled case"
    style = files("subside.report").joinpath("page.css").read_text(encoding="utf-8")
    # A case without pain is read for its own score: that section comes first.
    by_mood = head.name != PAIN
    parts = [
        front.headline_section(report, head),
        front.regimen_section(report),
        painkillers_section(report.beside),
        *([_mood(report)] if by_mood else []),
        _pain(report),
        _level(report),
        _sensitization(report),
        *([] if by_mood else [_mood(report)]),
        _during(report),
        back.split_section(report),
        back.ledger_section(report),
        sources.evidence_section(report),
        back.warnings_section(report),
        sources.weak_section(report),
        sources.sources_section(report),
        back.method_section(report),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)} \N{MIDDLE DOT} Subside</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f'<p class="permanent" role="note">{escape(PERMANENT_LINE)}</p>\n'
        f'<header class="top"><p class="kicker">{escape(_kicker(report))}</p><h1>{escape(title)}</h1>'
        f"{front.what_it_is(report)}{_pointer(report)}</header>\n<main>\n{front.who(report)}\n"
        + "\n".join(part for part in parts if part)
        + f"\n</main>\n{back.footer()}\n</body>\n</html>\n"
    )


def _kicker(report: Report) -> str:
    parts = (f"Subside {report.version}".strip(), "simulated, not measured", report.generated_at)
    return " \N{MIDDLE DOT} ".join(parts)


def _pointer(report: Report) -> str:
    count = len(report.warnings) + bool(report.course.failed)
    if not count:
        return ""
    noun = "warning applies" if count == 1 else "warnings apply"
    return f'<p><a href="#warnings"><strong>{count} {noun} to this result.</strong></a></p>'


def _pain(report: Report) -> str:
    body = "".join(
        figures.course_figure(report, name, key=f"pain{i}", fixed=(0.0, 10.0))
        for i, name in enumerate(("nrs_pain", "nrs_pain_movement"))
    )
    if not body:
        return ""
    reference = report.reference_name
    against = f", this regimen against {arm_words(reference)}" if reference else ""
    return (
        f'<section aria-labelledby="pain"><h2 id="pain">Pain over time{escape(against)}</h2>'
        f"{_numbers(report)}{body}</section>"
    )


def _numbers(report: Report) -> str:
    """The endpoints at key times, in sight also on paper."""
    times = tables.key_times(report)
    if not times:
        return ""
    arms = tables.arm_courses(report)
    head = "".join(f'<th scope="col" class="n">{escape(column_moment(t))}</th>' for t in times)
    rows = []
    shares = (*RELIEF,) if has_pain_to_relieve(report) else ()
    for name in ("nrs_pain", "nrs_pain_movement", *shares, "p_moderate_pain", "headache_days_per_28_d"):
        present = [(arm, course) for arm, course in arms if name in course]
        if not present:
            continue
        rows.append(
            f'<tr class="group"><th scope="rowgroup" colspan="{len(times) + 1}">{escape(shown(name).axis)}'
            "</th></tr>"
        )
        for arm, course in present:
            cells = "".join(f'<td class="n">{tables.cell(course, name, t)}</td>' for t in times)
            rows.append(f'<tr><th scope="row">{escape(arm_words(arm))}</th>{cells}</tr>')
    return (
        '<div class="scroll"><table class="numbers"><caption>Median and 90 % band at key times</caption>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        + _small(start_band_words(report))
        + _small(no_relief_words(report))
    )


def _small(text: str) -> str:
    return f'<p class="small">{escape(text)}</p>' if text else ""


def _level(report: Report) -> str:
    body = figures.level_figure(report)
    title = '<h2 id="level">Drug level and receptor block</h2>'
    if not body:
        body = "<p>No drug level is shown: no ketamine is given, or no level was computed.</p>"
    return f'<section aria-labelledby="level">{title}{body}</section>'


def _sensitization(report: Report) -> str:
    body = figures.course_figure(report, "sensitization", key="sens", fixed=(0.0, 1.0))
    if not body:
        return ""
    return (
        '<section aria-labelledby="sens"><h2 id="sens">Sensitization</h2>'
        '<p class="lead">How far the nervous system amplifies pain in the model: 0 none, 1 the most it can. '
        f"No test measures it directly.</p>{body}</section>"
    )


def _mood(report: Report) -> str:
    body = figures.small_multiples(report, figures.MOOD, zoomed=False, key="mood")
    absent = [shown(n).label for n in figures.MOOD if n not in report.course]
    note = _small(recall_words(report, figures.MOOD))
    note += _small(f"Not computed: {'; '.join(absent)}." if absent else "")
    flat = [shown(n).label for n in figures.MOOD if figures.is_unmoved(report, n)]
    if flat:
        note += _small(
            f"Drawn without an effect of the drug: {'; '.join(flat)}. Where no data show one, none is assumed."
        )
    if not body:
        body = "<p>No mood, anxiety, stress or sleep score was computed for this case.</p>"
        note = ""
    return (
        '<section aria-labelledby="mood"><h2 id="mood">Mood, anxiety, stress and sleep</h2>'
        f"{body}{note}</section>"
    )


def _during(report: Report) -> str:
    view = windows(report)
    if view.session is None:
        return (
            '<section aria-labelledby="during"><h2 id="during">During the infusion</h2>'
            "<p>No infusion is given, so there is nothing to show here.</p></section>"
        )
    where = f" ({view.session_words}, the one with the highest rate)" if view.session_words else ""
    vitals = figures.small_multiples(report, figures.VITALS, zoomed=True, key="vital")
    effects = figures.small_multiples(report, figures.SIDE_EFFECTS, zoomed=True, key="side")
    lead = (
        f'<p class="lead">Zoomed on the infusion{escape(where)}. A band of the model is no alarm limit: '
        "the monitor and the people at the bedside decide.</p>"
    )
    return (
        f'<section aria-labelledby="during"><h2 id="during">During the infusion</h2>{lead}'
        f"{safety_table(report)}"
        + f"<h3>Side effects</h3>{effects or '<p>No side effects were computed.</p>'}"
        + f"<h3>Circulation and breathing</h3>{vitals or '<p>No vital signs were computed.</p>'}"
        + "</section>"
    )
