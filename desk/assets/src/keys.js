// j/k next/previous, o/Enter open, e edit, / search, ? help, g then a letter: go to a section.

const JUMPS = { i: "/articles", s: "/stories", r: "/reviews", q: "/deliveries", a: "/emergency", d: "/reports" };
let afterG = false;

export function listenToKeys() {
  document.addEventListener("keydown", onKey);
  for (const button of document.querySelectorAll("[data-opens-help]")) button.addEventListener("click", openHelp);
}

function onKey(event) {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event);
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isWriting(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (afterG) {
    afterG = false;
    if (JUMPS[event.key]) location.assign(JUMPS[event.key]);
    return;
  }
  const acts = { j: () => move(1), k: () => move(-1), o: openRow, e: edit, "/": search, "?": openHelp, g: () => (afterG = true) };
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

// in a search with choices the arrows go from the field to the choices and back
function step(event) {
  const all = [...(event.target.closest("[data-steps]")?.querySelectorAll("[data-step]") ?? [])];
  const next = all[all.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
  if (!next || !all.includes(event.target) || event.isComposing) return;
  event.preventDefault();
  next.focus();
}

function isWriting(element) {
  return element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName);
}

function rows() {
  return [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
}

function move(step) {
  const all = rows();
  const at = all.findIndex((row) => row.classList.contains("current"));
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  if (!next) return;
  all[at]?.classList.remove("current");
  next.classList.add("current");
  const link = next.querySelector("[data-open]");
  (link ?? next).focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function openRow() {
  document.querySelector("[data-row].current [data-open]")?.click();
}

function edit() {
  const target = document.querySelector("[data-row].current [data-edit]") ?? document.querySelector("[data-key-edit]");
  target?.click();
}

function search() {
  const box = document.querySelector("[data-search]");
  box?.focus();
  box?.select();
}

function openHelp() {
  document.querySelector("#help")?.showModal();
}
