// After the server went back to an older copy: what it no longer knows of is sent again, as it was.
import { UNANSWERED } from "./outbox.js";

const isThere = (each) => each.body && ["received", "conflict"].includes(each.state);

const reopen = (part) => Object.assign(part, UNANSWERED, { state: "saved" });

// there: what is known of it, with its revision; null where nothing is. lostPhotos: ids of those that are missing.
export const sendAgain = (shelf, id, there, lostPhotos = null) =>
  shelf.write(["outbox", "receipts", "blobs"], async (t) => {
    const row = await t.get("outbox", id);
    if (!row) return;
    if (there === null) {
      Object.assign(reopen(row), { receipt: null });
      await t.remove("receipts", id);
    }
    const isOlder = there !== null && there.revision < row.receipt.revision;
    if (isOlder) row.receipt.revision = there.revision;
    if (there === null || isOlder) row.revisions.filter(isThere).forEach(reopen);
    for (const photo of row.photos) {
      const isLost = photo.state === "received" && (lostPhotos?.includes(photo.id) ?? true);
      if (isLost && (await t.get("blobs", photo.id))) reopen(photo);
    }
    await t.put("outbox", row);
  });

// What was taken back stands there again: that it is taken back is said once more.
export const takeBackAgain = (shelf, id, there) =>
  shelf.write(["outbox"], async (t) => {
    const row = await t.get("outbox", id);
    const withdrawal = row && withdrawalOf(row);
    if (!withdrawal) return;
    reopen(withdrawal);
    if (row.receipt) row.receipt.revision = there.revision ?? row.receipt.revision;
    await t.put("outbox", row);
  });

export const withdrawalOf = (row) => row.revisions.find((each) => each.withdrawn && each.body) ?? null;
