"""The structure of SNOMED CT concept identifiers: size, kind, and Verhoeff's check digit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["is_concept_identifier", "is_expression"]

_LONGEST = 18
_CONCEPT = f"^[0-9]{{3,{_LONGEST - 3}}}[01]0[0-9]$"
# Attributes of a procedure: its context, and its associated procedure.
_ATTRIBUTES = ("408730004", "363589002")
_EXPRESSION = f"^[0-9]+:(?:{'|'.join(_ATTRIBUTES)})=[0-9]+$"

# Verhoeff's scheme: digits are permuted by their place, then multiplied in the group of the
# symmetries of a pentagon, whose elements 0 to 4 turn it and 5 to 9 turn it over.
_CORNERS = 5
_PERMUTED = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
_CYCLE = 8
_BLOCK = 3


def _multiply(left: int, right: int) -> int:
    turned = (left - right if left >= _CORNERS else left + right) % _CORNERS
    return turned + (_CORNERS if (left >= _CORNERS) != (right >= _CORNERS) else 0)


def _permute(digit: int, place: int) -> int:
    for _ in range(place % _CYCLE):
        digit = _PERMUTED[digit]
    return digit


def _product(digits: Iterable[int], start: int = 0) -> int:
    """Return the product of digits that stand from a place on, counted from the right."""
    product = 0
    for place, digit in enumerate(digits, start):
        product = _multiply(product, _permute(digit, place))
    return product


# Digits are looked up by threes, which takes a third of the steps that single digits would.
_BLOCKS = tuple(
    {
        number: _product((number % 10, number // 10 % 10, number // 100), start)
        for number in range(10**_BLOCK)
    }
    for start in range(0, _LONGEST, _BLOCK)
)
_PRODUCTS = {10 * left + right: _multiply(left, right) for left in range(10) for right in range(10)}
# What the zeros in front of an identifier of so many digits multiply it by.
_ZEROS = {length: _product([0] * (_LONGEST - length), length) for length in range(1, _LONGEST + 1)}


def is_concept_identifier(value: nw.Expr) -> nw.Expr:
    """Return whether a value is built like an identifier of a concept; null for a null.

    All digits, 6 to 18 of them, the last a correct check digit and the two before it 00 or 10.
    """
    shaped = value.str.contains(_CONCEPT)
    # Casting is strict on every engine, so that other values have to be replaced beforehand.
    digits = nw.when(shaped).then(value).otherwise(nw.lit("0"))
    padded = digits.str.zfill(_LONGEST)
    product = nw.lit(0)
    for position, block in enumerate(_BLOCKS):
        number = padded.str.slice(_LONGEST - _BLOCK * (position + 1), _BLOCK).cast(nw.Int64)
        factor = number.replace_strict(block, return_dtype=nw.Int64())
        product = (10 * product + factor).replace_strict(_PRODUCTS, return_dtype=nw.Int64())
    zeros = digits.str.len_chars().replace_strict(_ZEROS, return_dtype=nw.Int64())
    return shaped & (product == zeros)


def is_expression(value: nw.Expr) -> nw.Expr:
    """Return whether a value is a concept with an attribute of a procedure; null for a null.

    Written ``concept:attribute=value``, concept and value both built like identifiers of concepts;
    that is never longer than the 56 characters which the standard allows.
    """
    concept = value.str.replace(":.*$", "")
    attribute_value = value.str.replace("^.*=", "")
    return (
        value.str.contains(_EXPRESSION)
        & is_concept_identifier(concept)
        & is_concept_identifier(attribute_value)
    )
