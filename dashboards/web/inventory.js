// The inventory: which workflows are registered, whose they are, how much harm they can do, and whether they are halted.

import { byID, explain, make, status } from "./dom.js";

export function showInventory(workflows) {
  byID("inventory").hidden = workflows.length === 0;
  byID("inventory-empty").hidden = workflows.length !== 0;
  byID("inventory-count").textContent = workflows.length === 1 ? "1 workflow" : `${workflows.length} workflows`;
  if (workflows.length === 0) {
    explain(byID("inventory-empty"), "No workflows are registered, so every step is denied. Put a policy folder in force:",
      "countersign apply policies");
    return;
  }
  byID("inventory-rows").replaceChildren(...workflows.map(row));
}

function row(workflow) {
  const classes = workflow.data_classes ?? [];
  return make("tr", { "data-workflow": workflow.id },
    make("th", { scope: "row" }, workflow.id, " ", make("small", {}, "v" + workflow.version),
      make("p", { class: "purpose" }, workflow.purpose)),
    make("td", {}, workflow.owner?.person ?? "—"), make("td", {}, workflow.owner?.team ?? "—"),
    make("td", {}, make("span", { class: "tier" }, workflow.risk_tier)), make("td", {}, workflow.lifecycle),
    make("td", {}, classes.length > 0 ? classes.join(", ") : "none"), make("td", {}, stateOf(workflow)));
}

/** Stages in which steps may not run at all. */
const idleStages = ["discovery", "suspended", "retired"];

function stateOf(workflow) {
  if (workflow.halted) return status("alarm", "✕", "halted");
  return idleStages.includes(workflow.lifecycle) ? status("unknown", "◌", "not live") : status("ok", "●", "live");
}
