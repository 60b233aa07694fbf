"""Figures that agree with what was published once, and was changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.causes.values import Target, Value
from mhsds_recon.frames.text_files import read_numbers
from mhsds_recon.reconciliation import JOIN_KEY, Step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mhsds_recon.causes.values import Key, Values
    from mhsds_recon.published import PublishedFigures

    Targets = Mapping[str, Sequence[Target]]

__all__ = ["reissue_steps"]

_REISSUED = "VC07"


def reissue_steps(
    files: Sequence[PublishedFigures], targets: Targets, held: Values, *, stage: str
) -> dict[str, list[Step]]:
    """Return, by measure, the steps of figures that a file given says as they are held.

    A measure is one of them only where the file meets all its figures, and the better file that
    counts does not.

    Args:
        files: Each published file by itself.
        targets: By measure, the published figures that count.
        held: The last figures held.
        stage: What the way to the publication is called.
    """
    found: dict[str, list[Step]] = {}
    for file in files:
        said = _said(file)
        for name, own in targets.items():
            if name in found or not all(_agrees(target, said, held) for target in own):
                continue
            found[name] = [
                Step(
                    key=target.key,
                    cause_id=_REISSUED,
                    stage=stage,
                    evidence="bounded",
                    low=_less(target.of(held), target.high),
                    high=_less(target.of(held), target.low),
                    basis=f"the figures held agree with {_name(file)}, which was changed since",
                )
                for target in own
                if not target.is_met_by(held)
            ]
    return found


def _said(file: PublishedFigures) -> dict[Key, Value]:
    rows = nw.from_native(file.frame).select(
        *JOIN_KEY, "published", number=read_numbers(nw.col("published"))
    )
    parts = len(JOIN_KEY)
    return {row[:parts]: Value(None, *row[parts:]) for row in rows.iter_rows()}


def _agrees(target: Target, said: Mapping[Key, Value], held: Values) -> bool:
    other = said.get(target.key)
    return other is not None and target.of(held).is_shown_as(other)


def _less(value: Value, bound: float | None) -> float | None:
    return None if value.exact is None or bound is None else value.exact - bound


def _name(file: PublishedFigures) -> str:
    return ", ".join(one.name for one in file.files) or "another file"
