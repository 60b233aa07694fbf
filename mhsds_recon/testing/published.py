"""A synthetic national file, grown from the published figures of one provider."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
import polars as pl

from mhsds_recon.outputs import write_files
from mhsds_recon.standard.publication import ENGLAND, PUBLISHED_COLUMNS, SUPPRESSED

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["published_rows", "write_published"]

_PROVIDER = "Provider"
_OTHERS = tuple(f"RZ{letter}" for letter in "ABCDEFGHJKLMN")
_SMALLEST = 5
_NOT_COUNTS = r"(?i)percentage|proportion|rate|mean|median|percentile"


def published_rows(figures: pl.DataFrame, *, seed: int) -> pl.DataFrame:
    """Return a whole national file around one provider's published figures.

    Args:
        figures: Eleven columns of text in the published layout. The rows of breakdowns that
            begin with ``Provider`` are kept as they are; the rest are left out.
        seed: The same seed gives the same file.

    Returns:
        The same columns: the given rows, a dozen other fictional providers whose figures have
        been through the same control (a count below 5 is ``*``, others go to the nearest 5; a
        percentage, mean or median goes to a whole number), and England's unrounded figures.
    """
    own = figures.select(PUBLISHED_COLUMNS).filter(pl.col("BREAKDOWN").str.starts_with(_PROVIDER))
    rng = np.random.default_rng(seed)
    codes = [code for code in _OTHERS if code not in own["PRIMARY_LEVEL"]]
    scales = pl.DataFrame({"code": codes, "scale": rng.lognormal(-0.2, 0.8, len(codes))})
    basis = own.with_columns(
        is_count=~pl.col("MEASURE_NAME").fill_null("").str.contains(_NOT_COUNTS),
        exact=pl.col("MEASURE_VALUE").cast(pl.Float64, strict=False).fill_null(2.0),
    )
    others = basis.join(scales, how="cross")
    noise = pl.Series(rng.lognormal(0.0, 0.15, others.height))
    others = others.with_columns(
        PRIMARY_LEVEL="code",
        PRIMARY_LEVEL_DESCRIPTION=pl.lit("SYNTHETIC TRUST ") + pl.col("code"),
        exact=pl.when("is_count")
        .then((pl.col("exact") * pl.col("scale") * noise).round())
        .otherwise(pl.col("exact") * noise),
    )
    everyone = pl.concat([basis, others.select(basis.columns)])
    controlled = others.with_columns(MEASURE_VALUE=_control())
    parts = [_england(everyone), own, controlled.select(PUBLISHED_COLUMNS)]
    return pl.concat(parts).sort(
        "MEASURE_ID", "BREAKDOWN", "PRIMARY_LEVEL", "SECONDARY_LEVEL", maintain_order=True
    )


def _control() -> pl.Expr:
    """Return the figures as they are published below England."""
    whole = pl.col("exact").round().cast(pl.Int64)
    nearest = (whole + 2) // 5 * 5
    return (
        pl.when(pl.col("is_count") & (whole < _SMALLEST))
        .then(pl.lit(SUPPRESSED))
        .when("is_count")
        .then(nearest.cast(pl.String))
        .otherwise(whole.cast(pl.String))
    )


def _england(everyone: pl.DataFrame) -> pl.DataFrame:
    """Return England's rows: the sum of counts, the mean of the rest to six decimals."""
    levels = ("PRIMARY_LEVEL", "PRIMARY_LEVEL_DESCRIPTION")
    keys = [name for name in PUBLISHED_COLUMNS if name not in {*levels, "MEASURE_VALUE"}]
    value = (
        pl.when("is_count")
        .then(pl.col("sum").cast(pl.Int64).cast(pl.String))
        .otherwise(pl.col("mean").round(6).cast(pl.String))
    )
    return (
        everyone.group_by([*keys, "is_count"], maintain_order=True)
        .agg(sum=pl.col("exact").sum(), mean=pl.col("exact").mean())
        .with_columns(
            *(pl.lit(ENGLAND).alias(name) for name in levels),
            BREAKDOWN=pl.col("BREAKDOWN").str.replace(_PROVIDER, ENGLAND, literal=True),
            MEASURE_VALUE=value,
        )
        .select(PUBLISHED_COLUMNS)
    )


def write_published(frame: pl.DataFrame, path: Path) -> None:
    """Write a national file: CSV, or one CSV in a zip where the path ends in ``.zip``.

    Raises:
        OutputError: The file cannot be written.
    """
    text = frame.write_csv()

    def write(place: Path) -> None:
        if path.suffix != ".zip":
            place.write_text(text, encoding="utf-8", newline="")
            return
        with ZipFile(place, "w", ZIP_DEFLATED) as archive:
            # Without a date of its own the archive would hold today's.
            archive.writestr(ZipInfo(f"{path.stem}.csv"), text, compress_type=ZIP_DEFLATED)

    write_files(path.parent, {path.name: write})
