// Leads what a client hears to the panes that show it.

/** `paneOf` gets a variant's index and gives its pane, or null for what is not shown; `onEnded` gets the pane and the ending message. */
export function feedPanes(client, paneOf, onEnded) {
  const feed = (type, handle) => client.addEventListener(type, ({ detail }) => {
    const pane = paneOf(detail.variantIndex);
    if (pane !== null) handle(pane, detail);
  });
  feed("status", (pane, { data }) => pane.setStatus(data));
  feed("progress", (pane, { attempt, data }) => pane.setProgress({ attempt, ...data }));
  feed("text", (pane, { text, attempt }) => pane.setText(text, attempt));
  feed("ended", (pane, message) => {
    pane.end(message);
    onEnded(pane);
  });
}
