// Forms that grow as they are filled in: they ask and are drawn anew in place. The filing keeps itself as a
// draft.

const SIGNED_OUT = 401, OVERTAKEN = 409, GROWS = "[hx-trigger=asked]";

// Fields whose answer changes what the form asks next. The form may be drawn anew at any time, so we
// listen where it stands; and what was typed while the answer was on its way is not overwritten: the
// form asks again instead.
let typed = 0, asker = "";
document.addEventListener("input", () => { typed += 1; });
document.addEventListener("change", (event) => {
  typed += 1;
  if (!event.target.matches(".asks")) return;
  asker = event.target.id;
  event.target.form.dispatchEvent(new Event("asked"));
});
document.addEventListener("htmx:beforeRequest", (event) => { event.detail.xhr.typed = typed; });
document.addEventListener("htmx:beforeSwap", (event) => {
  const form = event.detail.elt;
  const stale = event.detail.xhr.typed !== typed && form.matches(GROWS);
  if (!stale) return;
  event.detail.shouldSwap = false;
  setTimeout(() => form.dispatchEvent(new Event("asked")), 50);
});

// Enter in a field presses the form's first button, which only draws it anew: here without leaving the page.
document.addEventListener("click", (event) => {
  if (!event.target.matches(`${GROWS} [value=draw]`)) return;
  event.preventDefault();
  event.target.form.dispatchEvent(new Event("asked"));
});

// What another window did to this draft is told at once, beside what was typed here.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status !== OVERTAKEN || !event.detail.elt.matches(GROWS)) return;
  event.detail.shouldSwap = event.detail.xhr.typed === typed; // else it asks again, and is told then
  event.detail.isError = false; // it is answered
});

// Whoever works by keyboard stays where he was: htmx keeps the place in a field, and a button that went with
// the old form leaves him at the field that asked, from where the next key leads on.
document.addEventListener("htmx:afterSwap", () => {
  if (document.activeElement === document.body) document.getElementById(asker)?.focus();
});

// Whose session ended while he filled in is told so, and nothing is lost: the form goes the way every form
// goes then, to the page that keeps it until he has signed in again.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status !== SIGNED_OUT) return;
  event.detail.isError = false; // it is answered
  event.detail.elt.closest("form").submit();
});

// Initials are in no list a browser can search: where it offers nothing, the form asks while one types.
let pause = 0;
document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.matches("input.asks[list]")) return;
  clearTimeout(pause);
  const words = field.value.trim().toLowerCase();
  const offered = [...(field.list?.options ?? [])].some((each) => `${each.value} ${each.label}`.toLowerCase().includes(words));
  if (words.length < 2 || offered) return;
  pause = setTimeout(() => document.querySelector("#filing")?.dispatchEvent(new Event("asked")), 400);
});

// The rest of what is filled in is kept as a draft too, when somebody pauses or leaves the page; nothing
// is drawn anew for it, so nobody is disturbed while he types on.
const KEPT_AFTER_MS = 2500;
let keeping = 0;
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (!form?.matches("#filing") || event.target.matches(".asks")) return; // form.id is its field of that name
  clearTimeout(keeping);
  keeping = setTimeout(keepDraft, KEPT_AFTER_MS);
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && keeping) keepDraft();
});

async function keepDraft() {
  clearTimeout(keeping);
  keeping = 0;
  const form = document.querySelector("#filing");
  if (!form || form.dataset.sent) return;
  const body = new URLSearchParams(new FormData(form));
  body.set("step", "keep");
  const told = document.querySelector("#kept");
  let said = "";
  try {
    const answer = await fetch(form.action, { method: "POST", body, keepalive: true, headers: { "HX-Request": "true" } });
    if (answer.status === OVERTAKEN) return form.dispatchEvent(new Event("asked"));
    const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
    said = answer.status === SIGNED_OUT ? told.dataset.out : drawn.querySelector("#kept")?.textContent ?? "";
  } catch {
    // Without network nothing is kept, and nothing is said.
  }
  told.textContent = said;
}
