// Runs: how many, how they ended, and percentiles of tokens, cost and duration.

import { byID, explain, make, numberCell, status } from "./dom.js";
import { dollars, duration, integer, percent, time } from "./format.js";

const ranks = ["p50", "p90", "p99"];
const measures = [
  { name: "tokens", label: "Tokens", show: (value) => ({ text: integer(value), exact: undefined }) },
  { name: "cost_nanousd", label: "Cost, USD", show: dollars },
  { name: "duration_ms", label: "Duration", show: duration },
];
const states = {
  success: ["ok", "●", "success"],
  error: ["alarm", "✕", "failed"],
  open: ["unknown", "◌", "open"],
};

export function showRuns(runs) {
  const latest = runs.latest ?? [];
  const isEmpty = latest.length === 0 && Number(runs.count) === 0;
  byID("runs").hidden = isEmpty;
  byID("runs-empty").hidden = !isEmpty;
  if (isEmpty) {
    explain(byID("runs-empty"), "No spans in this time. Send OTLP over HTTP with a telemetry key; standard exporters read these variables:",
      `export OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=${location.origin}/v1/traces\n`
        + 'export OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer%20$TELEMETRY_KEY"');
    return;
  }
  showCounts(runs);
  byID("percentile-rows").replaceChildren(...measures.map((measure) =>
    make("tr", { "data-measure": measure.name }, make("th", { scope: "row" }, measure.label),
      ...ranks.map((rank) => quantileCell(runs, measure, rank)))));
  byID("workflow-rows").replaceChildren(...(runs.by_workflow ?? []).map(workflowRow));
  byID("latest-rows").replaceChildren(...latest.map(runRow));
}

function showCounts(runs) {
  const tiles = [
    ["count", "Ended", integer(runs.count), `${integer(runs.open ?? 0)} open`],
    ["failed", "Failed", integer(runs.failed), percent(runs.failed, runs.count)],
    ["unpriced", "Unpriced calls", integer(runs.unpriced ?? 0),
      Number(runs.unpriced) > 0 ? "▲ not in the costs below" : "every call has a price"],
  ];
  byID("run-counts").replaceChildren(...tiles.map(([name, label, value, note]) =>
    make("div", { class: "tile" }, make("dt", {}, label),
      make("dd", { "data-runs": name }, make("strong", {}, value), " ", make("small", {}, note)))));
  const partial = byID("runs-partial");
  partial.hidden = runs.complete !== false;
  partial.textContent = `▲ There are more runs than are counted here: these numbers are of the newest ${integer(Number(runs.count) + Number(runs.open ?? 0))}.`;
}

/** A quantile, or a dash with the count where there are too few values for it to mean anything. */
function quantileCell(group, measure, rank) {
  const quantile = group[measure.name]?.[rank];
  const isFirst = rank === ranks[0];
  if (quantile === null || quantile === undefined) return numberCell({ text: "—, n=0", exact: "no ended runs" }, isFirst);
  const shown = measure.show(quantile.value);
  const count = `n=${integer(group.count)}`;
  if (quantile.enough) return numberCell({ text: shown.text, exact: shown.exact ? `${shown.exact}, ${count}` : count }, isFirst);
  const cell = numberCell({ text: `—, ${count}`, exact: `too few runs; so far ${shown.exact ?? shown.text}` }, isFirst);
  cell.classList.add("thin");
  return cell;
}

function workflowRow(group) {
  return make("tr", { "data-workflow": group.workflow }, make("th", { scope: "row" }, group.workflow),
    make("td", { class: "number" }, integer(group.count)),
    make("td", { class: "number" }, Number(group.failed) > 0 ? status("alarm", "✕", integer(group.failed)) : "0"),
    ...measures.flatMap((measure) => ranks.map((rank) => quantileCell(group, measure, rank))));
}

function runRow(run) {
  const [kind, glyph, word] = states[run.state] ?? ["unknown", "◌", run.state];
  const tokens = BigInt(run.tokens_in) + BigInt(run.tokens_out);
  const details = `${integer(run.tokens_in)} in (${integer(run.tokens_cached ?? 0)} from cache), ${integer(run.tokens_out)} out`;
  const cost = dollars(run.cost_nanousd);
  const unpriced = Number(run.unpriced_calls ?? 0);
  // A call without a price is not free: no sum stands where none of a run's calls has one.
  const costCell = numberCell(unpriced > 0 && BigInt(run.cost_nanousd) === 0n ? { text: "" } : cost);
  if (unpriced > 0) costCell.append(" ", status("warn", "▲", `${integer(unpriced)} unpriced`));
  return make("tr", { "data-run": run.run }, make("th", { scope: "row", class: "id" }, run.run),
    make("td", {}, run.workflow ?? make("span", { class: "quiet" }, "not given")),
    make("td", {}, status(kind, glyph, word)), make("td", {}, time(run.start)),
    numberCell(duration(run.duration_ms)), numberCell({ text: integer(tokens), exact: details }), costCell);
}
