"""Figures as rows of the published layout, with what disclosure control makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.measures.disclosure import control
from mhsds_recon.measures.figures import PUBLISHED_COLUMNS
from mhsds_recon.measures.levels import TEAM_ID
from mhsds_recon.measures.methods import is_amount
from mhsds_recon.measures.parts import hide_more
from mhsds_recon.standard.measures import months_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from mhsds_recon.measures.exact import Figure
    from mhsds_recon.measures.submissions import Submissions
    from mhsds_recon.standard.measures import Breakdown

__all__ = ["lay_out"]

_OF_PARTS = ("is_local", "is_amount")
_NUMBERS = ("exact_value", "numerator", "denominator")
_SCHEMA: dict[str, nw.dtypes.DType] = {
    **{
        name: nw.Date() if name.startswith("reporting") else nw.String()
        for name in PUBLISHED_COLUMNS[:-1]
    },
    **dict.fromkeys(_NUMBERS, nw.Float64()),
    "disclosure": nw.String(),
    **dict.fromkeys(_OF_PARTS, nw.Boolean()),
}
_ONE_PROVIDER_ONLY = "England (only the records of this provider are counted)"
_NONE = ("NONE", "NONE")


def lay_out(
    figures: Sequence[Figure],
    submissions: Submissions,
    status: str,
    teams: Mapping[str, str],
) -> pl.DataFrame:
    """Return one row per figure: the frame of ``Figures``.

    Rows of the period that is not published have no published value.

    Args:
        figures: The figures.
        submissions: What they were counted in.
        status: STATUS of the rows.
        teams: What local teams are called.
    """
    rows = [_row(figure, submissions, status, teams) for figure in figures]
    published = bool(figures) and figures[0].cell.is_published
    shown = control(
        nw.col("exact_value"),
        nw.col("numerator"),
        nw.col("denominator"),
        nw.col("disclosure"),
        # England rows here hold one provider's records and are disclosed as the provider's.
        nw.col("breakdown").str.replace_all("^England", "Provider"),
    )
    frame = nw.from_dicts(rows, schema=_SCHEMA, backend="polars").with_columns(
        (shown if published else nw.lit(None, nw.String)).alias("measure_value")
    )
    if published and frame["is_local"].any():
        frame = hide_more(frame)
    ours: pl.DataFrame = frame.drop(*_OF_PARTS).to_native()
    return ours


def _row(
    figure: Figure, submissions: Submissions, status: str, teams: Mapping[str, str]
) -> dict[str, object]:
    measure, breakdown = figure.cell.measure, figure.cell.breakdown
    first, second = _levels(figure, submissions, teams)
    return {
        "reporting_period_start": submissions.period.window(months_of(figure.cell.period))[0].start,
        "reporting_period_end": submissions.period.end,
        "status": status,
        "breakdown": breakdown.name,
        "primary_level": first[0],
        "primary_level_description": first[1],
        "secondary_level": second[0],
        "secondary_level_description": second[1],
        "measure_id": measure.id,
        "measure_name": measure.name,
        "exact_value": figure.value,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "disclosure": measure.disclosure,
        "is_local": breakdown.local,
        "is_amount": is_amount(measure.count),
    }


def _levels(
    figure: Figure, submissions: Submissions, teams: Mapping[str, str]
) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return code and description of the first and the second level."""
    breakdown = figure.cell.breakdown
    words = _words(breakdown, submissions)
    counted = iter(figure.levels)

    def level(name: str | None) -> tuple[str, str]:
        if name == "England":
            return "England", _ONE_PROVIDER_ONLY
        if name == "Provider":
            return submissions.provider, submissions.provider
        code = next(counted)
        return code, (teams if name == TEAM_ID else words).get(code, code)

    first = level(breakdown.first)
    has_second = breakdown.second is not None or breakdown.result is not None
    return first, level(breakdown.second) if has_second else _NONE


def _words(breakdown: Breakdown, submissions: Submissions) -> Mapping[str, str]:
    """Return what the levels of a breakdown are called, where they are called otherwise."""
    if breakdown.code_list is not None:
        codes = submissions.standard.code_lists[breakdown.code_list].codes
        return {one.code: one.meaning for one in codes if one.meaning}
    return {one.level: one.description for one in breakdown.levels if one.description}
