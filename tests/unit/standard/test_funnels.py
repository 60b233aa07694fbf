"""Definitions of funnels, and what can be wrong with them."""

from __future__ import annotations

from mhsds_recon.standard import Standard
from mhsds_recon.standard.causes import load_causes
from mhsds_recon.standard.funnels import (
    Funnel,
    FunnelStep,
    FunnelUnit,
    funnel_problems,
    whole_funnels,
)


def funnel(name: str, *steps: FunnelStep, after: str | None = None) -> Funnel:
    return Funnel(
        id=name,
        title=name,
        measure="MHS95",
        cohort="activity",
        units=(FunnelUnit(name="people", key="Person_ID"),),
        after=after,
        steps=steps,
    )


def step(name: str, cause: str | None = "VC26", measure: str | None = None) -> FunnelStep:
    return FunnelStep(name=name, where=(), cause=cause, measure=measure)


def test_every_drop_has_a_known_cause(standard: Standard) -> None:
    causes = load_causes(standard.version)
    named = {
        step.cause for funnel in standard.funnels.values() for step in funnel.steps if step.cause
    }
    assert len(standard.funnels) > 0
    assert named <= set(causes)


def test_steps_of_those_before_come_first() -> None:
    parts = {
        "a": funnel("a", step("1", None)),
        "b": funnel("b", step("2"), after="a"),
        "c": funnel("c", step("3"), after="b"),
    }
    assert [step.name for step in whole_funnels(parts)["c"].steps] == ["1", "2", "3"]


def test_funnels_that_come_after_each_other_end() -> None:
    parts = {"a": funnel("a", step("1"), after="b"), "b": funnel("b", step("2"), after="a")}
    assert [step.name for step in whole_funnels(parts)["a"].steps] == ["2", "1"]


def test_what_a_funnel_names_must_exist(standard: Standard) -> None:
    wrong = funnel("a", step("1", None), step("2", None, "MHS950"), after="accss")
    measures = {"MHS95": standard.measures["MHS95"]}
    assert list(funnel_problems({"a": wrong, "access": funnel("access")}, measures)) == [
        "funnels.toml, funnel a: unknown funnel 'accss'. Did you mean 'access'?",
        "funnels.toml, funnel a: unknown measure 'MHS950'. Did you mean 'MHS95'?",
        "funnels.toml, funnel a, step '2': has no cause, or does not say why in words.",
    ]
