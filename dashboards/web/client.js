// Asks the server for the overview.

/** How long one answer may take, milliseconds: longer than any that is not lost. */
const answerMilliseconds = 15_000;

/** JSON with integers beyond 2^53 kept exact: they become strings of digits, which BigInt reads as it reads numbers. */
export function parseExactly(text) {
  return JSON.parse(text.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g, (token) => (token[0] === '"' ? token : `"${token}"`)));
}

/**
 * One question. Gives `{kind: "data", overview}`, `{kind: "unauthenticated" | "forbidden", detail}`, or
 * `{kind: "failed", detail}` when there was no answer or one that is not an overview.
 */
export async function fetchOverview(key) {
  let response;
  let text;
  try {
    response = await fetch(new URL("v1/overview", document.baseURI), {
      headers: { Authorization: "Bearer " + key },
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      signal: AbortSignal.timeout(answerMilliseconds),
    });
    text = await response.text();
  } catch (error) {
    return { kind: "failed", detail: error.name === "TimeoutError" ? "The server does not answer." : "The server cannot be reached." };
  }
  if (response.status === 401) return { kind: "unauthenticated" };
  if (response.status === 403) return { kind: "forbidden" };
  try {
    const body = parseExactly(text);
    if (response.ok) return { kind: "data", overview: body };
    return { kind: "failed", detail: `The server answered ${response.status}: ${body.detail ?? body.title ?? "no reason given"}.` };
  } catch {
    return { kind: "failed", detail: `The server answered ${response.status} with something that is not JSON.` };
  }
}
