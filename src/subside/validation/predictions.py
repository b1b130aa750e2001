"""Predictions that cannot be changed afterwards: written down as canonical JSON with a hash and a date.

A file holds what the model says of every published outcome and, if asked, of studies that have not read
out. ``verify`` says whether a byte was altered and, once a result is in the evidence, how the prediction
scored. Who wants others to trust the date publishes the hash where it cannot be taken back.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

import subside
from subside.engine.population.beliefs import FITTED, Beliefs, fitted
from subside.errors import ParameterError, UnknownNameError
from subside.evidence import figure

if TYPE_CHECKING:
    from subside.research.outcomes import Label
    from subside.research.study import Studies

KIND = "subside predictions"
FORMAT = 1
Z90 = 1.6448536269514722
OF_STUDIES = 400  # replicates of a study that has not read out


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What the model says that a study reports.

    Attributes:
        name: Under which it is found again. figure: Where the result stands or will stand; may be empty.
        median, low, high: Of what a new study would report, its error included; 5th and 95th percentile.
        mean, sd: Of the same.
        sample: Of the same, rising; empty where only the interval is kept.
        observed: What had been reported already when it was made; None for a study that had not read out.
    """

    name: str
    figure: str
    median: float
    low: float
    high: float
    mean: float
    sd: float
    sample: tuple[float, ...] = ()
    observed: float | None = None


