// The scan screen: camera, a photo of the code, or the number by hand; and where a code leads.

import { html, useEffect, useRef, useState } from "../vendor/htm-preact.js";
import { readCode } from "./code.js";
import { Back, Heading, go } from "./parts.js";
import { signal } from "./phone.js";
import { film, readPicture } from "./scanner.js";
import { scansLeft } from "./state.js";
import { t } from "./words.js";

// The camera's picture, and a photo instead; `heard(text)` for each code.
export function Camera({ heard }) {
  const video = useRef(null);
  const [dark, setDark] = useState(false);
  const listener = useRef(heard);
  listener.current = heard;
  useEffect(() => {
    let over = false, stop = null;
    film(video.current, (text, error) => (error ? setDark(true) : listener.current(text)))
      .then((stopping) => { stop = stopping; if (over) stop(); })
      .catch(() => setDark(true));
    return () => { over = true; stop?.(); };
  }, []);
  const picture = async ({ target }) => {
    const [file] = target.files;
    const texts = file ? await readPicture(file).catch(() => []) : [];
    target.value = "";
    if (texts.length) texts.forEach((text) => listener.current(text));
    else listener.current(null);
  };
  return html`
    <div class="camera" hidden=${dark}><video ref=${video} muted playsinline aria-label=${t("摄像头画面", "Camera")}></video></div>
    ${dark && html`<p class="notice doubt" role="alert">${t("打不开摄像头。请拍一张照片，或输入号码。", "No camera. Take a photo instead, or type the number.")}</p>`}
    <label class="file">${t("改用照片", "A photo instead")} <input type="file" accept="image/*" capture="environment" onChange=${picture} /></label>`;
}

export function Scan({ drive }) {
  const [said, setSaid] = useState("");
  const heard = async (text) => {
    const outcome = text === null ? { fault: t("照片里没有找到二维码。", "No code found in the photo.") } : await lead(text, drive.known);
    signal(!outcome.fault);
    if (outcome.fault) setSaid(outcome.fault);
    else go(outcome.to);
  };
  const typed = (event) => {
    event.preventDefault();
    heard(new FormData(event.target).get("number"));
  };
  return html`
    <${Back} />
    <${Heading}>${t("对准二维码", "Point at the code")}</${Heading}>
    <p class="notice bad" role="alert" hidden=${!said}>${said}</p>
    <${Camera} heard=${heard} />
    <form onSubmit=${typed}>
      <label>${t("或输入联单号、包装标签号", "Or type the number of the manifest or a package tag")}
        <input name="number" autocomplete="off" autocapitalize="characters" required /></label>
      <button type="submit" class="secondary">${t("查找", "Find")}</button>
    </form>`;
}

// Where a code leads: {to} a screen, or {fault}, a sentence.
async function lead(text, known) {
  const code = known.keys ? await readCode(text, known.keys) : { kind: "text", text };
  if (code.kind === "forged") {
    return { fault: t("这个码不是本系统签发的。不要装车，请联系调度员。", "This code was not issued by this service. Do not load; call your dispatcher.") };
  }
  if (code.kind === "site") return { to: `at/${code.id}` };
  const load = known.loads.find((each) => answers(each, code));
  if (!load && code.kind === "manifest") return { to: `unlisted/${code.id}` };
  if (!load) return { fault: t("你的名单上没有它。请核对号码，或联网刷新名单。", "Not on your list. Check the number, or refresh the list with network.") };
  const [next] = scansLeft(load, known.acts);
  const tag = tagOf(load, code);
  return { to: next ? `tell/${load.id}/${next.kind}${tag ? `/${encodeURIComponent(tag)}` : ""}` : `load/${load.id}` };
}

function answers(load, code) {
  if (code.kind === "manifest") return load.id === code.id;
  if (code.kind === "text" && load.number.toUpperCase() === code.text.toUpperCase()) return true;
  return tagOf(load, code) !== undefined;
}

// The tag of the package a code is stuck on, if it travels on this load.
export function tagOf(load, code) {
  const packages = load.lines.flatMap((line) => line.tagged);
  return packages.find((each) => (code.kind === "package" ? each.id === code.id : each.tag === code.text))?.tag;
}
