"""Random numbers keyed by (study, patient, stream, index): the same patient, whoever asks.

A counter-based generator has no state to pass around: the number is a function of its address. So a
patient's draws do not depend on the worker, on the order, or on how many patients there are, and the
first five draws of a stream are the same whether five or fifty are asked for.

Generator: Philox-4x32-10, Salmon et al., Proc. SC'11 (2011), article 16, doi:10.1145/2063384.2063405.
Key: a hash of study and stream. Counter: patient (low 64 bits) and index (high 64 bits).
Normals by the inverse distribution function, Wichura, Appl Stat 1988;37:477 (AS 241, PPND16),
relative error about 1e-16: one uniform, one normal, monotone.
"""

from __future__ import annotations

import hashlib
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subside.engine.kernel.jit import compiled, exact, inner
from subside.errors import ParameterError

ROUNDS: Final = 10
MULTIPLIERS: Final = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
WEYL: Final = (np.uint64(0x9E3779B9), np.uint64(0xBB67AE85))
LOW: Final = np.uint64(0xFFFFFFFF)
HALF: Final = np.uint64(32)
TWELVE: Final = np.uint64(12)

# AS 241: ratio of two polynomials, highest power first, near the middle, in the tail, in the far tail.
MIDDLE: Final = (
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
     1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
     5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0),
)  # fmt: skip
MIDDLE_COEFFICIENTS: Final = (np.array(MIDDLE[0]), np.array(MIDDLE[1]))
TAIL: Final = (
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
     1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0,
     4.63033784615654529590e0, 1.42343711074968357734e0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
     1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0,
     2.05319162663775882187e0, 1.0),
)  # fmt: skip
FAR_TAIL: Final = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
     2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0,
     5.46378491116411436990e0, 6.65790464350110377720e0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
     7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
     5.99832206555887937690e-1, 1.0),
)  # fmt: skip


def uniforms(
    study: int | str, patients: ArrayLike, stream: int | str, n: int, *, first: int = 0
) -> NDArray[np.float64]:
    """Return ``n`` uniform numbers of each patient, strictly between 0 and 1.

    Args:
        study: The seed of the run, or the name of a study.
        patients: Numbers of the patients, integers of at least 0. Shape ``(patient,)``.
        stream: What the numbers are for; streams are independent of one another.
        n: Numbers wanted of each patient.
        first: Index of the first one; ``n=3, first=2`` are the last three of ``n=5``.

    Returns:
        Multiples of 2**-53, resolution 2**-52. Shape ``(patient, n)``.

    Raises:
        ParameterError: If a patient number, ``n`` or ``first`` is negative or not a whole number.

    >>> uniforms(1, [0, 7], "pain", 2).round(3)
    array([[0.321, 0.914],
           [0.503, 0.82 ]])
    """
    numbers = _whole(patients)
    if n < 0 or first < 0:
        raise ParameterError(
            f"n and first must be whole numbers of at least 0; got n={n}, first={first}. "
            "Ask for the first numbers of a stream with first=0."
        )
    out = np.empty((len(numbers), n))
    _fill(numbers, *_key(study, stream), first, out)
    return out


