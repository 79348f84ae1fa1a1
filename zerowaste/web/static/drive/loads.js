// The first screen: today's loads and the scan button. And one load, with what it carries.

import { html } from "../vendor/htm-preact.js";
import { Back, Facts, Heading, Route, pieces } from "./parts.js";
import { scansLeft } from "./state.js";
import { DEEDS, mass, moment, named, t } from "./words.js";

export function Loads({ drive, at }) {
  const { known } = drive;
  const open = known.loads.map((load) => ({ load, left: scansLeft(load, known.acts) })).filter(({ left }) => left.length);
  const here = at ? open.filter(({ load }) => [load.consignor.id, load.consignee.id].includes(at)) : open;
  return html`
    <${Heading}>${t("我的货", "My loads")}</${Heading}>
    <p class="lead">${t("到了就扫码。没有网络也照样用，来网后自动上报。", "Scan where you stand. It works without network and reports by itself later.")}</p>
    <a role="button" class="scan" href="#scan">${t("扫码", "Scan")}</a>
    ${at && html`<p><a href="#">${t("显示全部", "Show all")}</a></p>`}
    ${here.length === 0 && html`<p class="empty">${t("现在没有要你扫的货。", "Nothing waits for your scan.")}</p>`}
    <ul class="loads">${here.map(({ load, left }) => html`<${Card} key=${load.id} load=${load} scan=${left[0]} />`)}</ul>
    ${known.at && html`<p class="asof">${t(`名单取自 ${moment(known.at)}`, `List as of ${moment(known.at)}`)}${" "}
      <button class="plain" onClick=${drive.refresh}>${t("刷新", "Refresh")}</button></p>`}`;
}

function Card({ load, scan }) {
  return html`<li>
    <a class="card" href=${`#load/${load.id}`}>
      <span class=${`next ${scan.kind}`}>${DEEDS[scan.kind].now}</span> <code>${load.number}</code>
      <${Route} load=${load} /><${Facts} load=${load} />
    </a>
  </li>`;
}

export function Load({ drive, id }) {
  const load = drive.known.loads.find((each) => each.id === id);
  if (!load) return html`<${Back} /><${Heading}>${t("名单上没有这一单", "Not on your list")}</${Heading}>`;
  const [next] = scansLeft(load, drive.known.acts);
  return html`
    <${Back} />
    <${Heading}>${load.number}</${Heading}>
    <${Route} load=${load} /><${Facts} load=${load} />
    <ul class="lines">${load.lines.map((line) => html`<li key=${line.line}>
      <b>${named(line.name)}</b> <code>${line.waste_code}</code><br />
      ${mass(line.loaded_g ?? line.mass_g)}${pieces(line)} ${line.packaging}
    </li>`)}</ul>
    ${next && html`<a role="button" class="scan" href=${`#tell/${load.id}/${next.kind}`}>${DEEDS[next.kind].now}</a>`}
    <p class="more">${[["consignor", t("移出", "From")], ["consignee", t("接受", "To")]].map(([end, name]) => load[end].lat !== null && html`
      <a href=${`geo:${load[end].lat},${load[end].lon}?q=${load[end].lat},${load[end].lon}`}>${t(`地图：${name}`, `Map: ${name}`)}</a> · `)}
      <a href=${`/manifests/${load.number}`}>${t("完整联单（需网络）", "Whole manifest (needs network)")}</a></p>`;
}
