"""A reader who works out small counts: what a pack shows as ranges, sums and a solver's answer.

It knows how each table is made, what its rows add up to, and what a star can stand for. Every
relation is checked against the exact pack first: what is not so cannot be used to work anything
out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from knowledge import LISTED, MANY, UNKNOWN, Knowledge, Range, Sum

from mhsds_recon.packs import Pack
from mhsds_recon.packs.model import Table
from mhsds_recon.standard import Standard
from mhsds_recon.standard.parts import load_parts

STAR, FEW_SCORES = (0, 4), (0, 7)
_NUMBER = re.compile(r"[-+]?[\d,]+(\.\d+)?")


def allowed(text: str, star: Range = STAR) -> Range | None:
    """Return what a shown count stands for; None where it says nothing."""
    if text == "*":
        return star
    if not _NUMBER.fullmatch(text):
        return None
    number = int(text.replace(",", ""))
    return (5 if number == 5 else number - 2, number + 2)


def exact(text: str) -> float | None:
    return float(text.replace(",", "")) if _NUMBER.fullmatch(text) else None


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads packs of one month in any profile into unknowns of the same names.

    Attributes:
        standard: Says what measures and funnels are made of.
        breakdowns: Which breakdown the level in a row of areas belongs to; one for all where it
            is not named.
    """

    standard: Standard
    breakdowns: Mapping[str, str] = field(default_factory=dict)

    def attack(self, shown: Pack, true: Pack, *others: tuple[Pack, Pack]) -> dict[str, Range]:
        """Return what can be worked out to be 1 to 4, from a pack or from several versions of it.

        Of several versions the reader knows even what has only become less. That a change is one
        of 1 to 4 is what packs say of it, so there only single numbers are returned.

        Args:
            shown: The pack as disclosed.
            true: The same with exact counts: what the reader holds is checked against it.
            others: Later versions, likewise.
        """
        knowledge, values = Knowledge(), dict[str, float]()
        versions = ((shown, true), *others)
        for number, (pack, honest) in enumerate(versions):
            self._read(knowledge, values, pack, honest, f"v{number} ")
        for number in range(1, len(versions)):
            _set_beside(knowledge, values, "v0 ", f"v{number} ")
        for name, (low, high) in knowledge.ranges.items():
            assert low <= values[name] <= high, f"misread: {name}"
        small = knowledge.small()
        return {name: left for name, left in small.items() if left[0] == left[1] or not others}

    def _read(
        self,
        knowledge: Knowledge,
        values: dict[str, float],
        pack: Pack,
        honest: Pack,
        version: str,
    ) -> None:
        labels = _labels(honest)
        truth = {
            version + name: number
            for name, text in _cells(honest, labels).items()
            if (number := exact(text)) is not None
        }
        values |= truth
        cells = _cells(pack, labels)
        for name, text in cells.items():
            star = self._star(name, cells, labels)
            if name.startswith("area|") and pack.profile == "public":
                star = UNKNOWN
            known = allowed(text, star) if version + name in truth else None
            if known is not None:
                knowledge.learn(version + name, known)
            if name.endswith("|Rows rejected") and _has_rules(name, cells):
                knowledge.listed[version + name] = LISTED
        for one in self._relations(honest, cells, labels):
            parts = {version + name: times for name, times in one.parts.items()}
            new = [name for name in parts if name not in truth]
            if len(new) == 1 and new[0].startswith(f"{version}less|"):
                rest = sum(times * truth[name] for name, times in parts.items() if name in truth)
                values[new[0]] = rest
                knowledge.learn(new[0], UNKNOWN)
            elif new or not Sum(parts=parts, low=one.low, high=one.high).holds(truth):
                continue
            for name in parts:
                knowledge.learn(name, UNKNOWN)
            knowledge.relate(parts, one.low, one.high)

    def _star(self, name: str, cells: Mapping[str, str], labels: Mapping[str, str]) -> Range:
        """Return what a star in a cell can stand for, to somebody who knows how it is made."""
        kind, *rest = name.split("|")
        if kind == "rule":
            return LISTED
        if kind in {"result", "local"}:
            return STAR if rest[-1] in {"Records", "All teams"} else UNKNOWN
        if kind == "rows":
            return _star_of_rows(rest, cells)
        if kind == "area":
            beside = [one for one in cells if self._same_line(one, name)]
        elif kind == "figure":
            beside = self._parts_beside(name, cells, labels)
        elif kind in {"team", "reason", "tool paired"}:
            beside = [one for one in cells if one.split("|")[:-1] == [kind, *rest[:-1]]]
        else:
            return STAR
        if beside and all(cells[one] == "*" for one in beside):
            return UNKNOWN
        return FEW_SCORES if kind in {"reason", "tool paired"} else STAR

    def _parts_beside(
        self, name: str, cells: Mapping[str, str], labels: Mapping[str, str]
    ) -> list[str]:
        """Return the measures that make up a whole together with one, itself among them."""
        month = name.rsplit("|", 1)[1]
        for parts in load_parts(self.standard.version).values():
            named = [f"figure|{labels.get(part)}|{month}" for part in parts]
            if name in named:
                return [one for one in named if one in cells]
        return []

    def _same_line(self, one: str, other: str) -> bool:
        (kind, *a), (like, *b) = one.split("|"), other.split("|")
        return kind == like and (a[0], a[2], self.breakdowns.get(a[1])) == (
            *(b[0], b[2]),
            self.breakdowns.get(b[1]),
        )

    def _relations(
        self, honest: Pack, cells: Mapping[str, str], labels: Mapping[str, str]
    ) -> Iterator[Sum]:
        names = list(_cells(honest, labels))
        yield from _of_rows(names, self.standard)
        yield from self._of_areas(names)
        yield from self._of_funnels(names, labels)
        yield from _of_scores(names)
        yield from _of_items(honest)
        yield from self._of_measures(cells, labels, names)

    def _of_areas(self, names: Iterable[str]) -> Iterator[Sum]:
        areas = [name.split("|") for name in names if name.startswith("area|")]
        lines = {(label, self.breakdowns.get(level), month) for _, label, level, month in areas}
        for label, breakdown, month in lines:
            parts = {
                "|".join(area): 1.0
                for area in areas
                if (area[1], self.breakdowns.get(area[2]), area[3]) == (label, breakdown, month)
            }
            yield Sum(parts=parts | {f"figure|{label}|{month}": -1.0})

    def _of_funnels(self, names: Sequence[str], labels: Mapping[str, str]) -> Iterator[Sum]:
        month = next(name for name in names if name.startswith("figure|")).rsplit("|", 1)[1]
        for funnel in self.standard.funnels.values():
            steps = [name for name in names if name.startswith(f"left|{funnel.id}|")]
            for unit in dict.fromkeys(name.split("|")[2] for name in steps):
                own = [name for name in steps if name.split("|")[2] == unit]
                for before, after in pairwise(own):
                    yield Sum(parts={before: 1, after: -1, f"less|{after}": -1})
                teams = [name for name in names if name.startswith(f"team|{funnel.id}|first|")]
                main = steps[0].split("|")[2]
                if teams and unit == main:
                    yield Sum(parts=dict.fromkeys(teams, 1.0) | {own[0]: -1})
                    yield Sum(parts=dict.fromkeys(teams, 1.0) | {own[0]: -1}, high=MANY)
                    counted = [name.replace("|first|", "|counted|") for name in teams]
                    yield Sum(parts=dict.fromkeys(counted, 1.0) | {own[-1]: -1})
                    for first, last in zip(teams, counted, strict=True):
                        yield Sum(parts={first: 1, last: -1}, high=MANY)
                for name, step in zip(reversed(own), reversed(funnel.steps), strict=False):
                    if unit == main and step.measure is not None and step.measure in labels:
                        yield Sum(parts={name: 1, f"figure|{labels[step.measure]}|{month}": -1})

    def _of_measures(
        self, cells: Mapping[str, str], labels: Mapping[str, str], names: Sequence[str]
    ) -> Iterator[Sum]:
        months = {name.split("|")[2] for name in names if name.startswith("figure|")}
        for month in months:

            def named(measure: str, month: str = month) -> str:
                return f"figure|{labels.get(measure)}|{month}"

            for whole, parts in load_parts(self.standard.version).items():
                yield Sum(parts={named(whole): 1} | {named(part): -1 for part in parts})
            for measure in self.standard.measures.values():
                of = (getattr(measure.count, "numerator", ""), measure.disclosed_of or "")
                share = re.match(r"(\d+) %", cells.get(named(measure.id), ""))
                top, bottom = (named(name) for name in of)
                if share and top in names and bottom in names:
                    few, many = (float(share[1]) + off for off in (-0.5, 0.5))
                    yield Sum(parts={top: 100, bottom: -few}, high=100 * MANY)
                    yield Sum(parts={top: 100, bottom: -many}, low=-100 * MANY)
                if top in names and bottom in names:
                    yield Sum(parts={bottom: 1, top: -1, f"less|{top}": -1})


