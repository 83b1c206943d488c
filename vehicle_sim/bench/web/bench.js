// Speaks with the bench: asks, tells, follows what happens.
const trouble = document.getElementById("trouble");

export class Refused extends Error {}

export async function ask(path) {
  return read(await fetch(path));
}

export async function tell(method, path, body) {
  const sent = { method, headers: { "Content-Type": "application/json" } };
  if (body !== undefined) sent.body = JSON.stringify(body);
  return read(await fetch(path, sent));
}

// Does what somebody asked for; a refusal is shown, not thrown.
export async function attempt(deed) {
  try {
    const answer = await deed();
    complain("");
    return answer;
  } catch (failure) {
    complain(failure.message);
    return undefined;
  }
}

export function complain(words) {
  trouble.textContent = words;
  trouble.hidden = !words;
}

// Calls `hears` with each thing that happens after entry `last`, and `lost` or `found` when the line breaks or is there again.
export function follow(last, hears, lost, found) {
  let broken = false;
  function open() {
    const address = new URL(`/v1/stream?since=${last}`, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    socket.onopen = () => {
      found();
      broken = false;
    };
    socket.onmessage = ({ data }) => {
      const news = JSON.parse(data);
      last = news.n ?? last;
      hears(news);
    };
    socket.onclose = () => {
      if (!broken) lost();
      broken = true;
      setTimeout(open, 1000);
    };
  }
  open();
}

async function read(answer) {
  const text = await answer.text();
  const body = text ? JSON.parse(text) : undefined;
  if (!answer.ok) throw new Refused(body?.detail ?? `${answer.status} ${answer.statusText}`);
  return body;
}
