"""From how many patients on a run is done otherwise, and how large what it writes becomes. Loads no compiler."""

from __future__ import annotations

from subside.course import NAMES

#: Above so many patients the command line counts in bins instead of keeping every curve.
COUNTED_ABOVE = 10_000
#: From so many on it starts a local cluster of its own, one process a processor.
CLUSTER_FROM = 100_000
BYTES_A_VALUE = 4
# Measured on ten outpatient infusions at the default times: long rows, compressed, or as text.
TABLE_BYTES_A_VALUE = {"parquet": 3.2, "csv": 40.0}
BINS_OF_ALL_QUANTITIES = 40_000  # of one arm at one time
BLOCK_BYTES = 250e6  # of one worker: a block of patients and what is made of it on the way


def n_quantities() -> int:
    """Return how many quantities a patient's curves have at most."""
    return sum(known.group != "response" for known in NAMES.values())


def store_bytes(n_patients: int, n_times: int) -> int:
    """Return how large the curves of a run are before they are compressed."""
    return BYTES_A_VALUE * n_patients * n_times * n_quantities()


def table_bytes(n_rows: int, n_times: int, kind: str = "parquet") -> float:
    """Return about how large ``course.parquet`` (or ``csv``) becomes."""
    return TABLE_BYTES_A_VALUE[kind] * n_rows * n_times * n_quantities()


def counted_bytes(n_times: int, *, arms: int, workers: int) -> float:
    """Return about how much memory all processes of a counted run take; the number of patients has no part."""
    tallies = arms + 2 * (arms - 1)  # differences have bins on both sides of zero
    return workers * BLOCK_BYTES + 2 * 4.0 * n_times * BINS_OF_ALL_QUANTITIES * tallies
