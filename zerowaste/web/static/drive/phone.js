// What the phone itself can do: sound, vibration, place, and pictures small enough to send.

const LONGEST_SIDE = 1600, QUALITY = 0.8;
let sound = null;

// A short signal that is heard and felt: one high tone for yes, two low ones for no.
export function signal(good) {
  navigator.vibrate?.(good ? 120 : [200, 120, 200]);
  try {
    sound ??= new AudioContext();
    for (const [at, pitch] of good ? [[0, 880], [0.12, 1320]] : [[0, 220], [0.3, 220]]) tone(at, pitch);
  } catch {
    // A phone without sound still shows its colours.
  }
}

function tone(at, pitch) {
  const wave = sound.createOscillator(), loudness = sound.createGain();
  wave.frequency.value = pitch;
  loudness.gain.setValueAtTime(0.2, sound.currentTime + at);
  loudness.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + at + 0.22);
  wave.connect(loudness).connect(sound.destination);
  wave.start(sound.currentTime + at);
  wave.stop(sound.currentTime + at + 0.24);
}

// Where the phone is, or null: no act waits for it.
export function place() {
  return new Promise((found) => {
    if (!navigator.geolocation) return found(null);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => found({ lat: coords.latitude, lon: coords.longitude, accuracy_m: Math.round(coords.accuracy) }),
      () => found(null),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    );
  });
}

// A picture as JPEG of at most 1600 px, and its SHA-256.
export async function photo(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((made) => canvas.toBlob(made, "image/jpeg", QUALITY));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return { blob, sha256: Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") };
}
