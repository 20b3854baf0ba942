// One message to the server and what its answer means. An answer counts only when it names what was sent, and its sum.
import { asJson, ask } from "./asking.js";
import { canonical, frozen } from "./body.js";
import { serverNow } from "./clock.js";
import { changed, isOpen, newRevision, takeBack, takeReceipt, UNANSWERED } from "./outbox.js";

const LONGEST_WAIT_S = 300;
const TAKEN = [200, 201, 202];
const NO_WAY_IN = [401, 403];
const BUSY = [429, 503];
const NEVER = Infinity;

// Full jitter: 1, 2, 4 … 300 s, and any moment before.
export const backOffMs = (attempts) => 1000 * Math.max(0.5, Math.random() * Math.min(LONGEST_WAIT_S, 2 ** Math.min(attempts, 9)));

export const isEcho = (answer, id, sha256, statuses = TAKEN) =>
  statuses.includes(answer.status) && answer.said?.id === id && answer.said?.sha256 === sha256;

const isGone = (answer, id) => answer.status === 410 && answer.said?.id === id;

export const failed = (part, answer, error, nextMs = null) => {
  part.attempts += 1;
  part.last_error = error;
  part.told_until = BUSY.includes(answer.status) && answer.waitS ? Date.now() + 1000 * answer.waitS : 0;
  part.next_at = nextMs ?? Math.max(part.told_until, Date.now() + backOffMs(part.attempts));
};

// What became of a message: "received", "refused" (the token), "offline" (no answer), "busy" or "failed".
const outcomeOf = (answer) => {
  if (NO_WAY_IN.includes(answer.status)) return "refused";
  if (BUSY.includes(answer.status)) return "busy";
  return answer.status === 0 ? "offline" : "failed";
};

export const errorOf = (answer) => {
  if (answer.status === 0) return "network";
  if (TAKEN.includes(answer.status)) return "not_ours";
  return answer.said?.code ?? `http.${answer.status}`;
};

export const notTaken = async (place, id, partOf, answer) => {
  const outcome = outcomeOf(answer);
  await changed(place.store.shelf, id, (row) => {
    const part = partOf(row);
    if (!part) return;
    if (outcome === "refused") Object.assign(part, { last_error: errorOf(answer) });
    else failed(part, answer, errorOf(answer));
  });
  return outcome;
};

const needsHelp = async (place, id, partOf, answer) => {
  await changed(place.store.shelf, id, (row) => {
    const part = partOf(row);
    if (!part) return;
    part.state = "needs_help";
    failed(part, answer, errorOf(answer), answer.status === 404 ? null : NEVER);
  });
  return "failed";
};

const itself = (row) => row;

export const sendText = async (place, id) => {
  const { store, walk, token, offsetS } = place;
  const made = await frozen(store.shelf, id, null, offsetS);
  if (!made) return "failed";
  const { body, sha256 } = made.part;
  const answer = await ask(`/api/v1/walks/${walk}/findings/${id}`, { method: "PUT", token, body, headers: asJson });
  if (isEcho(answer, id, sha256)) return received(place, id, answer);
  if (isGone(answer, id)) return withdrawnThere(place, id, answer.said);
  if (answer.status === 409) return differs(place, id, answer);
  if ([400, 404, 405, 413, 415, 422].includes(answer.status)) return needsHelp(place, id, itself, answer);
  return notTaken(place, id, itself, answer);
};

const received = async (place, id, { status, said }) => {
  const receipt = {
    seq: said.seq ?? null,
    sha256: said.sha256,
    received_at: said.received_at,
    revision: said.revision ?? 1,
    state: said.state ?? null,
    taken_ms: serverNow(place.offsetS),
  };
  await takeReceipt(place.store.shelf, id, receipt, status === 202 ? "aside" : "received");
  place.onReceipt?.(receipt, said, status);
  return "received";
};

export const withdrawnThere = async (place, id, said) => {
  await takeBack(place.store.shelf, id, serverNow(place.offsetS), (row) => {
    row.last_error = said.reason ?? "withdrawn";
  });
  return "received";
};

// Something else has this id there: both are kept, and ours goes on as a change that somebody will look at.
const differs = async (place, id, answer) => {
  await changed(place.store.shelf, id, (row) => {
    row.state = "needs_help";
    failed(row, answer, "content_differs", NEVER);
    if (!row.revisions.some(isOpen)) row.revisions.push(newRevision(row.content));
  });
  return "failed";
};

export const sendRevision = async (place, id, revisionId) => {
  const { store, walk, token, offsetS } = place;
  const made = await frozen(store.shelf, id, revisionId, offsetS);
  if (!made) return "failed";
  const { body, sha256 } = made.part;
  const headers = { ...asJson, "If-Match": `"${made.row.receipt?.revision ?? 1}"` };
  const address = `/api/v1/walks/${walk}/findings/${id}/revisions/${revisionId}`;
  const answer = await ask(address, { method: "PUT", token, body, headers });
  const partOf = (row) => row.revisions.find((each) => each.id === revisionId);
  if (isEcho(answer, id, sha256, [...TAKEN, 412])) return revised(place, id, partOf, answer);
  if (isGone(answer, id)) return withdrawnThere(place, id, answer.said);
  if (answer.status === 404 && !made.row.receipt) return unknownThere(place, id, partOf, answer);
  if ([400, 404, 405, 409, 413, 415, 422].includes(answer.status)) return needsHelp(place, id, partOf, answer);
  return notTaken(place, id, partOf, answer);
};

// Nothing has this id there after all. What was taken back is where it should be; anything else begins anew.
const unknownThere = async (place, id, partOf, answer) => {
  const row = await place.store.shelf.read(["outbox"], (t) => t.get("outbox", id));
  if (partOf(row)?.withdrawn) return withdrawnThere(place, id, {});
  await changed(place.store.shelf, id, (there) => {
    const same = canonical(there.content);
    there.revisions = there.revisions.filter((each) => !isOpen(each) || each.withdrawn || canonical(each.content) !== same);
    for (const each of there.revisions) if (isOpen(each)) Object.assign(each, UNANSWERED, { state: "saved" });
    there.state = "saved";
    failed(there, answer, "content_differs");
  });
  return "failed";
};

const revised = async (place, id, partOf, { status, said }) => {
  const isKept = status === 412 || status === 202;
  const now = serverNow(place.offsetS);
  const settle = (row) => {
    const part = partOf(row);
    if (!part) return;
    Object.assign(part, UNANSWERED, { state: isKept ? "conflict" : "received", received_ms: now });
    const before = row.revisions.slice(0, row.revisions.indexOf(part)); // it says all that they said
    for (const each of before) if (isOpen(each)) each.state = "superseded";
    if (row.receipt && said.revision) row.receipt.revision = said.revision;
    if (isKept || row.state === "needs_help") Object.assign(row, { state: "aside", last_error: null });
  };
  const row = await place.store.shelf.read(["outbox"], (t) => t.get("outbox", id));
  if (partOf(row)?.withdrawn && !isKept) await takeBack(place.store.shelf, id, now, settle);
  else await changed(place.store.shelf, id, settle);
  return "received";
};