def _has_rules(rejected: str, cells: Iterable[str]) -> bool:
    """Return whether rules are listed that reject rows of a table: then some rows are rejected."""
    table = rejected.split("|")[1]
    rules = (name.split("|") for name in cells if name.startswith("rule|"))
    return any(rule[2] == table and rule[1].endswith("rejected") for rule in rules)


def _set_beside(knowledge: Knowledge, values: dict[str, float], one: str, other: str) -> None:
    """Add how many fewer there are in a later version, where nothing has been added to it."""
    for name in [name for name in values if name.startswith(one) and "less|" not in name]:
        later = other + name.removeprefix(one)
        if {name, later} <= knowledge.ranges.keys() and values[name] >= values[later]:
            change = f"change|{name}"
            values[change] = values[name] - values[later]
            knowledge.learn(change, UNKNOWN)
            knowledge.relate({name: 1, later: -1, change: -1})


def _labels(pack: Pack) -> dict[str, str]:
    table = next(
        table
        for each in pack.sections
        for table in each.tables
        if table.id == "measure-definitions"
    )
    names = _numbered(row[1] for row in table.rows)
    return {row[0]: name for row, name in zip(table.rows, names, strict=True)}


def unrounded(pack: Pack) -> list[str]:
    """Return the cells of counts and changes in any table that are not rounded, or are small."""
    return [
        f"{table.id}: {cell}"
        for section in pack.sections
        for table in section.tables
        for row in table.rows
        for column, cell in zip(table.columns, row, strict=True)
        if column.kind in {"count", "change"}
        and (number := exact(cell)) is not None
        and (number % 5 or 0 < abs(number) < 5)
    ]