@dataclass(frozen=True, kw_only=True)
class Scored:
    """A prediction beside the result.

    Attributes:
        observed: None until the result is known.
        hit: Whether the 90 % interval holds it. place: Probability that was given to less than it.
        crps: Continuous ranked probability score, in the figure's unit; smaller is better.
        log_score: Minus the log of the density given to it (normal); smaller is better.
    """

    prediction: Prediction
    observed: float | None
    hit: bool | None = None
    place: float | None = None
    crps: float | None = None
    log_score: float | None = None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of a file: ``unaltered`` with ``trouble`` in words where not; the scores, none of an
    altered file."""

    unaltered: bool
    trouble: str
    sha256: str
    date: str
    version: str
    scores: tuple[Scored, ...]


def predict(
    *,
    seed: int,
    replicates: int,
    studies: Studies | None = None,
    of_studies: int = OF_STUDIES,
    beliefs: Beliefs | None = None,
    published: bool = True,
    progress: Callable[[float], None] | None = None,
) -> tuple[Prediction, ...]:
    """Return the predictions of every published outcome, and of studies that have not read out."""
    found: list[Prediction] = []
    share = 0.6 if studies and published else 1.0
    if published:
        from subside.validation.table import evidence_table

        part = (lambda s: progress(share * s)) if progress else None
        for o in evidence_table(seed=seed, replicates=replicates, progress=part):
            middle, sd = 0.5 * (o.low + o.high), o.spread
            found.append(
                Prediction(
                    name=f"{o.figure}: {o.what}", figure=o.figure, median=o.predicted, low=o.low, high=o.high,
                    mean=middle, sd=sd, observed=o.observed,
                )
            )  # fmt: skip
    if studies:
        found += of_new_studies(studies, beliefs or fitted(), seed=seed, replicates=of_studies)
    if progress:
        progress(1.0)
    return tuple(found)


def of_new_studies(studies: Studies, beliefs: Beliefs, *, seed: int, replicates: int) -> list[Prediction]:
    """Return what studies that have not read out would report."""
    from subside.research.outcomes import simulate_study

    found = []
    for study in studies.studies:
        outcomes = simulate_study(study, beliefs, replicates=replicates, seed=seed)
        reported = outcomes.reported(seed)
        for column, label in enumerate(outcomes.labels):
            sample = np.sort(reported[:, column])
            low, median, high = np.quantile(sample, [0.05, 0.5, 0.95])
            found.append(
                Prediction(
                    name=_name(study.name, label), figure=label.figure, median=float(median), low=float(low),
                    high=float(high), mean=float(sample.mean()), sd=float(sample.std()),
                    sample=tuple(float(v) for v in sample),
                )
            )  # fmt: skip
    return found


def freeze(
    predictions: Sequence[Prediction],
    *,
    date: str,
    seed: int,
    replicates: int,
    studies: Studies | None = None,
) -> str:
    """Return the text of a file of predictions: one line of canonical JSON with its hash.

    Raises:
        ParameterError: If the date is not written as 2027-01-31.
    """
    try:
        if len(date) != 10:
            raise ValueError
        datetime.date.fromisoformat(date)
    except ValueError:
        raise ParameterError(
            f"date must be a day such as 2027-01-31; got {date!r}. The caller gives it: the model has no clock."
        ) from None
    content = {
        "kind": KIND,
        "format": FORMAT,
        "date": date,
        "subside": subside.__version__,
        "seed": seed,
        "replicates": replicates,
        "parameters": parameter_hashes(),
        "studies": {} if studies is None else dict(studies.texts),
        "predictions": [_short(asdict(one)) for one in predictions],
    }
    return canonical({"content": content, "sha256": digest(content)}) + "\n"


def verify(text: str, *, observed: Mapping[str, float] | None = None) -> Verdict:
    """Return whether a file of predictions is unaltered, and how each prediction scored.

    Args:
        text: The file's content.
        observed: Results by figure id or name of the prediction, for those not in the evidence.

    Raises:
        ParameterError: If it is no file of predictions at all.
    """
    document = _document(text)
    content, said = document["content"], str(document.get("sha256"))
    trouble = _trouble(document, text)
    try:
        made = predictions_in(text)
    except (KeyError, TypeError, ValueError):
        if not trouble:
            raise
        made = ()  # so much was altered that they cannot be read
    return Verdict(
        unaltered=not trouble,
        trouble=trouble,
        sha256=said,
        date=str(content.get("date")),
        version=str(content.get("subside")),
        scores=() if trouble else tuple(_scored(one, observed or {}) for one in made),
    )


def _trouble(document: Mapping[str, Any], text: str) -> str:
    """Return in words what was altered; empty if nothing was."""
    try:
        found = digest(document["content"])
        whole = canonical(document) + "\n"
    except ValueError:  # a number that JSON does not know
        return "it holds a number that was never written"
    if found != document.get("sha256"):
        return f"the content hashes to {found}, the file says {document.get('sha256')}"
    if whole != text:
        return "the text is not the canonical form that was written: spaces, order or digits differ"
    return ""


def predictions_in(text: str) -> tuple[Prediction, ...]:
    """Return the predictions that a file holds."""
    return tuple(
        Prediction(**{**one, "sample": tuple(one["sample"])})
        for one in _document(text)["content"]["predictions"]
    )


def again(text: str, *, progress: Callable[[float], None] | None = None) -> tuple[Prediction, ...]:
    """Return the same predictions as a file holds, made by the model of today with the same seeds."""
    from subside.research.study import parse_studies

    content = _document(text)["content"]
    texts = content["studies"]
    studies = parse_studies(texts[""], origin="frozen studies", texts=texts) if texts else None
    held = [one["name"] for one in content["predictions"]]
    in_studies = [n for n in held if studies and any(n.startswith(f"{s.name}: ") for s in studies.studies)]
    sizes = [len(one["sample"]) for one in content["predictions"] if one["sample"]]
    return predict(
        seed=int(content["seed"]), replicates=int(content["replicates"]), studies=studies,
        of_studies=max(sizes, default=OF_STUDIES), published=len(in_studies) < len(held), progress=progress,
    )  # fmt: skip


def parameter_hashes() -> dict[str, str]:
    """Return the SHA-256 of every parameter file that the predictions rest on."""
    home = files("subside.evidence")
    names = ["priors/chronic_pain.toml", *(f"fitted/{name}.toml" for name in FITTED)]
    return {
        name: hashlib.sha256(home.joinpath(name).read_bytes()).hexdigest()
        for name in names
        if home.joinpath(name).is_file()
    }


def canonical(value: Any) -> str:
    """Return the one JSON text of a value: keys sorted, no spaces, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical JSON of a value, in UTF-8."""
    return hashlib.sha256(canonical(value).encode("utf-8")).hexdigest()


def _document(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
        if document["content"]["kind"] == KIND and document["content"]["format"] == FORMAT:
            return dict(document)
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise ParameterError(
        "the file must be predictions that `subside evidence freeze` wrote; got something else, or a text "
        "that is no longer JSON. Compare it with the copy you kept."
    )


def _name(study: str, label: Label) -> str:
    return f"{study}: {label.words}"


def _short(value: Any) -> Any:
    """Return numbers with seven digits: what a prediction says, not what a processor rounds."""
    if isinstance(value, float):
        return float(f"{value:.7g}")
    if isinstance(value, Mapping):
        return {key: _short(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_short(one) for one in value]
    return value


def _scored(one: Prediction, observed: Mapping[str, float]) -> Scored:
    result = _result(one, observed)
    if result is None:
        return Scored(prediction=one, observed=None)
    sd = max(one.sd, 1e-9)
    z = (result - one.mean) / sd
    below = 0.5 * (1.0 + math.erf(z / math.sqrt(2.0)))
    if one.sample:
        sample = np.array(one.sample)
        place = float(np.mean(sample < result) + 0.5 * np.mean(sample == result))
        crps = sample_crps(sample, result)
    else:
        place = below
        density = math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
        crps = sd * (z * (2.0 * below - 1.0) + 2.0 * density - 1.0 / math.sqrt(math.pi))
    return Scored(
        prediction=one,
        observed=result,
        hit=one.low <= result <= one.high,
        place=place,
        crps=crps,
        log_score=0.5 * z * z + math.log(sd) + 0.5 * math.log(2.0 * math.pi),
    )


def sample_crps(sample: Any, observed: float) -> float:
    """Return the continuous ranked probability score of a rising sample: E|X - y| - E|X - X'| / 2.

    Source: Gneiting & Raftery, J Am Stat Assoc 102 (2007) 359, eq. 21.
    """
    x = np.asarray(sample, dtype=np.float64)
    n = len(x)
    # E|X - X'| of a sorted sample: 2/n^2 sum (2i - n - 1) x_i
    apart = 2.0 * float(np.sum((2.0 * np.arange(1, n + 1) - n - 1.0) * x)) / n**2
    return float(np.mean(np.abs(x - observed))) - 0.5 * apart


def _result(one: Prediction, observed: Mapping[str, float]) -> float | None:
    for key in (one.name, one.figure):
        if key and key in observed:
            return float(observed[key])
    if one.observed is not None or not one.figure:
        return one.observed
    try:
        found = figure(one.figure)
    except UnknownNameError:
        return None
    return found.value
