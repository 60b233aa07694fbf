"""The result of validating an extract, as a value that answers a few questions."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.frames import ROW_NUMBER
from mhsds_recon.standard import REJECTING_LEVELS
from mhsds_recon.standard.checks import Linked

if TYPE_CHECKING:
    import polars as pl

    from mhsds_recon.frames import Extract
    from mhsds_recon.standard import Standard

__all__ = ["FileVerdict", "Validation"]

_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class FileVerdict:
    """Whether the file as a whole is accepted, and the codes of the file rules that it fails."""

    codes: tuple[str, ...]

    @property
    def accepted(self) -> bool:
        """Whether no file rule is failed."""
        return not self.codes


@dataclass(frozen=True, kw_only=True, repr=False)
class Validation:
    """What the rules say about an extract.

    Attributes:
        extract: What was validated.
        standard: The version of the standard that it was validated against.
        findings: One row per failing row and rule: code, level, table, uid, element (null where
            the rule is about the row), row_number (from 1, null where the finding is about the
            table's shape), key (JSON of the row's identifying elements), certain (false where the
            source of the rule holds only part of the accepted scores). Sorted by table, row and
            code; no other value of a row is in it.
        accepted: table, submitted, accepted: rows of every table; a rejected file has none
            accepted.
        file_verdict: Whether the file as a whole is accepted.
        not_assessed: Codes of the rules that could not be judged.
    """

    extract: Extract
    standard: Standard
    findings: pl.DataFrame
    accepted: pl.DataFrame
    file_verdict: FileVerdict
    not_assessed: tuple[str, ...]

    def counts(self) -> pl.DataFrame:
        """Return code, level, table, element, rows: failing rows per rule, most rows first."""
        findings = nw.from_native(self.findings, eager_only=True)
        by_rule = findings.group_by("code", "level", "table", "element").agg(
            nw.len().cast(nw.Int64).alias("rows")
        )
        order = ["rows", "code", "table", "element"]
        return by_rule.sort(order, descending=[True, False, False, False]).to_native()

    def by_table(self) -> pl.DataFrame:
        """Return table, submitted, accepted, rejected (rows), warnings (findings) per table."""
        findings = nw.from_native(self.findings, eager_only=True)
        warnings = (
            findings.filter(~nw.col("level").is_in(REJECTING_LEVELS))
            .group_by("table")
            .agg(nw.len().cast(nw.Int64).alias("warnings"))
        )
        accepted = nw.from_native(self.accepted, eager_only=True)
        return (
            accepted.with_columns((nw.col("submitted") - nw.col("accepted")).alias("rejected"))
            .with_row_index("position")
            .join(warnings, on="table", how="left")
            .with_columns(nw.col("warnings").fill_null(0))
            .sort("position")
            .drop("position")
            .to_native()
        )

    def rejected_rows(self, table: str, *, cascade: bool) -> pl.DataFrame:
        """Return ``row_number`` of a table's rejected rows, in order, each once.

        Args:
            table: Name of the table.
            cascade: Whether rows count that are rejected only because a row they link to is
                missing or rejected.
        """
        findings = nw.from_native(self.findings, eager_only=True).filter(
            nw.col("table") == table, nw.col("level").is_in(REJECTING_LEVELS)
        )
        if not cascade:
            findings = findings.filter(~nw.col("code").is_in(self._link_codes()))
        return findings.select(ROW_NUMBER).unique().sort(ROW_NUMBER).to_native()

    def rejects_rows(self) -> bool:
        """Return whether a rule rejects any row, of itself or in the cascade."""
        return bool(self.findings["level"].is_in(REJECTING_LEVELS).any())

    def accepted_extract(self) -> Extract:
        """Return the extract's accepted rows; none where the file is rejected."""
        if self.file_verdict.accepted:
            return self.extract_without_rejected(cascade=True)
        tables = self.extract.tables.items()
        return self.extract.with_tables(
            {table: rows.filter(nw.col(ROW_NUMBER) < 1) for table, rows in tables}
        )

    def extract_without_rejected(self, *, cascade: bool) -> Extract:
        """Return the extract without rejected rows, whatever becomes of the file.

        Args:
            cascade: Whether rows go too that are rejected only because of a row they link to.
        """
        tables = dict(self.extract.tables)
        findings = nw.from_native(self.findings, eager_only=True)
        rejecting = findings.filter(nw.col("level").is_in(REJECTING_LEVELS))
        for table in rejecting.get_column("table").unique().to_list():
            rejected = self.rejected_rows(table, cascade=cascade)
            if table in tables and not rejected.is_empty():
                dropped = self.extract.engine.scan(rejected.lazy())
                tables[table] = tables[table].join(dropped, on=ROW_NUMBER, how="anti")
        return self.extract.with_tables(tables)

    def _link_codes(self) -> list[str]:
        rules = self.standard.rules.values()
        return [rule.code for rule in rules if isinstance(rule.check, Linked)]

    def __repr__(self) -> str:
        """Return one line with the verdict and totals."""
        return f"<Validation of {self.extract.name!r}: {self._summary()}>"

    def _repr_html_(self) -> str:
        """Return verdict and counts as HTML for a notebook; no row of the extract is shown."""
        counts = nw.from_native(self.counts().head(_SHOWN), eager_only=True)
        head = "".join(f"<th>{escape(name)}</th>" for name in counts.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(str(value or ''))}</td>" for value in row) + "</tr>"
            for row in counts.iter_rows()
        )
        return (
            f"<p><strong>{escape(self.extract.name)}</strong>: {escape(self._summary())}</p>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )

    def _summary(self) -> str:
        submitted, accepted = self.accepted["submitted"].sum(), self.accepted["accepted"].sum()
        verdict = "accepted" if self.file_verdict.accepted else "rejected"
        codes = f" ({', '.join(self.file_verdict.codes)})" if self.file_verdict.codes else ""
        return (
            f"file {verdict}{codes}; {accepted:,} of {submitted:,} rows accepted;"
            f" {len(self.findings):,} findings"
        )
