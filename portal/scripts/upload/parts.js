/** A file in the parts that the API takes it in, and the SHA-256 of each, which its upload is bound to. */

const PART_BYTES = 64 * 1024 ** 2;

/** The parts in order, as pieces that are read when they are needed. */
export function partsOf(file) {
  const starts = Array.from({ length: Math.ceil(file.size / PART_BYTES) }, (_, index) => index * PART_BYTES);
  return starts.map((start) => file.slice(start, start + PART_BYTES));
}

/** The checksums in hexadecimal; `progress(bytes)` hears how far it is. */
export async function checksumsOf(parts, { signal, progress }) {
  const found = [];
  let done = 0;
  for (const part of parts) {
    signal.throwIfAborted();
    found.push(hexadecimal(await crypto.subtle.digest("SHA-256", await part.arrayBuffer())));
    progress((done += part.size));
  }
  return found;
}

function hexadecimal(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
