// Budgets: what is spent, what is held for steps under way, and what is left, as bars that each have their numbers beside them.

import { byID, draw, explain, make, numberCell, status } from "./dom.js";
import { amount, currencyName, percent, time } from "./format.js";

/** Where a bar says that little is left, percent of the limit. */
const warnPercent = 80n;
const barWidth = 200;
const kinds = ["organisation", "team", "workflow"];

export function showBudgets(rows) {
  const sorted = [...rows].sort(byPlace);
  const [limited, unlimited] = [sorted.filter((item) => item.limit !== undefined), sorted.filter((item) => item.limit === undefined)];
  byID("budgets").hidden = limited.length === 0;
  byID("budget-legend").hidden = limited.length === 0;
  byID("unlimited").hidden = unlimited.length === 0;
  byID("budgets-empty").hidden = rows.length !== 0;
  if (rows.length === 0) {
    explain(byID("budgets-empty"), "Nothing is spent or held in the current periods. Limits stand in budgets.yaml and in each workflow's file; "
      + "those in use are listed by:", "countersign budget list");
    return;
  }
  byID("budget-legend").replaceChildren(
    make("span", { class: "key" }, swatch("spent"), " spent"),
    make("span", { class: "key" }, swatch("held"), " held for steps under way, not spent"),
    make("span", { class: "key" }, swatch("over"), " beyond the limit"));
  byID("budget-rows").replaceChildren(...limited.map(row));
  byID("unlimited-rows").replaceChildren(...unlimited.map(row));
  byID("unlimited-title").textContent = `Used without a limit: ${unlimited.length}`;
}

function byPlace(left, right) {
  const place = (item) => kinds.indexOf(item.node.split(":")[0]);
  return place(left) - place(right) || (left.account < right.account ? -1 : left.account > right.account ? 1 : 0);
}

function row(item) {
  const [kind, ...name] = item.node.split(":");
  const [spent, held, overrun] = [BigInt(item.settled), BigInt(item.held), BigInt(item.overrun)];
  const limit = item.limit === undefined ? undefined : BigInt(item.limit);
  const show = (value) => amount(item.currency, value);
  const picture = limit === undefined ? [] : [bar(spent, held, limit)];
  const use = make("td", { class: "use" }, ...picture, ...notes(spent, held, limit, overrun, show));
  const left = limit === undefined ? [] : [numberCell(show(limit)), numberCell(show(item.available ?? limit - spent - held))];
  return make("tr", { "data-account": item.account, "data-currency": item.currency },
    make("th", { scope: "row" }, make("small", {}, kind), " ", name.join(":")), make("td", {}, period(item.account)),
    make("td", {}, currencyName(item.currency)), use,
    numberCell(show(spent)), numberCell(show(held)), ...left);
}

function notes(spent, held, limit, overrun, show) {
  const parts = [];
  const used = spent + held;
  if (limit !== undefined) {
    if (used > limit) parts.push(status("alarm", "✕", `${show(used - limit).text} over the limit`));
    else if (used === limit) parts.push(status("alarm", "✕", "nothing left"));
    else if (used * 100n >= limit * warnPercent) parts.push(status("warn", "▲", `${percent(used, limit)} used`));
    else parts.push(make("span", {}, `${percent(used, limit) || "0 %"} used`));
  }
  if (overrun > 0n) parts.push(status("warn", "▲", `overrun ${show(overrun).text}: steps used more than was held for them`));
  return parts;
}

/** Spent, then held, from the left; what goes beyond the limit is drawn after the limit's mark. */
function bar(spent, held, limit) {
  const whole = [limit, spent + held, 1n].reduce((most, value) => (value > most ? value : most));
  const x = (value) => Number((value * BigInt(barWidth) * 100n) / whole) / 100;
  const end = spent + held;
  const cut = (value) => (value < limit ? value : limit);
  const svg = draw("svg", { class: "bar", viewBox: `0 0 ${barWidth} 12`, preserveAspectRatio: "none", "aria-hidden": "true" },
    draw("rect", { class: "track", width: barWidth, height: 12 }));
  const piece = (name, from, to, fill) => {
    if (to > from) svg.append(draw("rect", { class: name, x: x(from), width: Math.max(1.5, x(to) - x(from)), height: 12, fill }));
  };
  piece("spent", 0n, cut(spent));
  piece("held", cut(spent), cut(end), "url(#hatch-held)");
  piece("over", limit, end);
  if (end > limit) svg.append(draw("rect", { class: "mark", x: x(limit) - 1, width: 2, height: 12 }));
  return svg;
}

function swatch(name) {
  return draw("svg", { class: "swatch", viewBox: "0 0 12 12", "aria-hidden": "true" },
    draw("rect", { class: name, width: 12, height: 12, fill: name === "held" ? "url(#hatch-held)" : undefined }));
}

/** The period of `node@window/start`. */
function period(account) {
  const [window, start] = account.slice(account.lastIndexOf("@") + 1).split("/");
  const parts = {
    month: { month: "short", year: "numeric" },
    day: { day: "numeric", month: "short" },
    hour: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  }[window];
  return parts ? `${window}: ${time(Number(start), parts)}` : window;
}
