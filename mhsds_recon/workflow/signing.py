"""Sign packs off: decisions, uploads and exemptions.

Each is an entry of the history, which is only added to. The clock and the user are arguments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from mhsds_recon.errors import SignOffError, UsageError, near_miss
from mhsds_recon.packs import check_words, file_stem, sha256
from mhsds_recon.signoff import (
    Decision,
    DecisionWord,
    Distribution,
    Entry,
    Exemption,
    PackMade,
    Policy,
    Upload,
    kind_of,
    load_policy,
    standing_of,
    to_content,
    words_of,
)
from mhsds_recon.standard import ReportingPeriod, load_standard
from mhsds_recon.standard.cut_offs import load_cut_offs
from mhsds_recon.workflow.actions import Opening, open_conditions
from mhsds_recon.workflow.signed_off import (
    reopened_groups,
    sha256_of,
    sign_off_entries,
    standing,
    submission_of,
)

if TYPE_CHECKING:
    from mhsds_recon.frames import Extract
    from mhsds_recon.history import History
    from mhsds_recon.packs import Pack
    from mhsds_recon.standard.cut_offs import CutOff

__all__ = ["distribute", "exempt", "keep_pack", "record_upload", "sign"]

_ANSWERS = "responses"
"""The step of the calendar that is the last day for answers."""


def keep_pack(
    history: History,
    pack: Pack,
    *,
    run: int,
    files: Mapping[str, str],
    at: datetime,
    configuration: Mapping[str, str] | None = None,
) -> PackMade:
    """Remember a pack that was written, so that it can be signed.

    Args:
        history: Where.
        pack: The pack.
        run: Number of the run that made it.
        files: Hash of each file of it, by name.
        at: When it was made.
        configuration: Hash of each thing that decides how it was made, by name.
    """
    made = PackMade(
        provider=pack.provider,
        period=f"{pack.period_start:%Y-%m}",
        extract_sha256=pack.extract_sha256,
        name=pack.prepared_by,
        role="preparer",
        at=at,
        pack=file_stem(pack),
        pack_sha256=sha256(pack),
        pack_type=pack.pack_type,
        version=pack.version,
        profile=pack.profile,
        status=pack.status,
        groups={group.id: group.status for group in pack.groups if group.has_figures},
        files=files,
        run=run,
        configuration=configuration or {},
    )
    _add(history, made)
    return made


def sign(
    history: History,
    pack: PackMade,
    *,
    groups: Sequence[str],
    decision: str,
    name: str,
    role: str,
    at: datetime,
    organisation: str = "",
    comment: str = "",
    conditions: Sequence[str] = (),
    recorded_by: str = "",
    policy: Policy | None = None,
    calendar: Path | None = None,
) -> tuple[Decision, ...]:
    """Record what someone decides on measure groups of a pack: an entry each, all or none.

    Conditions become actions.

    Args:
        history: Where.
        pack: From ``open_pack`` or ``made_packs``.
        groups: Measure groups, or ``upload``.
        decision: ``agree``, ``agree_with_conditions``, ``do_not_agree`` or ``no_response``.
        name: Who decides; of ``no_response``, who did not answer.
        role: In which role.
        at: When, with its offset from UTC.
        organisation: Where the person works, if it is not the provider.
        comment: Why.
        conditions: What must still be done.
        recorded_by: The account under which it is recorded.
        policy: Who may decide what.
        calendar: The trust's own file of cut-offs: when answers and conditions are due.

    Raises:
        UsageError: It says too little, the role may not decide that, or the last day for answers
            is not over yet.
        PrivacyError: A text holds what may point to a patient.
        HistoryError: It could not be recorded; nothing of it was.
    """
    policy = policy or load_policy()
    if not groups:
        message = f"Say which groups: {', '.join(group.id for group in policy.groups)}."
        raise UsageError(message)
    decisions = tuple(
        Decision(
            provider=pack.provider,
            period=pack.period,
            extract_sha256=pack.extract_sha256,
            pack=pack.pack,
            pack_sha256=pack.pack_sha256,
            group=group,
            decision=_word(decision),
            name=_line(name),
            role=role,
            organisation=_line(organisation),
            comment=_lines(comment),
            conditions=tuple(line for one in conditions if (line := _line(one))),
            at=at,
            recorded_by=recorded_by,
        )
        for group in dict.fromkeys(groups)
    )
    for one in decisions:
        policy.check(one)
    period = ReportingPeriod.parse(pack.period)
    if decision == "no_response":
        _refuse_if_early(load_cut_offs(calendar).of(period), at.date())
        _refuse_if_answered(history, decisions, policy)
    _add(history, *decisions)
    if any(one.conditions for one in decisions):
        opening = Opening(
            provider=pack.provider,
            period=period,
            name=decisions[0].name,
            at=at,
            recorded_by=recorded_by,
            calendar=calendar,
        )
        open_conditions(history, opening)
    return decisions


def exempt(
    history: History,
    pack: PackMade,
    *,
    subject: str,
    reason: str,
    expires: date,
    name: str,
    role: str,
    at: datetime,
    recorded_by: str = "",
    policy: Policy | None = None,
    version: str = "6.0",
) -> Exemption:
    """Record that a rule, a measure or a missing sign-off is accepted for a time.

    Args:
        history: Where.
        pack: The pack whose extract it is about.
        subject: Code of a rule, id of a measure, a measure group, or ``upload``.
        reason: Why.
        expires: The last day on which it holds.
        name: Who approves it.
        role: In which role.
        at: When, with its offset from UTC.
        recorded_by: The account under which it is recorded.
        policy: Who may approve.
        version: Version of the standard.

    Raises:
        UsageError: It says too little, the role may not approve, or nothing is called that.
        PrivacyError: A text holds what may point to a patient.
        HistoryError: It could not be recorded.
    """
    policy = policy or load_policy()
    standard = load_standard(version)
    groups = [group.id for group in policy.groups]
    known = {*groups, *standard.rules, *standard.measures}
    if subject not in known:
        message = (
            f"Nothing is called '{subject}': name a rule, a measure or one of {', '.join(groups)}."
        )
        raise UsageError(message + near_miss(subject, known))
    exemption = Exemption(
        provider=pack.provider,
        period=pack.period,
        extract_sha256=pack.extract_sha256,
        subject=subject,
        reason=_lines(reason),
        expires=expires,
        name=_line(name),
        role=role,
        at=at,
        recorded_by=recorded_by,
    )
    policy.check(exemption)
    _add(history, exemption)
    return exemption


def distribute(
    history: History,
    pack: PackMade,
    *,
    recipients: Sequence[str],
    name: str,
    role: str,
    at: datetime,
    recorded_by: str = "",
    policy: Policy | None = None,
) -> Distribution:
    """Record that a pack was given to people, by role.

    Args:
        history: Where.
        pack: From ``open_pack`` or ``made_packs``.
        recipients: Their roles.
        name: Who gave it to them.
        role: In which role.
        at: When, with its offset from UTC.
        recorded_by: The account under which it is recorded.
        policy: Which roles there are.

    Raises:
        UsageError: It says too little, a role is not known, or exact counts would go outside.
        PrivacyError: The name holds what may point to a patient.
        HistoryError: It could not be recorded.
    """
    given = Distribution(
        provider=pack.provider,
        period=pack.period,
        extract_sha256=pack.extract_sha256,
        pack=pack.pack,
        pack_sha256=pack.pack_sha256,
        profile=pack.profile,
        recipients=tuple(dict.fromkeys(recipients)),
        name=_line(name),
        role=role,
        at=at,
        recorded_by=recorded_by,
    )
    (policy or load_policy()).check(given)
    _add(history, given)
    return given


def record_upload(
    history: History,
    extract: Extract,
    *,
    name: str,
    role: str,
    at: datetime,
    submission: str = "",
    file: Path | None = None,
    recorded_by: str = "",
    policy: Policy | None = None,
) -> Upload:
    """Record that an extract was uploaded.

    Args:
        history: Where.
        extract: The extract.
        name: Who uploaded it.
        role: In which role.
        at: When, with its offset from UTC.
        submission: The portal's identifier of the submission.
        file: The file that was uploaded, if the extract was turned into one.
        recorded_by: The account under which it is recorded.
        policy: Who may decide what.

    Raises:
        SignOffError: The extract is not signed off, and no exemption stands for what is missing.
        UsageError: It says too little.
        PrivacyError: A text holds what may point to a patient.
        HistoryError: It could not be recorded.
    """
    policy = policy or load_policy()
    provider, period = submission_of(extract)
    upload = Upload(
        provider=provider,
        period=period,
        extract_sha256=extract.sha256,
        file_sha256=extract.sha256 if file is None else sha256_of(file),
        submission=_line(submission),
        name=_line(name),
        role=role,
        at=at,
        recorded_by=recorded_by,
    )
    policy.check(upload)
    found = standing(
        history,
        provider=provider,
        period=period,
        extract_sha256=extract.sha256,
        policy=policy,
    )
    if not found.may_upload(at.date()):
        listed = "\n".join(f"- {problem}" for problem in found.problems)
        message = (
            f"This extract is not signed off:\n{listed}\nIf it was uploaded all the same, first"
            " record who approved that: mhsds-recon exempt PACK --subject upload."
        )
        raise SignOffError(message)
    _add(history, upload)
    return upload


def _add(history: History, *entries: Entry) -> None:
    for entry in entries:
        check_words({f"the {field}": text for field, text in words_of(entry).items()})
    first = entries[0]
    history.state_each(
        kind_of(first),
        *(to_content(entry) for entry in entries),
        provider=first.provider,
        period=first.period,
        at=first.at,
    )


def _refuse_if_early(cut_off: CutOff, on: date) -> None:
    last = next((step.last for step in cut_off.steps if step.id == _ANSWERS), cut_off.day)
    if on <= last:
        by = (
            "estimated; give the published date with --calendar"
            if cut_off.is_estimate
            else (f"by {cut_off.source}")
        )
        message = (
            f"Answers on {cut_off.period} can still come: the last day for them is {last} ({by})."
            " That nobody answered can be recorded from the day after."
        )
        raise UsageError(message)


def _refuse_if_answered(history: History, decisions: Sequence[Decision], policy: Policy) -> None:
    first = decisions[0]
    entries = sign_off_entries(history, provider=first.provider, period=first.period)
    found = standing_of(
        entries,
        extract_sha256=first.extract_sha256,
        groups=[one.group for one in decisions],
        policy=policy,
        reopened=reopened_groups(history, entries),
    )
    open_states = {"awaiting", "void", "no_response", "reopened"}
    asked = {one.group for one in decisions}
    answered = [one.group for one in found.groups if one.state not in open_states]
    if late := asked.intersection(answered):
        message = f"There is an answer already on: {', '.join(sorted(late))}."
        raise UsageError(message)


def _word(decision: str) -> DecisionWord:
    known: tuple[DecisionWord, ...] = get_args(DecisionWord)
    found = next((word for word in known if word == decision), None)
    if found is None:
        message = f"No decision '{decision}': choose from {', '.join(known)}."
        raise UsageError(message + near_miss(decision, known))
    return found


def _line(text: str) -> str:
    return " ".join(text.split())


def _lines(text: str) -> str:
    return "\n".join(text.strip().splitlines())