def _numbered(labels: Iterable[str]) -> Iterator[str]:
    """Yield labels, those that come again with how often they have come."""
    seen = Counter[str]()
    for label in labels:
        seen[label] += 1
        yield label if seen[label] == 1 else f"{label} ({seen[label]})"


def _star_of_rows(rest: Sequence[str], cells: Mapping[str, str]) -> Range:
    table, what = rest
    if what == "Rows submitted":
        return LISTED if f"rows|{table}|Rows accepted" in cells else STAR
    parts = [cells[f"rows|{table}|{one}"] for one in ("Rows accepted", "Rows rejected")]
    return UNKNOWN if parts == ["*", "*"] else STAR


def _cells(pack: Pack, labels: Mapping[str, str]) -> dict[str, str]:
    """Return every number of people, rows or scores by what it is of."""
    found: dict[str, str] = {}
    for table in (table for each in pack.sections for table in each.tables):
        reader = next((read for ends, read in _READERS if re.fullmatch(ends, table.id)), None)
        if reader is not None:
            found |= dict(reader(table, pack, labels))
    for name in list(found):
        # Accepted rows beside few rejected ones are those submitted as shown, and say no more.
        if name.startswith("rows|") and name.endswith("accepted"):
            ours, other = name, name.replace("accepted", "rejected")
            for this, that in ((ours, other), (other, ours)):
                if found.get(this) == "*" != found.get(that) and pack.profile != "internal":
                    found[that] = ""
    return found


Cells = Iterator[tuple[str, str]]


def _months(pack: Pack) -> tuple[str, str]:
    now = pack.period_start
    before = (now.year, now.month - 1) if now.month > 1 else (now.year - 1, 12)
    return f"{now:%Y-%m}", f"{before[0]}-{before[1]:02}"


def _figures(table: Table, pack: Pack, labels: Mapping[str, str]) -> Cells:
    del labels
    is_levels = table.id.endswith("-levels")
    names = [row[0] for row in table.rows] if is_levels else _numbered(row[0] for row in table.rows)
    for label, (_, level, *texts) in zip(names, table.rows, strict=True):
        for month, text in zip(_months(pack), texts, strict=False):
            if is_levels:
                yield f"area|{label}|{level}|{month}", text
            else:
                yield f"figure|{label}|{month}", text


def _rows(table: Table, pack: Pack, labels: Mapping[str, str]) -> Cells:
    del pack, labels
    for name, *texts in table.rows:
        for column, text in zip(table.columns[1:4], texts, strict=False):
            yield f"rows|{name.split()[0]}|{column.name}", text


def _rules(table: Table, pack: Pack, labels: Mapping[str, str]) -> Cells:
    del pack, labels
    columns = [column.name for column in table.columns]
    for row in table.rows:
        cell = dict(zip(columns, row, strict=True))
        yield f"rule|{cell['Level']}|{cell['Table']}|{cell['Rule']}", cell["Rows"]


def _steps(table: Table, pack: Pack, labels: Mapping[str, str]) -> Cells:
    del pack, labels
    funnel = table.id.removesuffix("-steps")
    for row in table.rows:
        for column, text in zip(table.columns, row, strict=True):
            if column.name.endswith(" left"):
                yield f"left|{funnel}|{column.name}|{row[0]}", text


