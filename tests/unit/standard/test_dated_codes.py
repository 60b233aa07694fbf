"""Lists of codes that count in some months and not in others."""

from __future__ import annotations

import msgspec
import pytest

from mhsds_recon.errors import DefinitionError
from mhsds_recon.standard import Standard
from mhsds_recon.standard.dated_codes import DatedCode


def test_a_list_is_found_by_its_name(standard: Standard) -> None:
    codes = standard.codes_named("eating_disorder_treatment_mechanism")
    assert DatedCode(code="04", first_month="2025-04") in codes


def test_an_unknown_list_is_named_with_its_near_miss(standard: Standard) -> None:
    with pytest.raises(DefinitionError, match="'eating_disorder_treatment'"):
        standard.codes_named("eating_disorder_treatments")


def test_no_code_ends_before_it_begins(standard: Standard) -> None:
    for dated in standard.dated_codes.values():
        for code in dated.codes:
            assert (code.first_month or "") <= (code.last_month or "9999"), code


@pytest.mark.parametrize("month", ["2025-13", "2025-4", "April 2025"])
def test_months_are_year_and_month(month: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="first_month"):
        msgspec.convert({"code": "1", "first_month": month}, DatedCode)
