"""The monthly notebook runs from top to bottom, on the trust that it makes itself."""

from __future__ import annotations

import os
import re
import warnings
from pathlib import Path

import nbformat
import pytest

NOTEBOOK = Path(__file__).parents[2] / "examples" / "monthly.ipynb"


@pytest.fixture(scope="module")
def notebook() -> nbformat.NotebookNode:
    """The notebook after every cell ran, in a process of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the notebook's own machinery warns of
        from nbclient import NotebookClient  # noqa: PLC0415  slow

        read: nbformat.NotebookNode = nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]
        paths = [str(NOTEBOOK.parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        client = NotebookClient(read, timeout=300, kernel_name="python3")
        client.execute(env=environment)
    return read


def shown(notebook: nbformat.NotebookNode) -> str:
    """Return all that the cells show, as text."""
    outputs = (one for cell in notebook.cells for one in cell.get("outputs", ()))
    return "\n".join(one.get("text", "") or one["data"].get("text/plain", "") for one in outputs)


def test_every_step_of_the_month_is_taken(notebook: nbformat.NotebookNode) -> None:
    text = shown(notebook)
    assert "cut-off Tue 2025-10-21" in text
    assert "MHS101Referral" in text
    assert "RZZ_2025-09_B_v1.html" in text
    assert "due 20" in text
    assert re.search(r"'[0-9a-f]{64}'", text)


def test_the_notebook_is_kept_without_output() -> None:
    read = nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]
    cells = [cell for cell in read.cells if cell.cell_type == "code"]
    assert cells
    assert all(not cell.outputs and cell.execution_count is None for cell in cells)
