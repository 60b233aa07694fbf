"""Walks over the worlds of ``mhsds_recon.testing``, and what was planted there."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import polars as pl

from mhsds_recon.causes import Given, Stage, walk
from mhsds_recon.frames import Extract, PolarsEngine, extract_from_frames, read_reference
from mhsds_recon.measures import count
from mhsds_recon.published import read_counts, read_published
from mhsds_recon.testing.worlds import CAUSES, World
from mhsds_recon.validation import Validation, validate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mhsds_recon.reconciliation import Reconciliation
    from mhsds_recon.standard import ReportingPeriod, Standard

    Sizes = dict[tuple[str, str], Counter[str]]

__all__ = [
    "ACCESS",
    "BY_NAME",
    "DISCLOSURE",
    "Trust",
    "assert_named",
    "measured",
    "results",
    "stated",
    "steps",
]

DISCLOSURE = ("VC53", "VC54", "VC55")
BY_NAME = {cause.name: cause for cause in CAUSES}
ACCESS = ("MHS95",)


class Trust:
    """Walks from what the trust of a world holds to what was published."""

    def __init__(self, standard: Standard, folder: Path) -> None:
        self.standard = standard
        self.folder = folder
        self.engine = PolarsEngine()
        self._validated: dict[tuple[int, ...], tuple[Any, Validation]] = {}
        for name, rows in World().trust.reference.items():
            rows.write_csv(folder / f"{name}.csv")
        self.reference = read_reference(folder, engine=self.engine)

    def validated(
        self, months: Mapping[str, Mapping[str, pl.DataFrame]]
    ) -> dict[ReportingPeriod, Validation]:
        """Return every month validated; months that worlds share, once."""
        found = {}
        for name, tables in months.items():
            key = tuple(map(id, tables.values()))
            if key not in self._validated:
                extract = extract_from_frames(
                    tables, standard=self.standard, engine=self.engine, name=name
                )
                self._validated[key] = tables, validate(extract, standard=self.standard)
            validation = self._validated[key][1]
            assert validation.extract.period
            found[validation.extract.period] = validation
        return found

    def given(
        self,
        world: World,
        *,
        counts: pl.DataFrame | None = None,
        published: pl.DataFrame | None = None,
    ) -> Given:
        """Return what a walk starts from; counts and published figures are the world's."""
        validations = self.validated(world.trust.extracts)
        received = self.validated(world.received.extracts)
        period, provider = world.ground.period, world.ground.provider
        causes = [one.cause for one in world.planted]
        files = {"counts": counts, "published": published}
        for name, rows in files.items():
            own = getattr(world, name)() if rows is None else rows
            own.write_csv(self.folder / f"{name}.csv")
        is_sent_again = any(cause.is_sent_again for cause in causes)
        portal: dict[Stage, Extract] = {}
        if any(cause.cause_id == "VC04" for cause in causes):
            portal["portal_pre_deadline"] = received[period].extract
        if any(cause.cause_id == "VC05" for cause in causes):
            portal["portal_pre_deadline"] = validations[period].accepted_extract()
            portal["portal_post_deadline"] = received[period].extract
        return Given(
            figures=count(
                [one.extract for one in validations.values()],
                standard=self.standard,
                period=period,
                reference=self.reference,
                measure_ids=world.measure_ids,
            ),
            published=read_published(self.folder / "published.csv", provider=provider),
            validations=validations,
            standard=self.standard,
            reference=self.reference,
            counts=read_counts(self.folder / "counts.csv", standard=self.standard),
            earlier={period: [received[period]]} if is_sent_again else {},
            portal=portal,
        )

    def walk(self, world: World) -> Reconciliation:
        """Walk through a world."""
        return walk(self.given(world))


def steps(reconciliation: Reconciliation, evidence: str) -> pl.DataFrame:
    """Return the steps of one sort of evidence, without those of disclosure control."""
    return reconciliation.variance.filter(
        pl.col("evidence") == evidence, ~pl.col("cause_id").is_in(DISCLOSURE)
    )


def measured(reconciliation: Reconciliation) -> Sizes:
    """Return the sizes of the causes that are named as measured, by measure and level."""
    found: Sizes = {}
    for step in steps(reconciliation, "measured").iter_rows(named=True):
        sizes = found.setdefault((step["measure_id"], step["primary_level"]), Counter())
        sizes[step["cause_id"]] += step["size"]
        assert step["direction"] == ("local_higher" if step["size"] > 0 else "local_lower")
    return found


def stated(world: World, reconciliation: Reconciliation) -> Sizes:
    """Return the sizes of the planted causes at the figures that differ."""
    sizes: Sizes = {}
    differing = reconciliation.frame.filter(pl.col("result").str.starts_with("differs"))
    for key in differing.select("measure_id", "primary_level").iter_rows():
        causes: Counter[str] = Counter()
        for one in world.planted:
            causes[one.cause.cause_id] += world.size(one, *key)
        sizes[key] = Counter({name: size for name, size in causes.items() if size})
    return sizes


def results(reconciliation: Reconciliation) -> set[str]:
    """Return the results of the figures that differ."""
    differing = reconciliation.frame.filter(pl.col("result").str.starts_with("differs"))
    return set(differing["result"])


def assert_named(trust: Trust, world: World) -> None:
    """Walk, and find that what is planted is named, nothing else is, and nothing is left."""
    found = trust.walk(world)
    named, planted = measured(found), stated(world, found)
    assert named == planted, f"named {named}, planted {planted}"
    assert results(found) == {"differs_explained"}
    assert found.frame["residual"].abs().max() == 0
    assert unbridged(found).is_empty()


def unbridged(reconciliation: Reconciliation) -> pl.DataFrame:
    """Return the figures whose steps, rounding among them, do not add up to the difference."""
    key = ["measure_id", "breakdown", "primary_level", "secondary_level"]
    sums = reconciliation.variance.group_by(key).agg(pl.col("size").sum())
    number = pl.col("published").cast(pl.Float64, strict=False)
    gaps = reconciliation.frame.filter(pl.col("result").str.starts_with("differs"), number >= 0)
    both = gaps.join(sums, on=key, how="left")
    return both.filter((pl.col("local_exact") - number - pl.col("size")).abs().fill_null(1) > 0)
