"""For every rule a row that fails it and one that passes, made from its check.

The rows are synthetic, the same every time, and hold only the elements that matter: an example
of one rule may well fail another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import singledispatch
from itertools import pairwise
from typing import TYPE_CHECKING

from mhsds_recon.standard.checks import (
    Absent,
    AgeBetween,
    FitsScheme,
    FollowedBy,
    Format,
    IsBlank,
    IsGiven,
    IsOneOf,
    KnownPostcode,
    Linked,
    Mandatory,
    NationalCode,
    Never,
    NoneOf,
    NotAfter,
    NotBefore,
    OneOf,
    Organisation,
    SameAs,
    Score,
    SnomedStructure,
    Unique,
)
from mhsds_recon.validation.typical import (
    DAY,
    GOOD_SNOMED,
    PORTAL,
    day_of,
    on_day,
    other_code,
    typical,
    unfit,
)

if TYPE_CHECKING:
    from mhsds_recon.standard import Element, Rule, Standard
    from mhsds_recon.standard.checks import Check, Guard

__all__ = ["Example", "ExampleRow", "example_of"]

Values = Mapping[str, str | None]
_BAD_SNOMED = GOOD_SNOMED[0][:-1] + "5"
_ICD10 = "F321"
_UNKNOWN_POSTCODE = "ZQ9 9ZZ"
_ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class ExampleRow:
    """Some elements of a row; a table called ``portal`` holds facts of the upload.

    Attributes:
        table: Name of the table.
        values: Values by element, None for a blank one.
    """

    table: str
    values: Values


@dataclass(frozen=True, kw_only=True)
class Example:
    """What fails a rule and what passes it.

    Attributes:
        failing: The rows of an example that fails; the first is the one that fails.
        passing: The rows of an example that passes; the first is the one that is tried. Empty
            where no row can pass.
        assuming: What the reference files are taken to say, or empty.
    """

    failing: tuple[ExampleRow, ...]
    passing: tuple[ExampleRow, ...]
    assuming: str = ""


@dataclass(frozen=True, kw_only=True)
class _Making:
    """A rule whose example is made, and the standard that it belongs to."""

    rule: Rule
    standard: Standard

    def element(self, name: str) -> Element:
        return self.standard.tables[self.rule.table].element(name)

    def typical(self, name: str, variant: int = 0) -> str:
        return typical(self.element(name), self.standard, variant=variant)

    def on(self, name: str, day: dt.date) -> str:
        return on_day(self.element(name), day)

    def guarded(self, when: Guard | None) -> Values:
        """Return the value of the element that says on which rows the check is made."""
        match when:
            case None:
                return {}
            case IsBlank(element=name):
                return {name: None}
            case IsGiven(element=name):
                return {name: self.typical(name)}
            case IsOneOf(element=name, values=values):
                return {name: values[0]}

    def example(self, failing: Values, passing: Values, assuming: str = "") -> Example:
        """Return an example of one row each."""
        return Example(
            failing=(self._row(failing),), passing=(self._row(passing),), assuming=assuming
        )

    def beside(self, other: str, failing: Values, passing: Values) -> Example:
        """Return an example in which a value is compared with that of another element."""
        prefix, _, name = other.rpartition(".")
        if prefix == "header" and self.rule.table == self.standard.header.name:
            prefix = ""
        keys: Values = {}
        above: tuple[ExampleRow, ...]
        match prefix:
            case "":
                same = {name: self.typical(name)}
                return self.example({**failing, **same}, {**passing, **same})
            case "portal":
                above = (ExampleRow(table=prefix, values={name: PORTAL[name]}),)
            case "header":
                header = self.standard.header
                value = typical(header.element(name), self.standard)
                above = (ExampleRow(table=header.name, values={name: value}),)
            case number:
                above = self._rows_up_to(number, name)
                keys = self._key(self.rule.table)
        return Example(
            failing=(self._row({**keys, **failing}), *above),
            passing=(self._row({**keys, **passing}), *above),
        )

    def _row(self, values: Values) -> ExampleRow:
        return ExampleRow(table=self.rule.table, values=values)

    def _rows_up_to(self, number: str, name: str) -> tuple[ExampleRow, ...]:
        """Return the rows above the rule's own, each with its keys, up to one of a table."""
        top = self.standard.numbered(number)
        way = self.standard.way_up(self.rule.table, top.name) or ()
        rows = [
            ExampleRow(table=above, values={**self._key(below), **self._key(above)})
            for below, above in pairwise(way)
        ]
        value = typical(top.element(name), self.standard)
        highest = {**self._key(way[-2]), name: value}
        return (*rows[:-1], ExampleRow(table=top.name, values=highest))

    def _key(self, table: str) -> Values:
        """Return the key by which a row names the one above it."""
        below = self.standard.tables[table]
        name = below.parent_key
        return {name: typical(below.element(name), self.standard)} if name else {}


