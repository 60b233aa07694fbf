"""Which causes of difference can be decided, and how: a page made from the definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.standard.causes import load_causes

if TYPE_CHECKING:
    from mhsds_recon.standard import Standard
    from mhsds_recon.standard.causes import Cause

__all__ = ["causes_page"]

_BEST = {"measured": "decided", "bounded": "bounded", "possible": "possible", "named": "named"}
_INTRODUCTION = (
    "# Causes of difference\n\n"
    "Every difference between a local and a published figure is looked at stage by stage:"
    " warehouse, extract, accepted rows, the portal's two extracts, publication.\n"
    "Within a stage causes stand in the order of this list.\n\n"
    "- **decided**: a recount without the cause gives its size; the evidence is `measured`, and"
    " `bounded` by the same recount where that is not enough to be sure.\n"
    "- **bounded**: only a range can be given.\n"
    "- **possible**: facts at hand make it possible; nothing counted speaks for or against it.\n"
    "- **named**: known to the list, never a step of a walk.\n\n"
    "A definition that a warehouse may have of its own is `measured` where the trust declares it"
    " (`--local-definitions`), or where a recount with it, or with two or three together, meets"
    " every figure compared of a measure, no other set does, and chance would not.\n"
    "The page is made from `rules/v{version}/variations.toml`: `mhsds-recon standard causes`.\n\n"
    "| cause | what it is | | how |\n"
    "| --- | --- | --- | --- |\n"
)


def causes_page(standard: Standard) -> str:
    """Return a page in Markdown with every cause, how far it can be decided, and how."""
    rows = (
        f"| {cause.cause_id} | {cause.name} | {' | '.join(_decided(cause, standard))} |"
        for cause in load_causes(standard.version).values()
    )
    return _INTRODUCTION.format(version=standard.version) + "\n".join(rows) + "\n"


def _decided(cause: Cause, standard: Standard) -> tuple[str, str]:
    variations = [one for one in standard.variations.values() if one.cause == cause.cause_id]
    told = standard.evidence.get(cause.cause_id)
    if variations:
        ways = "; ".join(f"{one.words} (`{one.id}`)" for one in variations)
        return _BEST["measured"], f"Counted again so that {ways}."
    return ("unknown", "") if told is None else (_BEST[told.best], told.words)
