"""Every rule in the data, run against a row that passes it and a row that fails it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import polars as pl

from mhsds_recon.frames import ROW_NUMBER, extract_from_frames
from mhsds_recon.standard.checks import Format, Linked, Mandatory, NationalCode, Unique
from mhsds_recon.validation.cascade import follow_links, read_keys
from mhsds_recon.validation.copies import find_copies
from mhsds_recon.validation.kinds import Context
from mhsds_recon.validation.rows import plan_failures, rows_by_rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mhsds_recon.frames import Engine, Extract
    from mhsds_recon.standard import Standard
    from mhsds_recon.standard.checks import Check

Row = dict[str, str | None]
HEADER = "MHS000Header"
EXAMPLES = {
    "date": ("2024-02-29", "2025-02-29"),
    "time": ("23:59:59", "24:00:00"),
    "datetime": ("2025-09-01T10:00:00", "2025-09-01 10:00:00"),
    "timestamp": ("2025-09-01T10:00:00Z", "2025-09-01T10:00:00"),
    "postcode": ("ZQ1 1AA", "ZQ11AA"),
    "max n7.n2": ("1.50", "1.5"),
}


def test_every_rule_on_single_rows_fires_and_stays_silent(
    standard: Standard, engine: Engine
) -> None:
    context = Context(standard=standard)
    for table in standard.tables.values():
        rules = [rule for rule in standard.rules_of(table.name) if _values(rule.check, standard)]
        rows = [
            {rule.element or "": value}
            for rule in rules
            for value in (*_values(rule.check, standard), None)
        ]
        frame = pl.LazyFrame(rows, schema=_schema(table.name, standard))
        numbered = engine.scan(frame.with_columns(pl.int_range(1, pl.len() + 1).alias(ROW_NUMBER)))
        (failures,) = engine.collect([plan_failures(numbered, rules, context)])
        failing = rows_by_rule(failures)
        for place, rule in enumerate(rules):
            passing, failed, blank = (3 * place + offset for offset in (1, 2, 3))
            found = set(failing[rule.code][ROW_NUMBER])
            assert failed in found, rule.code
            assert passing not in found, rule.code
            assert (blank in found) == isinstance(rule.check, Mandatory), rule.code


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


def _values(check: Check, standard: Standard) -> tuple[str, ...]:
    """Return a value that passes and one that fails; nothing where no single row can fail."""
    match check:
        case Mandatory():
            return "given", "  "
        case NationalCode(code_list=name) if standard.code_lists[name].codes:
            return standard.code_lists[name].values[0], "no such code"
        case Format(format=notation):
            if notation in EXAMPLES:
                return EXAMPLES[notation]
            longest = int(notation.rpartition("n")[2])
            return "1" * longest, "1" * (longest + 1)
        case _:
            return ()


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
