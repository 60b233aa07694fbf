"""The privacy gate: nothing is written before every output has passed it.

It looks for what must never appear (pack specification, section 7): NHS numbers, postcodes,
column names of patient-level data, identifiers of the extract and, where the profile suppresses,
counts of 1 to 4. A hit names the output and the section, never the value.

Limits: it knows identifiers by form or from the extract. Names, birth dates and free text are
kept out by what the pack is built from, not by the gate. A number with thousands separators is
taken for a count, unless it is an NHS number. See also ``Identifiers.found_in``.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import TYPE_CHECKING, Any

from msgspec import to_builtins

from mhsds_recon.errors import PrivacyError
from mhsds_recon.packs.extracted import text_of
from mhsds_recon.packs.html import style_sheets
from mhsds_recon.standard.nhs_numbers import holds_nhs_number

if TYPE_CHECKING:
    from mhsds_recon.packs.identifiers import Identifiers
    from mhsds_recon.packs.model import Pack, Profile, Section, Table

__all__ = ["DENIED_COLUMNS", "check_names", "check_privacy", "check_words"]

DENIED_COLUMNS = frozenset(
    {
        "birthdate",
        "careactid",
        "carecontactid",
        "careproflocalid",
        "dateofbirth",
        "dob",
        "forename",
        "freetext",
        "givenname",
        "hospprovspellid",
        "localpatientid",
        "nhsnumber",
        "patientid",
        "personbirthdate",
        "personname",
        "postcode",
        "servicerequestid",
        "surname",
        "wardstayid",
    }
)
"""Names of columns, in small letters without spaces or signs, that no output may have."""

_DIGEST = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{64}(?![0-9A-Za-z])")
_POSTCODE = re.compile(
    r"(?<![0-9A-Za-z])[A-PR-UWYZ][A-HK-Y]?[0-9][0-9A-Z]?\s?[0-9][ABD-HJLNP-UW-Z]{2}(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_SMALL = re.compile(r"[-+\u2212]?\s*[1-4]")
_HTML_SECTION = re.compile(r'<section[^>]*\sid="([^"]*)"')
_HTML_HEADER = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_WHOLE = "the whole file"
# Numbers of different cells are no spaced NHS number.
_APART = "\n|\n"


def check_privacy(
    outputs: Mapping[str, str | bytes],
    *,
    pack: Pack | None = None,
    identifiers: Identifiers | None = None,
    tables: Mapping[str, Table] | None = None,
) -> None:
    """Refuse outputs that hold what must not leave.

    Args:
        outputs: What is about to be written, by file name; bytes are UTF-8, a workbook or a PDF.
        pack: The pack that the outputs were made from; it is searched section by section and,
            unless its profile is ``internal``, its tables for counts of 1 to 4.
        identifiers: Those of the extracts that the outputs were made from.
        tables: What tables among the outputs hold, by file name; as those of the pack.

    Raises:
        PrivacyError: Something was found; every place is named, no value is.
    """
    readable = {name: _readable(output) for name, output in outputs.items()}
    texts = {
        f"{name}, {part}": text
        for name, output in readable.items()
        for part, text in _parts_of(output)
    }
    if pack is not None:
        texts |= {f"pack, {part}": text for part, text in _parts_of_pack(pack)}
    hits = [f"{place}: {what}" for place, text in texts.items() for what in _found_by_form(text)]
    if identifiers is not None:
        found = identifiers.found_in(texts)
        hits += [f"{place}: an identifier that the extract holds" for place in found]
    hits += [
        f"{name}: a column name of patient-level data"
        for name, output in readable.items()
        if not DENIED_COLUMNS.isdisjoint(_column_names(output))
    ]
    if pack is not None:
        hits += _pack_hits(pack)
        hits += [
            f"{name}: {what}"
            for name, table in (tables or {}).items()
            for what in _table_hits(table, pack.profile)
        ]
    if hits:
        listed = "\n".join(f"- {hit}" for hit in dict.fromkeys(hits))
        message = (
            f"The privacy gate stopped these outputs; nothing was written:\n{listed}\n"
            "Look for it in the inputs (provider's name, file names, reference files, notes) and "
            "take it out there."
        )
        raise PrivacyError(message)


def check_words(texts: Mapping[str, str]) -> None:
    """Refuse what people write, such as a comment, where it holds an NHS number or a postcode.

    Args:
        texts: What was written, by what messages call it.

    Raises:
        PrivacyError: Something was found; every place is named, no value is.
    """
    hits = [
        f"{place}: {what}" for place, text in texts.items() for what in _found_by_form(_plain(text))
    ]
    if hits:
        listed = "\n".join(f"- {hit}" for hit in hits)
        message = (
            f"The privacy gate stopped these words; nothing was recorded:\n{listed}\n"
            "Say it without anything that points to a patient."
        )
        raise PrivacyError(message)


def check_names(names: Iterable[str]) -> None:
    """Refuse names of files with an NHS number or a postcode: the history keeps them.

    Raises:
        PrivacyError: One has; what it has is said, and not the name.
    """
    hits = {what for name in names for what in _found_by_form(_plain(name))}
    if hits:
        listed = "\n".join(f"- {what}" for what in sorted(hits))
        message = (
            f"The privacy gate stopped the names of files; none was remembered:\n{listed}\n"
            "Rename the files and folders that are read, the reference files among them."
        )
        raise PrivacyError(message)


def _readable(output: str | bytes) -> str:
    """Return an output as a reader sees it, without our own style sheets and without digests."""
    text = text_of(output)
    for sheet in style_sheets():
        text = text.replace(sheet, "")
    return _plain(text)


def _plain(text: str) -> str:
    return _DIGEST.sub("", unicodedata.normalize("NFKC", text))


def _parts_of(text: str) -> Iterator[tuple[str, str]]:
    """Yield the sections of an HTML page, or any other text as one part, without any escapes."""
    value = _from_json(text)
    if value is not None:
        yield _WHOLE, _APART.join(_strings(value))
        return
    starts = list(_HTML_SECTION.finditer(text))
    ends = [*(match.start() for match in starts), len(text)]
    yield ("outside its sections" if starts else _WHOLE), unescape(text[: ends[0]])
    for match, end in zip(starts, ends[1:], strict=True):
        yield f"section '{match[1]}'", unescape(text[match.start() : end])


def _parts_of_pack(pack: Pack) -> Iterator[tuple[str, str]]:
    value = to_builtins(pack)
    for section in value.pop("sections"):
        yield f"section '{section['id']}'", _readable(_APART.join(_strings(section)))
    yield "outside its sections", _readable(_APART.join(_strings(value)))


def _strings(value: Any) -> Iterator[str]:  # noqa: ANN401  any JSON
    """Yield every key and value of JSON as text."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from _strings(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each)
    else:
        yield str(value)


