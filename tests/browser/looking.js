/* What axe leaves to others: structure, focus that is seen, contrast where axe is not sure, and text that is cut. */
(() => {
  const FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

  const rgba = (colour) => {
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = colour;
    paint.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = paint.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => {
    const mixed = [0, 1, 2].map((at) => top[at] * top[3] + below[at] * (1 - top[3]));
    return [...mixed, 1];
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((part) =>
      part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ratio = (one, two) => {
    const [dark, bright] = [light(one), light(two)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  /* What lies under a page that paints nothing: white, or nearly black. */
  const canvasColour = () => {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.backgroundColor = "Canvas";
    const colour = rgba(getComputedStyle(probe).backgroundColor);
    probe.remove();
    return colour;
  };
  /* Every colour that may lie behind an element: one, or those of a gradient. */
  const grounds = (element) => {
    if (!element) return [canvasColour()];
    const style = getComputedStyle(element);
    const drawn = style.backgroundImage.match(/(?:rgba?|color|oklab|oklch)\([^()]*\)/g);
    if (drawn && style.backgroundImage.includes("gradient") && style.backgroundSize === "auto")
      return drawn.map(rgba).flatMap((each) => (each[3] === 1 ? [each] : grounds(element.parentElement).map((below) => over(each, below))));
    const own = rgba(style.backgroundColor);
    if (own[3] === 1) return [own];
    return grounds(element.parentElement).map((below) => over(own, below));
  };
  const named = (element) => `${element.outerHTML.slice(0, 140).replace(/\s+/g, " ")}`;
  const isSeen = (element) =>
    element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;

  const textRatio = (element) => {
    const style = getComputedStyle(element);
    if (element instanceof SVGElement && style.paintOrder.startsWith("stroke") && style.stroke !== "none")
      return ratio(rgba(style.fill), rgba(style.stroke));
    const colour = rgba(element instanceof SVGElement ? style.fill : style.color);
    return Math.min(...grounds(element).map((ground) => ratio(over(colour, ground), ground)));
  };
  const needed = (element) => {
    const style = getComputedStyle(element);
    const size = Number.parseFloat(style.fontSize);
    return size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
  };

  const ringed = (element) => {
    const style = getComputedStyle(element);
    const frame = getComputedStyle(element, "::after");
    if (frame.content !== "none" && Number.parseFloat(frame.borderTopWidth) >= 2)
      return Math.min(...grounds(element).map((each) => ratio(rgba(frame.borderTopColor), each)));
    if (style.outlineStyle === "none" || Number.parseFloat(style.outlineWidth) < 1) return 0;
    const ground = style.outlineOffset.startsWith("-") ? element : element.parentElement;
    return Math.min(...grounds(ground).map((each) => ratio(rgba(style.outlineColor), each)));
  };
  const stops = () =>
    [...document.querySelectorAll(FOCUSABLE)].filter(
      (each) => each.tabIndex >= 0 && !each.disabled && isSeen(each) && !each.closest("[inert]"),
    );

  window.looking = {
    weak: (selectors) =>
      selectors
        .map((selector) => document.querySelector(selector))
        .filter((each) => each && isSeen(each) && each.textContent.trim())
        .filter((each) => textRatio(each) < needed(each))
        .map((each) => `contrast ${textRatio(each).toFixed(2)} of ${named(each)}`),

    structure: () => {
      const found = [];
      const headings = document.querySelectorAll("h1");
      if (!document.documentElement.lang) found.push("no language");
      if (headings.length !== 1) found.push(`${headings.length} h1`);
      if (document.title.trim().length < 5) found.push("no title");
      for (const each of document.querySelectorAll("[tabindex]"))
        if (each.tabIndex > 0) found.push(`tabindex of ${named(each)}`);
      const skip = document.querySelector("a.skip");
      if (skip && stops()[0] !== skip) found.push(`first stop is ${named(stops()[0])}`);
      if (skip && !document.querySelector(skip.hash)) found.push("the skip link leads nowhere");
      return found;
    },

    unseenFocus: () => {
      const found = [];
      for (const each of stops()) {
        each.focus();
        if (document.activeElement !== each) continue;
        const around = [each, each.closest("label"), each.parentElement, each.closest(".leaflet-container")];
        const best = Math.max(...around.filter(Boolean).map(ringed));
        if (best < 3) found.push(`focus ring ${best.toFixed(2)} of ${named(each)}`);
      }
      document.activeElement?.blur();
      window.scrollTo(0, 0);
      return found;
    },

    spread: () => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(
        "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }",
      );
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    },

    cut: () =>
      [...document.body.querySelectorAll("*")]
        .filter((each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
        .filter((each) => isSeen(each) && !each.closest(".vh, select, option, svg, .leaflet-container") && getComputedStyle(each).clipPath === "none")
        .filter((each) => {
          const style = getComputedStyle(each);
          const hides = (way) => ["hidden", "clip"].includes(way);
          return (
            (hides(style.overflowX) && each.scrollWidth > each.clientWidth + 1) ||
            (hides(style.overflowY) && each.scrollHeight > each.clientHeight + 1)
          );
        })
        .map((each) => `cut ${named(each)}`),

    sideways: () => {
      const most = document.scrollingElement.clientWidth;
      if (document.scrollingElement.scrollWidth <= most) return [];
      const wide = [...document.body.querySelectorAll("*")].filter(
        (each) => isSeen(each) && each.getBoundingClientRect().right > most + 1 && !each.closest(".leaflet-container"),
      );
      return [`${document.scrollingElement.scrollWidth} px wide: ${wide.slice(0, 2).map(named).join(" | ")}`];
    },
  };
})();
