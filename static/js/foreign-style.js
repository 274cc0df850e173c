/** A style of another server, made ready to carry this site's layers. */

/** Resolve an address of the style against its own; braces of templates stay braces. */
function resolve(url, base) {
  const absolute = new URL(url, base).href;
  return absolute.replaceAll("%7B", "{").replaceAll("%7D", "}");
}

function resolveSource(source, base) {
  const resolved = { ...source };
  if (source.url) resolved.url = resolve(source.url, base);
  if (source.tiles) resolved.tiles = source.tiles.map((tile) => resolve(tile, base));
  if (typeof source.data === "string") resolved.data = resolve(source.data, base);
  return resolved;
}

function resolveSprite(sprite, base) {
  if (typeof sprite === "string") return resolve(sprite, base);
  return sprite.map((part) => ({ ...part, url: resolve(part.url, base) }));
}

/**
 * Fetch a style document, or return null where it cannot be used: the map then keeps its
 * own look. Names that this site's layers need are given new names in the style.
 */
export async function fetchForeignStyle(url) {
  try {
    const response = await fetch(url);
    const style = await response.json();
    if (!response.ok || style.version !== 8 || !Array.isArray(style.layers)) throw new Error("no style");
    return readied(style, url);
  } catch (error) {
    console.warn(`The style ${url} cannot be used: ${error.message}`);
    return null;
  }
}

function readied({ sources, layers, glyphs, sprite, "font-faces": faces }, url) {
  const own = (name) => `foreign-${name}`;
  const style = {
    version: 8,
    sources: Object.fromEntries(
      Object.entries(sources ?? {}).map(([name, source]) => [own(name), resolveSource(source, url)]),
    ),
    layers: layers.map((layer) => ({
      ...layer,
      id: own(layer.id),
      ...(layer.source ? { source: own(layer.source) } : {}),
    })),
  };
  if (glyphs) style.glyphs = resolve(glyphs, url);
  if (sprite) style.sprite = resolveSprite(sprite, url);
  if (faces) style["font-faces"] = faces;
  return style;
}
