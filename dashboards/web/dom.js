// Makes elements. Text from the server only ever becomes a text node, so markup in it is shown, not run.

const svgNamespace = "http://www.w3.org/2000/svg";

export function byID(id) {
  return document.getElementById(id);
}

/** An HTML element; `children` are nodes or text. */
export function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function draw(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(svgNamespace, tag), attributes, children);
}

/** A status as glyph, word and colour: each of the three says it alone. */
export function status(kind, glyph, word) {
  return make("span", { class: "status " + kind }, make("span", { class: "glyph", "aria-hidden": "true" }, glyph), " ", word);
}

/** A table cell with a number; `shown` is `{text, exact}`. */
export function numberCell(shown, group = false) {
  return make("td", { class: group ? "number group" : "number", title: shown.exact }, shown.text);
}

/** The words of an empty section: what is missing, what to do, and a line to copy. */
export function explain(target, sentence, line) {
  target.replaceChildren(make("p", {}, sentence), ...(line ? [make("pre", { tabindex: "0" }, line)] : []));
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}
