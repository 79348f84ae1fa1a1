// What a scanned code says, and whether it is ours: checked here, without network, with the public keys.
//
// A code says HTTPS://HOST/Q/TOKEN; a token is base32 of kind (1 byte), key number (1), id (16) and an
// Ed25519 signature (64) over a fixed word and those 18 bytes. The server's rules/token.py reads the same.

import { etc, verifyAsync } from "../vendor/ed25519.js";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const TOKEN_LETTERS = 132, BODY_BYTES = 18, TOKEN_BYTES = 82;
const KINDS = { 1: "manifest", 2: "site", 3: "package" };

// → {kind: manifest | site | package, id} for a genuine code, {kind: "forged"} for one that only looks
// like ours, {kind: "text", text} for anything else. `keys`: what GET /keys answers.
export async function readCode(scanned, keys) {
  const text = scanned.trim();
  const found = /\/q\/([a-z2-7]+)\/?$/i.exec(text);
  if (!found) return { kind: "text", text };
  const token = decode(found[1].toUpperCase());
  const key = token && keys.items.find((each) => each.id === token[1]);
  const kind = token && KINDS[token[0]];
  if (!key || !kind) return { kind: "forged" };
  const signed = new Uint8Array([...etc.hexToBytes(keys.signed), ...token.subarray(0, BODY_BYTES)]);
  const genuine = await verifyAsync(token.subarray(BODY_BYTES), signed, etc.hexToBytes(key.public_key)).catch(() => false);
  return genuine ? { kind, id: uuid(token.subarray(2, BODY_BYTES)) } : { kind: "forged" };
}

function decode(letters) {
  if (letters.length !== TOKEN_LETTERS) return null;
  const bytes = new Uint8Array(TOKEN_BYTES);
  let bits = 0, held = 0, at = 0;
  for (const letter of letters) {
    bits = (bits << 5) | LETTERS.indexOf(letter);
    held += 5;
    if (held >= 8) {
      held -= 8;
      bytes[at++] = bits >> held;
      bits &= (1 << held) - 1;
    }
  }
  return bits === 0 ? bytes : null; // only one spelling of a token is valid
}

function uuid(bytes) {
  const hex = etc.bytesToHex(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
