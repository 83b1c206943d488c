"""Takes a picture of every page into docs/pictures: ``make pictures``.

Desk pages as on a screen, the owner's pages as on a telephone; the lists and a window also in the dark.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from tests.e2e import sights
from tests.e2e.bench import HELSINKI, Bench, standing_bench
from tests.e2e.browser import FLAGS, sitting
from tests.e2e.desk import CHECKS, Desk, job
from tests.e2e.my_volvo import MyVolvo

PICTURES: Final = Path(__file__).parent.parent.parent / "docs" / "pictures"
SCREEN: Final = {"width": 1280, "height": 720}
ROOMY: Final = {"width": 1440, "height": 900}
TELEPHONE: Final = {"width": 390, "height": 760}
DARK: Final = ("desk-actions", "desk-manage", "my-booking", "bench-car")


def main(arguments: Sequence[str]) -> int:
    """Take the pictures into the folder named, or into docs/pictures."""
    folder = Path(arguments[0]) if arguments else PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.stderr.write("There is no chromium: apt-get install --no-install-recommends chromium\n")
        return 1
    with (
        tempfile.TemporaryDirectory(prefix="sensus-pictures-") as directory,
        standing_bench(Path(directory)) as bench,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        for sight in _sights(browser, bench):
            _picture(sight, folder)
        browser.close()
    return 0


def _sights(browser: Browser, bench: Bench) -> Iterator[sights.Sight]:
    place = HELSINKI
    screen = sitting(browser, bench.url, place.language, viewport=SCREEN, device_scale_factor=1)
    telephone = sitting(browser, bench.url, place.language, viewport=TELEPHONE, device_scale_factor=2)
    desk = Desk(screen.new_page(), place)
    days = sights.some_days_pass(desk, bench)
    yield from sights.of_the_doors(screen)
    yield from sights.of_the_desk(desk, days)
    yield from sights.of_my_volvo(MyVolvo(telephone.new_page(), place, bench), bench)
    yield from sights.of_the_rest(screen)
    yield from _benches(browser, bench)


def _benches(browser: Browser, bench: Bench) -> Iterator[sights.Sight]:
    """The page of a car on a screen and on a telephone, and that of a bench with several.

    It is the morning of a booking: the car has something to say.
    """
    place = HELSINKI
    day = bench.day(place, place.person.reminder_days + 1)
    number = bench.requests(place, place.person, day, job(place, day).work)
    bench.acts(place, number, "schedule_appointment", checklist=dict.fromkeys(CHECKS, True))
    bench.rests()
    bench.skips_to(day, "07:40", place)
    car, row = bench.car(place), bench.row()
    car.drives_off()
    bench.starts_all(row)
    for name, url, viewport, scale in (
        ("bench-car", car.url, ROOMY, 1),
        ("bench-telephone", car.url, TELEPHONE, 2),
        ("bench-cars", row, ROOMY, 1),
    ):
        context = sitting(browser, url, place.language, viewport=viewport, device_scale_factor=scale)
        page = context.new_page()
        page.goto(url)
        page.wait_for_load_state("networkidle")
        yield sights.Sight(name, page)
        context.close()


def _picture(sight: sights.Sight, folder: Path) -> None:
    if not sight.is_pictured:
        return
    sight.page.wait_for_load_state()  # what is in frames, too
    sight.page.evaluate("document.fonts.ready")
    sight.page.screenshot(path=folder / f"{sight.name}.png", full_page=True, animations="disabled")
    if sight.name in DARK:
        sight.page.emulate_media(color_scheme="dark")
        sight.page.screenshot(path=folder / f"{sight.name}-dark.png", full_page=True, animations="disabled")
        sight.page.emulate_media(color_scheme="light")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
