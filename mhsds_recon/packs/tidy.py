"""What machines read beside a pack: its summary, and its reconciliation as a tidy table."""

from __future__ import annotations

import csv
import hashlib
import io
from typing import TYPE_CHECKING, Any

from mhsds_recon.packs.material import PROVIDER, gather
from mhsds_recon.packs.model import Column, Table, file_stem, sha256
from mhsds_recon.packs.sections.agreement import figure_row
from mhsds_recon.packs.sections.checks import found_by_level
from mhsds_recon.packs.sections.variance import walks_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mhsds_recon.packs.inputs import PackInputs
    from mhsds_recon.packs.model import Pack

__all__ = ["as_csv", "reconciliation_table", "summary_of"]

_KEY = (
    *("provider", "reporting_period_start", "reporting_period_end", "status", "file_version"),
    *("breakdown", "primary_level", "secondary_level", "measure_id", "measure_name"),
)
_SHOWN: tuple[Column, ...] = (
    Column(name="local", kind="count"),
    Column(name="published", kind="published"),
    Column(name="published_stands_for", kind="published"),
    Column(name="result"),
    Column(name="gap", kind="change"),
    Column(name="explained", kind="change"),
    Column(name="residual", kind="change"),
)


def reconciliation_table(inputs: PackInputs) -> Table | None:
    """Return every figure beside the published one as the pack's profile shows it.

    None where nothing was compared. One row per measure, breakdown, period and status.
    """
    material = gather(inputs)
    found = material.inputs.reconciliation
    if found is None:
        return None
    walks, measures = walks_of(material, found), material.inputs.standard.measures
    rows = []
    for row in found.frame.iter_rows(named=True):
        measure = measures.get(row["measure_id"])
        named = row | {"measure_name": "" if measure is None else measure.name}
        shown = figure_row(material, row, walks)
        rows.append((*(str(named[name] or "") for name in _KEY), *shown))
    columns = (*(Column(name=name, kind="code") for name in _KEY), *_SHOWN)
    return Table(id="reconciliation", caption="", columns=columns, rows=tuple(rows))


def as_csv(table: Table) -> str:
    """Return a table as CSV; a cell that a spreadsheet would run as a formula is quoted as text."""
    content = io.StringIO()
    lines = csv.writer(content, lineterminator="\n")
    lines.writerow(column.name for column in table.columns)
    lines.writerows([_harmless(cell) for cell in row] for row in table.rows)
    return content.getvalue()


def summary_of(
    pack: Pack, inputs: PackInputs, outputs: Mapping[str, str | bytes]
) -> dict[str, Any]:
    """Return what a job needs of a pack: its status, results, versions and hashes.

    Counts are as the pack shows them; rows by level are sums of what is shown by rule.

    Args:
        pack: The pack.
        inputs: What it was built from.
        outputs: The files made from it, by name.
    """
    material = gather(inputs)
    own = [line for line in material.lines if line.breakdown == PROVIDER]
    found = material.inputs.reconciliation
    return {
        "pack": file_stem(pack),
        "pack_sha256": sha256(pack),
        "extract_sha256": pack.extract_sha256,
        "provider": pack.provider,
        "period": str(inputs.period),
        "pack_type": pack.pack_type,
        "version": pack.version,
        "profile": pack.profile,
        "generated_at": pack.generated_at,
        "software": pack.software,
        "standard": pack.standard,
        "status": pack.status,
        "groups": {group.id: group.status for group in pack.groups},
        "file_accepted": inputs.validation.file_verdict.accepted,
        "findings": found_by_level(material),
        "not_assessed": list(inputs.validation.not_assessed),
        "measures": {line.measure_id: line.now.text for line in own},
        "results": {} if found is None else dict(found.counts().iter_rows()),
        "inputs": [
            {
                "name": file.name,
                "sha256": file.sha256,
                "rows": material.numbers.count(file.rows).text,
            }
            for file in inputs.files
        ],
        "outputs": {name: _digest(content) for name, content in outputs.items()},
    }


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "@", "\t")) else cell


def _digest(content: str | bytes) -> str:
    data = content.encode() if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest()
