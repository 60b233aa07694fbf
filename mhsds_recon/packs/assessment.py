"""Where each measure group stands: a status word and the known issues behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.packs.model import GroupStatus, Status
from mhsds_recon.standard.publication import ENGLAND

if TYPE_CHECKING:
    from collections.abc import Collection

    from mhsds_recon.packs.material import Material

__all__ = ["assess_groups", "overall_status"]

# From the worst to the mildest; the first that is found decides the status.
_NOT_READY = ("issue_file_rejected", "issue_unexplained")
_NOT_ASSESSED = ("issue_no_figure",)
_DIFFERENCES = {
    "differs_unexplained": "issue_unexplained",
    "differs_part_explained": "issue_part_explained",
    "differs_explained": "issue_explained",
    "not_published": "issue_not_published",
}
_COMPARED = frozenset(
    {
        "agree",
        "agree_within_rounding",
        "suppressed_consistent",
        "differs_explained",
        "differs_part_explained",
        "differs_unexplained",
    }
)


def assess_groups(material: Material) -> tuple[GroupStatus, ...]:
    """Return the status of every measure group that is signed off.

    *Not ready*: the file would be rejected, or a published figure differs unexplained.
    *Not assessed*: the group has no figure. *Ready with known issues*: anything else is known.
    """
    asked = filter(material.is_asked, material.words.sign_off_groups)
    return tuple(_assess(material, group) for group in asked)


def overall_status(groups: tuple[GroupStatus, ...]) -> Status:
    """Return the status of the whole: ready only where every group is."""
    found = {group.status for group in groups}
    if "Not ready" in found:
        return "Not ready"
    if found == {"Not assessed"}:
        return "Not assessed"
    return "Ready" if found == {"Ready"} else "Ready with known issues"


def _assess(material: Material, group: str) -> GroupStatus:
    keys = _issues(material, group)
    return GroupStatus(
        id=group,
        title=material.words.groups[group].title,
        status=_status(keys),
        issues=tuple(material.words.say(key) for key in keys),
        has_figures=not set(_NOT_ASSESSED).intersection(keys),
    )


def _status(issues: Collection[str]) -> Status:
    if any(key in issues for key in _NOT_READY):
        return "Not ready"
    if any(key in issues for key in _NOT_ASSESSED):
        return "Not assessed"
    return "Ready with known issues" if issues else "Ready"


def _issues(material: Material, group: str) -> list[str]:
    lines = material.lines_of(group)
    validation = material.inputs.validation
    issues = []
    if not validation.file_verdict.accepted:
        issues.append("issue_file_rejected")
    if all(line.now.number is None and not line.now.is_suppressed for line in lines):
        issues.append("issue_no_figure")
    if any(line.too_low for line in lines):
        issues.append("issue_missing_months")
    if _loses_rows(material, group):
        issues.append("issue_rejected_rows")
    return issues + _differences(material, group)


def _loses_rows(material: Material, group: str) -> bool:
    """Return whether rows are rejected that a measure of the group reads, as far as is known."""
    effects = material.inputs.effects
    wanted = material.words.groups[group].measures
    known = () if effects is None else effects.measures.select("measure_id", "rows_read").rows()
    lost = [rows or 0 for measure_id, rows in known if measure_id in wanted]
    if lost:
        return any(lost)
    return bool(material.inputs.validation.by_table().get_column("rejected").sum() > 0)


def _differences(material: Material, group: str) -> list[str]:
    if material.inputs.reconciliation is None:
        return []
    measures = material.inputs.standard.measures
    found = {
        row["result"]
        for row in material.inputs.reconciliation.frame.iter_rows(named=True)
        if not row["breakdown"].startswith(ENGLAND)
        and row["measure_id"] in measures
        and material.group_of(row["measure_id"]) == group
    }
    issues = [issue for result, issue in _DIFFERENCES.items() if result in found]
    return issues if found & _COMPARED else [*issues, "issue_not_compared"]
