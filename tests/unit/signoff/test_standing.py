"""Where the sign-off of an extract stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from mhsds_recon.signoff import Decision, Standing, load_policy, standing_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mhsds_recon.signoff import DecisionWord

POLICY = load_policy()
EXTRACT, OTHER = "a" * 64, "b" * 64
GROUPS = ("access", "outcomes")
NOON = datetime(2025, 10, 20, 12, tzinfo=UTC)


def decided(
    group: str, word: DecisionWord = "agree", *, name: str = "Ada Lead", extract: str = EXTRACT
) -> Decision:
    return Decision(
        provider="RZZ",
        period="2025-09",
        extract_sha256=extract,
        pack="RZZ_2025-09_A_v1",
        pack_sha256="f" * 64,
        group=group,
        decision=word,
        name=name,
        role="submission_owner" if group == "upload" else "cyp_lead",
        at=NOON,
    )


ALL = [decided("access"), decided("outcomes"), decided("upload")]


def standing(
    entries: Sequence[Decision], *, prepared_by: Sequence[str] = ("Pat Prep",)
) -> Standing:
    return standing_of(
        entries, extract_sha256=EXTRACT, groups=GROUPS, policy=POLICY, prepared_by=prepared_by
    )


def test_it_is_signed_off_once_every_group_and_the_upload_are() -> None:
    assert standing(ALL).is_signed_off
    assert not standing(ALL[:-1]).is_signed_off
    assert standing(ALL[1:]).problems == ("access: nobody has decided yet.",)


def test_a_changed_extract_makes_every_decision_void() -> None:
    found = standing_of(ALL, extract_sha256=OTHER, groups=GROUPS, policy=POLICY)
    assert {one.state for one in found.groups} == {"void"}
    assert not found.is_signed_off


def test_the_last_word_counts() -> None:
    assert standing([*ALL, decided("access", "do_not_agree")]).problems == (
        "access: the last decision is not to agree.",
    )
    assert standing([decided("access", "do_not_agree"), *ALL]).is_signed_off


def test_silence_is_never_agreement() -> None:
    (problem,) = standing([decided("access", "no_response"), *ALL[1:]]).problems
    assert "nobody answered" in problem


def test_the_preparer_cannot_be_the_only_signatory() -> None:
    alone = [decided(group, name="pat  PREP") for group in (*GROUPS, "upload")]
    assert not standing(alone).is_signed_off
    assert standing([*alone[:-1], decided("upload")]).is_signed_off


@given(st.permutations(ALL), st.data())
def test_order_of_groups_does_not_matter_and_each_is_needed(
    entries: list[Decision], data: st.DataObject
) -> None:
    timed = [
        Decision(**{name: getattr(one, name) for name in one.__struct_fields__} | {"at": later})
        for one, later in zip(
            entries, (NOON + timedelta(minutes=n) for n in range(9)), strict=False
        )
    ]
    assert standing(timed).is_signed_off
    gone = data.draw(st.sampled_from(timed))
    assert not standing([one for one in timed if one is not gone]).is_signed_off