def example_of(rule: Rule, standard: Standard) -> Example | None:
    """Return a failing and a passing example of a rule.

    None where the rule cannot be assessed because the codes of its list are not published.
    """
    return _example(rule.check, _Making(rule=rule, standard=standard))


@singledispatch
def _example(check: Check, making: _Making) -> Example | None:
    message = f"{type(check).__name__} of {making.rule.code} has no example"
    raise TypeError(message)


@_example.register
def _(check: Mandatory, making: _Making) -> Example:
    name, guard = check.element, making.guarded(check.when)
    return making.example({**guard, name: None}, {**guard, name: making.typical(name)})


@_example.register
def _(check: Absent, making: _Making) -> Example:
    name, guard = check.element, making.guarded(check.when)
    return making.example({**guard, name: making.typical(name)}, {**guard, name: None})


@_example.register
def _(check: Format, making: _Making) -> Example:
    good = making.typical(check.element)
    return making.example({check.element: unfit(good, check.format)}, {check.element: good})


@_example.register
def _(check: NationalCode, making: _Making) -> Example | None:
    codes = making.standard.code_lists[check.code_list].values
    if not codes:
        return None
    bad = other_code(codes, codes[0])
    return making.example({check.element: bad}, {check.element: codes[0]})


@_example.register
def _(check: OneOf, making: _Making) -> Example:
    name, guard = check.element, making.guarded(check.when)
    bad = other_code(check.values, check.values[0], *_codes(name, making))
    return making.example({**guard, name: bad}, {**guard, name: check.values[0]})


@_example.register
def _(check: NoneOf, making: _Making) -> Example:
    name, guard = check.element, making.guarded(check.when)
    good = other_code(check.values, check.values[0], *_codes(name, making))
    return making.example({**guard, name: check.values[0]}, {**guard, name: good})


@_example.register
def _(check: SameAs, making: _Making) -> Example:
    name = check.element
    return making.beside(check.other, {name: making.typical(name, 1)}, {name: making.typical(name)})


@_example.register
def _(check: NotBefore, making: _Making) -> Example:
    name, bound = check.element, day_of(check.other)
    return making.beside(
        check.other,
        {name: making.on(name, bound - _ONE_DAY)},
        {name: making.on(name, bound)},
    )


@_example.register
def _(check: NotAfter, making: _Making) -> Example:
    name, bound = check.element, day_of(check.other) + check.plus_days * _ONE_DAY
    return making.beside(
        check.other,
        {name: making.on(name, bound + _ONE_DAY)},
        {name: making.on(name, bound)},
    )


@_example.register
def _(check: AgeBetween, making: _Making) -> Example:
    name, day = check.element, day_of(check.on)
    oldest = day.replace(year=day.year - check.oldest)
    return making.beside(
        check.on,
        {name: making.on(name, oldest.replace(year=oldest.year - 1))},
        {name: making.on(name, oldest)},
    )


@_example.register
def _(check: SnomedStructure, making: _Making) -> Example:
    return making.example({check.element: _BAD_SNOMED}, {check.element: GOOD_SNOMED[0]})


