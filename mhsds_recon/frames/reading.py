"""Opening an extract, or the extracts of several months."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from mhsds_recon.errors import ExtractError, near_miss
from mhsds_recon.frames.access import ACCESS_ENDINGS, access_tables
from mhsds_recon.frames.databases import DatabaseLocation, database_tables
from mhsds_recon.frames.engine import Engine, PolarsEngine
from mhsds_recon.frames.extract import (
    ROW_NUMBER,
    SHAPE_MEANINGS,
    Extract,
    InputFile,
    ShapeFinding,
)
from mhsds_recon.frames.sources import source_files, unreadable
from mhsds_recon.frames.table_contents import by_content
from mhsds_recon.frames.text_tables import read_text_table
from mhsds_recon.standard import ReportingPeriod, Standard, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = [
    "Location",
    "check_files",
    "extract_from_frames",
    "open_earlier_versions",
    "open_extract",
    "open_extracts",
    "open_extracts_by_provider",
]

Location: TypeAlias = Path | DatabaseLocation
"""Where extracts are: a folder, a zip, an Access database, or a schema of a database."""

_Stored: TypeAlias = tuple[str, str, pl.LazyFrame, "InputFile | None"]
HEADER = "MHS000Header"
UNKNOWN_TABLE, UNKNOWN_COLUMN, MISSING_COLUMN = SHAPE_MEANINGS
_MONTH = re.compile(
    r"^\d{4}-\d{2}(?:[ _-][^.]*)?(?:\.v\d+)?(?:\.(?:zip|mdb|accdb))?$", re.IGNORECASE
)
_VERSION = re.compile(r"\.v(\d+)(?:\.(?:zip|mdb|accdb))?$", re.IGNORECASE)
_ENDING = re.compile(r"(?:\.v\d+)?(?:\.(?:zip|mdb|accdb))?$", re.IGNORECASE)


def open_extract(path: Location, *, standard: Standard, engine: Engine | None = None) -> Extract:
    """Return the extract of a folder, zip, Access database or schema of a database.

    Every table of the standard is there, as lazy text.

    Raises:
        ExtractError: The path, a file, or the header does not fit; the message says which.
        DatabaseError: A database cannot be reached or refuses.
    """
    frames: dict[str, pl.LazyFrame] = {}
    inputs: list[InputFile] = []
    names = {name.lower(): name for name in standard.tables}
    taken: dict[str, str] = {}
    for stem, stored_as, frame, read in _stored_tables(path, standard):
        table = names.get(stem.lower(), stem)
        if table in taken:
            message = (
                f"'{taken[table]}' and '{stored_as}' in '{path.name}' hold the same table."
                " Keep one."
            )
            raise ExtractError(message)
        taken[table] = stored_as
        frames[table] = frame
        inputs += [read] if read is not None else []
    return _extract(frames, path.name, tuple(inputs), standard, engine or PolarsEngine())


def _stored_tables(path: Location, standard: Standard) -> Iterator[_Stored]:
    """Yield name, name to show, rows, and what was read of each table of an extract."""
    if isinstance(path, Path) and path.suffix.lower() not in ACCESS_ENDINGS:
        files = source_files(path)
        _require_tables(path, [file.stem for file in files], standard)
        for file in files:
            frame, stored = read_text_table(file)
            sha256, size = file.sha256(stored)
            rows = _row_count(frame, file.name)
            read = InputFile(name=file.name, sha256=sha256, size=size, rows=rows)
            yield file.stem, file.name, frame, read
        return
    known = {name.lower(): table for name, table in standard.tables.items()}
    names = []
    tables = (
        access_tables(path, standard) if isinstance(path, Path) else database_tables(path, standard)
    )
    for name, content in tables:
        names.append(name)
        table = known.get(name.lower())
        yield name, name, *(by_content(content, table) if table else (pl.LazyFrame(), None))
    _require_tables(path, names, standard)


def extract_from_frames(
    tables: Mapping[str, pl.DataFrame | pl.LazyFrame],
    *,
    standard: Standard,
    engine: Engine | None = None,
    name: str = "frames in memory",
) -> Extract:
    """Return an extract from frames of text columns by table name, numbering their rows.

    Raises:
        ExtractError: There is no header, or it names two providers.
    """
    frames = {
        table: frame.lazy()
        .with_row_index(ROW_NUMBER, offset=1)
        .with_columns(pl.col(ROW_NUMBER).cast(pl.Int64))
        for table, frame in tables.items()
    }
    return _extract(frames, name, (), standard, engine or PolarsEngine())


def open_extracts(
    path: Location,
    *,
    standard: Standard,
    engine: Engine | None = None,
    provider: str | None = None,
) -> tuple[Extract, ...]:
    """Return one provider's extracts from a folder of months, earliest period first.

    A sub-folder, zip or Access database counts as a month where its name starts with
    ``YYYY-MM``, and in a database every schema that a pattern fits; the header decides the
    period. Of versions of a month (``YYYY-MM.v2``) the last counts. A path that is itself an
    extract gives that one.

    Raises:
        ExtractError: Two extracts for one period, several providers and none chosen, a header
            without a readable period, or any problem of ``open_extract``.
        DatabaseError: A database cannot be reached or refuses.
    """
    months = _months_of(path)
    opened = _opened(months or [path], standard, engine)
    chosen = _of_provider(opened, provider, path.name) if months else opened
    return tuple(sorted(_one_per_period(chosen), key=_period_of))


def open_earlier_versions(
    path: Location,
    *,
    standard: Standard,
    engine: Engine | None = None,
    provider: str | None = None,
) -> tuple[Extract, ...]:
    """Return one provider's versions of months that a later one stands for, the latest first.

    Months of which there is one version only are not opened.

    Raises:
        ExtractError: As ``open_extracts`` does.
        DatabaseError: A database cannot be reached or refuses.
    """
    months = _months_of(path)
    names = [_ENDING.sub("", month.name) for month in months]
    several = [month for month, name in zip(months, names, strict=True) if names.count(name) > 1]
    if not several:
        return ()
    opened = _opened(several, standard, engine)
    chosen = [extract for extract in opened if provider in (None, extract.provider)]
    last = {extract.name for extract in _one_per_period(chosen)}
    earlier = [extract for extract in chosen if extract.name not in last]
    return tuple(sorted(earlier, key=lambda extract: _version(extract.name), reverse=True))


def open_extracts_by_provider(
    path: Location, *, standard: Standard, engine: Engine | None = None
) -> dict[str, tuple[Extract, ...]]:
    """Return every provider's extracts, by the provider's code, earliest period first.

    A month's name tells providers apart by words after it, such as ``2025-09 RXX``; or the folder
    holds a folder of months for each provider.

    Raises:
        ExtractError: Two extracts of a provider for one period, or any problem of
            ``open_extract``.
        DatabaseError: A database cannot be reached or refuses.
    """
    months = _months_of(path)
    if not months and isinstance(path, Path) and path.is_dir():
        months = [month for folder in sorted(path.iterdir()) for month in _month_entries(folder)]
    by_provider: dict[str, list[Extract]] = {}
    for extract in _opened(months or [path], standard, engine):
        by_provider.setdefault(extract.provider, []).append(extract)
    return {
        code: tuple(sorted(_one_per_period(extracts), key=_period_of))
        for code, extracts in sorted(by_provider.items())
    }


def check_files(path: Location) -> None:
    """Read every parquet file of an extract or folder of extracts whole.

    Called when a plan fails, to tell a damaged file from a mistake of ours. Of databases nothing
    is left unread.

    Raises:
        ExtractError: A file is damaged inside.
    """
    for extract in _months_of(path) or [path]:
        if not isinstance(extract, Path) or extract.suffix.lower() in ACCESS_ENDINGS:
            continue
        for file in source_files(extract):
            try:
                read_text_table(file)[0].collect(engine="streaming")
            except pl.exceptions.PolarsError as error:
                raise unreadable(file.name, error) from error


def _extract(
    frames: Mapping[str, pl.LazyFrame],
    name: str,
    files: tuple[InputFile, ...],
    standard: Standard,
    engine: Engine,
) -> Extract:
    shape: list[ShapeFinding] = [
        ShapeFinding(
            code=UNKNOWN_TABLE,
            table=table,
            element=None,
            message=f"The standard has no table '{table}'.{near_miss(table, standard.tables)}",
        )
        for table in frames
        if table not in standard.tables
    ]
    tables = {}
    for table in standard.tables.values():
        frame = frames.get(table.name)
        if frame is None:
            frame = pl.LazyFrame(schema={ROW_NUMBER: pl.Int64, **_text_schema(table)})
        else:
            frame, found = _with_elements(frame, table)
            shape += found
        tables[table.name] = frame
    provider, period = _identity(tables[HEADER], name, given=HEADER in frames)
    return Extract(
        name=name,
        provider=provider,
        period=period,
        tables={table: engine.scan(frame) for table, frame in tables.items()},
        files=files,
        shape=tuple(shape),
        engine=engine,
    )


def _with_elements(frame: pl.LazyFrame, table: Table) -> tuple[pl.LazyFrame, list[ShapeFinding]]:
    """Return the frame with exactly the table's elements, and what did not fit."""
    columns = {
        column.lower(): column for column in frame.collect_schema().names() if column != ROW_NUMBER
    }
    for element in table.elements:
        others = [name.lower() for name in element.also_named if name.lower() in columns]
        if others and element.name.lower() not in columns:
            columns[element.name.lower()] = columns.pop(others[0])
    known = {element.lower(): element for element in table.element_names}
    unknown = [
        ShapeFinding(
            code=UNKNOWN_COLUMN,
            table=table.name,
            element=columns[name],
            message=f"{table.name} has no element '{columns[name]}'."
            f"{near_miss(columns[name], table.element_names)}",
        )
        for name in columns
        if name not in known
    ]
    missing = [
        ShapeFinding(
            code=MISSING_COLUMN,
            table=table.name,
            element=element,
            message=f"{table.name} lacks the column '{element}'; it is read as blank.",
        )
        for name, element in known.items()
        if name not in columns
    ]
    selected = (
        pl.col(columns[name]).alias(element)
        if name in columns
        else pl.lit(None, dtype=pl.String).alias(element)
        for name, element in known.items()
    )
    return frame.select(ROW_NUMBER, *selected), [*unknown, *missing]


