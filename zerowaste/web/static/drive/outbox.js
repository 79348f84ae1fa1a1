// The outbox: what was told on this phone, kept here until the server has each act exactly once.
//
// The page and its service worker share it, whichever of them is awake sends; so it is a classic script
// that defines one name. An act's id is made when it is told and never changes: a second arrival of the
// same act is answered as the first was. Only what the server judged leaves the queue.
"use strict";

self.Outbox = (() => {
  const API = "/api/v1";
  const PATIENCE_MS = 20_000;
  const AT_ONCE_MS = 60_000;
  const KEEP_SENT_MS = 3 * 24 * 3600 * 1000;
  const news = new BroadcastChannel("outbox");

  const opened = idb.openDB("zerowaste-drive", 1, {
    upgrade(db) {
      const acts = db.createObjectStore("acts", { keyPath: "order", autoIncrement: true });
      acts.createIndex("state", "state");
      db.createObjectStore("photos"); // SHA-256 in hex → the picture
      db.createObjectStore("kept"); // what was last learnt from the server, by name
    },
  });

  // `act`: {login, ref, number, kind, leg, body, photos: [{sha256, blob}]}. Resolves once it is on the disk.
  async function keep({ photos, ...act }) {
    const db = await opened;
    const writing = db.transaction(["acts", "photos"], "readwrite", { durability: "strict" });
    for (const photo of photos) writing.objectStore("photos").put(photo.blob, photo.sha256);
    writing.objectStore("acts").add({ ...act, state: "waiting" });
    await writing.done;
    news.postMessage("changed");
  }

  async function all() {
    return (await opened).getAll("acts");
  }

  async function remember(name, what) {
    await (await opened).put("kept", what, name);
  }

  async function recall(name) {
    return (await opened).get("kept", name);
  }

  async function forget(...names) {
    const db = await opened;
    for (const name of names) await db.delete("kept", name);
  }

  // Whoever signs out leaves nothing to be read by the next: only what is not judged yet stays, and what
  // was refused, until he has seen it.
  async function leave() {
    await forget("me", "loads");
    const db = await opened;
    for (const act of await db.getAllFromIndex("acts", "state", "sent")) await db.delete("acts", act.order);
    news.postMessage("changed");
  }

  async function dismiss(order) {
    await (await opened).delete("acts", order);
    news.postMessage("changed");
  }

  // Sends what waits, in the order it was told. One sender at a time, however many windows are open.
  // Resolves to `done`, `offline`, `busy` (try later) or `signed_out`.
  function send() {
    return navigator.locks ? navigator.locks.request("outbox", sendAll) : sendAll();
  }

  async function sendAll() {
    await clearOld();
    let login = null;
    for (;;) {
      const waiting = await (await opened).getAllFromIndex("acts", "state", "waiting");
      if (!waiting.length) return "done";
      if (login === null) {
        const me = await ask(`${API}/me`, {});
        if (me.later) return me.later;
        login = me.content.login;
      }
      // What another driver told on this phone waits until he signs in again.
      const act = waiting.sort((a, b) => a.order - b.order).find((each) => each.login === login);
      if (!act) return "done";
      const later = await sendOne(act);
      if (later) return later;
      news.postMessage("changed");
    }
  }

  async function sendOne(act) {
    const db = await opened;
    // Never in the name of whoever signed in on this phone since we asked who it is.
    const from = { "Zerowaste-Login": encodeURIComponent(act.login) };
    for (const sha256 of act.body.evidence ?? []) {
      const blob = await db.get("photos", sha256);
      if (!blob) continue;
      const sent = await ask(`${API}/evidence`, {
        method: "POST", body: blob, headers: { ...from, "Content-Type": blob.type },
      });
      if (sent.later) return sent.later;
      await db.delete("photos", sha256); // what was not taken is a finding of the act
    }
    // What could not be said the moment it happened has happened without network: the first attempt
    // leaves its mark before it is made.
    const offline = act.tried || Date.now() - Date.parse(act.body.at) > AT_ONCE_MS;
    if (!act.tried) await db.put("acts", { ...act, tried: true });
    const body = JSON.stringify({ ...act.body, offline, sent_at: new Date().toISOString() });
    const told = await ask(`${API}/manifests/${encodeURIComponent(act.ref)}/events`, {
      method: "POST", body, headers: { ...from, "Content-Type": "application/json" },
    });
    if (told.later) return told.later;
    await db.put("acts", {
      ...act, state: told.ok ? "sent" : "refused", answer: told.content, judged_at: new Date().toISOString(),
    });
    return null;
  }

  // {ok, content}, or {later} where there is nothing to learn yet.
  async function ask(address, request) {
    let answer;
    try {
      answer = await fetch(address, {
        credentials: "same-origin", cache: "no-store", ...request, signal: AbortSignal.timeout(PATIENCE_MS),
        headers: { Accept: "application/json", ...request.headers },
      });
      if (answer.status === 401) return { later: "signed_out" };
      if (answer.status === 429 || answer.status >= 500) return { later: "busy" };
      return { ok: answer.ok, content: await answer.json() };
    } catch {
      return { later: answer ? "busy" : "offline" };
    }
  }

  async function clearOld() {
    const db = await opened;
    for (const act of await db.getAllFromIndex("acts", "state", "sent")) {
      if (Date.now() - Date.parse(act.judged_at) > KEEP_SENT_MS) await db.delete("acts", act.order);
    }
  }

  return { API, all, ask, dismiss, forget, keep, leave, recall, remember, send };
})();
