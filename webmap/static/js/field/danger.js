// What is said on every screen while the phone cannot keep what one says, and the one thing to do about it.
import { button, make } from "./parts.js";
import { say } from "./sayings.js";

const WORDS = { full: "full", afloat: "in_memory" };

export const dangerOf = ({ health }) => (health in WORDS ? say(WORDS[health]) : "");

// Photos nobody has got yet go only when one has said so twice.
export const givingUp = (app) => {
  const box = make("div", { class: "giving-up" });
  const offer = () => box.replaceChildren(button("trash", say("give_up"), { onclick: ask }));
  const ask = () => {
    box.replaceChildren(
      make("p", {}, say("give_up_sure")),
      button("trash", say("withdraw_yes"), { class: "big-button danger", onclick: () => app.giveUpPhotos() }),
      button(null, say("withdraw_no"), { onclick: offer }),
    );
    box.querySelector("button").focus();
  };
  offer();
  return box;
};
