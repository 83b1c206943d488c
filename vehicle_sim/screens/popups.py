"""What each pop-up says: facts of its item in the driver's words, told in the workshop's time."""

from __future__ import annotations

from dataclasses import replace

from protocol.messages import (
    Booking,
    Cancellation,
    DayReminder,
    Inquiry,
    Item,
    Proposal,
    Reminder,
    RequestReceipt,
)
from vehicle_sim import menu, moving, wording
from vehicle_sim.screens import requests
from vehicle_sim.screens.dialog import Message, dialog
from vehicle_sim.screens.lettering import plain
from vehicle_sim.screens.look import Look
from vehicle_sim.screens.scene import Part
from vehicle_sim.screens.way import how_far
from vehicle_sim.state import Notice, PopUp, ServiceNeed, Step

Facts = tuple[tuple[str, int], ...]
"""Paragraphs, each with the lines it may take."""


def pop_up_dialog(look: Look, pop_up: PopUp) -> Part:
    """The open pop-up with its choices."""
    message = _about(look, pop_up)
    if moving.is_moving(look.car):
        message = replace(message, facts=moving.short(message.facts))
    return dialog(look, message, menu.pop_up_choices(look.car, pop_up), pop_up.focus)


def notice_dialog(look: Look, notice: Notice) -> Part:
    """A short sentence, closed by OK."""
    message = Message(
        "notice", "info", "accent", look.say("title.notice"), ((_notice_words(look, notice), 3),)
    )
    return dialog(look, message, menu.choices(look.car), menu.focus(look.car))


def _notice_words(look: Look, notice: Notice) -> str:
    facts = {name: wording.phone(fact) if name == "phone" else fact for name, fact in notice.facts.items()}
    return look.say(notice.key, **facts)


def _about(look: Look, pop_up: PopUp) -> Message:
    match look.car.subject(pop_up.item):
        case None:
            return _gone(look)
        case ServiceNeed():
            return requests.message(look, pop_up)
        case item:
            return _message(look, pop_up, item)


def _message(look: Look, pop_up: PopUp, item: Item) -> Message:
    match pop_up.step:
        case Step.ASKED:
            return _asked(look, item)
        case Step.GUIDANCE:
            return _guidance(look, item)
        case Step.REFUSED:
            why: Facts = ((look.say("popup.refused.why"), 2), (look.say("popup.refused.what"), 2))
            return Message("refused", "route", "amber", look.say("popup.refused.title"), why)
        case _:
            key = "popup.slots.standing" if moving.is_moving(look.car) else "popup.slots.how"
            facts: Facts = ((look.say(key, chosen=len(pop_up.slots)), 2),)
            return Message("slots", "schedule", "accent", look.say("popup.slots.title"), facts)


def _asked(look: Look, item: Item) -> Message:
    title = look.say(f"popup.{item.kind}.title")
    match item:
        case DayReminder():
            return Message(item.kind, "event", "amber", title, _today(look, item))
        case Reminder():
            days = wording.days_between(look.car.now, item.starts_at, look.zone_of(item))
            key = {0: ".today", 1: ".tomorrow"}.get(days, "")
            title = look.say(f"popup.reminder.title{key}", days=days)
            return Message(item.kind, "event", "accent", title, _when_and_where(look, item))
        case Booking():
            return Message(item.kind, "event_available", "accent", title, _when_and_where(look, item))
        case Proposal():
            offer = look.say(
                "popup.proposal.offer",
                when=look.short_moment(item.starts_at, look.zone_of(item)),
                price=wording.money(item.price, look.language),
            )
            return Message(item.kind, "schedule", "amber", title, ((offer, 1), (plain(item.text), 2)))
        case Inquiry():
            asked: Facts = ((plain(item.text), 3), (look.say("popup.inquiry.answer"), 2))
            return Message(item.kind, "help", "amber", title, asked)
        case Cancellation():
            reason = ((plain(item.reason), 2),) if item.reason else ()
            called_off = (*_when_and_where(look, item), *reason)
            return Message(item.kind, "event_busy", "amber", title, called_off)
        case RequestReceipt():
            dealer = look.car.dealer_of(item)
            name = dealer.name if dealer is not None else look.say("popup.request_receipt.workshop")
            facts = (
                (look.say(f"popup.request_receipt.{item.type.value}"), 1),
                (look.say("popup.request_receipt.answer", dealer=name), 2),
            )
            return Message(item.kind, "check_circle", "accent", title, facts)
        case _:
            far = how_far(look, item.position)
            under = " · ".join(plain(part) for part in (item.address, far) if part)
            facts = ((f"*{plain(item.name)}*", 1), (under, 2))
            return Message(item.kind, "location_on", "accent", title, facts)


def _when_and_where(look: Look, item: Booking | Reminder | Cancellation) -> Facts:
    when = (f"*{look.moment(item.starts_at, look.zone_of(item))}*", 1)
    dealer = look.car.dealer_of(item)
    if dealer is None:
        return (when,)
    return (when, (plain(f"{dealer.name}, {dealer.address}"), 1))


def _today(look: Look, item: DayReminder) -> Facts:
    dealer = look.car.dealer_of(item)
    clock = look.clock(item.starts_at, look.zone_of(item))
    if dealer is None:
        return ((f"*{clock}*", 1),)
    return (
        (look.say("popup.day_reminder.when", clock=clock, dealer=dealer.name), 1),
        (plain(f"{dealer.address} · {how_far(look, dealer.position)}"), 2),
    )


def _guidance(look: Look, item: Item) -> Message:
    dealer = look.car.dealer_of(item)
    place = dealer.name if dealer is not None else ""
    itinerary = look.car.itinerary
    facts: Facts = ((look.say("popup.guidance.how", place=place), 1),)
    if itinerary.stops:
        key = "popup.guidance.running" if itinerary.guiding else "popup.guidance.waiting"
        facts = ((look.say(key, destination=itinerary.stops[-1].name), 1), *facts)
    return Message("guidance", "route", "accent", look.say("popup.guidance.title"), facts)


def _gone(look: Look) -> Message:
    return Message("notice", "info", "accent", look.say("title.notice"), ((look.say("popup.gone"), 2),))
