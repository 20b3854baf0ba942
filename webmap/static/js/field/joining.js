// Getting the token that what is said is sent with: by the code on the paper, and nothing else.
import { asJson, ask } from "./asking.js";
import { groupOf } from "./group.js";

// "joined", "wrong", "often", "over" or "later". A phone that joins again goes on in its group.
export const join = async (store, walk, code) => {
  const group = (await store.token(walk).catch(() => null)) && (await groupOf(store, { walk })).group;
  const body = JSON.stringify({ code, group });
  const { status, said } = await ask(`/api/v1/walks/${walk}/join`, { method: "POST", body, headers: asJson });
  if (status === 201 && said.walk === walk && said.token) {
    await store.setToken(walk, said);
    return "joined";
  }
  if (status === 409) return "over";
  if ([403, 404, 410].includes(status)) return "wrong";
  return status === 429 ? "often" : "later";
};

// At the first opening, quietly, while the walk takes phones in; a phone whose token was refused is asked for the code.
export const joinAtFirst = async (store, walk) => {
  const kept = await store.token(walk.walk);
  if (kept) return "joined";
  return walk.is_open ? join(store, walk.walk, walk.code) : "later";
};