def _text_schema(table: Table) -> dict[str, pl.DataType]:
    return {element: pl.String() for element in table.element_names}


def _identity(
    header: pl.LazyFrame, name: str, *, given: bool
) -> tuple[str, ReportingPeriod | None]:
    if not given:
        message = (
            f"'{name}' has no header: the table {HEADER} is missing."
            " It names the provider and the reporting period; add it to the extract."
        )
        raise ExtractError(message)
    rows = header.select("OrgIDProvider", "ReportingPeriodStartDate").collect()
    providers = sorted(
        {text.strip() for text in rows["OrgIDProvider"].to_list() if text and text.strip()}
    )
    if len(providers) > 1:
        message = (
            f"'{name}' has headers for {len(providers)} providers ({', '.join(providers)})."
            " An extract is one provider's: split it."
        )
        raise ExtractError(message)
    starts = rows["ReportingPeriodStartDate"].str.to_date("%Y-%m-%d", strict=False).drop_nulls()
    # polars knows a year 0; Python does not.
    starts = starts.filter(starts.dt.year().is_between(1, 9999))
    period = ReportingPeriod.of(starts[0]) if len(starts) else None
    return (providers[0] if providers else ""), period


def _require_tables(path: Location, names: Iterable[str], standard: Standard) -> None:
    known = {name.lower() for name in standard.tables}
    if any(name.lower() in known for name in names):
        return
    months = _month_entries(path) if isinstance(path, Path) else []
    if months:
        hint = f"It holds months: name one of them, such as {months[-1].name}."
    elif isinstance(path, Path) and path.suffix.lower() not in ACCESS_ENDINGS:
        hint = "Expected one file per table, such as MHS101Referral.csv, .csv.gz or .parquet."
    else:
        hint = "Expected tables or views named as in the standard, such as MHS101Referral."
    message = f"'{path.name}' holds no file of a table of the standard. {hint}"
    raise ExtractError(message)


