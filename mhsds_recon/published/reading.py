"""Reading published files: the best figure for each key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.errors import PublishedError, near_miss
from mhsds_recon.frames.extract import ROW_NUMBER, InputFile
from mhsds_recon.published.figures import PublishedFigures
from mhsds_recon.published.opening import open_published
from mhsds_recon.published.rows import providers_in, read_rows
from mhsds_recon.standard.publication import EXACT_VALUE, STATUSES

if TYPE_CHECKING:
    import polars as pl

__all__ = ["KEY", "no_such_provider", "read_published", "without_repeats"]

KEY = (
    "reporting_period_start",
    "reporting_period_end",
    "breakdown",
    "primary_level",
    "secondary_level",
    "further_levels",
    "measure_id",
)
"""What identifies a figure among those of all files."""

_VERSIONS = 1000


def read_published(
    paths: str | Path | Sequence[str | Path], *, provider: str | None = None
) -> PublishedFigures:
    """Return the figures of one or more national monthly files, the best where several give one.

    Final ranks before Performance before Provisional (before Adhoc), then the higher version in
    the file's name.

    Args:
        paths: CSV files, or zips that hold one each.
        provider: Code of the provider whose rows to take; everybody's where None.

    Raises:
        PublishedError: A file cannot be read or does not fit, no file has a row for the provider,
            or two rows of equal rank give one figure different values.
    """
    given = [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    if not given:
        message = "No published file is given. Give one or more, each a CSV or a zip."
        raise PublishedError(message)
    read = [_read_one(path, provider) for path in given]
    rows = nw.concat([nw.from_native(rows) for _, rows in read])
    if provider is not None and rows.is_empty():
        raise no_such_provider(provider, given)
    best = without_repeats(rows)
    return PublishedFigures(
        provider=provider,
        frame=best.drop(ROW_NUMBER, EXACT_VALUE.lower()).to_native(),
        files=tuple(file for file, _ in read),
        superseded=len(rows) - len(best),
    )


def no_such_provider(provider: str, paths: Sequence[Path]) -> PublishedError:
    """Return the error for files without a row for a provider."""
    names = ", ".join(f"'{path.name}'" for path in paths)
    known = sorted({code for path in paths for code in providers_in(open_published(path))})
    return PublishedError(
        f"No row for provider '{provider}' in {names}. Providers found: {len(known)}"
        f"{', such as ' + ', '.join(known[:5]) if known else ''}.{near_miss(provider, known)}"
    )


def without_repeats(rows: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    """Return one row for each figure, the one of best rank.

    Raises:
        PublishedError: Rows of equal rank give a figure different values.
    """
    version = nw.when(nw.col("file_version") != "").then(nw.col("file_version").str.slice(1))
    status = nw.col("status").replace_strict(
        STATUSES, list(range(len(STATUSES))), return_dtype=nw.Int64
    )
    ranked = rows.with_columns(
        rank=status * _VERSIONS + version.cast(nw.Int64).fill_null(0)
    ).with_columns(best=nw.col("rank").max().over(*KEY))
    best = ranked.filter(nw.col("rank") == nw.col("best")).drop("rank", "best")
    values = best.group_by(*KEY).agg(nw.col("published").n_unique().alias("values"))
    if (values.get_column("values") > 1).any():
        raise _contradiction(best.join(values.filter(nw.col("values") > 1), on=list(KEY)))
    return best.unique(subset=list(KEY), keep="first", maintain_order=True)


def _read_one(path: Path, provider: str | None) -> tuple[InputFile, pl.DataFrame]:
    file = open_published(path)
    figures = PublishedFigures(provider=None, frame=read_rows(file, provider))
    rows = (figures.of_provider(provider) if provider is not None else figures).frame
    named = nw.from_native(rows).with_columns(
        nw.lit(file.version).alias("file_version"), nw.lit(file.name).alias("file")
    )
    read = InputFile(name=file.name, sha256=file.sha256, size=file.size, rows=len(named))
    return read, named.to_native()


def _contradiction(rows: nw.DataFrame[Any]) -> PublishedError:
    same = next(rows.sort(*KEY).iter_rows(named=True))
    twins = rows.filter(*(nw.col(name) == same[name] for name in KEY))
    files = sorted(set(twins.get_column("file").to_list()))
    values = ", ".join(sorted({value or "blank" for value in twins.get_column("published")}))
    return PublishedError(
        f"{' and '.join(repr(file) for file in files)} give different values ({values}) for"
        f" {same['measure_id']}, {same['breakdown']} {same['primary_level']}, period"
        f" {same['reporting_period_start']} to {same['reporting_period_end']}, with the same"
        " status and version. Give only the file that counts."
    )
