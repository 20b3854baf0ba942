// The ground of a walk, drawn by the phone from one small file: no network, sharp at every size, in either theme.
const KINDS = ["locality", "green", "water", "school", "building", "path", "street", "railway", "border"];
const WIDTHS_M = { path: 2, street: 6, railway: 3 };
const LEAST_PX = { path: 1.2, street: 2.5, railway: 1.5, border: 1.5 };
const DEGREE_M = 111_320;

const world = (lon, lat) => {
  const point = L.CRS.EPSG3857.latLngToPoint(L.latLng(lat, lon), 0);
  return [point.x, point.y];
};

// A line as points of the world at zoom 0, x and y by turns.
const unpacked = (steps, origin, step) => {
  const points = new Float64Array(steps.length);
  let [x, y] = [0, 0];
  for (let at = 0; at < steps.length; at += 2) {
    x += steps[at];
    y += steps[at + 1];
    [points[at], points[at + 1]] = world(origin[0] + x * step, origin[1] + y * step);
  }
  return points;
};

const boxOf = (lines) => {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const points of lines)
    for (let at = 0; at < points.length; at += 2) {
      box[0] = Math.min(box[0], points[at]);
      box[1] = Math.min(box[1], points[at + 1]);
      box[2] = Math.max(box[2], points[at]);
      box[3] = Math.max(box[3], points[at + 1]);
    }
  return box;
};

export const readGround = (said) =>
  (said?.layers ?? []).map(([kind, isArea, shapes]) => ({
    kind,
    isArea,
    shapes: shapes.map((lines) => {
      const drawn = lines.map((steps) => unpacked(steps, said.origin, said.step));
      return { lines: drawn, box: boxOf(drawn) };
    }),
  }));

const traced = (pen, lines, scale, left, top, closes) => {
  for (const points of lines) {
    for (let at = 0; at < points.length; at += 2) {
      const [x, y] = [points[at] * scale - left, points[at + 1] * scale - top];
      if (at) pen.lineTo(x, y);
      else pen.moveTo(x, y);
    }
    if (closes) pen.closePath();
  }
};

// Squares of 50, 100 or 500 metres, for where there is nothing else to measure by.
const drawGrid = (pen, { z, size, left, top, latitude }) => {
  const scale = 2 ** z;
  const metre = (256 / 360 / (DEGREE_M * Math.cos((latitude * Math.PI) / 180))) * scale;
  const side = [50, 100, 500, 1000].find((each) => each * metre >= 60) ?? 5000;
  const step = side * metre;
  pen.beginPath();
  for (let x = Math.ceil(left / step) * step; x <= left + size; x += step) {
    pen.moveTo(x - left, 0);
    pen.lineTo(x - left, size);
  }
  for (let y = Math.ceil(top / step) * step; y <= top + size; y += step) {
    pen.moveTo(0, y - top);
    pen.lineTo(size, y - top);
  }
  pen.stroke();
};

const drawLayer = (pen, layer, sight, colour, metre) => {
  const { scale, left, top, size } = sight;
  const margin = 12;
  pen.beginPath();
  for (const { lines, box } of layer.shapes) {
    const isNear =
      box[0] * scale - left < size + margin && box[2] * scale - left > -margin && box[1] * scale - top < size + margin && box[3] * scale - top > -margin;
    if (isNear) traced(pen, lines, scale, left, top, layer.isArea);
  }
  if (layer.isArea) {
    pen.fillStyle = colour;
    pen.fill("evenodd");
    return;
  }
  pen.strokeStyle = colour;
  pen.lineWidth = Math.max(LEAST_PX[layer.kind] ?? 1.5, (WIDTHS_M[layer.kind] ?? 1) * metre);
  pen.setLineDash(layer.kind === "path" ? [6, 4] : layer.kind === "border" ? [10, 4, 2, 4] : []);
  pen.stroke();
  pen.setLineDash([]);
};

const coloursOf = (box) => {
  const style = getComputedStyle(box);
  const read = (name) => style.getPropertyValue(`--g-${name}`).trim() || "#888";
  return Object.fromEntries(["land", "grid", ...KINDS].map((name) => [name, read(name)]));
};

// latitude: of the walk, by which metres are measured. isOver: lies on a base map, and draws nothing of its own.
export const groundLayer = (box, layers, latitude) => {
  let colours = coloursOf(box);
  const Ground = L.GridLayer.extend({
    createTile(coords) {
      const size = this.getTileSize().x;
      const dense = Math.min(2, window.devicePixelRatio || 1);
      const canvas = L.DomUtil.create("canvas");
      canvas.width = canvas.height = size * dense;
      const pen = canvas.getContext("2d");
      pen.scale(dense, dense);
      const sight = { scale: 2 ** coords.z, left: coords.x * size, top: coords.y * size, size, z: coords.z, latitude };
      const metre = (256 / 360 / (DEGREE_M * Math.cos((latitude * Math.PI) / 180))) * sight.scale;
      pen.fillStyle = colours.land;
      pen.fillRect(0, 0, size, size);
      const areas = layers.filter((layer) => layer.isArea);
      for (const layer of areas) drawLayer(pen, layer, sight, colours[layer.kind], metre);
      pen.strokeStyle = colours.grid;
      pen.lineWidth = 1;
      drawGrid(pen, sight);
      pen.lineCap = pen.lineJoin = "round";
      for (const layer of layers.filter((each) => !each.isArea)) drawLayer(pen, layer, sight, colours[layer.kind], metre);
      return canvas;
    },
    repaint() {
      colours = coloursOf(box);
      this.redraw();
    },
  });
  return new Ground({ tileSize: 256, keepBuffer: 1, updateWhenIdle: false });
};
