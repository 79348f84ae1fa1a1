// Passkeys: asks our server for a challenge, the device for its answer, and sends the form with it.

const form = document.querySelector("form[data-passkey]");

function say(text) {
  const said = form.querySelector("[data-said]");
  said.textContent = text;
  said.hidden = false;
}

async function ceremony() {
  const fields = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.dataset.options, { method: "POST", body: fields });
  const told = await answer.json();
  if (!answer.ok) {
    say(told.message ?? told.title ?? answer.statusText);
    return null;
  }
  return told;
}

async function ask(told) {
  if (form.dataset.passkey === "create") {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(told.options);
    return navigator.credentials.create({ publicKey });
  }
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(told.options);
  return navigator.credentials.get({ publicKey });
}

async function send() {
  form.querySelector("[data-said]").hidden = true;
  const told = await ceremony();
  if (told === null) return;
  const credential = await ask(told);
  form.elements.key.value = told.key;
  form.elements.answer.value = JSON.stringify(credential);
  form.submit();
}

if (form !== null) {
  const known = "PublicKeyCredential" in window && "parseCreationOptionsFromJSON" in PublicKeyCredential;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!known) {
      say(form.querySelector("[data-said]").dataset.missing);
      return;
    }
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    send()
      .catch(() => say(form.querySelector("[data-said]").dataset.stopped))
      .finally(() => { button.disabled = false; });
  });
}
