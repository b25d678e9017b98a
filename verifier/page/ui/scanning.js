// Pictures and camera frames to QR texts: the camera is read about ten times a second, off the drawing thread.

const LONGEST = 2_000; // pixels of a picture's longer side that are looked at first
const MOST_PIXELS = 64e6; // a small file may unpack to gigabytes
const MOST_BYTES = 64e6;
const PAUSE = 60; // ms between two frames

class Reader {
  #worker = new Worker(new URL("../reader.js", import.meta.url));
  #waiting = new Map();
  #next = 0;

  constructor() {
    this.#worker.onerror = () => this.#failAll();
    this.#worker.onmessage = ({ data }) => {
      const { resolve, reject } = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.failed === undefined) resolve(data.texts);
      else reject(new Error(data.failed));
    };
  }

  /** A worker that has died answers nothing more: whoever waits is told, and the next picture gets a new one. */
  #failAll() {
    reader = null;
    for (const { reject } of this.#waiting.values()) reject(new Error("the reader failed"));
    this.#waiting.clear();
  }

  read(pixels) {
    const id = (this.#next += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, pixels }, [pixels.data.buffer]);
    });
  }
}

let reader = null;

/** The texts of all QR codes in pixels. */
export function textsIn(pixels) {
  reader ??= new Reader();
  return reader.read(pixels);
}

/** More than this device should be asked to unpack. */
export class TooLarge extends Error {}

/** The texts of all QR codes in a picture file; tried smaller first, then as it is. */
export async function textsInPicture(file) {
  await refuseTooLarge(file);
  const picture = await createImageBitmap(file);
  const longest = Math.max(picture.width, picture.height);
  for (const size of longest > LONGEST ? [LONGEST, Math.min(longest, 6_000)] : [longest]) {
    const texts = await textsIn(drawn(picture, size / longest));
    if (texts.length > 0) return texts;
  }
  return [];
}

/** A picture's size is known once its head was read: nothing of it is unpacked for that. */
async function refuseTooLarge(file) {
  if (file.size > MOST_BYTES) throw new TooLarge();
  if (file.type === "image/svg+xml") throw new Error("a drawing, not a picture");
  const picture = new Image();
  const address = URL.createObjectURL(file);
  try {
    await new Promise((resolve, reject) => {
      picture.onload = resolve;
      picture.onerror = () => reject(new Error("no picture"));
      picture.src = address;
    });
    if (picture.naturalWidth * picture.naturalHeight > MOST_PIXELS) throw new TooLarge();
  } finally {
    picture.removeAttribute("src");
    URL.revokeObjectURL(address);
  }
}

function drawn(picture, scale) {
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.fillStyle = "#fff"; // what is transparent is as it would be printed
  pen.fillRect(0, 0, width, height);
  pen.drawImage(picture, 0, 0, width, height);
  return pen.getImageData(0, 0, width, height);
}

/** Shows the camera in `video` and gives every text that it reads to `onText`, until `stop`, or `onFailure`. */
export class Camera {
  #stream = null;
  #going = false;

  constructor(video, onText, onFailure) {
    this.video = video;
    this.onText = onText;
    this.onFailure = onFailure;
  }

  async start() {
    const wanted = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
    this.#stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
    this.video.srcObject = this.#stream;
    await this.video.play();
    this.#going = true;
    this.#loop().catch(this.onFailure);
  }

  stop() {
    this.#going = false;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.video.srcObject = null;
  }

  async #loop() {
    while (this.#going) {
      if (this.video.readyState >= this.video.HAVE_CURRENT_DATA && this.video.videoWidth > 0) {
        const frame = { width: this.video.videoWidth, height: this.video.videoHeight };
        const texts = await textsIn(shot(this.video, frame));
        for (const text of texts) if (this.#going) await this.onText(text);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

function shot(video, { width, height }) {
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(video, 0, 0, width, height);
  return pen.getImageData(0, 0, width, height);
}
