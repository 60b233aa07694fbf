"""The identifiers that an extract holds, as a lazy set that texts can be searched for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import narwhals as nw

from mhsds_recon.packs.words import own_words

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

_TEAM_ELEMENTS = ("CareProfTeamLocalID", "OtherCareProfTeamLocalID")
_SHORTEST = 5
_SHORTEST_WORD = 8
_LONGEST = 36
_WORD = re.compile(r"[^\W_]+")


_Tokens: TypeAlias = "tuple[tuple[Engine, nw.LazyFrame[Any]], ...]"


@dataclass(frozen=True, kw_only=True)
class Identifiers:
    """Values that identify, one lazy frame per engine's extract with a text column ``token``.

    ``teams`` are the codes of local teams, likewise: packs name them.
    """

    frames: _Tokens
    teams: _Tokens = ()

    def found_in(self, texts: Mapping[str, str]) -> tuple[str, ...]:
        """Return the names of the texts that hold an identifier, in their order.

        An identifier is found as a whole: any run of characters from the start of a word to the
        end of a word is compared with the identifiers, whatever the case. Identifiers under 5
        characters, without a digit under 8, and words that we use ourselves, cannot be told from
        ordinary numbers and words: they are not looked for. Nor is one found that stands inside a
        longer word, or that is the code of a local team as well.

        Args:
            texts: Texts by the name of the place they stand in.
        """
        runs = {place: _runs(text) for place, text in texts.items()}
        known = self._known(set().union(*runs.values())) - own_words()
        return tuple(place for place, own in runs.items() if not known.isdisjoint(own))

    def _known(self, runs: set[str]) -> set[str]:
        """Return those of the runs that are identifiers."""
        known = _among(self.frames, runs)
        return known - _among(self.teams, known) if known else known


def identifiers_of(extracts: Iterable[Extract]) -> Identifiers:
    """Return the values of the identifying elements of extracts, lazily: nothing is read yet."""
    given = tuple(extracts)
    return Identifiers(
        frames=tuple((one.engine, _tokens(one, IDENTIFYING_ELEMENTS)) for one in given),
        teams=tuple((one.engine, _tokens(one, _TEAM_ELEMENTS)) for one in given),
    )


def _tokens(extract: Extract, elements: Collection[str]) -> nw.LazyFrame[Any]:
    columns = [
        rows.select(_token(name))
        for rows in extract.tables.values()
        for name in rows.collect_schema().names()
        if name in elements
    ]
    return nw.concat(columns, how="vertical").filter(
        nw.col("token").str.len_chars() >= _SHORTEST,
        nw.col("token").str.contains("[0-9]") | (nw.col("token").str.len_chars() >= _SHORTEST_WORD),
    )


def _among(frames: _Tokens, sought: Collection[str]) -> set[str]:
    """Return those texts that frames hold."""
    texts = nw.from_dict({"token": list(sought)}, {"token": nw.String}, backend="polars").lazy()
    found: set[str] = set()
    for engine, tokens in frames:
        hits = tokens.join(engine.scan(texts.to_native()), on="token", how="semi")
        found |= set(engine.collect([hits.unique()])[0].get_column("token"))
    return found


def _token(name: str) -> nw.Expr:
    """Return an element's values as they are compared: in capitals, from word to word."""
    capitals = nw.col(name).str.to_uppercase()
    return capitals.str.replace_all("^[^0-9A-Z]+|[^0-9A-Z]+$", "").alias("token")


def _runs(text: str) -> set[str]:
    """Return every run from a word's start to a word's end, of a length identifiers can have."""
    words = [match.span() for match in _WORD.finditer(text)]
    runs = set()
    for position, (start, _) in enumerate(words):
        for following in range(position, len(words)):
            end = words[following][1]
            if end - start > _LONGEST:
                break
            if end - start >= _SHORTEST:
                runs.add(text[start:end].upper())
    return runs
