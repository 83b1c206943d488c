// Shows every car of the bench, and its screen whenever the car has changed.
"use strict";
const main = document.querySelector("main");
const template = document.querySelector("template");
const known = new Map();

function added(vin) {
  const article = template.content.cloneNode(true).querySelector("article");
  article.querySelector("h2").textContent = vin;
  article.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const answer = await fetch(`/v1/cars/${vin}/${button.dataset.post}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: button.dataset.body,
    });
    if (!answer.ok) article.querySelector("p").textContent = (await answer.json()).detail;
    else await look();
  });
  main.append(article);
  return { article, seen: "" };
}

async function look() {
  const { cars } = await (await fetch("/v1/cars")).json();
  for (const car of cars) {
    if (!known.has(car.vin)) known.set(car.vin, added(car.vin));
    const entry = known.get(car.vin);
    const tree = await (await fetch(`/v1/cars/${car.vin}/tree`)).text();
    const now = JSON.stringify(car) + tree;
    if (now === entry.seen) continue;
    entry.seen = now;
    const image = entry.article.querySelector("img");
    image.src = `/v1/cars/${car.vin}/screen.png?${Date.now()}`;
    image.alt = car.lit ? `Screen: ${car.pop_up ?? car.screen}` : "The screen is dark";
    const network = car.online ? "on line" : "off line";
    entry.article.querySelector("p").textContent =
      `${car.now} · ${car.ignition}${car.running ? ", engine running" : ""} · ${network} · ${car.busy ?? "idle"}`;
  }
  for (const [vin, entry] of known) {
    if (cars.some((car) => car.vin === vin)) continue;
    entry.article.remove();
    known.delete(vin);
  }
}

async function watch() {
  try {
    await look();
  } catch (failure) {
    for (const { article } of known.values()) article.querySelector("p").textContent = `no answer: ${failure.message}`;
  }
  setTimeout(watch, 500);
}

watch();
