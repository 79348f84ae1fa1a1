// What the scale says against what was loaded, while it is typed. The judgement is the service's.

function grams(text) {
  const kilograms = Number(text.replaceAll(",", ""));
  return text.trim() === "" || Number.isNaN(kilograms) ? null : Math.round(kilograms * 1000);
}

function compare(row) {
  const output = row.querySelector("output.difference");
  const weighed = grams(row.querySelector("[data-weighed]").value);
  const came = Number(row.dataset.came);
  if (weighed === null) {
    output.textContent = "";
    output.classList.remove("bad");
    return;
  }
  const difference = weighed - came;
  const allowed = Math.max(Number(row.dataset.least), (came * Number(row.dataset.ppm)) / 1e6);
  const over = Math.abs(difference) > allowed;
  output.classList.toggle("bad", over);
  output.textContent = `${output.dataset.word} ${difference > 0 ? "+" : ""}${difference / 1000} kg${over ? ` · ${output.dataset.over}` : ""}`;
}

for (const row of document.querySelectorAll("fieldset[data-came]")) {
  row.addEventListener("input", () => compare(row));
  compare(row);
}
