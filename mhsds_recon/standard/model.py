"""The frozen objects that one version of the standard is loaded into."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal

from msgspec import Struct, field

from mhsds_recon.errors import DefinitionError, near_miss
from mhsds_recon.standard.checks import Check, FileCheck, Linked
from mhsds_recon.standard.dated_codes import DatedCode, DatedCodeList
from mhsds_recon.standard.funnels import Funnel
from mhsds_recon.standard.measures import Breakdown, Measure
from mhsds_recon.standard.outcome_tools import OutcomeTool, RcadsNorm
from mhsds_recon.standard.quality import MaturityEdition, QualityItem
from mhsds_recon.standard.variations import CauseEvidence, DefinitionChange, Variation

__all__ = [
    "REJECTING_LEVELS",
    "Code",
    "CodeList",
    "Element",
    "ElementType",
    "FileRule",
    "Level",
    "Rule",
    "Scale",
    "Standard",
    "Table",
]

ElementType = Literal["string", "date", "time", "datetime", "integer", "decimal"]
Level = Literal["group_rejected", "record_rejected", "severity_1_warning", "warning"]
HEADER = "MHS000"
REJECTING_LEVELS: frozenset[Level] = frozenset({"group_rejected", "record_rejected"})


class _Definition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """Common settings of everything read from a definition file."""


class Element(_Definition, frozen=True, kw_only=True, dict=True):
    """A data item of a table. ``format`` is in the notation of ``standard.formats``.

    ``also_named`` are other names that national sources give it, and that files may carry.
    """

    name: str
    uid: str
    title: str
    type: ElementType
    format: str = ""
    requirement: Literal["mandatory", "required", "pilot", "not known"] = "not known"
    code_list: str | None = None
    snomed: bool = False
    stored_as: str = "text"
    also_named: tuple[str, ...] = ()
    note: str = ""


class Table(_Definition, frozen=True, kw_only=True, dict=True):
    """A submitted table: its elements in their published order, its key and its parent."""

    name: str
    number: str
    title: str
    parent: str | None = None
    parent_key: str | None = None
    primary_key: tuple[str, ...] = ()
    group_root: str
    cardinality: str = ""
    in_pre_deadline_extract: bool = True
    in_post_deadline_extract: bool = True
    note: str = ""
    elements: tuple[Element, ...]

    @cached_property
    def element_names(self) -> tuple[str, ...]:
        """The names of the elements in their published order."""
        return tuple(element.name for element in self.elements)

    @cached_property
    def identifying_elements(self) -> tuple[str, ...]:
        """The elements that tell a reader which row is meant: its key, then its link upwards."""
        keys = (*self.primary_key, *((self.parent_key,) if self.parent_key else ()))
        return tuple(dict.fromkeys(keys))

    def element(self, name: str) -> Element:
        """Return one element.

        Raises:
            KeyError: The table has no such element.
        """
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> Mapping[str, Element]:
        return {element.name: element for element in self.elements}


class Code(_Definition, frozen=True, kw_only=True, dict=True):
    """A code of a national code list; ``quality`` is its class in the data quality measures."""

    code: str
    meaning: str = ""
    valid_from: str = ""
    quality: Literal["valid", "other", "default", ""] = ""
    meaning_source: str = ""


class CodeList(_Definition, frozen=True, kw_only=True, dict=True):
    """A national code list. Without codes (they are not published) it cannot be tested."""

    name: str
    note: str = ""
    codes: tuple[Code, ...] = ()

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The codes alone."""
        return tuple(code.code for code in self.codes)


class Scale(_Definition, frozen=True, kw_only=True, dict=True):
    """The scores that an assessment tool can give, the tool known by its code.

    A score is one of ``others``, or a number from ``low`` to ``high`` with at most ``decimals``
    digits after its point. Where not ``certain`` the source holds only part of the accepted scores.
    """

    code: str
    low: float | None = None
    high: float | None = None
    decimals: int = 0
    others: tuple[str, ...] = ()
    certain: bool


