// What the app says, in the language of this phone; both languages came with the page.
const KEPT = "field-language";
const LANGUAGES = ["sv", "en"];

const kept = () => {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null; // storage may be closed to us
  }
};

let sayings = {};
let chosen = "sv";

export const startSayings = (box) => {
  sayings = JSON.parse(box.dataset.sayings);
  const wished = kept() ?? document.documentElement.lang;
  chosen = LANGUAGES.includes(wished) ? wished : "sv";
  document.documentElement.lang = chosen;
};

export const language = () => chosen;

export const setLanguage = (code) => {
  chosen = code;
  document.documentElement.lang = code;
  try {
    localStorage.setItem(KEPT, code);
  } catch {
    // then it lasts for this page
  }
};

export const isSaid = (key) => key in sayings[chosen];

export const say = (key, values = {}) =>
  (sayings[chosen][key] ?? key).replace(/%\((\w+)\)s/g, (whole, name) => String(values[name] ?? whole));

export const count = (key, n, values = {}) => say(n === 1 ? `${key}_one` : `${key}_many`, { n, ...values });

// 18.42, and the day before it where that is another than today.
export const clock = (moment) => {
  const at = new Date(moment);
  const time = `${String(at.getHours()).padStart(2, "0")}.${String(at.getMinutes()).padStart(2, "0")}`;
  if (at.toDateString() === new Date().toDateString()) return time;
  return `${new Intl.DateTimeFormat(chosen, { day: "numeric", month: "short" }).format(at)} ${time}`;
};
