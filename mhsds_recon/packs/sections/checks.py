"""What the rules found, as the sections of health and of rule failures both show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mhsds_recon.frames import SHAPE_MEANINGS
from mhsds_recon.packs.disclosure import SUPPRESSED, Shown, tells_a_part
from mhsds_recon.standard import REJECTING_LEVELS
from mhsds_recon.standard.checks import Linked
from mhsds_recon.validation.messages import describe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mhsds_recon.packs.material import Material

__all__ = [
    "failures_of",
    "fix_of",
    "follows_others",
    "found_by_level",
    "meaning_of",
    "rejects",
    "rows_by_table",
    "table_title",
]

_ROUNDED_BY = 2


def meaning_of(material: Material, code: str) -> str:
    """Return what a rule asks, or what a finding about the file or its tables says, in words.

    Empty for a code that this version of the standard does not have.
    """
    standard = material.inputs.standard
    if code in standard.rules:
        return describe(standard.rules[code], standard)
    if code in SHAPE_MEANINGS:
        return SHAPE_MEANINGS[code]
    file_rule = standard.file_rules.get(code)
    return "" if file_rule is None else f"The file is rejected where {file_rule.meaning}."


def fix_of(material: Material, code: str) -> str:
    """Return how to put right what a rule finds, by the kind of its check."""
    fixes, rule = material.words.fixes, material.inputs.standard.rules.get(code)
    if rule is None:
        return fixes["shape"]
    check = rule.check
    named = (getattr(check, name, None) for name in ("other", "scheme", "tool", "on", "end"))
    return material.words.fill(
        fixes[str(type(check).__struct_config__.tag)],
        element=getattr(check, "element", None)
        or ", ".join(getattr(check, "elements", ()))
        or rule.table,
        other=next((name for name in named if name), ""),
        table=getattr(check, "table", rule.table),
    )


def failures_of(material: Material) -> Iterator[tuple[Mapping[str, Any], Shown]]:
    """Yield the rules that failed, each with its rows as shown."""
    for failure in material.inputs.validation.counts().iter_rows(named=True):
        yield failure, material.numbers.count(failure["rows"])


def rejects(failure: Mapping[str, Any]) -> bool:
    """Return whether a rule rejects the rows that fail it."""
    return failure["level"] in REJECTING_LEVELS


def follows_others(material: Material, code: str) -> bool:
    """Return whether a rule is about a row of another table, so that it may only pass on others."""
    rule = material.inputs.standard.rules.get(code)
    return rule is not None and isinstance(rule.check, Linked)


def found_by_level(material: Material) -> dict[str, dict[str, float]]:
    """Return how many rules failed and the sum of their rows as shown, by level."""
    levels: dict[str, dict[str, float]] = {}
    for failure, shown in failures_of(material):
        level = levels.setdefault(failure["level"], {"rules": 0, "rows": 0})
        level["rules"] += 1
        level["rows"] += shown.number or 0
    return levels


def table_title(material: Material, name: str) -> str:
    """Return the name of a table with its title, where the data set has it."""
    table = material.inputs.standard.tables.get(name)
    return name if table is None else f"{table.name} ({table.title})"


def rows_by_table(material: Material) -> dict[str, tuple[Shown, ...]]:
    """Return the rows submitted, accepted and rejected of every table that has any, as shown.

    What is rejected of a table is hidden with what is accepted where it would tell how many rows
    fail a rule that shows ``*``: every rejected row fails one of the rules.
    """
    validation, numbers = material.inputs.validation, material.numbers
    rules: dict[str, list[Shown]] = {}
    for failure, shown in failures_of(material):
        if rejects(failure):
            rules.setdefault(failure["table"], []).append(shown)
    found = {}
    for row in validation.by_table().iter_rows(named=True):
        if not row["submitted"]:
            continue
        parts = numbers.parts(row["submitted"], row["accepted"], row["rejected"])
        if numbers.rounds and tells_a_part(parts[-1], rules.get(row["table"], ())):
            parts = (parts[0], *(Shown(text=SUPPRESSED) for _ in parts[1:]))
        found[row["table"]] = parts
    return found
