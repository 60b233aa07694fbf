"""A very small trust, and what the rules say of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mhsds_recon.frames import open_extract
from mhsds_recon.standard import Standard
from mhsds_recon.testing import SyntheticTrust, synthetic_trust
from mhsds_recon.validation import Validation, validate


@pytest.fixture(scope="session")
def trust_folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[SyntheticTrust, Path]:
    """A very small trust with planted errors, and where it lies."""
    trust = synthetic_trust(months=1, people=100)
    folder = tmp_path_factory.mktemp("trust")
    trust.write(folder)
    return trust, folder


@pytest.fixture(scope="session")
def validation(trust_folder: tuple[SyntheticTrust, Path], standard: Standard) -> Validation:
    """What the rules say of its one month."""
    extract = open_extract(trust_folder[1] / "extracts" / "2025-09", standard=standard)
    return validate(extract, standard=standard)
