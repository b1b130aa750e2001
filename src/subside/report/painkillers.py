"""Why this feels different from other painkillers: one picture a patient may be shown.

Each treatment has a line: where it acts on the way of pain, how much less pain than with a dummy treatment
(in trials, and in the model for this patient: during treatment and four weeks after it), how sure that is,
and what is left when it stops. The picture says that the lines cannot be ranked: nobody compared them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from subside.evidence.treatments import TreatmentFacts, head_to_head
from subside.report.content import PERMANENT_LINE
from subside.report.painkiller_picture import picture
from subside.report.words import lower_or_higher

TITLE = "Why does this feel different from my painkillers?"
ANSWER = (
    "Most painkillers turn the pain signal down for as long as they are in the body. In long-lasting pain "
    "the spinal cord and brain can stay turned up by themselves. Ketamine blocks a receptor (NMDA) that "
    "helps to keep them so. That is why its relief can outlast the drug in some people, why it can miss in "
    "others, and why it also changes mood and perception for a while."
)
ADVICE = (
    "This picture explains; it is no advice to start, change or stop any medicine. Speak with the people who "
    "treat you first."
)


@dataclass(frozen=True, kw_only=True)
class Beside:
    """One treatment beside a dummy treatment, for this patient.

    Attributes:
        facts: What may be said of it.
        during, after: Difference of pain from the dummy treatment in points, median, low and high (90 %
            band; less pain is negative), in the model; None where it was not computed.
        during_words, after_words: When that is.
    """

    facts: TreatmentFacts
    during: tuple[float, float, float] | None = None
    after: tuple[float, float, float] | None = None
    during_words: str = "at the end of treatment"
    after_words: str = "four weeks later"


def painkillers_section(rows: Sequence[Beside]) -> str:
    """Return the section of the report: the picture wide and narrow, and the same as a table."""
    if not rows:
        return ""
    return (
        '<section aria-labelledby="painkillers" class="painkillers">'
        f'<h2 id="painkillers">{escape(TITLE)}</h2><p>{escape(ANSWER)}</p>'
        f'<figure><div class="wide">{picture(rows, wide=True, key="pkw")}</div>'
        f'<div class="narrow">{picture(rows, wide=False, key="pkn")}</div></figure>'
        f"{_not_known()}{_table(rows)}</section>"
    )


def painkillers_svg(rows: Sequence[Beside]) -> str:
    """Return the picture as a file of its own: with its heading, and what nobody has measured."""
    known = head_to_head()
    notes = (
        f"What nobody has measured. {known.statement} {known.so}",
        known.single_dose,
        ADVICE,
        PERMANENT_LINE,
    )
    return picture(rows, wide=True, key="painkillers", heading=TITLE, notes=notes)


def _not_known() -> str:
    known = head_to_head()
    cited = "; ".join(dict.fromkeys(one.source.citation for one in known.figures))
    return (
        f'<div class="flag"><p><strong>What nobody has measured.</strong> {escape(known.statement)} '
        f"{escape(known.so)}</p><p>{escape(known.single_dose)} ({escape(cited)})</p>"
        f'<p class="small">Looked at: {escape(known.looked_at)}. {escape(ADVICE)}</p></div>'
    )


def _table(rows: Sequence[Beside]) -> str:
    body = "".join(
        f'<tr><th scope="row">{escape(row.facts.label)}</th><td>{escape(row.facts.trials)} '
        f'<span class="remark">{escape(_cited(row))}</span></td>'
        f"<td>{escape(_range(row.during))}</td><td>{escape(_range(row.after))}</td>"
        f"<td>{escape(row.facts.certainty_words)}</td></tr>"
        for row in rows
    )
    return (
        "<details><summary>The picture as a table, with its sources</summary>"
        '<div class="scroll"><table><thead><tr><th scope="col">Treatment</th><th scope="col">In trials</th>'
        '<th scope="col">Model, this patient, during treatment (90 % interval)</th>'
        '<th scope="col">Four weeks after it</th><th scope="col">How sure</th></tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
        '<p class="small">Points of pain (0 to 10) against a dummy treatment with the same visits. Where a '
        "treatment acts is textbook pharmacology, from memory. How sure: our reading of what the reviewers "
        "wrote.</p></details>"
    )


def _cited(row: Beside) -> str:
    return "; ".join(dict.fromkeys(one.source.citation for one in row.facts.figures))


def _range(found: tuple[float, float, float] | None) -> str:
    if found is None or not all(math.isfinite(part) for part in found):
        return "not computed"
    middle, low, high = found
    return f"{lower_or_higher(middle)} ({-high:.1f} to {-low:.1f} less)".replace("-", "\N{MINUS SIGN}")
