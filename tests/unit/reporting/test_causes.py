"""The page of causes says what the definitions say."""

from __future__ import annotations

from pathlib import Path

from mhsds_recon.reporting import causes_page
from mhsds_recon.standard import Standard
from mhsds_recon.standard.causes import load_causes

PAGE = Path(__file__).parents[3] / "docs" / "causes.md"


def test_the_page_is_as_the_definitions_make_it(standard: Standard) -> None:
    """Write the page again with ``mhsds-recon standard causes > docs/causes.md``."""
    assert PAGE.read_text(encoding="utf-8") == causes_page(standard)


def test_it_is_said_of_every_cause_how_far_it_can_be_decided(standard: Standard) -> None:
    by_variation = {one.cause for one in standard.variations.values()}
    assert by_variation | set(standard.evidence) == set(load_causes())
    assert not by_variation & set(standard.evidence)
