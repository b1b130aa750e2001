"""The linear part of a model, advanced exactly.

Within a constant-rate segment dx/dt = A x + B r has the solution x(t+h) = P x(t) + G r, and
[P G; 0 I] = exp(h [A B; 0 0]). The pattern of non-zeros follows from which state reaches which,
and only those entries are ever computed or multiplied. Entries of every patient may differ; the
pattern is one.

Exponential by Taylor series with scaling and squaring: Higham, Functions of Matrices (2008), ch. 10.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from subside.engine.kernel.jit import compiled, inner
from subside.engine.kernel.lanes import LANES, aligned, scratch
from subside.engine.kernel.products import sum_of_products
from subside.engine.kernel.vector import WIDTH, together, where

TAYLOR_ORDER = 12  # at norm 1/2 the remainder is below 2e-14
LARGEST_NORM = 0.5
MOST_HALVINGS = 60
SAME_STEP = 1e-11  # relative; step sizes are differences of times, so their last bits differ
TRACE_RATE = 1e-60  # keeps washed-out amounts out of the slow denormal range

Pair = tuple[int, int]


class Pattern(NamedTuple):
    """Where the propagator of a linear system can be non-zero.

    Attributes:
        rows, columns: Position of each entry of the propagator. Shape ``(entry,)``.
        diagonal: Index of the entries on the diagonal.
        left, right: The products a[i, j] * b[j, k] that can be non-zero, as the entries of a and of
            b, in the order of the entry i, k that they add to. Shape ``(product,)``.
        starts: First product of each entry, and the end. Shape ``(entry + 1,)``.
        rates: Index, among the entries, of each non-zero of A (with its input columns), in order.
    """

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    diagonal: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    starts: NDArray[np.int64]
    rates: NDArray[np.int64]


@functools.lru_cache(maxsize=32)
def pattern(non_zeros: tuple[Pair, ...], *, n_states: int, n_inputs: int) -> Pattern:
    """Return the pattern of exp(h A) for A with these non-zeros (row, column).

    Columns ``n_states`` and up are the inputs.
    """
    size = n_states + n_inputs
    reach = np.eye(size, dtype=bool)
    for row, column in non_zeros:
        reach[row, column] = True
    for middle in range(size):  # Warshall's closure: i reaches k if i reaches j and j reaches k
        reach |= np.outer(reach[:, middle], reach[middle])
    entries = [(int(i), int(j)) for i, j in np.argwhere(reach)]
    at = {pair: index for index, pair in enumerate(entries)}
    by_entry = [
        [(at[i, j], at[j, k]) for j in range(size) if (i, j) in at and (j, k) in at] for i, k in entries
    ]
    return Pattern(
        rows=np.array([i for i, _ in entries]),
        columns=np.array([j for _, j in entries]),
        diagonal=np.array([at[i, i] for i in range(size)]),
        left=np.array([a for pairs in by_entry for a, _ in pairs]),
        right=np.array([b for pairs in by_entry for _, b in pairs]),
        starts=np.concatenate([[0], np.cumsum([len(pairs) for pairs in by_entry])]),
        rates=np.array([at[pair] for pair in non_zeros]),
    )


@inner
def _multiply(a, b, out, structure):  # type: ignore[no-untyped-def]
    starts = structure.starts
    left, right = structure.left, structure.right
    for entry in range(starts.shape[0] - 1):
        sum_of_products(out, entry, a, left, b, right, starts[entry], starts[entry + 1])


@compiled
def propagators(rates, hs, structure, out):  # type: ignore[no-untyped-def]
    """Fill ``out[2 * step]`` with exp(h/2 A) and ``out[2 * step + 1]`` with exp(h A), one block.

    Args:
        rates: The non-zeros of A, in lanes, in the order given to ``pattern``.
        hs: Step sizes, rising. One that is twice its predecessor costs a single product.
        structure: What ``pattern`` returned.
        out: Shape ``(2 * step sizes, entries * LANES)``.
    """
    work = scratch(3 * out.shape[1] + (structure.diagonal.shape[0] + 1) * LANES)
    fill_propagators(rates, hs, structure, out, work)


def workspace(structure: Pattern) -> NDArray[np.float64]:
    """Return what ``fill_propagators`` needs to work in."""
    work: NDArray[np.float64] = aligned(((3 * structure.rows.size + structure.diagonal.size + 1) * LANES,))
    return work


@inner
def fill_propagators(rates, hs, structure, out, work):  # type: ignore[no-untyped-def]
    """Do what ``propagators`` does in a given ``workspace``: half a second less to compile.

    exp(a A) exp(b A) is exp((a + b) A): one product instead of a dozen, wherever a half step is one or
    the sum of two that are there already. Steps of whole minutes are, nearly always.
    """
    for ih in range(hs.shape[0]):
        half = out[2 * ih]
        one, other = _two_that_sum_to(0.5 * hs[ih], hs, ih)
        if other >= 0:
            _multiply(out[one], out[other], half, structure)
        elif one >= 0:
            _copy(out[one], half)
        else:
            _exponential(rates, 0.5 * hs[ih], structure, half, work)
        _multiply(half, half, out[2 * ih + 1], structure)


@inner
def _two_that_sum_to(h, hs, n):  # type: ignore[no-untyped-def]
    """Return which propagators of the first ``n`` step sizes make one of ``h`` hours.

    Two indices whose product it is; one and -1 if one is it; -1 and -1 if there are none.
    """
    one, other = -1, -1
    for i in range(2 * n):
        first = hs[i // 2] * (0.5 + 0.5 * (i % 2))
        if abs(first - h) < SAME_STEP * h:
            return i, -1
        for j in range(i + 1):
            second = hs[j // 2] * (0.5 + 0.5 * (j % 2))
            if abs(first + second - h) < SAME_STEP * h:
                one, other = i, j
    return one, other


@inner
def _copy(a, b):  # type: ignore[no-untyped-def]
    for i in range(0, a.shape[0], WIDTH):
        b[together(i)] = a[together(i)]


@inner
def _exponential(rates, h, structure, total, work):  # type: ignore[no-untyped-def]
    """Fill ``total`` with exp(h A): Taylor series of A h / 2**halvings, then as many squarings.

    Each lane has its own number of halvings: a patient's result does not depend on the neighbors,
    and a failed one (NaN) does not spoil theirs.
    """
    n = total.shape[0]
    scaled, term, product = work[:n], work[n : 2 * n], work[2 * n : 3 * n]
    norms, halvings = work[3 * n : -LANES], work[-LANES:]
    _scale(rates, h, structure, scaled, norms, halvings)
    _copy(scaled, total)
    _copy(scaled, term)
    for d in range(structure.diagonal.shape[0]):
        for i in range(0, LANES, WIDTH):
            at = together(structure.diagonal[d] * LANES + i)
            total[at] = total[at] + 1.0
    for order in range(2, TAYLOR_ORDER + 1):
        _multiply(scaled, term, product, structure)
        for i in range(0, n, WIDTH):
            at = together(i)
            term[at] = product[at] * (1.0 / order)
            total[at] = total[at] + term[at]
    most = 0.0
    for j in range(LANES):
        if halvings[j] > most:
            most = halvings[j]
    done = 0.0
    while done < most:
        _multiply(total, total, product, structure)
        for e in range(0, n, LANES):
            for i in range(0, LANES, WIDTH):
                at = together(e + i)
                total[at] = where(halvings[together(i)] > done, product[at], total[at])
        done += 1.0


@inner
def _scale(rates, h, structure, scaled, norms, halvings):  # type: ignore[no-untyped-def]
    """Fill ``scaled`` with A h / 2**halvings, so small that the series converges, lane by lane."""
    scaled[:] = 0.0
    norms[:] = 0.0
    for i in range(0, LANES, WIDTH):
        lane = together(i)
        for e in range(structure.rates.shape[0]):
            at = structure.rates[e] * LANES + lane
            row = structure.rows[structure.rates[e]] * LANES + lane
            value = rates[e * LANES + lane] * h
            scaled[at] = scaled[at] + value
            norms[row] = norms[row] + abs(value)
        largest = norms[lane]
        for d in range(1, structure.diagonal.shape[0]):
            largest = max(largest, norms[d * LANES + lane])
        count = 0.0 * largest
        factor = count + 1.0
        for _ in range(MOST_HALVINGS):  # the smallest number that suffices; an infinite norm ends here
            large = largest > LARGEST_NORM
            largest = where(large, 0.5 * largest, largest)
            factor = where(large, 0.5 * factor, factor)
            count = where(large, count + 1.0, count)
        halvings[lane] = count
        for e in range(0, scaled.shape[0], LANES):
            scaled[e + lane] = scaled[e + lane] * factor


class Rows(NamedTuple):
    """Some rows of a pattern, as ``advance`` reads them."""

    rows: NDArray[np.int64]
    starts: NDArray[np.int64]
    entries: NDArray[np.int64]
    columns: NDArray[np.int64]


def select_rows(structure: Pattern, rows: tuple[int, ...]) -> Rows:
    """Return the entries of these rows, row after row."""
    by_row = [np.flatnonzero(structure.rows == row) for row in rows]
    entries = np.concatenate(by_row)
    starts = np.concatenate([[0], np.cumsum([len(e) for e in by_row])])
    return Rows(np.array(rows), starts, entries, structure.columns[entries])


@inner
def advance(x, p, some, out):  # type: ignore[no-untyped-def]
    """Write some rows of ``P x`` for one block; ``x`` holds the states, then the inputs."""
    for r in range(some.rows.shape[0]):
        sum_of_products(
            out, some.rows[r], p, some.entries, x, some.columns, some.starts[r], some.starts[r + 1]
        )
