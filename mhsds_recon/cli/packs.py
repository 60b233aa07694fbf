"""Commands that end with a pack: pack and demo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from mhsds_recon.cli.common import (
    Common,
    account,
    explaining_damage,
    open_memory,
    open_run,
    progress,
    say,
    tell_changes,
)

__all__ = ["app"]

app = App()


@app.command
def demo(
    *,
    output: Path = Path("mhsds-demo"),
    months: int = 14,
    people: int = 5000,
    seed: int = 1,
    provider: str = "RZZ",
    period: str = "2025-09",
    common: Common = Common(),
) -> int:
    """Make a synthetic trust, then validate, count, reconcile and build its pack.

    Args:
        output: Folder to write everything into.
        months: How many months of extracts to make.
        people: How many people the trust sees.
        seed: Another number makes another trust; the same number the same trust.
        provider: Code that the trust submits under.
        period: Last reporting period, as YYYY-MM.
        common: Options of every command.
    """
    from mhsds_recon.demo import DemoSettings, run_demo
    from mhsds_recon.standard import ReportingPeriod

    settings = DemoSettings(
        months=months,
        people=people,
        seed=seed,
        provider=provider,
        period=ReportingPeriod.parse(period),
    )
    with progress("Making a synthetic trust and running everything on it", common):
        report = run_demo(output, settings, version=common.standard)
    say(report, common)
    return 0


@app.command
def pack(
    extracts: str,
    /,
    *,
    period: str,
    published: Annotated[tuple[Path, ...], Parameter(consume_multiple=True, negative=())] = (),
    provider: str | None = None,
    reference: Path | None = None,
    profile: Literal["national", "internal", "public"] = "national",
    to: str = "html",
    words: Path | None = None,
    maturity_list: Path | None = None,
    published_scores: Path | None = None,
    portal: Path | None = None,
    portal_pre: Path | None = None,
    portal_post: Path | None = None,
    trend_settings: Path | None = None,
    calendar: Path | None = None,
    policy: Path | None = None,
    prepared_by: str | None = None,
    output: Path | None = None,
    common: Common = Common(),
) -> int:
    """Build the sign-off pack: A before the deadline, B when published files are given.

    Args:
        extracts: Folder of monthly extracts.
        period: Reporting period of the pack, as YYYY-MM.
        published: A published file; may be given again.
        provider: Which provider, where the folder holds several.
        reference: Folder of reference files.
        profile: How far small numbers are hidden.
        to: Forms of the pack, with commas between: html, xlsx and pdf.
        words: The trust's own words in place of some of the pack's, as TOML.
        maturity_list: The trust's own list of items of the maturity estimate, as TOML.
        published_scores: Published scores of the maturity index, as TOML: a [[score]] with
            month (YYYY-MM), score and source for each; the latest up to the period is shown.
        portal: Summary Reports zip of the portal on the extract of the period.
        portal_pre: The portal's pre-deadline extract of the period, to explain differences.
        portal_post: The portal's post-deadline extract of the period, likewise.
        calendar: The trust's own file of cut-offs, as TOML.
        policy: The trust's own file of who signs what off, as TOML.
        trend_settings: TOML file of targets and of decisions to recalculate limits.
        prepared_by: Who makes the pack; by default the account's name.
        output: Folder for the pack; by default beside the extracts.
        common: Options of every command.
    """
    import datetime as dt

    from mhsds_recon import workflow
    from mhsds_recon.standard import ReportingPeriod
    from mhsds_recon.trends import NO_SETTINGS, read_settings

    month, place = ReportingPeriod.parse(period), workflow.located(extracts)
    memory = open_memory(common)
    with progress(f"Building the pack for {month}", common), explaining_damage(place):
        written = workflow.write_pack(
            open_run(place, provider, reference, common),
            period=month,
            generated_at=dt.datetime.now().astimezone(),
            published=published,
            profile=profile,
            to=[form.strip() for form in to.split(",") if form.strip()],
            words=words,
            output=output,
            maturity_list=maturity_list,
            published_scores=published_scores,
            portal=portal,
            also=workflow.Also(portal_pre=portal_pre, portal_post=portal_post),
            calendar=calendar,
            trend_settings=read_settings(trend_settings) if trend_settings else NO_SETTINGS,
            policy=policy,
            prepared_by=prepared_by or account(),
            memory=memory,
        )
    tell_changes(memory, common)
    say("\n".join(f"Written: {path}" for path in written), common)
    return 0
