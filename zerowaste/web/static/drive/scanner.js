// Reading codes: from the camera, or from a picture. The browser's own reader where it has one, else zxing.

const EVERY_MS = 120, WIDEST = 1280;
const OWN_FORMATS = ["qr_code", "data_matrix", "code_128", "code_39", "ean_13"];
const ZXING_FORMATS = ["QRCode", "DataMatrix", "Code128", "Code39", "EAN13"];

let reader = null;

// A function from a canvas, a video or a picture to the texts in it.
function open() {
  reader ??= (async () => (await ownReader()) ?? zxing())();
  return reader;
}

async function ownReader() {
  if (!("BarcodeDetector" in self)) return null;
  const known = await BarcodeDetector.getSupportedFormats();
  if (!known.includes("qr_code")) return null;
  const detector = new BarcodeDetector({ formats: OWN_FORMATS.filter((format) => known.includes(format)) });
  return async (canvas) => (await detector.detect(canvas)).map((found) => found.rawValue);
}

async function zxing() {
  const { prepareZXingModule, readBarcodes } = await import("../vendor/zxing/reader/index.js");
  const wasm = new URL("../vendor/zxing/reader/zxing_reader.wasm", import.meta.url).href;
  await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  return async (canvas) => {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const found = await readBarcodes(pixels, { formats: ZXING_FORMATS, maxNumberOfSymbols: 4 });
    return found.filter((each) => each.isValid).map((each) => each.text);
  };
}

function drawn(source, width, height) {
  const scale = Math.min(1, WIDEST / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d", { willReadFrequently: true }).drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// Films until stopped; `heard(text)` for every code, the same one only once while it is held still.
// Returns how to stop. Rejects where there is no camera, or it may not be used.
export async function film(video, heard) {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false, video: { facingMode: "environment", width: { ideal: WIDEST }, height: { ideal: 720 } },
  });
  let running = true, last = "";
  const stop = () => {
    running = false;
    for (const track of stream.getTracks()) track.stop();
  };
  video.srcObject = stream;
  await video.play();
  (async () => {
    const read = await open();
    while (running) {
      const texts = video.videoWidth ? await read(drawn(video, video.videoWidth, video.videoHeight)) : [];
      for (const text of texts) {
        if (running && text !== last) heard(text);
        last = text;
      }
      await new Promise((go) => setTimeout(go, EVERY_MS));
    }
  })().catch((error) => { stop(); heard(null, error); });
  return stop;
}

// The texts of all codes in a picture file.
export async function readPicture(file) {
  const picture = await createImageBitmap(file);
  return (await open())(drawn(picture, picture.width, picture.height));
}

// What the scanner itself is made of, for the worker to keep.
export const PARTS = ["../vendor/zxing/reader/index.js", "../vendor/zxing/share.js", "../vendor/zxing/reader/zxing_reader.wasm"].map(
  (part) => new URL(part, import.meta.url).pathname,
);
