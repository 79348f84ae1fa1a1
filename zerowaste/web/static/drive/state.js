// What the driver's pages know: his loads as last learnt, what he has told since, and how the line is.

import { useCallback, useEffect, useState } from "../vendor/htm-preact.js";
import { PARTS } from "./scanner.js";

const { API, all, ask, keep, recall, remember, forget, send } = self.Outbox;
const EVERY_MS = 30_000;

// Learn what is new; what was learnt before stays where there is no network.
async function learn() {
  const asked = await Promise.all([ask(`${API}/me`, {}), ask(`${API}/keys`, {}), ask(`${API}/loads`, {})]);
  const [me, keys, loads] = asked;
  const later = asked.map((each) => each.later).find(Boolean);
  if (keys.ok) await remember("keys", keys.content);
  if (later) return later;
  if (!me.ok || me.content.role !== "driver") {
    await forget("me", "loads");
    return "stranger";
  }
  await remember("me", me.content);
  await remember("loads", { items: loads.content.items, at: new Date().toISOString() });
  return "fine";
}

// Have the worker send, or do it here where there is none yet.
export async function deliver() {
  const registration = await navigator.serviceWorker?.getRegistration("/drive");
  registration?.sync?.register("outbox").catch(() => {});
  if (registration?.active) registration.active.postMessage("send");
  else await send();
}

export function useDrive() {
  const [known, setKnown] = useState(null);
  const [line, setLine] = useState("asking");
  const [ready, setReady] = useState(false);

  const read = useCallback(async () => {
    const [me, keys, loads, acts] = await Promise.all([recall("me"), recall("keys"), recall("loads"), all()]);
    setKnown({ me, keys, loads: loads?.items ?? [], at: loads?.at, acts });
  }, []);

  const refresh = useCallback(async () => {
    const found = await learn();
    setLine(found);
    await read();
    if (found === "fine") await deliver();
  }, [read]);

  const tell = useCallback(async (act) => {
    await keep(act);
    await read();
    deliver();
  }, [read]);

  useEffect(() => {
    read().then(refresh);
    const news = new BroadcastChannel("outbox");
    news.onmessage = async () => {
      await read();
      const waiting = (await all()).some((act) => act.state === "waiting");
      if (!waiting) refresh();
    };
    const lost = () => setLine("offline");
    const back = () => document.visibilityState === "visible" && refresh();
    const again = setInterval(back, EVERY_MS);
    self.addEventListener("online", back);
    self.addEventListener("offline", lost);
    document.addEventListener("visibilitychange", back);
    prepare().then(setReady);
    return () => {
      news.close();
      clearInterval(again);
      self.removeEventListener("online", back);
      self.removeEventListener("offline", lost);
      document.removeEventListener("visibilitychange", back);
    };
  }, [read, refresh]);

  return { known, line, ready, refresh, tell, read };
}

// Install the worker and let it keep the scanner too. Resolves to whether all of it works without network.
async function prepare() {
  if (!navigator.serviceWorker) return false;
  await navigator.serviceWorker.register("/drive/worker.js", { scope: "/drive" });
  const registration = await navigator.serviceWorker.ready;
  navigator.storage?.persist?.();
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => done(data === "kept");
    registration.active.postMessage({ keep: PARTS }, [port2]);
  });
}

// The scans of a load that are still to be told: those told and not refused are under way or done.
export function scansLeft(load, acts) {
  const told = acts.filter((act) => act.ref === load.id && act.state !== "refused");
  return load.scans.filter((scan) => !told.some((act) => act.kind === scan.kind && act.leg === scan.leg));
}
