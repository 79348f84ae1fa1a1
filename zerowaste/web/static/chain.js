// A chain's picture: closer, farther, whole; and from a box to its row in the table.

const FARTHEST = 0.25, CLOSEST = 3, STEP = 1.25;

for (const tools of document.querySelectorAll(".zoom")) {
  const frame = tools.nextElementSibling, drawing = frame.querySelector("svg.chain");
  const [, , width, height] = drawing.getAttribute("viewBox").split(" ").map(Number);
  let scale = 1;
  const show = (wanted) => {
    scale = Math.min(CLOSEST, Math.max(FARTHEST, wanted));
    drawing.setAttribute("width", Math.round(width * scale));
    drawing.setAttribute("height", Math.round(height * scale));
  };
  const acts = {
    "+": () => show(scale * STEP),
    "-": () => show(scale / STEP),
    "0": () => show(Math.min(1, (frame.clientWidth - 2) / width)),
  };
  tools.hidden = false;
  tools.addEventListener("click", (event) => acts[event.target.dataset.zoom]?.());
  frame.addEventListener("keydown", (event) => acts[event.key === "=" ? "+" : event.key]?.());
  frame.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    acts[event.deltaY < 0 ? "+" : "-"]();
  }, { passive: false });
  drawing.addEventListener("click", (event) => {
    const box = event.target.closest("[data-node]");
    if (box) location.hash = `node-${box.dataset.node}`;
  });
}
