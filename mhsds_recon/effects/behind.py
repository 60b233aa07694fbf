"""Which rules stand behind the rejected rows that a measure misses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.frames import ROW_NUMBER
from mhsds_recon.measures import months_read, tables_read
from mhsds_recon.standard import REJECTING_LEVELS
from mhsds_recon.standard.checks import Linked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mhsds_recon.standard import Measure, ReportingPeriod, Standard
    from mhsds_recon.validation import Validation

__all__ = ["rules_behind"]


def rules_behind(
    measure: Measure,
    validations: Sequence[Validation],
    *,
    standard: Standard,
    period: ReportingPeriod,
    cascade: bool,
) -> tuple[int, str]:
    """Return how many rejected rows a measure would have read, and the rules that reject them.

    Args:
        measure: The measure; its tables and months are looked at.
        validations: One per month, of one provider.
        standard: The rules.
        period: The reporting period that is counted.
        cascade: Whether to name the rows that only a link rejects, or those with a rule of
            their own against them. No row is in both.

    Returns:
        The rows, each once, and text such as ``MHS20107: 4 rows, MHS10123: 1 row``, most rows
        first, a row under each of its rules; 0 and empty where there are none.
    """
    periods = [v.extract.period for v in validations if v.extract.period is not None]
    if not periods:
        return 0, ""
    read = months_read(measure, period, min(periods), standard)
    tables = sorted(tables_read(measure, standard))
    found = [
        _rejections(validation, standard, cascade=cascade)
        .filter(nw.col("table").is_in(tables))
        .with_columns(month=nw.lit(str(validation.extract.period)))
        for validation in validations
        if validation.extract.period in read
    ]
    if not found:
        return 0, ""
    rejections = nw.concat(found)
    by_code = (
        rejections.group_by("code")
        .agg(nw.len().alias("rows"))
        .sort("rows", "code", descending=[True, False])
    )
    counted = by_code.iter_rows(named=True)
    words = (f"{r['code']}: {r['rows']:,} row{'' if r['rows'] == 1 else 's'}" for r in counted)
    return len(rejections.select("month", "table", ROW_NUMBER).unique()), ", ".join(words)


def _rejections(validation: Validation, standard: Standard, *, cascade: bool) -> nw.DataFrame[Any]:
    """Return code, table and row_number of the rejections of one kind."""
    links = [code for code, rule in standard.rules.items() if isinstance(rule.check, Linked)]
    rejections = nw.from_native(validation.findings, eager_only=True).filter(
        nw.col("level").is_in(REJECTING_LEVELS)
    )
    own = rejections.filter(~nw.col("code").is_in(links))
    if not cascade:
        return own.select("code", "table", ROW_NUMBER)
    return (
        rejections.filter(nw.col("code").is_in(links))
        .join(own.select("table", ROW_NUMBER), on=["table", ROW_NUMBER], how="anti")
        .select("code", "table", ROW_NUMBER)
    )
