// Turns what a page asks for into a message that fits one WebSocket frame: images and long texts travel in the message while
// they are small, and are uploaded where they are not. No DOM, except that pictures over the server's limits are scaled by
// the browser where it can.

/** API Gateway's limit for one frame, 32 KB, less room for the frame itself. */
export const FRAME_BYTES = 32 * 1024 - 512;
export const IMAGE_TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
export const IMAGES_MOST = 5;

const IMAGE_BYTES = 20 * 1024 * 1024;
const IMAGE_PIXELS = 40_000_000;
const IMAGE_SIDE = 30_000;
const REQUEST_TYPE = "application/json";

/** The message as it is, if nothing has to be done to it; else null. */
export function fitting(message) {
  return images(message).some((image) => typeof image !== "string") || sizeOf(message) > FRAME_BYTES ? null : message;
}

/** Resolves to a message that fits a frame. Rejects with the problem of what could not be uploaded; `field` names it. */
export async function compose(message, uploads) {
  const inline = await withImages(message, sizeInline(message) > FRAME_BYTES ? null : dataUrl);
  if (inline !== null) return inline;
  const named = await withImages(message, (image) => reference(image, uploads));
  if (sizeOf(named) <= FRAME_BYTES) return named;
  const { action, requestId, ...params } = named;
  const requestRef = await uploads.upload(new Blob([JSON.stringify(params)], { type: REQUEST_TYPE }));
  return { action, requestId, requestRef };
}

function turns(message) {
  return [message.prompt ?? {}, ...(Array.isArray(message.history) ? message.history : [])];
}

function images(message) {
  return turns(message).flatMap((turn) => turn.images ?? []);
}

function sizeOf(message) {
  return new Blob([JSON.stringify(message)]).size;
}

/** The size with every image in place, as base64. */
function sizeInline(message) {
  const blobs = images(message).filter((image) => typeof image !== "string");
  return sizeOf(message) + blobs.reduce((sum, blob) => sum + Math.ceil(blob.size / 3) * 4 + 64, 0);
}

/** A copy of the message with every image as `replace` has it; null without a `replace`. */
async function withImages(message, replace) {
  if (replace === null) return null;
  const turn = async (original, path) => {
    if (!Array.isArray(original?.images)) return original;
    const replaced = original.images.map((image, place) =>
      Promise.resolve(replace(image)).catch((problem) => {
        problem.field = `${path}.images[${place}]`;
        throw problem;
      }));
    return { ...original, images: await Promise.all(replaced) };
  };
  const copy = { ...message, prompt: await turn(message.prompt, "prompt") };
  if (Array.isArray(message.history)) {
    copy.history = await Promise.all(message.history.map((past, place) => turn(past, `history[${place}]`)));
  }
  return copy;
}

async function dataUrl(image) {
  if (typeof image === "string") return image;
  const bytes = new Uint8Array(await image.arrayBuffer());
  // Small by construction, so one character at a time will do.
  return `data:${image.type};base64,${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))}`;
}

async function reference(image, uploads) {
  if (typeof image !== "string") return uploads.upload(await withinLimits(image));
  return image.startsWith("data:") ? uploads.upload(await (await fetch(image)).blob()) : image;
}

const scaledImages = new WeakMap();

/** The image, scaled down if the server would refuse it for its size. What a browser cannot decode is left as it is. */
async function withinLimits(file) {
  if (globalThis.createImageBitmap === undefined || globalThis.OffscreenCanvas === undefined) return file;
  let scaled = scaledImages.get(file);
  if (scaled === undefined) {
    scaled = scaleDown(file).catch(() => file);
    scaledImages.set(file, scaled);
  }
  return scaled;
}

async function scaleDown(file) {
  const whole = await createImageBitmap(file);
  const factor = Math.min(1, Math.sqrt(IMAGE_PIXELS / (whole.width * whole.height)), IMAGE_SIDE / Math.max(whole.width, whole.height));
  if (factor === 1 && file.size <= IMAGE_BYTES) return file;
  const canvas = new OffscreenCanvas(Math.max(1, Math.floor(whole.width * factor)), Math.max(1, Math.floor(whole.height * factor)));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(whole, 0, 0, canvas.width, canvas.height);
  whole.close();
  // The type was promised to nobody yet; a picture too large without loss goes with a little.
  const lossless = await canvas.convertToBlob({ type: "image/png" });
  return lossless.size <= IMAGE_BYTES ? lossless : canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
}
