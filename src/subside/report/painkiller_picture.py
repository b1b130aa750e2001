"""Drawing the picture of painkillers, in two widths: side by side, and one under the other for a phone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Final

from subside.evidence.treatments import PLACES

if TYPE_CHECKING:
    from subside.report.painkillers import Beside

#: Scale of relief: points less pain than with a dummy treatment.
LOW, HIGH = -1.0, 4.0
WORTH = 2.0  # farrar_2001: what people call much improved
PLACE_WORDS: Final = (("where it", "hurts"), ("spinal", "cord"), ("brain", "stem"), ("brain", "and mood"))
SURE_MOST: Final = 4
MARGIN: Final = 28.0
_EM: Final = 0.55  # width of an average letter, of its size
_STYLE: Final = (
    "svg{background:#fff}text{font-family:system-ui,'Segoe UI',Roboto,'Helvetica Neue',Arial,'DejaVu Sans',"
    "sans-serif;fill:#4d5a67}.pk-strong{fill:#16202b;font-weight:600}.pk-dark{fill:#16202b}"
    ".pk-line{stroke:#d5dbe1}.pk-way{stroke:#a9b5c0;stroke-width:2}.pk-main{fill:#0b5a99}"
    ".pk-also{fill:#fff;stroke:#0b5a99;stroke-width:2.4}.pk-also-dot{fill:#0b5a99}.pk-no{fill:#a9b5c0}"
    ".pk-model{stroke:#0b5a99;stroke-width:2.6;fill:none}.pk-dot{fill:#0b5a99}"
    ".pk-ring{fill:#fff;stroke:#0b5a99;stroke-width:2.4}.pk-after{stroke:#0b5a99;stroke-width:2;fill:none;"
    "stroke-dasharray:4 3}.pk-trial{stroke:#5c6670;stroke-width:2;fill:none}.pk-square{fill:#5c6670}"
    ".pk-zero{stroke:#16202b}.pk-grid{stroke:#e6eaee}.pk-worth{stroke:#4d5a67;stroke-dasharray:2 3}"
    ".pk-card{fill:#f6f7f9}"
)


def picture(
    rows: Sequence[Beside], *, wide: bool, key: str, heading: str = "", notes: Sequence[str] = ()
) -> str:
    """Return the picture as SVG; with a ``heading`` as a file of its own, its style and ``notes`` inside."""
    parts, height, width = (_wide if wide else _narrow)(rows)
    box = (0.0, 0.0, width, height)
    opened, style = '<svg class="painkiller"', ""
    if heading:
        parts.append(_text(0, -28, heading, size=22, kind="pk-strong"))
        y = height + 18
        for note in notes:
            parts += _block(0, y, note, width, size=14, kind="pk-dark", step=19)
            y += 19 * len(_lines(note, width, 14)) + 7
        box = (-MARGIN, -60.0, width + 2 * MARGIN, y + 60.0 + 6)
        opened = f'<svg xmlns="http://www.w3.org/2000/svg" width="{box[2]:g}" height="{box[3]:g}"'
        style = f"<style>{_STYLE}</style>"
    return (
        f'{opened} viewBox="{" ".join(f"{part:g}" for part in box)}" role="img" '
        f'aria-labelledby="{key}-t {key}-d"><title id="{key}-t">Where treatments of pain act, how much they '
        f'relieve, and what is left when they stop</title><desc id="{key}-d">{escape(_described(rows))}</desc>'
        f"{style}{''.join(parts)}</svg>"
    )


# --- wide --------------------------------------------------------------------------------------------

_W: Final = 1032.0
_WAY_X, _WAY_STEP = 262.0, 54.0
_CHART_X, _CHART_W = 498.0, 240.0
_TEXT_X, _TEXT_W = 776.0, 250.0


def _wide(rows: Sequence[Beside]) -> tuple[list[str], float, float]:
    parts = [
        _text(0, 16, "Treatment", size=13),
        _text(_WAY_X - 22, 16, "Where it acts", size=13),
        _text(_CHART_X, 16, "Points less pain than with a dummy", size=13),
        _text(_TEXT_X, 16, "How sure, and when it stops", size=13),
    ]
    for k, words in enumerate(PLACE_WORDS):
        for line, word in enumerate(words):
            parts.append(_text(_WAY_X + k * _WAY_STEP, 40 + 13 * line, word, size=11.5, anchor="middle"))
    parts += _key(_CHART_X, 38, column=124.0)
    y = 66.0
    for row in rows:
        height = _row_height(row)
        parts += _wide_row(row, y, height)
        y += height
    parts += _ticks(_CHART_X, _CHART_W, y + 4)
    parts += _places_key(_WAY_X - 22, y + 18)
    parts.append(_rule(y, _W))
    return parts, y + 34, _W


def _row_height(row: Beside) -> float:
    left = 48 + 17 * len(_lines(row.facts.how, 208, 13))
    right = 44 + 17 * (len(_lines(row.facts.trials, _TEXT_W, 13)) + len(_lines(_stops(row), _TEXT_W, 13)))
    return max(left + 16, right + 20, 116.0)


def _wide_row(row: Beside, y: float, height: float) -> list[str]:
    facts = row.facts
    parts = [_rule(y, _W), _text(0, y + 24, facts.label, size=16, kind="pk-strong")]
    parts.append(_text(0, y + 42, facts.example, size=13))
    parts += _block(0, y + 64, facts.how, 208, size=13, kind="pk-dark")
    parts += _way(row, _WAY_X, y + 46, _WAY_STEP, 11.0)
    parts += _chart(row, _CHART_X, _CHART_W, y, height)
    parts += _sure(row, _TEXT_X, y + 19)
    at = y + 46
    for block in (facts.trials, _stops(row)):
        parts += _block(_TEXT_X, at, block, _TEXT_W, size=13, kind="pk-dark")
        at += 17 * len(_lines(block, _TEXT_W, 13)) + 5
    return parts


# --- narrow ------------------------------------------------------------------------------------------

_N: Final = 360.0


def _narrow(rows: Sequence[Beside]) -> tuple[list[str], float, float]:
    parts = [_text(0, 14, "Points less pain (of 10) than with a dummy treatment:", size=13)]
    parts += _key(0, 36, column=0.0)
    parts.append(_text(0, 98, "Where it acts:", size=13))
    parts += _places_key(106, 98)
    y = 116.0
    for row in rows:
        facts = row.facts
        parts.append(_rule(y, _N))
        parts.append(_text(0, y + 26, facts.label, size=17, kind="pk-strong"))
        parts.append(_text(0, y + 44, facts.example, size=13))
        parts += _block(0, y + 66, facts.how, _N, size=14, kind="pk-dark", step=19)
        y += 66 + 19 * len(_lines(facts.how, _N, 14))
        parts += _way(row, 42, y + 12, 92.0, 11.0)
        for k, words in enumerate(PLACE_WORDS):
            for line, word in enumerate(words):
                parts.append(_text(42 + 92 * k, y + 40 + 14 * line, word, size=12, anchor="middle"))
        y += 62
        parts += _chart(row, 14, _N - 28, y, 100)
        parts += _ticks(14, _N - 28, y + 98)
        y += 138
        parts += _sure(row, 0, y)
        y += 26
        for block in (facts.trials, _stops(row)):
            parts += _block(0, y, block, _N, size=14, kind="pk-dark", step=19)
            y += 19 * len(_lines(block, _N, 14)) + 6
        y += 12
    return parts, y, _N


# --- parts -------------------------------------------------------------------------------------------


def _stops(row: Beside) -> str:
    return f"When it stops: {row.facts.lasts}"


def _way(row: Beside, x: float, y: float, step: float, size: float) -> list[str]:
    """The way of pain: a disc where a treatment mainly acts, a ring where it also does, a dot where not."""
    parts = [f'<path class="pk-way" d="M{x:g} {y:g}H{x + 3 * step:g}"/>']
    for k, place in enumerate(PLACES):
        acts, at = row.facts.acts[place], x + k * step
        if acts == "mainly":
            parts.append(f'<circle class="pk-main" cx="{at:g}" cy="{y:g}" r="{size:g}"/>')
        elif acts == "also":
            parts.append(f'<circle class="pk-also" cx="{at:g}" cy="{y:g}" r="{size - 2:g}"/>')
            parts.append(f'<circle class="pk-also-dot" cx="{at:g}" cy="{y:g}" r="3"/>')
        else:
            parts.append(f'<circle class="pk-no" cx="{at:g}" cy="{y:g}" r="3.2"/>')
    return parts


def _chart(row: Beside, x: float, width: float, y: float, height: float) -> list[str]:
    parts = [
        f'<path class="pk-grid" d="M{_at(tick, x, width):.1f} {y + 1:g}V{y + height:g}"/>'
        for tick in (LOW, 1.0, 3.0, HIGH)
    ]
    parts.append(f'<path class="pk-worth" d="M{_at(WORTH, x, width):.1f} {y + 1:g}V{y + height:g}"/>')
    parts.append(f'<path class="pk-zero" d="M{_at(0.0, x, width):.1f} {y + 1:g}V{y + height:g}"/>')
    middle = y + height / 2
    step = min(30.0, (height - 34) / 2)
    parts += _mark(row.facts.points, x, width, middle - step, "trial", row.facts.points_words)
    parts += _mark(row.during, x, width, middle, "model", "")
    parts += _mark(row.after, x, width, middle + step, "after", "")
    return parts


def _mark(
    found: tuple[float, float, float] | None, x: float, width: float, y: float, kind: str, words: str
) -> list[str]:
    if found is None or not all(math.isfinite(part) for part in found):
        if kind != "trial":
            return []
        return [_text(_at(0.0, x, width) + 7, y + 4, words, size=11.5)] if words else []
    middle, low, high = (-found[0], -found[2], -found[1])  # less pain to the right
    ends = _at(low, x, width), _at(high, x, width)
    parts = [f'<path class="pk-{kind}" d="M{ends[0]:.1f} {y:.1f}H{ends[1]:.1f}"/>']
    for value, end, way in ((low, ends[0], -1.0), (high, ends[1], 1.0)):
        if not LOW <= value <= HIGH:  # goes on beyond the scale
            parts.append(
                f'<path class="pk-{kind}" d="M{end - 5 * way:.1f} {y - 4:.1f}l{5 * way:g} 4l{-5 * way:g} 4"/>'
            )
    at = _at(middle, x, width)
    if kind == "trial":
        parts.append(f'<rect class="pk-square" x="{at - 5:.1f}" y="{y - 5:.1f}" width="10" height="10"/>')
    else:
        dot = "pk-dot" if kind == "model" else "pk-ring"
        parts.append(
            f'<circle class="{dot}" cx="{at:.1f}" cy="{y:.1f}" r="{6.2 if kind == "model" else 5.6}"/>'
        )
    return parts


def _key(x: float, y: float, *, column: float) -> list[str]:
    """What the three marks mean."""
    words = ("in trials", "this patient, during it (model)", "four weeks after it (model)")
    marks = (
        '<rect class="pk-square" x="{x0}" y="{y0}" width="9" height="9"/>',
        '<circle class="pk-dot" cx="{x1}" cy="{y1}" r="5.4"/>',
        '<circle class="pk-ring" cx="{x1}" cy="{y1}" r="5"/>',
    )
    if column:  # side by side: the first short, the others under one another
        places = ((x, y), (x + 74, y), (x + 74, y + 16))
    else:
        places = ((x, y), (x, y + 18), (x, y + 36))
    parts = []
    for (at, line), word, mark in zip(places, words, marks, strict=True):
        parts.append(mark.format(x0=at + 1, y0=line - 9, x1=at + 6, y1=line - 4.5))
        parts.append(_text(at + 17, line, word, size=11.5 if column else 12.5))
    return parts


def _places_key(x: float, y: float) -> list[str]:
    """What disc, ring and dot on the way of pain mean."""
    return [
        f'<circle class="pk-main" cx="{x + 6:g}" cy="{y - 4:g}" r="6.5"/>',
        _text(x + 17, y, "mainly", size=11.5),
        f'<circle class="pk-also" cx="{x + 72:g}" cy="{y - 4:g}" r="5.5"/>',
        f'<circle class="pk-also-dot" cx="{x + 72:g}" cy="{y - 4:g}" r="2"/>',
        _text(x + 83, y, "also", size=11.5),
        f'<circle class="pk-no" cx="{x + 124:g}" cy="{y - 4:g}" r="3"/>',
        _text(x + 133, y, "not there", size=11.5),
    ]


def _ticks(x: float, width: float, y: float) -> list[str]:
    """Words under the scale."""
    parts = [
        _text(
            _at(tick, x, width),
            y + 12,
            f"{tick:g}".replace("-", "\N{MINUS SIGN}"),
            size=11.5,
            anchor="middle",
        )
        for tick in (LOW, 0.0, 1.0, WORTH, 3.0, HIGH)
    ]
    parts.append(_text(_at(0.0, x, width), y + 26, "no better", size=11, anchor="middle"))
    parts.append(_text(_at(WORTH, x, width) + 2, y + 26, "much improved", size=11, anchor="middle"))
    return parts


def _sure(row: Beside, x: float, y: float) -> list[str]:
    """Four steps of certainty, filled up to what is known, with words: never by shade alone."""
    facts = row.facts
    parts = []
    for k in range(SURE_MOST):
        kind = "pk-main" if k < facts.certainty else "pk-also"
        inset = 0.0 if k < facts.certainty else 1.2
        parts.append(
            f'<rect class="{kind}" x="{x + 16 * k + inset:g}" y="{y - 5 + inset:g}" width="{12 - 2 * inset:g}" '
            f'height="{12 - 2 * inset:g}"/>'
        )
    parts.append(_text(x + 16 * SURE_MOST + 6, y + 6, facts.certainty_words, size=13, kind="pk-strong"))
    return parts


def _at(value: float, x: float, width: float) -> float:
    return x + width * (min(max(value, LOW), HIGH) - LOW) / (HIGH - LOW)


def _rule(y: float, width: float) -> str:
    return f'<path class="pk-line" d="M0 {y:g}H{width:g}"/>'


def _block(
    x: float, y: float, text: str, width: float, *, size: float, kind: str = "", step: float = 17.0
) -> list[str]:
    return [
        _text(x, y + step * k, line, size=size, kind=kind) for k, line in enumerate(_lines(text, width, size))
    ]


def _lines(text: str, width: float, size: float) -> list[str]:
    """A text broken at blanks so that each line fits about this width."""
    most = max(8, int(width / (_EM * size)))
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _text(x: float, y: float, words: str, *, size: float, kind: str = "", anchor: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    placed = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{named}{placed} style="font-size:{size:g}px">{escape(words)}</text>'


def _described(rows: Sequence[Beside]) -> str:
    """The picture in words."""
    said = []
    for row in rows:
        mainly = [p.replace("_", " ") for p in PLACES if row.facts.acts[p] == "mainly"]
        text = f"{row.facts.label}: acts mainly at {' and '.join(mainly) or 'no one place'}"
        if row.during is not None:
            text += f"; during treatment {-row.during[0]:.1f} points less pain than a dummy treatment in the model"
        if row.after is not None:
            text += f", four weeks after it {-row.after[0]:.1f}"
        said.append(f"{text}; {row.facts.certainty_words}. When it stops: {row.facts.lasts}")
    return " ".join(said)
