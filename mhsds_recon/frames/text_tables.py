"""Reading one table's file as text: every column a string, every row kept and numbered."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pyarrow.csv as pa_csv

from mhsds_recon.errors import ExtractError
from mhsds_recon.frames.extract import ROW_NUMBER
from mhsds_recon.frames.sources import SourceFile, unreadable

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["parse_text_table", "read_text_table"]

_WIDEST_FIELD = 1 << 30
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_text_table(file: SourceFile) -> tuple[pl.LazyFrame, bytes | None]:
    """Return a table's rows as text with ``row_number`` (Int64, from 1), and the bytes read.

    Column names are as the file writes them, without outer spaces. Empty values are null; other
    values, spaces included, are kept as they stand. Parquet on disk is scanned lazily and gives
    no bytes; its typed columns become text in the forms of the standard (dates CCYY-MM-DD).

    Raises:
        ExtractError: The file is damaged, empty, ragged (names the line) or has a column twice.
    """
    if file.ending == ".parquet":
        return _read_parquet(file)
    stored = file.stored_bytes()
    frame = parse_text_table(file.content(stored), file.name)
    return frame.with_row_index(ROW_NUMBER, offset=1).lazy().with_columns(
        pl.col(ROW_NUMBER).cast(pl.Int64)
    ), stored


def parse_text_table(content: bytes, name: str) -> pl.DataFrame:
    """Return the rows of a CSV, all columns text, empty values null.

    Raises:
        ExtractError: It is empty, ragged (names the line), or has a column twice.
    """
    if content.startswith(_UTF16_MARKS):
        message = (
            f"'{name}' is encoded as UTF-16. Save it as UTF-8 (or Windows-1252) and try again."
        )
        raise ExtractError(message)
    if not content.strip():
        message = f"'{name}' is empty: a table's file starts with a row of column names."
        raise ExtractError(message)
    _require_closed_quotes(content, name)
    try:
        return _parse_csv(content, name)
    except pa.ArrowInvalid as error:
        if "UTF8" not in str(error):
            raise _ragged(content, name) from None
    # Not UTF-8, so an export in the Windows code page. Its five unassigned bytes become U+FFFD.
    content = content.decode("cp1252", errors="replace").encode()
    try:
        return _parse_csv(content, name)
    except pa.ArrowInvalid:
        raise _ragged(content, name) from None


def _parse_csv(content: bytes, name: str) -> pl.DataFrame:
    columns = _header(content, name)
    if not content.endswith((b"\n", b"\r")):
        content += b"\n"
    table = pa_csv.read_csv(
        pa.BufferReader(content),
        read_options=pa_csv.ReadOptions(
            column_names=columns, skip_rows=0, skip_rows_after_names=1, block_size=1 << 24
        ),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.large_string()),
            null_values=[""],
            strings_can_be_null=True,
        ),
    )
    return pl.DataFrame(pl.from_arrow(table))


def _header(content: bytes, name: str) -> list[str]:
    first = content[: 1 << 20].removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="replace")
    columns = [column.strip() for column in next(csv.reader(io.StringIO(first, newline="")))]
    return _each_once(columns, name)


def _each_once(columns: list[str], name: str) -> list[str]:
    seen: dict[str, str] = {}
    for column in columns:
        if column.lower() in seen:
            message = (
                f"'{name}' has the column '{column}' twice (case does not tell columns apart)."
                " Keep one of them."
            )
            raise ExtractError(message)
        seen[column.lower()] = column
    return columns


def _require_closed_quotes(content: bytes, name: str) -> None:
    """Refuse a file that ends inside quotation marks: its last rows would pass as one value."""
    if content.count(b'"') % 2 == 0:
        return
    lines = io.TextIOWrapper(io.BytesIO(content), "utf-8", "replace", newline="")
    csv.field_size_limit(_WIDEST_FIELD)
    reader = csv.reader(lines, strict=True)
    start = 1
    try:
        for _ in reader:
            start = reader.line_num + 1
    except csv.Error as error:
        if "unexpected end" in str(error):
            message = f"'{name}', line {start}: a quotation mark is opened and never closed."
            raise ExtractError(message) from None


def _ragged(content: bytes, name: str) -> ExtractError:
    """Return the error for the first line whose number of fields differs from the header's."""
    csv.field_size_limit(_WIDEST_FIELD)
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(content), "utf-8", "replace", newline=""))
    expected = len(next(reader))
    start = reader.line_num + 1
    for row in reader:
        if row and len(row) != expected:
            return ExtractError(
                f"'{name}', line {start}: fields found {len(row)}, columns in the header"
                f" {expected}. Put values that hold commas or line breaks in quotation marks."
            )
        start = reader.line_num + 1
    return ExtractError(f"'{name}' cannot be read as CSV. Export it again.")


def _read_parquet(file: SourceFile) -> tuple[pl.LazyFrame, bytes | None]:
    stored = None if file.path is not None else file.stored_bytes()
    source: Path | io.BytesIO = io.BytesIO(stored) if stored is not None else _on_disk(file)
    try:
        scanned = pl.scan_parquet(source, glob=False, row_index_name=ROW_NUMBER, row_index_offset=1)
        schema = scanned.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise unreadable(file.name, error) from error
    columns = {column: dtype for column, dtype in schema.items() if column != ROW_NUMBER}
    _each_once(list(columns), file.name)
    text = (_as_text(column, dtype, file.name) for column, dtype in columns.items())
    return scanned.select(pl.col(ROW_NUMBER).cast(pl.Int64), *text), stored


def _on_disk(file: SourceFile) -> Path:
    if file.path is None:
        raise AssertionError(file.name)
    return file.path


def _as_text(name: str, dtype: pl.DataType, file: str) -> pl.Expr:
    """Return a column as the text that the standard's forms ask for."""
    column = pl.col(name)
    if dtype.is_nested() or dtype == pl.Object:
        message = (
            f"'{file}', column '{name}': holds {dtype} values. Every column must be plain text."
        )
        raise ExtractError(message)
    if dtype.is_float():
        whole = column == column.round()
        return (
            pl.when(whole)
            .then(column.cast(pl.Int64, strict=False).cast(pl.String))
            .otherwise(column.cast(pl.String))
        )
    if dtype == pl.Boolean:
        return pl.when(column).then(pl.lit("Y")).when(~column).then(pl.lit("N"))
    if isinstance(dtype, pl.Datetime | pl.Time):
        return column.dt.strftime("%H:%M:%S" if dtype == pl.Time else "%Y-%m-%dT%H:%M:%S")
    return column.cast(pl.String, strict=False)
