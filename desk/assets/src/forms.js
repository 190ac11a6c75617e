// Small help for forms: ask before what cannot be undone, never send twice, warn before losing text, filter at once.

export function watchForms() {
  document.addEventListener("submit", onSubmit);
  // in the capture phase: boxes are checked before htmx reads the form
  document.addEventListener("change", onChange, true);
  document.addEventListener("click", onClick);
  for (const form of document.querySelectorAll("form[data-keep]")) guardText(form);
}

function onSubmit(event) {
  const form = event.target;
  const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  if (form.method === "post" && !form.hasAttribute("hx-post")) {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 4000);
    // asking the outside takes seconds: the button says so
    if (event.submitter?.dataset.busy) event.submitter.textContent = event.submitter.dataset.busy;
  }
}

function onChange(event) {
  if (event.target.matches("[data-submit-on-change]")) event.target.form?.requestSubmit();
  if (event.target.matches("[data-checks-all]")) checkAll(event.target);
}

function checkAll(box) {
  const group = box.closest("[data-group]");
  for (const other of group?.querySelectorAll("input[type=checkbox]:not([disabled])") ?? []) other.checked = box.checked;
}

function onClick(event) {
  const button = event.target.closest("[data-closes]");
  if (button) button.closest(button.dataset.closes)?.close?.();
}

function guardText(form) {
  let touched = false;
  form.addEventListener("input", () => (touched = true));
  form.addEventListener("submit", () => (touched = false));
  window.addEventListener("beforeunload", (event) => {
    if (touched) event.preventDefault();
  });
}
