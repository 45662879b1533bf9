// Asks for the modules once the page is painted: what a person sees first waits for none of them, and has the machine to itself.

const PATIENCE_MS = 300; // a tab that is not looked at is not painted

function painted() {
  return new Promise((resolve) => {
    // A frame's callbacks run before it is drawn; what they put off runs after.
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)));
    setTimeout(resolve, PATIENCE_MS);
  });
}

await painted();
document.head.append(document.getElementById("modules").content);
await import("./app.js");
