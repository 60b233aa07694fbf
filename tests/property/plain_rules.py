"""The first kinds of rules in slow, obvious Python: the reference for the compiled plans."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mhsds_recon.standard.checks import Format, Linked, Mandatory, NationalCode, Unique

if TYPE_CHECKING:
    from mhsds_recon.standard import Rule, Standard

__all__ = ["Finding", "Row", "judge"]

Row = dict[str, str | None]
Finding = tuple[str, str, int]
_EARLIEST = dt.date(1890, 1, 1)
_OFFSETS = ("Z", "+00:00", "+01:00", "-00:00")


@dataclass(frozen=True)
class _World:
    """Everything that a rule may look at; ``invalid`` grows while the rules are tried."""

    tables: Mapping[str, Sequence[Row]]
    standard: Standard
    invalid: dict[str, set[int]]


def judge(tables: Mapping[str, Sequence[Row]], standard: Standard) -> set[Finding]:
    """Return code, table and row number of every failing row."""
    found: set[Finding] = set()
    world = _World(tables, standard, {table: set() for table in tables})
    linked = [standard.rules[code] for code in standard.link_order]
    others = [rule for rule in standard.rules.values() if rule not in linked]
    for rule in (*others, *linked):
        rows = enumerate(tables[rule.table], 1)
        failing = {number for number, row in rows if not _holds(rule, row, world)}
        found |= {(rule.code, rule.table, number) for number in failing}
        if rule.rejects:
            world.invalid[rule.table] |= failing
    return found


def _holds(rule: Rule, row: Row, world: _World) -> bool:
    match rule.check:
        case Mandatory(element=element):
            return not _is_blank(row[element])
        case Format(element=element, format=notation):
            return _is_blank(row[element]) or _has_format(row[element] or "", notation)
        case NationalCode(element=element, code_list=name):
            codes = world.standard.code_lists[name].values
            return _is_blank(row[element]) or not codes or row[element] in codes
        case Unique(elements=elements, where_blank=where_blank):
            return not _has_copy(row, world.tables[rule.table], elements, where_blank)
        case Linked(element=element, table=table):
            targets = enumerate(world.tables[table], 1)
            valid = (target for n, target in targets if n not in world.invalid[table])
            return _is_blank(row[element]) or any(t[element] == row[element] for t in valid)


def _is_blank(value: str | None) -> bool:
    return value is None or set(value) <= {" "}


def _has_copy(
    row: Row, rows: Sequence[Row], elements: Sequence[str], where_blank: str | None
) -> bool:
    compared = [r for r in rows if where_blank is None or _is_blank(r[where_blank])]
    keys = Counter(tuple(r[e] for e in elements) for r in compared)
    own = tuple(row[e] for e in elements)
    return row in compared and keys[own] > 1 and not any(map(_is_blank, own))


def _has_format(value: str, notation: str) -> bool:
    match notation:
        case "date":
            return _is_day(value)
        case "time":
            return _is_clock(value)
        case "datetime":
            return _is_moment(value)
        case "timestamp":
            return any(value.endswith(o) and _is_moment(value[: -len(o)]) for o in _OFFSETS)
        case "postcode":
            outward, _, inward = value.replace("\t", " ").partition(" ")
            return bool(
                re.fullmatch("[A-Za-z]{1,2}[0-9][A-Za-z0-9]?", outward)
                and re.fullmatch("[0-9][A-Za-z]{2}", inward.lstrip(" "))
            )
        case _:
            return _has_size(value, notation)


def _has_size(value: str, notation: str) -> bool:
    sizes = [int(number) for number in re.findall(r"\d+", notation)]
    low = 1 if len(sizes) == 1 and notation.startswith("max") else sizes[0]
    only_digits = set(value) <= set("0123456789")
    return low <= len(value) <= sizes[-1] and ("an" in notation or only_digits)


def _is_moment(value: str) -> bool:
    day, separator, clock = value.partition("T")
    return separator == "T" and _is_day(day) and _is_clock(clock)


def _is_day(value: str) -> bool:
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return False
    try:
        return dt.date.fromisoformat(value) >= _EARLIEST
    except ValueError:
        return False


def _is_clock(value: str) -> bool:
    if not re.fullmatch("[0-9]{2}:[0-9]{2}:[0-9]{2}", value):
        return False
    hours, minutes, seconds = map(int, value.split(":"))
    return hours < 24 and minutes < 60 and seconds < 60
