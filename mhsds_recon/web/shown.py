"""Packs as they were written, and what the pages say of them."""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from litestar.exceptions import NotFoundException

from mhsds_recon import workflow
from mhsds_recon.errors import SignOffError
from mhsds_recon.packs import Pack
from mhsds_recon.packs.html import banner_of
from mhsds_recon.packs.words import load_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mhsds_recon.signoff import PackMade
    from mhsds_recon.web.site import Site

__all__ = ["DECISIONS", "OPEN_STATES", "STATES", "UPLOAD_TITLE", "ShownPack", "open_shown"]

DECISIONS = {
    "agree": "Agree",
    "agree_with_conditions": "Agree with conditions",
    "do_not_agree": "Do not agree",
    "no_response": "No response by the deadline",
}
STATES = {
    "awaiting": "Awaiting a decision",
    "agreed": "Agreed",
    "agreed_with_conditions": "Agreed with conditions",
    "refused": "Not agreed",
    "no_response": "No response by the deadline",
    "void": "Void: the extract has changed",
    "not_entitled": "Not counted: the role may not agree",
    "reopened": "Open again: published figures changed",
}
OPEN_STATES = frozenset({"awaiting", "void", "no_response", "reopened"})
"""States in which an answer is still to come."""

UPLOAD_TITLE = {"upload": "Upload"}
_GONE = (
    "The files of this pack are not in the folder that these pages show."
    " Ask whoever prepared it to put them there."
)
_CHANGED = (
    "This pack was changed since it was written, or another version of this software wrote it, so"
    " it cannot be shown or signed. Ask whoever prepared it to make it again."
)
_DEEPEST = 3
_SETTLED_SECONDS = 2.0  # a file changed within the same tick of the clock looks the same


@dataclass(frozen=True, kw_only=True)
class ShownPack:
    """A pack whose files are as they were written.

    Attributes:
        made: What the history holds of it.
        page: Its page, byte for byte.
        titles: What people call each measure group, and the upload.
        statuses: The status word of each, and of the whole for the upload.
        panel: The row of each title in the sign-off panel: name and value of its cells.
        banner: What every page of the pack warns of.
        organisation: Name or code of the provider.
    """

    made: PackMade
    page: bytes
    titles: Mapping[str, str]
    statuses: Mapping[str, str]
    panel: Mapping[str, tuple[tuple[str, str], ...]]
    banner: str
    organisation: str


def open_shown(site: Site, name: str, *, anew: bool = False) -> ShownPack:
    """Return a pack, if its page and its JSON lie in the folder as they were written.

    Args:
        site: Where.
        name: Name of the pack.
        anew: Read and check the files in any case, not only where they look changed.

    Raises:
        NotFoundException: The history holds no pack of that name.
        SignOffError: Its files were changed or are not there.
    """
    asked = partial(site.known.answer, site.history)
    known: frozenset[str] = asked("names", partial(_names, site))
    if name not in known:
        raise NotFoundException
    places: tuple[Path, ...] = asked(("places", name), partial(_places, site.packs, name))
    if not all(path.is_file() for path in places):
        places = _places(site.packs, name)
    stamps = tuple(map(_stamp, places))
    ask = partial(_open, site, places)
    is_settled = time.time() - max(max(stamp[:2]) for stamp in stamps) / 1e9 > _SETTLED_SECONDS
    return asked(("pack", name, stamps), ask) if is_settled and not anew else ask()


def _names(site: Site) -> frozenset[str]:
    return frozenset(pack.pack for pack in workflow.made_packs(site.history))


def _places(folder: Path, name: str) -> tuple[Path, ...]:
    """Return the page and the JSON of a pack wherever they lie together, the nearest first."""
    patterns = ("*/" * depth + f"{name}.html" for depth in range(_DEEPEST + 1))
    pages = (page for pattern in patterns for page in sorted(folder.glob(pattern)))
    pairs = ((page, page.with_suffix(".json")) for page in pages)
    found = tuple(path for pair in pairs if all(one.is_file() for one in pair) for path in pair)
    if not found:
        raise SignOffError(_GONE)
    return found


def _stamp(path: Path) -> tuple[int, int, int, int]:
    try:
        found = path.stat()
    except OSError:
        raise SignOffError(_GONE) from None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def _open(site: Site, places: tuple[Path, ...]) -> ShownPack:
    """Return the first of the pairs of files that are as they were written."""
    for path in places[::2]:
        with suppress(SignOffError):
            made = workflow.open_pack(site.history, path)
            if made.pack == path.stem:  # and not another pack under its name
                return _shown(made, path)
    raise SignOffError(_CHANGED)


def _shown(made: PackMade, path: Path) -> ShownPack:
    page, content = (_as_written(made, one) for one in (path, path.with_suffix(".json")))
    try:
        pack = msgspec.json.decode(content, type=Pack)
    except msgspec.MsgspecError:
        raise SignOffError(_CHANGED) from None
    return ShownPack(
        made=made,
        page=page,
        titles={group.id: group.title for group in pack.groups} | UPLOAD_TITLE,
        statuses={group.id: group.status for group in pack.groups} | {"upload": pack.status},
        panel=_panel_of(pack),
        banner=banner_of(pack, load_words()),
        organisation=pack.provider_name or pack.provider,
    )


def _panel_of(pack: Pack) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Return the cells of each row of the sign-off panel but the last two: the decision itself."""
    tables = (table for section in pack.sections for table in section.tables)
    panel = next((table for table in tables if table.id == "sign-off-panel"), None)
    if panel is None:
        return {}
    names = [column.name for column in panel.columns]
    return {row[0]: tuple(zip(names[1:-2], row[1:-2], strict=True)) for row in panel.rows}


def _as_written(made: PackMade, path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError:
        raise SignOffError(_GONE) from None
    if hashlib.sha256(content).hexdigest() != made.files[path.name]:
        raise SignOffError(_CHANGED)
    return content
