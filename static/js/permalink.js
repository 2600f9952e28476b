// The link that holds a source in its fragment, which browsers never send to a server.

/** @param {BodyInit} body @param {CompressionStream | DecompressionStream} transform */
const through = (body, transform) => {
  const stream = /** @type {ReadableStream} */ (new Response(body).body);
  return new Response(stream.pipeThrough(transform));
};

/**
 * A link to this page that holds `source` in its fragment, which browsers never send to a server.
 * @param {string} source
 */
export async function permalink(source) {
  const packed = new Uint8Array(await through(source, new CompressionStream("deflate-raw")).arrayBuffer());
  const text = btoa(Array.from(packed, (byte) => String.fromCharCode(byte)).join(""));
  const safe = text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `${location.origin}/#code=${safe}`;
}

/** The source the page's own link holds, or null. @returns {Promise<string | null>} */
export async function linkedSource() {
  const text = new URLSearchParams(location.hash.slice(1)).get("code");
  if (!text) return null;
  try {
    const packed = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) =>
      letter.charCodeAt(0),
    );
    return await through(packed, new DecompressionStream("deflate-raw")).text();
  } catch {
    return null;
  }
}
