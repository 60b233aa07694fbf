"""What the rules cost, as a value that answers a few questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.measures.disclosure import control
from mhsds_recon.standard import REJECTING_LEVELS

if TYPE_CHECKING:
    import polars as pl

    from mhsds_recon.standard import ReportingPeriod

__all__ = ["Effects"]

_SHOWN = 20
_NAMED = ("code", "level", "table", "element", "measure_id")
_COUNTS = ("rows", "people", "referrals", "contacts", "scores", "largest_effect")


@dataclass(frozen=True, kw_only=True)
class Effects:
    """What each rule with findings costs; counts only.

    Rules overlap: a row that two of them reject is among the losses of both and among the gains
    of neither. So neither losses nor gains add up to those of all rules together.

    Attributes:
        period: The reporting period that was counted.
        frame: One row per rule with findings, in order of codes: code, level, table, element;
            rows (findings of all months up to the period); rows_rejected (rows that the rule
            rejects of itself: for a link, those whose other row was not submitted at all);
            rows_cascade (rows of any table that fall with them); of both together people,
            referrals, contacts, scores (rows of MHS001, MHS101, MHS201, and of MHS606 and
            MHS607); largest_effect (the largest loss or gain of a measure, whichever its sign),
            measure_id (of which, null where there is none) and measures_changed (how many).
            The largest effect is null where a rule was not weighed.
        measures: One row per rule and measure: code, table, element, measure_id; rows_read (rows
            lost through the rule, cascade included, in tables and months that the measure reads);
            removed_alone (how much lower the exact value of all submitted rows is where only
            this rule rejects, negative where it is higher); gained_by_fixing (how much higher
            the value of the accepted rows is where only this rule rejects nothing; null where that
            was not asked, as the other is for a rule that was not weighed); can_touch
            (whether the rule could touch the measure on any data); at_least (whether it speaks
            of what the measure reads, so that its rows may not count even where they are let
            through: the cost is then at least what counting shows).
    """

    period: ReportingPeriod
    frame: pl.DataFrame = field(repr=False)
    measures: pl.DataFrame = field(repr=False)

    def by_effect(self) -> pl.DataFrame:
        """Return the rows of ``frame``, the largest effect first, then most rows lost."""
        lost = nw.col("rows_rejected") + nw.col("rows_cascade")
        return (
            nw.from_native(self.frame, eager_only=True)
            .with_columns(lost=lost)
            .sort("largest_effect", "lost", "rows", "code", descending=[True, True, True, False])
            .drop("lost")
            .to_native()
        )

    def _repr_html_(self) -> str:
        """Return the first rules by effect as HTML; counts as the publication would show them.

        Nothing is said to be lost through a rule that rejects no row.
        """
        rejects = nw.col("level").is_in(REJECTING_LEVELS)
        shown = nw.from_native(self.by_effect().head(_SHOWN), eager_only=True).select(
            *_NAMED,
            *(
                nw.when(rejects | (nw.lit(name) == "rows"))
                .then(_as_published(name))
                .otherwise(nw.lit("none"))
                .alias(name)
                for name in _COUNTS
            ),
        )
        head = "".join(f"<th>{escape(name)}</th>" for name in shown.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(str(value or ''))}</td>" for value in row) + "</tr>"
            for row in shown.iter_rows()
        )
        return (
            f"<p><strong>Effect of rules on {self.period}</strong>: {len(self.frame):,} rules with"
            f" findings</p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


def _as_published(count: str) -> nw.Expr:
    size, no_other = nw.col(count).cast(nw.Float64), nw.lit(None, dtype=nw.Float64())
    return control(size, no_other, no_other, nw.lit("bbrb_count"), nw.lit("Provider"))
