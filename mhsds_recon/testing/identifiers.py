"""Makers of identifiers that cannot belong to anyone, yet pass the tests of the standard.

NHS numbers come from the 999 range, which is never issued. SNOMED CT codes are made up, with a
correct Verhoeff digit. Postcodes lie in ZQ, an area that does not exist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from mhsds_recon.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["local_ids", "nhs_numbers", "postcodes", "snomed_codes"]

_UNISSUED = 999_000_000
_BODIES = 1_000_000
_NO_CHECK_DIGIT = 10
_WEIGHTS = np.arange(10, 1, -1)
_POSTCODE_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"

_DIHEDRAL = np.array(
    [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
        [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
        [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
        [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
        [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
        [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
        [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
        [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
        [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
    ]
)
_SHUFFLE = np.array([1, 5, 7, 6, 2, 8, 3, 0, 9, 4])
_INVERSE = np.array([0, 4, 3, 2, 1, 5, 6, 7, 8, 9])


def _digits(numbers: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """Return the decimal digits, most significant first, one row per number."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return numbers[:, None] // powers % 10


def nhs_numbers(rows: int, rng: np.random.Generator) -> pl.Series:
    """Return distinct NHS numbers of the unissued 999 range, as ten digits of text.

    The check digit is right (modulus 11), and no number is one whose last five digits mirror
    its first five, which the national check refuses.

    Raises:
        UsageError: The range does not hold so many numbers.
    """
    bodies = _UNISSUED + rng.permutation(_BODIES)
    digits = _digits(bodies, 9)
    check = (11 - digits @ _WEIGHTS % 11) % 11
    mirrored = (digits[:, 5:9] == digits[:, 4:0:-1]).all(axis=1) & (check == digits[:, 0])
    numbers = (bodies * 10 + check)[(check != _NO_CHECK_DIGIT) & ~mirrored]
    if rows > len(numbers):
        message = f"{rows} NHS numbers asked for; the unissued 999 range holds {len(numbers)}."
        raise UsageError(message)
    return pl.Series(numbers[:rows]).cast(pl.String)


def snomed_codes(rows: int, first: int) -> pl.Series:
    """Return made-up SNOMED CT concept identifiers, numbered upwards from ``first``."""
    stems = np.arange(first, first + rows, dtype=np.int64) * 100
    state = np.zeros(rows, dtype=np.int64)
    shuffled = np.arange(10)
    for position in range(len(str(stems[-1]))):
        shuffled = _SHUFFLE[shuffled]
        power = 10**position
        step = _DIHEDRAL[state, shuffled[stems // power % 10]]
        state = np.where(stems >= power, step, state)
    return pl.Series(stems * 10 + _INVERSE[state]).cast(pl.String)


def postcodes(rows: int) -> pl.Series:
    """Return distinct postcodes of the invented area ZQ; there are 30,000 at most."""
    index = np.arange(rows)
    letters = np.array(list(_POSTCODE_LETTERS))
    area = (1 + index // 3600 % 9).astype(str)
    sector = (1 + index // 400 % 9).astype(str)
    unit = np.char.add(letters[index // 20 % 20], letters[index % 20])
    return pl.Series([f"ZQ{a} {s}{u}" for a, s, u in zip(area, sector, unit, strict=True)])


def local_ids(prefix: str, numbers: NDArray[np.int64] | range, width: int = 7) -> pl.Series:
    """Return identifiers such as ``R0000042``, unique and sorted as their numbers."""
    texts = pl.Series(np.asarray(numbers)).cast(pl.String).str.zfill(width)
    return prefix + texts
