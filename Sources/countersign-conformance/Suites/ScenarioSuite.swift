import Cedar
import JSON

/// Decisions, reasons and errors of the handwritten tests and of the use cases, some with links.
enum ScenarioSuite {
  static let suites = ["handwritten.jsonl", "usecases.jsonl"].map { file in
    Suite(file: file) { _ in
      { test in
        let policies = try policies(test)
        let schema = try Answers.schema(test.text("schema"))
        let conform = test["entitiesConform"]?.boolValue ?? true
        let entities = try Answers.entities(test.required("entities"), schema: conform ? schema : nil)
        let requests = try test.list("requests")
        if requests.isEmpty { throw Mismatch("the case has no request") }
        return try requests.enumerated().flatMap { index, request in
          let isValid = request["validateRequest"]?.boolValue ?? true
          return try Answers.differences(
            request, Answers.request(request, schema: isValid ? schema : nil), policies, entities
          ).map { "request \(index): \($0)" }
        }
      }
    }
  }

  /// The policies of a test with its links; a link may name its template by annotation.
  static func policies(_ test: JSONValue) throws -> PolicySet {
    let policies = try Answers.policies(test.text("policies"))
    let links = try (test["templateLinks"]?.arrayValue ?? []).map { json in
      let link = try TemplateSuite.link(json)
      let template = policies.templates.first { $0.annotations["id"] == link.templateID }
      return TemplateLink(
        templateID: template?.id ?? link.templateID, id: link.id, principal: link.principal, resource: link.resource)
    }
    return try policies.linking(links)
  }
}
