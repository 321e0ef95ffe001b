extension BrokenFolder {
  /// Every row of every file.
  static let all = settings + workflows + budgets + models + access + entities + layout

  static let settings: [BrokenFolder] = [
    BrokenFolder(
      "a tab in the indentation", "countersign.yaml", "plain_requests: deny", "\tplain_requests: deny",
      "countersign.yaml:2:1: error: found a tab character that violates indentation while scanning a plain scalar"),
    BrokenFolder(
      "a duplicate key", "countersign.yaml", "plain_requests: deny", "organisation: acme",
      "countersign.yaml:2:1: error: the key `organisation` stands twice"),
    BrokenFolder(
      "an unknown key", "countersign.yaml", "plain_requests", "plain_request",
      "countersign.yaml:2:1: error: unknown key `plain_request` (did you mean `plain_requests`?)"),
    BrokenFolder(
      "an unknown key that is near nothing", "countersign.yaml", "plain_requests: deny", "colour: red",
      "countersign.yaml:2:1: error: unknown key `colour` (known keys: organisation, plain_requests, tier_profile, approvals, reservation_ttl)"
    ),
    BrokenFolder(
      "no organisation", "countersign.yaml", "organisation: acme\n", "",
      "countersign.yaml:1:1: error: `organisation` is missing"),
    BrokenFolder(
      "an organisation in capitals", "countersign.yaml", "acme", "Acme",
      "countersign.yaml:1:15: error: `organisation` is `Acme`, which cannot be used as an id (1 to 63 characters of a-z, 0-9, `.`, `_`, `-`, the first a letter or digit)"
    ),
    BrokenFolder(
      "an organisation without a value", "countersign.yaml", "organisation: acme", "organisation:",
      "countersign.yaml:1:14: error: `organisation` must be text, not nothing"),
    BrokenFolder(
      "a value that is no choice", "countersign.yaml", "plain_requests: deny", "plain_requests: maybe",
      "countersign.yaml:2:17: error: `plain_requests` is `maybe`, which is unknown (one of allow, deny)"),
    BrokenFolder(
      "a bad tier in the profile", "countersign.yaml", "plain_requests: deny", "tier_profile: {approval_from: T7}",
      "countersign.yaml:2:31: error: `tier_profile.approval_from` is `T7`, which is unknown (one of T0, T1, T2, T3, T4)"),
    BrokenFolder(
      "a duration without a unit", "countersign.yaml", "plain_requests: deny", "reservation_ttl: 10",
      "countersign.yaml:2:18: error: `reservation_ttl` is `10`, not a duration such as 10m, 4h or 7d"),
    BrokenFolder(
      "a duration that is too long", "countersign.yaml", "plain_requests: deny", "reservation_ttl: 30d",
      "countersign.yaml:2:18: error: `reservation_ttl` is `30d`, which is too large (at most 7d)"),
    BrokenFolder(
      "a duration of nothing", "countersign.yaml", "plain_requests: deny", "approvals: {valid_for: 0s}",
      "countersign.yaml:2:24: error: `approvals.valid_for` is too short (at least 1000 ms)"),
  ]

  static let workflows: [BrokenFolder] = [
    BrokenFolder(
      "malformed YAML", "workflows/refund.yaml", "owner: {person: dana.reyes, team: care}",
      "owner: {person: dana.reyes, team: care",
      "workflows/refund.yaml:5:10: error: did not find expected ',' or '}' while parsing a flow mapping"),
    BrokenFolder(
      "an alias", "workflows/refund.yaml", "purpose: Refund customers", "purpose: *other",
      "workflows/refund.yaml:3:10: error: aliases are not supported: `*other`; write the value out"),
    BrokenFolder(
      "an empty manifest", "workflows/refund.yaml", "", "",
      "workflows/refund.yaml:1:1: error: the document is empty"),
    BrokenFolder(
      "a list where a mapping belongs", "workflows/refund.yaml", "", "- id: refund\n",
      "workflows/refund.yaml:1:1: error: the document must be a mapping, not a list"),
    BrokenFolder(
      "a bad tier", "workflows/refund.yaml", "risk_tier: T2", "risk_tier: high",
      "workflows/refund.yaml:5:12: error: `risk_tier` is `high`, which is unknown (one of T0, T1, T2, T3, T4)"),
    BrokenFolder(
      "a bad stage", "workflows/refund.yaml", "lifecycle: pilot", "lifecycle: live",
      "workflows/refund.yaml:6:12: error: `lifecycle` is `live`, which is unknown (one of discovery, prototype, pilot, scale, suspended, retired)"
    ),
    BrokenFolder(
      "no owner", "workflows/refund.yaml", "owner: {person: dana.reyes, team: care}\n", "",
      "workflows/refund.yaml:1:1: error: `owner` is missing (owner: {person: …, team: …})"),
    BrokenFolder(
      "an owner without a person", "workflows/refund.yaml", "person: dana.reyes, ", "",
      "workflows/refund.yaml:4:8: error: `person` is missing in `owner` (who answers for this workflow)"),
    BrokenFolder(
      "an owner that is a text", "workflows/refund.yaml", "{person: dana.reyes, team: care}", "dana",
      "workflows/refund.yaml:4:8: error: `owner` must be a mapping, not text"),
    BrokenFolder(
      "an unknown team", "workflows/refund.yaml", "team: care", "team: carr",
      "workflows/refund.yaml:4:35: error: team `carr` is not listed under `teams` in budgets.yaml (did you mean `care`?)"),
    BrokenFolder(
      "no purpose, version, tier, stage or steps", "workflows/refund.yaml", "",
      "id: refund\nowner: {person: dana.reyes, team: care}\n",
      "workflows/refund.yaml:1:1: error: `version` is missing",
      "workflows/refund.yaml:1:1: error: `purpose` is missing",
      "workflows/refund.yaml:1:1: error: `risk_tier` is missing",
      "workflows/refund.yaml:1:1: error: `lifecycle` is missing",
      "workflows/refund.yaml:1:1: error: `steps` is missing"),
    BrokenFolder(
      "a blank purpose", "workflows/refund.yaml", "Refund customers", "\"  \"",
      "workflows/refund.yaml:3:10: error: `purpose` is blank"),
    BrokenFolder(
      "an id with a slash", "workflows/refund.yaml", "id: refund", "id: re/fund",
      "workflows/refund.yaml:1:5: error: `id` is `re/fund`, which cannot be used as an id (1 to 63 characters of A-Z, a-z, 0-9, `.`, `_`, `-`, the first a letter or digit)"
    ),
    BrokenFolder(
      "an id twice", "workflows/second.yaml", "",
      "id: refund\nversion: \"1\"\npurpose: x\nowner: {person: d, team: care}\nrisk_tier: T0\nlifecycle: discovery\nsteps: []\n",
      "workflows/second.yaml:1:5: error: workflow `refund` is defined twice (first in workflows/refund.yaml, line 1)"),
    BrokenFolder(
      "a repeated agent", "workflows/refund.yaml", "[refund-agent]", "[refund-agent, refund-agent]",
      "workflows/refund.yaml:7:24: error: `agents[1]` repeats `refund-agent`"),
    BrokenFolder(
      "agents as a text", "workflows/refund.yaml", "[refund-agent]", "refund-agent",
      "workflows/refund.yaml:7:9: error: `agents` must be a list, not text"),
    BrokenFolder(
      "an agent with a space", "workflows/refund.yaml", "[refund-agent]", "[refund agent]",
      "workflows/refund.yaml:7:10: error: `agents[0]` is `refund agent`, which cannot be used as an id (1 to 128 characters of A-Z, a-z, 0-9, `.`, `_`, `:`, `/`, `-`)"
    ),
    BrokenFolder(
      "a live workflow without steps", "workflows/refund.yaml",
      "  - {id: draft, kind: model, model: mid, estimate: {tokens_in: 10, tokens_out: 20}}\n  - {id: pay, kind: tool, tool: payments.refund, estimate: {tool_calls: 1}}",
      "  []",
      "workflows/refund.yaml:9:3: error: `steps` is empty, so that nothing may run (list the steps, or use the stage discovery)"),
    BrokenFolder(
      "a step twice", "workflows/refund.yaml", "id: pay", "id: draft",
      "workflows/refund.yaml:10:5: error: step `draft` is defined twice (first as steps[0])"),
    BrokenFolder(
      "a bad kind", "workflows/refund.yaml", "kind: tool", "kind: tol",
      "workflows/refund.yaml:10:21: error: `steps[1].kind` is `tol`, which is unknown (one of model, tool, data, handoff, human, script)"
    ),
    BrokenFolder(
      "an unknown model", "workflows/refund.yaml", "model: mid", "model: mdi",
      "workflows/refund.yaml:9:37: error: model `mdi` is not listed in models.yaml (did you mean `mid`?)"),
    BrokenFolder(
      "a model step without a model", "workflows/refund.yaml", "model: mid, ", "",
      "workflows/refund.yaml:9:5: error: `model` is missing in `steps[0]` (the id of a model in models.yaml)"),
    BrokenFolder(
      "a tool step without a tool", "workflows/refund.yaml", "tool: payments.refund, ", "",
      "workflows/refund.yaml:10:5: error: `tool` is missing in `steps[1]` (the id of the tool that requests name)"),
    BrokenFolder(
      "a tool step with a model", "workflows/refund.yaml", "tool: payments.refund", "tool: payments.refund, model: mid",
      "workflows/refund.yaml:10:57: error: `model` has no place in a step of kind `tool` (use kind: model)"),
    BrokenFolder(
      "a model step with a tool", "workflows/refund.yaml", "model: mid", "model: mid, tool: x",
      "workflows/refund.yaml:9:48: error: `tool` has no place in a step of kind `model` (make it a step of its own)"),
    BrokenFolder(
      "a step above the workflow's tier", "workflows/refund.yaml", "kind: tool", "kind: tool, risk_tier: T4",
      "workflows/refund.yaml:10:38: warning: `steps[1]` is T4, above the workflow's T2 (a workflow is as risky as its riskiest step: raise the workflow's `risk_tier`)"
    ),
    BrokenFolder(
      "a model step without an estimate", "workflows/refund.yaml", ", estimate: {tokens_in: 10, tokens_out: 20}", "",
      "workflows/refund.yaml:9:5: warning: model step `steps[0]` has no estimate of tokens_out, so that nothing is held for its answer (estimate: {tokens_in: 4000, tokens_out: 800})"
    ),
    BrokenFolder(
      "a flag that is no boolean", "workflows/refund.yaml", "kind: tool", "kind: tool, requires_approval: yes",
      "workflows/refund.yaml:10:46: error: `steps[1].requires_approval` is `yes`, not true or false"),
    BrokenFolder(
      "an unknown key of a step", "workflows/refund.yaml", "tool: payments", "tools: payments",
      "workflows/refund.yaml:10:5: error: `tool` is missing in `steps[1]` (the id of the tool that requests name)",
      "workflows/refund.yaml:10:27: error: unknown key `tools` (did you mean `tool`?)"),
    BrokenFolder(
      "a negative estimate", "workflows/refund.yaml", "tokens_in: 10", "tokens_in: -10",
      "workflows/refund.yaml:9:64: error: `steps[0].estimate.tokens_in` is `-10`, which is negative"),
    BrokenFolder(
      "a fraction of a token", "workflows/refund.yaml", "tokens_in: 10", "tokens_in: 1.5",
      "workflows/refund.yaml:9:64: error: `steps[0].estimate.tokens_in` is `1.5`, not a whole number"),
    BrokenFolder(
      "a huge number", "workflows/refund.yaml", "tokens_in: 10", "tokens_in: 99999999999999999999999999",
      "workflows/refund.yaml:9:64: error: `steps[0].estimate.tokens_in` is `99999999999999999999999999`, which is too large (at most 9007199254740991)"
    ),
    BrokenFolder(
      "an octal-looking number", "workflows/refund.yaml", "tokens_in: 10", "tokens_in: 010",
      "workflows/refund.yaml:9:64: error: `steps[0].estimate.tokens_in` is `010`, not a whole number"),
    BrokenFolder(
      "steps in an estimate", "workflows/refund.yaml", "tokens_in: 10", "steps: 1",
      "workflows/refund.yaml:9:53: error: unknown key `steps` (known keys: tokens_in, tokens_out, cost_usd, cost_nanousd, tool_calls)"
    ),
    BrokenFolder(
      "cost in both units", "workflows/refund.yaml", "agents:", "run_budget: {cost_usd: 1, cost_nanousd: 5}\nagents:",
      "workflows/refund.yaml:7:24: error: `run_budget.cost_usd` stands beside `cost_nanousd` (give cost in one of the two)"),
    BrokenFolder(
      "a limit on nothing", "workflows/refund.yaml", "agents:", "run_budget: {}\nagents:",
      "workflows/refund.yaml:7:13: error: `run_budget` limits nothing (keys: tokens_in, tokens_out, cost_usd, cost_nanousd, steps, tool_calls)"
    ),
    BrokenFolder(
      "a cost with ten decimals", "workflows/refund.yaml", "agents:", "run_budget: {cost_usd: 0.0000000001}\nagents:",
      "workflows/refund.yaml:7:24: error: `run_budget.cost_usd` is `0.0000000001`, which has more than 9 decimals"),
    BrokenFolder(
      "a cost with a comma", "workflows/refund.yaml", "agents:", "run_budget: {cost_usd: \"1,50\"}\nagents:",
      "workflows/refund.yaml:7:24: error: `run_budget.cost_usd` is `1,50`, not a decimal in US dollars"),
    BrokenFolder(
      "a cost in exponents", "workflows/refund.yaml", "agents:", "run_budget: {cost_usd: 1e3}\nagents:",
      "workflows/refund.yaml:7:24: error: `run_budget.cost_usd` is `1e3`, not a decimal in US dollars"),
    BrokenFolder(
      "a cost that is too large", "workflows/refund.yaml", "agents:", "run_budget: {cost_usd: 9007199.254740992}\nagents:",
      "workflows/refund.yaml:7:24: error: `run_budget.cost_usd` is `9007199.254740992`, which is too large (at most 9007199.254740991)"
    ),
    BrokenFolder(
      "the window run", "workflows/refund.yaml", "agents:", "budgets: [{window: run, limit: {steps: 1}}]\nagents:",
      "workflows/refund.yaml:7:20: error: `budgets[0].window` is `run`, which no node but the run has (`run_budget` of a workflow limits each run)"
    ),
    BrokenFolder(
      "a step that no run has room for", "workflows/refund.yaml", "agents:", "run_budget: {tokens_in: 9, tokens_out: 20}\nagents:",
      "workflows/refund.yaml:10:5: warning: step `draft` is estimated at 10 tokens_in, above the run's 9 (it can never be permitted: raise `run_budget` or lower the estimate)"
    ),
  ]
}
