"""What a trust says of itself, so that its procedure can be written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from mhsds_recon.errors import DefinitionError, near_miss

__all__ = ["Folders", "ProcedureConfig", "SystemConfig", "load_procedure_config"]

Text = Annotated[str, Meta(min_length=1)]


class SystemConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A system that the submission is made from: its name, what it holds, how it is read."""

    name: Text
    holds: Text
    extracted: Text


class Folders(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where things lie, as commands write it."""

    extracts: Text
    reference: Text
    published: Text
    packs: Text


class ProcedureConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A trust's configuration of its procedure.

    Attributes:
        trust: Name of the organisation.
        provider: Code that it submits under.
        version: Version of the procedure.
        owner: Who keeps it.
        review: When it is reviewed next.
        contact: Whom to call when something goes wrong.
        retention: How long packs and decisions are kept, by the trust's records schedule.
        people: Who holds each role of the sign-off policy: a post, better than a name.
        systems: What the submission is made from.
        folders: Where things lie.
        approved_by: Who approved it; empty where nobody has yet.
        approved_on: When.
        calendar: The trust's own calendar file, beside this one.
        policy: The trust's own sign-off policy, beside this one.
        words: The trust's own words, beside this one.
    """

    trust: Text
    provider: Annotated[str, Meta(pattern=r"^[A-Z0-9]{3,8}$")]
    version: Text
    owner: Text
    review: date
    contact: Text
    retention: Text
    people: Mapping[str, Text]
    systems: tuple[SystemConfig, ...] = msgspec.field(name="system")
    folders: Folders
    approved_by: str = ""
    approved_on: date | None = None
    calendar: str = ""
    policy: str = ""
    words: str = ""

    def check_roles(self, known: Collection[str]) -> None:
        """Refuse holders of roles that the sign-off policy does not have.

        Raises:
            DefinitionError: With every role that is not known.
        """
        problems = [
            f"[people] names the role '{role}', which the sign-off policy does not have."
            f"{near_miss(role, known)}"
            for role in self.people
            if role not in known
        ]
        if problems:
            raise DefinitionError(problems)


def load_procedure_config(path: Path) -> ProcedureConfig:
    """Return a trust's configuration.

    Raises:
        DefinitionError: The file cannot be read or does not fit.
    """
    try:
        return msgspec.toml.decode(path.read_bytes(), type=ProcedureConfig)
    except OSError as error:
        message = (
            f"'{path}' cannot be read: {error.strerror}. Give the configuration with --config."
        )
        raise DefinitionError([message]) from error
    except msgspec.DecodeError as error:
        message = (
            f"{path.name} is no configuration of a procedure: {error}."
            " Compare examples/procedure/trust.toml."
        )
        raise DefinitionError([message]) from error
