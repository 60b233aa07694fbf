"""What a rule, measure, funnel, table or code list says, in words for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.effects.touching import measures_touched, tables_below
from mhsds_recon.errors import UsageError, near_miss
from mhsds_recon.measures import describe as describe_measure
from mhsds_recon.measures.describing import describe_funnel
from mhsds_recon.measures.quality_words import describe_item
from mhsds_recon.reporting.conditions import condition
from mhsds_recon.reporting.layout import WIDTH, paragraph, shorten
from mhsds_recon.reporting.layout import table as text_table
from mhsds_recon.standard.causes import load_causes
from mhsds_recon.validation.examples import example_of
from mhsds_recon.validation.messages import describe as describe_rule
from mhsds_recon.validation.messages import explain_to_clinician

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mhsds_recon.standard import CodeList, Rule, Standard, Table
    from mhsds_recon.validation.examples import ExampleRow

__all__ = ["definition_text"]


def definition_text(code: str, standard: Standard, *, width: int = WIDTH) -> str:
    """Return a rule, measure, funnel, table or code list in words.

    Raises:
        UsageError: Nothing has that name; the near miss is named.
    """
    if code in standard.rules:
        return _rule_text(standard.rules[code], standard, width)
    if code in standard.file_rules:
        return f"{code}: rejects the whole file where {standard.file_rules[code].meaning}."
    if code in standard.measures:
        return _measure_text(code, standard)
    if code in standard.funnels:
        return describe_funnel(standard.funnels[code], load_causes(standard.version))
    if code in standard.tables:
        return _table_text(standard.tables[code], width)
    if code in standard.code_lists:
        return _code_list_text(standard.code_lists[code], width)
    known = [
        *standard.rules,
        *standard.file_rules,
        *standard.measures,
        *standard.funnels,
        *standard.tables,
        *standard.code_lists,
    ]
    message = f"Nothing in version {standard.version} is called '{code}'.{near_miss(code, known)}"
    raise UsageError(message)


def _measure_text(code: str, standard: Standard) -> str:
    """Return a measure's definition, and of a data quality item how it classes a value."""
    definition = describe_measure(standard.measures[code])
    item = standard.quality_items.get(code)
    return definition if item is None else f"{definition}\n\n{describe_item(item)}"


def _rule_text(rule: Rule, standard: Standard, width: int) -> str:
    spot = f"{rule.table}.{rule.element}" if rule.element else rule.table
    sections = [
        (f"{rule.code}  {spot}", f"Level: {rule.level.replace('_', ' ')}{_effect(rule, standard)}"),
        ("What must hold", describe_rule(rule, standard)),
        ("For clinicians", explain_to_clinician(rule, standard)),
        ("A row fails where", f"{condition(rule.check, standard)}."),
    ]
    if rule.identified_by:
        sections.append(("A failing row is named by", f"{', '.join(rule.identified_by)}."))
    if rule.note:
        sections.append(("Note", f"{rule.note[0].upper()}{rule.note[1:]}."))
    paragraphs = [f"{title}\n{paragraph(text, width=width)}" for title, text in sections]
    measures = f"Measures it can touch\n{paragraph(_measures(rule, standard), width=width)}"
    return "\n\n".join([*paragraphs, *_example_texts(rule, standard, width), measures])


def _effect(rule: Rule, standard: Standard) -> str:
    """Return what becomes of a failing row."""
    if not rule.rejects:
        return ". The row is accepted."
    if rule.table == standard.header.name:
        return ". The whole file is rejected."
    if len(tables_below(rule.table, standard)) == 1:
        return ". The row is left out."
    return ". The row is left out, and with it every row that hangs below it."


def _example_texts(rule: Rule, standard: Standard, width: int) -> list[str]:
    """Return an example that fails and one that passes, of made-up values."""
    example = example_of(rule, standard)
    if example is None:
        return ["Examples\n  None: the codes are not published, so the rule cannot be assessed."]
    intro = "All values are made up; the rule is tried on the first row."
    if example.assuming:
        intro += f" Taken that {example.assuming}."
    passing = _rows(example.passing, width) if example.passing else "  None: every row fails."
    return [
        f"Examples\n{paragraph(intro, width=width)}",
        f"Fails\n{_rows(example.failing, width)}",
        f"Passes\n{passing}",
    ]


def _rows(rows: Sequence[ExampleRow], width: int) -> str:
    lines = []
    for row in rows:
        name = "the upload" if row.table == "portal" else row.table
        for element, value in row.values.items():
            lines.append((name, element, "(blank)" if value is None else shorten(value)))
            name = ""
    header = ("table", "element", "value")
    laid_out = text_table(header, lines, width=width - 2)
    return "\n".join(f"  {line}" for line in laid_out.splitlines())


def _measures(rule: Rule, standard: Standard) -> str:
    touched = ", ".join(measures_touched(rule, standard))
    if rule.rejects:
        return f"{touched}." if touched else "None: no measure reads a row that it removes."
    if touched:
        return f"None by leaving rows out. These read the value that it warns of: {touched}."
    return "None: it leaves no row out, and no measure reads the value that it warns of."


def _table_text(table: Table, width: int) -> str:
    rows = (
        (element.name, element.uid, element.format, element.requirement, element.code_list or "")
        for element in table.elements
    )
    parent = f", below {table.parent} by {table.parent_key}" if table.parent else ""
    header = ("element", "uid", "format", "requirement", "code list")
    return f"{table.name}: {table.title}{parent}\n\n{text_table(header, rows, width=width)}"


def _code_list_text(codes: CodeList, width: int) -> str:
    if not codes.codes:
        return f"{codes.name}: its codes are not published, so it cannot be tested."
    rows = ((code.code, code.meaning, code.valid_from) for code in codes.codes)
    note = f" ({codes.note})" if codes.note else ""
    laid_out = text_table(("code", "meaning", "valid from"), rows, width=width)
    return f"{codes.name}{note}\n\n{laid_out}"
