"""The portal's own reports beside our results: rows, rules and diagnostics."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mhsds_recon.packs.disclosure import CANNOT_TELL, SUPPRESSED, Shown
from mhsds_recon.packs.model import Column, Table
from mhsds_recon.packs.sections.checks import meaning_of, rows_by_table, table_title
from mhsds_recon.portal import DISAGREEING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mhsds_recon.packs.material import Material
    from mhsds_recon.portal import PortalComparison

__all__ = ["portal_sentences", "portal_tables"]

_BESIDE = (
    Column(name="Ours", kind="count"),
    Column(name="Portal's", kind="count"),
    Column(name="Difference", kind="change"),
    Column(name="Result"),
)
_ROWS = (Column(name="Table"), *_BESIDE)
_RULES = (
    Column(name="Rule", kind="code"),
    Column(name="What it means", kind="prose"),
    Column(name="Level"),
    *_BESIDE,
)
_RECORDS = (
    Column(name="Records both name", kind="count"),
    Column(name="Only ours", kind="count"),
    Column(name="Only the portal's", kind="count"),
)
_DIAGNOSTICS = (
    Column(name="Code", kind="code"),
    Column(name="What it counts", kind="prose"),
    Column(name="Count", kind="count"),
    Column(name="Out of", kind="count"),
)
_SAME = "agree"


def portal_sentences(material: Material) -> tuple[str, ...]:
    """Return how far the portal and we agree, or that its reports were not given."""
    say, found = material.words.say, material.inputs.portal
    if found is None:
        return (say("portal_none"),)
    lines = found.counts().rows()
    of_tables, of_rules = (
        {result: number for what, result, number in lines if what == kind}
        for kind in ("rows", "rule")
    )
    return (
        say(
            "portal_summary",
            tables=of_tables.get(_SAME, 0),
            differ=_sum(of_tables, DISAGREEING),
            rules=of_rules.get(_SAME, 0),
            apart=_sum(of_rules, DISAGREEING),
        ),
        *found.notes,
    )


def portal_tables(material: Material) -> tuple[Table, ...]:
    """Return rows by table, the rules on which we differ, and the portal's diagnostics.

    Rules on which both agree are in the sentence only: the next section lists ours. Which records
    each side names is shown in the internal profile alone.
    """
    found = material.inputs.portal
    if found is None:
        return ()
    tables = (
        Table(
            id="portal-rows",
            caption=material.words.say("portal_rows_caption"),
            columns=_ROWS,
            rows=tuple(_rows(material, found)),
        ),
        Table(
            id="portal-rules",
            caption=material.words.say("portal_rules_caption"),
            columns=_RULES if material.numbers.rounds else (*_RULES, *_RECORDS),
            rows=tuple(_rules(material, found)),
        ),
        Table(
            id="portal-diagnostics",
            caption=material.words.say("portal_diagnostics_caption"),
            columns=_DIAGNOSTICS,
            rows=tuple(_diagnostics(material, found)),
        ),
    )
    return tuple(table for table in tables if table.rows)


def _rows(material: Material, found: PortalComparison) -> Iterator[tuple[str, ...]]:
    """Yield the tables that the portal counts; its rows are hidden wherever ours are."""
    shown = rows_by_table(material)
    validation = material.inputs.validation
    submitted = dict(validation.accepted.select("table", "submitted").rows())
    for line in found.frame.iter_rows(named=True):
        if line["kind"] != "rows" or not line["portal"]:
            continue
        name, theirs = line["table"], line["portal"]
        ours = shown[name][1] if name in shown else material.numbers.count(line["ours"])
        portal = material.numbers.count(theirs)
        if name in shown:
            rejected = max(submitted[name] - theirs, 0)
            portal = material.numbers.parts(submitted[name], theirs, rejected)[1]
        if ours.is_suppressed and portal.number is not None:
            portal = Shown(text=SUPPRESSED)
        yield (
            table_title(material, name) if name else line["code"],
            *_beside(material, ours, portal, line["result"]),
        )


def _rules(material: Material, found: PortalComparison) -> Iterator[tuple[str, ...]]:
    lines = found.frame.iter_rows(named=True)
    apart = [line for line in lines if line["kind"] == "rule" and line["result"] != _SAME]
    for line in sorted(apart, key=lambda line: _largest_first(material, line)):
        records = (line["both"], line["only_ours"], line["only_portal"])
        yield (
            line["code"],
            meaning_of(material, line["code"]) or line["note"] or "",
            material.words.levels.get(line["level"] or "", ""),
            *_beside(material, *_sides(material, line), line["result"]),
            *(
                material.numbers.count(count).text
                for count in (() if material.numbers.rounds else records)
            ),
        )


def _sides(material: Material, line: Mapping[str, Any]) -> tuple[Shown, Shown]:
    """Return our rows and the portal's; where one names none, as the result says, that is 0."""
    ours, portal = (
        replace(shown, number=0) if count == 0 else shown
        for count, shown in (
            (line[side], material.numbers.count(line[side])) for side in ("ours", "portal")
        )
    )
    return ours, portal


def _largest_first(material: Material, line: Mapping[str, Any]) -> tuple[bool, float, str]:
    # Counts are compared as shown: the order of hidden ones would tell them apart.
    apart = material.numbers.change(*_sides(material, line)).number or 0
    return line["result"] not in DISAGREEING, -abs(apart), line["code"]


def _beside(material: Material, ours: Shown, portal: Shown, result: str) -> tuple[str, ...]:
    difference = material.numbers.change(ours, portal)
    if result == _SAME:
        difference = Shown(text="0")
    return ours.text, portal.text, difference.text, material.words.portal_results[result]


def _diagnostics(material: Material, found: PortalComparison) -> Iterator[tuple[str, ...]]:
    for line in found.diagnostics.iter_rows(named=True):
        part, whole = line["numerator"], line["denominator"]
        shown = (material.numbers.count(part), Shown(text="-"))
        if part is not None and whole is not None:
            total, one, _ = material.numbers.parts(whole, part, max(whole - part, 0))
            shown = (one, total)
        meaning = line["meaning"] or CANNOT_TELL
        where = f" ({line['table']})" if line["table"] else ""
        yield (line["code"], f"{meaning}{where}", *(each.text for each in shown))


def _sum(counts: Mapping[str, int], results: Iterable[str]) -> int:
    return sum(counts.get(result, 0) for result in results)
