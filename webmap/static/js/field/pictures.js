// One photo to the server. Only what it says it has, tied to the finding, counts as received.
import { ask } from "./asking.js";
import { base64Of, digestOf } from "./body.js";
import { serverNow } from "./clock.js";
import { errorOf, failed, isEcho, notTaken } from "./delivery.js";
import { changed, isAside, openRevision, UNANSWERED } from "./outbox.js";
import { shrink, SMALLER_PX } from "./photos.js";

const REFUSED = [400, 409, 410, 415, 422];
const MOST_LATE = 2; // attempts that took too long, before it is made smaller
const MOST_UNTIED = 3;
const NO_ANSWER = { status: 0 };

export const sendPhoto = async (place, id, photoId) => {
  const partOf = (row) => row.photos.find((photo) => photo.id === photoId);
  let blob;
  try {
    blob = await place.store.photo(photoId);
  } catch {
    return settle(place, id, partOf, (photo) => failed(photo, NO_ANSWER, "phone.unread")); // the disk, not the photo
  }
  if (!blob) return settle(place, id, partOf, (photo) => Object.assign(photo, { state: "lost", last_error: "photo.lost" }));
  const { answer, sha256 } = await put(place, blob, photoId, id);
  if (isEcho(answer, photoId, sha256)) return arrived(place, id, partOf, answer);
  return notArrived(place, id, partOf, { answer, blob, photoId });
};

const put = async (place, blob, photoId, id) => {
  const bytes = await blob.arrayBuffer();
  const sha256 = await digestOf(bytes);
  const headers = { "Content-Type": "image/jpeg", "Content-Digest": `sha-256=:${base64Of(sha256)}:` };
  const address = `/api/v1/photos/${photoId}?report=${id}`;
  return { answer: await ask(address, { method: "PUT", token: place.token, body: bytes, headers }), sha256 };
};

const settle = async (place, id, partOf, work) => {
  await changed(place.store.shelf, id, (row) => partOf(row) && work(partOf(row), row));
  return "failed";
};

// What lies aside is tied by the leader. Otherwise a photo that nothing there names yet comes again.
const arrived = async (place, id, partOf, answer) => {
  await settle(place, id, partOf, (photo, row) => {
    if (answer.said.report === id || isAside(row)) Object.assign(photo, UNANSWERED, { state: "received", received_ms: serverNow(place.offsetS) });
    else {
      failed(photo, answer, "photo.untied");
      if (photo.attempts >= MOST_UNTIED && !openRevision(row)) photo.state = "refused";
    }
  });
  return "received";
};

const notArrived = async (place, id, partOf, { answer, blob, photoId }) => {
  if (answer.status === 413) {
    if (await madeSmaller(place, id, partOf, blob)) return sendPhoto(place, id, photoId);
    return settle(place, id, partOf, (photo) => Object.assign(photo, { state: "too_big", last_error: "photo.too_big" }));
  }
  const isSpoiltOnTheWay = answer.said?.code === "photo.damaged";
  if (!isSpoiltOnTheWay && REFUSED.includes(answer.status))
    return settle(place, id, partOf, (photo) => Object.assign(photo, { state: "refused", last_error: errorOf(answer) }));
  if (answer.isLate) await late(place, id, partOf, blob);
  return notTaken(place, id, partOf, answer);
};

const late = async (place, id, partOf, blob) => {
  let times = 0;
  await settle(place, id, partOf, (photo) => {
    times = (photo.late ?? 0) + 1;
    photo.late = times % MOST_LATE;
  });
  if (times >= MOST_LATE) await madeSmaller(place, id, partOf, blob);
};

// Whether there was a smaller size left.
const madeSmaller = async (place, id, partOf, blob) => {
  const row = await place.store.shelf.read(["outbox"], (t) => t.get("outbox", id));
  const tried = partOf(row)?.longest_px ?? Infinity;
  const longestPx = SMALLER_PX.find((each) => each < tried);
  const drawn = longestPx ? await shrink(blob, longestPx).catch(() => null) : null;
  if (!drawn) return false;
  const bytes = await drawn.arrayBuffer();
  const sha256 = await digestOf(bytes);
  await place.store.shelf.write(["outbox", "blobs"], async (t) => {
    const there = await t.get("outbox", id);
    const photo = there && partOf(there);
    if (!photo) return;
    Object.assign(photo, { longest_px: longestPx, sha256, next_at: 0 });
    await t.put("blobs", { photo_id: photo.id, finding_id: id, type: drawn.type, blob: bytes, sha256 });
    await t.put("outbox", there);
  });
  return true;
};
