"""A small synthetic trust with planted errors, validated, and what its rules cost."""

from __future__ import annotations

import pytest

from mhsds_recon.effects import Effects, effects_of_rules
from mhsds_recon.frames import extract_from_frames
from mhsds_recon.standard import ReportingPeriod, Standard
from mhsds_recon.testing import SyntheticTrust, synthetic_trust
from mhsds_recon.validation import Validation, validate


@pytest.fixture(scope="session", params=[3, 8])
def seed(request: pytest.FixtureRequest) -> int:
    """Return the seeds of different trusts."""
    return int(request.param)


@pytest.fixture(scope="session")
def trust(seed: int) -> SyntheticTrust:
    """Return the trust of a seed."""
    return synthetic_trust(months=7, people=120, seed=seed)


@pytest.fixture(scope="session")
def validations(trust: SyntheticTrust, standard: Standard) -> list[Validation]:
    """Return every month of the trust, validated."""
    return [
        validate(extract_from_frames(tables, standard=standard, name=month), standard=standard)
        for month, tables in trust.extracts.items()
    ]


@pytest.fixture(scope="session")
def effects(validations: list[Validation], standard: Standard) -> Effects:
    """Return what the rules cost the trust in September 2025."""
    return effects_of_rules(validations, standard=standard, period=ReportingPeriod(2025, 9))
