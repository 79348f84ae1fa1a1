// The driver's app: which screen, and how the line is.

import { html, render, useEffect, useState } from "../vendor/htm-preact.js";
import { Load, Loads } from "./loads.js";
import { Heading } from "./parts.js";
import { Queue } from "./queue.js";
import { Scan } from "./scan.js";
import { useDrive } from "./state.js";
import { Tell, Told } from "./tell.js";
import { t } from "./words.js";

const LINES = {
  asking: t("连接中", "Connecting"),
  fine: t("在线", "Online"),
  offline: t("离线", "Offline"),
  busy: t("服务器忙", "Server busy"),
  signed_out: t("未登录", "Signed out"),
  stranger: t("不是驾驶员", "Not a driver"),
};

const SCREENS = {
  "": (drive) => html`<${Loads} drive=${drive} />`,
  at: (drive, site) => html`<${Loads} drive=${drive} at=${site} />`,
  scan: (drive) => html`<${Scan} drive=${drive} />`,
  load: (drive, id) => html`<${Load} drive=${drive} id=${id} />`,
  tell: (drive, id, kind, tag) => html`<${Tell} key=${id + kind} drive=${drive} id=${id} kind=${kind} tag=${tag} />`,
  unlisted: (drive, id) => html`<${Tell} key=${id} drive=${drive} id=${id} kind="pickup" />`,
  told: (drive, id) => html`<${Told} key=${id} drive=${drive} id=${id} />`,
  queue: (drive) => html`<${Queue} drive=${drive} />`,
};

function App() {
  const drive = useDrive();
  const [place, setPlace] = useState(location.hash.slice(1));
  useEffect(() => {
    const moved = () => setPlace(location.hash.slice(1));
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  if (!drive.known) return null;
  const [name, ...rest] = place.split("/").map(decodeURIComponent);
  const screen = SCREENS[name] ?? SCREENS[""];
  return html`<${Line} drive=${drive} />${drive.known.me ? screen(drive, ...rest) : html`<${Door} line=${drive.line} acts=${drive.known.acts} />`}`;
}

// The line on top: connected or not, what waits, and whether all works without network.
function Line({ drive }) {
  const { acts, me } = drive.known;
  const waiting = acts.filter((act) => act.state === "waiting").length;
  const refused = acts.filter((act) => act.state === "refused").length;
  return html`<p class="line">
    <span class=${`dot ${drive.line}`}>${LINES[drive.line]}</span>
    ${drive.ready && html`<span title=${t("没有网络也能打开和扫码", "Opens and scans without network")}>${t("可离线", "Ready offline")}</span>`}
    <a href="#queue" class=${refused ? "bad" : ""}>${refused ? t(`${refused} 条被拒`, `${refused} refused`) : waiting ? t(`${waiting} 条待上报`, `${waiting} to send`) : t("队列", "Queue")}</a>
    ${drive.line === "signed_out" && me && html`<a href="/sign-in?next=/drive">${t("登录后上报", "Sign in to send")}</a>`}
  </p>`;
}

function Door({ line, acts }) {
  if (line === "asking") return html`<p class="lead" aria-busy="true">${t("正在取名单…", "Fetching your list…")}</p>`;
  const words = {
    stranger: t("这里只给驾驶员用。", "This is for drivers only."),
    signed_out: t("请先登录。", "Please sign in first."),
  }[line] ?? t("第一次使用需要网络。", "The first time needs network.");
  return html`<${Heading}>${t("驾驶员扫码", "Driver's scan")}</${Heading}><p class="lead">${words}</p><${Left} acts=${acts} />
    ${line === "stranger" ? html`<a role="button" href="/">${t("去首页", "To the home page")}</a>` : html`<a role="button" href="/sign-in?next=/drive">${t("登录", "Sign in")}</a>`}`;
}

// What whoever signed out left here: how much, and who must come back; nothing of the loads themselves.
function Left({ acts }) {
  const waiting = acts.filter((act) => act.state === "waiting").map((act) => act.login);
  return [...new Set(waiting)].map((login) => {
    const count = waiting.filter((each) => each === login).length;
    return html`<p class="notice doubt" key=${login}>${t(
      `${login} 有 ${count} 条扫码还没有上报：在这部手机上登录后自动上报。`,
      `${count === 1 ? "1 scan" : `${count} scans`} of ${login} not reported yet: sent once ${login} signs in on this phone.`,
    )}</p>`;
  });
}

render(html`<${App} />`, document.getElementById("drive"));
