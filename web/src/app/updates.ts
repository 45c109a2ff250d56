/** After an upgrade of the server the parts of the old client are gone: the page is loaded anew, once. */

const stored = 'skein.reloaded';
/** A second failure so soon is not about an upgrade, in milliseconds. */
const once = 30_000;

export function watchUpdates(): void {
  addEventListener('vite:preloadError', (event) => {
    const last = Number(sessionStorage.getItem(stored) ?? 0);
    if (Date.now() - last < once) return;
    event.preventDefault();
    sessionStorage.setItem(stored, String(Date.now()));
    location.reload();
  });
}
