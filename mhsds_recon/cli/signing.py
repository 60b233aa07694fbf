"""Commands of sign-off: sign, gate, uploaded, exempt, distribute and record."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from mhsds_recon.cli.common import Common, account, explaining_damage, open_history, progress, say
from mhsds_recon.errors import SignOffError

if TYPE_CHECKING:
    import datetime as dt

    from mhsds_recon.signoff import Policy

__all__ = ["app"]

app = App()


@app.command
def sign(
    pack: Path,
    /,
    *,
    group: Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative=())],
    decision: str,
    name: str,
    role: str,
    organisation: str = "",
    comment: str = "",
    condition: Annotated[tuple[str, ...], Parameter(negative=())] = (),
    policy: Path | None = None,
    calendar: Path | None = None,
    common: Common = Common(),
) -> int:
    """Record what someone decides on measure groups of a pack.

    Args:
        pack: The pack's page (.html) or its JSON.
        group: A measure group, such as access, or upload; may be given again.
        decision: agree, agree_with_conditions, do_not_agree, or no_response once the deadline
            is past.
        name: Who decides; with no_response, who did not answer.
        role: In which role, such as cyp_lead or submission_owner.
        organisation: Where the person works, if it is not the provider.
        comment: Why; needed to disagree. Never about a patient.
        condition: What must still be done; may be given again.
        policy: The trust's own file of who signs what off, as TOML.
        calendar: The trust's own file of cut-offs, as TOML: when answers and conditions are due.
        common: Options of every command.
    """
    from mhsds_recon import workflow

    with open_history(common) as history:
        decisions = workflow.sign(
            history,
            workflow.open_pack(history, pack),
            groups=group,
            decision=decision,
            name=name,
            role=role,
            organisation=organisation,
            comment=comment,
            conditions=condition,
            at=_now(),
            recorded_by=account(),
            policy=_policy(policy),
            calendar=calendar,
        )
    for one in decisions:
        say(f"Recorded: {one.group}: {one.decision} by {one.name} on {one.pack}", common)
    return 0


@app.command
def gate(extract: str, /, *, policy: Path | None = None, common: Common = Common()) -> int:
    """Check that this very extract is signed off; exit code 4, with the reasons, if it is not.

    Args:
        extract: Folder, zip or database of one submission.
        policy: The trust's own file of who signs what off, as TOML.
        common: Options of every command.
    """
    from mhsds_recon import workflow
    from mhsds_recon.reporting import standing_text

    place, rules = workflow.located(extract), _policy(policy)
    with (
        open_history(common) as history,
        progress("Reading the extract and checking the history", common),
        explaining_damage(place),
    ):
        found = workflow.gate(history, place, version=common.standard, policy=rules)
    say(standing_text(found, on=_now().date()), common)
    return 0 if found.is_signed_off else SignOffError.exit_code


@app.command
def uploaded(
    extract: str,
    /,
    *,
    name: str,
    role: str,
    submission: str = "",
    file: Path | None = None,
    policy: Path | None = None,
    common: Common = Common(),
) -> int:
    """Record that an extract was uploaded; it must be signed off, or that exempted.

    Args:
        extract: Folder, zip or database of one submission.
        name: Who uploaded it.
        role: In which role.
        submission: The portal's identifier of the submission.
        file: The file that was uploaded, if the extract was turned into one.
        policy: The trust's own file of who signs what off, as TOML.
        common: Options of every command.
    """
    from mhsds_recon import workflow

    place, rules = workflow.located(extract), _policy(policy)
    with open_history(common) as history, explaining_damage(place):
        upload = workflow.record_upload(
            history,
            workflow.open_extract(extract, version=common.standard),
            name=name,
            role=role,
            submission=submission,
            file=file,
            at=_now(),
            recorded_by=account(),
            policy=rules,
        )
    say(f"Recorded: {upload.provider} {upload.period} uploaded by {upload.name}", common)
    return 0


@app.command
def exempt(
    pack: Path,
    /,
    *,
    subject: str,
    reason: str,
    expires: str,
    name: str,
    role: str,
    policy: Path | None = None,
    common: Common = Common(),
) -> int:
    """Record that a rule, a measure or a missing sign-off is accepted for a time.

    Args:
        pack: The page or the JSON of the pack whose extract it is about.
        subject: Code of a rule, id of a measure, a measure group, or upload for an upload
            without full sign-off.
        reason: Why. Never about a patient.
        expires: Last day on which it holds, as YYYY-MM-DD.
        name: Who approves it.
        role: In which role, such as submission_owner.
        policy: The trust's own file of who signs what off, as TOML.
        common: Options of every command.
    """
    from mhsds_recon import workflow

    with open_history(common) as history:
        exemption = workflow.exempt(
            history,
            workflow.open_pack(history, pack),
            subject=subject,
            reason=reason,
            expires=_day(expires),
            name=name,
            role=role,
            at=_now(),
            recorded_by=account(),
            policy=_policy(policy),
            version=common.standard,
        )
    say(f"Recorded: {exemption.subject} exempted until {exemption.expires}", common)
    return 0


@app.command
def distribute(
    pack: Path,
    /,
    *,
    to: Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative=())],
    name: str,
    role: str = "preparer",
    policy: Path | None = None,
    common: Common = Common(),
) -> int:
    """Record to whom a pack was given.

    Args:
        pack: The pack's page (.html) or its JSON.
        to: Role of who received it, such as icb_recipient; may be given again.
        name: Who gave it to them.
        role: In which role.
        policy: The trust's own file of who signs what off, as TOML.
        common: Options of every command.
    """
    from mhsds_recon import workflow

    with open_history(common) as history:
        given = workflow.distribute(
            history,
            workflow.open_pack(history, pack),
            recipients=to,
            name=name,
            role=role,
            at=_now(),
            recorded_by=account(),
            policy=_policy(policy),
        )
    say(f"Recorded: {given.pack} ({given.profile}) to {', '.join(given.recipients)}", common)
    return 0


@app.command
def record(
    pack: Path,
    /,
    *,
    output: Path | None = None,
    policy: Path | None = None,
    common: Common = Common(),
) -> int:
    """Print the governance record of a pack, and write it as JSON.

    Args:
        pack: The pack's page (.html) or its JSON.
        output: Folder for the record; by default beside the pack.
        policy: The trust's own file of who signs what off, as TOML.
        common: Options of every command.
    """
    from mhsds_recon import workflow
    from mhsds_recon.reporting import record_text

    with open_history(common) as history:
        made = workflow.open_pack(history, pack)
        kept = workflow.governance_record(history, made, policy=_policy(policy))
    written = workflow.write_record(kept, output or pack.parent)
    sys.stdout.write(record_text(kept) + "\n")
    say(f"Written: {written}", common)
    return 0


def _policy(path: Path | None) -> Policy | None:
    from mhsds_recon.signoff import load_policy

    return None if path is None else load_policy(path)


def _day(text: str) -> dt.date:
    import datetime as dt

    from mhsds_recon.errors import UsageError

    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        message = f"'{text}' is not a day: write it as YYYY-MM-DD."
        raise UsageError(message) from None


def _now() -> dt.datetime:
    import datetime as dt

    return dt.datetime.now().astimezone()