@compiled
def _fill(numbers, k0, k1, first, out):  # type: ignore[no-untyped-def]
    """Fill ``out[patient, i]`` with number ``first + i`` of each patient's stream."""
    n = out.shape[1]
    for patient in range(numbers.shape[0]):
        low, high = numbers[patient] & LOW, numbers[patient] >> HALF
        for call in range(first // 2, (first + n + 1) // 2):
            words = _philox(low, high, np.uint64(call) & LOW, np.uint64(call) >> HALF, np.uint64(k0), np.uint64(k1))
            for part in range(2):
                at = 2 * call + part - first
                if 0 <= at < n:
                    bits = (words[2 * part] << HALF) | words[2 * part + 1]
                    # 52 bits and a half: the largest is 1 - 2**-53, where one bit more would round to 1.
                    out[patient, at] = (np.float64(bits >> TWELVE) + 0.5) * 2.0**-52


@inner
def _philox(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    """Return the four 32-bit words of Philox-4x32-10 at one counter (32-bit words held in 64)."""
    for _ in range(ROUNDS):
        left, right = c0 * MULTIPLIERS[0], c2 * MULTIPLIERS[1]
        c0, c1, c2, c3 = (right >> HALF) ^ c1 ^ k0, right & LOW, (left >> HALF) ^ c3 ^ k1, left & LOW
        k0, k1 = (k0 + WEYL[0]) & LOW, (k1 + WEYL[1]) & LOW
    return c0, c1, c2, c3


def normals(
    study: int | str, patients: ArrayLike, stream: int | str, n: int, *, first: int = 0
) -> NDArray[np.float64]:
    """Return ``n`` standard normal numbers of each patient; arguments as for ``uniforms``.

    Shape ``(patient, n)``. Largest possible absolute value: 8.2.
    """
    return normal_quantile(uniforms(study, patients, stream, n, first=first))


def normal_quantile(p: ArrayLike) -> NDArray[np.float64]:
    """Return the standard normal quantile of each probability; NaN outside [0, 1].

    >>> normal_quantile([0.05, 0.5, 0.975]).round(4)
    array([-1.6449,  0.    ,  1.96  ])
    """
    probability = np.asarray(p, dtype=np.float64)
    flat = np.ascontiguousarray(probability).ravel()
    result, at = np.empty_like(flat), np.empty(flat.size, dtype=np.int64)
    above, below = MIDDLE_COEFFICIENTS
    outside = at[: _near_the_median(flat, above, below, result, at)]
    with np.errstate(divide="ignore", invalid="ignore"):
        tail = np.minimum(flat[outside], 1.0 - flat[outside])
        r = np.sqrt(-np.log(tail))
        size = np.where(r <= 5.0, _ratio(TAIL, r - 1.6), _ratio(FAR_TAIL, r - 5.0))
    size[tail == 0.0] = np.inf
    result[outside] = np.copysign(size, flat[outside] - 0.5)
    return result.reshape(probability.shape)


@exact
def _near_the_median(p, above, below, out, outside):  # type: ignore[no-untyped-def]
    """Fill ``out`` where the middle form holds and return how many are ``outside`` it, by index."""
    n = 0
    for i in range(p.shape[0]):
        q = p[i] - 0.5
        if abs(q) <= 0.425:
            r = 0.180625 - q * q
            over, under = 0.0, 0.0
            for k in range(above.shape[0]):
                over = over * r + above[k]
                under = under * r + below[k]
            out[i] = q * (over / under)
        else:
            outside[n] = i
            n += 1
    return n


def philox(
    c0: NDArray[np.uint64], c1: NDArray[np.uint64], c2: NDArray[np.uint64], c3: NDArray[np.uint64],
    *, key: tuple[int, int],
) -> tuple[NDArray[np.uint64], ...]:  # fmt: skip
    """Return the four 32-bit words of Philox-4x32-10 at each counter (32-bit words held in 64)."""
    words = [
        _philox(*counter, np.uint64(key[0]), np.uint64(key[1])) for counter in zip(c0, c1, c2, c3, strict=True)
    ]
    return tuple(np.array(column, dtype=np.uint64) for column in zip(*words, strict=True))


def _key(study: int | str, stream: int | str) -> tuple[int, int]:
    """Hash study and stream; 1 and "1" are different names."""
    name = repr((study, stream)).encode()
    digest = hashlib.blake2b(name, digest_size=8).digest()
    return int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little")


def _whole(patients: ArrayLike) -> NDArray[np.uint64]:
    numbers = np.atleast_1d(np.asarray(patients))
    if numbers.dtype.kind not in "iu" or numbers.ndim != 1 or (numbers.size and numbers.min() < 0):
        raise ParameterError(
            f"patients must be whole numbers of at least 0, in one dimension; got {patients!r}. "
            "Number the patients, for example with numpy.arange(n_patients)."
        )
    return numbers.astype(np.uint64)


def _ratio(
    polynomials: tuple[tuple[float, ...], tuple[float, ...]], r: NDArray[np.float64]
) -> NDArray[np.float64]:
    above, below = polynomials
    return np.polyval(above, r) / np.polyval(below, r)
