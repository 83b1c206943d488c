"""What the car's own question says, and what becomes of a request for an appointment: no more than is so."""

from __future__ import annotations

from protocol.messages import ServiceType
from vehicle_sim.screens.dialog import Message
from vehicle_sim.screens.lettering import plain
from vehicle_sim.screens.look import Look
from vehicle_sim.state import PopUp, Step


def message(look: Look, pop_up: PopUp) -> Message:
    """The question whether to book service, that about the data, or where the request is by now."""
    kind = pop_up.request or ServiceType.SERVICE
    match pop_up.step:
        case Step.DATA_CONSENT:
            return _consent(look, kind)
        case Step.REQUEST_SENT:
            return _sent(look, kind)
        case _:
            return _need(look)


def _need(look: Look) -> Message:
    dealer = look.car.dealer_of(None)
    if dealer is None:
        words = look.say("popup.service_need.no_workshop")
    else:
        words = look.say("popup.service_need.ask", dealer=dealer.name)
    title = look.say("popup.service_need.title")
    return Message("service_need", "home_repair_service", "amber", title, ((words, 2),))


def _consent(look: Look, kind: ServiceType) -> Message:
    facts = (
        (_request(look, kind), 1),
        (look.say("popup.data_consent.what"), 2),
        (look.say("popup.data_consent.once"), 1),
    )
    return Message("data_consent", "send", "accent", look.say("popup.data_consent.title"), facts)


def _sent(look: Look, kind: ServiceType) -> Message:
    name = Step.REQUEST_SENT.value
    if not look.car.unsent_request(kind):
        # The dealer may have been taken away while the request was on its way: then nobody answers.
        outlook = "answer" if look.car.dealer_of(None) is not None else "no_workshop"
        facts = ((_request(look, kind), 1), (look.say(f"popup.request_sent.{outlook}"), 2))
        return Message(name, "check_circle", "accent", look.say("popup.request_sent.title"), facts)
    way, icon = ("sending", "sync") if look.car.wire.online else ("waiting", "cloud_off")
    facts = ((_request(look, kind), 1), (look.say(f"popup.request_sent.{way}"), 2))
    return Message(name, icon, "amber", look.say(f"popup.request_sent.title.{way}"), facts)


def _request(look: Look, kind: ServiceType) -> str:
    """*Service* · Nordvik Helsinki."""
    dealer = look.car.dealer_of(None)
    wanted = f"*{look.say(f'choice.request.{kind.value}')}*"
    return f"{wanted} · {plain(dealer.name)}" if dealer is not None else wanted
