// The page's own script: keeps its parts as the server draws them, and sends what the person does.
import { collect, confirmed, fill, ticked, toast, valueOf } from "./acts.js";
import { helpWithCommands } from "./commands.js";
import { closeMenus } from "./menus.js";
import { localise } from "./times.js";

const { me, channel, thread } = document.body.dataset;
const modal = document.getElementById("modal");

async function send(act, document_) {
  try {
    const answer = await fetch(`/page/${act}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Sandbox-User": me },
      body: JSON.stringify(document_),
    });
    const done = await answer.json();
    if (done.complaint) toast(done.complaint);
    return done;
  } catch {
    toast("The local workspace does not answer. Is it still running?");
    return { complaint: "unreachable" };
  }
}

// --- parts -------------------------------------------------------------------------------------------------------

async function fetched(part) {
  const query = new URLSearchParams({ channel, thread });
  const answer = await fetch(`/page/part/${part}?${query}`, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(`${part}: ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html").body;
}

function keyOf(element) {
  const { key, blockId, actionId, value } = element.dataset;
  return element.id || key || (actionId && `${blockId}/${actionId}/${value ?? ""}`) || element.getAttribute("href") || element.textContent;
}

function focusAgain(root, key) {
  for (const element of root.querySelectorAll("a, button, summary, input, select, textarea")) {
    if (keyOf(element) === key) return element.focus();
  }
  root.closest("[tabindex]")?.focus();
}

// What is drawn anew under somebody's hands keeps the menus that they opened.
function openAgain(old, fresh) {
  const open = new Set([...old.querySelectorAll("details.menu[open] > summary")].map(keyOf));
  for (const summary of fresh.querySelectorAll("details.menu > summary")) {
    if (open.has(keyOf(summary))) summary.parentElement.open = true;
  }
}

// The message that a link led here for; drawn anew, it is no longer the browser's own :target.
const MEANT = ":target, .meant";

function swapLines(list, fresh) {
  const known = new Map([...list.children].map((line) => [line.id, line]));
  const wanted = [...fresh.children].map((line) => {
    const old = known.get(line.id);
    if (!old || !line.id) return line;
    const drawn = line.outerHTML;
    if (old.drawn === undefined ? old.isEqualNode(line) : old.drawn === drawn) return old;
    const key = old.contains(document.activeElement) ? keyOf(document.activeElement) : null;
    line.drawn = drawn;
    openAgain(old, line);
    if (old.matches(MEANT)) line.classList.add("meant");
    old.replaceWith(line);
    if (key) focusAgain(line, key);
    return line;
  });
  for (const line of wanted) line.drawn ??= line.outerHTML;
  wanted.forEach((line, place) => {
    if (list.children[place] !== line) list.insertBefore(line, list.children[place] ?? null);
  });
  while (list.children.length > wanted.length) list.lastElementChild.remove();
  localise(list);
}

async function refreshLines(id) {
  const list = document.getElementById(id);
  if (!list) return;
  const scroll = list.closest(".scroll");
  const isAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  const before = list.lastElementChild?.id;
  swapLines(list, await fetched(id));
  if (isAtEnd || list.lastElementChild?.classList.contains("ephemeral") && list.lastElementChild.id !== before) toEnd(scroll);
}

async function refreshSidebar() {
  const sidebar = document.getElementById("sidebar");
  const key = sidebar.contains(document.activeElement) ? keyOf(document.activeElement) : null;
  sidebar.replaceChildren(...(await fetched("sidebar")).childNodes);
  if (key) focusAgain(sidebar, key);
}

async function refreshModal() {
  const fresh = (await fetched("modal")).querySelector("form");
  const form = modal.querySelector("form");
  if (!fresh) {
    modal.replaceChildren();
    if (modal.open) modal.close();
    return;
  }
  if (form?.drawn === fresh.outerHTML) return;
  const isSame = form?.dataset.viewId === fresh.dataset.viewId;
  const typed = isSame ? collect(form) : {};
  const key = form?.querySelector("[data-field]") && form.contains(document.activeElement) ? keyOf(document.activeElement) : null;
  fresh.drawn = fresh.outerHTML;
  modal.replaceChildren(fresh);
  keepTyped(fresh, typed);
  localise(fresh);
  if (!modal.open) modal.showModal();
  const first = fresh.querySelector("[aria-invalid], [data-focus]");
  if (first) first.focus();
  else if (isSame && key) focusAgain(fresh, key);
  else (fresh.querySelector("[data-field]") ?? fresh.querySelector("footer button:last-child")).focus();
}

function keepTyped(form, typed) {
  for (const field of form.querySelectorAll("[data-field]")) {
    const value = typed[field.dataset.blockId]?.[field.dataset.actionId];
    if (value) fill(field, value);
    else if (field.dataset.moment) fill(field, field.dataset.moment);
  }
  for (const boxes of form.querySelectorAll("[data-boxes]")) {
    const value = typed[boxes.dataset.blockId]?.[boxes.dataset.actionId];
    if (value === undefined) continue;
    const chosen = new Set(JSON.parse(value));
    for (const box of boxes.querySelectorAll("input")) box.checked = chosen.has(box.value);
  }
}

// A Home tab that is published again keeps what was ticked and chosen at what is still there, as Slack's client does.
async function refreshHome() {
  const home = document.getElementById("home");
  if (!home) return;
  const fresh = await fetched("home");
  const next = fresh.querySelector("form");
  const form = home.querySelector("form");
  if (next && form?.drawn === next.outerHTML) return;
  const key = home.contains(document.activeElement) ? keyOf(document.activeElement) : null;
  const typed = form ? collect(form) : {};
  if (next) next.drawn = next.outerHTML;
  home.replaceChildren(...fresh.childNodes);
  if (next) keepTyped(next, typed);
  localise(home);
  if (key) focusAgain(home, key);
}

function toEnd(scroll) {
  scroll.scrollTop = scroll.scrollHeight;
}

// One refresh of a part runs at a time; what rings meanwhile makes it run once more.
function oneAtATime(refresh) {
  let running = false;
  let again = false;
  return async function run() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      await refresh();
    } catch {
      again = false; // the stream reconnects and asks for everything
    }
    running = false;
    if (again) {
      again = false;
      run();
    }
  };
}

