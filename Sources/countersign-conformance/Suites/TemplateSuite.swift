import Cedar
import JSON

/// Templates: what links decide, and which links are refused.
enum TemplateSuite {
  static let suites = [
    Suite(file: "templates.jsonl") { fixtures in
      let fixture = try fixtures.member("templates")
      let entities = try Answers.entities(fixture.required("entities"))
      let bare = try Answers.policies(fixture.text("policies"))
      let links = try fixture.list("links").map { try link($0) }
      return { test in
        guard let count = try test.required("links").integerValue, count >= 0, count <= links.count else {
          throw Mismatch("`links` is no number of links")
        }
        let policies = try bare.linking(Array(links.prefix(Int(count))))
        return try Answers.differences(test, Answers.request(test.required("request")), policies, entities)
      }
    },
    Suite(file: "template-links.jsonl") { fixtures in
      let bare = try Answers.policies(fixtures.member("templates").text("policies"))
      return { test in
        let failure = refusal { _ = try bare.linking([link(test.required("link"))]) }
        return verdict(failure == nil, label: try test.flag("ok"), "link", reason: failure)
      }
    },
  ]

  /// `{"templateId", "newId", "values"}`.
  static func link(_ json: JSONValue) throws -> TemplateLink {
    let values = try json.required("values").objectValue ?? JSONObject()
    for slot in values.keys where slot != "?principal" && slot != "?resource" { throw Mismatch("there is no slot `\(slot)`") }
    return TemplateLink(
      templateID: try json.text("templateId"), id: try json.text("newId"),
      principal: try values["?principal"].map { try Answers.uid($0) }, resource: try values["?resource"].map { try Answers.uid($0) }
    )
  }
}
