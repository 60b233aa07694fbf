"""Which records both sides name for a rule: matched in memory, counted and forgotten.

A record is what a rule's identifying elements say of it. The portal names the elements in another
way in each version and leaves some out, so a rule's records are compared by those elements that
its report names. Where a name is not known, the values that are not blank are compared in order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.frames import ROW_NUMBER
from mhsds_recon.portal.own_values import element_of, has_one_value, look_up
from mhsds_recon.portal.report import PLACES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mhsds_recon.portal.report import PortalReport
    from mhsds_recon.standard import Rule, Standard
    from mhsds_recon.validation import Validation

__all__ = ["count_shared_records"]

_SPLIT_ITEM = re.compile(
    r"^(?:\[(?P<uid>[^\]]*)\]|(?P<prefix>[A-Z]{1,3}[0-9]{5,7}) )? *(?P<name>.*)$"
)
_DAY, _REST = "^([0-9]{4}-[0-9]{2}-[0-9]{2})", r"(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?$"
_MIDNIGHT, _CLOCK = f"{_DAY}[T ]00:00:00{_REST}", f"{_DAY}[T ]([0-9:]{{8}}){_REST}"
_BETWEEN = "\x1f"
_RECORD = {"code": nw.String(), "record": nw.String(), "rows": nw.Int64()}

_Placed = dict[int, dict[str, str]]
"""By place of a pair, the identifying name that each item in it means."""


@dataclass(frozen=True, kw_only=True)
class _Identity:
    """How the records of a rule are told apart.

    Attributes:
        names: The rule's identifying names that are compared, in order.
        placed: Where the report has them; None where it names one that is not known, so that
            values count in their order whatever they are called.
    """

    names: tuple[str, ...]
    placed: _Placed | None


def count_shared_records(
    report: PortalReport, validation: Validation, codes: Iterable[str]
) -> dict[str, int]:
    """Return how many records both sides name, by code, of the rules whose records have names.

    Args:
        report: The portal's records.
        validation: Our findings.
        codes: Rules of the standard that both sides have.
    """
    issues = nw.from_native(report.issues, eager_only=True)
    issues = issues.filter(nw.col("code").is_in(sorted(codes)))
    identities = _identities(issues, validation.standard)
    if not identities:
        return {}
    portal = _each_record(_portal_records(issues, identities), "rows")
    own = _each_record(_own_records(validation, identities), "own_rows")
    both = portal.join(own, on=["code", "record"], how="inner").with_columns(
        nw.min_horizontal("rows", "own_rows").alias("both")
    )
    shared = both.group_by("code").agg(nw.col("both").sum())
    return dict.fromkeys(identities, 0) | dict(shared.select("code", "both").iter_rows())


def _identities(issues: nw.DataFrame[Any], standard: Standard) -> dict[str, _Identity]:
    """Return how records are told apart, by code, where the report says it of any."""
    items: dict[str, dict[int, list[str]]] = {}
    for place in PLACES:
        named = issues.select("code", f"item{place}").drop_nulls().unique()
        for code, item in named.iter_rows():
            items.setdefault(code, {}).setdefault(place, []).append(item)
    found = {
        code: _identity(placed, standard.rules[code], standard) for code, placed in items.items()
    }
    return {code: identity for code, identity in found.items() if identity is not None}


def _identity(
    items: Mapping[int, Iterable[str]], rule: Rule, standard: Standard
) -> _Identity | None:
    table = standard.tables[rule.table]
    known = [name for name in rule.identified_by if has_one_value(name, table, standard)]
    placed: _Placed = {}
    for place, named in items.items():
        for item in named:
            meant = _meant(item, rule, standard)
            if meant is None:
                in_order = len(known) == len(rule.identified_by) > 0
                return _Identity(names=rule.identified_by, placed=None) if in_order else None
            placed.setdefault(place, {})[item] = meant
    reported = {meant for named in placed.values() for meant in named.values()}
    names = tuple(name for name in known if name in reported)
    return _Identity(names=names, placed=placed) if names else None


def _meant(item: str, rule: Rule, standard: Standard) -> str | None:
    """Return which of a rule's identifying names an item is, by its UID, else by its words.

    An item is ``[UID]ElementName`` in version 6.0, ``UID ITEM NAME`` in 5.0, ``Item Name`` in 4.1.
    """
    split = _SPLIT_ITEM.match(item.strip())
    if split is None:
        return None
    uid, words = split["uid"] or split["prefix"], split["name"].strip().lower()
    table = standard.tables[rule.table]
    elements = {name: element_of(name, table, standard) for name in rule.identified_by}
    by_uid = (name for name, element in elements.items() if element.uid == uid)
    by_words = (
        name
        for name, element in elements.items()
        if words in {element.name.lower(), element.title.lower()}
    )
    return next(by_uid, next(by_words, None))


def _portal_records(
    issues: nw.DataFrame[Any], identities: Mapping[str, _Identity]
) -> Iterator[nw.DataFrame[Any]]:
    values = [f"value{place}" for place in PLACES]
    used = [name for name in values if issues.get_column(name).count()]
    comparable = issues.with_columns(_comparable(name) for name in used)
    for (code,), rows in comparable.group_by("code"):
        identity = identities.get(str(code))
        if identity is None:
            continue
        if identity.placed is None:
            record = _joined(nw.col(name) for name in used)
        else:
            record = _joined(
                nw.coalesce(*_readings(name, identity.placed), nw.lit(""))
                for name in identity.names
            )
        yield rows.select("code", record.alias("record"), "rows")


def _readings(name: str, placed: _Placed) -> Iterator[nw.Expr]:
    for place, named in placed.items():
        items = [item for item, meant in named.items() if meant == name]
        if items:
            yield nw.when(nw.col(f"item{place}").is_in(items)).then(nw.col(f"value{place}"))


def _own_records(
    validation: Validation, identities: Mapping[str, _Identity]
) -> Iterator[nw.DataFrame[Any]]:
    findings = nw.from_native(validation.findings, eager_only=True)
    findings = findings.filter(nw.col("code").is_in(list(identities)))
    by_table = {
        str(table): (rows.select("code", ROW_NUMBER), _names_of(rows, identities))
        for (table,), rows in findings.group_by("table")
    }
    wanted = {
        table: (rows.select(ROW_NUMBER).unique(), names)
        for table, (rows, names) in by_table.items()
    }
    looked_up = look_up(validation.extract, wanted, validation.standard)
    for table, (rows, names) in by_table.items():
        values = looked_up[table].with_columns(_comparable(name) for name in names)
        for (code,), failing in rows.join(values, on=ROW_NUMBER, how="left").group_by("code"):
            identity = identities[str(code)]
            parts = (nw.col(name) for name in identity.names)
            if identity.placed is not None:
                parts = (part.fill_null("") for part in parts)
            record = _joined(parts)
            one = nw.lit(1, dtype=nw.Int64())
            yield failing.select("code", record.alias("record"), one.alias("rows"))


def _names_of(rows: nw.DataFrame[Any], identities: Mapping[str, _Identity]) -> tuple[str, ...]:
    codes = rows.get_column("code").unique().to_list()
    return tuple(sorted({name for code in codes for name in identities[code].names}))


def _comparable(name: str) -> nw.Expr:
    """Return a value as both sides write it: dates without a zero time, blank ones null.

    The portal writes dates with a zero time, and timestamps without fractions and offset.
    """
    text = nw.col(name).str.strip_chars(" ")
    dated = text.str.replace_all(_MIDNIGHT, "${1}").str.replace_all(_CLOCK, "${1} ${2}")
    return nw.when(dated != "").then(dated).alias(name)


def _joined(parts: Iterable[nw.Expr]) -> nw.Expr:
    """Return values as one text, never null; values that are null are left out."""
    return nw.concat_str(nw.lit(""), *parts, separator=_BETWEEN, ignore_nulls=True)


def _each_record(pieces: Iterable[nw.DataFrame[Any]], rows: str) -> nw.DataFrame[Any]:
    """Return code, record and how many rows have it."""
    nothing = nw.from_dict({name: [] for name in _RECORD}, schema=_RECORD, backend="polars")
    together = nw.concat([nothing, *pieces])
    return together.group_by("code", "record").agg(nw.col("rows").sum().alias(rows))