const refresh = {
  timeline: oneAtATime(() => refreshLines("timeline")),
  thread: oneAtATime(() => refreshLines("thread")),
  sidebar: oneAtATime(refreshSidebar),
  modal: oneAtATime(refreshModal),
  home: oneAtATime(refreshHome),
};

const stream = new EventSource("/page/live");
stream.onopen = () => Object.values(refresh).forEach((run) => run());
stream.onmessage = (event) => {
  const ring = JSON.parse(event.data);
  if (ring.kind === "view") refresh.modal();
  if (ring.kind === "home") refresh.home();
  if (ring.kind !== "message") return;
  if (ring.channel === channel) {
    refresh.timeline();
    refresh.thread();
  }
  refresh.sidebar();
};

// --- what the person does ----------------------------------------------------------------------------------------

async function press(element, value) {
  if (!(await confirmed(element))) return;
  if (element.dataset.url) window.open(element.dataset.url, "_blank", "noopener,noreferrer");
  const { actionId: action_id, blockId: block_id } = element.dataset;
  element.setAttribute("aria-busy", "true");
  const form = element.closest("form[data-view-id]");
  const line = element.closest("[data-ts]");
  if (form) await send("press_in_view", { view: form.dataset.viewId, action_id, block_id, value, typed: collect(form) });
  else await send("press", { channel: line.dataset.channel, ts: line.dataset.ts, action_id, block_id, value, typed: collect(line) });
  element.removeAttribute("aria-busy");
}

// What is chosen in a menu is pressed; the menu is shut by then, and whoever uses the keyboard is back at its dots.
async function pick(element) {
  const dots = element.closest("details").querySelector("summary");
  closeMenus();
  dots.focus();
  await press(element, element.dataset.value);
}

async function closeModal() {
  const form = modal.querySelector("form");
  if (form) await send("close", { view: form.dataset.viewId });
  refresh.modal();
}

