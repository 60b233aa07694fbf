"""The last sections: definitions and sources, method and limits, and the record of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.measures import describe as describe_measure
from mhsds_recon.packs.model import Column, Section, Table
from mhsds_recon.packs.sections.checks import meaning_of
from mhsds_recon.standard.pipeline import load_pipeline

if TYPE_CHECKING:
    from mhsds_recon.packs.material import Material
    from mhsds_recon.standard.pipeline import Pipeline

__all__ = ["definitions_section", "method_section", "record_section"]

_DEFINITION_COLUMNS = (
    Column(name="Measure", kind="code"),
    Column(name="In short"),
    Column(name="Definition", kind="prose"),
)


def definitions_section(material: Material) -> Section:
    """Return section 4.16: what each measure of the pack counts, and where that is stated."""
    words, inputs = material.words, material.inputs
    ids = dict.fromkeys(line.measure_id for line in material.lines)
    measures = inputs.standard.measures
    rows = tuple(
        (measure_id, material.label(measure_id), describe_measure(measures[measure_id]))
        for measure_id in ids
    )
    table = Table(
        id="measure-definitions",
        caption="Measures in this pack",
        columns=_DEFINITION_COLUMNS,
        rows=rows,
    )
    standard = inputs.standard
    return Section(
        id="definitions",
        title=words.titles["definitions"],
        sentences=(
            words.say(
                "definitions_standard",
                title=standard.title,
                software=inputs.software,
            ),
            words.say("definitions_ours"),
        ),
        tables=(table,) if rows else (),
        notes=(words.say("definitions_sources", sources="; ".join(standard.sources)),),
    )


def method_section(material: Material) -> Section:
    """Return section 4.17: disclosure, assurance, what was not checked, what is not here yet."""
    say = material.words.say
    inputs = material.inputs
    pipeline = load_pipeline(inputs.standard.version)
    return Section(
        id="method",
        title=material.words.titles["method"],
        sentences=(
            say(f"profile_{inputs.profile}"),
            say("privacy"),
            say("england_left_out"),
            say("not_official"),
            say("not_care"),
            say("local"),
            _levels_in_words(material, pipeline),
        ),
        tables=(*_not_assessed(material), _points(material, pipeline)),
        notes=(say("pipeline_source", source=pipeline.source),),
    )


def _levels_in_words(material: Material, pipeline: Pipeline) -> str:
    met = {name: pipeline.met(level) for level, name in pipeline.levels.items()}
    levels = "; ".join(f"{name}: {yes} of {points}" for name, (yes, points) in met.items())
    return material.words.say("pipeline", levels=levels)


def _points(material: Material, pipeline: Pipeline) -> Table:
    return Table(
        id="pipeline-points",
        caption=material.words.say("pipeline_caption"),
        columns=(
            Column(name="Level"),
            Column(name="What it asks", kind="prose"),
            Column(name="Met?"),
            Column(name="Because", kind="prose"),
        ),
        rows=tuple(
            (pipeline.levels[one.level], one.asks, pipeline.answers[one.answer], one.because)
            for one in pipeline.points
        ),
    )


def record_section(material: Material) -> Section:
    """Return section 4.18: what made this pack and from which files."""
    say, inputs = material.words.say, material.inputs
    published = () if inputs.reconciliation is None else inputs.reconciliation.files
    read = (*inputs.files, *published)
    facts = (
        ("Provider", inputs.provider),
        ("Reporting period", f"{inputs.period.start} to {inputs.period.end}"),
        ("Pack type and version", f"{inputs.pack_type}, version {inputs.version}"),
        ("Disclosure profile", inputs.profile),
        ("Software version", inputs.software),
        ("Data set version", inputs.standard.version),
    )
    run = Table(
        id="run-facts",
        caption="Facts of the run",
        columns=(Column(name="Fact"), Column(name="Value")),
        rows=facts,
    )
    files = Table(
        id="input-files",
        caption="Files read",
        columns=(
            Column(name="File"),
            Column(name="Rows", kind="count"),
            Column(name="SHA-256", kind="hash"),
        ),
        rows=tuple(
            (file.name, material.numbers.count(file.rows).text, file.sha256) for file in read
        ),
    )
    count = len(read)
    return Section(
        id="record",
        title=material.words.titles["record"],
        sentences=(
            say("record_files", count=count) if count else say("record_no_files"),
            say("record_outputs"),
        ),
        tables=(run, files) if count else (run,),
    )


def _not_assessed(material: Material) -> tuple[Table, ...]:
    codes = material.inputs.validation.not_assessed
    if not codes:
        return ()
    table = Table(
        id="not-assessed",
        caption=material.words.say("not_assessed_caption"),
        columns=(Column(name="Rule", kind="code"), Column(name="What it asks", kind="prose")),
        rows=tuple((code, meaning_of(material, code)) for code in codes),
    )
    return (table,)
