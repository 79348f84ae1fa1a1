// The queue: everything told on this phone and what became of it.

import { html } from "../vendor/htm-preact.js";
import { Back, Heading, Sentences } from "./parts.js";
import { deliver } from "./state.js";
import { DEEDS, moment, t } from "./words.js";

const STATES = {
  waiting: t("等待上报", "Waiting to be sent"),
  sent: t("已上报", "Reported"),
  refused: t("没有被接受", "Not accepted"),
};

export function Queue({ drive }) {
  const { acts, me } = drive.known;
  const latestFirst = [...acts].sort((a, b) => b.order - a.order);
  const waiting = acts.some((act) => act.state === "waiting");
  return html`
    <${Back} />
    <${Heading}>${t("上报队列", "What was told")}</${Heading}>
    <p class="lead">${t("每一次扫码先存手机，再按顺序上报，各报一次。", "Every scan is stored here first, then sent in order, once.")}</p>
    ${waiting && html`<button onClick=${deliver}>${t("现在上报", "Send now")}</button>`}
    ${acts.length === 0 && html`<p class="empty">${t("还没有记录。", "Nothing yet.")}</p>`}
    <ol class="queue">${latestFirst.map((act) => html`<li key=${act.order} class=${act.state}>
      <b>${DEEDS[act.kind].done}</b> <code>${act.number}</code> <time datetime=${act.body.at}>${moment(act.body.at)}</time><br />
      <span class="state">${STATES[act.state]}</span>
      ${act.state === "waiting" && act.login !== me?.login && t(`（等 ${act.login} 登录）`, ` (until ${act.login} signs in)`)}
      ${act.answer && html`<${Sentences} answer=${act.answer} />`}
      ${act.state === "refused" && html`<button class="plain" onClick=${async () => { await self.Outbox.dismiss(act.order); drive.read(); }}>${t("知道了，移除", "Understood, remove")}</button>`}
    </li>`)}</ol>`;
}
