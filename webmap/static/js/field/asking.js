// Asking the server. What is not an answer of ours, as of the log-in page of a café, is no answer: status 0.
const PATIENCE_MS = 20_000;
const SLOWEST_BYTES_MS = 4; // a large body is given the time a bad line needs for it
const MOST_WAIT_S = 900;
const TOO_LARGE = 413;
const MIDDLEMEN = [429, 502, 503, 504]; // what stands before the server may say these for it

const NOTHING = { status: 0, said: null, waitS: 0, dateMs: null };
const LATE = { ...NOTHING, isLate: true };

export const ask = async (address, { method = "GET", token = "", body, headers = {} } = {}) => {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS + (body?.byteLength ?? 0) / SLOWEST_BYTES_MS);
  const own = token ? { Authorization: `Bearer ${token}`, ...headers } : headers;
  const how = { method, body, headers: own, redirect: "error", credentials: "omit", cache: "no-store", signal: stop.signal };
  try {
    return await read(await fetch(address, how));
  } catch {
    return stop.signal.aborted ? LATE : NOTHING;
  } finally {
    clearTimeout(timer);
  }
};

export const asJson = { "Content-Type": "application/json" };

const read = async (answer) => {
  const dateMs = Date.parse(answer.headers.get("Date") ?? "") || null;
  const waitS = waitOf(answer);
  const isJson = /^application\/(problem\+)?json\b/.test(answer.headers.get("Content-Type") ?? "");
  if (!isJson) {
    const status = answer.status === TOO_LARGE || MIDDLEMEN.includes(answer.status) ? answer.status : 0;
    return { status, said: null, waitS, dateMs };
  }
  const said = JSON.parse(await answer.text());
  if (said === null || typeof said !== "object") return NOTHING;
  if (answer.status >= 400 && answer.status < 500 && !isOurs(said)) return NOTHING;
  return { status: answer.status, said, waitS, dateMs };
};

// A problem of ours has a code.
const isOurs = (said) => typeof said.code === "string" || "id" in said;

const waitOf = (answer) => {
  const told = answer.headers.get("Retry-After");
  if (!told) return 0;
  const seconds = /^\d+$/.test(told) ? Number(told) : (Date.parse(told) - Date.now()) / 1000;
  return Math.min(MOST_WAIT_S, Math.max(0, seconds || 0));
};
