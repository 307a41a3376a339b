// The list of commands and their words while one is typed: arrows choose, Tab or Enter takes, Escape closes.

export function helpWithCommands(box, list) {
  const commands = JSON.parse(document.getElementById("commands").textContent);
  let chosen = -1;

  function matches() {
    const [, name, rest] = /^(\/\S*)(?:\s+(\S*))?$/.exec(box.value) ?? [];
    if (name === undefined) return [];
    if (rest === undefined && !box.value.endsWith(" ")) {
      return commands.filter((command) => command.name.startsWith(name)).map((command) => ({ text: command.name, hint: command.hint }));
    }
    const command = commands.find((known) => known.name === name);
    return (command?.words ?? [])
      .filter((word) => word.text.startsWith(rest ?? "") && word.text !== rest)
      .map((word) => ({ text: `${name} ${word.text}`, hint: word.hint }));
  }

  function show() {
    const found = matches();
    chosen = found.length ? Math.min(Math.max(chosen, 0), found.length - 1) : -1;
    list.replaceChildren(...found.map(draw));
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    if (chosen < 0) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", `suggestion-${chosen}`);
  }

  function draw(word, place) {
    const item = document.createElement("li");
    item.id = `suggestion-${place}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", String(place === chosen));
    item.append(Object.assign(document.createElement("b"), { textContent: word.text }));
    item.append(Object.assign(document.createElement("span"), { textContent: word.hint }));
    item.addEventListener("mousedown", (event) => {
      event.preventDefault();
      take(word.text);
    });
    return item;
  }

  function take(text) {
    box.value = `${text} `;
    chosen = -1;
    show();
    box.focus();
  }

  box.addEventListener("input", () => {
    chosen = 0;
    show();
  });
  box.addEventListener("blur", () => {
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
  });
  box.addEventListener("keydown", (event) => {
    const found = list.hidden ? [] : matches();
    if (!found.length) return;
    const isWhole = found[chosen]?.text === box.value.trim();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length;
      show();
    } else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !isWhole)) {
      event.preventDefault();
      take(found[chosen].text);
    } else if (event.key === "Escape") {
      event.preventDefault();
      list.hidden = true;
      box.setAttribute("aria-expanded", "false");
    }
  });
}
