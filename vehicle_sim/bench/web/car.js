// One car whole: its bezel with every key, and beside it signals, reasons, what happens, and the tree.
import { ask, attempt, tell } from "./bench.js";
import { remember } from "./timeline.js";
import { say, worded } from "./words.js";

const KEPT = 200;
const LONG = 1000;
const KEYS = { Enter: "ok", Escape: "exit", m: "my_car", n: "nav", r: "radio", d: "media", t: "tel", i: "start_stop" };
const STEPS = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };
const PACE = 60; // milliseconds between two notches of a wheel

export class Whole {
  constructor(vin, fragment, open) {
    this.vin = vin;
    this.root = worded(fragment).querySelector(".whole");
    this.stage = this.root.querySelector(".stage");
    this.image = this.root.querySelector(".glass");
    this.happens = this.root.querySelector(".happens");
    this.stage.setAttribute("aria-label", `${say("controls_of")} ${vin}`);
    this.turnedAt = 0;
    this.listens();
    this.forms();
    this.root.querySelector("[data-journal]").href = `/v1/cars/${vin}/journal`;
    const danger = this.root.querySelector(".danger");
    danger.hidden = !open;
    danger.querySelector("[data-reset]").onclick = () => this.does("POST", "/reset");
    danger.querySelector("[data-remove]").onclick = () => this.does("DELETE", "");
    attempt(() => this.builds());
  }

  ends() {}

  // --- the bezel

  async builds() {
    this.bezel = await ask(`/v1/cars/${this.vin}/bezel`);
    this.stage.style.aspectRatio = `${this.bezel.width} / ${this.bezel.height}`;
    this.stage.classList.toggle("portrait", this.bezel.height > this.bezel.width);
    this.places(this.image, this.bezel.glass);
    const controls = this.root.querySelector(".controls");
    controls.replaceChildren(...this.bezel.controls.map((control) => this.control(control)));
    await this.looks();
    await this.draws();
  }

  control(control) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", say(control.name) ?? control.label); // what is printed on a key is no word
    button.dataset.control = control.name;
    if (control.key) button.dataset.key = control.key;
    button.dataset.shape = control.shape;
    this.places(button, control.rect);
    let timer;
    let began;
    button.onpointerdown = (event) => {
      if (event.button !== 0) return;
      began = performance.now();
      if (control.held) timer = setTimeout(() => ends(LONG), LONG);
    };
    const ends = (ms) => {
      clearTimeout(timer);
      if (began === undefined) return;
      began = undefined;
      this.holds(control.name, ms);
    };
    button.onpointerup = () => ends(Math.round(performance.now() - began));
    button.onpointerleave = () => {
      clearTimeout(timer);
      began = undefined;
    };
    button.onclick = (event) => event.detail === 0 && this.holds(control.name, event.shiftKey ? LONG : 0);
    return button;
  }

  places(element, [x, y, width, height]) {
    const { width: wide, height: high } = this.bezel;
    Object.assign(element.style, {
      left: `${(100 * x) / wide}%`,
      top: `${(100 * y) / high}%`,
      width: `${(100 * width) / wide}%`,
      height: `${(100 * height) / high}%`,
    });
  }

  listens() {
    this.stage.onkeydown = (event) => {
      const onButton = event.target !== this.stage && event.key === "Enter";
      if (onButton || event.ctrlKey || event.metaKey || event.altKey) return;
      const name = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (STEPS[event.key] !== undefined) this.turns(STEPS[event.key]);
      else if (name && !this.press(name, event.shiftKey ? LONG : 0)) return;
      else if (!name) return;
      event.preventDefault();
    };
    this.stage.addEventListener(
      "wheel",
      (event) => {
        if (!this.stage.contains(document.activeElement)) return; // who scrolls past the car does not turn its knob
        event.preventDefault();
        const now = performance.now();
        if (!event.deltaY || now - this.turnedAt < PACE) return;
        this.turnedAt = now;
        this.turns(Math.sign(event.deltaY));
      },
      { passive: false },
    );
    this.image.onclick = (event) => {
      this.stage.focus({ preventScroll: true });
      const box = this.image.getBoundingClientRect();
      const [, , width, height] = this.bezel.glass;
      const x = ((event.clientX - box.left) / box.width) * width;
      const y = ((event.clientY - box.top) / box.height) * height;
      this.does("POST", "/touch", { x, y });
    };
  }

  // Presses a key that this bezel has, or its namesake on a touch screen; says whether there is one.
  press(name, ms) {
    const names = name === "my_car" ? [name, "home"] : [name];
    const there = names.find((one) => this.bezel?.controls.some((control) => control.name === one));
    if (there) this.holds(there, ms);
    return Boolean(there);
  }

  holds(control, ms) {
    return this.does("POST", "/hold", { control, ms });
  }

  turns(steps) {
    return this.does("POST", "/turn", { steps });
  }

  does(method, tail, body) {
    return attempt(() => tell(method, `/v1/cars/${this.vin}${tail}`, body));
  }

  // --- what it shows

  stands(car) {
    const changed = JSON.stringify(car) !== JSON.stringify({ ...this.car, now: car.now });
    const before = this.car;
    this.car = car;
    for (const button of this.stage.querySelectorAll("[data-key]")) {
      button.setAttribute("aria-pressed", String(button.dataset.key === car.key));
    }
    if (before && before.profile !== car.profile) attempt(() => this.builds());
    else if (before?.key !== car.key) attempt(() => this.draws());
    if (changed) this.fills();
  }

  async draws() {
    const answer = await fetch(`/v1/cars/${this.vin}/bezel.svg`);
    const drawn = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
    this.root.querySelector(".drawn").replaceChildren(document.importNode(drawn, true));
  }

  async looks() {
    this.image.src = `/v1/cars/${this.vin}/screen.png?${performance.now()}`; // first: the hand waits for it
    const tree = await ask(`/v1/cars/${this.vin}/tree`);
    const words = [...labels(tree)].slice(0, 12).join(", ");
    this.image.alt = `${say("screen_of")} ${this.vin}: ${tree.view === "screen_off" ? say("dark") : words}`;
    this.root.querySelector(".tree").replaceChildren(branch(tree));
  }

  hears(news) {
    remember(this.happens, news, this.car?.zone, KEPT);
    if (news.kind === "frame") attempt(() => this.looks());
  }

  // --- reasons, signals, settings

  async fills() {
    const [why, signals] = await Promise.all([ask(`/v1/cars/${this.vin}/why`), ask(`/v1/cars/${this.vin}/signals`)]);
    const list = this.root.querySelector(".why ul");
    list.replaceChildren(...[...why.items, ...why.own].map(reasons));
    if (!why.items.length) list.prepend(entry(say("nothing_pushed")));
    for (const field of this.root.querySelectorAll("[data-signal]")) put(field, scaled(field, signals[field.dataset.signal]));
    for (const field of this.root.querySelectorAll("[data-setting]")) put(field, this.car[field.dataset.setting]);
    put(this.root.querySelector("[data-network]"), this.car.network);
    const rows = Object.entries(signals).flatMap(([name, value]) => [text("dt", name), text("dd", String(value ?? "–"))]);
    this.root.querySelector(".all").replaceChildren(...rows);
  }

  forms() {
    for (const form of this.root.querySelectorAll("form")) form.onsubmit = (event) => event.preventDefault();
    for (const field of this.root.querySelectorAll("[data-signal]")) {
      field.onchange = () => field.reportValidity() && this.does("PUT", "/signals", { [field.dataset.signal]: taken(field) });
    }
    for (const field of this.root.querySelectorAll("[data-setting]")) {
      field.onchange = () => this.does("PUT", "/settings", { [field.dataset.setting]: taken(field) });
    }
    const network = this.root.querySelector("[data-network]");
    network.onchange = () => this.does("PUT", "/network", { state: network.value });
  }
}

