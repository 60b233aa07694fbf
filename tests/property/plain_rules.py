"""Every kind of rule in slow, obvious Python: the reference for the compiled plans."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mhsds_recon.standard import PortalFacts
from mhsds_recon.standard.checks import (
    Absent,
    AgeBetween,
    FitsScheme,
    FollowedBy,
    Format,
    Guard,
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

if TYPE_CHECKING:
    from mhsds_recon.standard import Rule, Standard

__all__ = ["Finding", "Known", "Row", "judge"]

Row = dict[str, str | None]
Finding = tuple[str, str, int]
_EARLIEST = dt.date(1890, 1, 1)
_OFFSETS = ("Z", "+00:00", "+01:00", "-00:00")


_HEADER = "MHS000Header"
_DAY = dt.timedelta(days=1)
_ATTRIBUTES = ("408730004", "363589002")
# Verhoeff's published tables.
_PRODUCT = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_PLACE = (
    "0123456789", "1576283094", "5803796142", "8916043527",
    "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known beside the extract: organisations (code, kind, first, last day), postcodes."""

    organisations: Sequence[tuple[str, str, str, str]] = ()
    postcodes: Sequence[str] = ()
    portal: PortalFacts = PortalFacts()  # noqa: RUF009  frozen


@dataclass(frozen=True)
class _World:
    """Everything that a rule may look at; ``invalid`` grows while the rules are tried."""

    tables: Mapping[str, Sequence[Row]]
    standard: Standard
    invalid: dict[str, set[int]]
    known: Known


def judge(
    tables: Mapping[str, Sequence[Row]], standard: Standard, known: Known | None = None
) -> set[Finding]:
    """Return code, table and row number of every failing row."""
    found: set[Finding] = set()
    world = _World(tables, standard, {table: set() for table in tables}, known or Known())
    linked = [standard.rules[code] for code in standard.link_order]
    others = [rule for rule in standard.rules.values() if rule not in linked]
    for rule in (*others, *linked):
        rows = enumerate(tables[rule.table], 1)
        failing = {number for number, row in rows if not _holds(rule, row, world)}
        found |= {(rule.code, rule.table, number) for number in failing}
        if rule.rejects:
            world.invalid[rule.table] |= failing
    return found


def _holds(rule: Rule, row: Row, world: _World) -> bool:  # noqa: C901, PLR0911, PLR0912  one case a kind
    check = rule.check
    if _is_not_made(getattr(check, "when", None), row):
        return True
    value = row.get(rule.element or "")
    if _is_blank(value) and rule.element and not isinstance(check, Mandatory | Absent):
        return True
    text = value or ""
    match check:
        case Mandatory():
            return not _is_blank(value)
        case Absent():
            return _is_blank(value)
        case Format(format=notation):
            return _has_format(text, notation)
        case NationalCode(code_list=name):
            codes = world.standard.code_lists[name].values
            return not codes or value in codes
        case OneOf(values=values):
            return value in values
        case NoneOf(values=values):
            return value not in values
        case SameAs() | NotBefore() | NotAfter() | AgeBetween():
            return _compares_well(rule, row, world)
        case SnomedStructure(expression=expression):
            return _is_concept(text) or (expression and _is_expression(text))
        case FitsScheme(scheme=scheme, icd10=icd10, snomed_ct=snomed_ct):
            asked = {icd10: 4 <= len(text) <= 6, snomed_ct: _is_concept(text)}
            return asked.get(row[scheme] or "", True)
        case Score(tool=tool):
            return _is_score(text, row[tool] or "", world.standard)
        case Organisation(register=register, on=on, unless=unless):
            day = _day_of(on, rule, row, world)
            return text in unless or not day or _is_live(text, register, str(day[0]), world)
        case KnownPostcode():
            known = {"".join(code.split()).upper() for code in world.known.postcodes}
            return "".join(text.split()).upper() in known
        case Unique(elements=elements, where_blank=where_blank):
            return not _has_copy(row, world.tables[rule.table], elements, where_blank)
        case Linked(element=element, table=table):
            return _is_blank(row[element]) or any(
                t[element] == row[element] for t in _valid(table, world)
            )
        case FollowedBy():
            return _is_followed(check, row, _valid(rule.table, world))
        case Never():
            return False


def _is_not_made(when: Guard | None, row: Row) -> bool:
    match when:
        case IsBlank(element=element):
            return not _is_blank(row[element])
        case IsGiven(element=element):
            return _is_blank(row[element])
        case IsOneOf(element=element, values=values):
            return row[element] not in values
        case _:
            return False


def _compares_well(rule: Rule, row: Row, world: _World) -> bool:
    value = row[rule.element or ""]
    own = _day_of(rule.element or "", rule, row, world)
    match rule.check:
        case NotBefore(other=other):
            return all(own[0] >= day for day in _day_of(other, rule, row, world)) if own else True
        case NotAfter(other=other, plus_days=days):
            latest = [_plus(day, days) for day in _day_of(other, rule, row, world)]
            return all(own[0] <= day for day in latest if day) if own else True
        case SameAs(other=other):
            if _format(rule.element or "", rule, world) in {"date", "datetime", "timestamp"}:
                return all(own[:1] == [day] for day in _day_of(other, rule, row, world) if own)
            others = _values(other, rule, row, world)
            return all(value == text for text in others if not _is_blank(text))
        case AgeBetween(on=on, born_by=born_by, youngest=youngest, oldest=oldest):
            today = _day_of(on, rule, row, world)
            last = _day_of(born_by, rule, row, world)
            if not (own and today):
                return True
            age = _age(own[0], today[0])
            if age < 0 and (not last or own[0] <= last[0]):
                age = 0
            return youngest <= age <= oldest
    raise TypeError(rule.check)