@_example.register
def _(check: FitsScheme, making: _Making) -> Example:
    scheme = {check.scheme: check.snomed_ct}
    return making.example(
        {check.element: _ICD10, **scheme}, {check.element: GOOD_SNOMED[0], **scheme}
    )


@_example.register
def _(check: Score, making: _Making) -> Example:
    scales = making.standard.scales.values()
    scale = next(scale for scale in scales if scale.certain and scale.high is not None)
    highest, tool = int(scale.high or 0), {check.tool: scale.code}
    return making.example(
        {**tool, check.element: str(highest + 1)}, {**tool, check.element: str(highest)}
    )


@_example.register
def _(check: Organisation, making: _Making) -> Example:
    opened, closed = making.typical(check.element), making.typical(check.element, 1)
    example = making.beside(check.on, {check.element: closed}, {check.element: opened})
    kind = "organisation" if check.register == "organisation" else f"{check.register} code"
    return replace(
        example, assuming=f"the reference file lists {opened} as an open {kind} and not {closed}"
    )


@_example.register
def _(check: KnownPostcode, making: _Making) -> Example:
    known = making.typical(check.element)
    return making.example(
        {check.element: _UNKNOWN_POSTCODE},
        {check.element: known},
        assuming=f"the reference file lists {known} and not {_UNKNOWN_POSTCODE}",
    )


@_example.register
def _(check: Unique, making: _Making) -> Example:
    twin = making.example(_keys(check, making, 1, 1), {})
    if not check.elements:
        return Example(failing=twin.failing * 2, passing=twin.failing)
    rows = making.example(_keys(check, making, 2, 2), _keys(check, making, 2, 3))
    return Example(failing=twin.failing * 2, passing=(*rows.failing, *rows.passing))


@_example.register
def _(check: Linked, making: _Making) -> Example:
    known = making.typical(check.element)
    linked = ExampleRow(table=check.table, values={check.element: known})
    rows = making.example({check.element: "NOTINFILE"}, {check.element: known})
    return Example(failing=(*rows.failing, linked), passing=(*rows.passing, linked))


@_example.register
def _(check: FollowedBy, making: _Making) -> Example:
    key = {check.key: making.typical(check.key)}
    first = {**key, check.differs: making.typical(check.differs), check.end: DAY.isoformat()}
    follower = {
        **key,
        check.differs: making.typical(check.differs, 1),
        check.start: (DAY + _ONE_DAY).isoformat(),
    }
    rows = making.example(first, follower)
    return Example(failing=rows.failing, passing=(*rows.failing, *rows.passing))


@_example.register
def _(check: Never, making: _Making) -> Example:  # noqa: ARG001  one signature for all kinds
    table = making.standard.tables[making.rule.table]
    name = table.elements[0].name
    row = ExampleRow(table=table.name, values={name: making.typical(name)})
    return Example(failing=(row,), passing=())


def _codes(name: str, making: _Making) -> tuple[str, ...]:
    code_list = making.element(name).code_list
    return making.standard.code_lists[code_list].values if code_list else ()


def _keys(check: Unique, making: _Making, variant: int, last_variant: int) -> Values:
    """Return values that may occur once, with a variant for the last element of its own.

    An identifier bears the rule's number, so that examples of several rules can share a table.
    """
    blank: Values = {check.where_blank: None} if check.where_blank else {}
    if not check.elements:
        first = making.standard.tables[making.rule.table].elements[0].name
        return {first: making.typical(first)}
    *others, last = check.elements
    values = {name: _key(name, making, variant) for name in others}
    return {**values, last: _key(last, making, last_variant), **blank}


def _key(name: str, making: _Making, variant: int) -> str:
    value, element = making.typical(name, variant), making.element(name)
    if element.format != "max an20" or element.code_list:
        return value
    return f"{value[:14].rstrip('0123456789')}{making.rule.code.removeprefix('MHS')}{variant}"
