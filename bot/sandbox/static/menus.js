// Menus: one open at a time; Escape, a click elsewhere and a choice close it.

export function closeMenus(except = null) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// The event does not bubble.
document.addEventListener(
  "toggle",
  (event) => {
    if (event.target.matches("details.menu[open]")) event.target.querySelector("ul").scrollIntoView({ block: "nearest" });
  },
  true,
);
