"""The identifiers that an extract holds, as a lazy set that texts can be searched for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw

if TYPE_CHECKING:
    from mhsds_recon.frames import Engine, Extract

__all__ = ["IDENTIFYING_ELEMENTS", "Identifiers", "identifiers_of"]

IDENTIFYING_ELEMENTS = (
    "CPAEpisodeID",
    "CareActID",
    "CareContactID",
    "CarePlanID",
    "CareProfLocalID",
    "GroupSessID",
    "HospProvSpellID",
    "LocalPatientID",
    "MHActLegalStatusClassPeriodID",
    "MHDropInContactID",
    "NHSNumber",
    "PatPathID",
    "ProfRegEntryID",
    "RestrictiveIntIncID",
    "RestrictiveIntTypeID",
    "ServiceRequestID",
    "WardStayID",
)
"""Elements that tell one person, member of staff, referral, contact, spell or session apart."""

_SHORTEST = 5
_LONGEST = 36
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, kw_only=True)
class Identifiers:
    """Values that identify, one lazy frame per engine's extract with a text column ``token``."""

    frames: tuple[tuple[Engine, nw.LazyFrame[Any]], ...]

    def found_in(self, texts: Mapping[str, str]) -> tuple[str, ...]:
        """Return the names of the texts that hold an identifier, in their order.

        An identifier is found as a whole: any run of characters from the start of a word to the
        end of a word is compared with the identifiers, whatever the case. Identifiers under 5
        characters, or without a digit, cannot be told from ordinary numbers and words: they are
        not looked for. Nor is one found that stands inside a longer word.

        Args:
            texts: Texts by the name of the place they stand in.
        """
        runs = {place: _runs(text) for place, text in texts.items()}
        known = self._known(set().union(*runs.values()))
        return tuple(place for place, own in runs.items() if not known.isdisjoint(own))

    def _known(self, runs: set[str]) -> set[str]:
        """Return those of the runs that are identifiers."""
        sought = nw.from_dict({"token": list(runs)}, {"token": nw.String}, backend="polars").lazy()
        known: set[str] = set()
        for engine, identifiers in self.frames:
            hits = identifiers.join(engine.scan(sought.to_native()), on="token", how="semi")
            known |= set(engine.collect([hits.unique()])[0].get_column("token"))
        return known


def identifiers_of(extracts: Iterable[Extract]) -> Identifiers:
    """Return the values of the identifying elements of extracts, lazily: nothing is read yet."""
    frames = []
    for extract in extracts:
        columns = [
            rows.select(_token(name))
            for rows in extract.tables.values()
            for name in _identifying(rows.collect_schema().names())
        ]
        tokens = nw.concat(columns, how="vertical").filter(
            nw.col("token").str.len_chars() >= _SHORTEST, nw.col("token").str.contains("[0-9]")
        )
        frames.append((extract.engine, tokens))
    return Identifiers(frames=tuple(frames))


def _identifying(columns: Collection[str]) -> list[str]:
    return [name for name in IDENTIFYING_ELEMENTS if name in columns]


def _token(name: str) -> nw.Expr:
    """Return an element's values as they are compared: in capitals, from word to word."""
    capitals = nw.col(name).str.to_uppercase()
    return capitals.str.replace_all("^[^0-9A-Z]+|[^0-9A-Z]+$", "").alias("token")


def _runs(text: str) -> set[str]:
    """Return every run from a word's start to a word's end, of a length identifiers can have."""
    words = [match.span() for match in _WORD.finditer(text)]
    runs = set()
    for position, (start, _) in enumerate(words):
        for _, end in words[position:]:
            if end - start > _LONGEST:
                break
            if end - start >= _SHORTEST:
                runs.add(text[start:end].upper())
    return runs
