// Telling one act: asks only what this step needs, stores it on the phone, and says so at once.

import { html, useEffect, useRef, useState } from "../vendor/htm-preact.js";
import { readCode } from "./code.js";
import { Back, Facts, Heading, Route, Sentences, go, pieces } from "./parts.js";
import { photo, place, signal } from "./phone.js";
import { Camera, tagOf } from "./scan.js";
import { DEEDS, grams, mass, named, t } from "./words.js";

const MOST_PHOTOS = 10;

// `id`: the manifest; `kind`: the act; `tag`: a package scanned on the way here.
export function Tell({ drive, id, kind, tag }) {
  const load = drive.known.loads.find((each) => each.id === id);
  const scan = load?.scans.find((each) => each.kind === kind) ?? { kind, leg: 1 };
  const [ticked, setTicked] = useState(() => new Set(tag ? [tag] : []));
  const [photos, setPhotos] = useState([]);
  const [faults, setFaults] = useState({});
  const [full, setFull] = useState(false);
  const sending = useRef(false);
  const where = useRef(null);
  useEffect(() => {
    place().then((found) => { where.current = found; });
  }, []);

  const confirm = async (event) => {
    event.preventDefault();
    const typed = new FormData(event.target);
    const { fields, wrong } = load ? FIELDS[kind](load, typed, ticked) : { fields: {}, wrong: {} };
    setFaults(wrong);
    if (Object.keys(wrong).length) return signal(false);
    if (sending.current) return; // a second tap
    sending.current = true;
    const body = {
      id: crypto.randomUUID(), kind, at: new Date().toISOString(), ...fields,
      ...(kind === "handover" && { leg: scan.leg }),
      ...(where.current && { position: where.current }),
      ...(photos.length && { evidence: photos.map((each) => each.sha256) }),
      ...(typed.get("note").trim() && { note: typed.get("note").trim() }),
    };
    try {
      await drive.tell({
        login: drive.known.me.login, ref: id, number: load?.number ?? id, leg: scan.leg, kind, body, photos,
      });
    } catch {
      sending.current = false;
      setFull(true);
      return signal(false);
    }
    signal(true);
    go(`told/${body.id}`);
  };

  return html`
    <${Back} />
    <${Heading}>${DEEDS[kind].now}${load && html` <code>${load.number}</code>`}</${Heading}>
    ${load ? html`<${Route} load=${load} /><${Facts} load=${load} />` : html`<${Unlisted} />`}
    <form onSubmit=${confirm} novalidate>
      ${load && kind === "pickup" && html`<${Weights} load=${load} faults=${faults} />`}
      ${load && kind !== "handover" && html`<${Packages} load=${load} keys=${drive.known.keys} ticked=${ticked} setTicked=${setTicked} />`}
      ${load && kind === "arrive" && html`<${Ticket} faults=${faults} />`}
      <${Photos} photos=${photos} setPhotos=${setPhotos} />
      <label>${t("备注（可不填）", "Note (optional)")} <input name="note" maxlength="500" autocomplete="off" /></label>
      ${full && html`<p class="notice bad" role="alert">${t("没有存上：手机存储已满或被禁用。请删去照片再试，或联网后在联单页上补登。", "Not stored: this phone is full or may not store anything. Try without photos, or tell it on the manifest's page later.")}</p>`}
      <button type="submit" class="confirm">${DEEDS[kind].ask}</button>
    </form>`;
}

function Unlisted() {
  return html`<p class="notice doubt">${t(
    "二维码是真的，但名单上还没有这一单（可能刚刚填报）。可以先记下，来网后系统核对。",
    "The code is genuine, but this load is not on your list yet (it may just have been filed). Tell it now; it is checked when there is network.",
  )}</p>`;
}

function Weights({ load, faults }) {
  return html`<fieldset><legend>${t("实际装了多少", "What was really loaded")}</legend>
    <p class="hint">${t("不填就是如数装车；没装的填 0。", "Left empty: as declared. Not loaded: 0.")}</p>
    ${load.lines.map((line) => html`<label key=${line.line}>
      ${named(line.name)} <code>${line.waste_code}</code>${pieces(line)}
      <input name=${`mass.${line.line}`} inputmode="decimal" autocomplete="off" placeholder=${`${mass(line.mass_g)}`}
        aria-invalid=${faults[`mass.${line.line}`] ? "true" : undefined} aria-label=${t(`${named(line.name)}，千克`, `${named(line.name)}, kilograms`)} />
      <small>${t("千克", "kg")}</small> ${wrong(faults[`mass.${line.line}`])}</label>`)}
  </fieldset>`;
}

function Packages({ load, keys, ticked, setTicked }) {
  const [filming, setFilming] = useState(false);
  const [said, setSaid] = useState("");
  const packages = load.lines.flatMap((line) => line.tagged);
  if (!packages.length) return null;
  const tick = (tag, on) => setTicked((before) => {
    const after = new Set(before);
    if (on) after.add(tag); else after.delete(tag);
    return after;
  });
  const heard = async (text) => {
    const tag = text === null ? undefined : tagOf(load, await readCode(text, keys));
    signal(tag !== undefined);
    setSaid(tag === undefined ? t("这一件不在本单上", "This package is not on this manifest") : t(`已扫 ${tag}`, `Scanned ${tag}`));
    if (tag !== undefined) tick(tag, true);
  };
  return html`<fieldset><legend>${t("包装", "Packages")} <b>${ticked.size}/${packages.length}</b></legend>
    <button type="button" class="secondary" onClick=${() => setFilming(!filming)}>${filming ? t("停止扫描", "Stop scanning") : t("逐件扫码", "Scan packages")}</button>
    ${filming && html`<${Camera} heard=${heard} />`}
    <p role="status">${said}</p>
    ${packages.map(({ tag }) => html`<label class="tick" key=${tag}>
      <input type="checkbox" checked=${ticked.has(tag)} onChange=${({ target }) => tick(tag, target.checked)} /> ${tag}</label>`)}
  </fieldset>`;
}

