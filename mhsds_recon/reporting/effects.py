"""What rules cost the measures, as text: exact counts, for the analyst's own eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.reporting.layout import WIDTH, paths, table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mhsds_recon.effects import Effects

__all__ = ["effects_text"]

_MOST_RULES = 20


def effects_text(effects: Effects, written: Iterable[Path], *, width: int = WIDTH) -> str:
    """Return the rules that change a measure, the largest effect first, and the paths."""
    takes = _takes(effects)
    rules = effects.by_effect().to_dicts()
    changing = [rule for rule in rules if (rule["code"], rule["table"]) in takes]
    counts = ("rows", "people", "referrals", "contacts", "scores")
    bearing = f"{len(changing)} of {len(rules)} rules with findings"
    lines = [
        f"{bearing} bear on a figure of {effects.period}.",
        "Rows of people, referrals, contacts and scores are those that go with the rule.",
    ]
    if changing:
        rows = (
            (
                rule["code"],
                *(rule[name] for name in counts),
                takes[rule["code"], rule["table"]],
            )
            for rule in changing[:_MOST_RULES]
        )
        lines += ["", table(("rule", *counts, "takes from the figures"), rows, width=width)]
    if len(changing) > _MOST_RULES:
        lines.append(f"... and {len(changing) - _MOST_RULES} more: see effects.csv.")
    return "\n".join([*lines, "", *paths(written)])


def _takes(effects: Effects) -> dict[tuple[str, str], str]:
    """Return what each rule takes from the figures, where it bears on any."""
    parts: dict[tuple[str, str], list[str]] = {}
    unmeasured: dict[tuple[str, str], list[str]] = {}
    for row in effects.measures.to_dicts():
        rule = (row["code"], row["table"])
        if row["removed_alone"]:
            parts.setdefault(rule, []).append(f"{row['measure_id']} {-row['removed_alone']:+g}")
        elif row["at_least"] and row["rows_read"]:
            unmeasured.setdefault(rule, []).append(row["measure_id"])
    for rule, measures in unmeasured.items():
        said = f"not to be told for {', '.join(measures)}: they read the value at fault"
        parts.setdefault(rule, []).append(said)
    return {rule: "; ".join(said) for rule, said in parts.items()}
