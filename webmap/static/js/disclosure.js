// Deciding by key, and taking what is selected in a text over into the form. All of it works without, by buttons and by typing.
import { startKeys } from "./review/keys.js";

function startSelecting(field) {
  document.addEventListener("selectionchange", () => {
    const selection = getSelection();
    const text = selection?.anchorNode?.parentElement?.closest("[data-field]");
    const said = selection?.toString().trim();
    if (text && said && text.contains(selection.focusNode)) field.value = said;
  });
}

const field = document.querySelector("[data-marked]");
if (field) startSelecting(field);
startKeys();
document.getElementById("current")?.scrollIntoView({ block: "nearest" });