def _found_by_form(text: str) -> Iterator[str]:
    if holds_nhs_number(text):
        yield "a number that passes the check of an NHS number"
    if _POSTCODE.search(text):
        yield "text in the form of a postcode"


def _column_names(text: str) -> set[str]:
    """Return header cells of HTML, keys of JSON or the first line of a CSV, simplified."""
    names = [unescape(_TAG.sub("", match[1])) for match in _HTML_HEADER.finditer(text)]
    if not names:
        value = _from_json(text)
        names = text.split("\n", 1)[0].split(",") if value is None else list(_keys(value))
    return {_simplified(name) for name in names}


def _keys(value: Any) -> Iterator[str]:  # noqa: ANN401  any JSON
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _keys(each)


def _from_json(text: str) -> Any | None:  # noqa: ANN401  any JSON
    """Return the object or list that a text holds as JSON, or None where it holds none."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _simplified(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def _pack_hits(pack: Pack) -> list[str]:
    return [
        f"pack, section '{section.id}': {what}"
        for section in pack.sections
        for what in _section_hits(section, pack.profile)
    ]


def _section_hits(section: Section, profile: Profile) -> Iterator[str]:
    for table in section.tables:
        yield from _table_hits(table, profile)


def _table_hits(table: Table, profile: Profile) -> Iterator[str]:
    if DENIED_COLUMNS.intersection(_simplified(column.name) for column in table.columns):
        yield "a column name of patient-level data"
    if profile != "internal" and _holds_small_count(table):
        yield "a count from 1 to 4"


def _holds_small_count(table: Table) -> bool:
    counted = [
        index for index, column in enumerate(table.columns) if column.kind in {"count", "change"}
    ]
    return any(_SMALL.fullmatch(row[index].strip()) for row in table.rows for index in counted)
