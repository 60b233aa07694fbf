"""Numbers as a reader may see them: the disclosure profile of the pack.

Differences are taken between numbers as shown, never between exact ones, so that neither a
table nor two packs can be subtracted to reveal a small count.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from mhsds_recon.packs.model import Profile

__all__ = [
    "CANNOT_TELL",
    "SMALLEST_SHOWN",
    "SUPPRESSED",
    "Numbers",
    "Shown",
    "as_published",
    "tells_a_part",
]

SUPPRESSED = "*"
CANNOT_TELL = "cannot tell"
SMALLEST_SHOWN = 5
"""Counts below it are hidden."""

_FEWER = f"fewer than {SMALLEST_SHOWN}"
_HIDES_ITS_PARTS = 10
_OFF = 2
_TELLS = 2


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A number as shown: its text, and the number that the text states if it states one."""

    text: str
    number: float | None = None

    @property
    def is_suppressed(self) -> bool:
        """Whether disclosure control hid the number."""
        return self.text == SUPPRESSED


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """How one profile shows numbers.

    Source: pack specification 5.2. ``national`` shows 0 to 4 as ``*`` and other counts to the
    nearest 5; ``internal`` shows them exactly. ``public`` is as ``national``, and what only a
    total would give away is hidden too.
    """

    profile: Profile

    @property
    def rounds(self) -> bool:
        """Whether counts are suppressed and rounded."""
        return self.profile != "internal"

    @property
    def is_public(self) -> bool:
        """Whether what a total would give away is hidden too."""
        return self.profile == "public"

    def count(self, exact: float | None) -> Shown:
        """Return a count of people or rows; ``cannot tell`` where there is none."""
        if exact is None:
            return Shown(text=CANNOT_TELL)
        if not self.rounds:
            return _number(exact)
        if abs(exact) < SMALLEST_SHOWN:
            return Shown(text=SUPPRESSED)
        return _number(_nearest(exact, 5))

    def share(self, exact: float | None, published: str | None, unit: str) -> Shown:
        """Return a percentage, median or percentile: as it would be published, or to one decimal.

        Args:
            exact: The value before disclosure control; null where there is no value.
            published: The same after the measure's own disclosure rule, which looks at counts.
            unit: What the value is in, such as ``%`` or ``days``; it follows the number.
        """
        if exact is None or published is None:
            return Shown(text=CANNOT_TELL)
        shown = as_published(published) if self.rounds else _number(round(exact, 1))
        return shown if shown.number is None else replace(shown, text=f"{shown.text} {unit}")

    def change(self, now: Shown, before: Shown) -> Shown:
        """Return the difference of two numbers as shown; 1 to 4 is never shown as a number."""
        if now.number is None or before.number is None:
            return Shown(text=CANNOT_TELL)
        difference = now.number - before.number
        if self.rounds and abs(difference) < SMALLEST_SHOWN:
            return Shown(text=_FEWER, number=0)
        return _signed(difference)

    def sizes(self, exact: Sequence[float]) -> tuple[Shown, ...]:
        """Return the parts of one difference, signed; 1 to 4 is never shown as a number.

        Beside a small part the others go to the nearest 10: with the nearest 5, all parts at the
        ends of what they stand for could leave one value only for the small part.
        """
        if not self.rounds:
            return tuple(_signed(size) for size in exact)
        is_small = [abs(size) < SMALLEST_SHOWN for size in exact]
        base = 10 if any(is_small) else 5
        return tuple(
            Shown(text=_FEWER, number=0) if small else _signed(_nearest(size, base))
            for size, small in zip(exact, is_small, strict=True)
        )

    def total(self, sizes: Sequence[Shown]) -> Shown:
        """Return the sum of parts of a difference as shown."""
        number = sum(size.number or 0 for size in sizes)
        return Shown(text=_FEWER, number=0) if self.rounds and not number else _signed(number)

    def parts(self, total: int, *parts: int) -> tuple[Shown, ...]:
        """Return a count followed by the two counts that add up to it.

        Both parts of a small total are hidden: 10 with two suppressed parts could only be 4 and 4.
        Beside a hidden part the other is what the total shows: rounded by itself it would tell
        that the first is more than nothing, 60 and 55 leaving 1 at least.
        """
        shown, each = self.count(total), tuple(self.count(part) for part in parts)
        if not self.rounds:
            return (shown, *each)
        if shown.number is None or shown.number <= _HIDES_ITS_PARTS:
            return (shown, *(Shown(text=SUPPRESSED) for _ in parts))
        if any(part.is_suppressed for part in each):
            return (shown, *(part if part.is_suppressed else shown for part in each))
        return (shown, *each)


def tells_a_part(whole: Shown, parts: Collection[Shown]) -> bool:
    """Return whether a count tells more of a hidden one among those that at least make it up.

    Where they cannot even make it up it counts something else, which tells nothing of them.

    Args:
        whole: A count as shown, to the nearest 5; nothing is told by one that is hidden.
        parts: Counts likewise; what is counted in the whole is in one of them or in several.
    """
    if whole.number is None or not any(part.is_suppressed for part in parts):
        return False
    spare = sum(_most(part) for part in parts) - _least(whole)
    return 0 <= spare < SMALLEST_SHOWN + _TELLS


def _least(shown: Shown) -> float:
    number = shown.number or 0
    return number if number == SMALLEST_SHOWN else number - _OFF


def _most(shown: Shown) -> float:
    return SMALLEST_SHOWN - 1 if shown.number is None else shown.number + _OFF


def as_published(text: str) -> Shown:
    """Return a value in the form of the publication with thousands separated; ``*`` stays."""
    if re.fullmatch(r"-?\d+(\.\d+)?", text) is None:
        return Shown(text=text)
    return _number(float(text))


def _number(value: float) -> Shown:
    return Shown(text=f"{value:,.10g}", number=value)


def _signed(value: float) -> Shown:
    return Shown(text=f"{value:+,.10g}" if value else "0", number=value)


def _nearest(value: float, base: int) -> float:
    return math.copysign((abs(value) + base / 2) // base * base, value)
