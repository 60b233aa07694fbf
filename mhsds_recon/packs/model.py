"""The pack as a value: everything that it says, already disclosed, before it is a document.

HTML, and later the workbook and the PDF, are made from this value and add nothing to it.
A new section is one more entry of ``Pack.sections``; a new sort of content is a field of
``Section`` with an empty default.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

__all__ = [
    "PROFILES",
    "BarChart",
    "Chart",
    "ChartBar",
    "ChartPhase",
    "ChartStep",
    "Column",
    "ColumnKind",
    "ControlChart",
    "GroupStatus",
    "Pack",
    "PackType",
    "Point",
    "Profile",
    "Section",
    "Status",
    "Table",
    "WalkChart",
    "canonical_json",
    "file_stem",
    "sha256",
]

PackType = Literal["A", "B"]
Profile = Literal["national", "internal", "public"]
Status = Literal["Ready", "Ready with known issues", "Not ready", "Not assessed"]
ColumnKind = Literal[
    "text", "prose", "code", "hash", "count", "change", "published", "tally", "share"
]

PROFILES: tuple[Profile, ...] = ("national", "internal", "public")


class _Value(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Common settings of the pack's parts."""


class Column(_Value, frozen=True, kw_only=True):
    """A column of a table in the pack.

    ``count`` holds numbers of people or rows and ``change`` differences of such numbers: both
    follow the disclosure profile and the privacy gate tests them. ``published`` is what the
    national file says. ``tally`` counts things that are not people or rows, such as rules.
    ``share`` holds percentages, ``prose`` sentences.
    """

    name: str
    kind: ColumnKind = "text"


class Table(_Value, frozen=True, kw_only=True):
    """A table: its cells are text as a reader sees it; the first column names the row."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        """Refuse rows that do not fit the columns.

        Raises:
            ValueError: A row has more or fewer cells than there are columns.
        """
        if any(len(row) != len(self.columns) for row in self.rows):
            message = f"table '{self.id}': every row needs {len(self.columns)} cells"
            raise ValueError(message)


class _Chart(_Value, frozen=True, kw_only=True, tag_field="kind"):
    """What every chart says: its title, in words what it shows, and the table of its numbers."""

    id: str
    title: str
    alternative: str
    table: str = ""


class Point(_Value, frozen=True, kw_only=True):
    """A month of a series: what is drawn of it, None where nothing may be, and its signal."""

    label: str
    value: float | None
    signal: str = ""


class ChartPhase(_Value, frozen=True, kw_only=True):
    """Points, from the first to the last, that share a mean and limits, if they have any."""

    first: int
    last: int
    mean: float | None = None
    lower: float | None = None
    upper: float | None = None


class ControlChart(_Chart, frozen=True, kw_only=True, tag="control"):
    """A process-control chart of months; without limits it is a run chart."""

    points: tuple[Point, ...]
    phases: tuple[ChartPhase, ...]


class ChartBar(_Value, frozen=True, kw_only=True):
    """A number with its label and as it is shown; nothing is drawn of one that is hidden."""

    label: str
    value: float | None
    shown: str


class BarChart(_Chart, frozen=True, kw_only=True, tag="bars"):
    """Numbers beside each other, such as the steps of a funnel."""

    bars: tuple[ChartBar, ...]


class ChartStep(_Value, frozen=True, kw_only=True):
    """A step of a walk: what it adds or takes away, or with ``is_total`` where the walk stands."""

    label: str
    value: float
    shown: str
    is_total: bool = False


class WalkChart(_Chart, frozen=True, kw_only=True, tag="walk"):
    """A bridge from one figure to another."""

    steps: tuple[ChartStep, ...]


Chart: TypeAlias = ControlChart | BarChart | WalkChart


class Section(_Value, frozen=True, kw_only=True):
    """A section: plain sentences, then charts, tables, and notes on how to read them."""

    id: str
    title: str
    sentences: tuple[str, ...]
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()


class GroupStatus(_Value, frozen=True, kw_only=True):
    """Where one measure group stands, and every known issue with it in plain words."""

    id: str
    title: str
    status: Status
    issues: tuple[str, ...] = ()
    has_figures: bool = True


class Pack(_Value, frozen=True, kw_only=True):
    """A monthly pack. ``generated_at`` (ISO, with offset) is its only field that holds a time.

    ``extract_sha256`` is the one hash of the extract of the period: sign-off binds to it.
    """

    layout: Literal[1] = 1
    provider: str
    provider_name: str = ""
    period_start: date
    period_end: date
    pack_type: PackType
    version: int = 1
    profile: Profile
    status: Status
    software: str
    standard: str
    generated_at: str
    extract_sha256: str = ""
    prepared_by: str = ""
    groups: tuple[GroupStatus, ...]
    sections: tuple[Section, ...]


def canonical_json(pack: Pack) -> bytes:
    """Return the pack as UTF-8 JSON with sorted keys and no spaces; the same pack, the same bytes.

    ``msgspec.json.decode(canonical_json(pack), type=Pack)`` gives the pack back.
    """
    return msgspec.json.encode(pack, order="sorted")


def sha256(pack: Pack) -> str:
    """Return the SHA-256 of the canonical JSON, as 64 hexadecimal digits: what a sign-off binds."""
    return hashlib.sha256(canonical_json(pack)).hexdigest()


def file_stem(pack: Pack) -> str:
    """Return the name of the pack's files without ending, such as ``RXX_2026-08_A_v1``."""
    return f"{pack.provider}_{pack.period_start:%Y-%m}_{pack.pack_type}_v{pack.version}"
