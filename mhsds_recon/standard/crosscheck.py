"""Whether the definitions fit together: every name that one of them uses must exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.errors import near_miss
from mhsds_recon.standard.checks import Format, Linked, NationalCode, Unique
from mhsds_recon.standard.formats import parse_format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mhsds_recon.standard.model import Rule, Standard, Table

__all__ = ["cross_check"]


def cross_check(standard: Standard) -> list[str]:
    """Return every misfit between the definitions, each naming its file and what to look at."""
    return [
        *_table_problems(standard),
        *_rule_problems(standard),
        *_order_problems(standard),
    ]


def _table_problems(standard: Standard) -> Iterator[str]:
    for table in standard.tables.values():
        where = f"schemas/v{standard.version}/tables/{table.name}.toml"
        for name in (*table.primary_key, *((table.parent_key,) if table.parent_key else ())):
            yield from _unknown_element(where, name, table)
        if table.parent is not None and table.parent not in standard.tables:
            hint = near_miss(table.parent, standard.tables)
            yield f"{where}: unknown parent '{table.parent}'.{hint}"
        if table.group_root not in standard.tables:
            yield f"{where}: unknown group root '{table.group_root}'."
        for element in table.elements:
            spot = f"{where}, element {element.name}"
            if element.format:
                yield from _unknown_format(spot, element.format)
            if element.code_list is not None:
                yield from _unknown_list(spot, element.code_list, standard)


def _rule_problems(standard: Standard) -> Iterator[str]:
    for rule in standard.rules.values():
        where = f"rules/v{standard.version}/validation/{rule.table}.toml, rule {rule.code}"
        table = standard.tables.get(rule.table)
        if table is None:
            yield f"{where}: unknown table '{rule.table}'.{near_miss(rule.table, standard.tables)}"
            continue
        for name in _elements_of(rule):
            prefix, _, bare = name.rpartition(".")
            yield from _unknown_element(where, bare, _named_table(prefix, table, standard))
        match rule.check:
            case Format(format=notation):
                yield from _unknown_format(where, notation)
            case NationalCode(code_list=code_list):
                yield from _unknown_list(where, code_list, standard)
            case Linked(element=element, table=other):
                target = standard.tables.get(other)
                if target is None:
                    yield f"{where}: unknown table '{other}'.{near_miss(other, standard.tables)}"
                else:
                    yield from _unknown_element(where, element, target)
            case _:
                pass


def _order_problems(standard: Standard) -> Iterator[str]:
    where = f"schemas/v{standard.version}/standard.toml, link_order"
    linked = {code for code, rule in standard.rules.items() if isinstance(rule.check, Linked)}
    for code in sorted(linked - set(standard.link_order)):
        yield f"{where}: rule {code} is of kind 'linked' but is not listed; say when it is tried."
    for code in sorted(set(standard.link_order) - linked):
        yield f"{where}: {code} is listed but is not a rule of kind 'linked'."


def _elements_of(rule: Rule) -> Iterator[str]:
    yield from rule.identified_by
    if isinstance(rule.check, Unique):
        yield from rule.check.elements
        if rule.check.where_blank is not None:
            yield rule.check.where_blank
    else:
        yield rule.check.element


def _named_table(prefix: str, own: Table, standard: Standard) -> Table:
    """Return the table that a prefix names: the header, one by its number, or the rule's own."""
    number = "MHS000" if prefix == "header" else prefix
    return next((table for table in standard.tables.values() if table.number == number), own)


def _unknown_element(where: str, name: str, table: Table) -> Iterator[str]:
    if name not in table.element_names:
        yield (
            f"{where}: unknown element '{name}'.{near_miss(name, table.element_names)}"
            f" Elements of {table.name} are listed in its table file."
        )


def _unknown_format(where: str, notation: str) -> Iterator[str]:
    try:
        parse_format(notation)
    except ValueError as error:
        yield f"{where}: {error}."


def _unknown_list(where: str, name: str, standard: Standard) -> Iterator[str]:
    if name not in standard.code_lists:
        yield f"{where}: unknown code list '{name}'.{near_miss(name, standard.code_lists)}"