class Rule(_Definition, frozen=True, kw_only=True, dict=True):
    """A rule of the national list: its official code, its level and what must hold."""

    code: str
    level: Level
    check: Check
    identified_by: tuple[str, ...] = ()
    note: str = ""
    table: str = ""

    @property
    def element(self) -> str | None:
        """The element that the rule is about, or None where it is about the row."""
        return None if isinstance(self.check, Linked) else getattr(self.check, "element", None)

    @property
    def rejects(self) -> bool:
        """Whether a failing row is no longer valid."""
        return self.level in REJECTING_LEVELS


class FileRule(_Definition, frozen=True, kw_only=True, dict=True):
    """A check that rejects the whole file."""

    code: str
    meaning: str
    check: FileCheck


class Standard(_Definition, frozen=True, kw_only=True, dict=True):
    """One version of the standard: everything by name, cross-checked."""

    version: str
    title: str
    valid_from: str
    sources: tuple[str, ...] = ()
    link_order: tuple[str, ...] = ()
    tables: Mapping[str, Table] = field(default_factory=dict)
    code_lists: Mapping[str, CodeList] = field(default_factory=dict)
    scales: Mapping[str, Scale] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    file_rules: Mapping[str, FileRule] = field(default_factory=dict)
    measures: Mapping[str, Measure] = field(default_factory=dict)
    breakdowns: Mapping[str, Breakdown] = field(default_factory=dict)
    funnels: Mapping[str, Funnel] = field(default_factory=dict)
    variations: Mapping[str, Variation] = field(default_factory=dict)
    changes: tuple[DefinitionChange, ...] = ()
    evidence: Mapping[str, CauseEvidence] = field(default_factory=dict)
    outcome_tools: tuple[OutcomeTool, ...] = ()
    rcads_norms: tuple[RcadsNorm, ...] = ()
    dated_codes: Mapping[str, DatedCodeList] = field(default_factory=dict)
    quality_items: Mapping[str, QualityItem] = field(default_factory=dict)
    maturity: tuple[MaturityEdition, ...] = ()

    def rules_of(self, table: str) -> tuple[Rule, ...]:
        """Return the rules of a table in order of their codes."""
        return self._rules_by_table.get(table, ())

    def breakdowns_of(self, measure: Measure) -> tuple[str, ...]:
        """Return what a measure is divided by: a published one by what it is published by."""
        return tuple(
            name for name in measure.breakdowns if measure.local or not self.breakdowns[name].local
        )

    def codes_named(self, name: str) -> tuple[DatedCode, ...]:
        """Return a list of dated codes by name.

        Raises:
            DefinitionError: There is no such list; the near miss is named.
        """
        if name not in self.dated_codes:
            hint = near_miss(name, self.dated_codes)
            raise DefinitionError([f"Unknown list of dated codes '{name}'.{hint}"])
        return self.dated_codes[name].codes

    @cached_property
    def _rules_by_table(self) -> Mapping[str, tuple[Rule, ...]]:
        grouped: dict[str, tuple[Rule, ...]] = {}
        for rule in self.rules.values():
            grouped[rule.table] = (*grouped.get(rule.table, ()), rule)
        return grouped

    @cached_property
    def header(self) -> Table:
        """The table whose one row names provider and reporting period."""
        return self.numbered(HEADER)

    def numbered(self, number: str) -> Table:
        """Return a table by its number, such as ``MHS501``.

        Raises:
            KeyError: No table has the number.
        """
        return self._by_number[number]

    @cached_property
    def _by_number(self) -> Mapping[str, Table]:
        return {table.number: table for table in self.tables.values()}

    def way_up(self, table: str, ancestor: str) -> tuple[str, ...] | None:
        """Return the tables from a table up to an ancestor, both included.

        None where the ancestor does not lie above the table.
        """
        way = [table]
        while way[-1] != ancestor:
            parent = self.tables[way[-1]].parent
            if parent is None:
                return None
            way.append(parent)
        return tuple(way)

    def table(self, name: str) -> Table:
        """Return a table by name.

        Raises:
            DefinitionError: There is no such table; the near miss is named.
        """
        if name not in self.tables:
            raise DefinitionError([f"Unknown table '{name}'.{near_miss(name, self.tables)}"])
        return self.tables[name]
