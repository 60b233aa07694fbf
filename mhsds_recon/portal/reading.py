"""Reading a Summary Reports zip: the same 25 columns in every report of every year.

Source: the portal's reports for the periods August 2019 to November 2025.
"""

from __future__ import annotations

import csv
import io
import re
from calendar import month_abbr, month_name
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.errors import ExtractError, PortalError
from mhsds_recon.frames import ROW_NUMBER, InputFile
from mhsds_recon.frames.sources import SourceFile
from mhsds_recon.frames.text_tables import read_text_table
from mhsds_recon.portal.opening import (
    AGGREGATION,
    DATA_QUALITY,
    DIAGNOSTICS,
    VALIDATIONS,
    open_summary,
)
from mhsds_recon.portal.report import PLACES, PortalReport
from mhsds_recon.standard import ReportingPeriod

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["read_portal_report"]

_PAIRS = tuple(f"{name}{place}" for place in PLACES for name in ("DATA_ITEM", "DATA_VALUE"))
_COLUMNS = ("REPORT_TYPE", "DESCRIPTION", "CODE", "NUMERATOR", "DENOMINATOR", *_PAIRS)
_FORMS = {
    "CODE": ("^MHS[A-Z]{0,4}[0-9]{3,6}$", "a code of the portal, such as MHS10101"),
    "NUMERATOR": ("^[0-9]{0,15}$", "a whole number"),
    "DENOMINATOR": ("^[0-9]{0,15}$", "a whole number"),
}
_LEVELS = {
    r"^warning\s*-\s*severity\s*1\b": "severity_1_warning",
    r"^warning\b": "warning",
    r"^record rejected\b": "record_rejected",
    r"^group rejected\b": "group_rejected",
    r"^file rejected\b": "file_rejected",
}
_VERSIONS = {r"^\[": "6.0", r"^[A-Z]{1,3}[0-9]{5,7} ": "5.0", "": "4.1"}
_MONTHS = {
    name.lower(): number for names in (month_name, month_abbr) for number, name in enumerate(names)
} | {"sept": 9}
_NAMED = "|".join(sorted(filter(None, _MONTHS), key=len, reverse=True))
_MONTH_IN_NAME = re.compile(
    r"(?<!\d)(?P<year>20\d\d)[-_. ]?(?P<month>0[1-9]|1[0-2])(?!\d)"
    rf"|(?<![a-z])(?P<word>{_NAMED})[-_. ']*(?P<after>20\d\d|\d\d)(?!\d)"
    rf"|(?<!\d)(?P<before>20\d\d)[-_. ]*(?P<last>{_NAMED})(?![a-z])",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class _Member(SourceFile):
    """A report that was taken out of its zip: it must not touch the disk."""

    content_held: bytes = field(repr=False)

    def stored_bytes(self) -> bytes:
        return self.content_held


def read_portal_report(path: Path, *, period: ReportingPeriod | None = None) -> PortalReport:
    """Return what a Summary Reports zip says.

    Args:
        path: The zip, under any name.
        period: Its reporting period; taken from a month in the zip's name where None.

    Raises:
        PortalError: The zip or a report in it cannot be read or does not fit; the message names
            it, and the line where there is one, and never a value.
    """
    summary = open_summary(path)
    tables = {
        report: _read_report(f"{summary.name}/{report}", content)
        for report, content in summary.reports.items()
    }
    issues = nw.concat(
        [_issues(tables.get(name, _no_rows())) for name in (DATA_QUALITY, VALIDATIONS)]
    )
    rows = sum(len(table) for table in tables.values())
    accepted = _numbers(tables.get(AGGREGATION, _no_rows()))
    return PortalReport(
        file=InputFile(name=summary.name, sha256=summary.sha256, size=summary.size, rows=rows),
        reports=tuple(tables),
        version=_version(issues.get_column("item1").drop_nulls().unique()),
        period=period or _month_in(path.stem),
        accepted=accepted.select("code", nw.col("numerator").alias("rows")).to_native(),
        diagnostics=_numbers(tables.get(DIAGNOSTICS, _no_rows())).to_native(),
        issues=issues.to_native(),
    )


def _read_report(name: str, content: bytes) -> nw.DataFrame[Any]:
    """Return the rows of a report as text, blank values null, codes and numbers checked."""
    _require_columns(name, content)
    member = _Member(stem=name, ending=".csv", name=name, content_held=content)
    try:
        rows = nw.from_native(read_text_table(member)[0].collect(), eager_only=True)
    except ExtractError as error:
        raise PortalError(str(error)) from None
    rows = rows.rename({column: column.upper() for column in rows.columns if column != ROW_NUMBER})
    rows = rows.with_columns(nw.col(*_FORMS).str.strip_chars())
    for column, (pattern, expected) in _FORMS.items():
        fits = nw.col(column).str.contains(pattern).fill_null(value=column != "CODE")
        misfits = rows.filter(~fits).get_column(ROW_NUMBER)
        if len(misfits):
            message = (
                f"'{name}', row {misfits.min()} after the header: {column} is not {expected}"
                f" (rows with such a problem: {len(misfits)}). Download the zip again."
            )
            raise PortalError(message)
    return rows


def _require_columns(name: str, content: bytes) -> None:
    """Refuse another header; what was found is not said, as it may be a row of values."""
    first = content[: 1 << 16].removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="replace")
    found = [
        column.strip().upper() for column in next(csv.reader(io.StringIO(first, newline="")), [])
    ]
    if sorted(found) == sorted(_COLUMNS):
        return
    missing = [column for column in _COLUMNS if column not in found]
    message = (
        f"'{name}' does not start with the {len(_COLUMNS)} columns of a Summary Report"
        f" (columns found: {len(found)}; missing: {', '.join(missing) or 'none'})."
        " Give the zip as the portal made it."
    )
    raise PortalError(message)


