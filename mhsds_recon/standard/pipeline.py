"""How far a run meets the levels of reproducible analytical pipelines, point by point."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from mhsds_recon.errors import DefinitionError
from mhsds_recon.standard.files import definitions_folder

__all__ = ["Pipeline", "PipelinePoint", "load_pipeline"]

_FILE = "pipeline.toml"


class PipelinePoint(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A point of a level: what it asks, whether it is met, and why that is said."""

    level: str
    asks: str
    answer: str
    because: str


class Pipeline(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The points, and what levels and answers are called, by their ids."""

    source: str
    levels: Mapping[str, str]
    answers: Mapping[str, str]
    points: tuple[PipelinePoint, ...] = msgspec.field(name="point")

    def met(self, level: str) -> tuple[int, int]:
        """Return how many points of a level are met, and how many there are."""
        own = [point.answer for point in self.points if point.level == level]
        return own.count("yes"), len(own)


def load_pipeline(version: str) -> Pipeline:
    """Return the points that come with a version of the standard.

    Raises:
        DefinitionError: The file cannot be read, does not fit, or names a level or an answer that
            it does not list.
    """
    file = definitions_folder() / "rules" / f"v{version}" / _FILE
    try:
        pipeline = msgspec.toml.decode(file.read_bytes(), type=Pipeline)
    except (OSError, msgspec.MsgspecError) as error:
        message = f"{file.name} does not say how far a run meets which level: {error}."
        raise DefinitionError([message]) from error
    for number, point in enumerate(pipeline.points, start=1):
        if point.level not in pipeline.levels or point.answer not in pipeline.answers:
            message = f"{file.name}, point {number}: its level or its answer is not listed."
            raise DefinitionError([message])
    return pipeline
