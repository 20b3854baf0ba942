// One message to the server and what its answer means. An answer counts only when it names what was sent, and its sum.
import { asJson, ask } from "./asking.js";
import { base64Of, changed, digestOf, frozen, newRevision, takeReceipt } from "./outbox.js";
import { shrink, SMALLER_PX } from "./photos.js";

const LONGEST_WAIT_S = 300;
const TAKEN = [200, 201, 202];
const NO_WAY_IN = [401, 403];
const BUSY = [429, 503];
const NEVER = Infinity;

// Full jitter: 1, 2, 4 … 300 s, and any moment before.
export const backOffMs = (attempts) => 1000 * Math.max(0.5, Math.random() * Math.min(LONGEST_WAIT_S, 2 ** Math.min(attempts, 9)));

const isEcho = (answer, id, sha256, statuses = TAKEN) =>
  statuses.includes(answer.status) && answer.said?.id === id && answer.said?.sha256 === sha256;

const isGone = (answer, id) => answer.status === 410 && answer.said?.id === id;

const failed = (part, answer, error, nextMs = null) => {
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

const errorOf = (answer) => {
  if (answer.status === 0) return "network";
  if (TAKEN.includes(answer.status)) return "not_ours";
  return answer.said?.code ?? `http.${answer.status}`;
};

const notTaken = async (place, id, partOf, answer) => {
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
    taken_ms: Date.now(),
  };
  await takeReceipt(place.store.shelf, id, receipt, status === 202 ? "aside" : "received");
  place.onReceipt?.(receipt, said, status);
  return "received";
};

export const withdrawnThere = async (place, id, said) => {
  await changed(place.store.shelf, id, (row) =>
    Object.assign(row, { state: "withdrawn", withdrawn_ms: Date.now(), last_error: said.reason ?? "withdrawn", revisions: [] }),
  );
  return "received";
};

// Something else has this id there: both are kept, and ours goes on as a change that somebody will look at.
const differs = async (place, id, answer) => {
  await changed(place.store.shelf, id, (row) => {
    row.state = "needs_help";
    failed(row, answer, "content_differs", NEVER);
    if (!row.revisions.length) row.revisions.push(newRevision(row.content));
  });
  return "failed";
};

export const sendRevision = async (place, id, revisionId) => {
  const { store, walk, token, offsetS } = place;
  const made = await frozen(store.shelf, id, revisionId, offsetS);
  if (!made) return "failed";
  const { body, sha256, base } = made.part;
  const headers = { ...asJson, "If-Match": `"${base}"` };
  const address = `/api/v1/walks/${walk}/findings/${id}/revisions/${revisionId}`;
  const answer = await ask(address, { method: "PUT", token, body, headers });
  const partOf = (row) => row.revisions.find((each) => each.id === revisionId);
  if (isEcho(answer, id, sha256, [...TAKEN, 412])) return revised(place, id, partOf, answer);
  if (isGone(answer, id)) return withdrawnThere(place, id, answer.said);
  if ([400, 404, 405, 409, 413, 415, 422].includes(answer.status)) return needsHelp(place, id, partOf, answer);
  return notTaken(place, id, partOf, answer);
};

const revised = async (place, id, partOf, { status, said }) => {
  const isKept = status === 412 || status === 202;
  await changed(place.store.shelf, id, (row) => {
    const part = partOf(row);
    if (!part) return;
    Object.assign(part, { state: isKept ? "conflict" : "received", attempts: 0, next_at: 0, last_error: null });
    if (row.receipt && said.revision) row.receipt.revision = said.revision;
    if (part.withdrawn && !isKept) Object.assign(row, { state: "withdrawn", withdrawn_ms: Date.now() });
    else if (isKept || row.state === "needs_help") Object.assign(row, { state: "aside", last_error: null });
  });
  return "received";
};

export const sendPhoto = async (place, id, photoId) => {
  const { store, token } = place;
  const partOf = (row) => row.photos.find((photo) => photo.id === photoId);
  const blob = await store.photo(photoId);
  if (!blob) return settlePhoto(place, id, partOf, { state: "lost", last_error: "photo.lost" });
  const { answer, sha256 } = await put(blob, photoId, id, token);
  if (isEcho(answer, photoId, sha256)) return settlePhoto(place, id, partOf, { state: "received", received_ms: Date.now() });
  if (answer.status === 413) return smaller(place, id, photoId, partOf, blob);
  const isSpoiltOnTheWay = answer.said?.code === "photo.damaged";
  if (!isSpoiltOnTheWay && [400, 409, 410, 415, 422].includes(answer.status))
    return settlePhoto(place, id, partOf, { state: "refused", last_error: errorOf(answer) });
  return notTaken(place, id, partOf, answer);
};

const put = async (blob, photoId, id, token) => {
  const bytes = await blob.arrayBuffer();
  const sha256 = await digestOf(bytes);
  const headers = { "Content-Type": "image/jpeg", "Content-Digest": `sha-256=:${base64Of(sha256)}:` };
  const answer = await ask(`/api/v1/photos/${photoId}?report=${id}`, { method: "PUT", token, body: bytes, headers });
  return { answer, sha256 };
};

const settlePhoto = async (place, id, partOf, how) => {
  await changed(place.store.shelf, id, (row) => partOf(row) && Object.assign(partOf(row), { next_at: 0, last_error: null }, how));
  return "received";
};

const smaller = async (place, id, photoId, partOf, blob) => {
  const row = await place.store.shelf.read(["outbox"], (t) => t.get("outbox", id));
  const tried = partOf(row)?.longest_px ?? NEVER;
  const longestPx = SMALLER_PX.find((each) => each < tried);
  const drawn = longestPx ? await shrink(blob, longestPx).catch(() => null) : null;
  if (!drawn) return settlePhoto(place, id, partOf, { state: "too_big", last_error: "photo.too_big" });
  const bytes = await drawn.arrayBuffer();
  const sha256 = await digestOf(bytes);
  await place.store.shelf.write(["outbox", "blobs"], async (t) => {
    const there = await t.get("outbox", id);
    if (!there || !partOf(there)) return;
    Object.assign(partOf(there), { longest_px: longestPx, sha256, next_at: 0 });
    await t.put("blobs", { photo_id: photoId, finding_id: id, type: drawn.type, blob: bytes, sha256 });
    await t.put("outbox", there);
  });
  return sendPhoto(place, id, photoId);
};
