// What was typed, the question before an action, and the short notices at the bottom.

export function collect(root) {
  const typed = {};
  for (const field of root.querySelectorAll("[data-field]")) {
    typed[field.dataset.blockId] ??= {};
    typed[field.dataset.blockId][field.dataset.actionId] = field.value;
  }
  for (const boxes of root.querySelectorAll("[data-boxes]")) {
    typed[boxes.dataset.blockId] ??= {};
    typed[boxes.dataset.blockId][boxes.dataset.actionId] = ticked(boxes);
  }
  return typed;
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
