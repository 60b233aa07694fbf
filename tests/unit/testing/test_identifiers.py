"""Identifiers pass the tests of the standard, done here digit by digit."""

from __future__ import annotations

import re

import numpy as np
import pytest

from mhsds_recon.errors import UsageError
from mhsds_recon.testing.identifiers import local_ids, nhs_numbers, postcodes, snomed_codes

_D = [
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
]
_P = [
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
]


def _verhoeff_holds(code: str) -> bool:
    """The published algorithm, with one digit of a table per character."""
    check = 0
    for position, digit in enumerate(reversed(code)):
        step = int(_P[position % 8][int(digit)])
        check = int(_D[check][step])
    return check == 0


def _modulus_11_holds(number: str) -> bool:
    weighted = zip(number, range(10, 1, -1), strict=False)
    total = sum(int(digit) * weight for digit, weight in weighted)
    return (11 - total % 11) % 11 == int(number[9])


def test_nhs_numbers_are_distinct_unissued_and_pass_the_check_digit() -> None:
    numbers = nhs_numbers(3000, np.random.default_rng(1)).to_list()
    assert len(set(numbers)) == 3000
    assert all(re.fullmatch("999[0-9]{7}", number) for number in numbers)
    assert all(map(_modulus_11_holds, numbers))


def test_no_nhs_number_mirrors_its_first_half() -> None:
    numbers = nhs_numbers(900_000, np.random.default_rng(1))
    assert not [number for number in numbers if number[:5] == number[:4:-1]]


def test_more_nhs_numbers_than_the_range_holds_are_refused() -> None:
    with pytest.raises(UsageError, match="999 range holds"):
        nhs_numbers(1_000_000, np.random.default_rng(1))


def test_the_verhoeff_check_of_these_tests_knows_a_published_code() -> None:
    assert _verhoeff_holds("720433000")
    assert not _verhoeff_holds("720433001")


@pytest.mark.parametrize("first", [7, 990_001, 99_999_990])
def test_snomed_codes_pass_verhoeff_and_name_a_concept(first: int) -> None:
    codes = snomed_codes(5, first * 10).to_list()
    assert all(map(_verhoeff_holds, codes))
    assert {code[-3:-1] for code in codes} == {"00"}


def test_postcodes_are_distinct_and_fit_the_format() -> None:
    codes = postcodes(8000).to_list()
    assert len(set(codes)) == 8000
    assert all(re.fullmatch("ZQ[1-9] [1-9][A-Z]{2}", code) for code in codes)


def test_local_identifiers_sort_as_their_numbers() -> None:
    assert local_ids("R", range(9, 11), 3).to_list() == ["R009", "R010"]
