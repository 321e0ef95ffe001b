// Decisions by outcome: totals, bars by hour, and the same numbers as a table.

import { byID, draw, explain, make } from "./dom.js";
import { integer, percent, time } from "./format.js";

const outcomes = [
  { name: "permit", glyph: "●", word: "Permit" },
  { name: "escalate", glyph: "▲", word: "Escalate" },
  { name: "deny", glyph: "✕", word: "Deny" },
];
const hourMilliseconds = 3_600_000;
/** Most hours that are drawn: a day and the hour that it began in. */
const hoursMax = 25;

/** Draws the chart again when the room for it changes. */
let redraw = () => {};
const observer = new ResizeObserver(() => redraw());

export function showDecisions(decisions, since, now) {
  const total = outcomes.reduce((sum, outcome) => sum + Number(decisions[outcome.name] ?? 0), 0);
  const isEmpty = total === 0;
  byID("decisions").hidden = isEmpty;
  byID("decisions-empty").hidden = !isEmpty;
  if (isEmpty) {
    explain(byID("decisions-empty"), "No decisions in this time. Ask for one with a runtime key:",
      exampleRequest());
    return;
  }
  byID("outcomes").replaceChildren(...outcomes.map(({ name, glyph, word }) => {
    const count = decisions[name] ?? 0;
    return make("div", { class: "tile " + name },
      make("dt", {}, make("span", { class: "glyph", "aria-hidden": "true" }, glyph), " ", word),
      make("dd", { "data-outcome": name }, make("strong", {}, integer(count)), " ", make("small", {}, percent(count, total))));
  }));
  byID("legend").replaceChildren(...outcomes.map(({ name, word }) =>
    make("span", { class: "key" }, swatch(name), " ", word)));
  const hours = everyHour(decisions.by_hour ?? [], since, now);
  const box = byID("hours-chart");
  let drawnWidth = 0;
  redraw = () => {
    const width = Math.round(box.clientWidth);
    if (width === 0 || width === drawnWidth) return;
    drawnWidth = width;
    box.replaceChildren(chart(hours, total, width));
  };
  redraw();
  observer.observe(box);
  byID("hours-rows").replaceChildren(...hours.map((hour) =>
    make("tr", {}, make("th", { scope: "row" }, hourName(hour)),
      ...outcomes.map(({ name }) => make("td", { class: "number" }, integer(hour[name]))))));
}

function exampleRequest() {
  const request = {
    subject: { type: "agent", id: "refund-agent" },
    action: { name: "tool.call" },
    resource: { type: "tool", id: "orders.get" },
    context: { workflow: "refund", run: "first", step: "load-order", point: "before_tool" },
  };
  return `curl ${location.origin}/access/v1/evaluation \\\n  -H "Authorization: Bearer $RUNTIME_KEY" -H "Content-Type: application/json" \\\n`
    + `  -d '${JSON.stringify(request)}'`;
}

/** The hours between `since` and `now`, those without decisions as zeros. */
function everyHour(rows, since, now) {
  const known = new Map(rows.map((row) => [Date.parse(row.hour), row]));
  const last = Math.floor(Date.parse(now) / hourMilliseconds);
  const first = Math.max(Math.floor(Date.parse(since) / hourMilliseconds), last - hoursMax + 1);
  const hours = [];
  for (let hour = first; hour <= last; hour += 1) {
    const row = known.get(hour * hourMilliseconds) ?? {};
    const counts = outcomes.map(({ name }) => [name, Number(row[name] ?? 0)]);
    hours.push({ start: hour * hourMilliseconds, ...Object.fromEntries(counts) });
  }
  return hours;
}

function hourName(hour) {
  return time(hour.start, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}

/** The tallest value rounded up to 1, 2 or 5 times a power of ten. */
function niceCeiling(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value);
}

/** One unit of the drawing is one CSS pixel, so that its text has the page's size. */
function chart(hours, total, width) {
  const [height, left, right, bottom, top] = [200, 44, 14, 22, 8];
  const ceiling = niceCeiling(Math.max(...hours.map((hour) => hour.permit + hour.escalate + hour.deny)));
  const y = (value) => top + (height - top - bottom) * (1 - value / ceiling);
  const slot = (width - left - right) / hours.length;
  const svg = draw("svg", {
    width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": `${integer(total)} decisions over ${hours.length} hours, as stacked bars. The table below has every number.`,
  });
  const ticks = ceiling === 1 ? [0, 1] : [0, ceiling / 2, ceiling].filter(Number.isInteger);
  for (const tick of ticks) {
    svg.append(draw("line", { class: "grid", x1: left, x2: width - right, y1: y(tick), y2: y(tick) }),
      draw("text", { class: "tick", x: left - 6, y: y(tick) + 4, "text-anchor": "end" }, integer(tick)));
  }
  hours.forEach((hour, index) => {
    const x = left + index * slot;
    const column = draw("g", { class: "column" },
      draw("title", {}, `${hourName(hour)}: ` + outcomes.map(({ name, word }) => `${word.toLowerCase()} ${integer(hour[name])}`).join(", ")),
      draw("rect", { class: "catch", x, y: top, width: slot, height: height - top - bottom }));
    let base = 0;
    for (const { name } of outcomes) {
      if (hour[name] === 0) continue;
      const [from, to] = [y(base), y(base + hour[name])];
      // A few among many still show: a bar is never lower than 1.5.
      const tall = Math.max(1.5, from - to - (base > 0 ? 1 : 0));
      column.append(bar(name, x + slot * 0.14, from - (base > 0 ? 1 : 0) - tall, slot * 0.72, tall));
      base += hour[name];
    }
    svg.append(column);
    if ((hour.start / hourMilliseconds) % hoursBetweenLabels(slot) === 0) {
      const label = time(hour.start, { hour: "2-digit", minute: "2-digit" });
      svg.append(draw("text", { class: "tick", x: x + slot / 2, y: height - 5, "text-anchor": "middle" }, label));
    }
  });
  return svg;
}

/** Labels stand at round hours, as many as fit: one takes about 44 pixels. */
function hoursBetweenLabels(slot) {
  return [1, 2, 3, 4, 6, 12, 24].find((hours) => hours * slot >= 44) ?? 24;
}

/** Outcomes differ by pattern as well as by colour; the page holds the patterns. */
function bar(name, x, y, width, height) {
  return draw("rect", { class: name, x, y, width, height, fill: name === "permit" ? undefined : `url(#hatch-${name})` });
}

function swatch(name) {
  return draw("svg", { class: "swatch", viewBox: "0 0 12 12", "aria-hidden": "true" }, bar(name, 1, 1, 10, 10));
}
