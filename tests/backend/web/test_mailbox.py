"""The embedded mail server keeps what it is given, whole and in order, over a restart too."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest

from backend.mailbox import MOST_BYTES, Mailbox, open_mailbox


def letter(subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "my-volvo@example.com"
    message["To"] = "maria.lindholm@example.com"
    message["Subject"] = subject
    message.set_content("Hello Maria, käre väns\n.\nthe end")
    return message


def kept_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("0*.eml"))


async def post(box: Mailbox, subject: str) -> None:
    await aiosmtplib.send(letter(subject), hostname=box.host, port=box.port, start_tls=False)


async def test_letters_are_kept_in_order_and_over_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    async with open_mailbox("127.0.0.1", 0, folder) as box:
        assert box.url == f"smtp://127.0.0.1:{box.port}"
        await post(box, "first")
        await post(box, "second")
    (folder / "notes.eml").write_text("not one of ours")
    async with open_mailbox("127.0.0.1", 0, folder) as box:
        await post(box, "third")
    kept = kept_in(folder)
    assert kept == ["000001.eml", "000002.eml", "000003.eml"]
    assert [
        line
        for name in kept
        for line in (folder / name).read_text().splitlines()
        if line.startswith("Subject")
    ] == ["Subject: first", "Subject: second", "Subject: third"]
    assert b"the end" in (folder / "000001.eml").read_bytes()


async def test_a_letter_that_is_too_long_is_refused(tmp_path: Path) -> None:
    message = letter("long")
    message.set_content("x" * 70 * 20 + "\n" + ("y" * 70 + "\n") * (MOST_BYTES // 70))
    async with open_mailbox("127.0.0.1", 0, tmp_path) as box:
        with pytest.raises(aiosmtplib.SMTPException):
            await aiosmtplib.send(message, hostname=box.host, port=box.port, start_tls=False)
    assert kept_in(tmp_path) == []


async def test_a_taken_port_is_told(tmp_path: Path) -> None:
    async with open_mailbox("127.0.0.1", 0, tmp_path) as box:
        with pytest.raises(OSError, match="in use"):
            async with open_mailbox("127.0.0.1", box.port, tmp_path):
                pass
