"""Puts a letter into the form of an Internet message that real mail clients show as it was meant."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from backend.letters.facts import Letter


def to_message(letter: Letter, sent_at: datetime) -> EmailMessage:
    """Return the letter as an Internet message: text, HTML and, where there is one, the calendar entry."""
    message = EmailMessage(policy=SMTP)
    message["From"] = letter.sender
    message["To"] = formataddr((letter.name, letter.to))
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Sensus-Letter"] = letter.kind.value
    if letter.simulated:
        message["X-Sensus-Simulated"] = "yes"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    if letter.ics is not None and letter.ics_method is not None:
        calendar = {"method": letter.ics_method, "charset": "utf-8"}
        # Twice: some clients offer the alternative as an invitation, others only see attached files.
        message.add_alternative(letter.ics.encode(), maintype="text", subtype="calendar", params=calendar)
        message.add_attachment(
            letter.ics.encode(), maintype="application", subtype="ics", filename="appointment.ics"
        )
    # Last: the standard library moves every Content-* header into the first part when it adds a second.
    message["Content-Language"] = letter.language.value
    return message