def _teams(table: Table, pack: Pack, labels: Mapping[str, str]) -> Cells:
    del pack, labels
    funnel = table.id.removesuffix("-teams")
    for team, _, first, counted, *_ in table.rows:
        yield f"team|{funnel}|first|{team}", first
        yield f"team|{funnel}|counted|{team}", counted


def _local(table: Table, pack: Pack, labels: Mapping[str, str]) -> Cells:
    del pack, labels
    for team, _, *texts in table.rows:
        for column, text in zip(table.columns[2:], texts, strict=True):
            yield f"local|{column.name}|{team}", text


def _reasons(table: Table, pack: Pack, labels: Mapping[str, str]) -> Cells:
    del pack, labels
    (_, whole), *reasons = table.rows
    yield "scores|all", whole
    for reason, text in reasons:
        yield f"reason|{reason}", text


def _tools(table: Table, pack: Pack, labels: Mapping[str, str]) -> Cells:
    del pack, labels
    for tool, whole, paired, *_ in table.rows:
        yield f"tool|{tool}", whole
        yield f"tool paired|{tool}", paired


def _items(table: Table, pack: Pack, labels: Mapping[str, str]) -> Cells:
    del pack, labels
    for row in table.rows:
        for column, text in zip(table.columns, row, strict=True):
            if column.kind == "count":
                yield f"result|{row[0]}|{column.name}", text


def _files(table: Table, pack: Pack, labels: Mapping[str, str]) -> Cells:
    del pack, labels
    for name, rows, *_ in table.rows:
        yield f"rows|{name.split('.')[0]}|Rows submitted", rows


_Read = Callable[[Table, Pack, Mapping[str, str]], Cells]
_READERS: tuple[tuple[str, _Read], ...] = (
    ("input-files", _files),
    ("teams-figures", _local),
    (r"\w+-(figures|levels)", _figures),
    ("rows-by-table", _rows),
    ("failed-rules", _rules),
    (r"\w+-steps", _steps),
    (r"\w+-teams", _teams),
    ("pairing-reasons", _reasons),
    ("pairing-tools", _tools),
    ("quality-items", _items),
)


def _of_rows(names: Sequence[str], standard: Standard) -> Iterator[Sum]:
    rules = [name.split("|") for name in names if name.startswith("rule|")]
    rejecting = [rule for rule in rules if rule[1].endswith("rejected")]
    losing = {rule[2] for rule in rejecting}
    for table in {name.split("|")[1] for name in names if name.startswith("rows|")}:
        submitted, accepted, rejected = (
            f"rows|{table}|Rows {what}" for what in ("submitted", "accepted", "rejected")
        )
        yield Sum(parts={submitted: 1, accepted: -1, rejected: -1})
        own = {"|".join(rule): -1.0 for rule in rejecting if rule[2] == table}
        for rule in own:
            yield Sum(parts={rejected: 1, rule: -1}, high=MANY)
        # Where no row above can be lost, every rejected row fails one of the table's own rules.
        if own and not losing.intersection(_above(table, standard)):
            yield Sum(parts={rejected: 1} | own, low=-MANY)


def _above(table: str, standard: Standard) -> set[str]:
    above: set[str] = set()
    while table in standard.tables and (parent := standard.tables[table].parent) is not None:
        above.add(parent)
        table = parent
    return above


def _of_scores(names: Sequence[str]) -> Iterator[Sum]:
    for kind in ("reason", "tool"):
        parts = [name for name in names if name.startswith(f"{kind}|")]
        if parts:
            yield Sum(parts=dict.fromkeys(parts, 1.0) | {"scores|all": -1})
    tools = [name for name in names if name.startswith("tool paired|")]
    if tools:
        first = next(name for name in names if name.startswith("reason|"))
        yield Sum(parts=dict.fromkeys(tools, 1.0) | {first: -1})
        for name in tools:
            yield Sum(parts={name.replace(" paired", ""): 1, name: -1}, high=MANY)


def _of_items(honest: Pack) -> Iterator[Sum]:
    """Yield that results make up the records; the shown score is left to its own tests."""
    for table in (table for each in honest.sections for table in each.tables):
        if table.id != "quality-items":
            continue
        for row in table.rows:
            own = {column.name: text for column, text in zip(table.columns, row, strict=True)}
            results = {
                f"result|{row[0]}|{column.name}": 1.0
                for column in table.columns
                if column.kind == "count" and column.name != "Records" and own[column.name] != "-"
            }
            yield Sum(parts=results | {f"result|{row[0]}|Records": -1})
