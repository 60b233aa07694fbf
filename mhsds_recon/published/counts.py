"""Reading a local counts file: a provider's own figures in the published layout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.errors import PublishedError
from mhsds_recon.published.figures import LocalCounts, PublishedFigures
from mhsds_recon.published.opening import open_published
from mhsds_recon.published.reading import no_such_provider, without_repeats
from mhsds_recon.published.rows import providers_in, read_rows
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.standard.publication import EXACT_VALUE

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from mhsds_recon.published.opening import PublishedCsv
    from mhsds_recon.standard import Standard

__all__ = ["read_counts"]

_SMALLEST_SHOWN = 5
_COLUMNS = (
    "reporting_period_start",
    "reporting_period_end",
    "status",
    "breakdown",
    "primary_level",
    "primary_level_description",
    "secondary_level",
    "secondary_level_description",
    "measure_id",
    "measure_name",
    "exact_value",
    "numerator",
    "denominator",
    "disclosure",
    "measure_value",
)


def read_counts(
    path: Path,
    *,
    standard: Standard,
    provider: str | None = None,
    period: ReportingPeriod | None = None,
) -> LocalCounts:
    """Return a provider's own counts for a reporting period.

    The file has the published layout and perhaps ``EXACT_VALUE``. Without that column a value
    is exact if the file holds counts that disclosure control would not have let stand (one
    below 5, or no multiple of 5); otherwise all its values have been through it, and the exact
    ones are not known.

    Args:
        path: The file, a CSV or a zip that holds one.
        standard: Where the measures' disclosure rules come from.
        provider: Code of the provider; the only one in the file where None.
        period: The reporting period; the only one in the file where None.

    Raises:
        PublishedError: The file cannot be read or does not fit, or has no row, or rows of
            several, for the provider or period.
    """
    file = open_published(path)
    code = _only_provider(file) if provider is None else provider
    read = PublishedFigures(provider=None, frame=read_rows(file, code)).of_provider(code)
    rows = nw.from_native(read.frame).with_columns(
        file_version=nw.lit(""), file=nw.lit(file.name), disclosure=_disclosure(standard)
    )
    if rows.is_empty():
        raise no_such_provider(code, [path])
    rows = rows.with_columns(
        exact_value=_exact(rows, told=EXACT_VALUE in file.columns),
        numerator=nw.lit(None, nw.Float64),
        denominator=nw.lit(None, nw.Float64),
        measure_value=nw.col("published"),
    )
    own = period or _only_period(file.name, rows)
    counted = without_repeats(rows).filter(nw.col("reporting_period_end") == own.end)
    if counted.is_empty():
        raise _no_such_period(file.name, own, rows)
    return LocalCounts(provider=code, period=own, frame=counted.select(_COLUMNS).to_native())


def _only_provider(file: PublishedCsv) -> str:
    found = providers_in(file)
    if len(found) == 1:
        return found[0]
    shown = ", ".join(found[:5])
    message = f"'{file.name}' has counts of {len(found)} providers ({shown}). Say which one."
    raise PublishedError(message)


def _disclosure(standard: Standard) -> nw.Expr:
    rules = {measure.id: measure.disclosure for measure in standard.measures.values()}
    return nw.col("measure_id").replace_strict(
        list(rules), list(rules.values()), default=None, return_dtype=nw.String
    )


def _exact(rows: nw.DataFrame[Any], *, told: bool) -> nw.Expr:
    if told:
        return nw.col("exact_value")
    value = nw.col("published_value")
    uncontrolled = nw.col("disclosure").str.ends_with("_count") & (
        (value < _SMALLEST_SHOWN) | (value % _SMALLEST_SHOWN != 0)
    )
    if rows.filter(uncontrolled).is_empty():
        return nw.lit(None, nw.Float64)
    return value


def _periods(rows: nw.DataFrame[Any]) -> list[ReportingPeriod]:
    ends: set[dt.date] = set(rows.get_column("reporting_period_end").to_list())
    return sorted(ReportingPeriod.of(end) for end in ends)


def _only_period(name: str, rows: nw.DataFrame[Any]) -> ReportingPeriod:
    found = _periods(rows)
    if len(found) == 1:
        return found[0]
    message = f"'{name}' has counts for {', '.join(map(str, found))}. Say which period is meant."
    raise PublishedError(message)


def _no_such_period(name: str, period: ReportingPeriod, rows: nw.DataFrame[Any]) -> PublishedError:
    found = ", ".join(map(str, _periods(rows)))
    return PublishedError(f"'{name}' has no counts for {period}. Periods found: {found}.")
