"""Where a number was lost on its way to the publication, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mhsds_recon.reconciliation import JOIN_KEY
from mhsds_recon.reporting.layout import paragraph
from mhsds_recon.standard.causes import load_causes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mhsds_recon.reconciliation import Reconciliation
    from mhsds_recon.standard.causes import Cause

    Row = Mapping[str, Any]

__all__ = ["walk_text"]

_MEASURES_SHOWN = 12
_SMALLEST_SHOWN = 5
_STAGES = {
    "warehouse": "the warehouse counts",
    "extract": "the extract holds",
    "accepted": "accepted rows give",
    "portal_pre_deadline": "the portal had before the deadline",
    "portal_post_deadline": "the portal had after the deadline",
    "published": "published is",
}
_EVIDENCE = {"bounded": "at most", "possible": "perhaps"}
_WHOLE = "Provider"
_DISCLOSURE = ("VC53", "VC54", "VC55")


def walk_text(reconciliation: Reconciliation, *, version: str, width: int) -> str:
    """Return for each measure that differs where its figure was lost, for the whole provider.

    Figures and sizes are as disclosure control lets them be seen; the files have the exact ones.

    Args:
        reconciliation: With its stages.
        version: The standard whose causes are named.
        width: How wide the text may be.
    """
    stages = _by_figure(() if reconciliation.stages is None else _rows(reconciliation.stages))
    steps = _by_figure(_rows(reconciliation.variance))
    causes = load_causes(version)
    figures = [
        row
        for row in _rows(reconciliation.frame)
        if row["result"].startswith("differs") and row["breakdown"] == _WHOLE
    ]
    told = [
        paragraph(_told(row, stages, steps, causes), width=width, indent="  ")
        for row in figures[:_MEASURES_SHOWN]
    ]
    left = len(figures) - len(told)
    if left > 0:
        told.append(f"{left} more measures differ; variance.csv and stages.csv have them all.")
    return "\n".join(["Where the numbers differ", *told, ""]) if told else ""


def _rows(frame: Any) -> Iterable[Row]:  # noqa: ANN401  a polars frame, known to other layers
    rows: Iterable[Row] = frame.iter_rows(named=True)
    return rows


def _by_figure(rows: Iterable[Row]) -> dict[tuple[Any, ...], list[Row]]:
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(_key(row), []).append(row)
    return found


def _key(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in JOIN_KEY)


def _told(
    row: Row,
    stages: Mapping[tuple[Any, ...], Sequence[Row]],
    steps: Mapping[tuple[Any, ...], Sequence[Row]],
    causes: Mapping[str, Cause],
) -> str:
    passed = stages.get(_key(row), ())
    way = ", ".join(f"{_STAGES[one['stage']]} {one['shown']}" for one in passed)
    found = "; ".join(_step_words(steps.get(_key(row), ()), causes))
    rest = {
        "differs_explained": "",
        "differs_part_explained": " A part is left unexplained.",
        "differs_unexplained": " The difference is not explained.",
    }[row["result"]]
    return f"{row['measure_id']}: {way}. {found or 'No cause was found'}.{rest}"


def _step_words(steps: Sequence[Row], causes: Mapping[str, Cause]) -> Iterator[str]:
    for step in steps:
        if step["cause_id"] in _DISCLOSURE:
            continue
        cause = causes.get(step["cause_id"])
        name = "" if cause is None else f" {cause.name[:1].lower()}{cause.name[1:]}"
        side = "less" if step["direction"] == "local_higher" else "more"
        where = f" ({step['stage'].replace('_', ' ')})"
        size = step["size"]
        if size is None and step["high"] is not None:
            size = max(abs(step["low"]), abs(step["high"]))
        sure = _EVIDENCE.get(step["evidence"])
        amount = " ".join(filter(None, (sure, _shown(size), side if size is not None else None)))
        yield f"{amount} by {step['cause_id']}{name}{where}"


def _shown(size: float | None) -> str | None:
    if size is None:
        return None
    if abs(size) < _SMALLEST_SHOWN:
        return "fewer than 5"
    return f"about {5 * round(abs(size) / 5):,}"
