"""Small published files to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

ROW = {
    "REPORTING_PERIOD_START": "01/04/2024",
    "REPORTING_PERIOD_END": "30/04/2024",
    "STATUS": "Performance",
    "BREAKDOWN": "Provider",
    "PRIMARY_LEVEL": "RZZ",
    "PRIMARY_LEVEL_DESCRIPTION": "A TRUST",
    "SECONDARY_LEVEL": "NONE",
    "SECONDARY_LEVEL_DESCRIPTION": "NONE",
    "MEASURE_ID": "MRS13",
    "MEASURE_NAME": "Spells open at the end of the RP",
    "MEASURE_VALUE": "25",
}


@pytest.fixture
def write_file(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a file of rows, each given by what it changes."""

    def write(
        *changes: Mapping[str, str],
        name: str = "MHSDS Data_AprPerf_2024.csv",
        columns: Sequence[str] = tuple(ROW),
        header: Sequence[str] | None = None,
        end: str = "\n",
    ) -> Path:
        rows = ([{**ROW, **change}[column] for column in columns] for change in changes)
        lines = [header or columns, *rows]
        path = tmp_path / name
        path.write_bytes("".join(",".join(line) + end for line in lines).encode())
        return path

    return write