function put(field, value) {
  if (field === document.activeElement && field.type === "number") return; // somebody is typing
  if (field.type === "checkbox") field.checked = Boolean(value);
  else field.value = field.tagName === "SELECT" ? String(value) : (value ?? "");
}

// A signal in the unit of its field: people think of an odometer in kilometres, VSS in metres.
function scaled(field, value) {
  return typeof value === "number" ? value / Number(field.dataset.unit ?? 1) : value;
}

function taken(field) {
  if (field.type === "checkbox") return field.checked;
  if (field.type === "number") return field.valueAsNumber * Number(field.dataset.unit ?? 1);
  return field.dataset.setting === "night" ? JSON.parse(field.value) : field.value;
}

function reasons(item) {
  const name = item.appointment ? `${item.kind.replaceAll("_", " ")} · ${item.appointment}` : item.kind.replaceAll("_", " ");
  const node = entry("");
  node.append(text("b", name), ` ${say("version")} ${item.ver}${item.shown ? ` · ${say("shown")}` : ""}`);
  const list = document.createElement("ul");
  for (const reason of item.reasons) list.append(entry(reason.text));
  if (!item.reasons.length) list.append(entry(say("free")));
  node.append(list);
  return node;
}

function* labels(part) {
  if (part.label && part.role !== "screen") yield part.label;
  for (const child of part.children) if (!child.covered) yield* labels(child);
}

function branch(part) {
  const node = entry("");
  node.append(text("span", part.role), ` ${[part.label || part.name, part.value].filter(Boolean).join(" · ")}`);
  node.classList.toggle("focused", part.focused === true);
  node.classList.toggle("covered", part.covered);
  if (part.children.length) {
    const list = document.createElement("ul");
    list.append(...part.children.map(branch));
    node.append(list);
  }
  return node;
}

function entry(words) {
  return text("li", words);
}

function text(tag, words) {
  const node = document.createElement(tag);
  node.textContent = words;
  return node;
}