def _row_count(frame: pl.LazyFrame, name: str) -> int:
    try:
        return int(frame.select(pl.len()).collect().item())
    except pl.exceptions.PolarsError as error:
        raise unreadable(name, error) from error


def _months_of(path: Location) -> Sequence[Location]:
    return _month_entries(path) if isinstance(path, Path) else path.months()


def _month_entries(path: Path) -> list[Path]:
    if not path.is_dir():
        return []
    files = (".zip", *ACCESS_ENDINGS)
    return sorted(
        entry
        for entry in path.iterdir()
        if _MONTH.match(entry.name) and (entry.is_dir() or entry.suffix.lower() in files)
    )


def _opened(months: Iterable[Location], standard: Standard, engine: Engine | None) -> list[Extract]:
    engine = engine or PolarsEngine()
    return [_with_period(open_extract(month, standard=standard, engine=engine)) for month in months]


def _with_period(extract: Extract) -> Extract:
    if extract.period is None or not extract.provider:
        message = (
            f"The header of '{extract.name}' has no readable provider and reporting period"
            " (OrgIDProvider, ReportingPeriodStartDate as CCYY-MM-DD). Correct it first."
        )
        raise ExtractError(message)
    return extract


def _of_provider(extracts: Iterable[Extract], provider: str | None, folder: str) -> list[Extract]:
    opened = list(extracts)
    providers = sorted({extract.provider for extract in opened})
    if provider is None and len(providers) > 1:
        message = (
            f"'{folder}' holds extracts of {len(providers)} providers ({', '.join(providers)})."
            " Choose one with --provider."
        )
        raise ExtractError(message)
    chosen = [extract for extract in opened if provider in (None, extract.provider)]
    if not chosen:
        message = (
            f"'{folder}' holds no extract of provider {provider}; it has {', '.join(providers)}."
        )
        raise ExtractError(message)
    return chosen


def _one_per_period(extracts: Iterable[Extract]) -> list[Extract]:
    """Return the last version of each period."""
    last: dict[ReportingPeriod, Extract] = {}
    for extract in extracts:
        period = _period_of(extract)
        other = last.get(period)
        if other is not None and _version(other.name) == _version(extract.name):
            message = (
                f"'{other.name}' and '{extract.name}' are both extracts of {extract.provider} for"
                f" {period}. Keep one, or mark the later as a version: {period}.v2."
            )
            raise ExtractError(message)
        if other is None or _version(extract.name) > _version(other.name):
            last[period] = extract
    return list(last.values())


def _version(name: str) -> int:
    match = _VERSION.search(name)
    return int(match[1]) if match else 1


def _period_of(extract: Extract) -> ReportingPeriod:
    if extract.period is None:
        raise AssertionError(extract.name)
    return extract.period
