"""Answers of the history are kept until something is added to it."""

from __future__ import annotations

import pytest

from mhsds_recon.errors import HistoryError
from mhsds_recon.history import History
from mhsds_recon.signoff import PackMade
from mhsds_recon.web.known import Known
from mhsds_recon.workflow import sign


def test_what_was_answered_holds_until_something_is_recorded(
    history: History, made: PackMade
) -> None:
    known, asked = Known(most=2), []

    def ask() -> int:
        asked.append(True)
        return len(asked)

    assert [known.answer(history, "a", ask) for _ in range(3)] == [1, 1, 1]
    sign(
        history,
        made,
        groups=["access"],
        decision="agree",
        name="Ada",
        role="cyp_lead",
        at=made.at,
    )
    assert [known.answer(history, key, ask) for key in "aab"] == [2, 2, 3]
    assert [known.answer(history, key, ask) for key in "acab"] == [2, 4, 2, 5]


def test_an_answer_that_failed_is_asked_for_again(history: History) -> None:
    known = Known()

    def fail() -> int:
        message = "gone"
        raise HistoryError(message)

    with pytest.raises(HistoryError):
        known.answer(history, "a", fail)
    assert known.answer(history, "a", lambda: 1) == 1
