// Pictures that were drawn for a page. It names them by their paths; where the server asks who looks, a page without an origin could not say,
// and no token may be put into what a stranger wrote. So the pictures themselves are.

import { fetchPicture } from "./http.js";
import { isAsked } from "./identity.js";

const PATH = /\/api\/generations\/[\w-]+\/variants\/\d+\/pictures\/\d+-\d+/g;
const KEPT_MOST = 64;
const kept = new Map();

/** Whether a page has to be changed to be seen whole by the person at the page. */
export function needsPictures(html) {
  return isAsked() && html.includes("/pictures/") && new RegExp(PATH).test(html);
}

/** The page with its pictures in it. One that cannot be had stays where it is. */
export async function withPictures(html) {
  const paths = [...new Set(html.match(PATH) ?? [])];
  const pictures = new Map(await Promise.all(paths.map(async (path) => [path, await pictureAt(path)])));
  return html.replace(PATH, (path) => pictures.get(path) ?? path);
}

function pictureAt(path) {
  let picture = kept.get(path);
  if (picture === undefined) {
    picture = fetchPicture(path).then(dataUrl).catch(() => {
      kept.delete(path);
      return null;
    });
    kept.set(path, picture);
    if (kept.size > KEPT_MOST) kept.delete(kept.keys().next().value);
  }
  return picture;
}

function dataUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(blob);
  });
}
