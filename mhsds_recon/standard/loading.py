"""Reading one version of the standard into frozen objects, with every problem at once."""

from __future__ import annotations

import csv
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec import Struct, convert, field

from mhsds_recon.errors import DefinitionError, UsageError
from mhsds_recon.standard.crosscheck import cross_check
from mhsds_recon.standard.dated_codes import DatedCodeFile, DatedCodeList
from mhsds_recon.standard.files import definitions_folder, versions
from mhsds_recon.standard.funnels import Funnel, FunnelFile, whole_funnels
from mhsds_recon.standard.measure_files import assemble
from mhsds_recon.standard.measures import MeasureFile
from mhsds_recon.standard.model import Code, CodeList, FileRule, Rule, Scale, Standard, Table
from mhsds_recon.standard.outcome_tools import read_outcome_tools
from mhsds_recon.standard.quality import (
    MaturityEdition,
    MaturityFile,
    QualityFile,
    QualityItem,
)
from mhsds_recon.standard.variations import VariationFile

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator
    from pathlib import Path

__all__ = ["load_standard", "read_standard"]

_T = TypeVar("_T")


class _StandardFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    title: str
    valid_from: str
    sources: tuple[str, ...] = ()
    link_order: tuple[str, ...] = ()
    code_list_notes: dict[str, str] = {}


class RuleFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of validation rules of one table; ``source`` holds for all of them."""

    table: str
    source: str
    rules: tuple[Rule, ...] = field(name="rule", default=())


class _FileRuleFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: str
    rules: tuple[FileRule, ...] = field(name="file_rule", default=())


@cache
def load_standard(version: str = "6.0") -> Standard:
    """Return one version of the standard, read once per process.

    Raises:
        UsageError: The version is not defined.
        DefinitionError: Definition files hold problems; all are listed.
    """
    return read_standard(definitions_folder(), version)


def read_standard(root: Path, version: str) -> Standard:
    """Return a version of the standard from a folder that holds ``schemas`` and ``rules``.

    Raises:
        UsageError: The version is not defined.
        DefinitionError: Definition files hold problems; all are listed.
    """
    if version not in versions(root):
        known = ", ".join(versions(root)) or "none"
        message = f"Version '{version}' of the standard is not defined. Defined: {known}."
        raise UsageError(message)
    reader = _Reader(root)
    standard = reader.standard(version)
    problems = [*reader.problems, *(cross_check(standard) if standard else ())]
    if problems or standard is None:
        raise DefinitionError(problems)
    return standard


class _Reader:
    """Reads definition files and gathers what is wrong with them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.problems: list[str] = []

    def standard(self, version: str) -> Standard | None:
        schemas = self._root / "schemas" / f"v{version}"
        rules = self._root / "rules" / f"v{version}"
        about = self._decode(schemas / "standard.toml", _StandardFile)
        if about is None:
            return None
        tables = self._decode_all(sorted((schemas / "tables").glob("*.toml")), Table)
        lists = (
            self._code_list(path, about.code_list_notes)
            for path in sorted((schemas / "code_lists").glob("*.csv"))
        )
        file_rules = self._decode(rules / "file_rules.toml", _FileRuleFile)
        measures, breakdowns, found = assemble(
            self._decode_all(sorted((rules / "measures").glob("*.toml")), MeasureFile)
        )
        self.problems += found
        outcome_tools, rcads_norms, problems = read_outcome_tools(rules)
        self.problems += problems
        varied = tuple(self._decode_all(rules.glob("variations.toml"), VariationFile))
        return Standard(
            version=about.version,
            title=about.title,
            valid_from=about.valid_from,
            sources=about.sources,
            link_order=about.link_order,
            tables=self._by("name", tables),
            code_lists=self._by("name", lists),
            scales=self._by("code", self._scales(schemas / "assessment_scales.csv")),
            rules=self._by("code", self._rules(rules / "validation")),
            file_rules=self._by("code", file_rules.rules if file_rules else ()),
            measures=measures,
            breakdowns=breakdowns,
            funnels=whole_funnels(self._by("id", self._funnels(rules))),
            variations=self._by("id", (one for file in varied for one in file.variations)),
            changes=tuple(one for file in varied for one in file.changes),
            evidence=self._by("cause", (one for file in varied for one in file.evidence)),
            outcome_tools=outcome_tools,
            rcads_norms=rcads_norms,
            dated_codes=self._by("name", self._dated_codes(rules / "dated_codes.toml")),
            quality_items=self._by("id", self._quality_items(rules)),
            maturity=tuple(self._maturity(rules)),
        )

    def _rules(self, folder: Path) -> Iterator[Rule]:
        for file in self._decode_all(sorted(folder.glob("*.toml")), RuleFile):
            for rule in file.rules:
                yield msgspec.structs.replace(rule, table=file.table)

    def _funnels(self, folder: Path) -> Iterator[Funnel]:
        for file in self._decode_all(folder.glob("funnels.toml"), FunnelFile):
            yield from file.funnels

    def _dated_codes(self, path: Path) -> tuple[DatedCodeList, ...]:
        file = self._decode(path, DatedCodeFile) if path.is_file() else None
        return file.lists if file else ()

    def _quality_items(self, folder: Path) -> Iterator[QualityItem]:
        for file in self._decode_all(folder.glob("quality_items.toml"), QualityFile):
            yield from file.items

    def _maturity(self, folder: Path) -> Iterator[MaturityEdition]:
        for file in self._decode_all(folder.glob("maturity.toml"), MaturityFile):
            yield from file.editions

    def _code_list(self, path: Path, notes: dict[str, str]) -> CodeList:
        codes = self._entries(path, Code)
        return CodeList(name=path.stem, note=notes.get(path.stem, ""), codes=codes)

    def _scales(self, path: Path) -> tuple[Scale, ...]:
        if not path.exists():
            return ()
        return self._entries(path, Scale, lists={"others"})

    def _entries(self, path: Path, kind: type[_T], lists: Container[str] = ()) -> tuple[_T, ...]:
        """Read a CSV file, one entry a row; a blank cell is left to the entry's own default.

        Columns in ``lists`` hold several values with a semicolon between them.
        """
        with path.open(encoding="utf-8", newline="") as handle:
            rows = [
                {
                    name: cell.split(";") if name in lists else cell
                    for name, cell in row.items()
                    if cell
                }
                for row in csv.DictReader(handle)
            ]
        try:
            return convert(rows, tuple[kind, ...], strict=False)  # type: ignore[valid-type]
        except msgspec.ValidationError as error:
            self.problems.append(f"{self._name(path)}: {error}")
            return ()

    def _decode_all(self, paths: Iterable[Path], kind: type[_T]) -> Iterator[_T]:
        for path in paths:
            decoded = self._decode(path, kind)
            if decoded is not None:
                yield decoded

    def _decode(self, path: Path, kind: type[_T]) -> _T | None:
        """Decode one file; where that fails, decode it entry by entry to name each problem."""
        try:
            content = msgspec.toml.decode(path.read_bytes())
        except (OSError, msgspec.DecodeError) as error:
            self.problems.append(f"{self._name(path)}: {error}")
            return None
        try:
            return convert(content, kind)
        except msgspec.ValidationError as error:
            self.problems += self._entry_problems(path, content, kind) or [
                f"{self._name(path)}: {error}"
            ]
            return None

    def _entry_problems(self, path: Path, content: dict[str, Any], kind: type[_T]) -> list[str]:
        entries = next((key for key, value in content.items() if _is_entries(value)), None)
        if entries is None:
            return []
        problems = []
        for entry in content[entries]:
            try:
                convert({**content, entries: [entry]}, kind)
            except msgspec.ValidationError as error:
                who = entry.get("code") or entry.get("id") or entry.get("name") or "unnamed"
                what, _, spot = str(error).partition(" - at ")
                spot = spot.strip("`").removeprefix(f"$.{entries}[0]").lstrip(".")
                where = f"{self._name(path)}, {entries} {who}" + (f", {spot}" if spot else "")
                problems.append(f"{where}: {what}")
        return problems

    def _by(self, key: str, items: Iterable[_T]) -> dict[str, _T]:
        found: dict[str, _T] = {}
        for item in items:
            name = getattr(item, key)
            if name in found:
                self.problems.append(f"'{name}' is defined twice; keep one definition.")
            found[name] = item
        return found

    def _name(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()


def _is_entries(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)