// A shortcut stands in the menu of one message, or in that of the whole workspace.
async function choose(element) {
  const callback_id = element.dataset.callbackId;
  const line = element.closest("[data-ts]");
  closeMenus();
  if (line) await send("message_shortcut", { channel: line.dataset.channel, ts: line.dataset.ts, callback_id });
  else await send("shortcut", { callback_id });
}

document.addEventListener("click", (event) => {
  const element = event.target.closest("[data-act]");
  if (element?.dataset.act === "press") press(element, null);
  if (element?.dataset.act === "pick") pick(element);
  if (element?.dataset.act === "close") closeModal();
  if (element?.dataset.act === "shortcut") choose(element);
  if (element?.dataset.act === "dismiss") {
    const { channel: where, ts } = element.closest("[data-ts]").dataset;
    send("dismiss", { channel: where, ts });
  }
});

document.addEventListener("change", (event) => {
  if (event.target.dataset.act === "choose") press(event.target, valueOf(event.target) || null);
  const boxes = event.target.closest("[data-act=tick]");
  if (boxes) press(boxes, ticked(boxes));
  if (event.target.id === "me") event.target.form.submit();
});

// A text that tells the app at once does so, as it asked for, with the Enter key or with every character.
function isSentOn(field, trigger) {
  return field.dataset.act === "type" && field.dataset.sentOn.split(" ").includes(trigger);
}

document.addEventListener("input", (event) => {
  if (isSentOn(event.target, "on_character_entered")) press(event.target, event.target.value);
});

document.addEventListener("keydown", (event) => {
  const isPlain = event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.isComposing;
  if (!isPlain || !isSentOn(event.target, "on_enter_pressed")) return;
  event.preventDefault();
  press(event.target, event.target.value);
});

modal.addEventListener("cancel", (event) => {
  event.preventDefault();
  closeModal();
});

// A browser lets Escape be held back once only; then the dialog is shut already and the server has to hear of it.
modal.addEventListener("close", () => {
  if (modal.querySelector("form")) closeModal();
});

modal.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("[type=submit]");
  if (!button || button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  await send("submit", { view: form.dataset.viewId, typed: collect(form) });
  button.removeAttribute("aria-busy");
  refresh.modal();
});

// Enter sends a dialog from anywhere but a box of many lines; there it is Ctrl or Cmd with Enter, as in Slack.
modal.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) modal.querySelector("form")?.requestSubmit();
});

// First, so that Enter takes a suggestion before it sends.
const composer = document.getElementById("composer");
if (composer?.form) helpWithCommands(composer, document.getElementById("suggestions"));

for (const form of document.querySelectorAll(".composer")) {
  const box = form.querySelector("textarea");
  const grow = () => {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + 2}px`;
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = box.value;
    if (!text.trim()) return;
    box.value = "";
    grow();
    const done = await send("say", { channel, text, thread: form.dataset.thread || null });
    if (done.complaint && !box.value) box.value = text;
    toEnd(form.parentElement.querySelector(".scroll"));
  });
  box.addEventListener("input", grow);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.defaultPrevented) return;
    event.preventDefault();
    form.requestSubmit();
  });
}

// --- the list of channels on a phone -----------------------------------------------------------------------------

const nav = document.getElementById("nav");
const menu = document.getElementById("menu");

function showNav(isShown) {
  nav.classList.toggle("open", isShown);
  menu.setAttribute("aria-expanded", String(isShown));
  if (isShown) nav.querySelector("a, select").focus();
}

menu.addEventListener("click", (event) => {
  event.stopPropagation();
  showNav(!nav.classList.contains("open"));
});
document.addEventListener("click", (event) => {
  if (nav.classList.contains("open") && !nav.contains(event.target)) showNav(false);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && nav.classList.contains("open")) {
    showNav(false);
    menu.focus();
  }
});

localise(document);
for (const field of document.querySelectorAll("[data-moment]")) fill(field, field.dataset.moment);
for (const scroll of document.querySelectorAll(".scroll:not(.at-top)")) toEnd(scroll);
document.querySelector(".message:target")?.scrollIntoView({ block: "center" });
if (modal.querySelector("form")) modal.showModal();
