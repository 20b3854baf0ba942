// Clocks that are set while something waits. One that was set back shows itself; one that was set forward looks just
// like a phone that slept, and only what the server has said of it can tell.
const STEP_MS = 5_000;
const MINUTE_MS = 60_000;

// Whether a moment is still to come. One further off than anybody ever waits was set by another clock, and has passed.
export const isAhead = (untilMs, longestMs, now = Date.now()) => untilMs > now && untilMs - now <= longestMs;

export const newMark = () => ({ page: performance.timeOrigin, at_ms: performance.now(), clock_ms: Date.now() });

// By how much the clock was set back since the mark, as far as this page can tell.
const setBackMs = (mark) => {
  if (mark?.page !== performance.timeOrigin) return 0;
  const back = mark.clock_ms + performance.now() - mark.at_ms - Date.now();
  return back > STEP_MS ? back : 0;
};

// How far the server's clock is ahead of this one, as it was last heard; null where it never was.
export const offsetOf = (heard) => (heard ? heard.offset_s + setBackMs(heard.mark) / 1000 : null);

const pad = (number, width = 2) => String(Math.trunc(Math.abs(number))).padStart(width, "0");

export const localTime = (now) => {
  const offset = -now.getTimezoneOffset();
  const day = `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
  const time = `${pad(now.getHours())}:${pad(now.getMinutes())}:${pad(now.getSeconds())}.${pad(now.getMilliseconds(), 3)}`;
  return `${day}T${time}${offset < 0 ? "-" : "+"}${pad(offset / 60)}:${pad(offset % 60)}`;
};

// When a row was saved, and how far the clock that says so is behind the server's: the clock of now where it was set
// back since on this page, else the clock of then.
export const savedAt = (row, offsetS) => {
  const now = Date.now();
  if (setBackMs(row.mark)) return { created_at: localTime(new Date(now - (performance.now() - row.mark.at_ms))), offset_s: offsetS };
  const before = row.offset_s ?? null;
  const isSame = before === null || (offsetS !== null && Math.abs(before - offsetS) * 1000 < MINUTE_MS);
  return { created_at: row.created_at, offset_s: isSame ? offsetS : before };
};

export const serverNow = (offsetS) => Date.now() + 1000 * (offsetS ?? 0);
