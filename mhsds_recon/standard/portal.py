"""What the submission portal knows about an upload and the file itself does not say."""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import fields

_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_MOMENT = f"{_DAY}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}"

__all__ = ["PORTAL_FACTS", "PortalFacts"]


class PortalFacts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="pascal"):
    """Facts of one upload; rules that need one which is None are not assessed.

    In files the names are written as the rules write them: ``ProviderId``, ``SenderId``,
    ``ReportingPeriodStart``, ``ReportingPeriodEnd``, ``SubmittedTimestamp``.
    """

    provider_id: str | None = None
    sender_id: str | None = None
    reporting_period_start: str | None = None
    reporting_period_end: str | None = None
    submitted_timestamp: str | None = None

    def __post_init__(self) -> None:
        """Refuse days that could not be compared, so that no rule passes for want of one."""
        for name in ("ReportingPeriodStart", "ReportingPeriodEnd"):
            if not re.fullmatch(_DAY, self.fact(name) or "0000-00-00"):
                message = f"{name} has to be written CCYY-MM-DD"
                raise ValueError(message)
        if not re.match(_MOMENT, self.submitted_timestamp or "0000-00-00T00:00:00"):
            message = "SubmittedTimestamp has to be written CCYY-MM-DDThh:mm:ss"
            raise ValueError(message)

    def fact(self, name: str) -> str | None:
        """Return a fact by the name that rules use."""
        value: str | None = getattr(self, PORTAL_FACTS[name])
        return value


PORTAL_FACTS = {field.encode_name: field.name for field in fields(PortalFacts)}
"""Names of the facts as rules write them, and as ``PortalFacts`` does."""
