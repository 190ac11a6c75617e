// For every page: htmx, keyboard, counters, the emergency clock. The desk works without it, only less smoothly.
import htmx from "htmx.org";
import { watchCounters } from "./counters.js";
import { watchClocks } from "./clock.js";
import { listenToKeys } from "./keys.js";
import { watchForms } from "./forms.js";

// the page's content security policy forbids eval and inline styles; nothing here needs them
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0;

const csrf = document.querySelector("meta[name=csrf]")?.content ?? "";

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = csrf;
});

// a refusal comes as a fragment with its own status: show it instead of dropping it
document.addEventListener("htmx:beforeSwap", (event) => {
  const status = event.detail.xhr.status;
  if (status === 403 || status === 409 || status === 422) event.detail.shouldSwap = true;
});

document.addEventListener("htmx:sendError", () => say("连不上编辑台，请检查网络后再试。"));
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status >= 500) say("系统出错了，刚才的操作可能没有完成，请刷新页面查看。");
});

function say(text) {
  const place = document.querySelector("#notices");
  if (!place) return;
  const box = document.createElement("p");
  box.className = "notice bad";
  box.setAttribute("role", "alert");
  box.textContent = text;
  place.replaceChildren(box);
}

listenToKeys();
watchForms();
watchCounters(document);
watchClocks();
document.addEventListener("htmx:load", (event) => watchCounters(event.detail.elt));
// keys work from here on
document.documentElement.dataset.ready = "yes";
