"""The public names of the package are there and are all that it promises."""

from __future__ import annotations

import mhsds_recon


def test_every_public_name_can_be_had() -> None:
    assert sorted(mhsds_recon.__all__) == sorted(mhsds_recon._HOMES)
    assert all(getattr(mhsds_recon, name) is not None for name in mhsds_recon.__all__)
