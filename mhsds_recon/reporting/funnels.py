"""Funnels as text: where people, referrals and scores drop out, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mhsds_recon.measures.team_losses import team_losses
from mhsds_recon.reporting.layout import WIDTH, paragraph, paths, table
from mhsds_recon.standard.causes import cause_in_words, load_causes
from mhsds_recon.standard.funnels import counted_unit, first_own_step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import polars as pl

    from mhsds_recon.measures import Funnels
    from mhsds_recon.standard import Standard
    from mhsds_recon.standard.funnels import Funnel

__all__ = ["funnels_text"]

_HIDDEN = (
    "Counts are to the nearest 5 and what drops out is the difference of two steps as shown;"
    " * stands for fewer than 5, or for a count that would tell a smaller one, and - where it"
    " cannot be told."
)
_TEAMS = "A unit of several teams is in each of them, so teams do not add up."


def funnels_text(
    funnels: Funnels,
    written: Iterable[Path],
    *,
    standard: Standard,
    exact: bool = False,
    width: int = WIDTH,
) -> str:
    """Return the steps of each funnel, its teams where they were counted, and the paths.

    Args:
        funnels: What was counted.
        written: Where results are.
        standard: The definitions of the funnels.
        exact: Whether to show exact counts.
        width: Columns of the terminal.
    """
    shown = funnels.shown(exact=exact)
    there = set(shown["funnel"])
    counted = [one for name, one in standard.funnels.items() if name in there]
    parts = [_funnel_text(one, shown, funnels, standard, width) for one in counted]
    if counted and not exact:
        parts.append(paragraph(_HIDDEN, width=width, indent=""))
    if funnels.team_names:
        parts.append(paragraph(_TEAMS, width=width, indent=""))
    parts += [f"Not counted: {name} {reason}." for name, reason in funnels.not_assessed.items()]
    return "\n\n".join([*parts, *(["\n".join(paths(written))] if written else [])])


def _funnel_text(
    funnel: Funnel, shown: pl.DataFrame, funnels: Funnels, standard: Standard, width: int
) -> str:
    there = set(shown["funnel"])
    start = first_own_step(
        funnel, {name: one for name, one in standard.funnels.items() if name in there}
    )
    main = counted_unit(funnel, standard.measures).name
    units = [main, *(unit.name for unit in funnel.units if unit.name != main)]
    header = ("step", units[0], "dropped", *units[1:], "because")
    rows = list(_steps(funnel, shown, units, standard))[start:]
    rows[0][2] = rows[0][-1] = ""
    lines = [f"{funnel.title} ({funnel.id}, leads to {funnel.measure})"]
    lines.append(table(header, rows, width=width))
    if teams := team_losses(shown, funnel.id, main, start):
        names = funnels.team_names
        losses = (
            (
                one.team,
                names.get(one.team, ""),
                _number(one.first),
                _number(one.counted),
                _number(one.dropped),
                one.step,
            )
            for one in teams
        )
        of = ("team", "name", f"{main} at first", "counted", "most drop out", "here")
        lines += ["", table(of, losses, width=width)]
    return "\n".join(lines)


def _steps(
    funnel: Funnel, shown: pl.DataFrame, units: list[str], standard: Standard
) -> Iterator[list[Any]]:
    causes = load_causes(standard.version)
    of = {
        (row["unit"], row["number"]): row
        for row in shown.iter_rows(named=True)
        if row["funnel"] == funnel.id and row["team"] is None
    }
    for number, step in enumerate(funnel.steps):
        first, *others = (of[unit, number] for unit in units)
        counts = (_number(row["left"]) for row in others)
        name = f"{step.name} = {step.measure}" if step.measure else step.name
        yield [
            name,
            _number(first["left"]),
            _number(first["dropped"]),
            *counts,
            cause_in_words(step.cause, causes),
        ]


def _number(shown: str | None) -> int | str:
    if shown is None:
        return "-"
    return int(shown) if shown.isdecimal() else shown
