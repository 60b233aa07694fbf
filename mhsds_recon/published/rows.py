"""From the text of a published CSV to typed rows: every value is read, or refused with its line."""

from __future__ import annotations

import re
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.frames.engine import PolarsEngine
from mhsds_recon.frames.extract import ROW_NUMBER
from mhsds_recon.frames.text_files import (
    NUMBER,
    MalformedCsvError,
    filter_text_csv,
    read_numbers,
)
from mhsds_recon.published.refusing import malformed, refuse_short_rows, unreadable
from mhsds_recon.standard.publication import (
    EXACT_VALUE,
    NO_LEVEL,
    PUBLISHED_COLUMNS,
    STATUSES,
    SUPPRESSED,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import polars as pl

    from mhsds_recon.published.opening import PublishedCsv

__all__ = ["providers_in", "read_rows"]

_MONTH = "(?:0[1-9]|1[0-2])"
_DAY = "(?:0[1-9]|[12][0-9]|3[01])"
_DATE = f"[0-9]{{4}}-{_MONTH}-{_DAY}|{_DAY}[/-]{_MONTH}[/-](?:[0-9]{{2}})?[0-9]{{2}}"
_DATES = ("REPORTING_PERIOD_START", "REPORTING_PERIOD_END")
_SHAPES = {
    **dict.fromkeys(_DATES, _DATE),
    "STATUS": f"(?i:{'|'.join(STATUSES)})",
    "MEASURE_ID": r"\S.*",
    "MEASURE_VALUE": rf"\*|(?:{NUMBER})?",
    EXACT_VALUE: f"(?:{NUMBER})?",
}
_EXPECTED = {
    **dict.fromkeys(_DATES, "a date such as 01/04/2024 (day first) or 2024-04-01"),
    "STATUS": f"one of {', '.join(STATUSES)}",
    "MEASURE_ID": "the code of a measure",
    "MEASURE_VALUE": f"a number, {SUPPRESSED} or blank",
    EXACT_VALUE: "a number or blank",
}
_ISO = re.compile("[0-9]{4}-")
_LEVELS = ("PRIMARY_LEVEL", "SECONDARY_LEVEL")


def read_rows(file: PublishedCsv, provider: str | Collection[str] | None) -> pl.DataFrame:
    """Return the rows of one or more providers, or of all, typed; every row is checked.

    Args:
        file: The opened file.
        provider: Code of a provider, for the rows with a level that starts with it (a few others
            may come with them); or several codes, for those with one of them. All rows where
            None.

    Returns:
        The columns of ``PublishedFigures.frame`` but for ``file_version`` and ``file``, then
        ``exact_value`` (Float64, null without that column) and ``row_number``.

    Raises:
        PublishedError: A row has too many or too few values, or a value that cannot be read;
            the line is named. A row of another provider that lacks its last value is not noticed.
    """
    checked = [column for column in _SHAPES if column in file.columns]
    suspect = reduce(or_, (_may_be_wrong(name) for name in checked if name not in _DATES))
    dates = dict.fromkeys(_DATES, _form_of_dates(file))
    kept = nw.from_native(_filter(file, _has_level(provider) | suspect, dates))
    texts = (nw.col(name).str.strip_chars() for name in checked)
    blank_line = nw.all_horizontal(*(text == "" for text in texts), ignore_nulls=True)
    rows = kept.filter(~blank_line).to_native()
    refuse_short_rows(file, _ending_blank(file, rows))
    typed, problems = PolarsEngine().collect([_typed(rows, file.columns), _problems(rows, checked)])
    if problems.height:
        raise unreadable(file, problems.row(0, named=True), _EXPECTED, problems.height)
    return typed


def providers_in(file: PublishedCsv) -> list[str]:
    """Return the codes of the providers that a file has rows of, in order."""
    is_provider = nw.col("BREAKDOWN").str.starts_with("Provider")
    rows = nw.from_native(_filter(file, is_provider, {}))
    return sorted(set(rows.get_column("PRIMARY_LEVEL").str.strip_chars().to_list()))


def _filter(file: PublishedCsv, keep: nw.Expr, dates: Mapping[str, str]) -> pl.DataFrame:
    try:
        return filter_text_csv(file.content, columns=file.columns, keep=keep, dates=dates)
    except MalformedCsvError:
        raise malformed(file) from None


def _form_of_dates(file: PublishedCsv) -> str:
    """Return the form of the file's first date; rows in another form are looked at singly."""
    values = next((row for _, row in file.records() if row), [])
    first = dict(zip(file.columns, values, strict=False)).get(_DATES[0], "").strip()
    if _ISO.match(first):
        return "%Y-%m-%d"
    return "%d-%m-%Y" if "-" in first else "%d/%m/%Y"


def _may_be_wrong(column: str) -> nw.Expr:
    """Return a test for every row of the file that is cheap and lets nothing wrong pass."""
    if column == "STATUS":
        return ~nw.col(column).is_in([*STATUSES, *(f"{status} " for status in STATUSES)])
    return nw.col(column) == "" if column == "MEASURE_ID" else _is_wrong(column)


def _is_wrong(column: str) -> nw.Expr:
    return ~nw.col(column).str.contains(rf"^\s*(?:{_SHAPES[column]})\s*$")


def _has_level(provider: str | Collection[str] | None) -> nw.Expr:
    if provider is None:
        return nw.lit(value=True)
    if isinstance(provider, str):
        named = (nw.col(level).str.starts_with(provider) for level in _LEVELS)
    else:
        codes = list(provider)
        named = (nw.col(level).str.strip_chars().is_in(codes) for level in _LEVELS)
    return reduce(or_, named)


def _typed(rows: pl.DataFrame, columns: tuple[str, ...]) -> nw.LazyFrame[Any]:
    further = [name for name in columns if name.endswith("_LEVEL") and name not in _LEVELS]
    text = nw.from_native(rows.lazy()).with_columns(nw.col(*columns).str.strip_chars())
    text = text.with_columns(
        *(_iso(nw.col(name)) for name in _DATES),
        *(_blank_as(nw.col(name), nw.lit(NO_LEVEL)) for name in (*_LEVELS, *further)),
        nw.col("STATUS").str.to_titlecase(),
    )
    nothing = nw.lit(None, nw.String)
    read = PolarsEngine().read_dates(text, _DATES)
    names = nw.col("MEASURE_NAME") if "MEASURE_NAME" in columns else nothing
    exact = (
        read_numbers(nw.col(EXACT_VALUE)) if EXACT_VALUE in columns else nw.lit(None, nw.Float64)
    )
    return read.select(
        *(nw.col(name).alias(name.lower()) for name in PUBLISHED_COLUMNS[:-2]),
        names.alias("measure_name"),
        _blank_as(nw.col("MEASURE_VALUE"), nothing).alias("published"),
        read_numbers(nw.col("MEASURE_VALUE")).alias("published_value"),
        _joined(further).alias("further_levels"),
        exact.alias(EXACT_VALUE.lower()),
        ROW_NUMBER,
    )


def _iso(text: nw.Expr) -> nw.Expr:
    """Return dates as CCYY-MM-DD; years of two digits are this century's."""
    long = text.str.replace_all("^([0-9]{2})[/-]([0-9]{2})[/-]([0-9]{4})$", "${3}-${2}-${1}")
    return long.str.replace_all("^([0-9]{2})[/-]([0-9]{2})[/-]([0-9]{2})$", "20${3}-${2}-${1}")


def _blank_as(text: nw.Expr, other: nw.Expr) -> nw.Expr:
    return nw.when(text != "").then(text).otherwise(other)


def _joined(levels: list[str]) -> nw.Expr:
    used = (nw.when(nw.col(level) != NO_LEVEL).then(nw.col(level)) for level in levels)
    if not levels:
        return nw.lit("")
    return nw.concat_str(*used, separator="; ", ignore_nulls=True)


def _problems(rows: pl.DataFrame, checked: list[str]) -> nw.LazyFrame[Any]:
    """Return the first problem of each row that has one: row_number, column and value."""
    days = {name: f"{name} day" for name in _DATES}
    text = nw.from_native(rows.lazy()).with_columns(
        _iso(nw.col(name).str.strip_chars()).alias(day) for name, day in days.items()
    )
    read = PolarsEngine().read_dates(text, days.values())
    wrong = {name: _is_wrong(name) for name in checked}
    wrong |= {name: wrong[name] | nw.col(day).is_null() for name, day in days.items()}
    named = [nw.when(wrong[name]).then(nw.lit(name)) for name in checked]
    values = [nw.when(wrong[name]).then(nw.col(name)) for name in checked]
    found = read.select(
        ROW_NUMBER, nw.coalesce(*named).alias("column"), nw.coalesce(*values).alias("value")
    )
    return found.filter(~nw.col("column").is_null()).sort(ROW_NUMBER)


def _ending_blank(file: PublishedCsv, rows: pl.DataFrame) -> list[int]:
    blank = nw.from_native(rows).filter(nw.col(file.columns[-1]) == "")
    numbers: list[int] = blank.get_column(ROW_NUMBER).to_list()
    return numbers
