"""How data quality items class the values of an element, and what the maturity estimate weighs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct, field

from mhsds_recon.errors import DefinitionError, near_miss
from mhsds_recon.standard.files import read_own
from mhsds_recon.standard.measures import Quality

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mhsds_recon.standard.model import Standard
    from mhsds_recon.standard.periods import ReportingPeriod

__all__ = [
    "INTEGRITY",
    "VODIM",
    "AgeAtMost",
    "AtTime",
    "CodedAs",
    "DateBetween",
    "Filled",
    "Flagged",
    "KnownOrganisation",
    "KnownPostcode",
    "ListedCode",
    "MaturityEdition",
    "MaturityFile",
    "MaturityItem",
    "QualityCheck",
    "QualityFile",
    "QualityItem",
    "edition_of",
    "quality_problems",
    "read_editions",
]

VODIM = ("Valid", "Other", "Default", "Invalid", "Missing")
"""The results of a value; an item publishes some of them."""

INTEGRITY = "Integrity"
"""The one result of an integrity item."""

_Month = Annotated[str, Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
_Percentage = Annotated[float, Meta(ge=0, le=100)]


class _Check(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """Common settings of checks; ``kind`` names the struct in files."""


class Filled(_Check, frozen=True, kw_only=True, tag="filled"):
    """Anything is valid."""


class ListedCode(_Check, frozen=True, kw_only=True, tag="listed_code"):
    """The result is the quality of the code in a code list; a code that is not in it is invalid.

    Codes count from their ``valid_from``. ``invalid`` names codes of the list that are invalid
    here all the same. ``first_character``: valid and other codes are known by it. Blanks have no
    result where ``blank_is_missing`` is off.
    """

    code_list: str
    invalid: tuple[str, ...] = ()
    first_character: bool = False
    blank_is_missing: bool = True


class KnownOrganisation(_Check, frozen=True, kw_only=True, tag="known_organisation"):
    """Valid: an organisation open after the period; other: one that closed in the period.

    The day before the period counts to it. Whatever else is not a default code is invalid.
    ``kinds`` are those of the reference file, all but schools unless given; ``listed_in`` names
    a further reference file that must hold the code.
    """

    default: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    listed_in: Literal["local_authorities", "specialised_commissioners"] | None = None
    blank_is_missing: bool = True


class KnownPostcode(_Check, frozen=True, kw_only=True, tag="known_postcode"):
    """Valid: a postcode of the reference file; default: one that starts like this."""

    default_start: str


class AgeAtMost(_Check, frozen=True, kw_only=True, tag="age_at_most"):
    """Valid: a birth date from which so many years or fewer are completed at the period's end."""

    years: int


class DateBetween(_Check, frozen=True, kw_only=True, tag="date_between"):
    """Valid: a date not before one and not after another date of the row, where those are known."""

    not_before: str | None = None
    not_after: str | None = None


class CodedAs(_Check, frozen=True, kw_only=True, tag="coded_as"):
    """Counts codes that are one of these, or, with ``negated``, none of these or blank."""

    codes: tuple[str, ...]
    negated: bool = False


class AtTime(_Check, frozen=True, kw_only=True, tag="at_time"):
    """Counts times at this minute, of every hour or of one."""

    minute: int
    hour: int | None = None


class Flagged(_Check, frozen=True, kw_only=True, tag="flagged"):
    """Counts rows where a yes-or-no column of the rows says yes."""


QualityCheck = (
    Filled
    | ListedCode
    | KnownOrganisation
    | KnownPostcode
    | AgeAtMost
    | DateBetween
    | CodedAs
    | AtTime
    | Flagged
)
_INTEGRITY_CHECKS = (CodedAs, AtTime, Flagged)


