"""Which rows go where one rule alone rejects, or where one rule alone no longer does.

Only rows that the full validation rejects can go, since fewer rejections never cause another.
So a cascade is followed again on these rows and the rows they link to, all months in one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec
import narwhals as nw

from mhsds_recon.effects.places import merge, month_of, rows_in
from mhsds_recon.frames import ROW_NUMBER
from mhsds_recon.standard import REJECTING_LEVELS
from mhsds_recon.standard.checks import Linked
from mhsds_recon.validation.cascade import follow_links
from mhsds_recon.validation.kinds import is_blank

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    import polars as pl

    from mhsds_recon.effects.places import Frame, Places
    from mhsds_recon.frames import Extract
    from mhsds_recon.standard import ReportingPeriod, Rule, Standard
    from mhsds_recon.validation import Validation

__all__ = ["Rejections", "gather_rejections", "link_rules"]


@dataclass(frozen=True, kw_only=True)
class Rejections:
    """The rejected rows of several months, by the rule that starts their rejection.

    Rows are named by place. Keys have a month's number before their value, so that links stay
    within a month.

    Attributes:
        standard: The rules.
        rejected: By table: place and linking elements of the rows that can be rejected.
        linked: By table: the same of those rows and of the rows that they link to.
        failing: By code: rows that fail a rejecting rule.
    """

    standard: Standard
    rejected: Places
    linked: Places
    failing: Mapping[str, Frame]

    @cached_property
    def own(self) -> Mapping[str, Frame]:
        """By code: the rows that fail a rejecting rule other than a link."""
        links = {rule.code for rule, _ in link_rules(self.standard)}
        return {code: rows for code, rows in self.failing.items() if code not in links}

    @cached_property
    def missing(self) -> Mapping[str, Frame]:
        """By code: the rows that fail a link because the other row was not even submitted."""
        found = {
            rule.code: self._fail(rule, check, {})
            for rule, check in link_rules(self.standard)
            if rule.code in self.failing
        }
        return {code: rows for code, rows in found.items() if not rows.is_empty()}

    @property
    def codes(self) -> list[str]:
        """The codes of the rules that start a rejection."""
        return sorted({*self.own, *self.missing})

    def starting(self, code: str) -> Places:
        """Return the rows that a rule rejects of itself, by table: one table, or none."""
        for found in (self.own, self.missing):
            if code in found:
                return {self.standard.rules[code].table: found[code]}
        return {}

    def alone(self, code: str) -> Places:
        """Return the rows that go by table where no other rule starts a rejection."""
        own = {self.standard.rules[code].table: self.own[code]} if code in self.own else {}
        forgiven = {link: rows for link, rows in self.missing.items() if link != code}
        return self._follow(own, forgiven, self.rejected)

    def all_but(self, code: str | None, tables: Collection[str]) -> Places:
        """Return the rows that go by table where all rules but one start rejections.

        Args:
            code: The rule that does not; None where all do.
            tables: Tables to look at, each with the tables that its rows link to.
        """
        own = merge(
            {self.standard.rules[other].table: rows}
            for other, rows in self.own.items()
            if other != code and self.standard.rules[other].table in tables
        )
        forgiven = {link: rows for link, rows in self.missing.items() if link == code}
        return self._follow(own, forgiven, tables)

    def _follow(
        self, own: Places, forgiven: Mapping[str, Frame], tables: Collection[str]
    ) -> Places:
        """Return the rows and what falls with them, link by link in the national order."""
        gone = dict(own)
        for rule, check in link_rules(self.standard):
            if rule.table not in self.rejected or rule.table not in tables:
                continue
            if check.table in gone:
                found = self._fail(rule, check, gone)
            elif rule.code in self.missing:
                found = self.missing[rule.code]
            else:
                continue
            if rule.code in forgiven:
                found = found.join(forgiven[rule.code], on=ROW_NUMBER, how="anti")
            if not found.is_empty():
                already = [gone[rule.table]] if rule.table in gone else []
                gone[rule.table] = nw.concat([*already, found]).unique()
        return gone

    def _fail(self, rule: Rule, check: Linked, gone: Places) -> Frame:
        """Return the rows that fail one link when others have gone."""
        rows = self.rejected[rule.table]
        keys = {rule.table: rows, check.table: self.linked[check.table]}
        one = msgspec.structs.replace(self.standard, link_order=(rule.code,))
        return follow_links(keys, gone, one).get(rule.code, rows.head(0).select(ROW_NUMBER))


def link_rules(standard: Standard) -> Iterator[tuple[Rule, Linked]]:
    """Yield the rejecting rules that a row of another table must be valid, in their order."""
    for code in standard.link_order:
        rule = standard.rules[code]
        if isinstance(rule.check, Linked) and rule.rejects:
            yield rule, rule.check


def gather_rejections(validations: Sequence[Validation], standard: Standard) -> Rejections:
    """Return the rejected rows of all months with the rules that start their rejection.

    Args:
        validations: One or more, each of another month.
        standard: The rules.
    """
    elements = _linking_elements(standard)
    months = [month_of(validation) for validation in validations]
    keys = [_rejected_keys(validation, elements) for validation in validations]
    targets = [
        _linked_keys(validation.extract, rejected, standard, elements)
        for validation, rejected in zip(validations, keys, strict=True)
    ]
    return Rejections(
        standard=standard,
        rejected=_stack(list(zip(months, keys, strict=True))),
        linked=_stack(list(zip(months, targets, strict=True))),
        failing=_rows_by_code(validations),
    )


def _rows_by_code(validations: Sequence[Validation]) -> dict[str, Frame]:
    """Return the places that fail each rejecting rule."""
    found = nw.concat(
        [
            _rejecting(validation).select("code", rows_in(month_of(validation)))
            for validation in validations
        ]
    )
    codes = found.get_column("code").unique().sort().to_list()
    return {code: found.filter(nw.col("code") == code).select(ROW_NUMBER) for code in codes}


def _rejecting(validation: Validation) -> Frame:
    findings = nw.from_native(validation.findings, eager_only=True)
    return findings.filter(nw.col("level").is_in(REJECTING_LEVELS))


def _linking_elements(standard: Standard) -> dict[str, list[str]]:
    elements: dict[str, dict[str, None]] = {}
    for rule, check in link_rules(standard):
        for table in (rule.table, check.table):
            elements.setdefault(table, {})[check.element] = None
    return {table: list(names) for table, names in elements.items()}


def _rejected_keys(validation: Validation, elements: Mapping[str, Sequence[str]]) -> Places:
    """Return ``row_number`` and linking elements of a month's rejected rows by table."""
    extract = validation.extract
    tables = _rejecting(validation).get_column("table").unique().sort().to_list()
    plans = {}
    for table in tables:
        rejected = validation.rejected_rows(table, cascade=True)
        keys = extract.tables[table].select(ROW_NUMBER, *elements.get(table, ()))
        plans[table] = keys.join(_scan(extract, rejected), on=ROW_NUMBER, how="semi")
    return dict(zip(plans, _collect(extract, plans.values()), strict=True))


