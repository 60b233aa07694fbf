"""Reading published files: the best figure for each key."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.errors import PublishedError, near_miss
from mhsds_recon.frames.extract import ROW_NUMBER, InputFile
from mhsds_recon.published.figures import PublishedFigures
from mhsds_recon.published.opening import open_published
from mhsds_recon.published.ranking import best
from mhsds_recon.published.rows import providers_in, read_rows
from mhsds_recon.standard.publication import EXACT_VALUE

if TYPE_CHECKING:
    import polars as pl

    from mhsds_recon.published.opening import PublishedCsv

__all__ = [
    "KEY",
    "best_of",
    "no_such_provider",
    "read_by_provider",
    "read_each",
    "read_published",
    "without_repeats",
]

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
    return best_of(read_each(paths, provider=provider))


def read_each(
    paths: str | Path | Sequence[str | Path], *, provider: str | None = None
) -> tuple[PublishedFigures, ...]:
    """Return the figures of each national monthly file by itself, each once; args as above.

    Raises:
        PublishedError: A file cannot be read or does not fit, no file has a row for the provider,
            or two rows of one file and status give one figure different values.
    """
    given = [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    if not given:
        message = "No published file is given. Give one or more, each a CSV or a zip."
        raise PublishedError(message)
    read = tuple(_read_one(path, provider) for path in given)
    if provider is not None and not any(figures.frame.height for figures in read):
        raise no_such_provider(provider, given)
    return read


def read_by_provider(
    paths: Sequence[Path], providers: Collection[str]
) -> dict[str, tuple[PublishedFigures, ...]]:
    """Return the figures of several providers by code, each file by itself and read once.

    A provider that no file has a row of has figures without rows.

    Raises:
        PublishedError: A file cannot be read or does not fit, or two rows of one file and status
            give one figure different values.
    """
    read: dict[str, list[PublishedFigures]] = {code: [] for code in sorted(providers)}
    for path in paths:
        file = open_published(path)
        rows = read_rows(file, read)
        for code, figures in read.items():
            figures.append(_figures_of(file, rows, code))
    return {code: tuple(figures) for code, figures in read.items()}


def best_of(files: Sequence[PublishedFigures]) -> PublishedFigures:
    """Return the best figure for each key among those of one or more files of one provider.

    Raises:
        PublishedError: Two rows of equal rank give one figure different values.
    """
    rows = nw.concat([nw.from_native(figures.frame) for figures in files])
    kept = without_repeats(rows)
    return PublishedFigures(
        provider=files[0].provider,
        frame=kept.to_native(),
        files=tuple(file for figures in files for file in figures.files),
        superseded=len(rows) - len(kept),
    )


def no_such_provider(provider: str, paths: Sequence[Path]) -> PublishedError:
    """Return the error for files without a row for a provider."""
    names = ", ".join(f"'{path.name}'" for path in paths)
    known = sorted({code for path in paths for code in providers_in(open_published(path))})
    return PublishedError(
        f"No row for provider '{provider}' in {names}. Providers found: {len(known)}"
        f"{', such as ' + ', '.join(known[:5]) if known else ''}.{near_miss(provider, known)}"
    )


def without_repeats(rows: nw.DataFrame[Any], *, key: Sequence[str] = KEY) -> nw.DataFrame[Any]:
    """Return one row for each figure, the one of best rank.

    Raises:
        PublishedError: Rows of equal rank give a figure different values.
    """
    kept = best(rows, key)
    values = kept.group_by(*key).agg(nw.col("published").n_unique().alias("values"))
    if (values.get_column("values") > 1).any():
        raise _contradiction(kept.join(values.filter(nw.col("values") > 1), on=list(key)))
    return kept.unique(subset=list(key), keep="first", maintain_order=True)


def _read_one(path: Path, provider: str | None) -> PublishedFigures:
    file = open_published(path)
    return _figures_of(file, read_rows(file, provider), provider)


def _figures_of(file: PublishedCsv, read: pl.DataFrame, provider: str | None) -> PublishedFigures:
    figures = PublishedFigures(provider=provider, frame=read)
    rows = (figures.of_provider(provider) if provider is not None else figures).frame
    named = nw.from_native(rows).with_columns(
        nw.lit(file.version).alias("file_version"), nw.lit(file.name).alias("file")
    )
    once = without_repeats(named, key=(*KEY, "status")).drop(ROW_NUMBER, EXACT_VALUE.lower())
    source = InputFile(name=file.name, sha256=file.sha256, size=file.size, rows=len(named))
    return replace(figures, frame=once.to_native(), files=(source,))


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
