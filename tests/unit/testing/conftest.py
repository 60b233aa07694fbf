"""Small synthetic trusts that the tests share."""

from __future__ import annotations

import pytest

from mhsds_recon.testing import SyntheticTrust, synthetic_trust


@pytest.fixture(scope="session")
def clean() -> SyntheticTrust:
    """A trust of seven months without errors."""
    return synthetic_trust(months=7, people=300, seed=4, plant=False)


@pytest.fixture(scope="session")
def faulty() -> SyntheticTrust:
    """The same trust with the errors planted."""
    return synthetic_trust(months=7, people=300, seed=4)
