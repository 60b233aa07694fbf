"""The pack as a page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from types import SimpleNamespace

import polars as pl
import pytest

from mhsds_recon.packs import Pack, render_html
from mhsds_recon.packs.html import style_sheets
from mhsds_recon.reconciliation import Reconciliation


class Outline(HTMLParser):
    """What stands in a page: its tags, attributes and headings."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.headings: list[int] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an opening tag."""
        self.tags[tag] += 1
        self.attributes += attrs
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))


@pytest.fixture
def page(make_pack: Callable[..., Pack], reconciliation: Reconciliation) -> str:
    return render_html(make_pack(pack_type="B", reconciliation=reconciliation))


def test_same_pack_gives_the_same_page(make_pack: Callable[..., Pack]) -> None:
    assert render_html(make_pack()) == render_html(make_pack())


def test_page_holds_no_script_and_nothing_from_outside(page: str) -> None:
    outline = Outline(page)
    assert not {"script", "link", "img", "iframe"} & set(outline.tags)
    assert not re.search(r"https?:|url\(\s*['\"]?(?!data:)|@import|@font-face", page)
    assert len(page.encode()) < 1_500_000


def test_page_has_landmarks_one_h1_and_ordered_headings(page: str) -> None:
    outline = Outline(page)
    assert outline.tags["h1"] == outline.tags["main"] == 1
    assert outline.tags["header"] == outline.tags["footer"] == outline.tags["nav"] == 1
    steps = zip(outline.headings, outline.headings[1:], strict=False)
    assert all(after - before <= 1 for before, after in steps)
    assert ("lang", "en-GB") in outline.attributes


def test_every_table_has_a_caption_scopes_and_a_labelled_region(page: str) -> None:
    outline = Outline(page)
    scopes = [value for name, value in outline.attributes if name == "scope"]
    assert outline.tags["caption"] == outline.tags["table"] > 0
    assert len(scopes) == outline.tags["th"]
    regions = re.findall(r'class="app-scroll( app-cards)?" role="region" aria-labelledby=', page)
    assert len(regions) == outline.tags["table"]
    ids = [value for name, value in outline.attributes if name == "id"]
    assert len(ids) == len(set(ids))


def test_markup_in_any_input_is_shown_not_run(
    make_pack: Callable[..., Pack], month: SimpleNamespace
) -> None:
    attack = "<script>alert('x')</script>"
    figures = month.figures()
    attacked = figures.frame.vstack(
        figures.frame.with_columns(
            breakdown=pl.lit("Commissioning Region"), primary_level_description=pl.lit(attack)
        )
    )
    page = render_html(
        make_pack(provider_name=attack, software=attack, figures=replace(figures, frame=attacked))
    )
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 3


def test_only_an_internal_pack_carries_the_banner(make_pack: Callable[..., Pack]) -> None:
    banner = "Internal: exact counts"
    assert banner not in render_html(make_pack())
    page = render_html(make_pack(profile="internal"))
    assert page.count(banner) == 2
    assert "@top-center" in page


def test_page_says_that_it_is_no_official_statistic(page: str) -> None:
    assert "not an official statistics product" in page


def test_style_sheets_ask_for_no_font_that_is_not_ours_to_use() -> None:
    assert "Frutiger" not in "".join(style_sheets())
