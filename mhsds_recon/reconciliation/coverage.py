"""Who is expected, who submitted, and who is in the published file."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

import narwhals as nw
from msgspec import Struct, ValidationError, convert

from mhsds_recon.errors import ReferenceFileError
from mhsds_recon.published import best_of
from mhsds_recon.published.ranking import rank
from mhsds_recon.standard.periods import Month

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import polars as pl

    from mhsds_recon.published import PublishedFigures
    from mhsds_recon.standard import ReportingPeriod
    from mhsds_recon.validation import Validation

__all__ = ["COVERAGE_COLUMNS", "STATES", "Coverage", "Expected", "cover", "read_expected"]

State = Literal[
    "missing",
    "not_published",
    "rejected_not_published",
    "rejected_but_published",
    "no_extract",
    "complete",
    "submitted",
    "rejected",
    "not_submitted",
]

STATES: tuple[State, ...] = get_args(State)
"""What can be said of a provider; the last three where no published file was given."""

COVERAGE_COLUMNS = (
    "provider",
    "name",
    "expected",
    "state",
    "extract",
    "file_verdict",
    "rejected_by",
    "status",
    "file_version",
    "published_figures",
)
"""The columns of ``Coverage.frame``."""

_STATES: dict[tuple[str, bool | None], State] = {
    ("", False): "missing",
    ("accepted", False): "not_published",
    ("rejected", False): "rejected_not_published",
    ("rejected", True): "rejected_but_published",
    ("", True): "no_extract",
    ("accepted", True): "complete",
    ("accepted", None): "submitted",
    ("rejected", None): "rejected",
    ("", None): "not_submitted",
}
_AT_RISK = ("missing", "not_published", "rejected_not_published", "rejected", "not_submitted")


class Expected(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A provider that should submit, from one month to another where those are given."""

    provider: str
    name: str = ""
    first_month: Month | None = None
    last_month: Month | None = None

    def is_due(self, period: ReportingPeriod) -> bool:
        """Return whether the provider should submit for a reporting period."""
        return (self.first_month or "") <= str(period) <= (self.last_month or "9999-12")


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Who is expected, who submitted, and who is published, for one reporting period.

    Attributes:
        period: The reporting period.
        frame: One row for each provider that is expected or submitted, with
            ``COVERAGE_COLUMNS``: expected (Boolean), one of ``STATES``, the name of the extract
            and our verdict on its file with the rules behind a rejection, and the status, file
            version and number of figures published for it. Empty texts where there is nothing.
    """

    period: ReportingPeriod
    frame: pl.DataFrame = field(repr=False)

    @property
    def is_complete(self) -> bool:
        """Whether nobody who is expected is missing or rejected."""
        rows = nw.from_native(self.frame).filter(nw.col("expected"))
        return rows.filter(nw.col("state").is_in(_AT_RISK)).is_empty()


def read_expected(path: Path, period: ReportingPeriod) -> dict[str, Expected]:
    """Return the providers expected for a reporting period, by code, from a CSV.

    Its columns are provider and, where wanted, name, first_month and last_month (CCYY-MM).

    Raises:
        ReferenceFileError: The file cannot be read or does not fit, or names a provider twice.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = [
                {str(name): (cell or "").strip() for name, cell in row.items()}
                for row in csv.DictReader(lines)
            ]
        filled = [{name: cell for name, cell in row.items() if cell} for row in rows]
        listed = convert([row for row in filled if row], list[Expected])
    except (OSError, UnicodeDecodeError, ValidationError, AttributeError) as error:
        message = (
            f"'{path.name}' is no list of expected providers. Give a CSV with the column provider"
            " and, if wanted, name, first_month and last_month as CCYY-MM."
        )
        raise ReferenceFileError(message) from error
    due: dict[str, Expected] = {}
    for one in (one for one in listed if one.is_due(period)):
        if one.provider in due:
            message = f"'{path.name}' expects {one.provider} twice for {period}. Keep one row."
            raise ReferenceFileError(message)
        due[one.provider] = one
    return due


def cover(
    period: ReportingPeriod,
    *,
    expected: Mapping[str, Expected],
    submitted: Mapping[str, Validation],
    published: Mapping[str, Sequence[PublishedFigures]] | None,
) -> Coverage:
    """Return the coverage table of a reporting period.

    Args:
        period: The reporting period.
        expected: Who should submit, by code.
        submitted: What validation says of the extract of each provider for the period, by code.
        published: The files' figures by the code of every provider named above; None where no
            file was given.
    """
    rows = [
        _row(
            code,
            expected.get(code),
            submitted.get(code),
            None if published is None else _published(published[code], period),
        )
        for code in sorted({*expected, *submitted})
    ]
    types: dict[str, nw.dtypes.DType] = {"expected": nw.Boolean(), "published_figures": nw.Int64()}
    schema = {name: types.get(name, nw.String()) for name in COVERAGE_COLUMNS}
    frame: pl.DataFrame = nw.from_dicts(rows, schema, backend="polars").to_native()
    return Coverage(period=period, frame=frame)


def _row(
    code: str,
    expected: Expected | None,
    validation: Validation | None,
    published: pl.DataFrame | None,
) -> dict[str, Any]:
    verdict = None if validation is None else validation.file_verdict
    judged = "" if verdict is None else "accepted" if verdict.accepted else "rejected"
    ranked = None if published is None else nw.from_native(published)
    is_published = None if ranked is None else not ranked.is_empty()
    first = next(ranked.iter_rows(named=True), {}) if ranked is not None else {}
    return {
        "provider": code,
        "name": expected.name if expected else "",
        "expected": expected is not None,
        "state": _STATES[judged, is_published],
        "extract": validation.extract.name if validation else "",
        "file_verdict": judged,
        "rejected_by": ", ".join(verdict.codes) if verdict else "",
        "status": first.get("status", ""),
        "file_version": first.get("file_version", ""),
        "published_figures": 0 if ranked is None else len(ranked),
    }


def _published(files: Sequence[PublishedFigures], period: ReportingPeriod) -> pl.DataFrame:
    """Return the figures that count for a period, those of the best file first."""
    rows = nw.from_native(best_of(files).frame)
    own = rows.filter(nw.col("reporting_period_end") == period.end)
    order = rank(nw.col("status"), nw.col("file_version"))
    ordered: pl.DataFrame = (
        own.with_columns(order=order).sort("order", descending=True).drop("order").to_native()
    )
    return ordered
