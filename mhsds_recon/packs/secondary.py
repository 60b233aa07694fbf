"""The profile ``public``: a second figure is hidden wherever a total would give away the first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.measures.parts import hide_more
from mhsds_recon.packs.disclosure import SUPPRESSED
from mhsds_recon.standard.publication import ENGLAND

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


def with_totals_safe(inputs: PackInputs) -> PackInputs:
    """Return inputs of which no hidden count can be had from a total and its other parts.

    The provider's own figures stay; parts of them are hidden as ``measures.parts`` hides local
    teams. What is hidden among the figures is hidden beside the published ones too.
    """
    before, found = inputs.previous_figures, inputs.reconciliation
    figures = _hidden(inputs.figures, inputs.standard)
    return replace(
        inputs,
        figures=figures,
        previous_figures=None if before is None else _hidden(before, inputs.standard),
        reconciliation=None if found is None else _with_figures(found, figures),
    )


def _hidden(figures: Figures, standard: Standard) -> Figures:
    counts = [name for name, one in standard.measures.items() if one.disclosure.endswith("count")]
    breakdown = nw.col("breakdown")
    rows = nw.from_native(figures.frame)
    marked = rows.with_columns(
        *(nw.col(name).cast(nw.Float64) for name in _COUNTS),
        is_local=(breakdown != _PROVIDER) & ~breakdown.str.starts_with(ENGLAND),
        is_amount=nw.col("measure_id").is_in(counts),
    )
    return replace(figures, frame=hide_more(marked).select(rows.columns).to_native())


def _with_figures(found: Reconciliation, figures: Figures) -> Reconciliation:
    """Return a comparison in which the figures that are hidden are hidden as well."""
    starred = nw.from_native(figures.frame).filter(nw.col("measure_value") == SUPPRESSED)
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
