"""What the commands of sign-off print: where an extract stands, and the governance record."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from mhsds_recon.signoff import Decision, Distribution, Exemption, Standing, Upload
    from mhsds_recon.signoff.record import GovernanceRecord

__all__ = ["record_text", "standing_text"]


def standing_text(standing: Standing, *, on: date) -> str:
    """Return whether an extract is signed off: by whom, or what stands against it, a line each."""
    if standing.is_signed_off:
        signed = [_decision(one.decision) for one in standing.groups if one.decision]
        return "\n".join([f"Signed off: extract {standing.extract_sha256}", *signed])
    held = [_exemption(each) for each in standing.exemptions if on <= each.expires]
    return "\n".join([*standing.problems, *held])


def record_text(record: GovernanceRecord) -> str:
    """Return a governance record for a terminal."""
    return "\n".join(_record_lines(record))


def _record_lines(record: GovernanceRecord) -> Iterator[str]:
    pack = record.pack
    yield f"{pack.pack} ({pack.profile}), {pack.status}"
    yield f"  made {pack.at:%Y-%m-%d %H:%M %z} by {pack.name or 'nobody named'}, run {pack.run}"
    if record.supersedes:
        yield f"  supersedes {record.supersedes}"
    yield f"  pack {pack.pack_sha256}"
    yield f"  extract {pack.extract_sha256}"
    yield f"  software {record.software}, standard {record.standard}"
    if record.configuration_sha256:
        yield f"  configuration {record.configuration_sha256}"
    yield f"Sign-off: {'complete' if record.is_signed_off else 'not complete'}"
    yield from (f"  {problem}" for problem in record.problems)
    listed = {
        "Decisions": [
            _decision(one) + ("" if one.extract_sha256 == pack.extract_sha256 else " (void)")
            for one in record.sign_offs
        ],
        "Uploads": [_upload(one) for one in record.uploads],
        "Exceptions": [_exemption(one) for one in record.exceptions],
        "Distribution": [_distribution(one) for one in record.distribution],
        "The history is not as it was recorded": list(record.chain.problems),
    }
    for title, lines in listed.items():
        if lines:
            yield f"{title}:"
            yield from (f"  {line}" for line in lines)
    yield f"History: {record.chain.entries:,} entries, last hash {record.chain.last_sha256}"


def _decision(one: Decision) -> str:
    said = [f"{one.group}: {one.decision}, {_who(one)} on {one.pack}"]
    said += [f"condition: {condition}" for condition in one.conditions]
    said += [f"comment: {one.comment}"] if one.comment else []
    return "; ".join(said).replace("\n", " ")


def _upload(one: Upload) -> str:
    submission = f", submission {one.submission}" if one.submission else ""
    return f"{_who(one)}{submission}, file {one.file_sha256}"


def _exemption(one: Exemption) -> str:
    reason = one.reason.replace("\n", " ")
    return f"exempted until {one.expires}: {one.subject}, {_who(one)}: {reason}"


def _distribution(one: Distribution) -> str:
    return f"to {', '.join(one.recipients)}, by {_who(one)}"


def _who(one: Decision | Distribution | Upload | Exemption) -> str:
    return f"{one.name} ({one.role}), {one.at:%Y-%m-%d %H:%M %z}"
