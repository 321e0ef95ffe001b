// Numbers as people read them, and the exact value beside each. Amounts are integers of any size: they are BigInt throughout.

const nanosOfDollar = 1_000_000_000n;

/** `1234567` as `1,234,567`. */
export function integer(value) {
  return BigInt(value).toString().replace(/\B(?=(\d{3})+$)/g, ",");
}

/** An amount of nano-USD: cents from one dollar up, three significant digits below, and the exact dollars. */
export function dollars(value) {
  const nanos = BigInt(value);
  return { text: roundedDollars(nanos), exact: exactDollars(nanos) };
}

function exactDollars(nanos) {
  const size = nanos < 0n ? -nanos : nanos;
  const fraction = (size % nanosOfDollar).toString().padStart(9, "0").replace(/0{0,7}$/, "");
  return `${nanos < 0n ? "−" : ""}$${integer(size / nanosOfDollar)}.${fraction}`;
}

function roundedDollars(nanos) {
  const size = nanos < 0n ? -nanos : nanos;
  // 10 ** 7 nano-USD are a cent. Below a dollar, three digits are kept: the place of the first digit says what is dropped.
  const digits = size.toString().length;
  const unit = size >= nanosOfDollar ? 10n ** 7n : 10n ** BigInt(Math.min(7, Math.max(0, digits - 3)));
  const rounded = ((size + unit / 2n) / unit) * unit;
  return exactDollars(nanos < 0n ? -rounded : rounded);
}

/** Milliseconds in the two units that matter. */
export function duration(value) {
  const milliseconds = Number(value);
  const exact = integer(value) + " ms";
  if (milliseconds < 1_000) return { text: exact, exact };
  if (milliseconds < 60_000) return { text: (Math.floor(milliseconds / 100) / 10).toFixed(1) + " s", exact };
  const seconds = Math.floor(milliseconds / 1_000);
  if (seconds < 3_600) return { text: `${Math.floor(seconds / 60)} min ${seconds % 60} s`, exact };
  const minutes = Math.floor(seconds / 60);
  if (minutes < 2_880) return { text: `${Math.floor(minutes / 60)} h ${minutes % 60} min`, exact };
  return { text: `${integer(Math.floor(minutes / 1_440))} d ${Math.floor((minutes % 1_440) / 60)} h`, exact };
}

/** How long ago, in one unit. */
export function age(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** A part of a whole in percent: only all of it is 100, only none of it is 0. */
export function percent(part, whole) {
  const [all, some] = [BigInt(whole), BigInt(part)];
  if (all <= 0n) return "";
  const share = (some * 200n + all) / (all * 2n);
  if (some > 0n && share === 0n) return "<1 %";
  return some < all && share >= 100n ? "99 %" : `${integer(share)} %`;
}

/** An amount of a currency of the ledger. */
export function amount(currency, value) {
  return currency === "cost_nanousd" ? dollars(value) : { text: integer(value), exact: undefined };
}

/** Names of the ledger's currencies. */
export function currencyName(currency) {
  const names = { tokens_in: "Tokens in", tokens_out: "Tokens out", cost_nanousd: "Cost, USD", steps: "Steps", tool_calls: "Tool calls" };
  return names[currency] ?? currency;
}

/** `2026-11-21T09:05:11.123Z` as `Nov 21, 09:05:11`; `parts` says how much of it. */
export function time(iso, parts = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" }) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "—";
  return new Intl.DateTimeFormat("en-GB", { ...parts, hourCycle: "h23", timeZone: "UTC" }).format(date);
}
