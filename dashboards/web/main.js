// The page: holds the key for this tab, asks for the overview every few seconds, and says how old what it shows is.

import { fetchOverview } from "./client.js";
import { showBudgets } from "./budgets.js";
import { showDecisions } from "./decisions.js";
import { byID, make, status } from "./dom.js";
import { age, integer, time } from "./format.js";
import { showInventory } from "./inventory.js";
import { showRuns } from "./runs.js";

const keyName = "countersign.key";
/** Between one answer and the next question. */
const pollMilliseconds = 5_000;
/** Data older than this is called stale. */
const staleMilliseconds = 60_000;

/** What is shown: the last overview, and when it came by this browser's steady clock. */
let shown = null;
let failure = null;
let timer = null;
/** Counts connections: an answer to an earlier one is dropped. */
let connection = 0;
const drawn = new Map();

function start() {
  byID("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const key = byID("key").value.trim();
    if (!/^[\x21-\x7e]+$/.test(key)) return ask("This is not an API key: a key begins with cs_ and has no spaces.");
    byID("key").value = "";
    byID("key-error").textContent = "";
    sessionStorage.setItem(keyName, key);
    connect();
  });
  byID("forget").addEventListener("click", () => ask(""));
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden && sessionStorage.getItem(keyName)) connect();
  });
  setInterval(showAge, 1_000);
  if (sessionStorage.getItem(keyName)) connect();
  else ask("");
}

function connect() {
  connection += 1;
  clearTimeout(timer);
  if (!shown) byID("live").replaceChildren("Connecting…");
  return poll(connection);
}

/** Shows the form, with what went wrong, and forgets the key and the data. */
function ask(message) {
  connection += 1;
  clearTimeout(timer);
  sessionStorage.removeItem(keyName);
  [shown, failure] = [null, null];
  drawn.clear();
  byID("data").hidden = true;
  byID("forget").hidden = true;
  byID("connect").hidden = false;
  byID("key-error").textContent = message;
  byID("live").replaceChildren();
  showAge();
  byID("key").focus();
}

async function poll(mine) {
  const answer = await fetchOverview(sessionStorage.getItem(keyName) ?? "");
  if (mine !== connection) return;
  if (answer.kind === "unauthenticated") {
    return ask("This key is not valid: it is mistyped, revoked, or of another server. Enter another key.");
  }
  if (answer.kind === "forbidden") {
    return ask("This key may not read the overview: its role only sends. Use a key of role viewer, approver, auditor or admin.");
  }
  failure = answer.kind === "failed" ? answer.detail : null;
  if (answer.kind === "data") {
    try {
      show(answer.overview);
      shown = { overview: answer.overview, at: performance.now() };
    } catch {
      // Another version of the server than the page came from, most likely: what was drawn may be half of it.
      failure = "This page does not understand the server's answer: reload the page.";
      drawn.clear();
      byID("data").hidden = shown === null;
    }
  }
  byID("forget").hidden = false;
  byID("connect").hidden = true;
  showAge();
  if (!document.hidden) timer = setTimeout(() => poll(mine), pollMilliseconds);
}

function show(overview) {
  byID("data").hidden = false;
  const span = `since ${time(overview.since, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" })} UTC`;
  for (const small of document.querySelectorAll("small.span")) small.textContent = span;
  // Hours move on even when no decision comes.
  const hour = overview.now.slice(0, 13);
  section("decisions", [overview.decisions, hour], () => showDecisions(overview.decisions, overview.since, overview.now));
  section("runs", overview.runs, () => showRuns(overview.runs));
  section("budgets", overview.budgets, () => showBudgets(overview.budgets));
  section("inventory", overview.inventory, () => showInventory(overview.inventory));
  const facts = [overview.policy_version, overview.journal, overview.approvals_pending, overview.telemetry];
  section("facts", facts, () => showFacts(overview));
}

/** Draws a section again only when its data changed, so that a selection or an open table stays as it is. */
function section(name, data, draw) {
  const text = JSON.stringify(data);
  if (drawn.get(name) === text) return;
  draw();
  drawn.set(name, text);
}

function showFacts(overview) {
  const { telemetry, approvals_pending: pending } = overview;
  const last = telemetry.last_received;
  const sent = BigInt(telemetry.accepted) + BigInt(telemetry.rejected);
  const version = Number(overview.policy_version);
  const noticed = (count, text) => (Number(count) > 0 ? status("warn", "▲", text) : "0");
  const facts = [
    ["received", "Last span received", last ? make("span", { id: "received", title: last }) : status("unknown", "◌", "none yet")],
    ["waiting", "Batches waiting", noticed(telemetry.waiting_batches, integer(telemetry.waiting_batches))],
    ["rejected", "Spans rejected", noticed(telemetry.rejected, `${integer(telemetry.rejected)} of ${integer(sent)}`)],
    ["approvals", "Approvals pending", noticed(pending, integer(pending))],
    ["policy", "Policy version", version > 0 ? integer(version) : status("alarm", "✕", "none in force")],
    ["entries", "Journal entries", integer(overview.journal.entries)],
  ];
  byID("facts").replaceChildren(...facts.map(([name, label, value]) =>
    make("div", {}, make("dt", {}, label), make("dd", { "data-fact": name }, value))));
}

function showAge() {
  const notice = byID("notice");
  const old = shown ? performance.now() - shown.at : 0;
  const from = shown ? ` This data is from ${time(shown.overview.now)} UTC.` : "";
  const message = failure ? `✕ ${failure}${from} Trying again every 5 s.` : "";
  // An alert is read aloud when it changes: it changes with the failure, not with every second.
  if (notice.textContent !== message) notice.textContent = message;
  notice.hidden = message === "";
  document.body.classList.toggle("stale", failure !== null);
  if (!shown) {
    if (failure) byID("live").replaceChildren(status("alarm", "✕", "no data"));
    return;
  }
  const isLate = failure !== null || old > staleMilliseconds;
  byID("live").replaceChildren(isLate ? status("warn", "▲", `data is ${age(old)} old`) : status("ok", "●", `updated ${age(old)} ago`));
  const received = byID("received");
  if (received && shown.overview.telemetry.last_received) {
    const last = Date.parse(shown.overview.telemetry.last_received);
    received.textContent = `${age(Date.parse(shown.overview.now) - last + old)} ago`;
  }
}

start();
