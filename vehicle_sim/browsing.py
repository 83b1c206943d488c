"""Where on the screen the driver is: the way into the pages, the focus, the step of a pop-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from vehicle_sim import menu
from vehicle_sim.state import Car, Choice, Notice, Page, PopUp, Step, View

HOME: Final = (Page(View.HOME),)


def steadied(before: Car, car: Car) -> Car:
    """Keep every focus on what it was on where the choices around it have changed, at least on one there is.

    A list that grows short as the car drives off must not move another choice under the driver's thumb.
    """
    for pop_up in car.pop_ups:
        offered, known = menu.pop_up_choices(car, pop_up), menu.pop_up_choices(before, pop_up)
        if pop_up in before.pop_ups and offered != known:
            car = replaced(car, pop_up, replace(pop_up, focus=_again(car, pop_up, known)))
    return focused(car, menu.focus(car))


def _again(car: Car, pop_up: PopUp, known: Sequence[Choice]) -> int:
    was = known[pop_up.focus]
    same = (
        place
        for place, choice in enumerate(menu.pop_up_choices(car, pop_up))
        if (choice.verb, choice.subject) == (was.verb, was.subject)
    )
    return next(same, menu.first_focus(car, pop_up))


def focused(car: Car, wanted: int) -> Car:
    """Put the focus on the choice of that index, or the nearest there is."""
    if car.notice is not None:
        return car
    place = max(0, min(len(menu.choices(car)) - 1, wanted))
    if car.pop_up is not None:
        return replaced(car, car.pop_up, replace(car.pop_up, focus=place))
    return replace(car, pages=(*car.pages[:-1], replace(car.page, focus=place)))


def show(car: Car, view: View) -> Car:
    """Begin anew at a view that has a key of its own."""
    if view is View.MAP and not car.settings.navigation:
        return replace(car, notice=Notice("notice.no_navigation"))
    return replace(car, notice=None, pages=HOME if view is View.HOME else (*HOME, Page(view)))


def leave(car: Car) -> Car:
    """Go one page back, as far as the first."""
    return replace(car, pages=car.pages[:-1] or HOME) if len(car.pages) > 1 else car


def push(car: Car, page: Page) -> Car:
    """Go one page further in."""
    # The same page twice in the way back would make EXIT look broken.
    before = tuple(old for old in car.pages if (old.view, old.subject) != (page.view, page.subject))
    return replace(car, pages=(*before, page))


def stepped(car: Car, pop_up: PopUp, step: Step) -> Car:
    """Take a pop-up to another step, the focus on what does no harm there."""
    asked = replace(pop_up, step=step)
    return replaced(car, pop_up, replace(asked, focus=menu.first_focus(car, asked)))


def replaced(car: Car, old: PopUp | None, new: PopUp | None) -> Car:
    """Put one open pop-up in place of another, or close it (None)."""
    changed = [new if pop_up == old else pop_up for pop_up in car.pop_ups]
    return replace(car, pop_ups=tuple(pop_up for pop_up in changed if pop_up is not None))
