// What may be added once a thing is saved: a photo, words, how much it matters. And later: changing it, taking it away.
import { entryKey } from "./drafting.js";
import { button, head, icon, make, notice } from "./parts.js";
import { shrink } from "./photos.js";
import { say } from "./sayings.js";
import { photoTrouble, stateWords, titleOf } from "./telling.js";

const SEVERITIES = [1, 2, 3, 4, 5];
const PHOTO_FAULTS = { PhotoUnreadable: "photo_unreadable", PhotosEnough: "photos_enough" };

const photoList = (app, entry, redraw) =>
  entry.photos.map((photo, at) => {
    const picture = make("img", { alt: say("photo_number", { n: at + 1 }), class: "thumb" });
    app.store.photo(photo.id).then((blob) => {
      if (!blob) return;
      picture.src = URL.createObjectURL(blob);
      picture.onload = () => URL.revokeObjectURL(picture.src);
    });
    const drop = async () => {
      await app.store.dropPhoto(photo.id);
      redraw();
    };
    const again = async () => {
      await app.store.tryPhotoAgain(photo.id);
      app.sendNow();
      redraw();
    };
    const words = photo.state === "received" ? say("state_received") : say("state_photo_waiting");
    const trouble = photoTrouble(photo);
    const isFirst = entry.isHeld || entry.receipt === null;
    return make(
      "li",
      {},
      picture,
      make("span", {}, trouble || isFirst ? say("photo_number", { n: at + 1 }) : words),
      button("trash", "", { class: "big-button only", "aria-label": say("photo_remove", { n: at + 1 }), onclick: drop }),
      trouble && make("p", { class: "problem" }, trouble),
      trouble && photo.state !== "lost" ? button(null, say("try_again"), { class: "big-button again", onclick: again }) : null,
    );
  });

const photoPart = (app, id) => {
  const most = app.walk.limits.photos;
  const box = make("div", { class: "photos" });
  const problem = make("p", { class: "problem", role: "alert", hidden: true });
  const add = async (file) => {
    problem.hidden = true;
    try {
      await app.store.addPhoto(id, await shrink(file));
    } catch (fault) {
      problem.textContent = say(PHOTO_FAULTS[fault.name] ?? "phone_full", { most });
      problem.hidden = false;
    }
    await draw();
  };
  const draw = async () => {
    const entry = (await app.store.all(app.walk.walk)).find((each) => each.id === id);
    if (!entry) return;
    const count = entry.photos.length;
    const field = make("input", { type: "file", accept: "image/*", capture: "environment", class: "vh", id: "photo" });
    field.addEventListener("change", () => field.files[0] && add(field.files[0]));
    const label = make("label", { for: "photo", class: "big-button" }, icon("camera"), make("span", {}, say("photo_add")));
    box.replaceChildren(
      make("ul", { class: "thumbs" }, photoList(app, entry, draw)),
      count < most ? make("div", { class: "picker" }, field, label) : "",
      make("p", { class: "hint" }, count ? say("photo_count", { n: count, most }) : say("photo_people")),
      problem,
    );
  };
  draw();
  return box;
};

const wordsPart = (app, content, changed) => {
  const most = app.walk.limits.text;
  const left = make("span", { class: "left" });
  const field = make("textarea", { class: "typed", id: "words", rows: "3", maxlength: most, "aria-describedby": "words-hint words-left" });
  field.value = content.text ?? "";
  const count = () => (left.textContent = say("words_left", { n: most - field.value.length }));
  field.addEventListener("input", () => {
    count();
    changed({ text: field.value });
  });
  count();
  left.id = "words-left";
  return make(
    "div",
    {},
    make("label", { for: "words" }, say("words")),
    make("p", { class: "hint", id: "words-hint" }, say("words_hint")),
    field,
    make("p", { class: "hint" }, left),
  );
};

const severityPart = (content, changed) =>
  make(
    "fieldset",
    { class: "scale" },
    make("legend", {}, say("severity")),
    SEVERITIES.map((number) =>
      make(
        "label",
        { class: "choice" },
        make("input", {
          type: "radio",
          name: "severity",
          value: number,
          checked: content.severity === number,
          onchange: () => changed({ severity: number }),
        }),
        make("span", {}, say(`severity_${number}`)),
      ),
    ),
  );

const withdrawPart = (app, id) => {
  const box = make("div", { class: "withdraw" });
  const ask = () => {
    box.replaceChildren(
      notice("wait", make("b", {}, say("withdraw_sure"))),
      button("trash", say("withdraw_yes"), { class: "big-button danger", onclick: () => app.withdraw(id) }),
      button(null, say("withdraw_no"), { onclick: offer }),
    );
    box.querySelector("button").focus();
  };
  const offer = () => box.replaceChildren(button("trash", say("withdraw"), { onclick: ask }));
  offer();
  return box;
};

// entry: as the store shows it. isNew: it was saved just now, and nothing needs to be added.
export const afterScreen = (app, entry, { isNew }) => {
  const { text, severity } = app.drafts.get(entryKey(entry.id)) ?? entry.content;
  const content = { ...entry.content, text, severity };
  const changed = (change) => {
    Object.assign(content, change);
    app.contentChanged(entry, content);
  };
  const done = () => app.finish(entry, content);
  const title = isNew ? say(entry.isAfloat ? "state_afloat" : "saved") : titleOf(content);
  const said = make("p", { class: "where-said" }, isNew ? titleOf(content) : stateWords(entry));
  return {
    element: make(
      "div",
      { class: "screen after" },
      head(title, { back: isNew ? "#" : "#mine", said, sign: isNew ? null : content.polarity, backWords: say("back") }),
      make(
        "main",
        { id: "main" },
        isNew ? make("p", { class: "under" }, say("anything_more")) : null,
        photoPart(app, entry.id),
        wordsPart(app, content, changed),
        content.polarity === "safe" ? null : severityPart(content, changed),
        isNew ? null : withdrawPart(app, entry.id),
      ),
      make("div", { class: "bar" }, button(null, say(isNew ? "done" : "keep_change"), { class: "big-button primary", onclick: done })),
    ),
    gone: () => app.letGo(entry, content),
  };
};
