"""Numbers as a reader may see them."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mhsds_recon.packs.disclosure import Numbers, Shown, as_published

NATIONAL = Numbers(profile="national")
INTERNAL = Numbers(profile="internal")


@pytest.mark.parametrize(
    ("exact", "shown"),
    [(0, "*"), (4, "*"), (5, "5"), (7, "5"), (8, "10"), (1232, "1,230"), (None, "cannot tell")],
)
def test_national_counts_below_five_are_hidden_and_others_rounded(
    exact: float | None, shown: str
) -> None:
    assert NATIONAL.count(exact).text == shown


def test_internal_counts_are_exact() -> None:
    assert INTERNAL.count(3).text == "3"
    assert INTERNAL.count(1232).text == "1,232"


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_national_change_depends_on_the_counts_as_shown_alone(now: int, before: int) -> None:
    shown = [NATIONAL.count(count) for count in (now, before)]
    change = NATIONAL.change(shown[0], shown[1])
    if any(count.is_suppressed for count in shown):
        assert change.text == "cannot tell"
    elif shown[0] == shown[1]:
        assert change.text == "fewer than 5"
    else:
        assert change.number is not None
        assert change.number % 5 == 0


def test_no_total_and_parts_leave_one_value_for_a_small_part() -> None:
    """Every way to split a total of up to 40 in two is set beside all others that look alike."""
    alike: dict[tuple[Shown, ...], list[tuple[int, int]]] = {}
    for first, second in product(range(41), repeat=2):
        shown = NATIONAL.parts(first + second, first, second)
        alike.setdefault(shown, []).append((first, second))
    for pairs in alike.values():
        for values in zip(*pairs, strict=True):
            assert len(set(values)) > 1 or values[0] not in range(1, 5)


def test_parts_of_a_difference_round_more_coarsely_beside_a_small_one() -> None:
    assert [size.text for size in NATIONAL.sizes([12, -17])] == ["+10", "-15"]
    assert [size.text for size in NATIONAL.sizes([17, 2])] == ["+20", "fewer than 5"]
    assert [size.text for size in INTERNAL.sizes([17, -2])] == ["+17", "-2"]


def test_share_keeps_its_unit_so_that_it_is_not_taken_for_a_count() -> None:
    assert NATIONAL.share(3.2, "3", "%").text == "3 %"
    assert NATIONAL.share(3.2, "*", "%").text == "*"


def test_an_exact_share_has_no_digits_that_could_be_taken_for_an_nhs_number() -> None:
    assert INTERNAL.share(37.453183520, "37", "%").text == "37.5 %"


def test_published_text_that_is_no_number_stays_as_it_is() -> None:
    assert as_published("*").text == "*"
    assert as_published("19727").text == "19,727"
