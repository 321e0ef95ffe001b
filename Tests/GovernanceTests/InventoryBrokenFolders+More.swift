extension BrokenFolder {
  static let budgets: [BrokenFolder] = [
    BrokenFolder(
      "an unknown window", "budgets.yaml", "window: month", "window: week",
      "budgets.yaml:2:14: error: `organisation[0].window` is `week`, which is unknown (one of lifetime, hour, day, month)"),
    BrokenFolder(
      "a negative limit", "budgets.yaml", "cost_usd: 5000", "cost_usd: -5000",
      "budgets.yaml:2:39: error: `organisation[0].limit.cost_usd` is `-5000`, which is negative"),
    BrokenFolder(
      "a bad decimal", "budgets.yaml", "cost_usd: 5000", "cost_usd: 50.",
      "budgets.yaml:2:39: error: `organisation[0].limit.cost_usd` is `50.`, not a decimal in US dollars"),
    BrokenFolder(
      "a window twice", "budgets.yaml", "  - {window: month, limit: {cost_usd: 5000}}",
      "  - {window: month, limit: {cost_usd: 5000}}\n  - {window: month, limit: {steps: 1}}",
      "budgets.yaml:3:14: error: `organisation[1].window` repeats `month` (one rule for each window)"),
    BrokenFolder(
      "a rule without a limit", "budgets.yaml", ", limit: {cost_usd: 5000}", "",
      "budgets.yaml:2:5: error: `limit` is missing in `organisation[0]`"),
    BrokenFolder(
      "a team with a space", "budgets.yaml", "  care: []", "  care: []\n  big team: []",
      "budgets.yaml:5:3: error: team `big team` cannot be used as an id (1 to 63 characters of A-Z, a-z, 0-9, `.`, `_`, `-`, the first a letter or digit)"
    ),
    BrokenFolder(
      "a team without a value", "budgets.yaml", "  care: []", "  care:",
      "budgets.yaml:4:8: error: `teams.care` must be a list, not nothing"),
  ]

  static let models: [BrokenFolder] = [
    BrokenFolder(
      "a model twice", "models.yaml", "prices:", "  - {id: mid, provider: x, name: y, class: mid}\nprices:",
      "models.yaml:3:5: error: model `mid` is defined twice (first at line 2)"),
    BrokenFolder(
      "a name of two models", "models.yaml", "prices:", "  - {id: other, provider: openai, name: gpt-4o, class: mid}\nprices:",
      "models.yaml:3:5: error: `gpt-4o` of provider `openai` already names model `mid` (one name, one model)"),
    BrokenFolder(
      "a model without a price", "models.yaml", "prices:", "  - {id: other, provider: openai, name: gpt-5, class: heavy}\nprices:",
      "models.yaml:3:5: warning: model `other` has no price: no line of the price book matches the model (add a line under `prices`; without one, steps from T2 on are denied)"
    ),
    BrokenFolder(
      "a model without a class", "models.yaml", ", class: mid", "",
      "models.yaml:2:5: error: `class` is missing in `models[0]`"),
    BrokenFolder(
      "a price that is no decimal", "models.yaml", "input: 2.5", "input: cheap",
      "models.yaml:4:64: error: `prices[0].input` is `cheap`, not a price in US dollars per million tokens (a decimal such as 0.15, with at most 6 decimals, from 0 to 1000000)"
    ),
    BrokenFolder(
      "a price without an output rate", "models.yaml", ", output: 10", "",
      "models.yaml:4:5: error: `output` is missing in `prices[0]` (US dollars per million tokens)"),
    BrokenFolder(
      "a free price with a rate", "models.yaml", "output: 10", "free: true",
      "models.yaml:4:64: error: `input` stands beside `free: true` (remove one of the two)"),
    BrokenFolder(
      "no such day", "models.yaml", "2025-01-01", "2025-02-30",
      "models.yaml:4:45: error: `prices[0].from` is `2025-02-30`, which is no date (a day such as 2025-01-31, from 1970 on)"),
    BrokenFolder(
      "a price twice", "models.yaml", "output: 10}",
      "output: 10}\n  - {provider: openai, model: gpt-4o, from: 2025-01-01, input: 3, output: 9}",
      "models.yaml:5:5: error: `gpt-4o` has two prices from the same date (first at line 4)"),
  ]

  static let access: [BrokenFolder] = [
    BrokenFolder(
      "a Cedar syntax error", "access/a.cedar", "resource);", "resource)\nwhen { context.x = 1 };",
      "access/a.cedar:3:18: error: unexpected `=`; expected `==` (write `==`)"),
    BrokenFolder(
      "two Cedar mistakes in two files", "access/b/c.cedar", "", "permit (principal, action);\n",
      "access/b/c.cedar:1:26: error: unexpected `)`; expected `,` (the scope is `principal, action, resource`)"),
    BrokenFolder(
      "a policy id twice", "access/a.cedar", "resource);\n",
      "resource);\n\n  @id(\"all\")\n  forbid (principal, action, resource);\n",
      "access/a.cedar:4:3: error: policy `all` is defined twice (first in access/a.cedar, line 1)"),
    BrokenFolder(
      "a policy without an id", "access/a.cedar", "@id(\"all\")\n", "",
      "access/a.cedar:1:1: warning: the policy has no `@id` and is called `policy0` by its position (@id(\"refund-small-amounts\"))"
    ),
    BrokenFolder(
      "an id with a space", "access/a.cedar", "\"all\"", "\"all of it\"",
      "access/a.cedar:1:1: error: `@id` is `all of it`, which cannot be used as an id (1 to 128 characters of A-Z, a-z, 0-9, `.`, `_`, `:`, `/`, `-`)"
    ),
    BrokenFolder(
      "a template", "access/a.cedar", "(principal,", "(principal == ?principal,",
      "access/a.cedar:1:1: error: a template decides nothing by itself (fill its slot)"),
    BrokenFolder(
      "@escalate on a forbid", "access/a.cedar", "resource);\n",
      "resource);\n@id(\"no\") @escalate(\"x\") forbid (principal, action, resource);\n",
      "access/a.cedar:3:1: error: `@escalate` stands on a forbid, which no approval can lift (put it on a permit)"),
    BrokenFolder(
      "@escalate without a group", "access/a.cedar", "@id(\"all\")", "@id(\"all\") @escalate",
      "access/a.cedar:1:1: error: `@escalate` must name the group that approves (@escalate(\"finance-managers\"))"),
    BrokenFolder(
      "a misspelt annotation", "access/a.cedar", "@id(\"all\")", "@id(\"all\") @esclate(\"managers\")",
      "access/a.cedar:1:1: error: unknown annotation `@esclate` (did you mean `@escalate`?)"),
    BrokenFolder(
      "an annotation that nothing carries out", "access/a.cedar", "@id(\"all\")", "@id(\"all\") @mode(\"shadow\")",
      "access/a.cedar:1:1: error: annotation `@mode` is not carried out by this version (remove it)"),
    BrokenFolder(
      "no permit at all", "access/a.cedar", "permit", "forbid",
      "access/a.cedar:1:1: warning: no policy permits anything, so that every step is denied (add a permit policy below access/)"),
  ]

  static let entities: [BrokenFolder] = [
    BrokenFolder(
      "entities that are no JSON", "entities.json", "", "[\n  {\"uid\": }\n]",
      "entities.json:2:11: error: unexpected `}` in `[0].uid`"),
    BrokenFolder(
      "entities that are no list", "entities.json", "", "{}",
      "entities.json:1:1: error: expected an array of entities (an entity is {\"uid\": {\"type\": …, \"id\": …}, \"attrs\": {…}, \"parents\": […]})"
    ),
    BrokenFolder(
      "an entity without attributes", "entities.json", "",
      "[\n  {\"uid\": {\"type\": \"User\", \"id\": \"a\"}, \"attrs\": {}, \"parents\": []},\n  {\"uid\": {\"type\": \"User\", \"id\": \"b\"}, \"parents\": []}\n]",
      "entities.json:3:3: error: `attrs` is missing in `[1]` (an entity is {\"uid\": {\"type\": …, \"id\": …}, \"attrs\": {…}, \"parents\": […]})"
    ),
    BrokenFolder(
      "an attribute that Cedar has no value for", "entities.json", "",
      "[{\"uid\": {\"type\": \"User\", \"id\": \"a\"}, \"attrs\": {\"x\": 1.5}, \"parents\": []}]",
      "entities.json:1:54: error: `1.5` is no 64-bit integer in `[0].attrs.x` (an entity is {\"uid\": {\"type\": …, \"id\": …}, \"attrs\": {…}, \"parents\": […]})"
    ),
    BrokenFolder(
      "an entity twice", "entities.json", "",
      "[{\"uid\": {\"type\": \"User\", \"id\": \"a\"}, \"attrs\": {}, \"parents\": []},\n {\"uid\": {\"type\": \"User\", \"id\": \"a\"}, \"attrs\": {}, \"parents\": []}]",
      "entities.json:2:2: error: entity `User::\"a\"` is defined twice (first at line 1)"),
    BrokenFolder(
      "an attribute against the inventory", "entities.json", "",
      "[{\"uid\": {\"type\": \"Workflow\", \"id\": \"refund\"}, \"attrs\": {\"tier\": 0}, \"parents\": []}]",
      "entities.json:1:2: error: attribute `tier` of `Workflow::\"refund\"` is stated otherwise by the inventory (remove it here)"),
    BrokenFolder(
      "a circle of parents", "entities.json", "",
      "[{\"uid\": {\"type\": \"G\", \"id\": \"a\"}, \"attrs\": {}, \"parents\": [{\"type\": \"G\", \"id\": \"b\"}]},\n {\"uid\": {\"type\": \"G\", \"id\": \"b\"}, \"attrs\": {}, \"parents\": [{\"type\": \"G\", \"id\": \"a\"}]}]",
      "entities.json:1:2: error: entity `G::\"a\"` is its own ancestor (break the circle of `parents`)"),
  ]

  static let layout: [BrokenFolder] = [
    BrokenFolder(
      "a misplaced manifest", "workflow/refund.yaml", "", "id: x\n",
      "workflow/refund.yaml:1:1: error: `workflow/refund.yaml` has no meaning here (did you mean `workflows/`?)"),
    BrokenFolder(
      "a misspelt file", "budget.yaml", "", "teams: {}\n",
      "budget.yaml:1:1: error: `budget.yaml` has no meaning here (did you mean `budgets.yaml`?)"),
    BrokenFolder(
      "a file with the other ending", "workflows/x.yml", "", "id: x\n",
      "workflows/x.yml:1:1: error: `workflows/x.yml` has no meaning here (rename it to `workflows/x.yaml`)"),
    BrokenFolder(
      "a file that is not read", "NOTES", "", "x\n",
      "NOTES:1:1: warning: `NOTES` is not read (it is part of the digest)"),
    BrokenFolder(
      "a path that leaves the folder", "../x.yaml", "", "x\n",
      "../x.yaml:1:1: error: `../x.yaml` is no path of a policy file (relative, of A-Z, a-z, 0-9, `.`, `_`, `-`, `/`)"),
    BrokenFolder(
      "no settings", without: "countersign.yaml",
      "countersign.yaml:1:1: error: `countersign.yaml` is missing (it begins with `organisation: acme`)"),
    BrokenFolder(
      "no models", without: "models.yaml",
      "workflows/refund.yaml:9:37: error: model `mid` is not listed in models.yaml (add it under `models`)"),
    BrokenFolder(
      "no budgets", without: "budgets.yaml",
      "workflows/refund.yaml:4:35: error: team `care` is not listed under `teams` in budgets.yaml (add `care: []` there)"),
    BrokenFolder(
      "no policies", without: "access/a.cedar",
      "access/:1:1: warning: no policy permits anything, so that every step is denied (add a permit policy below access/)"),
  ]
}
