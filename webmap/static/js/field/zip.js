// A zip of files as they are, not packed: pictures are packed already.
const TABLE = Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});
const LOCAL = 0x04034b50;
const ENTRY = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
const UTF8 = 0x0800;
const MIDNIGHT_1980 = 0x00210000;

const crcOf = (bytes) => {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
};

// Numbers of two and four bytes, the low one first.
const numbers = (...pairs) => {
  const view = new DataView(new ArrayBuffer(pairs.reduce((sum, [width]) => sum + width, 0)));
  let at = 0;
  for (const [width, value] of pairs) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return new Uint8Array(view.buffer);
};

const about = (name, bytes) => {
  const crc = crcOf(bytes);
  return [[2, VERSION], [2, UTF8], [2, 0], [4, MIDNIGHT_1980], [4, crc], [4, bytes.length], [4, bytes.length], [2, name.length], [2, 0]];
};

// files: pairs of a name and bytes.
export const zip = (files) => {
  const parts = [];
  const entries = [];
  let at = 0;
  for (const [words, bytes] of files) {
    const name = new TextEncoder().encode(words);
    const told = about(name, bytes);
    const head = numbers([4, LOCAL], ...told);
    entries.push(numbers([4, ENTRY], [2, VERSION], ...told, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]), name);
    parts.push(head, name, bytes);
    at += head.length + name.length + bytes.length;
  }
  const length = entries.reduce((sum, each) => sum + each.length, 0);
  const end = numbers([4, END], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, length], [4, at], [2, 0]);
  return new Blob([...parts, ...entries, end], { type: "application/zip" });
};
