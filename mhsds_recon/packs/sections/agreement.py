"""Pack B: reconciliation with the published figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mhsds_recon.packs.disclosure import CANNOT_TELL, Shown, as_published
from mhsds_recon.packs.material import PROVIDER
from mhsds_recon.packs.model import Column, Section, Table
from mhsds_recon.packs.sections.variance import DIFFERS, Step, key_of, level_of, walks_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mhsds_recon.packs.material import Material

__all__ = ["figure_row", "reconciliation_section"]

_COLUMNS = (
    Column(name="Measure", kind="code"),
    Column(name="What it counts"),
    Column(name="Level"),
    Column(name="Ours", kind="count"),
    Column(name="Published", kind="published"),
    Column(name="Status and version"),
    Column(name="Published stands for", kind="published"),
    Column(name="Result"),
    Column(name="Gap", kind="change"),
    Column(name="Explained", kind="change"),
    Column(name="Residual", kind="change"),
)
_NONE = "none"
_AGREE = frozenset({"agree", "agree_within_rounding", "suppressed_consistent"})


def reconciliation_section(material: Material) -> Section:
    """Return section 4.12: every published figure beside ours, differences first."""
    say, title = material.words.say, material.words.titles["reconciliation"]
    reconciliation = material.inputs.reconciliation
    if reconciliation is None:
        return Section(id="reconciliation", title=title, sentences=(say("reconciliation_pack_a"),))
    walks = walks_of(material, reconciliation)
    rows = sorted(reconciliation.frame.iter_rows(named=True), key=_differences_first)
    if not rows:
        sentences = (say("reconciliation_none"),)
        return Section(id="reconciliation", title=title, sentences=sentences)
    results = [row["result"] for row in rows]
    own = {*material.words.shown_measures, *(line.measure_id for line in material.lines)}
    summary = say(
        "reconciliation_summary",
        all=len(rows),
        agree=sum(result in _AGREE for result in results),
        differ=sum(result in DIFFERS for result in results),
    )
    unexplained = say("reconciliation_unexplained", count=results.count(DIFFERS[0]))
    note = "reconciliation_note" if material.numbers.rounds else "reconciliation_note_exact"
    table = Table(
        id="reconciled-figures",
        caption="Our figures beside the published ones",
        columns=_COLUMNS,
        rows=tuple(
            _row(material, row, walks.get(key_of(row), ()))
            for row in rows
            if row["result"] in DIFFERS
            or (row["breakdown"] == PROVIDER and row["measure_id"] in own)
        ),
    )
    return Section(
        id="reconciliation",
        title=title,
        sentences=(summary, unexplained),
        tables=(_results(material, results), table),
        notes=(say("reconciliation_listed"), say(note), say("source_published")),
    )


def _differences_first(row: Mapping[str, Any]) -> tuple[int, str, str, str]:
    result = row["result"]
    place = DIFFERS.index(result) if result in DIFFERS else len(DIFFERS)
    return place, row["measure_id"], row["breakdown"], row["primary_level"]


def _results(material: Material, results: list[str]) -> Table:
    results = [_told_apart(material, result) for result in results]
    counted = {result: results.count(result) for result in material.words.results}
    return Table(
        id="results",
        caption="Results of the comparison",
        columns=(Column(name="Result"), Column(name="Figures", kind="tally")),
        rows=tuple(
            (material.words.results[result], str(count))
            for result, count in counted.items()
            if count
        ),
    )


def _row(material: Material, row: Mapping[str, Any], walk: tuple[Step, ...]) -> tuple[str, ...]:
    ours = material.shown(row["measure_id"], row["local_exact"], row["local_published"])
    published = as_published(row["published"]) if row["published"] else Shown(text=CANNOT_TELL)
    return (
        row["measure_id"],
        material.label(row["measure_id"]),
        level_of(row),
        ours.text,
        published.text,
        " ".join(filter(None, (row["status"], row["file_version"]))) or "-",
        _range(row["published_low"], row["published_high"]),
        material.words.results[_told_apart(material, row["result"])],
        *_differences(material, row, material.numbers.change(ours, published), walk),
    )


def figure_row(
    material: Material, row: Mapping[str, Any], walks: Mapping[Any, tuple[Step, ...]]
) -> tuple[str, ...]:
    """Return a figure beside the published one as shown: from ``ours`` to the residual."""
    _, _, _, ours, published, _, stands_for, _, *rest = _row(
        material, row, walks.get(key_of(row), ())
    )
    return (ours, published, stands_for, _told_apart(material, row["result"]), *rest)


def _told_apart(material: Material, result: str) -> str:
    # 'Agree' says that ours is the published multiple of 5 exactly.
    return "agree_within_rounding" if material.numbers.rounds and result == "agree" else result


def _range(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return CANNOT_TELL
    return f"{low:,.10g}" if low == high else f"{low:,.10g} to {high:,.10g}"


def _differences(
    material: Material, row: Mapping[str, Any], gap: Shown, walk: tuple[Step, ...]
) -> tuple[str, str, str]:
    """Return gap, explained share and residual; ``-`` where there is no difference to explain."""
    if row["result"] not in DIFFERS:
        return ("-", "-", "-")
    numbers = material.numbers
    if not numbers.rounds:
        explained, residual = numbers.sizes([row["explained"] or 0, row["residual"] or 0])
        return _range(row["gap_low"], row["gap_high"]), explained.text, residual.text
    measured = [step for step in walk if step.row["size"] is not None]
    if not measured:
        return gap.text, _NONE, gap.text
    if any(step.size.number is None for step in measured):
        return gap.text, CANNOT_TELL, CANNOT_TELL
    explained = numbers.total([step.size for step in measured])
    is_whole = row["result"] == "differs_explained"
    return gap.text, explained.text, _NONE if is_whole else numbers.change(gap, explained).text
