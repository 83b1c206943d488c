// The page: many cars side by side, or one of them whole; the address says which.
import { ask, attempt, complain, follow, tell } from "./bench.js";
import { Whole } from "./car.js";
import { play, sounds } from "./chime.js";
import { remember } from "./timeline.js";
import { language, locale, say, worded } from "./words.js";

const BRIEF = 5;
const RECENT = 100; // entries of the past that a fresh page asks for
const DAY = { weekday: "short", day: "numeric", month: "short", year: "numeric" };
const main = document.getElementById("main");
const sound = document.getElementById("sound");
const clock = document.getElementById("clock");
const heading = document.getElementById("vin");
let cars = new Map();
let open = false;
let shown; // what `main` shows: a Whole, or the Map of small cards
let now;
let virtual = false;
let latest = 0; // the number of the bench's latest entry
let asked = false; // one question about all cars at a time, and another if things went on meanwhile

document.documentElement.lang = language;
worded(document.body);

class Small {
  constructor(vin) {
    this.vin = vin;
    this.root = worded(copy("small")).querySelector("article");
    this.root.querySelector("h2 a").textContent = vin;
    for (const link of this.root.querySelectorAll("a")) link.href = `#${vin}`;
    this.root.querySelector(".keys").setAttribute("aria-label", `${say("key_group")} ${vin}`);
    for (const key of this.root.querySelectorAll("[data-key]")) {
      key.onclick = () => attempt(() => tell("POST", `/v1/cars/${vin}/ignition`, { to: key.dataset.key }));
    }
    this.image = this.root.querySelector("img");
    this.list = this.root.querySelector("ol");
  }

  stands(car) {
    const reach = car.online ? say("online") : say("offline");
    const glass = car.lit ? (car.pop_up ?? car.screen) : say("dark");
    this.root.querySelector(".state").textContent = [glass, reach, car.busy].filter(Boolean).join(" · ");
    for (const key of this.root.querySelectorAll("[data-key]")) {
      key.setAttribute("aria-pressed", String(key.dataset.key === car.key));
    }
    this.zone = car.zone;
  }

  hears(news) {
    if (news.kind === "frame") this.image.src = `/v1/cars/${this.vin}/screen.png?${performance.now()}`;
    remember(this.list, news, this.zone, BRIEF);
  }

  ends() {}
}

function copy(name) {
  return document.getElementById(name).content.cloneNode(true);
}

function overview() {
  main.replaceChildren(worded(copy("overview")));
  const form = main.querySelector("form");
  form.hidden = !open;
  form.onsubmit = (event) => {
    event.preventDefault();
    const wish = { profile: form.profile.value };
    if (form.vin.value.trim()) wish.vin = form.vin.value.trim();
    attempt(() => tell("POST", "/v1/cars", wish)).then((made) => made && form.reset());
  };
  shown = new Map();
}

// Shows what the address asks for, with the cars that there are now.
function show() {
  const wanted = location.hash.slice(1);
  const alone = cars.size === 1 && !open ? [...cars.keys()][0] : undefined;
  // While it is made new, a car is not there for a moment; it stays on the page until it is taken away.
  const vin = cars.has(wanted) || (wanted && shown?.vin === wanted) ? wanted : alone;
  heading.textContent = vin ?? "";
  document.title = vin ? `${vin} – ${say("bench")}` : say("bench");
  if (vin !== undefined) {
    if (shown?.vin === vin) return;
    shown?.ends?.();
    shown = new Whole(vin, copy("whole"), open);
    main.replaceChildren(shown.root);
    return;
  }
  if (!(shown instanceof Map)) {
    shown?.ends();
    overview();
  }
  const grid = main.querySelector(".cars");
  for (const [known, card] of shown) {
    if (cars.has(known)) continue;
    card.root.remove();
    shown.delete(known);
  }
  for (const known of cars.keys()) {
    if (shown.has(known)) continue;
    shown.set(known, new Small(known));
    grid.append(shown.get(known).root);
    shown.get(known).hears({ kind: "frame", vin: known });
  }
  if (!cars.size) grid.textContent = say("no_cars");
  else if (grid.firstChild?.nodeType === Node.TEXT_NODE) grid.firstChild.remove();
}

async function refresh() {
  if (asked) {
    asked = "again";
    return;
  }
  asked = true;
  try {
    const answer = await ask("/v1/cars");
    cars = new Map(answer.cars.map((car) => [car.vin, car]));
    open = answer.open;
    latest = answer.n;
    show();
    for (const [vin, car] of cars) (shown instanceof Map ? shown.get(vin) : shown.vin === vin && shown)?.stands?.(car);
  } catch (failure) {
    complain(failure.message);
  }
  const again = asked === "again";
  asked = false;
  if (again) await refresh();
}

function hears(news) {
  if (news.kind === "clock") {
    tells(news.at);
    return;
  }
  if (news.kind === "chime" && !news.muted) play(news.priority);
  if (news.kind === "stand" && news.what === "removed" && shown?.vin === news.vin) location.hash = "";
  const card = shown instanceof Map ? shown.get(news.vin) : shown?.vin === news.vin ? shown : undefined;
  card?.hears(news);
  if (news.kind !== "message" && news.kind !== "effect") refresh();
}

function tells(at) {
  now = at;
  const zone = cars.get(shown?.vin)?.zone ?? [...cars.values()][0]?.zone;
  const day = new Date(at).toLocaleDateString(locale, { ...DAY, timeZone: zone });
  const time = new Date(at).toLocaleTimeString(locale, { timeZone: zone });
  clock.textContent = `${virtual ? `${say("simulated")} · ` : ""}${day}, ${time}`;
  clock.hidden = false;
}

async function isVirtual() {
  virtual = (await fetch("/sim/clock")).ok;
  document.getElementById("steps").hidden = !virtual;
  clock.classList.toggle("simulated", virtual);
}

for (const button of document.querySelectorAll("[data-advance]")) {
  button.onclick = () =>
    attempt(() => {
      const to = new Date(new Date(now).getTime() + 1000 * Number(button.dataset.advance));
      return tell("PUT", "/sim/clock", { now: to.toISOString() });
    });
}
sound.onclick = () => sound.setAttribute("aria-pressed", String(sounds(sound.getAttribute("aria-pressed") !== "true")));
window.onhashchange = () => {
  show();
  refresh();
};
await refresh();
await isVirtual();
follow(Math.max(0, latest - RECENT), hears, () => complain(say("lost")), () => {
  complain("");
  refresh();
});
