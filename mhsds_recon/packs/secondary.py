"""Figures that are hidden because others beside them would else give a small count away.

Parts that only just make up their total tell what a star among them stands for: 50 with 20, 20
and ``*`` leaves 4. They are hidden together, in every profile that hides at all. For the public, a
second part is hidden wherever a first one is. And a percentage near 100 beside what it is a
percentage of tells how few are left over.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.hiding import HIDES_BELOW, barely_reach, bounds, show
from mhsds_recon.measures.parts import hide_more
from mhsds_recon.packs.disclosure import SUPPRESSED
from mhsds_recon.standard.parts import load_parts
from mhsds_recon.standard.publication import ENGLAND, NO_LEVEL

if TYPE_CHECKING:
    from mhsds_recon.measures import Figures
    from mhsds_recon.packs.inputs import PackInputs
    from mhsds_recon.reconciliation import Reconciliation
    from mhsds_recon.standard import Standard

__all__ = ["with_totals_safe"]

_PROVIDER = "Provider"
_KEY = ("measure_id", "breakdown", "primary_level", "secondary_level")
_COUNTS = ("exact_value", "numerator", "denominator")
_NOT_COMPARABLE = "suppressed_not_comparable"
_ALL, _HALF = 100.0, 0.5
_SHOWN = "measure_value"


def with_totals_safe(inputs: PackInputs, *, is_public: bool) -> PackInputs:
    """Return inputs of which no hidden count can be had from a total and its other parts.

    What is hidden among the figures is hidden beside the published ones too.

    Args:
        inputs: What a pack is built from.
        is_public: Whether further parts are hidden wherever one is, as ``measures.parts`` hides
            local teams.
    """

    def hidden(figures: Figures | None) -> Figures | None:
        if figures is None:
            return None
        rows = _without_few_left(nw.from_native(figures.frame))
        if is_public:
            rows = _with_more_hidden(rows, inputs.standard)
        safe = _without_told(rows, inputs.standard, divided=not is_public)
        return replace(figures, frame=safe.to_native())

    figures, found = hidden(inputs.figures) or inputs.figures, inputs.reconciliation
    return replace(
        inputs,
        figures=figures,
        previous_figures=hidden(inputs.previous_figures),
        reconciliation=None if found is None else _with_figures(found, figures),
    )


def _with_more_hidden(rows: nw.DataFrame[Any], standard: Standard) -> nw.DataFrame[Any]:
    marked = rows.with_columns(
        *(nw.col(name).cast(nw.Float64) for name in _COUNTS),
        is_local=_is_local(),
        is_amount=_is_count(standard),
    )
    return hide_more(marked).select(rows.columns)


def _is_local() -> nw.Expr:
    return (nw.col("breakdown") != _PROVIDER) & (nw.col("breakdown") != ENGLAND)


def _is_count(standard: Standard) -> nw.Expr:
    counts = [name for name, one in standard.measures.items() if one.disclosure.endswith("count")]
    return nw.col("measure_id").is_in(counts)


def _without_few_left(rows: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    """Return figures without the percentages that leave fewer than 5, by what is shown of both.

    What is hidden depends on nothing but what is shown: 0 to 4 may be left where it is.
    """
    of_all = rows.with_columns(nw.col("denominator").cast(nw.Float64)).select(
        "exact_value", _SHOWN, show("denominator")
    )
    _, most = bounds("denominator")
    share = (nw.col("exact_value").cast(nw.Float64) + _HALF).floor()
    left = most * (_ALL + _HALF - share) / _ALL
    is_told = of_all.select(
        told=(
            (nw.col("denominator") != SUPPRESSED)
            & (nw.col(_SHOWN) != SUPPRESSED)
            & (left < HIDES_BELOW + 1)
        ).fill_null(value=False)
    )
    return _starred(rows.with_columns(is_told["told"]), "told").select(rows.columns)


def _without_told(
    rows: nw.DataFrame[Any], standard: Standard, *, divided: bool
) -> nw.DataFrame[Any]:
    """Return figures without the parts that would tell a hidden one beside their total.

    Args:
        rows: The frame of ``Figures``.
        standard: Says which measures make up which.
        divided: Whether areas and other levels are looked at, not measures alone.
    """
    key = nw.concat_str(*_KEY, separator="|")
    counts = rows.with_columns(key.alias("row")).filter(_is_count(standard))
    parts = _parts_of_measures(counts, standard)
    if divided:
        parts = nw.concat([parts, _parts_of_levels(counts)])
    low, high = bounds(_SHOWN)
    known = counts.select("row", _SHOWN, low=low, high=high)
    hidden: set[str] = set()
    while True:
        told = _told(known, parts, hidden)
        if told <= hidden:
            break
        hidden |= told
    marked = rows.with_columns(key.is_in(sorted(hidden)).alias("told"))
    return _starred(marked, "told").select(rows.columns)


def _parts_of_measures(counts: nw.DataFrame[Any], standard: Standard) -> nw.DataFrame[Any]:
    """Return row, total and line (what a part makes up together with which others)."""
    wholes = nw.from_dict(
        {
            name: [
                pair[place]
                for whole, parts in load_parts(standard.version).items()
                for pair in [(part, whole) for part in parts]
            ]
            for place, name in enumerate(("measure_id", "whole"))
        },
        {"measure_id": nw.String, "whole": nw.String},
        backend="polars",
    )
    total = nw.concat_str("whole", *_KEY[1:], separator="|")
    return counts.join(wholes, on="measure_id").select(
        "row", total=total, line=nw.concat_str(total, nw.lit("measures"), separator="|")
    )


def _parts_of_levels(counts: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    provider = nw.when(nw.col("breakdown") == _PROVIDER).then("primary_level").max()
    first = nw.concat_str(
        nw.col("measure_id"), nw.lit(_PROVIDER), "provider", nw.lit(NO_LEVEL), separator="|"
    )
    above = nw.col("breakdown").str.replace_all(";.*$", "")
    second = nw.concat_str(
        nw.col("measure_id"), above, nw.col("primary_level"), nw.lit(NO_LEVEL), separator="|"
    )
    # Rows at England level hold this provider's records: what they divide is its own figure.
    is_first = (nw.col("secondary_level") == NO_LEVEL) | (above == ENGLAND)
    total = nw.when(is_first).then(first).otherwise(second)
    return (
        counts.with_columns(provider.alias("provider"))
        .filter(_is_local())
        .select("row", total=total, line=nw.concat_str(total, nw.col("breakdown"), separator="|"))
    )


def _told(known: nw.DataFrame[Any], parts: nw.DataFrame[Any], hidden: set[str]) -> set[str]:
    """Return the parts of lines that tell a star in them, or whose total is hidden by now."""
    totals = known.select(total="row", least="low", whole=_SHOWN)
    is_hidden = nw.col("row").is_in(sorted(hidden))
    lines = (
        parts.join(known, on="row")
        .join(totals, on="total")
        .with_columns(
            is_star=(nw.col(_SHOWN) == SUPPRESSED) & ~is_hidden,
            is_open=is_hidden,
        )
    )
    judged = lines.group_by("line", "total", "least", "whole").agg(
        nw.col("high").sum(), nw.col("is_star").any(), nw.col("is_open").any()
    )
    spare = nw.col("high") - nw.col("least")
    barely = nw.col("is_star") & ~nw.col("is_open") & (spare >= 0) & barely_reach(spare)
    gone = nw.col("total").is_in(sorted(hidden))
    told = judged.filter(gone | (barely & (nw.col("whole") != SUPPRESSED)))
    return set(lines.join(told.select("line"), on="line")["row"].to_list())


def _starred(rows: nw.DataFrame[Any], flag: str) -> nw.DataFrame[Any]:
    shown = nw.when(~nw.col(flag)).then(_SHOWN).otherwise(nw.lit(SUPPRESSED))
    return rows.with_columns(shown.alias(_SHOWN))


def _with_figures(found: Reconciliation, figures: Figures) -> Reconciliation:
    """Return a comparison in which the figures that are hidden are hidden as well."""
    starred = nw.from_native(figures.frame).filter(nw.col(_SHOWN) == SUPPRESSED)
    hidden = starred.select(*_KEY, is_hidden=nw.lit(value=True)).unique()
    rows = nw.from_native(found.frame)
    is_hidden = nw.col("is_hidden").fill_null(value=False) & (
        nw.col("local_published") != SUPPRESSED
    )
    joined = rows.join(hidden, on=list(_KEY), how="left").with_columns(
        nw.when(is_hidden)
        .then(nw.lit(_NOT_COMPARABLE))
        .otherwise(nw.col("result"))
        .alias("result"),
        nw.when(is_hidden)
        .then(nw.lit(SUPPRESSED))
        .otherwise(nw.col("local_published"))
        .alias("local_published"),
    )
    return replace(found, frame=joined.select(rows.columns).to_native())
