"""Which levels of local breakdowns have a figure even where nothing was counted.

They are the same for all measures, so that it tells nothing that a level is there.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from typing import TYPE_CHECKING

from mhsds_recon.measures.exact import asks_of
from mhsds_recon.measures.levels import TEAM_ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mhsds_recon.measures.exact import Cell
    from mhsds_recon.measures.plans import Values
    from mhsds_recon.standard import Measure, Standard
    from mhsds_recon.standard.measures import Breakdown

__all__ = ["levels_there"]


def levels_there(
    cells: Sequence[Cell],
    measures: Mapping[str, Measure],
    values: Values,
    *,
    teams: Iterable[str],
    standard: Standard,
) -> Mapping[str, list[tuple[str, ...]]]:
    """Return the levels of each local breakdown by its name: all that can be told to exist.

    Args:
        cells: What was counted.
        measures: The definitions in force.
        values: What was found.
        teams: The teams that were submitted.
        standard: The code lists.
    """
    local = [cell for cell in cells if cell.breakdown.local]
    found: dict[str, set[str]] = defaultdict(set)
    found[TEAM_ID] |= set(teams)
    for cell in local:
        for levels in {one for ask in asks_of(cell, measures) for one in values[ask]}:
            for column, level in zip(cell.grouping.columns, levels, strict=True):
                found[column].add(level)
    return {
        name: list(
            product(
                *(sorted(found[one] | _listed(cell.breakdown, one, standard)) for one in columns)
            )
        )
        for name, cell in {cell.breakdown.name: cell for cell in local}.items()
        for columns in [cell.grouping.columns]
    }


def _listed(breakdown: Breakdown, column: str, standard: Standard) -> set[str]:
    """Return the levels of a column by its code list, and what a blank counts as."""
    if breakdown.code_list is None or column == TEAM_ID:
        return set()
    codes = {one.code for one in standard.code_lists[breakdown.code_list].codes}
    return codes | ({breakdown.blank} if breakdown.blank else set())
