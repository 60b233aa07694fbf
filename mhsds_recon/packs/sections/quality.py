"""The section of data quality: how complete and valid the items are, and what each would add."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mhsds_recon.measures.maturity_shown import RESULTS, score_in_words
from mhsds_recon.packs.disclosure import CANNOT_TELL, as_published
from mhsds_recon.packs.model import Column, Section, Table
from mhsds_recon.standard import ReportingPeriod

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mhsds_recon.packs.material import Material

__all__ = ["quality_section"]

_COLUMNS = (
    Column(name="Code", kind="code"),
    Column(name="Item", kind="prose"),
    Column(name="Records", kind="count"),
    *(Column(name=result.capitalize(), kind="count") for result in RESULTS),
    Column(name="Score, %", kind="share"),
    Column(name="Would add", kind="share"),
)
_PUBLISHED = Column(name="Published, %", kind="published")


def quality_section(material: Material) -> Section:
    """Return section 4.11: an estimate of the maturity index, its items, and what is missing."""
    say, title = material.words.say, material.words.titles["quality"]
    found = material.inputs.maturity
    if found is None:
        return Section(id="quality", title=title, sentences=(say("quality_none"),))
    shown = found.shown(exact=not material.numbers.rounds)
    items = sorted(
        shown.frame.iter_rows(named=True),
        key=lambda item: (-(item["would_add"] or 0.0), item["name"], item["item"]),
    )
    line = f"{found.line:g}"
    counted = [item for item in items if item["is_counted"]]
    overall = say("quality_no_score")
    if shown.overall is not None:
        overall = say("quality_score", score=f"{shown.overall:.1f}", items=len(counted))
    known = material.inputs.published_score
    published = {} if known is None else known.items
    table = Table(
        id="quality-items",
        caption=say("quality_caption", line=line),
        columns=_COLUMNS if not published else (*_COLUMNS, _PUBLISHED),
        rows=tuple((*_row(material, item), *_published_item(published, item)) for item in items),
    )
    notes = [say("quality_note", line=line)]
    notes.append(say("quality_hidden" if material.numbers.rounds else "figures_note_internal"))
    if found.not_assessed:
        notes.append(say("quality_absent", count=len(found.not_assessed)))
    notes.append(say("quality_source", source=found.source))
    below = sum(bool(item["below_line"]) for item in counted)
    return Section(
        id="quality",
        title=title,
        sentences=(
            overall,
            say("quality_estimate"),
            _published(material, shown.overall),
            say("quality_below", count=below, all=len(counted), line=line),
        ),
        tables=(table,) if items else (),
        notes=tuple(notes),
    )


def _published(material: Material, ours: float | None) -> str:
    """Return the latest published score beside the estimate, or that it was not given."""
    say, known = material.words.say, material.inputs.published_score
    if known is None:
        return say("quality_not_given")
    month = material.words.month(ReportingPeriod.parse(known.month).start)
    told = say("quality_published", score=f"{known.score:.1f}", month=month, source=known.source)
    if ours is None:
        return told
    apart = round(ours, 1) - round(known.score, 1)
    return f"{told} {say('quality_apart', points=f'{apart:+.1f}')}"


def _published_item(published: Mapping[str, float], item: Mapping[str, Any]) -> tuple[str, ...]:
    if not published:
        return ()
    score = published.get(item["item"])
    return (CANNOT_TELL if score is None else f"{score:.1f}",)


def _row(material: Material, item: Mapping[str, Any]) -> tuple[str, ...]:
    counts = (as_published(item[name]).text for name in ("records", *RESULTS))
    score, gain = score_in_words(item), _gain(material, item)
    return (item["item"], item["name"], *counts, score, gain)


def _gain(material: Material, item: Mapping[str, Any]) -> str:
    if not item["is_counted"]:
        return material.words.say("quality_too_few")
    if item["would_add"] is None:
        return CANNOT_TELL
    return f"{item['would_add']:.2f}" if item["would_add"] else ""
