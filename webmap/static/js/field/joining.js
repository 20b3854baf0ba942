// Getting the token that what is said is sent with: by the code on the paper, and nothing else.
import { asJson, ask } from "./asking.js";

// "joined", "wrong", "often" or "later".
export const join = async (store, walk, code) => {
  const body = JSON.stringify({ code });
  const { status, said } = await ask(`/api/v1/walks/${walk}/join`, { method: "POST", body, headers: asJson });
  if (status === 201 && said.walk === walk && said.token) {
    await store.setToken(walk, said);
    return "joined";
  }
  if (status === 403 || status === 404) return "wrong";
  return status === 429 ? "often" : "later";
};

// At the first opening, quietly, while the walk takes phones in; a phone whose token was refused is asked for the code.
export const joinAtFirst = async (store, walk) => {
  const kept = await store.token(walk.walk);
  if (kept) return "joined";
  return walk.is_open ? join(store, walk.walk, walk.code) : "later";
};
