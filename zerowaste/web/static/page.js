// What every page does in the browser: nothing is sent twice, and what is wrong is read out first.

const PATIENCE_MS = 2000, SIGNED_OUT = 401;

// Before anybody else hears of it, and wherever a form stands: a page may be drawn anew in part.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.matches("[data-passkey]")) return; // passkeys.js sends that one itself
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-busy", "true");
}, true);

// A page that comes back from the browser's memory may send again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) mayPressAgain(form);
});

function mayPressAgain(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

document.querySelector(".notice.bad")?.focus();

// A phone may be shared: what the driver's app learnt goes with him who signs out (drive/outbox.js). What he
// told is sent first; what cannot be sent now waits until he signs in here again, and he is told so before.
for (const form of document.querySelectorAll("form.leaves")) {
  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return; // pressed twice
    event.preventDefault();
    if (await leaves(form)) form.submit();
    else mayPressAgain(form);
  });
}

const soon = (work) => Promise.race([work, new Promise((late) => { setTimeout(late, PATIENCE_MS); })]);

async function leaves(form) {
  try {
    const outbox = await soon(outboxOfThisPhone());
    if (!outbox) return true;
    await soon(outbox.send());
    const own = document.querySelector(".who").textContent;
    const waiting = (await soon(outbox.all())).filter((act) => act.state === "waiting" && act.login === own);
    if (waiting.length && !confirm(form.dataset.waiting.replace("{count}", waiting.length))) return false;
    await soon(outbox.leave());
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
  return true;
}

async function outboxOfThisPhone() {
  const stored = await indexedDB.databases?.();
  if (stored && !stored.some(({ name }) => name === "zerowaste-drive")) return null;
  await import("./vendor/idb.js");
  await import("./drive/outbox.js");
  return self.Outbox;
}

// Fields whose answer changes what the form asks next. The form may be drawn anew at any time, so we
// listen where it stands; and what was typed while the answer was on its way is not overwritten: the
// form asks again instead.
let typed = 0;
document.addEventListener("input", () => { typed += 1; });
document.addEventListener("change", (event) => {
  typed += 1;
  if (event.target.matches(".asks")) event.target.form.dispatchEvent(new Event("asked"));
});
document.addEventListener("htmx:beforeRequest", (event) => { event.detail.xhr.typed = typed; });
document.addEventListener("htmx:beforeSwap", (event) => {
  const stale = event.detail.xhr.typed !== typed && event.detail.elt.matches("#filing");
  if (!stale) return;
  event.detail.shouldSwap = false;
  setTimeout(() => document.querySelector("#filing")?.dispatchEvent(new Event("asked")), 50);
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
    const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
    said = answer.status === SIGNED_OUT ? told.dataset.out : drawn.querySelector("#kept")?.textContent ?? "";
  } catch {
    // Without network nothing is kept, and nothing is said.
  }
  told.textContent = said;
}

// On a phone the menu is one line that scrolls: it begins where one is.
document.querySelector(".bar nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
