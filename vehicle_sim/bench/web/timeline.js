// One line of a timeline for each thing that happens; its facts unfold.
import { locale, say } from "./words.js";

const DAY = { weekday: "short", day: "numeric", month: "short" };
const SIGNS = { event: "•", message: "", effect: "→", chime: "♪", frame: "▭", stand: "●", missed: "…" };

// Puts what happened at the top of a list, under its day; the list forgets what is beyond `kept`.
export function remember(list, news, zone, kept) {
  const item = line(news, zone);
  if (!item) return;
  const day = new Date(news.at).toLocaleDateString(locale, { ...DAY, timeZone: zone });
  let head = list.firstElementChild;
  if (head?.textContent !== day) {
    head = document.createElement("li");
    head.className = "day";
    head.textContent = day;
    list.prepend(head);
  }
  head.after(item);
  while (list.children.length > kept) list.lastElementChild.remove();
}

// Returns a list item, its time on the car's own clock; none for what is not worth a line.
function line(news, zone) {
  const words = told(news);
  if (!words) return undefined;
  const item = document.createElement("li");
  item.className = news.kind;
  const time = document.createElement("time");
  time.dateTime = news.at;
  time.textContent = new Date(news.at).toLocaleTimeString(locale, { timeZone: zone });
  const sign = document.createElement("span");
  sign.className = "sign";
  sign.ariaHidden = "true";
  sign.textContent = news.kind === "message" ? (news.way === "in" ? "↓" : "↑") : SIGNS[news.kind];
  const facts = news.kind === "message" ? news.payload : news.event;
  item.append(time, sign, facts ? unfolding(words, facts) : plain(words));
  return item;
}

function told(news) {
  switch (news.kind) {
    case "event":
      return event(news.event);
    case "message":
      return `${news.topic.split("/").slice(3).join("/")} · ${news.bytes} B`;
    case "effect":
      return undefined; // the message that follows says the same
    case "chime":
      return `${say("chime")} · ${news.priority}${news.muted ? ` · ${say("silent")}` : ""}`;
    case "frame":
      return news.at && `${say("picture")} · ${news.pop_up ? `${say("pop_up")} ${news.pop_up}` : news.view}`;
    case "stand":
      return say(news.what === "reset" ? "reset_done" : news.what);
    case "missed":
      return `${news.count} ${say("missed")}`;
    default:
      return undefined;
  }
}

function event({ kind, at, ...facts }) {
  const words = [kind.replaceAll("_", " ")];
  for (const [name, fact] of Object.entries(facts)) {
    if (typeof fact === "boolean" && (fact || name !== "long")) words.push(fact ? name : `not ${name}`);
    else if (["string", "number"].includes(typeof fact) && String(fact).length < 24) words.push(fact);
  }
  return words.slice(0, 3).join(" · ");
}

function plain(words) {
  const text = document.createElement("span");
  text.textContent = words;
  return text;
}

function unfolding(words, facts) {
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = words;
  details.append(summary);
  details.ontoggle = () => {
    if (details.children.length > 1) return;
    const text = document.createElement("pre");
    text.tabIndex = 0;
    text.textContent = JSON.stringify(facts, null, 1);
    details.append(text);
  };
  return details;
}
