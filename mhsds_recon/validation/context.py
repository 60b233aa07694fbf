"""What a check may need beside the row under test: header, portal facts, reference files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.frames import ROW_NUMBER, Reference
from mhsds_recon.standard import PortalFacts, Standard, Table
from mhsds_recon.standard.checks import KnownPostcode, NationalCode, Organisation, names_in
from mhsds_recon.validation.days import FORMATS_WITH_CLOCK, day_in, read_day, shift_day
from mhsds_recon.validation.lookups import Lookups

if TYPE_CHECKING:
    from mhsds_recon.frames import Extract
    from mhsds_recon.standard import Rule

__all__ = ["Context", "is_judged", "read_header"]

_HEADER, _PORTAL = "header", "portal"
_NO_FACTS = PortalFacts()
_NO_REFERENCE = Reference()
_NOTHING = Lookups()


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a check may need beside the row under test.

    Attributes:
        standard: Code lists, scales and tables.
        table: The table under test.
        header: The values of the header's first row by element.
        portal: What is known of the upload.
        reference: Reference files.
        lookups: What they say about the values under test.
    """

    standard: Standard
    table: Table | None = None
    header: Mapping[str, str | None] = field(default_factory=dict)
    portal: PortalFacts = _NO_FACTS
    reference: Reference = _NO_REFERENCE
    lookups: Lookups = _NOTHING

    def of(self, table: str) -> Context:
        """Return the context of checks on a table."""
        return replace(self, table=self.standard.tables[table])

    def given(self, name: str) -> str | None:
        """Return a value of the header or of the portal, by its name with prefix."""
        prefix, _, bare = name.partition(".")
        return self.header.get(bare) if prefix == _HEADER else self.portal.fact(bare)

    def day_given(self, name: str, *, plus_days: int = 0) -> str | None:
        """Return a day of the header or of the portal; None where none can be read."""
        return shift_day(read_day(self.given(name), with_clock=self._has_clock(name)), plus_days)

    def text(self, name: str) -> nw.Expr:
        """Return a value of the row, of a row above it, of the header or of the portal."""
        if _is_given(name):
            return nw.lit(self.given(name), dtype=nw.String())
        return nw.col(name)

    def day(self, name: str, *, plus_days: int = 0) -> nw.Expr:
        """Return the same as a day, null where none can be read."""
        if _is_given(name):
            return nw.lit(self.day_given(name, plus_days=plus_days), dtype=nw.String())
        return day_in(nw.col(name), with_clock=self._has_clock(name))

    def rough_day(self, name: str, *, plus_days: int = 0) -> nw.Expr:
        """Return the same without reading it: text that sorts as the days do, where there are any.

        Only comparing with 'less' or 'greater' is safe: a clock may follow the day.
        """
        return self.day(name, plus_days=plus_days) if _is_given(name) else nw.col(name)

    def is_day(self, name: str) -> bool:
        """Return whether an element of the table under test holds days."""
        return bool(self.table) and self._format(name) in {"date", *FORMATS_WITH_CLOCK}

    def _has_clock(self, name: str) -> bool:
        return name.startswith(f"{_PORTAL}.") or self._format(name) in FORMATS_WITH_CLOCK

    def _format(self, name: str) -> str:
        prefix, _, bare = name.rpartition(".")
        table = self.table
        if prefix:
            header = prefix == _HEADER
            table = self.standard.header if header else self.standard.numbered(prefix)
        if table is None:
            message = f"the table of '{name}' is not set"
            raise AssertionError(message)
        return table.element(bare).format


def is_judged(rule: Rule, context: Context) -> bool:
    """Return whether everything is there that a rule needs: its codes, its reference, its facts."""
    match rule.check:
        case NationalCode(code_list=name):
            return bool(context.standard.code_lists[name].codes)
        case Organisation():
            return context.reference.organisations is not None
        case KnownPostcode():
            return context.reference.postcodes is not None
        case check:
            facts = (name for name in names_in(check) if name.startswith(f"{_PORTAL}."))
            return all(context.given(name) is not None for name in facts)


def read_header(extract: Extract, standard: Standard) -> dict[str, str | None]:
    """Return the values of the header's first row by element; empty where it has no row."""
    rows = extract.tables[standard.header.name].sort(ROW_NUMBER).head(1)
    (first,) = extract.engine.collect([rows.select(*standard.header.element_names)])
    return dict(first.row(0, named=True)) if len(first) else {}


def _is_given(name: str) -> bool:
    return name.partition(".")[0] in {_HEADER, _PORTAL}