def _linked_keys(
    extract: Extract, rejected: Places, standard: Standard, elements: Mapping[str, Sequence[str]]
) -> Places:
    """Return the same of the rows that rejected rows link to, and of the rejected rows."""
    wanted: dict[tuple[str, str], list[Frame]] = {}
    for rule, check in link_rules(standard):
        if rule.table in rejected:
            values = rejected[rule.table].select(check.element).drop_nulls()
            wanted.setdefault((check.table, check.element), []).append(values)
    plans = [
        extract.tables[table]
        .select(ROW_NUMBER, *elements[table])
        .join(_scan(extract, nw.concat(values).unique().to_native()), on=element, how="semi")
        for (table, element), values in wanted.items()
    ]
    linked = {table: [rows] for table, rows in rejected.items()}
    for (table, _), rows in zip(wanted, _collect(extract, plans), strict=True):
        linked.setdefault(table, []).append(rows)
    return {table: nw.concat(rows).unique(ROW_NUMBER) for table, rows in linked.items()}


def _scan(extract: Extract, rows: pl.DataFrame) -> nw.LazyFrame[Any]:
    return extract.engine.scan(rows.lazy())


def _collect(extract: Extract, plans: Iterable[nw.LazyFrame[Any]]) -> list[Frame]:
    return [nw.from_native(rows, eager_only=True) for rows in extract.engine.collect(list(plans))]


def _stack(months: Sequence[tuple[ReportingPeriod, Places]]) -> dict[str, Frame]:
    """Return the rows of all months by table, named by place, keys kept apart by month."""
    stacked: dict[str, list[Frame]] = {}
    for period, tables in months:
        for table, rows in tables.items():
            keys = [name for name in rows.columns if name != ROW_NUMBER]
            apart = rows.select(rows_in(period), *(_within(period, key) for key in keys))
            stacked.setdefault(table, []).append(apart)
    return {table: nw.concat(rows) for table, rows in stacked.items()}


def _within(period: ReportingPeriod, key: str) -> nw.Expr:
    value = nw.concat_str(nw.lit(f"{period} "), nw.col(key))
    return nw.when(~is_blank(key)).then(value).alias(key)
