"""Small text tables in, failing rows out: the meaning of each kind of rule, on every engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
import polars as pl
import pytest

from mhsds_recon.frames import Engine, Reference, extract_from_frames
from mhsds_recon.standard import PortalFacts, Standard
from mhsds_recon.validation import validate


@pytest.fixture
def failing_rows(standard: Standard, engine: Engine) -> Callable[..., list[int]]:
    """Run one rule on text tables and return the numbers of the rows that fail it.

    Called with the rule's code, and text tables by table number; with ``reference``, text tables
    by name, and ``portal``, facts of the upload. The first line of a table names
    its columns, each further line is a row, with ``|`` between the cells. A cell ``-`` is null,
    and text in quotation marks stands for itself.
    """

    def run(
        code: str,
        reference: Mapping[str, str] | None = None,
        portal: PortalFacts | None = None,
        **tables: str,
    ) -> list[int]:
        names = {table.number: table.name for table in standard.tables.values()}
        frames = {names[number]: _read(text) for number, text in tables.items()}
        frames.setdefault("MHS000Header", _read("OrgIDProvider | ReportingPeriodStartDate"))
        extract = extract_from_frames(frames, standard=standard, engine=engine)
        lookups = {n: engine.scan(_read(text).lazy()) for n, text in (reference or {}).items()}
        findings = validate(
            extract,
            standard=_with_one_rule(standard, code),
            reference=Reference(
                organisations=lookups.get("organisations"), postcodes=lookups.get("postcodes")
            ),
            portal=portal,
        ).findings
        return findings.filter(pl.col("code") == code)["row_number"].to_list()

    return run


def _read(text: str) -> pl.DataFrame:
    header, *rows = [line.split("|") for line in text.strip().splitlines()]
    columns = [name.strip() for name in header]
    cells = [[_value(cell) for cell in row] for row in rows]
    return pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String), orient="row")


def _value(cell: str) -> str | None:
    text = cell.strip()
    if text == "-":
        return None
    return text[1:-1] if text.startswith('"') else text


def _with_one_rule(standard: Standard, code: str) -> Standard:
    return msgspec.structs.replace(
        standard,
        rules={code: standard.rules[code]},
        link_order=tuple(other for other in standard.link_order if other == code),
        file_rules={},
    )
