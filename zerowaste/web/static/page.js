// What every page does in the browser: nothing is sent twice, and what is wrong is read out first.

const PATIENCE_MS = 2000;

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

// On a phone the menu is one line that scrolls: it begins where one is.
document.querySelector(".bar nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
