"""Whether the definitions fit together: every name that one of them uses must exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.errors import near_miss
from mhsds_recon.standard.checks import (
    FollowedBy,
    Format,
    Linked,
    NationalCode,
    NotAfter,
    NotBefore,
    SameAs,
    names_in,
)
from mhsds_recon.standard.formats import parse_format
from mhsds_recon.standard.funnels import funnel_problems
from mhsds_recon.standard.model import HEADER
from mhsds_recon.standard.portal import PORTAL_FACTS
from mhsds_recon.standard.quality import quality_problems
from mhsds_recon.standard.variations import variation_problems

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
        *funnel_problems(standard.funnels, standard.measures),
        *quality_problems(standard),
        *variation_problems(standard.variations, standard.measures),
        *_breakdown_problems(standard),
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
        for name in (*rule.identified_by, *names_in(rule.check)):
            yield from _unknown_name(where, name, table, standard)
        yield from _check_problems(where, rule, standard)


def _check_problems(where: str, rule: Rule, standard: Standard) -> Iterator[str]:
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
        case NotAfter(other=other, plus_days=days) if days and not other.startswith("header."):
            yield f"{where}: days can be added to an element of the header only, not to '{other}'."
        case _:
            pass
    taken = _names_from_elsewhere(rule)
    for name in names_in(rule.check):
        if "." in name and name not in taken:
            yield f"{where}: '{name}' has to be an element of {rule.table} itself."
        elif _is_of_table(name) and not _lies_above(name, rule, standard):
            yield f"{where}: the table of '{name}' does not lie above {rule.table}."


def _names_from_elsewhere(rule: Rule) -> tuple[str, ...]:
    """Return the names in a check that may have a prefix."""
    match rule.check:
        case NotBefore(other=other) | NotAfter(other=other):
            return (other,)
        case SameAs(other=other):
            return () if _is_of_table(other) else (other,)
        case check:
            days = (getattr(check, name, "") for name in ("on", "born_by"))
            return tuple(day for day in days if day.startswith("header."))


def _breakdown_problems(standard: Standard) -> Iterator[str]:
    for breakdown in standard.breakdowns.values():
        if breakdown.code_list is not None:
            yield from _unknown_list(f"Breakdown '{breakdown.name}'", breakdown.code_list, standard)


def _order_problems(standard: Standard) -> Iterator[str]:
    where = f"schemas/v{standard.version}/standard.toml, link_order"
    tried = {
        code: rule.check
        for code, rule in standard.rules.items()
        if isinstance(rule.check, Linked | FollowedBy)
    }
    for code in sorted(set(tried) - set(standard.link_order)):
        kind = tried[code].__struct_config__.tag
        yield f"{where}: rule {code} is of kind '{kind}' but is not listed; say when it is tried."
    for code in sorted(set(standard.link_order) - set(tried)):
        yield f"{where}: {code} is listed but is not a rule that looks for another row."


def _unknown_name(where: str, name: str, own: Table, standard: Standard) -> Iterator[str]:
    """Yield what is wrong with a name, by its prefix: the header's, the portal's, a parent's."""
    prefix, _, bare = name.rpartition(".")
    if not prefix:
        yield from _unknown_element(where, bare, own)
    elif prefix == "portal":
        if bare not in PORTAL_FACTS:
            hint = near_miss(bare, PORTAL_FACTS)
            yield f"{where}: unknown fact '{name}'.{hint} Facts: {', '.join(PORTAL_FACTS)}."
    else:
        number = HEADER if prefix == "header" else prefix
        table = next((t for t in standard.tables.values() if t.number == number), None)
        if table is None:
            yield f"{where}: no table has the number '{number}' of '{name}'."
            return
        yield from _unknown_element(where, bare, table)


def _is_of_table(name: str) -> bool:
    return name.partition(".")[0] not in {name, "header", "portal"}


def _lies_above(name: str, rule: Rule, standard: Standard) -> bool:
    number = name.partition(".")[0]
    above = (table.name for table in standard.tables.values() if table.number == number)
    return any(len(standard.way_up(rule.table, table) or ()) > 1 for table in above)


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