class QualityItem(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What result a row has for a measure of data quality.

    ``id`` is that of the measure, ``rows`` names the cohort that it counts in: a table, or a view
    of ``mhsds_recon.measures``. ``element`` is a column of these rows.
    """

    id: str
    rows: str
    element: str
    check: QualityCheck


class QualityFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file of all data quality items."""

    items: tuple[QualityItem, ...] = field(name="item", default=())


class MaturityItem(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An item of the maturity estimate; of all records this percentage may be default codes."""

    item: str
    allowed_default: _Percentage = 0.0


class MaturityEdition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the maturity estimate weighs from a reporting period on.

    ``line`` is the score that an item should reach; an item with fewer records than
    ``fewest_records`` is left out of the whole.
    """

    first_month: _Month
    line: _Percentage
    fewest_records: int
    source: str
    items: tuple[MaturityItem, ...]


class MaturityFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file of all editions of the maturity estimate."""

    editions: tuple[MaturityEdition, ...] = field(name="edition", default=())


def edition_of(
    editions: Sequence[MaturityEdition], period: ReportingPeriod
) -> MaturityEdition | None:
    """Return the edition in force in a reporting period, None where none is."""
    begun = [one for one in editions if one.first_month <= str(period)]
    return max(begun, key=lambda one: one.first_month, default=None)


def read_editions(path: Path, items: Mapping[str, QualityItem]) -> tuple[MaturityEdition, ...]:
    """Return the editions of a file like ``maturity.toml``, such as a trust's own copy.

    Args:
        path: The file.
        items: The items that there are.

    Raises:
        DefinitionError: The file cannot be read, or holds mistakes; all are named.
    """
    hint = "It is written like maturity.toml in the rules folder."
    editions = read_own(path, MaturityFile, hint=hint).editions
    problems = list(_edition_problems(path.name, editions, items))
    if not editions:
        problems.append(f"{path.name}: there is no [[edition]]; write one with its items.")
    if problems:
        raise DefinitionError(problems)
    return editions


def quality_problems(standard: Standard) -> Iterator[str]:
    """Yield what items, their measures and editions name that does not exist or fit."""
    items = standard.quality_items
    for item in items.values():
        for problem in _item_problems(item, standard):
            yield f"quality_items.toml, item {item.id}: {problem}"
    for measure in standard.measures.values():
        if isinstance(measure.count, Quality):
            yield from _measure_problems(measure.id, measure.count, items.get(measure.id))
    yield from _edition_problems("maturity.toml", standard.maturity, items)


def _edition_problems(
    file: str, editions: Sequence[MaturityEdition], items: Mapping[str, QualityItem]
) -> Iterator[str]:
    scored = [name for name, one in items.items() if not isinstance(one.check, _INTEGRITY_CHECKS)]
    for edition in editions:
        where = f"{file}, edition {edition.first_month}"
        for name, times in Counter(one.item for one in edition.items).items():
            if name not in scored:
                yield f"{where}: unknown item '{name}'.{near_miss(name, scored)}"
            if times > 1:
                yield f"{where}: item '{name}' is there {times} times; keep one."
    for month, times in Counter(one.first_month for one in editions).items():
        if times > 1:
            yield f"{file}: {times} editions begin with {month}; keep one."


def _item_problems(item: QualityItem, standard: Standard) -> Iterator[str]:
    # A view joins other tables to its own, so its elements may be those of any.
    named = [item.rows] if item.rows in standard.tables else standard.tables
    elements = {one for name in named for one in standard.tables[name].element_names}
    for name in _elements_of(item):
        if name not in elements:
            yield f"unknown element '{name}' of {item.rows}.{near_miss(name, elements)}"
    if isinstance(item.check, ListedCode) and item.check.code_list not in standard.code_lists:
        name = item.check.code_list
        yield f"unknown code list '{name}'.{near_miss(name, standard.code_lists)}"
    if item.id not in standard.measures:
        yield f"unknown measure '{item.id}'.{near_miss(item.id, standard.measures)}"


def _elements_of(item: QualityItem) -> tuple[str, ...]:
    match item.check:
        case Flagged():
            return ()
        case DateBetween(not_before=not_before, not_after=not_after):
            return tuple(name for name in (item.element, not_before, not_after) if name)
        case _:
            return (item.element,)


def _measure_problems(name: str, method: Quality, item: QualityItem | None) -> Iterator[str]:
    if item is None:
        yield f"Measure {name}: there is no item of this id in quality_items.toml."
        return
    if (method.cohort, method.result) != (item.rows, item.id):
        yield (
            f"Measure {name}: counts '{method.result}' in '{method.cohort}', but its item in"
            f" quality_items.toml is '{item.id}' in '{item.rows}'."
        )
    known = (INTEGRITY,) if isinstance(item.check, _INTEGRITY_CHECKS) else VODIM
    for level in method.levels:
        if level not in known:
            yield f"Measure {name}: its item never has the result '{level}'."
