/**
 * Markers, drawn once on a canvas: the colour is the theme, the shape and sign the kind.
 */

const SIZE = 36;
const RATIO = 2;
const SIGNS = { idea: "bulb", problem: "exclamation-mark", keep: "heart" };
const KINDS = Object.keys(SIGNS);

/** Return the outlines of the kinds' signs, read from the site's sprite of icons. */
async function readSigns(spriteUrl) {
  const text = await (await fetch(spriteUrl)).text();
  const sprite = new DOMParser().parseFromString(text, "image/svg+xml");
  const outline = (name) => [...sprite.getElementById(name).children].map((shape) => shape.getAttribute("d"));
  return Object.fromEntries(KINDS.map((kind) => [kind, outline(SIGNS[kind])]));
}

function canvasOf(size) {
  const canvas = document.createElement("canvas");
  canvas.width = size * RATIO;
  canvas.height = size * RATIO;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.scale(RATIO, RATIO);
  return context;
}

function imageOf(context) {
  const { width, height } = context.canvas;
  return context.getImageData(0, 0, width, height);
}

function shapeOf(kind) {
  const path = new Path2D();
  if (kind === "idea") path.arc(18, 18, 13.5, 0, 2 * Math.PI);
  if (kind === "keep") path.roundRect(5.5, 5.5, 25, 25, 5);
  if (kind === "problem") {
    const half = new Path2D();
    half.roundRect(-12, -12, 24, 24, 3.5);
    path.addPath(half, new DOMMatrix().translate(18, 18).rotate(45));
  }
  return path;
}

/** Return the image of one pin, with a white rim that sets it off from any ground. */
function pinImage(kind, colour, signs) {
  const context = canvasOf(SIZE);
  const shape = shapeOf(kind);
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = "rgb(0 20 50 / 55%)";
  context.stroke(shape);
  context.lineWidth = 2.5;
  context.strokeStyle = "#fff";
  context.stroke(shape);
  context.fillStyle = colour;
  context.fill(shape);
  context.translate(9.5, 9.5);
  context.scale(17 / 24, 17 / 24);
  context.lineCap = "round";
  for (const d of signs[kind]) context.stroke(new Path2D(d));
  return imageOf(context);
}

/** Add the image of every theme and kind to a map. */
export async function addMarkerImages(map, themes, spriteUrl) {
  const signs = await readSigns(spriteUrl);
  for (const { slug, colour } of themes) {
    for (const kind of KINDS) {
      map.addImage(`pin|${slug}|${kind}`, pinImage(kind, colour, signs), { pixelRatio: RATIO });
    }
  }
}
