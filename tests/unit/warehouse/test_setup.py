"""What doctor finds: drivers, encryption, login and the connection, never a secret."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from mhsds_recon.frames.databases import locate
from mhsds_recon.warehouse.setup import (
    SetupCheck,
    check_drivers,
    check_warehouse,
    sql_server_checks,
)

if TYPE_CHECKING:
    from sqlalchemy import URL

DRIVER_17 = "Driver={ODBC Driver 17 for SQL Server};Server=hidden-server;"
DRIVER_18 = "Driver={ODBC Driver 18 for SQL Server};Server=hidden-server;"


def with_drivers(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    monkeypatch.setitem(sys.modules, "pyodbc", SimpleNamespace(drivers=lambda: list(names)))


def about(checks: list[SetupCheck]) -> dict[str, str]:
    return {check.about: check.state for check in checks}


@pytest.mark.parametrize(("needed", "state"), [(True, "bad"), (False, "note")])
def test_a_missing_driver_is_bad_only_where_it_is_needed(
    monkeypatch: pytest.MonkeyPatch, *, needed: bool, state: str
) -> None:
    with_drivers(monkeypatch, "SQLite3", "FreeTDS")
    (check,) = check_drivers(needed=needed)
    assert (check.state, check.said.split("; ")[1]) == (state, "drivers: SQLite3, FreeTDS")
    assert "ODBC Driver 18" in check.next_step
    monkeypatch.setitem(sys.modules, "pyodbc", None)
    (check,) = check_drivers(needed=needed)
    assert (check.state, "mhsds-recon[mssql]" in check.next_step) == (state, True)


def test_a_driver_of_microsoft_is_good(monkeypatch: pytest.MonkeyPatch) -> None:
    with_drivers(monkeypatch, "ODBC Driver 18 for SQL Server")
    (check,) = check_drivers(needed=True)
    assert check.state == "good"


@pytest.mark.parametrize(
    ("address", "state", "told"),
    [
        (f"{DRIVER_18}UID=u;PWD=hidden9", "good", "as the driver does by itself"),
        (f"{DRIVER_17}UID=u;PWD=hidden9", "note", "off, as the driver does by itself"),
        (f"{DRIVER_17}Encrypt=yes;UID=u;PWD=hidden9", "good", "on, as the address says"),
        (f"{DRIVER_18}Encrypt=no;UID=u;PWD=hidden9", "note", "off, as the address says"),
        (f"{DRIVER_18}TrustServerCertificate=yes;UID=u;PWD=hidden9", "note", "is not checked"),
        ("mssql+pyodbc://u:hidden9@hidden-server/d?Encrypt=strict", "good", "on, as the address"),
        ("mssql://u:hidden9@hidden-server/d", "good", "as the driver does by itself"),
    ],
)
def test_encryption_is_read_from_the_address_and_the_driver(
    address: str, state: str, told: str
) -> None:
    encryption, login = sql_server_checks(locate("env:DWH", {"DWH": address}))
    assert (encryption.about, encryption.state) == ("encryption", state)
    assert told in encryption.said
    assert login.said == "by user name and password"
    assert "hidden" not in repr((encryption, login))


@pytest.mark.parametrize(
    ("platform", "state", "told"), [("win32", "good", "Windows account"), ("linux", "bad", "kinit")]
)
def test_a_trusted_connection_needs_windows_or_a_ticket(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, state: str, told: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("PATH", str(tmp_path))
    for address in (f"{DRIVER_18}Trusted_Connection=yes", "mssql+pyodbc://@hidden-server/d"):
        _, login = sql_server_checks(locate("env:DWH", {"DWH": address}))
        assert login.state == state
        assert told in login.said + login.next_step


def test_a_kerberos_ticket_serves_a_trusted_connection(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    klist = tmp_path / "klist"
    klist.write_text("#!/bin/sh\nexit 0\n")
    klist.chmod(0o755)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    _, login = sql_server_checks(locate("env:DWH", {"DWH": "mssql+pyodbc://@h/d"}))
    assert (login.state, "Kerberos ticket" in login.said) == ("good", True)


def test_a_server_that_answers_is_good_and_one_that_does_not_is_bad(postgresql: URL) -> None:
    address = postgresql.render_as_string(hide_password=False)
    found = list(check_warehouse(locate("env:DWH", {"DWH": address}), seconds=5))
    assert about(found) == {"encryption": "good", "connection": "good"}
    away = locate("env:DWH", {"DWH": "postgresql://hidden:hidden9@127.0.0.1:1/hidden"})
    found = list(check_warehouse(away, seconds=5))
    assert about(found) == {"encryption": "good", "connection": "bad"}
    assert "hidden" not in repr(found)


def test_a_server_of_postgresql_elsewhere_should_show_its_certificate() -> None:
    states = []
    for mode in ("", "?sslmode=require", "?sslmode=verify-full"):
        location = locate("env:D", {"D": f"postgresql://u@127.0.0.2:1/d{mode}"})
        states.append(about(list(check_warehouse(location, seconds=5)))["encryption"])
    assert states == ["note", "note", "good"]
