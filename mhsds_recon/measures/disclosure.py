"""Disclosure control: what a figure looks like once published, and what it may have been.

Rules by name, for levels below England (England rows of the publication are unrounded):

- ``bbrb_count``, ``legacy_count``: below 5, or missing, becomes ``*``; else the nearest 5.
- ``bbrb_percent``: percentages, medians and percentiles; ``*`` where the numerator (the count it
  goes with) is below 5 or missing; else the nearest whole number, a half away from zero.
- ``legacy_proportion``: the same, where the denominator may not be below 5 either.
- ``dq``: as ``bbrb_count``, and in breakdowns of percentages as ``bbrb_percent``.

Source: measure specification, section 2, D2 to D4.
"""

from __future__ import annotations

import narwhals as nw

__all__ = ["SUPPRESSED", "control", "control_given", "interval", "plain"]

SUPPRESSED = "*"
_SMALLEST_SHOWN = 5
_BASE = 5


def control(
    value: nw.Expr,
    numerator: nw.Expr,
    denominator: nw.Expr,
    disclosure: nw.Expr,
    breakdown: nw.Expr,
) -> nw.Expr:
    """Return figures as the publication would show them.

    Args:
        value: Exact values.
        numerator: The counts that percentages, medians and percentiles go with.
        denominator: The counts that percentages are of.
        disclosure: Names of rules.
        breakdown: Names of breakdowns.

    Returns:
        Text: ``*``, a whole number, or at England level the value as it is.
    """
    numerator_shows, denominator_shows, value_shows = (
        (count >= _SMALLEST_SHOWN).fill_null(value=False)
        for count in (numerator, denominator, value)
    )
    share = numerator_shows & (denominator_shows | (disclosure != "legacy_proportion"))
    is_share = _is_share(disclosure, breakdown)
    shows = (is_share & share) | (~is_share & value_shows)
    base = nw.when(is_share).then(nw.lit(1)).otherwise(nw.lit(_BASE))
    rounded = (_nearest(value / base) * base).cast(nw.Int64).cast(nw.String)
    hidden = nw.lit(SUPPRESSED)
    below_england = nw.when(shows & ~value.is_null()).then(rounded).otherwise(hidden)
    return nw.when(_is_england(breakdown)).then(plain(value)).otherwise(below_england)


def control_given(
    given: nw.Expr, exact: nw.Expr, disclosure: nw.Expr, breakdown: nw.Expr
) -> nw.Expr:
    """Return figures that came as text, some of them uncontrolled, as they would be published.

    The counts that percentages go with are not known: where one is small, the text says so by a
    star of its own.

    Args:
        given: The text, with or without disclosure control.
        exact: Exact values; null where the text has been through it.
        disclosure: Names of rules; null where none is known, and the text stays.
        breakdown: Names of breakdowns.
    """
    enough = nw.lit(float(_SMALLEST_SHOWN))
    controlled = control(exact, enough, enough, disclosure, breakdown)
    keeps = (given == SUPPRESSED) | exact.is_null() | disclosure.is_null()
    return nw.when(keeps).then(given).otherwise(controlled)


def interval(
    published: nw.Expr, published_value: nw.Expr, disclosure: nw.Expr, breakdown: nw.Expr
) -> tuple[nw.Expr, nw.Expr]:
    """Return the lowest and highest exact value that a published figure allows.

    Args:
        published: Figures as published.
        published_value: The same as numbers; null where they are not numbers.
        disclosure: Names of rules.
        breakdown: Names of breakdowns.

    Returns:
        Both ends of a closed interval of whole numbers for counts: 0 to 4 where suppressed, 5 to
        7 for 5, 103 to 107 for 105. The value itself at England level. For shares half a unit to
        each side, where the end further from zero is the first value that no longer rounds to
        the figure; null where suppressed, since not the share but its count was small.
    """
    is_share = _is_share(disclosure, breakdown)
    hidden = ~is_share & (published == SUPPRESSED)
    below = nw.when(published_value == _SMALLEST_SHOWN).then(nw.lit(0.0)).otherwise(nw.lit(2.0))

    def end(exact: nw.Expr, share: nw.Expr, rounded: nw.Expr, suppressed: float) -> nw.Expr:
        seen = nw.when(is_share).then(share).otherwise(rounded)
        ours = nw.when(hidden).then(nw.lit(suppressed)).otherwise(seen)
        return nw.when(_is_england(breakdown)).then(exact).otherwise(ours)

    shown = published_value
    return (
        end(shown, shown - 0.5, shown - below, 0.0),
        end(shown, shown + 0.5, shown + 2.0, _SMALLEST_SHOWN - 1.0),
    )


def _is_share(disclosure: nw.Expr, breakdown: nw.Expr) -> nw.Expr:
    is_percentage = (disclosure == "dq") & breakdown.str.ends_with("(percentage)")
    return disclosure.is_in(("bbrb_percent", "legacy_proportion")) | is_percentage


def _is_england(breakdown: nw.Expr) -> nw.Expr:
    return (breakdown == "England") | breakdown.str.starts_with("England;")


def _nearest(value: nw.Expr) -> nw.Expr:
    """Round to a whole number, a half away from zero; engines differ on halves."""
    return nw.when(value < 0).then(-(0.5 - value).floor()).otherwise((value + 0.5).floor())


def plain(value: nw.Expr) -> nw.Expr:
    """Return numbers as text, whole ones without a decimal point."""
    whole = value.floor().cast(nw.Int64).cast(nw.String)
    return nw.when(value == value.floor()).then(whole).otherwise(value.cast(nw.String))