function Ticket({ faults }) {
  const fields = [
    ["gross", t("毛重（千克）", "Gross (kg)"), "decimal"], ["tare", t("皮重（千克）", "Tare (kg)"), "decimal"],
    ["net", t("净重（千克）", "Net (kg)"), "decimal"], ["number", t("磅单号", "Ticket number"), "text"],
  ];
  return html`<details open=${Object.keys(faults).length > 0}><summary>${t("手里有磅单？", "Have a weighbridge ticket?")}</summary>
    <div class="pairs">${fields.map(([name, label, mode]) => html`<label key=${name}>${label}
      <input name=${`ticket.${name}`} inputmode=${mode} autocomplete="off" aria-invalid=${faults[`ticket.${name}`] ? "true" : undefined} />
      ${wrong(faults[`ticket.${name}`])}</label>`)}</div>
  </details>`;
}

function Photos({ photos, setPhotos }) {
  const add = async ({ target }) => {
    const taken = [];
    for (const file of target.files) taken.push(await photo(file).catch(() => null));
    target.value = "";
    setPhotos((before) => [...before, ...taken.filter(Boolean)].slice(0, MOST_PHOTOS));
  };
  return html`<label class="file">${t("照片", "Photos")} ${photos.length > 0 && html`<b>${photos.length}</b>`}
    <input type="file" accept="image/*" capture="environment" multiple onChange=${add} /></label>`;
}

function wrong(fault) {
  return fault && html`<small class="wrong">${fault}</small>`;
}

const NO_MASS = t("请填千克数，最多三位小数", "Kilograms with at most three decimals");

// What each act says, from what was typed and ticked: {fields, wrong: sentences by field}.
const FIELDS = {
  pickup(load, typed, ticked) {
    const found = {};
    const weighed = load.lines.map((line) => [line, grams(typed.get(`mass.${line.line}`))]);
    for (const [line, mass_g] of weighed) if (Number.isNaN(mass_g)) found[`mass.${line.line}`] = NO_MASS;
    const told = weighed.some(([, mass_g]) => mass_g !== null) || ticked.size;
    const lines = weighed.map(([line, mass_g]) => ({
      line: line.line, ...(mass_g !== null && { mass_g }), ...tagsOf(line, ticked),
    }));
    return { fields: told ? { lines } : {}, wrong: found };
  },
  handover: () => ({ fields: {}, wrong: {} }),
  arrive(load, typed, ticked) {
    const found = {}, ticket = {};
    for (const name of ["gross", "tare", "net"]) {
      const mass_g = grams(typed.get(`ticket.${name}`));
      if (Number.isNaN(mass_g)) found[`ticket.${name}`] = NO_MASS;
      else if (mass_g !== null) ticket[`${name}_g`] = mass_g;
    }
    const { gross_g, tare_g, net_g } = ticket;
    const halves = (gross_g === undefined) !== (tare_g === undefined);
    if (halves) found["ticket.tare"] = t("毛重和皮重要一起填", "Gross and tare belong together");
    else if (gross_g !== undefined && (gross_g <= tare_g || (net_g !== undefined && net_g !== gross_g - tare_g))) {
      found["ticket.net"] = t("毛重减皮重应等于净重", "Gross less tare must be net");
    }
    if (typed.get("ticket.number").trim()) ticket.number = typed.get("ticket.number").trim();
    const lines = load.lines.filter((line) => tagsOf(line, ticked).tags).map((line) => ({ line: line.line, ...tagsOf(line, ticked) }));
    const weighed = gross_g !== undefined || net_g !== undefined;
    if (ticket.number && !weighed) found["ticket.net"] = t("有磅单就要有净重", "A ticket needs its net mass");
    return { fields: { ...(weighed && { ticket }), ...(lines.length && { lines }) }, wrong: found };
  },
};

function tagsOf(line, ticked) {
  const tags = line.tagged.map(({ tag }) => tag).filter((tag) => ticked.has(tag));
  return tags.length ? { tags } : {};
}

// What became of it: stored at once; sent when the server has it.
export function Told({ drive, id }) {
  const act = drive.known.acts.find((each) => each.body.id === id);
  if (!act) return html`<${Back} />`;
  const words = {
    waiting: [t("已记在手机里", "Stored on this phone"), t("会自动上报，不用再做什么。", "It reports by itself; nothing more to do.")],
    sent: [t("已上报", "Reported"), t("系统已收到。", "The service has it.")],
    refused: [t("系统没有接受", "Not accepted"), t("先不要走，看原因：", "Wait, and read why:")],
  }[act.state];
  return html`<section class=${`told ${act.state}`} role="status">
    <p class="mark" aria-hidden="true">${act.state === "refused" ? "✕" : "✓"}</p>
    <${Heading}>${DEEDS[act.kind].done}${t("：", ": ")}${words[0]}</${Heading}>
    <p><code>${act.number}</code><br />${words[1]}</p>
    ${act.answer && html`<${Sentences} answer=${act.answer} />`}
    <a role="button" class="scan" href="#scan">${t("扫下一个", "Scan the next")}</a>
    <p><a href="#">${t("回到我的货", "Back to my loads")}</a></p>
  </section>`;
}
