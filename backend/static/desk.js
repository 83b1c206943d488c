// What the desk adds where scripts run; every page works without. Three things, by data attributes:
//   data-window="name"  opens its link in a window of its own, the same one for the same name
//   data-form           SUBMIT follows the mandatory fields of the chosen action; others cannot be written to
//   data-live="/path"   says when to look again; what is marked data-part is then taken over where it differs
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // --- windows of their own
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-window]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const opened = window.open(link.href, `sensus-${link.dataset.window}`, "popup,width=1280,height=860");
    if (opened) event.preventDefault();
  });
  const back = document.querySelector("a.back");
  if (back && window.opener && !document.body.classList.contains("past")) {
    back.addEventListener("click", (event) => {
      event.preventDefault();
      window.close();
    });
  }

  // --- the form
  let dirty = false;
  let leaving = false; // a form is on its way: news that it makes itself must not load the page over its answer
  for (const form of all("form[data-form]")) {
    const action = form.elements.action;
    const submit = form.querySelector("[data-submit]");
    if (!action || !submit) continue;
    const chosen = (words) => (words || "").split(" ").includes(action.value);
    const follow = () => {
      for (const box of all("[data-takes]", form)) {
        if (box.type !== "checkbox") box.readOnly = Boolean(action.value) && !chosen(box.dataset.takes);
        if (box.dataset.must) box.required = chosen(box.dataset.must);
      }
      if (form.elements.price && !form.elements.price.dataset.must) {
        form.elements.price.required = action.value === "create_request";
      }
      const empty = (box) => (box.type === "checkbox" ? !box.checked : !box.value.trim());
      submit.disabled = !action.value || all("[required]", form).some(empty);
    };
    form.addEventListener("input", () => {
      dirty = true;
      follow();
    });
    form.addEventListener("submit", () => {
      dirty = false;
      leaving = true;
    });
    follow();
  }
  window.addEventListener("pageshow", () => {
    leaving = false;
  });
  const refused = document.getElementById("refused");
  if (refused) refused.focus();

  // --- live updates
  const where = document.body.dataset.live;
  if (!where) return;
  all("[data-needs-script]").forEach((part) => part.removeAttribute("hidden"));
  let looking = false;
  let again = false; // something changed while the page was being fetched: what comes may be older than that
  const look = async () => {
    again = looking;
    if (looking || leaving) return;
    looking = true;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!leaving) takeOver(fresh);
    } catch {
      // The network is away; the next word comes with the next connection.
    } finally {
      looking = false;
      if (again) look();
    }
  };
  const takeOver = (fresh) => {
    const news = fresh.body.dataset.version;
    if (news && news !== document.body.dataset.version) {
      if (!dirty && !document.getElementById("refused") && !document.getElementById("overtaken")) {
        location.replace(location.pathname);
        return;
      }
      document.getElementById("changed").hidden = false;
    }
    const clock = [document.querySelector(".clock"), fresh.querySelector(".clock")];
    if (clock[0] && clock[1]) clock[0].textContent = clock[1].textContent;
    for (const part of all("[data-part]")) {
      const other = fresh.getElementById(part.id);
      if (!other || other.innerHTML === part.innerHTML.replaceAll(' open=""', "")) continue;
      const at = part.contains(document.activeElement) && document.activeElement.getAttribute("href");
      const open = new Set(all("details[open] > summary", part).map((summary) => summary.textContent));
      part.replaceChildren(...other.childNodes);
      for (const summary of all("details > summary", part)) {
        summary.parentElement.open = open.has(summary.textContent);
      }
      if (at) all("a", part).find((link) => link.getAttribute("href") === at)?.focus();
    }
  };
  // A browser gives one host six connections at a time, whatever the number of its windows: one window holds
  // the stream and tells the others, and the next one takes over when it is closed.
  const others = new BroadcastChannel("sensus-desk");
  others.onmessage = look;
  const hold = () =>
    new Promise((over) => {
      const stream = new EventSource(where);
      stream.addEventListener("look", () => {
        others.postMessage("look");
        look();
      });
      stream.onerror = () => {
        if (stream.readyState === EventSource.CLOSED) over();
      };
    });
  if (navigator.locks) navigator.locks.request("sensus-desk", hold);
  else hold();
})();
