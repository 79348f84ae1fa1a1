// The words and figures of the driver's pages; both languages side by side, so none can be missing.

const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
export const t = (zh, en) => (language === "zh" ? zh : en);
export const named = (name) => name[language];
export const site = (stop) => t(stop.name, stop.name_en || stop.name);

export const DEEDS = {
  pickup: { now: t("装车", "Load"), done: t("已装车", "Loaded"), ask: t("确认装车", "Confirm loading") },
  handover: { now: t("接过货物", "Take over"), done: t("已接过", "Taken over"), ask: t("确认接过", "Confirm taking over") },
  arrive: { now: t("运抵", "Arrive"), done: t("已运抵", "Arrived"), ask: t("确认运抵", "Confirm arrival") },
};

export function mass(grams) {
  if (grams === null || grams === undefined) return "—";
  if (grams !== 0 && grams < 1000) return `${grams} g`;
  const [figure, unit] = grams >= 10_000_000 ? [grams / 1_000_000, "t"] : [grams / 1000, "kg"];
  return `${figure.toLocaleString("en", { maximumFractionDigits: 3 })} ${unit}`;
}

// Typed kilograms as whole grams: null where nothing was typed, NaN where it is no mass.
export function grams(typed) {
  const text = typed.normalize("NFKC").replace(/[,\s]/g, "");
  if (!text) return null;
  const parts = /^(\d{1,8})(?:\.(\d{0,3}))?$/.exec(text);
  return parts ? Number(parts[1]) * 1000 + Number((parts[2] ?? "").padEnd(3, "0")) : NaN;
}

const clock = new Intl.DateTimeFormat(t("zh-CN", "en-GB"), {
  timeZone: "Asia/Shanghai", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false,
});
export const moment = (iso) => clock.format(new Date(iso));

export function span(ms) {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 60) return t(`${minutes} 分钟`, `${minutes} min`);
  const hours = Math.round(minutes / 60);
  return hours < 48 ? t(`${hours} 小时`, `${hours} h`) : t(`${Math.round(hours / 24)} 天`, `${Math.round(hours / 24)} days`);
}

export function left(iso) {
  const ms = Date.parse(iso) - Date.now();
  return ms < 0 ? t(`已过 ${span(-ms)}`, `${span(-ms)} late`) : t(`还剩 ${span(ms)}`, `${span(ms)} left`);
}
