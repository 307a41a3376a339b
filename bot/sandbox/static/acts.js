// What was typed, the question before an action, and the short notices at the bottom.

export function collect(root) {
  const typed = {};
  for (const field of root.querySelectorAll("[data-field]")) {
    typed[field.dataset.blockId] ??= {};
    typed[field.dataset.blockId][field.dataset.actionId] = valueOf(field);
  }
  for (const boxes of root.querySelectorAll("[data-boxes]")) {
    typed[boxes.dataset.blockId] ??= {};
    typed[boxes.dataset.blockId][boxes.dataset.actionId] = ticked(boxes);
  }
  return typed;
}

// Moments are kept and sent in seconds since 1970, and shown in the reader's own zone.
export function valueOf(field) {
  if (field.dataset.moment === undefined || !field.value) return field.value;
  return String(Math.floor(new Date(field.value).getTime() / 1000));
}

export function fill(field, value) {
  if (field.dataset.moment === undefined || !value) field.value = value;
  else field.value = inZone(Number(value) * 1000);
}

function inZone(milliseconds) {
  const ahead = new Date(milliseconds).getTimezoneOffset() * 60000;
  return new Date(milliseconds - ahead).toISOString().slice(0, 16);
}

export function ticked(boxes) {
  return JSON.stringify([...boxes.querySelectorAll("input:checked")].map((box) => box.value));
}

export function confirmed(element) {
  const { confirmTitle, confirmText, confirmYes, confirmNo, confirmStyle } = element.dataset;
  if (confirmTitle === undefined) return Promise.resolve(true);
  const dialog = document.getElementById("confirm");
  document.getElementById("confirm-title").textContent = confirmTitle;
  document.getElementById("confirm-text").textContent = confirmText;
  document.getElementById("confirm-no").textContent = confirmNo;
  const yes = document.getElementById("confirm-yes");
  yes.textContent = confirmYes;
  yes.className = `button ${confirmStyle}`;
  dialog.returnValue = "no";
  dialog.showModal();
  yes.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

export function toast(sentence) {
  const notice = document.createElement("p");
  notice.textContent = sentence;
  const toasts = document.getElementById("toasts");
  // A dialog covers the page, so its notices stand in it.
  (document.querySelector("dialog[open]") ?? document.body).append(toasts);
  toasts.append(notice);
  setTimeout(() => notice.remove(), 8000);
}
