"""The tables of the standard as pandera schemas, for users who live in pandera.

Each schema is generated from the rules that validation runs, so both give one verdict on
presence, blanks, formats and codes. They have no frame-level checks and no ``unique``: those
put whole patient rows into pandera's errors. Its failure cases do hold the failing values, so
they are for the analyst's own eyes and never for a log.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

import pandera.polars as pa
import polars as pl
from pandera.config import ValidationDepth, config_context

from mhsds_recon.standard import Rule, Standard, Table, load_standard
from mhsds_recon.standard.checks import Format, Mandatory, NationalCode
from mhsds_recon.standard.formats import to_regex

if TYPE_CHECKING:
    from collections.abc import Callable

    from pandera.api.polars.types import PolarsData, PolarsFrame
    from pandera.backends.base import BaseSchemaBackend

__all__ = ["TableSchema", "schemas", "table_schema"]

_FIRST_DAY = "1890-01-01"
_WITH_DAY = frozenset({"date", "datetime", "timestamp"})


class TableSchema(pa.DataFrameSchema):
    """A pandera schema that tests the data of a LazyFrame too, which pandera leaves out."""

    @classmethod
    def get_backend(
        cls, check_obj: object = None, check_type: type | None = None
    ) -> BaseSchemaBackend:
        """Return pandera's own backend, which it registers for its own class only."""
        return pa.DataFrameSchema.get_backend(check_obj, check_type)

    def validate(  # noqa: PLR0913, PLR0917  pandera's signature
        self,
        check_obj: PolarsFrame,
        head: int | None = None,
        tail: int | None = None,
        sample: int | None = None,
        random_state: int | None = None,
        lazy: bool = False,  # noqa: FBT001, FBT002  pandera's signature
        inplace: bool = False,  # noqa: FBT001, FBT002  pandera's signature
    ) -> PolarsFrame:
        """Return the frame; takes and raises what ``DataFrameSchema.validate`` does."""
        with config_context(validation_depth=ValidationDepth.SCHEMA_AND_DATA):
            return super().validate(check_obj, head, tail, sample, random_state, lazy, inplace)


@cache
def schemas(version: str = "6.0") -> Mapping[str, TableSchema]:
    """Return the pandera schema of every table of a version of the standard, by table name.

    Columns are text and may come in any order; unknown columns fail. Rules that only warn give
    pandera warnings.

    Raises:
        UsageError: The version is not defined.
    """
    standard = load_standard(version)
    return {name: table_schema(table, standard) for name, table in standard.tables.items()}


def table_schema(table: Table, standard: Standard) -> TableSchema:
    """Return the pandera schema of one table."""
    checks: dict[str, list[pa.Check]] = {name: [] for name in table.element_names}
    mandatory = set()
    for rule in standard.rules_of(table.name):
        check = _column_check(rule, standard)
        if check is not None and rule.element is not None:
            checks[rule.element].append(check)
        if isinstance(rule.check, Mandatory) and rule.check.when is None and rule.rejects:
            mandatory.add(rule.check.element)
    columns = {
        element.name: pa.Column(
            pl.String,
            checks[element.name],
            nullable=element.name not in mandatory,
            title=element.title,
            metadata={"uid": element.uid},
        )
        for element in table.elements
    }
    return TableSchema(columns, strict=True, name=table.name, title=table.title)


def _column_check(rule: Rule, standard: Standard) -> pa.Check | None:
    holds: Callable[[pl.Expr], pl.Expr]
    match rule.check:
        case Mandatory(when=None):
            holds = _has_value
        case Format(format=notation):
            holds = _or_blank(_has_format(notation))
        case NationalCode(code_list=name) if standard.code_lists[name].codes:
            codes = standard.code_lists[name].values
            holds = _or_blank(lambda column: column.is_in(codes))
        case _:
            return None
    return pa.Check(
        _on_column(holds),
        name=rule.code,
        error=rule.code,
        raise_warning=not rule.rejects,
        ignore_na=not isinstance(rule.check, Mandatory),
    )


def _on_column(holds: Callable[[pl.Expr], pl.Expr]) -> Callable[[PolarsData], pl.LazyFrame]:
    return lambda data: data.lazyframe.select(holds(pl.col(data.key)))


def _has_value(column: pl.Expr) -> pl.Expr:
    return column.str.strip_chars(" ").fill_null("") != ""


def _or_blank(holds: Callable[[pl.Expr], pl.Expr]) -> Callable[[pl.Expr], pl.Expr]:
    return lambda column: holds(column) | ~_has_value(column)


def _has_format(notation: str) -> Callable[[pl.Expr], pl.Expr]:
    def holds(column: pl.Expr) -> pl.Expr:
        shaped = column.str.contains(to_regex(notation))
        if notation not in _WITH_DAY:
            return shaped
        day = column.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
        return shaped & (day >= pl.lit(_FIRST_DAY).str.to_date()).fill_null(value=False)

    return holds
