// What screens are built of. Text is always set as text.
const SVG = "http://www.w3.org/2000/svg";

// Lucide (ISC), but for the three shapes.
const ICONS = {
  back: ["m12 19-7-7 7-7", "M19 12H5"],
  next: ["m9 18 6-6-6-6"],
  list: ["M3 5h.01", "M3 12h.01", "M3 19h.01", "M8 5h13", "M8 12h13", "M8 19h13"],
  map: [
    "M14.106 5.553a2 2 0 0 0 1.788 0l3.659-1.83A1 1 0 0 1 21 4.619v12.764a1 1 0 0 1-.553.894l-4.553 2.277a2 2 0 0 1-1.788 0l-4.212-2.106a2 2 0 0 0-1.788 0l-3.659 1.83A1 1 0 0 1 3 19.381V6.618a1 1 0 0 1 .553-.894l4.553-2.277a2 2 0 0 1 1.788 0z",
    "M15 5.764v15",
    "M9 3.236v15",
  ],
  check: ["M20 6 9 17l-5-5"],
  checks: ["m3 17 2 2 4-4", "m3 7 2 2 4-4", "M13 6h8", "M13 12h8", "M13 18h8"],
  menu: ["M4 12h16", "M4 6h16", "M4 18h16"],
  clock: ["M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20", "M12 6v6l4 2"],
  cloud: ["M12 13v8", "M4 14.899A7 7 0 1 1 15.71 8h1.79a4.5 4.5 0 0 1 2.5 8.242", "m8 17 4-4 4 4"],
  offline: ["M10.94 5.274A7 7 0 0 1 15.71 10h1.79a4.5 4.5 0 0 1 4.222 6.057", "M18.796 18.81A4.5 4.5 0 0 1 17.5 19H9A7 7 0 0 1 5.79 5.78", "m2 2 20 20"],
  warning: ["M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20", "M12 8v4", "M12 16h.01"],
  target: ["M2 12h3", "M19 12h3", "M12 2v3", "M12 19v3", "M12 5a7 7 0 1 0 0 14 7 7 0 0 0 0-14", "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6"],
  move: ["M12 2v20", "m15 19-3 3-3-3", "m19 9 3 3-3 3", "M2 12h20", "m5 9-3 3 3 3", "m9 5 3-3 3 3"],
  pin: ["M20 10c0 4.993-5.539 10.193-7.399 11.799a1 1 0 0 1-1.202 0C9.539 20.193 4 14.993 4 10a8 8 0 0 1 16 0", "M12 7a3 3 0 1 0 0 6 3 3 0 0 0 0-6"],
  camera: [
    "M13.997 4a2 2 0 0 1 1.76 1.05l.486.9A2 2 0 0 0 18.003 7H20a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2h1.997a2 2 0 0 0 1.759-1.048l.489-.904A2 2 0 0 1 10.004 4z",
    "M12 10a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
  ],
  pen: ["M21.174 6.812a1 1 0 0 0-3.986-3.987L3.842 16.174a2 2 0 0 0-.5.83l-1.321 4.352a.5.5 0 0 0 .623.622l4.353-1.32a2 2 0 0 0 .83-.497z", "m15 5 4 4"],
  share: ["M12 2v13", "m16 6-4-4-4 4", "M4 12v8a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-8"],
  plus: ["M5 12h14", "M12 5v14"],
  minus: ["M5 12h14"],
  trash: ["M10 11v6", "M14 11v6", "M19 6v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6", "M3 6h18", "M8 6V4a2 2 0 0 1 2-2h4a2 2 0 0 1 2 2v2"],
  lighting: ["M12 10v12", "M17.929 7.629A1 1 0 0 1 17 9H7a1 1 0 0 1-.928-1.371l2-5A1 1 0 0 1 9 2h6a1 1 0 0 1 .928.629z", "M9 22h6"],
  sightline: [
    "M10.733 5.076a10.744 10.744 0 0 1 11.205 6.575 1 1 0 0 1 0 .696 10.747 10.747 0 0 1-1.444 2.49",
    "M14.084 14.158a3 3 0 0 1-4.242-4.242",
    "M17.479 17.499a10.75 10.75 0 0 1-15.417-5.151 1 1 0 0 1 0-.696 10.75 10.75 0 0 1 4.446-5.143",
    "m2 2 20 20",
  ],
  sight: ["M2.062 12.348a1 1 0 0 1 0-.696 10.75 10.75 0 0 1 19.876 0 1 1 0 0 1 0 .696 10.75 10.75 0 0 1-19.876 0", "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6"],
  vegetation: ["M12 22v-5.172a2 2 0 0 0-.586-1.414L9.5 13.5", "M14.5 14.5 12 17", "M17 8.8A6 6 0 0 1 13.8 20H10A6.5 6.5 0 0 1 7 8a5 5 0 0 1 10 0z"],
  deserted: ["M18 5h4", "M20 3v4", "M20.985 12.486a9 9 0 1 1-9.473-9.472c.405-.022.617.46.402.803a6 6 0 0 0 8.268 8.268c.344-.215.825-.004.803.401"],
  people: ["M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2", "M16 3.128a4 4 0 0 1 0 7.744", "M22 21v-2a4 4 0 0 0-3-3.87", "M9 3a4 4 0 1 0 0 8 4 4 0 0 0 0-8"],
  graffiti: [
    "M3 3h.01",
    "M7 5h.01",
    "M11 7h.01",
    "M3 7h.01",
    "M7 9h.01",
    "M3 11h.01",
    "M15 5h4v4h-4z",
    "m19 9 2 2v10c0 .6-.4 1-1 1h-6c-.6 0-1-.4-1-1V11l2-2",
    "m13 14 8-2",
    "m13 19 8-2",
  ],
  litter: ["M10 11v6", "M14 11v6", "M19 6v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6", "M3 6h18", "M8 6V4a2 2 0 0 1 2-2h4a2 2 0 0 1 2 2v2"],
  maintenance: [
    "M14.7 6.3a1 1 0 0 0 0 1.4l1.6 1.6a1 1 0 0 0 1.4 0l3.106-3.105c.32-.322.863-.22.983.218a6 6 0 0 1-8.259 7.057l-7.91 7.91a1 1 0 0 1-2.999-3l7.91-7.91a6 6 0 0 1 7.057-8.259c.438.12.54.662.219.984z",
  ],
  orientation: ["M12 13v8", "M12 3v3", "M18.172 6a2 2 0 0 1 1.414.586l2.121 2.121a1 1 0 0 1 0 1.414l-2.121 2.121a2 2 0 0 1-1.414.586H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2z"],
  traffic_env: [
    "M19 17h2c.6 0 1-.4 1-1v-3c0-.9-.7-1.7-1.5-1.9C18.7 10.6 16 10 16 10s-1.3-1.4-2.2-2.3c-.5-.4-1.1-.7-1.8-.7H5c-.6 0-1.1.4-1.4.9l-1.4 2.9A3.7 3.7 0 0 0 2 12v4c0 .6.4 1 1 1h2",
    "M7 15a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
    "M9 17h6",
    "M17 15a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
  ],
};
const SHAPES = {
  unsafe: "M8 1.5 15.5 14.5H.5Z",
  safe: "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1Z",
  improvement: "M3 1.5h10A1.5 1.5 0 0 1 14.5 3v10a1.5 1.5 0 0 1-1.5 1.5H3A1.5 1.5 0 0 1 1.500 13V3A1.5 1.5 0 0 1 3 1.5Z",
};

