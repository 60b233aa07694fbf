"""Every rule in the data, run on both engines against rows that fail it and rows that do not.

That each rule's own example fails or passes is tested beside the examples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import polars as pl
import pytest

from mhsds_recon.frames import ROW_NUMBER, Reference, extract_from_frames
from mhsds_recon.standard import PortalFacts
from mhsds_recon.standard.checks import IsBlank, Linked, Mandatory, Never, Unique
from mhsds_recon.validation import validate
from mhsds_recon.validation.cascade import follow_links, read_keys
from mhsds_recon.validation.copies import find_copies
from mhsds_recon.validation.typical import PORTAL, typical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mhsds_recon.frames import Engine, Extract
    from mhsds_recon.standard import Rule, Standard

Row = dict[str, str | None]
Tables = dict[str, list[Row]]
HEADER = "MHS000Header"


def test_blank_values_fail_only_the_rules_about_blanks(standard: Standard, engine: Engine) -> None:
    blanks = (None, "", "   ")
    tables: Tables = {
        name: [dict.fromkeys(table.element_names, blank) for blank in blanks]
        for name, table in standard.tables.items()
    }
    tables[HEADER] = [_typical_header(standard)]
    expected = {
        (rule.code, row)
        for rule in standard.rules.values()
        if rule.table != HEADER and _speaks_about_blanks(rule)
        for row in (1, 2, 3)
    }
    assert _findings(tables, standard, engine) == expected


@pytest.mark.parametrize("blank", [None, "", " "])
def test_a_blank_header_fails_only_the_rules_about_blanks(
    standard: Standard, engine: Engine, blank: str | None
) -> None:
    tables: Tables = {HEADER: [dict.fromkeys(standard.header.element_names, blank)]}
    about_blanks = filter(_speaks_about_blanks, standard.rules_of(HEADER))
    expected = {(rule.code, 1) for rule in about_blanks}
    assert _findings(tables, standard, engine) == expected


def test_every_rule_on_copies_fires_and_stays_silent(standard: Standard, engine: Engine) -> None:
    for rule in standard.rules.values():
        if not isinstance(rule.check, Unique):
            continue
        once: Row = dict.fromkeys(rule.check.elements, "once")
        twice: Row = dict.fromkeys(rule.check.elements, "twice")
        asked = {rule.code: (rule.table, rule.check)}
        copied = find_copies(_extract({rule.table: [once, twice, twice]}, standard, engine), asked)
        assert set(copied[rule.code][ROW_NUMBER]) >= {2, 3}, rule.code
        assert (1 in copied[rule.code][ROW_NUMBER]) == (not rule.check.elements), rule.code
        alone = find_copies(_extract({rule.table: [once]}, standard, engine), asked)
        assert alone == {}, rule.code


def test_every_rule_on_links_fires_and_stays_silent(standard: Standard, engine: Engine) -> None:
    for rule in standard.rules.values():
        if not isinstance(rule.check, Linked):
            continue
        element, other = rule.check.element, rule.check.table
        tables: dict[str, list[Row]] = {
            rule.table: [{element: "there"}, {element: "nowhere"}, {element: None}],
            other: [{element: "there"}],
        }
        alone = msgspec.structs.replace(_only(tables, standard), link_order=(rule.code,))
        keys = read_keys(_extract(tables, standard, engine), alone)
        failing = follow_links(keys, {}, alone)
        assert failing[rule.code][ROW_NUMBER].to_list() == [2], rule.code


def _speaks_about_blanks(rule: Rule) -> bool:
    match rule.check:
        case Mandatory(when=when):
            return when is None or isinstance(when, IsBlank)
        case check:
            return isinstance(check, Never)


def _typical_header(standard: Standard) -> Row:
    return {element.name: typical(element, standard) for element in standard.header.elements}


def _findings(tables: Tables, standard: Standard, engine: Engine) -> set[tuple[str, int]]:
    frames = {
        table: pl.DataFrame(rows, schema=_schema(table, standard)) for table, rows in tables.items()
    }
    hardly_anything = Reference(
        organisations=engine.scan(
            pl.LazyFrame({"code": "RZZ", "open_date": "", "close_date": "", "kind": "trust"})
        ),
        postcodes=engine.scan(pl.LazyFrame(schema={"postcode": pl.String})),
    )
    found = validate(
        extract_from_frames(frames, standard=standard, engine=engine),
        standard=standard,
        reference=hardly_anything,
        portal=msgspec.convert(PORTAL, PortalFacts),
    ).findings
    return set(found.drop_nulls(ROW_NUMBER).select("code", ROW_NUMBER).rows())


def _extract(tables: dict[str, list[Row]], standard: Standard, engine: Engine) -> Extract:
    given = {HEADER: [], **tables}
    frames = {
        table: pl.DataFrame(rows, schema=_schema(table, standard)) for table, rows in given.items()
    }
    return extract_from_frames(frames, standard=_only(given, standard), engine=engine)


def _only(tables: Iterable[str], standard: Standard) -> Standard:
    return msgspec.structs.replace(
        standard, tables={table: standard.tables[table] for table in tables}
    )


def _schema(table: str, standard: Standard) -> dict[str, type[pl.String]]:
    return dict.fromkeys(standard.tables[table].element_names, pl.String)