def _age(born: dt.date, day: dt.date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _plus(day: dt.date, days: int) -> dt.date | None:
    try:
        return day + days * _DAY
    except OverflowError:
        return None


def _values(name: str, rule: Rule, row: Row, world: _World) -> list[str | None]:
    """Return the values that a name stands for: several where several rows above are meant."""
    prefix, _, bare = name.rpartition(".")
    match prefix:
        case "":
            return [row[bare]]
        case "portal":
            return [world.known.portal.fact(bare)]
        case "header":
            return [header[bare] for header in world.tables[_HEADER][:1]]
    rows, table = [row], rule.table
    while not table.startswith(prefix):
        above = world.standard.tables[table].parent or ""
        key = world.standard.tables[table].parent_key or ""
        keys = {r[key] for r in rows if not _is_blank(r[key])}
        rows, table = [r for r in world.tables[above] if r[key] in keys], above
    return [r[bare] for r in rows]


def _day_of(name: str, rule: Rule, row: Row, world: _World) -> list[dt.date]:
    clock = name.startswith("portal.") or _format(name, rule, world) != "date"
    days = (_read(value, clock=clock) for value in _values(name, rule, row, world))
    return [day for day in days if day is not None]


def _format(name: str, rule: Rule, world: _World) -> str:
    prefix, _, bare = name.rpartition(".")
    if prefix == "portal":
        return "timestamp"
    start = {"": rule.table, "header": _HEADER}.get(prefix, prefix)
    tables = world.standard.tables
    return next(tables[t] for t in tables if t.startswith(start)).element(bare).format


def _read(value: str | None, *, clock: bool) -> dt.date | None:
    text = value or ""
    if clock and len(text) > len("CCYY-MM-DD"):
        if text[10] != "T" or not _is_clock(text[11:19]):
            return None
        text = text[:10]
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _is_concept(value: str) -> bool:
    if not re.fullmatch("[0-9]{6,18}", value) or value[-3:-1] not in {"00", "10"}:
        return False
    checked = 0
    for place, digit in enumerate(reversed(value)):
        checked = int(_PRODUCT[checked][int(_PLACE[place % 8][int(digit)])])
    return checked == 0


def _is_expression(value: str) -> bool:
    concept, _, rest = value.partition(":")
    attribute, _, other = rest.partition("=")
    return attribute in _ATTRIBUTES and _is_concept(concept) and _is_concept(other)


def _is_score(value: str, tool: str, standard: Standard) -> bool:
    scale = standard.scales.get(tool)
    if scale is None or value in scale.others:
        return True
    whole, point, decimals = value.partition(".")
    if not whole or (point and not decimals) or not set(whole + decimals) <= set("0123456789"):
        return False
    if len(whole) > 1 and whole[0] == "0":
        return False
    if scale.low is None or scale.high is None or len(decimals) > scale.decimals:
        return False
    return scale.low <= float(value) <= scale.high


def _is_live(code: str, register: str, day: str, world: _World) -> bool:
    return any(
        known == code
        and (kind == register or (register == "organisation" and kind not in {"site", "school"}))
        and first <= day
        and (not last or day <= last)
        for known, kind, first, last in world.known.organisations
    )


def _valid(table: str, world: _World) -> list[Row]:
    rows = enumerate(world.tables[table], 1)
    return [row for number, row in rows if number not in world.invalid[table]]


def _is_followed(check: FollowedBy, row: Row, valid: Sequence[Row]) -> bool:
    if _is_blank(row[check.end]) or _is_blank(row[check.key]):
        return True
    end = _read(row[check.end], clock=False)
    starts = {end, _plus(end, 1)} - {None} if end else set()
    return any(
        other[check.key] == row[check.key]
        and _read(other[check.start], clock=False) in starts
        and not _is_blank(other[check.differs])
        and not _is_blank(row[check.differs])
        and other[check.differs] != row[check.differs]
        for other in valid
    )


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
            outward, _, inward = re.sub("[\t\n\v\f\r]", " ", value).partition(" ")
            return bool(
                re.fullmatch("[A-Za-z]{1,2}[0-9][A-Za-z0-9]?", outward)
                and re.fullmatch("[0-9][A-Za-z]{2}", inward.lstrip(" "))
            )
        case _:
            return _has_size(value, notation)


def _has_size(value: str, notation: str) -> bool:
    if "." in notation:
        whole, point, decimals = value.partition(".")
        most, exactly = re.findall(r"\d+", notation)
        sized = 1 <= len(whole) <= int(most) and len(decimals) == int(exactly)
        return sized and point == "." and set(whole + decimals) <= set("0123456789")
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