const drawn = (className, viewBox, paths) => {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("viewBox", viewBox);
  svg.setAttribute("aria-hidden", "true");
  for (const d of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
};

export const hasIcon = (name) => name in ICONS;

export const icon = (name) => drawn("i", "0 0 24 24", ICONS[name]);

export const shape = (sign) => drawn(`sh ${sign}`, "0 0 16 16", [SHAPES[sign] ?? SHAPES.improvement]);

// An element: make("p", {class: "hint", onclick: f, hidden: true}, "text", other).
export const make = (name, how = {}, ...inside) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(how)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...inside.flat().filter((each) => each !== null && each !== undefined && each !== false));
  return element;
};

export const button = (name, words, how = {}) =>
  make("button", { type: "button", class: "big-button", ...how }, name && icon(name), make("span", {}, words));

export const link = (name, words, how = {}) => make("a", { class: "big-button", ...how }, name && icon(name), make("span", {}, words));

export const notice = (kind, ...inside) => make("div", { class: `notice ${kind}` }, icon(kind === "calm" ? "clock" : "warning"), make("div", {}, ...inside));

// The head of a screen: the way back, and what is asked.
export const head = (title, { back = "", said = null, sign = null, backWords = "" }) =>
  make(
    "header",
    { class: "head" },
    make("a", { class: "head-back", href: back }, icon("back"), make("span", { class: "vh" }, backWords)),
    make("div", {}, make("h1", { tabindex: "-1" }, sign && shape(sign), title), said),
  );
