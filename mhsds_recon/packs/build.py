"""From results to the pack as a value."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mhsds_recon.packs.assessment import assess_groups, overall_status
from mhsds_recon.packs.material import gather
from mhsds_recon.packs.model import Pack
from mhsds_recon.packs.sections.actions import actions_section
from mhsds_recon.packs.sections.agreement import reconciliation_section
from mhsds_recon.packs.sections.changes import changes_section
from mhsds_recon.packs.sections.failures import failures_section
from mhsds_recon.packs.sections.figures import group_section
from mhsds_recon.packs.sections.funnels import with_funnel_causes, with_funnels
from mhsds_recon.packs.sections.health import health_section
from mhsds_recon.packs.sections.pairing import with_pairing
from mhsds_recon.packs.sections.quality import quality_section
from mhsds_recon.packs.sections.record import (
    definitions_section,
    method_section,
    record_section,
)
from mhsds_recon.packs.sections.summary import sign_off_section, status_section
from mhsds_recon.packs.sections.trends import trends_section
from mhsds_recon.packs.sections.variance import variance_section

if TYPE_CHECKING:
    from mhsds_recon.packs.inputs import PackInputs
    from mhsds_recon.packs.material import Material
    from mhsds_recon.packs.model import Section

__all__ = ["build_pack"]

_GROUPS = ("access", "waits", "outcomes", "eating_disorder", "activity")
_OF_SCORES = "outcomes"


def build_pack(inputs: PackInputs) -> Pack:
    """Return the pack of a period, disclosed for the profile of the inputs.

    The same inputs give the same pack; ``generated_at`` is its only field that holds a time.
    Sections stand in the order of the pack specification, section 4.
    """
    material = gather(inputs)
    material = replace(material, groups=assess_groups(material))
    return Pack(
        provider=inputs.provider,
        provider_name=inputs.provider_name,
        period_start=inputs.period.start,
        period_end=inputs.period.end,
        pack_type=inputs.pack_type,
        version=inputs.version,
        profile=material.numbers.profile,
        status=overall_status(material.groups),
        software=inputs.software,
        standard=inputs.standard.version,
        generated_at=inputs.generated_at.isoformat(timespec="seconds"),
        extract_sha256=inputs.validation.extract.sha256,
        prepared_by=inputs.prepared_by,
        groups=material.groups,
        sections=_sections(material),
    )


def _of_group(material: Material, group: str) -> Section:
    """Return the section of a measure group with where records drop out on the way."""
    section = with_funnels(material, group_section(material, group))
    return with_pairing(material, section) if group == _OF_SCORES else section


def _sections(material: Material) -> tuple[Section, ...]:
    return (
        status_section(material),
        changes_section(material),
        sign_off_section(material),
        health_section(material),
        failures_section(material),
        *(_of_group(material, group) for group in _GROUPS),
        quality_section(material),
        reconciliation_section(material),
        variance_section(material),
        trends_section(material),
        actions_section(material),
        with_funnel_causes(material, definitions_section(material)),
        method_section(material),
        record_section(material),
    )
