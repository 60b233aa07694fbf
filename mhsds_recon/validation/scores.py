"""Which scores an assessment tool can give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mhsds_recon.standard import Scale

__all__ = ["has_certain_scale", "is_possible"]

# One zero before the point is no leading zero; more than nine digits no scale has.
_NUMBER = "^(?:0|[1-9][0-9]{0,8})(?:[.][0-9]+)?$"
_BETWEEN = "|"


def is_possible(score: str, tool: str, scales: Mapping[str, Scale]) -> nw.Expr:
    """Return whether a tool can give a score; true for tools without a scale.

    Args:
        score: The element with the score as text.
        tool: The element with the tool's code.
        scales: The scales by tool.
    """
    value, code = nw.col(score), nw.col(tool)
    known = code.is_in(list(scales))
    measured = [scale for scale in scales.values() if scale.low is not None]
    has_range = code.is_in([scale.code for scale in measured])
    # Casting and replacing are strict on every engine: what cannot be read is replaced beforehand.
    shaped = value.str.contains(_NUMBER)
    number = nw.when(shaped).then(value).otherwise(nw.lit("0")).cast(nw.Float64)
    decimals = value.str.replace("^[0-9]+[.]?", "").str.len_chars()
    some = nw.when(has_range).then(code).otherwise(nw.lit(next(iter(measured)).code))
    low, high, most_decimals = (
        some.replace_strict({scale.code: getattr(scale, name) for scale in measured})
        for name in ("low", "high", "decimals")
    )
    in_range = has_range & shaped & (number >= low) & (number <= high) & (decimals <= most_decimals)
    others = [
        f"{scale.code}{_BETWEEN}{other}" for scale in scales.values() for other in scale.others
    ]
    is_other = nw.concat_str(code, value, separator=_BETWEEN).is_in(others)
    return ~known | in_range | is_other


def has_certain_scale(tool: str, scales: Mapping[str, Scale]) -> nw.Expr:
    """Return whether all scores that a tool accepts are known; true for a null."""
    uncertain = [scale.code for scale in scales.values() if not scale.certain]
    return ~nw.col(tool).is_in(uncertain).fill_null(value=False)
