"""What the reference files say about the values of an extract.

National files are long, the codes in an extract few: only the entries for those are collected.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw

if TYPE_CHECKING:
    from mhsds_recon.frames import Engine, Reference

__all__ = ["Lookups", "look_up", "plain_postcode"]

_OTHER_REGISTERS = ("site", "school")
_KEY = "looked up"


@dataclass(frozen=True, kw_only=True)
class Lookups:
    """Entries of the reference files; None where the file was not given.

    Attributes:
        organisations: code, open_date, close_date, kind.
        postcodes: Postcodes in capitals and without spaces.
    """

    organisations: nw.DataFrame[Any] | None = None
    postcodes: tuple[str, ...] | None = None

    def live(self, register: str, day: str) -> tuple[str, ...]:
        """Return the codes of a register that are live on a day, its first and last included."""
        if self.organisations is None:
            message = f"codes of {register} were asked for without the reference file"
            raise AssertionError(message)
        kind, opened, closed = (
            nw.col(name).fill_null("") for name in ("kind", "open_date", "close_date")
        )
        listed = kind == register if register in _OTHER_REGISTERS else ~kind.is_in(_OTHER_REGISTERS)
        live = self.organisations.filter(listed, opened <= day, (closed == "") | (closed >= day))
        return tuple(live.get_column("code").to_list())


def look_up(values: nw.Series[Any], reference: Reference, engine: Engine) -> Lookups:
    """Return the entries of the reference files for some values."""
    keys = values.alias(_KEY).unique().to_frame()
    plain = keys.select(plain_postcode(_KEY)).unique()
    organisations, postcodes = reference.organisations, reference.postcodes
    plans = []
    if organisations is not None:
        codes = engine.scan(keys.to_native().lazy())
        plans.append(organisations.join(codes, left_on="code", right_on=_KEY, how="semi"))
    if postcodes is not None:
        known = postcodes.select(plain_postcode("postcode").alias(_KEY))
        plans.append(known.join(engine.scan(plain.to_native().lazy()), on=_KEY, how="semi"))
    found = [nw.from_native(rows, eager_only=True) for rows in engine.collect(plans)]
    return Lookups(
        organisations=found[0] if organisations is not None else None,
        postcodes=tuple(found[-1][_KEY].unique().to_list()) if postcodes is not None else None,
    )


def plain_postcode(element: str) -> nw.Expr:
    """Return postcodes in capitals and without white space."""
    return nw.col(element).str.replace_all(r"\s", "").str.to_uppercase()
