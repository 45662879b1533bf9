// What is asked of the server: a new page, a change of one, the same once more. Pure.

/** As many models as the line-up has. */
export const VARIANTS = 4;

const WISHES_MOST = 20;

/** A page from words, screenshots or both. */
export function newPage({ text, images, stack }) {
  return {
    generatedCodeConfig: stack,
    inputMode: images.length === 0 ? "text" : "image",
    generationType: "create",
    prompt: { text, images, videos: [] },
    variants: VARIANTS,
  };
}

/** A change of a page that was made elsewhere. */
export function importedPage({ code, wish, stack }) {
  return {
    generatedCodeConfig: stack,
    inputMode: "text",
    generationType: "update",
    prompt: { text: wish, images: [], videos: [] },
    fileState: { path: "index.html", content: code },
    variants: VARIANTS,
  };
}

/** A change of a variant's page; `wishes` is what was asked on the way to it, oldest first. */
export function changedPage({ generationId, variantIndex, page, wishes, wish, element, stack }) {
  const asked = wishes.filter((text) => text !== "").slice(-WISHES_MOST).map((text) => ({ role: "user", text }));
  return {
    generatedCodeConfig: stack,
    inputMode: "text",
    generationType: "update",
    prompt: { text: wish, images: [], videos: [], ...(element !== null && { selectedElementHtml: element }) },
    history: [...asked, { role: "assistant", text: page }],
    parent: { generationId, variantIndex },
    variants: VARIANTS,
  };
}

/** What a generation was asked, once more, of one of its models. */
export function repeated({ generationId, model }) {
  return { repeatOf: generationId, models: [model], variants: 1 };
}
