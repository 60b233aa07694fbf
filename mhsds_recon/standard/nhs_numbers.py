"""NHS numbers, as they may stand in any text."""

from __future__ import annotations

import re

__all__ = ["holds_nhs_number", "is_nhs_number"]

_TEN_DIGITS = re.compile(
    r"(?<!\d)\d{3}[\s-]?\d{3}[\s-]?\d{4}(?!\d)"
    r"|(?<![\d,])\d,\d{3},\d{3},\d{3}(?![\d,])"
)
_CHECK_WEIGHTS = range(10, 1, -1)
_MODULUS = 11


def is_nhs_number(digits: str) -> bool:
    """Return whether ten digits pass the check of an NHS number.

    Source: NHS Data Dictionary, attribute NHS NUMBER: weights 10 to 2, modulus 11, a check
    digit of 11 counts as 0 and of 10 as invalid.
    """
    total = sum(int(digit) * weight for digit, weight in zip(digits, _CHECK_WEIGHTS, strict=False))
    return (_MODULUS - total % _MODULUS) % _MODULUS == int(digits[-1])


def holds_nhs_number(text: str) -> bool:
    """Return whether ten digits of a text, spaced in any usual way, pass that check."""
    found = (re.sub(r"\D", "", match[0]) for match in _TEN_DIGITS.finditer(text))
    return any(is_nhs_number(digits) for digits in found)
