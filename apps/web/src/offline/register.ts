/** Lets the browser keep the page's files. Without that the page works too, but not offline. */
export const registerOffline = (): void => {
  if (import.meta.env.MODE === "development" || !("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register(new URL("service-worker.js", document.baseURI)).catch(() => undefined);
};
