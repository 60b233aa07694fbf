"""Hypothesis strategies for valid values of elements; needs ``hypothesis``.

>>> from hypothesis import given
>>> from mhsds_recon.testing.strategies import values_of
>>> @given(values_of("MHS201CareContact", "AttendStatus"))
... def test_attendance(code): ...
"""

from __future__ import annotations

import datetime as dt
from string import ascii_uppercase, digits

from hypothesis import strategies as st

from mhsds_recon.standard import Element, load_standard
from mhsds_recon.standard.formats import TextFormat, parse_format
from mhsds_recon.testing.identifiers import snomed_codes
from mhsds_recon.testing.setting import never_blank

__all__ = ["rows_of", "values_of"]

_FIRST_DAY = dt.date(1890, 1, 1)
_LAST_DAY = dt.date(2099, 12, 31)
_CONCEPTS = tuple(snomed_codes(50, 995_001))
_DAYS = st.dates(_FIRST_DAY, _LAST_DAY).map(dt.date.isoformat)
_CLOCK = st.times().map(lambda time: time.strftime("%H:%M:%S"))
_OFFSETS = st.sampled_from(["Z", "+00:00", "+01:00", "-00:00"])
_NAMED = {
    "date": _DAYS,
    "time": _CLOCK,
    "datetime": st.builds("{}T{}".format, _DAYS, _CLOCK),
    "timestamp": st.builds("{}T{}{}".format, _DAYS, _CLOCK, _OFFSETS),
    "postcode": st.from_regex(r"ZQ[1-9] [1-9][ABD-HJLNP-UW-Z]{2}", fullmatch=True),
}


def values_of(table: str, element: str, *, version: str = "6.0") -> st.SearchStrategy[str]:
    """Return a strategy for values that an element's format and code list accept.

    Rules that look at other elements or rows are not considered.

    Raises:
        DefinitionError: There is no such table.
        KeyError: The table has no such element.
    """
    standard = load_standard(version)
    return _values(standard.table(table).element(element), version)


def rows_of(table: str, *, version: str = "6.0") -> st.SearchStrategy[dict[str, str | None]]:
    """Return a strategy for rows of a table, with null only where no rule minds a blank."""
    standard = load_standard(version)
    filled = never_blank(standard, table)
    return st.fixed_dictionaries(
        {
            element.name: _values(element, version)
            if element.name in filled
            else st.none() | _values(element, version)
            for element in standard.table(table).elements
        }
    )


def _values(element: Element, version: str) -> st.SearchStrategy[str]:
    """Return a strategy for one element."""
    if element.code_list and (codes := load_standard(version).code_lists[element.code_list].values):
        return st.sampled_from(codes)
    if element.snomed:
        return st.sampled_from(_CONCEPTS)
    parsed = parse_format(element.format) if element.format else _ANY
    return _texts(parsed) if isinstance(parsed, TextFormat) else _NAMED[parsed]


_ANY = TextFormat(shortest=1, longest=20, digits=False)


def _texts(shape: TextFormat) -> st.SearchStrategy[str]:
    """Return a strategy for texts of a length, digits only where the format says so."""
    letters = digits if shape.digits else digits + ascii_uppercase
    text = st.text(letters, min_size=shape.shortest, max_size=shape.longest)
    if shape.decimals is None:
        return text
    decimals = st.text(digits, min_size=shape.decimals, max_size=shape.decimals)
    return st.builds("{}.{}".format, text, decimals)
