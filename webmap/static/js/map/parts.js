// The slow parts of the page: fetched with the filter's own address after the map, kept when that fails.
function partOf(details, box) {
  const name = details.dataset.partOf;
  const body = details.querySelector("[data-part-body]");
  const failed = details.querySelector("[data-part-failed]");
  let shown = "";
  let asking = new AbortController();

  function address() {
    const asked = new URL(box.dataset.link, location.href);
    asked.pathname = `/staff/map/${name}`;
    return asked.href;
  }

  async function read(signal) {
    const answer = await fetch(address(), { headers: { Accept: "text/html" }, signal });
    const fetched = new DOMParser().parseFromString(await answer.text(), "text/html");
    const section = fetched.querySelector(`[data-part="${name}"]`);
    if (!answer.ok || !section) throw new TypeError(`no part ${name}`);
    return document.importNode(section, true);
  }

  async function load(onLoaded) {
    const wanted = address();
    if (!details.open || wanted === shown) return;
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    failed.hidden = true;
    body.setAttribute("aria-busy", "true");
    try {
      const section = await read(signal);
      body.replaceChildren(section);
      shown = wanted;
      onLoaded(name, section);
    } catch (fault) {
      if (fault.name === "AbortError") return;
      failed.hidden = false;
    }
    body.hidden = !shown;
    body.removeAttribute("aria-busy");
  }

  return { details, failed, load };
}

// onLoaded(name, section): when a part is in place.
export function startParts(box, onLoaded) {
  const parts = [...document.querySelectorAll("[data-part-of]")].map((details) => partOf(details, box));
  for (const part of parts) {
    part.details.addEventListener("toggle", () => part.load(onLoaded));
    part.failed.querySelector("[data-part-retry]").addEventListener("click", () => part.load(onLoaded));
  }
  return { show: () => parts.forEach((part) => part.load(onLoaded)) };
}
