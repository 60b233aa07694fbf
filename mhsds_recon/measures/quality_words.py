"""How an item of data quality classes a value, in words, made from the data that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from mhsds_recon.standard.quality import (
    AgeAtMost,
    AtTime,
    CodedAs,
    DateBetween,
    Filled,
    Flagged,
    KnownOrganisation,
    KnownPostcode,
    ListedCode,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mhsds_recon.standard.quality import QualityItem

__all__ = ["describe_item"]


def describe_item(item: QualityItem) -> str:
    """Return what result a row has for an item, as lines of text."""
    return "\n".join(f"{item.element}: {line}" for line in _lines(item))


def _lines(item: QualityItem) -> Iterator[str]:  # noqa: C901  one sentence or two per kind
    match item.check:
        case Filled():
            yield "anything is Valid, a blank Missing."
        case ListedCode() as check:
            how = " by its first character" if check.first_character else ""
            yield f"the quality of its code in {check.code_list}{how}, from the code's first day."
            also = f", and so are {_and(check.invalid)}" if check.invalid else ""
            yield f"a code that is not in the list is Invalid{also}."
            yield _blank(is_missing=check.blank_is_missing)
        case KnownOrganisation() as check:
            kinds = _and(check.kinds) if check.kinds else "organisation"
            listed = f" that is one of the {check.listed_in}" if check.listed_in else ""
            yield f"Valid for a known {kinds}{listed}, open after the period."
            yield "Other for one that closed in it or the day before; else Invalid."
            if check.default:
                yield f"Default for {_and(check.default)}."
            yield _blank(is_missing=check.blank_is_missing)
        case KnownPostcode(default_start=start):
            yield f"Valid for a known postcode, Default where it starts {start}, else Invalid."
            yield _blank(is_missing=True)
        case AgeAtMost(years=years):
            yield f"Valid up to the age of {years} at the end of the period, else Invalid."
            yield _blank(is_missing=True)
        case DateBetween(not_before=earliest, not_after=latest):
            parts = (earliest and f"before {earliest}", latest and f"after {latest}")
            yield f"Invalid {' or '.join(part for part in parts if part)}, else Valid."
            yield _blank(is_missing=True)
        case CodedAs(codes=codes, negated=negated):
            yield f"counts where {'blank or not' if negated else 'it is'} {_and(codes)}."
        case AtTime(minute=minute, hour=hour):
            when = "of any hour" if hour is None else f"past {hour:02d}:00"
            yield f"counts at minute {minute:02d} {when}."
        case Flagged():
            yield "counts where it is yes."
        case _:
            assert_never(item.check)


def _blank(*, is_missing: bool) -> str:
    return "a blank is Missing." if is_missing else "a blank has no result."


def _and(codes: Sequence[str]) -> str:
    *others, last = codes
    return f"{', '.join(others)} or {last}" if others else last
