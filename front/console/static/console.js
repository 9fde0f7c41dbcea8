// What makes the console's pages quicker. Every page works without it.
"use strict";

// A field with data-live asks the console about what is typed, and shows the answer below itself.
function live(field) {
  const place = document.getElementById(field.id + "-live");
  let timer = 0;
  let asked = null;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      if (asked) asked.abort();
      asked = new AbortController();
      const query = new URLSearchParams();
      for (const [name, value] of new FormData(field.form)) {
        if (name !== "token" && typeof value === "string") query.append(name, value);
      }
      try {
        const answer = await fetch(field.dataset.live + "?" + query, { signal: asked.signal, credentials: "same-origin" });
        const text = await answer.text();
        if (!answer.ok || !(answer.headers.get("Content-Type") || "").startsWith("text/html")) return;
        // What the console answers is its own page's part, escaped by its templates.
        place.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
      } catch (e) {
        if (e.name !== "AbortError") place.replaceChildren();
      }
    }, 250);
  });
}

// A form with data-preview has the element of that id as the console would make it of what is filled in: at once with script,
// and without by its button that previews.
function previews(form) {
  let timer = 0;
  let asked = null;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      if (asked) asked.abort();
      asked = new AbortController();
      const sent = new URLSearchParams(new FormData(form));
      sent.set("do", "preview");
      try {
        const answer = await fetch(form.action, { method: "POST", body: sent, signal: asked.signal, credentials: "same-origin" });
        if (!answer.ok || answer.redirected) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById(form.dataset.preview);
        const shown = document.getElementById(form.dataset.preview);
        if (fresh && shown) shown.replaceChildren(...fresh.childNodes);
      } catch (e) { /* the button does it, too */ }
    }, 250);
  });
}

// A button with data-copy puts the text of an element into the clipboard.
function copies(button) {
  button.hidden = false;
  const label = button.textContent;
  button.addEventListener("click", async () => {
    const from = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(from.value || from.textContent.trim());
    button.textContent = button.dataset.copied || label;
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}

// A part with data-refresh is fetched again every so many seconds, until it comes without.
async function refresh(part) {
  const seconds = Number(part.dataset.refresh);
  if (!(seconds > 0)) return;
  await new Promise((done) => setTimeout(done, seconds * 1000));
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(part.id);
    if (!fresh) return;
    part.replaceWith(fresh);
    refresh(fresh);
  } catch (e) { /* the page can be loaded again by hand */ }
}

// A form is sent once, however often its button is pressed.
function once(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
  });
}

for (const field of document.querySelectorAll("[data-live]")) live(field);
for (const form of document.querySelectorAll("form[data-preview]")) previews(form);
for (const button of document.querySelectorAll("[data-copy]")) copies(button);
for (const part of document.querySelectorAll("[data-refresh]")) refresh(part);
for (const form of document.querySelectorAll("form[method=post]")) once(form);
for (const select of document.querySelectorAll("select[data-go]")) select.addEventListener("change", () => select.form.requestSubmit());
const wrong = document.querySelector("[data-focus]");
if (wrong) wrong.focus();

// A menu that was opened closes when something else is touched, and by Escape.
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.me[open]")) if (!open.contains(event.target)) open.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const open of document.querySelectorAll("details.me[open]")) open.open = false;
  if (event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) {
    const find = document.getElementById("find");
    if (find) { event.preventDefault(); find.focus(); }
  }
});
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.querySelectorAll("form[data-sent]")) { delete form.dataset.sent; form.removeAttribute("aria-busy"); }
});
