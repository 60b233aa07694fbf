"""From what queries counted to figures in the published layout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.errors import WarehouseError, near_miss
from mhsds_recon.measures import Figures
from mhsds_recon.measures.disclosure import control
from mhsds_recon.measures.figures import PUBLISHED_COLUMNS
from mhsds_recon.standard.publication import NO_LEVEL
from mhsds_recon.warehouse.rows import COLUMNS, NUMBERS, Counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mhsds_recon.standard import Measure, ReportingPeriod, Standard

__all__ = ["figures_from"]

_KEY = ("reporting_period_start", "breakdown", "primary_level", "secondary_level", "measure_id")
_FRAME = (*PUBLISHED_COLUMNS[:-1], "exact_value", "numerator", "denominator", "disclosure")
_SHARES = ("bbrb_percent", "legacy_proportion")


def figures_from(
    counted: Sequence[Counted],
    *,
    standard: Standard,
    period: ReportingPeriod,
    provider: str,
    status: str,
) -> tuple[Figures, tuple[str, ...]]:
    """Return figures made of counted rows, and remarks on them.

    A percentage or median without a numerator has no published value, since nothing says
    whether the count behind it is small. A measure that the standard does not define is
    disclosed as a count where all its values are whole, else not at all.

    Raises:
        WarehouseError: A row names no measure, or two rows give one figure.
    """
    measures = {
        name: measure.in_force(period) or measure for name, measure in standard.measures.items()
    }
    rows = nw.concat([_rows(one) for one in counted])
    names = set(rows.get_column("measure_id").to_list())
    starts = {
        name: period.window(measures[name].months if name in measures else 1)[0].start
        for name in names
        if name
    }
    whole = rows.with_columns(
        _known(measures, "name").alias("defined_name"),
        _known(measures, "disclosure").alias("disclosure"),
        nw.col("measure_id")
        .replace_strict(list(starts), list(starts.values()), default=None, return_dtype=nw.Date)
        .alias("defined_start"),
    ).with_columns(
        nw.coalesce(nw.col("reporting_period_start"), nw.col("defined_start")).alias(
            "reporting_period_start"
        ),
        nw.coalesce(nw.col("measure_name"), nw.col("defined_name")).alias("measure_name"),
        nw.lit(period.end).alias("reporting_period_end"),
        nw.lit(status).alias("status"),
        nw.col("primary_level").fill_null(provider),
        nw.col("secondary_level").fill_null(NO_LEVEL),
        nw.col("value").alias("exact_value"),
    )
    whole = whole.with_columns(
        nw.coalesce(nw.col(f"{level}_description"), nw.col(level)).alias(f"{level}_description")
        for level in ("primary_level", "secondary_level")
    )
    _require_one_row_each(whole)
    frame = whole.select(*_FRAME).with_columns(measure_value=_shown(whole))
    figures = Figures(
        provider=provider,
        period=period,
        frame=frame.sort(*_KEY).to_native(),
        missing_months={},
    )
    return figures, tuple(_remarks(frame, measures, standard))


def _rows(counted: Counted) -> nw.DataFrame[Any]:
    """Return one query's rows with every column of counts, its own settings where blank."""
    size = len(counted.columns["value"])
    columns = {name: counted.columns.get(name, [None] * size) for name in COLUMNS}
    schema: dict[str, Any] = dict.fromkeys(COLUMNS, nw.String)
    schema |= {**dict.fromkeys(NUMBERS, nw.Float64), "reporting_period_start": nw.Date}
    rows = nw.from_dict(columns, schema, backend="polars").with_columns(
        query=nw.lit(counted.query.name)
    )
    settings = {"breakdown": counted.query.breakdown, "measure_id": counted.query.measure_id}
    return rows.with_columns(
        nw.col(name).fill_null(value) for name, value in settings.items() if value
    )


def _known(measures: dict[str, Measure], attribute: str) -> nw.Expr:
    values = [getattr(measure, attribute) for measure in measures.values()]
    return nw.col("measure_id").replace_strict(
        list(measures), values, default=None, return_dtype=nw.String
    )


def _shown(rows: nw.DataFrame[Any]) -> nw.Series[Any]:
    """Return the values after disclosure control, null where it cannot be decided."""
    exact, disclosure = nw.col("exact_value"), nw.col("disclosure")
    is_whole = (exact == exact.round()).all().over("measure_id")
    rule = disclosure.fill_null("bbrb_count")
    shown = control(exact, nw.col("numerator"), nw.col("denominator"), rule, nw.col("breakdown"))
    needs_numerator = disclosure.is_in(_SHARES) & nw.col("numerator").is_null()
    undecided = needs_numerator.fill_null(value=False) | (disclosure.is_null() & ~is_whole)
    return rows.select(shown=nw.when(~undecided).then(shown)).get_column("shown")


def _require_one_row_each(rows: nw.DataFrame[Any]) -> None:
    nameless = rows.filter(nw.col("measure_id").is_null())
    if len(nameless):
        message = (
            f"Query '{nameless.item(0, 'query')}': rows without a measure_id: {len(nameless)}."
        )
        raise WarehouseError(message)
    twice = rows.filter(~rows.select(*_KEY).is_unique())
    if len(twice):
        queries = " and ".join(f"'{name}'" for name in sorted(set(twice.get_column("query"))))
        message = (
            f"Query {queries}: measure {twice.item(0, 'measure_id')}, breakdown"
            f" '{twice.item(0, 'breakdown')}' has several rows for one level. Counts have one:"
            " group by the level and count in the query."
        )
        raise WarehouseError(message)


def _remarks(
    frame: nw.DataFrame[Any], measures: dict[str, Measure], standard: Standard
) -> Iterator[str]:
    pairs = frame.select("measure_id", "breakdown").unique().sort("measure_id", "breakdown")
    for name, breakdown in pairs.iter_rows():
        if name not in measures:
            yield (
                f"{name} is no measure that the standard defines, so its disclosure and its"
                f" reporting period are taken as those of a count of the month."
            )
        elif breakdown not in (known := standard.breakdowns_of(measures[name])):
            near = near_miss(breakdown, known)
            yield f"{name} is not known to be published by '{breakdown}'.{near}"
    if len(frame.filter(nw.col("measure_value").is_null() & ~nw.col("exact_value").is_null())):
        yield (
            "Percentages and medians without a numerator have no MEASURE_VALUE: nothing says"
            " whether the count behind them is small."
        )
