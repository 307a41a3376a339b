// Times are drawn in UTC by the server and shown in the reader's own zone here.

const CLOCK = { hour: "2-digit", minute: "2-digit" };
const UNBROKEN = "\u00a0"; // no line ends between the minutes and PM
const TOKENS = {
  date: { year: "numeric", month: "long", day: "numeric" },
  date_pretty: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_short_pretty: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  date_long_pretty: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  time: CLOCK,
  time_secs: { ...CLOCK, second: "2-digit" },
};

export function localise(root) {
  for (const time of root.querySelectorAll("time[data-stamp]")) {
    const at = new Date(Number(time.dataset.stamp) * 1000);
    time.textContent = at.toLocaleTimeString([], CLOCK);
    time.title = at.toLocaleString();
    time.dateTime = at.toISOString();
  }
  for (const time of root.querySelectorAll("time[data-date]")) {
    const [stamp, ...form] = time.dataset.date.split("|");
    const at = new Date(Number(stamp) * 1000);
    time.textContent = form.join("|").replace(/\{(\w+)\}/g, (whole, token) => drawToken(at, token) ?? whole);
    time.title = at.toLocaleString();
    time.dateTime = at.toISOString();
  }
}

function drawToken(at, token) {
  if (token === "ago") return ago(at);
  if (token.endsWith("_pretty") && isToday(at)) return "today";
  const drawn = TOKENS[token] && at.toLocaleString([], TOKENS[token]);
  return TOKENS[token]?.hour ? drawn.replaceAll(" ", UNBROKEN) : drawn;
}

function isToday(at) {
  return at.toDateString() === new Date().toDateString();
}

function ago(at) {
  const minutes = Math.round((at - Date.now()) / 60000);
  const form = new Intl.RelativeTimeFormat([], { numeric: "auto" });
  if (Math.abs(minutes) < 60) return form.format(minutes, "minute");
  if (Math.abs(minutes) < 1440) return form.format(Math.round(minutes / 60), "hour");
  return form.format(Math.round(minutes / 1440), "day");
}
