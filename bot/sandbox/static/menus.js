// Menus: one open at a time; arrows go through it, and Escape, Tab, a click elsewhere and a choice close it.

export function closeMenus(except = null) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest("details.menu");
  if (!menu) return;
  if (event.key === "Escape" && menu.open) {
    event.preventDefault();
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (event.key === "Tab" && menu.querySelector("[role=menu]")) {
    menu.open = false;
  } else if (event.key in STEPS || (menu.open && ["Home", "End"].includes(event.key))) {
    event.preventDefault();
    menu.open = true;
    step(menu, event.key);
  }
});

// From the dots, down leads to the first choice and up to the last.
function step(menu, key) {
  const choices = [...menu.querySelectorAll("li button")];
  const here = choices.indexOf(document.activeElement);
  const first = key === "Home" || (key === "ArrowDown" && here < 0);
  const last = key === "End" || (key === "ArrowUp" && here < 0);
  const next = first ? 0 : last ? choices.length - 1 : here + STEPS[key];
  choices.at(next % choices.length).focus();
}

// The event does not bubble. A menu opens to the left, unless there is no room for it there.
document.addEventListener(
  "toggle",
  (event) => {
    if (!event.target.matches("details.menu[open]")) return;
    const list = event.target.querySelector("ul");
    const edge = (list.closest(".scroll, .body") ?? document.body).getBoundingClientRect().left;
    list.classList.remove("to-the-right");
    list.classList.toggle("to-the-right", list.getBoundingClientRect().left < edge);
    list.scrollIntoView({ block: "nearest" });
  },
  true,
);