def _no_rows() -> nw.DataFrame[Any]:
    return nw.from_dict(
        {column: [] for column in _COLUMNS},
        schema=dict.fromkeys(_COLUMNS, nw.String()),
        backend="polars",
    )


def _numbers(table: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    """Return code, numerator, denominator: one row per code, in its order."""
    counted = table.select(
        nw.col("CODE").alias("code"), _number("NUMERATOR"), _number("DENOMINATOR")
    )
    named = [nw.col(name) for name in ("numerator", "denominator")]
    known = (nw.when(column.count() > 0).then(column.sum()) for column in named)
    return counted.group_by("code").agg(*known).sort("code")


def _issues(table: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    """Return code, level, rows and the pairs, one row per record and rule."""
    pairs = (
        nw.col(f"DATA_{part.upper()}{place}").alias(f"{part}{place}")
        for place in PLACES
        for part in ("item", "value")
    )
    level = nw.lit(None, dtype=nw.String())
    said = nw.col("DESCRIPTION").str.strip_chars().str.to_lowercase()
    for pattern, name in reversed(_LEVELS.items()):
        level = nw.when(said.str.contains(pattern)).then(nw.lit(name)).otherwise(level)
    rows = _number("NUMERATOR").fill_null(1).alias("rows")
    return table.select(nw.col("CODE").alias("code"), level.alias("level"), rows, *pairs)


def _number(column: str) -> nw.Expr:
    text = nw.col(column)
    return nw.when(text != "").then(text).cast(nw.Int64).alias(column.lower())


def _version(items: Iterable[str]) -> str:
    """Return the version in whose form most items are named; empty where there are none."""
    forms = [
        next(version for form, version in _VERSIONS.items() if re.match(form, item))
        for item in items
    ]
    return max(sorted(set(forms)), key=forms.count, default="")


def _month_in(name: str) -> ReportingPeriod | None:
    """Return the one month that a name speaks of, such as 2025-09 or Sep25."""
    months = set()
    for found in _MONTH_IN_NAME.finditer(name):
        year = int(found["year"] or found["after"] or found["before"]) % 100 + 2000
        word = found["word"] or found["last"]
        months.add((year, _MONTHS[word.lower()] if word else int(found["month"])))
    return ReportingPeriod(*months.pop()) if len(months) == 1 else None
