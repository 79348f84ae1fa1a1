// Pieces that several screens of the driver's app are made of.

import { html, useEffect, useRef } from "../vendor/htm-preact.js";
import { left, mass, moment, named, site, t } from "./words.js";

export function go(place) {
  location.hash = place;
}

// A screen's heading takes the focus, so that a reader hears where he is.
export function Heading({ children }) {
  const heading = useRef(null);
  useEffect(() => heading.current?.focus(), []);
  return html`<h1 tabindex="-1" ref=${heading}>${children}</h1>`;
}

export function Back({ to = "" }) {
  return html`<p class="back"><a href=${`#${to}`}>← ${t("返回", "Back")}</a></p>`;
}

export function Route({ load }) {
  return html`<p class="way"><b>${site(load.consignor)}</b> <span aria-label=${t("到", "to")}>→</span> <b>${site(load.consignee)}</b></p>`;
}

export function total(load) {
  return load.lines.reduce((sum, line) => sum + (line.loaded_g ?? line.mass_g), 0);
}

export function Facts({ load }) {
  return html`<p class="facts-row">
    <span>${named(load.stream_name)}</span> <span>${mass(total(load))}</span> <span>${load.vehicle}</span>
    <span>${t("计划", "planned")} ${moment(load.planned_at)}</span>
    ${load.status === "filed" && html`<span class="soon">${t("装车", "to be loaded: ")}${left(load.expires_at)}</span>`}
  </p>`;
}

// What the server said of an act, in its own sentences.
export function Sentences({ answer }) {
  const errors = answer.errors ?? [];
  const said = [answer.detail, ...errors.map((each) => each.message), ...(answer.findings ?? []).map((each) => each.message)];
  const once = [...new Set(said.filter(Boolean))];
  return once.length > 0 && html`<ul class="said">${once.map((each) => html`<li>${each}</li>`)}</ul>`;
}

export function pieces({ packages }) {
  return packages > 0 && t(` · ${packages} 件`, packages === 1 ? " · 1 package" : ` · ${packages} packages`);
}
